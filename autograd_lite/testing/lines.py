"""One operand along directions: the slope that its gradient gives beside that of differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from autograd_lite.testing.differences import EPSILON, FIRST_STEP, Slopes, slopes
from autograd_lite.testing.levels import Level, random_weights
from autograd_lite.testing.verdicts import Check, Verdict, by_severity
from autograd_lite.value import data_of

__all__ = ["Line", "Tolerances"]

MOST_RESULTS: Final = 100
"""So many elements of the result are looked at, one by one, for one element of the operand."""
RESOLUTION: Final = 1e-9
"""A change of the function by less, of its size, per relative change of the operand is no slope."""


class Tolerances:
    """How far a derivative may be from the numeric one."""

    def __init__(self, arrays: list[Any], rtol: float | None, atol: float | None) -> None:
        self.epsilon = max(float(np.finfo(array.dtype).eps) for array in arrays)
        self.rtol = self.epsilon**0.5 if rtol is None else rtol
        self.atol = 0.0 if atol is None else atol

    def allowed(self, scale: float, size: float, unit: float) -> float:
        """Return the tolerance for a slope.

        `scale` is its size; `size` that of the numbers that the function adds up, whose rounding
        gradients and differences inherit; `unit` the length of the direction.
        """
        return self.rtol * scale + (30 * self.epsilon + 4000 * EPSILON) * size + self.atol * unit


class Line:
    """The function along directions in one operand, whose complex numbers count as two elements.

    Steps are in units of the elements themselves, so that they fit elements of all magnitudes and
    stay on one side of 0.
    """

    def __init__(
        self, level: Level, place: int, gradient: Any, tolerances: Tolerances, order: int
    ) -> None:
        self.level = level
        self.place = place
        self.gradient = slopes_of(gradient)
        self.tolerances = tolerances
        self.order = order
        self.points = [in_double_precision(x) for x in level.operands.arrays]
        self.x = elements(self.points[place])
        magnitudes = np.abs(self.x)
        largest = float(np.max(magnitudes, initial=0.0)) or 1.0
        self.units = np.where(magnitudes > 0, magnitudes, largest)
        self.direction = self.units * random_weights(self.units, level.rng)

    def check(self, block: Any) -> Check:
        """Return the verdict on the elements of a block together, or on the one element."""
        direction = self.restricted(self.units if len(block) == 1 else self.direction, block)
        return self.along(direction, block, self.gradient, self.level.weights)

    def restricted(self, direction: Any, block: Any) -> Any:
        """Return a direction in the elements of a block alone."""
        restricted = np.zeros_like(direction)
        restricted[block] = direction[block]
        return restricted

    def along(self, direction: Any, block: Any, gradient: Any, weights: Any) -> Check:
        """Return the verdict on the slope along a direction."""
        terms = gradient[block] * direction[block]
        got = float(np.sum(terms))
        scale = float(np.sum(np.abs(terms))) if np.isfinite(got) else 0.0
        unit = float(np.linalg.norm(direction))
        size = max(
            self.level.size(self.moved(step, direction), weights)
            for step in (0.0, FIRST_STEP, -FIRST_STEP)  # 0 first: max keeps it where others are nan
        )

        def tolerance(slope: float) -> float:
            return self.tolerances.allowed(max(abs(slope), scale), size, unit)

        def fun(t: float) -> float:
            return self.level.number(self.moved(t, direction), weights)

        found = slopes(fun, size, tolerance)
        verdict = judged(got, found, tolerance, RESOLUTION * size)
        return self.described(verdict, got, found, block)

    def described(self, verdict: Verdict, got: float, found: Slopes, block: Any) -> Check:
        """Return a verdict with its reasons; for one element, in units of the derivative."""
        name = self.level.operands.name(self.place)
        point = np.asarray(self.points[self.place])
        check = Check(
            verdict,
            self.order,
            name,
            got,
            found.central,
            found.left,
            found.right,
            weighted=self.level.mixed,
        )
        if len(block) != 1:
            return check
        unit = float(self.units[block[0]])
        parts = self.x.size // point.size
        return replace(
            check,
            got=got / unit,
            expected=found.central.divided(unit),
            left=found.left.divided(unit),
            right=found.right.divided(unit),
            element=tuple(map(int, np.unravel_index(block[0] // parts, point.shape))),
            part=("", " (imaginary part)")[block[0] % parts],
            at=point.reshape(-1)[block[0] // parts].item(),
        )

    def together(self, block: Any) -> Check:
        """Return the verdict on a step of all elements of a block upwards.

        Slopes that are allowed one by one may not be so together, as 1 and 1 for max(x, x).
        """
        direction = self.restricted(self.units, block)
        return self.by_result(
            self.along(direction, block, self.gradient, self.level.weights), block
        )

    def by_result(self, check: Check, block: Any) -> Check:
        """Return the verdict on such a step, looking at each element of the result by itself.

        A sum of results mixes their kinks: two slopes that are allowed, weighted with 1 and -1, add
        up to one that is not.
        """
        if not self.level.mixed:
            return check
        direction = self.restricted(self.units, block)
        found = [
            self.of_result(number, place, direction, block)
            for number, place in self.changed_results(direction)[:MOST_RESULTS]
        ]
        worst = max(found, key=by_severity, default=check)
        return check if worst.verdict is Verdict.RIGHT else worst

    def of_result(self, number: int, place: tuple[int, ...], direction: Any, block: Any) -> Check:
        """Return the verdict on a block, for one element of one result."""
        weights = one_hot(self.level.weights, number, place)
        gradient = self.level.gradients(weights, *self.level.operands.arrays)[self.place]
        single = self.along(direction, block, slopes_of(gradient), weights)
        return replace(single, result=place, weighted=False)

    def changed_results(self, direction: Any) -> list[tuple[int, tuple[int, ...]]]:
        """Return which elements of which results change along a direction."""
        below, here, above = (
            self.level.values(self.moved(step, direction)) for step in (-FIRST_STEP, 0, FIRST_STEP)
        )
        return [
            (number, tuple(map(int, place)))
            for number, (low, middle, high) in enumerate(zip(below, here, above, strict=True))
            for place in np.argwhere((low != middle) | (high != middle))
        ]

    def moved(self, step: float, direction: Any) -> list[Any]:
        """Return the operands after a step along a direction in this one."""
        points = list(self.points)
        point = np.asarray(points[self.place])
        moved = (self.x + step * direction).view(point.dtype)
        points[self.place] = moved.reshape(point.shape)[()]
        return points


def in_double_precision(x: Any) -> Any:
    """Return an array of floats or complex numbers in float64 or complex128."""
    return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)


def elements(x: Any) -> Any:
    """Return the real numbers in an array, along one axis: two for a complex one."""
    return np.ascontiguousarray(x).reshape(-1).view(np.float64)


def slopes_of(gradient: Any) -> Any:
    """Return the derivative by each real number in an operand.

    The gradient in z = x + iy is ∂f/∂x − i ∂f/∂y.
    """
    return elements(in_double_precision(np.conj(data_of(gradient))))


def one_hot(weights: Sequence[Any], number: int, place: tuple[int, ...]) -> list[Any]:
    """Return weights that pick one element of one result."""
    picked = [np.zeros(np.shape(array), array.dtype) for array in weights]
    picked[number][place] = 1
    return picked


def judged(
    got: float, found: Slopes, tolerance: Callable[[float], float], negligible: float
) -> Verdict:
    """Return the verdict on a slope, given those of the differences.

    A numeric error below `negligible` is never too large.
    """
    if found.jumps:
        return Verdict.NOT_DIFFERENTIABLE
    central = found.central
    one_sided = found.right.known != found.left.known  # the other side is outside of the domain
    if one_sided or found.gap(tolerance(central.value if central.known else 0.0)):
        return judged_at_kink(got, found, tolerance)
    if not central.known:
        return Verdict.INCONCLUSIVE
    allowed = tolerance(central.value)
    difference = abs(got - central.value)
    if not difference <= allowed + 10 * central.error:  # nan included
        return Verdict.WRONG
    if central.error > max(allowed, negligible) or difference > allowed + 3 * central.error:
        return Verdict.INCONCLUSIVE
    return Verdict.RIGHT


def judged_at_kink(got: float, found: Slopes, tolerance: Callable[[float], float]) -> Verdict:
    """Return whether a slope lies between those from the two sides, or is that of the only one."""
    sides = [side for side in (found.left, found.right) if side.known]
    lowest, highest = (pick(side.value for side in sides) for pick in (min, max))
    slack = 3 * max(side.error for side in sides)
    if np.isfinite([lowest, highest]).all():
        slack += tolerance(max(abs(lowest), abs(highest)))
    if lowest - slack <= got <= highest + slack:
        return Verdict.NOT_DIFFERENTIABLE
    return Verdict.WRONG
