"""How arguments are drawn for kinds of operation: element-wise, reductions, matrices, ..."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.arguments import Axis, axes
from autograd_lite.testing.strategies.draft import DoesNotFit, Draft
from autograd_lite.testing.strategies.grids import Domain, as_intervals
from autograd_lite.testing.strategies.operations import Arguments, shift, symmetrise
from autograd_lite.testing.strategies.program import Constant, Operand
from autograd_lite.testing.strategies.shapes import Shape

__all__ = [
    "apart",
    "broadcasting",
    "changed",
    "distinct",
    "elementwise",
    "of_one",
    "on_axes",
    "on_axis",
    "positive_definite",
    "regular",
]

Draw = Callable[[Draft], Arguments]

SMALLEST_GAP: Final = 0.02
"""What ties and kinks keep from results."""

NUMBERS: Final = (2.0, 0.5, 3.0, 1.5, -1.0, -0.7, 1.0, 3.7)
"""What stands for an operand now and then."""


def broadcasting(shape: Shape) -> Callable[[Shape], bool]:
    """Return which shapes broadcast with a given one."""

    def fits(other: Shape) -> bool:
        pairs = zip(reversed(shape), reversed(other), strict=False)
        return all(a == b or 1 in (a, b) for a, b in pairs)

    return fits


def elementwise(*domains: Domain | None) -> Draw:
    """Return how operands are drawn for an element-wise operation, one for each domain.

    Shapes broadcast. The second operand is a number, now and then, or the third.
    """

    def arguments(draft: Draft) -> Arguments:
        operands: list[Operand] = [draft.inside(draft.operand(), domains[0])]
        shape = draft.shape_of(operands[0])
        for domain in domains[1:]:
            other = draft.operand_or(numbers(domain), broadcasting(shape))
            operands.append(draft.inside(other, domain))
            shape = np.broadcast_shapes(shape, draft.shape_of(other))
        return operands, {}

    return arguments


def numbers(domain: Domain | None) -> list[float]:
    """Return constants within a domain."""
    intervals = as_intervals(domain or (-4.0, 4.0))
    fitting = [x for x in NUMBERS if any(low <= x <= high for low, high in intervals)]
    return fitting or [sum(intervals[0]) / 2]


def of_one(
    domain: Domain | None = None,
    params: Callable[[Draft, Shape], dict[str, Any]] = lambda draft, shape: {},
    fits: Callable[[Shape], bool] = lambda shape: True,
    otherwise: Shape | None = None,
) -> Draw:
    """Return how one operand is drawn, of a shape that fits, with metadata for its shape."""

    def arguments(draft: Draft) -> Arguments:
        operand = draft.inside(draft.operand(fits, otherwise), domain)
        return [operand], params(draft, draft.shape_of(operand))

    return arguments


def changed(**params: tuple[Any, Any]) -> dict[str, Any]:
    """Return the metadata, each given with its default, that differs from the default."""
    return {name: x for name, (x, default) in params.items() if x != default}


@cache
def every_axis(ndim: int) -> Any:
    """Return a strategy for axes."""
    return axes(ndim)


@cache
def single_axis(ndim: int, none: bool) -> Any:
    """Return a strategy for an axis, or None."""
    return axes(ndim, none=none, tuples=False)


def count_along(shape: Shape, axis: Axis) -> int:
    """Return how many elements are reduced to one."""
    if axis is None:
        return math.prod(shape)
    return math.prod(shape[n] for n in (axis if isinstance(axis, tuple) else (axis,)))


def on_axes(domain: Domain | None = None, *, fewest: int = 0, ddof: bool = False) -> Draw:
    """Return how arguments are drawn for a reduction of at least so many elements at a time."""

    def params(draft: Draft, shape: Shape) -> dict[str, Any]:
        axis = draft.draw(every_axis(len(shape)))
        if count_along(shape, axis) < fewest:
            raise DoesNotFit
        return changed(
            axis=(axis, None),
            keepdims=(draft.draw(st.booleans()), False),
            **({"ddof": (draft.draw(st.integers(0, 1)), 0)} if ddof else {}),
        )

    return of_one(domain, params)


def on_axis(
    domain: Domain | None = None,
    *,
    default: int | None = -1,
    fewest: int = 0,
    more: Callable[[Draft, int], dict[str, Any]] = lambda draft, side: {},
) -> Draw:
    """Return how arguments are drawn for an operation along one axis."""

    def params(draft: Draft, shape: Shape) -> dict[str, Any]:
        axis: Any = draft.draw(single_axis(len(shape), default is None))
        side = count_along(shape, axis)
        if side < fewest:
            raise DoesNotFit
        return {**changed(axis=(axis, default)), **more(draft, side)}

    return of_one(domain, params, fits=lambda shape: default is None or len(shape) > 0)


def distinct(x: Any, **params: Any) -> bool:
    """Return whether there are elements, and no two are near to each other."""
    return np.size(x) > 0 and bool(np.all(np.diff(np.sort(x, axis=None)) > SMALLEST_GAP))


def apart(x: Any, y: Any) -> bool:
    """Return whether no element of one operand is near to that of the other."""
    return bool(np.all(np.abs(x - y) > SMALLEST_GAP))


# Matrices


def is_square(shape: Shape) -> bool:
    """Return whether a shape is that of square matrices with elements."""
    return len(shape) > 1 and shape[-1] == shape[-2] and shape[-1] > 0


def bounded(draft: Draft, operand: Operand) -> Operand:
    """Return an operand with elements within (-0.5, 0.5)."""
    return draft.inside(operand, (-0.5, 0.5))


def regular(draft: Draft) -> Operand:
    """Return square matrices that are far from singular, with singular values apart."""
    matrix = bounded(draft, draft.operand(is_square, otherwise=(2, 2)))
    return shifted(draft, matrix, first=1.5)


def positive_definite(draft: Draft) -> Operand:
    """Return symmetric matrices with positive eigenvalues that keep apart."""
    matrix = bounded(draft, draft.operand(is_square, otherwise=(2, 2)))
    return shifted(draft, draft.append(symmetrise, [matrix]), first=1.5)


def shifted(draft: Draft, matrix: Operand, first: float) -> Operand:
    """Return matrices with 1.5, 3, 4.5, ... added to the diagonal."""
    side = draft.shape_of(matrix)[-1]
    diagonal = np.diag(first + 1.5 * np.arange(side))
    return draft.append(shift, [matrix, Constant(diagonal)])
