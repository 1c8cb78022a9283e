"""Indices of every kind that numpy takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["indices"]

MOST_PICKED = 4
"""An integer array picks at most so many places."""


@st.composite
def indices(
    draw: st.DrawFn, shape: Shape, *, basic: bool = True, advanced: bool = True, max_size: int = 36
) -> Any:
    """Return a strategy for indices into an array of a shape.

    Integers and slices of either sign, newaxis, ellipsis, arrays of integers (with repeats, and
    negative ones, of one or two axes that broadcast together), arrays of booleans (along one axis,
    or several), and mixtures of all. They shrink to the empty tuple and to slices of everything.

    Parameters
    ----------
    shape : tuple of int
        The shape of the array to index.
    basic, advanced : bool
        Whether there are integers, slices, newaxis and ellipsis, and whether there are arrays.
    max_size : int
        The largest number of elements that an index may pick, in general; where it is more, the
        index is that of everything.

    Returns
    -------
    strategy of index

    Examples
    --------
    >>> from hypothesis import find
    >>> import numpy as np
    >>> from autograd_lite.testing import strategies
    >>> index = find(strategies.indices((3,)), lambda index: isinstance(index, np.ndarray))
    >>> np.zeros(3)[index].ndim
    1
    """
    kinds: list[Any] = [mixed(shape, basic, advanced)]
    if advanced and shape:
        kinds.append(masks(shape))
    index = draw(st.one_of(kinds))
    picked = math.prod(np.shape(np.broadcast_to(0.0, shape)[index]))
    return index if picked <= max(max_size, math.prod(shape)) else ()


@st.composite
def masks(draw: st.DrawFn, shape: Shape) -> Any:
    """Return a strategy for arrays of booleans over the first axes, of 20 elements at most."""
    ndim = draw(st.integers(1, len(shape)))
    while math.prod(shape[:ndim]) > 20 and ndim > 1:
        ndim -= 1
    size = math.prod(shape[:ndim])
    flags = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return np.array(flags, dtype=bool).reshape(shape[:ndim])


@st.composite
def mixed(draw: st.DrawFn, shape: Shape, basic: bool, advanced: bool) -> Any:
    """Return a strategy for indices with a part for each axis."""
    common = draw(st.sampled_from([(2,), (1,), (0,), (MOST_PICKED,), (), (2, 1), (2, 2)]))
    kinds = ["all", *(["integer", "slice"] if basic else []), *(["array", "mask"] * advanced)]
    parts: list[Any] = []
    for side in shape[: draw(st.integers(0, len(shape)))]:
        parts.append(draw(part_of_index(draw(st.sampled_from(kinds)), side, common)))
    if basic and draw(st.booleans()):
        parts = draw(with_dots(parts, shape))
    if len(parts) == 1 and draw(st.booleans()):
        return parts[0]
    return tuple(parts)


@st.composite
def part_of_index(draw: st.DrawFn, kind: str, side: int, common: Shape) -> Any:
    """Return a strategy for the index along one axis; arrays broadcast to a common shape."""
    if kind == "slice":
        return draw(st.slices(side))
    if kind == "all" or not side:
        return slice(None)
    if kind == "integer":
        return draw(st.integers(0, side - 1) | st.integers(-side, -1))
    if kind == "mask" and len(common) == 1 and common[0] <= side:
        chosen = draw(st.permutations(range(side)))[: common[0]]
        return np.isin(np.arange(side), chosen)
    picked = draw(st.sampled_from([common, common[-1:]]))
    size = math.prod(picked)
    places = draw(st.lists(st.integers(-side, side - 1), min_size=size, max_size=size))
    return np.array(places, dtype=int).reshape(picked)


@st.composite
def with_dots(draw: st.DrawFn, parts: list[Any], shape: Shape) -> list[Any]:
    """Return a strategy for the parts of an index with new axes and an ellipsis between them."""
    dotted = list(parts)
    for _ in range(draw(st.integers(0, 2))):
        dotted.insert(draw(st.integers(0, len(dotted))), None)
    if draw(st.booleans()):
        place = draw(st.integers(0, len(dotted)))
        behind = sum(part is not None for part in dotted[place:])
        if not behind or len(parts) == len(shape):
            dotted.insert(place, ...)
    return dotted
