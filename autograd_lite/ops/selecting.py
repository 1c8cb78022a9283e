"""Selection: between arrays, and of the elements that meet a condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from autograd_lite.ops.index import getitem, index_along, plain_index, take_places
from autograd_lite.ops.joining import rearranged
from autograd_lite.ops.shape import ravel, with_axis
from autograd_lite.primitive import primitive, refuse_arguments, stands_for
from autograd_lite.value import content_of

__all__ = [
    "choose",
    "clip",
    "compress",
    "extract",
    "nonzero",
    "select",
    "take",
    "take_along_axis",
    "where",
]


def where_vjp_x(g: Any, out: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return `g` where the condition holds."""
    return np.where(condition, g, 0.0)


def where_vjp_y(g: Any, out: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return `g` where the condition does not hold."""
    return np.where(condition, 0.0, g)


def clip_vjp_x(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` on the closed interval and at nan, 0 outside."""
    inside = np.logical_and(x >= low, x <= high)
    return np.where(np.logical_or(inside, x != x), g, 0.0)


def clip_vjp_low(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` where `x` lies below a lower bound that is the result."""
    return np.where(np.logical_and(x < low, low <= high), g, 0.0)


def clip_vjp_high(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` where the upper bound is the result."""
    return np.where(np.maximum(x, low) > high, g, 0.0)


where_primitive = primitive(np.where, None, where_vjp_x, where_vjp_y)
clip_primitive = primitive(
    np.clip,
    clip_vjp_x,
    clip_vjp_low,
    clip_vjp_high,
    kinks="passes at the bounds: the interval is closed; passes to nan",
)


@stands_for(np.where)
def where(condition: Any, *branches: Any) -> Any:
    """Choose between two branches; the form with a condition alone returns positions."""
    if not branches:
        return nonzero(condition)
    return where_primitive(condition, *branches)


@stands_for(np.nonzero)
def nonzero(a: Any) -> tuple[Any, ...]:
    """Return the positions of the elements that are not zero, as arrays."""
    return np.nonzero(content_of(a))


@stands_for(np.flatnonzero)
def flatnonzero(a: Any) -> Any:
    """Return the positions, in one row, of the elements that are not zero, as an array."""
    return np.flatnonzero(content_of(a))


@stands_for(np.argwhere)
def argwhere(a: Any) -> Any:
    """Return the positions of the elements that are not zero, as the rows of an array."""
    return np.argwhere(content_of(a))


@stands_for(np.clip)
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None, **other: Any
) -> Any:
    """Limit `a` to ``[a_min, a_max]``; None leaves a side open."""
    refuse_arguments("np.clip", **other)
    bounds = [end is not None for end in (a_min, a_max, min, max)]
    if any(bounds[:2]) and any(bounds[2:]):
        raise ArgumentError("clip takes a_min and a_max, or min and max; got some of both")
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    lowest, highest = full_range(a)
    return clip_primitive(a, lowest if low is None else low, highest if high is None else high)


def full_range(a: Any) -> tuple[Any, Any]:
    """Return bounds that limit nothing, of a kind that leaves the dtype of `a` as it is."""
    dtype = np.result_type(a)
    if dtype.kind in "iu":
        return np.iinfo(dtype).min, np.iinfo(dtype).max
    return -np.inf, np.inf


@stands_for(np.choose)
def choose(a: Any, choices: Sequence[Any], out: Any = None, mode: Any = "raise") -> Any:
    """Return, for each number in `a`, the element of the choice of that number."""
    refuse_arguments("np.choose", out=out)
    numbers = plain_index(a)
    return rearranged(lambda places: np.choose(numbers, places, mode=mode), list(choices))


@stands_for(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Return, for each element, the choice of the first condition that holds, or the default."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ArgumentError(
            "select takes as many conditions as choices, and at least one; got "
            f"{len(condlist)} and {len(choicelist)}"
        )
    selected = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        dtype = np.result_type(condition)
        if dtype.kind != "b":
            raise DtypeError(
                f"a condition of select is boolean, got dtype {dtype}; write a comparison such as "
                "x != 0"
            )
        selected = where(condition, choice, selected)
    return selected


@stands_for(np.take)
def take(
    a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: Any = "raise"
) -> Any:
    """Return the elements at `indices` along an axis, or of one row."""
    refuse_arguments("np.take", out=out)
    a, axis = with_axis(a, axis)
    places = np.take(np.arange(np.shape(a)[axis]), plain_index(indices), mode=mode)
    return take_places(a, places, axis)


@stands_for(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Return the elements of each vector along an axis at the `indices` of that vector."""
    arr, axis = with_axis(arr, axis)
    shape = np.shape(arr)
    places = plain_index(indices)
    if np.ndim(places) != len(shape):
        raise ShapeError(
            f"take_along_axis takes indices and an array with the same number of axes, got shapes "
            f"{np.shape(places)} and {shape}"
        )
    return getitem(arr, index=index_along(places, axis, shape))


@stands_for(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    """Return the elements along an axis, or of one row, at which a condition holds."""
    refuse_arguments("np.compress", out=out)
    a, axis = with_axis(a, axis)
    places = np.compress(plain_index(condition), np.arange(np.shape(a)[axis]))
    return take_places(a, places, axis)


@stands_for(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Return the elements at which a condition holds, in one row."""
    return compress(ravel(condition), arr)
