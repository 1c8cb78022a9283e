"""What a data set is: features and labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.arguments import as_generator
from autograd_lite.errors import ArgumentError

__all__ = ["DataSet", "Floats", "Seed", "seeded"]

Floats = NDArray[np.float64]
Seed = np.random.Generator | int
"""A generator, which is advanced, or the seed of a new one."""


class DataSet(NamedTuple):
    """Features and labels; unpacks as ``X, y = ...``.

    Attributes
    ----------
    X : ndarray of float64
        Features, ``(n_events, 2)``.
    y : ndarray of float64
        Labels, ``(n_events,)``: 0.0 or 1.0. An output of shape ``(n_events, 1)`` is compared with
        ``y[:, None]``.
    """

    X: Floats
    y: Floats


def seeded(rng: Seed) -> np.random.Generator:
    """Return a generator for a generator or a seed; no seed would make a set nobody can repeat."""
    if rng is None:
        raise ArgumentError("rng is None; give a seed, so that the data set can be drawn again")
    return as_generator(rng)
