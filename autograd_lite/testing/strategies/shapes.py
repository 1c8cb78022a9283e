"""Shapes of arrays: numbers (0-d) and arrays without elements among them."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from autograd_lite.errors import ArgumentError

__all__ = ["Shape", "broadcastable_shapes", "shapes"]

Shape = tuple[int, ...]

ODDS_OF_EMPTY = 15
"""One shape in 16 has an axis of length 0, where that is allowed."""


def check_limits(min_dims: int, max_dims: int, min_side: int, max_side: int) -> None:
    """Raise unless the limits of a shape make sense."""
    if not (0 <= min_dims <= max_dims and 0 <= min_side <= max_side):
        raise ArgumentError(
            "shapes have 0 <= min_dims <= max_dims and 0 <= min_side <= max_side, got "
            f"min_dims={min_dims}, max_dims={max_dims}, min_side={min_side}, max_side={max_side}"
        )


@st.composite
def shapes(
    draw: st.DrawFn,
    *,
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    max_side: int = 3,
    max_size: int = 36,
) -> Shape:
    """Return a strategy for shapes.

    They shrink to few axes of length 1, or to `min_dims` axes of length `min_side` if that is more.

    Parameters
    ----------
    min_dims, max_dims : int
        How many axes. By default, ``()`` is among the shapes: ``min_dims=1`` leaves it out.
    min_side, max_side : int
        How long an axis is. By default, one shape in 16 has an axis of length 0: ``min_side=1``
        leaves them out.
    max_size : int
        The largest number of elements; the last axes are as short as it takes.

    Returns
    -------
    strategy of tuple of int

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.shapes(min_dims=2), lambda shape: True)
    (1, 1)
    """
    check_limits(min_dims, max_dims, min_side, max_side)
    sides: list[int] = []
    shortest = min(max(1, min_side), max_side)
    for _ in range(draw(st.integers(min_dims, max_dims))):
        longest = min(max_side, max_size // max(1, math.prod(sides)))
        sides.append(draw(st.integers(shortest, max(shortest, longest))))
    if sides and min_side == 0 and draw(st.integers(0, ODDS_OF_EMPTY)) == ODDS_OF_EMPTY:
        sides[draw(st.integers(0, len(sides) - 1)) - 1] = 0
    return tuple(sides)


@st.composite
def broadcastable_shapes(
    draw: st.DrawFn,
    count: int = 2,
    *,
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    max_side: int = 3,
) -> tuple[Shape, ...]:
    """Return a strategy for `count` shapes that broadcast together.

    Each lacks some of the first axes of the common shape, and has length 1 along others. An axis of
    length 0 broadcasts with one of length 1. They shrink to one common shape.

    Parameters
    ----------
    count : int
        How many shapes.
    min_dims, max_dims, min_side, max_side : int
        Limits for the common shape, as for `shapes`.

    Returns
    -------
    strategy of tuple of shapes

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> shapes = find(strategies.broadcastable_shapes(), lambda pair: len(set(pair)) == 2)
    >>> shapes[0] == shapes[1]
    False
    """
    if count < 1:
        raise ArgumentError(f"broadcastable_shapes() takes a count of at least 1, got {count!r}")
    common = draw(
        shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)
    )
    return tuple(draw(broadcast_to_shape(common)) for _ in range(count))


@st.composite
def broadcast_to_shape(draw: st.DrawFn, common: Shape) -> Shape:
    """Return a strategy for shapes that broadcast to a given one."""
    kept = common[draw(st.integers(0, len(common))) :]
    return tuple(1 if side != 1 and draw(st.booleans()) else side for side in kept)
