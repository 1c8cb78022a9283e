"""Ask a graph where a gradient comes from, and where a NaN was born.

The first is asked of a network of single numbers, where each path leads through one unit of each
layer; the second of a loss that is written as in the textbook.

Run ``python -m demos.explain_gradient``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.errors import NonFiniteError
from autograd_lite.nn.functional import binary_cross_entropy_with_logits
from demos.command_line import run

__all__ = ["hunt_for_a_nan", "main", "network_of_scalars", "textbook_loss"]

WIDTH = 6
SEED = 3


def network_of_scalars() -> tuple[al.Value, al.Value]:
    """Return the output and an input of a network 2 → 6 → 6 → 1, one Value for each number."""
    rng = np.random.default_rng(SEED)
    x1 = al.Value(0.5, name="x1")
    layer = [x1, al.Value(-1.2, name="x2")]
    for name in ("g", "h"):
        sums = [sum(rng.normal() * value for value in layer) for _ in range(WIDTH)]
        layer = [value.relu() for value in sums]
        for place, value in enumerate(layer):
            value.name = f"{name}{place}"
    out = sum(rng.normal() * value for value in layer)
    out.name = "out"
    return out, x1


def textbook_loss(logits: Any, targets: Any) -> Any:
    """Compute the binary cross-entropy as it is defined; it fails where a sigmoid rounds to 1."""
    p = 1.0 / (1.0 + np.exp(-logits))
    return -np.mean(targets * np.log(p) + (1.0 - targets) * np.log(1.0 - p))


def hunt_for_a_nan() -> NonFiniteError:
    """Return what `al.debug` says about the textbook's loss on a confident output."""
    logits = al.Value([-1.0, 2.0, 40.0], name="logits")
    try:
        with al.debug():
            textbook_loss(logits, np.array([0.0, 1.0, 0.0]))
    except NonFiniteError as error:
        return error
    raise AssertionError("1 - sigmoid(40) is 0 in float64")


def main(out: Path) -> None:
    """Print the explanations; there is no figure."""
    result, x1 = network_of_scalars()
    explanation = result.explain(x1, limit=5)
    print(explanation)
    shown = sum(path.contribution for path in explanation.paths)
    print(
        f"\nshown and not shown: {shown:.4f} + {explanation.rest:.4f} = {explanation.total:.4f}\n"
    )
    print(hunt_for_a_nan())
    logits, targets = al.Value([-1.0, 2.0, 40.0]), np.array([0.0, 1.0, 0.0])
    loss = binary_cross_entropy_with_logits(logits, targets)
    print(f"\nwith bce_with_logits, as the hint says, the loss is {loss:.4f}")


if __name__ == "__main__":
    run(main, __doc__)
