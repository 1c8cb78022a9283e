"""One operand along directions: what to move, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from autograd_lite.testing.differences import FIRST_STEP, Slopes
from autograd_lite.testing.levels import Level, random_weights
from autograd_lite.testing.rays import (
    Ray,
    Tolerances,
    elements,
    in_double_precision,
    slopes_of,
    units_of,
)
from autograd_lite.testing.verdicts import Check, Verdict, by_severity

__all__ = ["Line"]

MOST_RESULTS: Final = 100
"""So many elements of the result are looked at, one by one, for one element of the operand."""


class Line:
    """The function along directions in one operand, whose complex numbers count as two elements."""

    def __init__(
        self, level: Level, place: int, gradient: Any, tolerances: Tolerances, order: int
    ) -> None:
        self.level = level
        self.place = place
        self.gradient = slopes_of(gradient)
        self.tolerances = tolerances
        self.order = order
        self.point = np.asarray(in_double_precision(level.operands.arrays[place]))
        self.x = elements(self.point)
        self.units = units_of(self.x)
        self.direction = self.units * random_weights(self.units, level.rng)

    def check(self, block: Any, *, careful: bool = True) -> Check:
        """Return the verdict on the elements of a block together, or on the one element."""
        direction = self.restricted(self.units if len(block) == 1 else self.direction, block)
        weights = self.level.weights
        return self.along(direction, block, self.gradient, weights, careful=careful)

    def restricted(self, direction: Any, block: Any) -> Any:
        """Return a direction in the elements of a block alone."""
        restricted = np.zeros_like(direction)
        restricted[block] = direction[block]
        return restricted

    def along(
        self,
        direction: Any,
        block: Any,
        gradient: Any,
        weights: Any,
        *,
        careful: bool = True,
        twice: bool = False,
    ) -> Check:
        """Return the verdict on the slope along a direction.

        `twice`: take a second look at what seems wrong.
        """
        ray = Ray(self.level, self.place, gradient, direction, weights, self.tolerances)
        verdict, found = ray.verdict(careful=careful)
        if twice and verdict is Verdict.WRONG:
            verdict = ray.second_look(found)
        return self.described(verdict, ray.got, found, block)

    def described(self, verdict: Verdict, got: float, found: Slopes, block: Any) -> Check:
        """Return a verdict with its reasons; for one element, in units of the derivative."""
        name = self.level.operands.name(self.place)
        point = self.point
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
        return self.by_result(block)

    def by_result(self, block: Any) -> Check:
        """Return the verdict on such a step, looking at each element of the result by itself.

        A sum of results mixes their kinks: two slopes that are allowed, weighted with 1 and -1, add
        up to one that is not.
        """
        direction = self.restricted(self.units, block)
        weights, gradient = self.level.weights, self.gradient
        if not self.level.mixed:
            return self.along(direction, block, gradient, weights, twice=True)
        found = [
            (self.of_result(number, place, direction, block), number, place)
            for number, place in self.changed_results(direction)[:MOST_RESULTS]
        ]
        found.sort(key=lambda result: by_severity(result[0]), reverse=True)
        looked_at = []
        for first, number, place in found:
            again = first
            if first.verdict is Verdict.WRONG:
                again = self.of_result(number, place, direction, block, twice=True)
            looked_at.append(again)
            if again.verdict is Verdict.WRONG:
                break
        worst = max(looked_at, key=by_severity, default=None)
        if worst is None or worst.verdict is Verdict.RIGHT:
            return self.along(direction, block, gradient, weights, twice=True)
        return worst

    def of_result(
        self,
        number: int,
        place: tuple[int, ...],
        direction: Any,
        block: Any,
        *,
        twice: bool = False,
    ) -> Check:
        """Return the verdict on a block, for one element of one result."""
        weights = one_hot(self.level.weights, number, place)
        gradient = self.level.gradients(weights, *self.level.operands.arrays)[self.place]
        single = self.along(direction, block, slopes_of(gradient), weights, twice=twice)
        return replace(single, result=place, weighted=False)

    def changed_results(self, direction: Any) -> list[tuple[int, tuple[int, ...]]]:
        """Return which elements of which results change along a direction."""
        ray = Ray(
            self.level, self.place, self.gradient, direction, self.level.weights, self.tolerances
        )
        below, here, above = (
            self.level.values(ray.moved(step)) for step in (-FIRST_STEP, 0.0, FIRST_STEP)
        )
        return [
            (number, tuple(map(int, place)))
            for number, (low, middle, high) in enumerate(zip(below, here, above, strict=True))
            for place in np.argwhere((low != middle) | (high != middle))
        ]


def one_hot(weights: Sequence[Any], number: int, place: tuple[int, ...]) -> list[Any]:
    """Return weights that pick one element of one result."""
    picked = [np.zeros(np.shape(array), array.dtype) for array in weights]
    picked[number][place] = 1
    return picked
