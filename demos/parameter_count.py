"""The table of parameters (Part F): 1,185 of them, and why the article says 1,121.

Run ``python -m demos.parameter_count``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import autograd_lite as al
from demos.command_line import run

SIZES = (2, 32, 32, 1)
ARTICLE = 1121


class Count(NamedTuple):
    """The parameters of one layer, counted by hand.

    Attributes
    ----------
    n_in, n_out : int
        The numbers of inputs and of neurons.
    """

    n_in: int
    n_out: int

    @property
    def weights(self) -> int:
        """One for each input of each neuron."""
        return self.n_in * self.n_out

    @property
    def biases(self) -> int:
        """One for each neuron."""
        return self.n_out

    @property
    def total(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases


def counts(sizes: Sequence[int] = SIZES) -> list[Count]:
    """Count the parameters of each layer by hand."""
    return [Count(n_in, n_out) for n_in, n_out in pairwise(sizes)]


def without_hidden_biases(sizes: Sequence[int] = SIZES) -> int:
    """Return the number of parameters that is found by forgetting the biases of hidden layers."""
    return sum(layer.total for layer in counts(sizes)) - sum(sizes[1:-1])


def main(out: Path) -> None:
    """Print the table, the count by hand, and what the article forgot; there is no figure."""
    summary = al.nn.MLP(SIZES, rng=0).summary()
    layers = counts()
    print(summary)
    print("\nBy hand, inputs × neurons + neurons:")
    for layer in layers:
        print(f"  {layer.n_in:>2} × {layer.n_out:<2} + {layer.n_out:<2} = {layer.total:>5,}")
    print(f"  {'sum':>7} = {sum(layer.total for layer in layers):>9,}")
    parts = [layer.weights for layer in layers]
    print(
        f"\nThe article's text says {ARTICLE:,}: {' + '.join(map(str, parts))} + 1 = "
        f"{without_hidden_biases():,}, which forgets the {sum(SIZES[1:-1])} biases of the hidden\n"
        f"layers. Its own table, {' + '.join(str(layer.total) for layer in layers)}, adds up to "
        f"{summary.total:,}."
    )


if __name__ == "__main__":
    run(main, __doc__)
