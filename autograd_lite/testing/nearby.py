"""A second look at what seems wrong: near a kink, or where rounding leaves no digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

__all__ = ["a_kink_allows", "random_step", "widened"]

RADII: Final = (2.0**-16, 2.0**-24)
SAMPLES: Final = 64
STEP: Final = 2.0**-4
"""Of the differences, in units of the radius."""

LEAST_SPREAD: Final = 1e-3
"""Slopes that vary by less, of their size, vary smoothly; and so do those whose variation shrinks
with the distance."""


def a_kink_allows(
    got: float,
    slope: Callable[[float, np.random.Generator], float],
    slack: float,
) -> bool:
    """Return whether a slope lies between those at points nearby that differ for a kink.

    A gradient may be one that a kink allows and lie outside of the slopes from the two sides: the
    median of three equal numbers does not change when one of them moves, and gives each a third.
    The derivatives at points nearby are 0 and 1, and their mixtures are the gradients that are
    allowed (Clarke's generalised gradient).

    Parameters
    ----------
    got : float
        The slope by the gradient.
    slope : callable
        ``slope(radius, rng)``: the slope at a random point so far away.
    slack : float
        How precise slopes are.
    """
    rng = np.random.default_rng(0)
    spread = 0.0
    for radius in RADII:
        spread = spread_around(got, lambda r=radius: slope(r, rng), slack, spread / 4)  # type: ignore[misc]
        if not spread:
            return False
    return True


def spread_around(got: float, slope: Callable[[], float], slack: float, least: float) -> float:
    """Return how far some slopes are apart that `got` lies between; 0 where that is not far."""
    lowest, highest = math.inf, -math.inf
    for _ in range(SAMPLES):
        found = slope()
        if not math.isfinite(found):
            continue
        lowest, highest = min(lowest, found), max(highest, found)
        largest = max(abs(lowest), abs(highest))
        is_far = highest - lowest > max(LEAST_SPREAD * largest, least) + 10 * slack
        if is_far and lowest - slack <= got <= highest + slack:
            return highest - lowest
    return 0.0


def random_step(units: Any, radius: float, rng: np.random.Generator) -> Any:
    """Return steps of the elements of an operand to a point nearby.

    They are in units of the elements, or all in that of the largest: 0 and 1e-17 are a tie, too.

    The share of the steps upwards is itself random, so that among n equal elements one that stays
    gets each rank with the same probability.
    """
    signs = np.where(rng.random(units.shape) < rng.random(), 1.0, -1.0)
    if rng.random() < 0.5:
        units = np.max(units, initial=0.0)
    return radius * units * signs * rng.uniform(0.5, 1.0, signs.shape)


def widened(x: Any) -> Any:
    """Return an array in extended precision."""
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)
