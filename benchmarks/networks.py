"""The networks that all peers train: sizes, data and first weights, the same for each of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al

Array = NDArray[Any]

LEARNING_RATE = 1e-3
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


class Work(NamedTuple):
    """A training step: a network with two hidden layers of ReLU, its batch and its dtype.

    With one output, the loss is the binary cross-entropy of logits, and the data are the events of
    the article; with more, it is the cross-entropy of class numbers, and the data are noise.
    """

    sizes: tuple[int, int, int, int]
    batch: int
    dtype: str

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}, {self.dtype}"

    @property
    def binary(self) -> bool:
        """Whether there is one output."""
        return self.sizes[-1] == 1


class Problem(NamedTuple):
    """A batch, and the weights and biases to begin with: W1, b1, W2, b2, W3, b3."""

    X: Array
    y: Array
    parameters: list[Array]


def make_problem(work: Work) -> Problem:
    """Return the batch and the first weights of a piece of work."""
    rng = np.random.default_rng(0)
    parameters = []
    for n_in, n_out in pairwise(work.sizes):
        parameters.append(rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in)).astype(work.dtype))
        parameters.append(rng.normal(0, 0.1, n_out).astype(work.dtype))
    X, y = binary_batch(work, rng) if work.binary else class_batch(work, rng)
    return Problem(X.astype(work.dtype), y, parameters)


def binary_batch(work: Work, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the article's events, shuffled and standardised; targets ``(batch, 1)``."""
    X, y = al.data.two_islands()
    chosen = rng.permutation(len(X))[: work.batch]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X[chosen], y[chosen, None].astype(work.dtype)


def class_batch(work: Work, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return normal noise, ``(batch, n_in)``, and class numbers, ``(batch,)``."""
    X = rng.normal(size=(work.batch, work.sizes[0]))
    return X, rng.integers(0, work.sizes[-1], work.batch)
