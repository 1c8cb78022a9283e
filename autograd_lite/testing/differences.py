"""Slopes of a function of one number at 0, by differences, with an error estimate.

The quotients ``(f(h) - f(-h)) / 2h``, ``(f(h) - f(0)) / h`` and ``(f(0) - f(-h)) / h`` are computed
for ever smaller steps and extrapolated to step 0 (Richardson; Ridders, Advances in Engineering
Software 4 (1982) 75, for the choice in the table by its own error estimate). Where the function has
a kink, the slopes from the two sides differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

__all__ = ["UNKNOWN", "Estimate", "Slopes", "slopes"]

FIRST_STEP: Final = 1 / 64
RATIO: Final = 4
QUICK_LEVELS: Final = 5
LEVELS: Final = 12
"""From 1/64 down to 4e-9: what is nearer to a kink than that is at the kink."""

SPACINGS: Final = (2.0**-9, 2.0**-12, 2.0**-18, 2.0**-22, 2.0**-24, 2.0**-26)
"""Of the points at which the rounding error is measured."""

NODES: Final = (1.0, 2.13, 2.91, 4.07, 5.22, 5.87, 7.11, 8.03, 8.89)
"""These points, in units of the spacing; in no simple ratio, since numbers that are rounded to a
grid are exact at points that fit it."""

CAUTION: Final = 4
"""The largest of some rounding errors, in units of the scatter: extrapolation adds several up."""

EPSILON: Final = 2.0**-52


@dataclass(frozen=True)
class Estimate:
    """A number and how far it may be from the truth.

    `value` is infinite for a slope that grows without bound, nan where there is no slope.
    """

    value: float
    error: float

    @property
    def known(self) -> bool:
        """Whether there is a number at all, infinity included."""
        return not math.isnan(self.value) and self.error < math.inf

    def divided(self, unit: float) -> Estimate:
        """Return the slope per unit of something else."""
        return Estimate(self.value / unit, self.error / unit)


UNKNOWN: Final = Estimate(math.nan, math.inf)


@dataclass(frozen=True)
class Slopes:
    """The slopes of a function at 0: from both sides at once, from the right, from the left.

    `jumps`: the function does not come near to its value at 0 on one side at least. There is no
    slope over both sides then; that of a side is the slope of its piece.
    """

    central: Estimate
    right: Estimate
    left: Estimate
    jumps: bool

    def gap(self, tolerance: float) -> bool:
        """Return whether the sides differ by more than a tolerance and the errors."""
        if not (self.right.known and self.left.known):
            return False
        if math.isinf(self.right.value) or math.isinf(self.left.value):
            return True
        bar = tolerance + 3 * (self.right.error + self.left.error)
        return abs(self.right.value - self.left.value) > bar


class Extrapolation:
    """Richardson's table for quotients whose error is a power series in ``h**power``."""

    def __init__(self, power: int) -> None:
        self.factor = RATIO**power
        self.largest = 0.0
        self.row: list[float] = []
        self.quotients: list[float] = []
        self.best = UNKNOWN

    def add(self, quotient: float, noise: float) -> None:
        """Take the quotient of the next smaller step; `noise` is its rounding error."""
        row, factor = [quotient], 1
        self.largest = max(self.largest, abs(quotient))  # stays as it is for nan
        noise += 4 * EPSILON * self.largest
        for before in self.row:
            factor *= self.factor
            better = row[-1] + (row[-1] - before) / (factor - 1)
            # Both neighbours of lower order: the larger difference is the cautious error.
            error = max(abs(better - row[-1]), abs(better - before)) + noise
            if math.isfinite(error) and error < self.best.error:
                self.best = Estimate(better, error)
            row.append(better)
        self.row = row
        self.quotients.append(quotient)

    def limit(self) -> Estimate:
        """Return the best of the table, or infinity where the quotients grow without bound."""
        last = self.quotients[-5:]
        # As h**-a with 0 < a < 1: 2 for a square root, 2.5 for a cube root.
        if all(1.2 < ratio(later, sooner) < 3.9 for sooner, later in pairwise(last)):
            return Estimate(math.copysign(math.inf, last[-1]), 0.0)
        return self.best

    def jumps(self, least: float) -> bool:
        """Return whether the quotients, of more than `least`, grow as 1/h: a step remains."""
        last = self.quotients[-5:]
        return abs(last[-1]) > least and all(
            abs(ratio(later, sooner) / RATIO - 1) < 0.02 for sooner, later in pairwise(last)
        )


def ratio(later: float, sooner: float) -> float:
    """Return a quotient, nan where there is none."""
    return later / sooner if sooner and math.isfinite(sooner) else math.nan


def slopes(
    fun: Callable[[float], float],
    size: float,
    tolerance: Callable[[float], float],
    is_enough: Callable[[Slopes], bool],
) -> Slopes:
    """Return the slopes of a function at 0.

    Parameters
    ----------
    fun : callable
        ``fun(t)`` for t about -1/64 to 1/64; nan outside its domain.
    size : float
        How large the numbers are that `fun` adds up: its rounding error is ``size * 2**-52``.
    tolerance : callable
        ``tolerance(slope)``: how precise the slope has to be known; smaller steps are taken until
        it is, or until rounding takes over.
    is_enough : callable
        Whether slopes by a few steps will do. If not, the rounding error is measured: a function
        may lose more digits than `size` tells, and differences come out equal by chance.

    Returns
    -------
    Slopes
        Those from the two sides agree within their errors where the function is smooth.
    """
    steps = [FIRST_STEP / RATIO**level for level in range(LEVELS)]
    samples = Samples(fun)
    rounding = 2 * EPSILON * size
    quick = samples.slopes(steps[:QUICK_LEVELS], rounding, tolerance)
    if enough(quick, tolerance) and is_enough(quick):
        return quick
    return samples.slopes(steps, max(rounding, scatter(fun)), tolerance)


class Samples:
    """The values of a function, each computed once."""

    def __init__(self, fun: Callable[[float], float]) -> None:
        self.fun = fun
        self.known: dict[float, float] = {}

    def at(self, t: float) -> float:
        """Return the value at a point."""
        if t not in self.known:
            self.known[t] = self.fun(t)
        return self.known[t]

    def slopes(
        self, steps: list[float], rounding: float, tolerance: Callable[[float], float]
    ) -> Slopes:
        """Return the slopes by steps of these sizes, or by the first of them that are enough."""
        both, right, left = Extrapolation(2), Extrapolation(1), Extrapolation(1)
        middle = self.at(0.0)
        for step in steps:
            above, below = self.at(step), self.at(-step)
            noise = rounding / step
            both.add((above - below) / (2 * step), noise)
            right.add((above - middle) / step, noise)
            left.add((middle - below) / step, noise)
            found = Slopes(both.best, right.best, left.best, jumps=False)
            if enough(found, tolerance):
                return found
        if len(steps) < LEVELS:
            return found
        if any(side.jumps(100 * rounding / steps[-1]) for side in (right, left)):
            return self.beside_jump(steps, rounding)
        return Slopes(both.best, right.limit(), left.limit(), jumps=False)

    def beside_jump(self, steps: list[float], rounding: float) -> Slopes:
        """Return the slopes of the pieces on both sides, to neither of which 0 may belong."""
        right, left = Extrapolation(1), Extrapolation(1)
        for wide, narrow in pairwise(steps):
            width = wide - narrow
            right.add((self.at(wide) - self.at(narrow)) / width, rounding / width)
            left.add((self.at(-narrow) - self.at(-wide)) / width, rounding / width)
        return Slopes(UNKNOWN, right.limit(), left.limit(), jumps=True)


def scatter(fun: Callable[[float], float]) -> float:
    """Return how far the values of a function are off a smooth curve: its rounding error.

    Sixth differences of a smooth function vanish, and show independent errors (Hamming, Numerical
    Methods for Scientists and Engineers, ch. 10). The least but one over some spacings counts,
    since a function may bend within the wide ones, and rounded numbers may lie on a line by chance.
    A spacing at which the function does not change on a side is passed over: it may be rounded to
    few digits.
    """
    found = []
    for spacing in SPACINGS:
        sides = [[fun(sign * node * spacing) for node in NODES] for sign in (1, -1)]
        inside = [side for side in sides if all(map(math.isfinite, side))]
        if inside and all(len(set(side)) > 1 for side in inside):
            found.append(max(map(scatter_of, inside)))
    return CAUTION * sorted(found)[:2][-1] if found else 0.0


def scatter_of(values: list[float]) -> float:
    """Return how far values at the nodes are off a curve: their largest sixth difference."""
    windows = [
        sum(w * values[start + i] for i, w in enumerate(weights))
        for start, weights in enumerate(SIXTH_DIFFERENCES)
    ]
    return max(map(abs, windows))


def divided_difference(nodes: tuple[float, ...]) -> list[float]:
    """Return the weights of a divided difference, for which errors of size 1 make about 1."""
    weights = [1 / math.prod(x - other for other in nodes if other is not x) for x in nodes]
    norm = math.hypot(*weights)
    return [weight / norm for weight in weights]


SIXTH_DIFFERENCES: Final = [divided_difference(NODES[i : i + 7]) for i in range(3)]


def enough(found: Slopes, tolerance: Callable[[float], float]) -> bool:
    """Return whether the slopes are known well: one slope, or clearly two."""
    if not found.central.known:
        return False
    needed = tolerance(found.central.value) / 4
    if not found.gap(4 * needed):
        return found.central.error <= needed and found.right.known and found.left.known
    return max(found.right.error, found.left.error) <= needed
