"""Points of a domain that keep apart: the numbers that arrays are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from autograd_lite.errors import ArgumentError

__all__ = ["Domain", "Intervals", "as_intervals", "grid", "without_kinks"]

Interval = tuple[float, float]
Intervals = tuple[Interval, ...]
Domain = Interval | Sequence[Interval]
"""Where numbers may lie: ``(low, high)``, or several of these that do not overlap."""

CHOICES: Final = 4
"""A grid has at least so many points for each number that is drawn from it."""

FEWEST: Final = 16
"""A grid has at least so many points."""

FINEST: Final = 40
"""The smallest distance that is tried is 2**-40."""


def as_intervals(domain: Any) -> Intervals:
    """Return a domain as intervals in ascending order.

    Raises
    ------
    ArgumentError
        If it is neither a pair of numbers nor several that do not overlap.
    """
    try:
        pairs = [domain] if np.ndim(domain[0]) == 0 else list(domain)
        intervals = tuple(sorted((float(low), float(high)) for low, high in pairs))
    except (TypeError, ValueError, IndexError):
        raise ArgumentError(
            f"a domain is (low, high) or several of these, got {domain!r}"
        ) from None
    ends = [end for interval in intervals for end in interval]
    if ends != sorted(ends) or not np.isfinite(ends).all() or any(a == b for a, b in intervals):
        raise ArgumentError(
            f"the intervals of a domain are finite, have low < high and do not overlap, got "
            f"{domain!r}"
        )
    return intervals


def without_kinks(intervals: Intervals, kinks: Iterable[float], margin: float) -> Intervals:
    """Return intervals without what is nearer than `margin` to a kink."""
    if margin <= 0:
        raise ArgumentError(f"margin is a distance above 0, got {margin!r}")
    for kink in kinks:
        intervals = tuple(
            (low, high)
            for a, b in intervals
            for low, high in ((a, min(b, kink - margin)), (max(a, kink + margin), b))
            if low < high
        )
    if not intervals:
        raise ArgumentError("nothing is left of the domain around its kinks; take a smaller margin")
    return intervals


@lru_cache(maxsize=500)
def grid(
    intervals: Intervals, count: int, dtype: str, min_gap: float | None
) -> tuple[tuple[float, ...], float]:
    """Return points that are multiples of a distance, the simplest first, and the distance.

    The distance is the widest power of 2 that leaves enough points, but no less than `min_gap`. The
    points keep a quarter of it away from the ends of the intervals, so that they may be moved.

    Raises
    ------
    ArgumentError
        If there are not `count` points so far apart, or not in this precision.
    """
    needed = max(FEWEST, CHOICES * count)
    low, high = intervals[0][0], intervals[-1][1]
    for exponent in range(math.ceil(-math.log2(high - low)), FINEST):
        gap = 2.0**-exponent
        if min_gap is not None and gap < 2 * min_gap:
            break
        points = multiples(intervals, gap)
        if len(points) >= needed:
            return simplest_first(points, gap, dtype)
    if min_gap is not None:
        gap = 2 * min_gap
        points = multiples(intervals, gap)
        if len(points) >= count:
            return simplest_first(points, gap, dtype)
    raise ArgumentError(
        f"{count} numbers do not fit into the domain {intervals} with a distance of {min_gap} "
        "between them; take fewer elements, a wider domain or a smaller min_gap"
    )


def multiples(intervals: Intervals, gap: float) -> list[int]:
    """Return the whole numbers k for which k * gap lies within, by a quarter of `gap`."""
    return [
        k
        for low, high in intervals
        for k in range(math.ceil(low / gap + 0.25), math.floor(high / gap - 0.25) + 1)
    ]


def simplest_first(points: list[int], gap: float, dtype: str) -> tuple[tuple[float, ...], float]:
    """Return multiples of `gap`: few digits before many, small before large, 1 before -1."""

    def complexity(k: int) -> tuple[int, float, bool]:
        digits = 0 if k == 0 else max(0, -exponent_of(k * gap))
        return digits, abs(k), k < 0

    resolution = np.spacing(np.asarray(max(map(abs, points)) * gap, dtype))
    if not resolution <= gap / 8:
        raise ArgumentError(
            f"{dtype} has no room for numbers that keep {gap / 2:.3g} apart in this domain; take "
            "fewer elements, or a domain nearer to 0"
        )
    return tuple(k * gap for k in sorted(points, key=complexity)), gap


def exponent_of(x: float) -> int:
    """Return the largest n for which x is a multiple of 2**n."""
    numerator, denominator = x.as_integer_ratio()
    return (numerator & -numerator).bit_length() - denominator.bit_length()
