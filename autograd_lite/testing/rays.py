"""The slope along one direction: that of the gradient beside that of differences, and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from autograd_lite.testing.complex_steps import complex_step
from autograd_lite.testing.differences import EPSILON, FIRST_STEP, Slopes, slopes
from autograd_lite.testing.levels import Level
from autograd_lite.testing.nearby import STEP, a_kink_allows, random_step, widened
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.value import data_of

__all__ = ["Ray", "Tolerances", "elements", "in_double_precision", "slopes_of", "units_of"]

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


class Ray:
    """The weighted sum of the results of a function, along a direction in one operand.

    Attributes
    ----------
    got : float
        The slope by the gradient.
    size : float
        How large the numbers are that are added up.
    """

    def __init__(
        self,
        level: Level,
        place: int,
        gradient: Any,
        direction: Any,
        weights: Sequence[Any],
        tolerances: Tolerances,
    ) -> None:
        self.level = level
        self.place = place
        self.points = [in_double_precision(x) for x in level.operands.arrays]
        self.direction = direction
        self.weights = weights
        self.tolerances = tolerances
        moving = direction != 0
        with np.errstate(invalid="ignore"):  # infinity less infinity
            terms = gradient[moving] * direction[moving]
            self.got = float(np.sum(terms))
        self.scale = float(np.sum(np.abs(terms))) if np.isfinite(self.got) else 0.0
        self.unit = float(np.linalg.norm(direction))
        self.size = max(
            level.size(self.moved(step), weights)
            for step in (0.0, FIRST_STEP, -FIRST_STEP)  # 0 first: max keeps it where others are nan
        )

    def moved(self, step: complex, steps: Sequence[Any] | None = None) -> list[Any]:
        """Return the operands after a step along the direction, and one of each operand."""
        moved = []
        for number, point in enumerate(map(np.asarray, self.points)):
            x = elements(point)
            if steps is not None:
                x = x + steps[number]
            if number == self.place:
                x = x + step * self.direction
            if x.dtype.kind != "c":
                x = x.view(point.dtype)
            moved.append(x.reshape(point.shape)[()])
        return moved

    def number(self, step: float, steps: Sequence[Any] | None = None) -> float:
        """Return the weighted sum after a step."""
        return self.level.number(self.moved(step, steps), self.weights)

    def tolerance(self, slope: float) -> float:
        """Return how far slopes of this size may be apart."""
        return self.tolerances.allowed(max(abs(slope), self.scale), self.size, self.unit)

    def judged(self, found: Slopes) -> Verdict:
        """Return the verdict, given the slopes by differences."""
        return judged(self.got, found, self.tolerance, RESOLUTION * self.size)

    def verdict(self, *, careful: bool) -> tuple[Verdict, Slopes]:
        """Return the verdict, and the slopes by differences.

        `careful`: find out how precise they are before anything but RIGHT is said.
        """

        def is_enough(found: Slopes) -> bool:
            return not careful or self.judged(found) is Verdict.RIGHT

        found = slopes(self.number, self.size, self.tolerance, is_enough)
        verdict = self.judged(found)
        if verdict is Verdict.INCONCLUSIVE:
            exact = self.by_complex_step(found)
            if self.judged(exact) is Verdict.RIGHT:  # it never accuses: see there
                return Verdict.RIGHT, exact
        return verdict, found

    def second_look(self, found: Slopes) -> Verdict:
        """Return the verdict on a slope that seems wrong: there may be a reason for it."""
        slack = self.tolerance(self.got) + RESOLUTION * self.size
        if a_kink_allows(self.got, self.slope_nearby, slack):
            return Verdict.NOT_DIFFERENTIABLE
        if self.is_right_in_extended_precision(found):
            return Verdict.INCONCLUSIVE
        return Verdict.WRONG

    def by_complex_step(self, rough: Slopes) -> Slopes:
        """Return slopes with that by the complex step, if that is within the error of a rough one.

        A function may take complex numbers and not be analytic.
        """
        if not rough.central.known or np.iscomplexobj(self.points[self.place]):
            return rough
        exact = complex_step(
            lambda step: self.level.values(self.moved(step)), self.weights, self.tolerances.epsilon
        )
        if exact.known and abs(exact.value - rough.central.value) <= 3 * rough.central.error:
            return replace(rough, central=exact)
        return rough

    def slope_nearby(self, radius: float, rng: np.random.Generator) -> float:
        """Return the slope at a random point at a distance from here."""
        steps = [random_step(units_of(elements(x)), radius, rng) for x in self.points]
        steps[self.place][self.direction != 0] *= STEP
        step = radius * STEP
        return (self.number(step, steps) - self.number(-step, steps)) / (2 * step)

    def is_right_in_extended_precision(self, found: Slopes) -> bool:
        """Return whether the gradient is another one, and not wrong, if more digits are kept.

        Then rounding has taken all digits of the one that is judged.
        """
        try:
            gradients = self.level.gradients(
                [widened(w) for w in self.weights], *map(widened, self.points)
            )
            slope = float(np.sum(slopes_of(gradients[self.place]) * self.direction))
        except Exception:  # few functions of linear algebra know extended precision
            return False
        verdict = judged(slope, found, self.tolerance, RESOLUTION * self.size)
        return verdict is not Verdict.WRONG


def in_double_precision(x: Any) -> Any:
    """Return an array of floats or complex numbers in float64 or complex128."""
    return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)


def elements(x: Any) -> Any:
    """Return the real numbers in an array, along one axis: two for a complex one."""
    return np.ascontiguousarray(x).reshape(-1).view(np.float64)


def units_of(x: Any) -> Any:
    """Return the magnitude of each number, and for 0 the largest of all.

    Steps in these units fit elements of all magnitudes, and stay on one side of 0.
    """
    magnitudes = np.where(np.isfinite(x), np.abs(x), 0.0)
    largest = float(np.max(magnitudes, initial=0.0)) or 1.0
    return np.where(magnitudes > 0, magnitudes, largest)


def slopes_of(gradient: Any) -> Any:
    """Return the derivative by each real number in an operand.

    The gradient in z = x + iy is ∂f/∂x − i ∂f/∂y.
    """
    return elements(in_double_precision(np.conj(data_of(gradient))))


def judged(
    got: float, found: Slopes, tolerance: Callable[[float], float], negligible: float
) -> Verdict:
    """Return the verdict on a slope, given those of the differences.

    A numeric error below `negligible` is never too large.
    """
    central = found.central
    one_sided = found.right.known != found.left.known  # the other side is outside of the domain
    at_jump = found.jumps and found.right.known and found.left.known
    if at_jump or one_sided or found.gap(tolerance(central.value if central.known else 0.0)):
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
    """Return whether a slope lies between those from the two sides, or is that of the only one.

    At a jump, the sides are the pieces next to it.
    """
    sides = [side for side in (found.left, found.right) if side.known]
    lowest, highest = (pick(side.value for side in sides) for pick in (min, max))
    slack = 3 * max(side.error for side in sides)
    if np.isfinite([lowest, highest]).all():
        slack += tolerance(max(abs(lowest), abs(highest)))
    if lowest - slack <= got <= highest + slack:
        return Verdict.NOT_DIFFERENTIABLE
    size = max(abs(lowest), abs(highest), abs(got) if np.isfinite(got) else 0.0)
    if slack > 0.01 * size:
        return Verdict.INCONCLUSIVE  # x**0.9 at 0 has an infinite slope that shows at 1e-30 only
    return Verdict.WRONG
