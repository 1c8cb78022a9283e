"""Indexing, and its reverse: adding up at an index."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd_lite.errors import ConversionError
from autograd_lite.primitive import primitive
from autograd_lite.value import Value

__all__ = [
    "getitem",
    "plain_index",
    "scatter_add",
]


def plain_index(index: Any) -> Any:
    """Return an index without Values or sequences in it: slices, integers and arrays."""
    return tuple(map(plain_part, index)) if isinstance(index, tuple) else plain_part(index)


def plain_part(part: Any) -> Any:
    """Return one part of an index: a slice, an integer, an array, None or an ellipsis."""
    if part is None or part is Ellipsis or isinstance(part, int | np.integer | np.ndarray):
        return part
    if isinstance(part, slice):
        return slice(*(plain_part(end) for end in (part.start, part.stop, part.step)))
    if type(part) is Value:
        return plain_value(part)
    if not np.iterable(part):
        return operator.index(part) if hasattr(part, "__index__") else part
    positions = np.array(part)
    return positions if positions.size else positions.astype(int)


def plain_value(part: Value) -> Any:
    """Return the data of a Value that is an index; a tracked one cannot be."""
    if part._requires_grad:
        raise ConversionError(
            f"a Value that requires a gradient, of dtype {part.dtype}, was used as an index: the "
            "result would not depend on it smoothly; use value.data.astype(int) for positions, or "
            "a comparison (x[x > 0]) for a mask"
        )
    return part._data


def repeats_elements(index: Any) -> bool:
    """Return whether an index may name an element twice: only arrays of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts)


def getitem_vjp(g: Any, out: Any, x: Any, *, index: Any) -> Any:
    """Return `g` added up where it was taken from, zeros elsewhere."""
    return scatter_add(g, index=index, shape=x.shape)


def scatter_add_forward(x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros of `shape` with `x` added at `index`, repeated places more than once."""
    out = np.zeros(shape, x.dtype)
    if repeats_elements(index):
        np.add.at(out, index, x)
    else:
        out[index] += x
    return out


def scatter_add_vjp(g: Any, out: Any, x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    """Return what `g` has at the index."""
    return g[index]


getitem = primitive(lambda x, *, index: x[index], getitem_vjp, name="getitem")
scatter_add = primitive(scatter_add_forward, scatter_add_vjp, name="scatter_add")


def take_places(x: Any, places: Any, axis: int) -> Any:
    """Return the elements of `x` at `places`, an array of positions, along an axis."""
    return getitem(x, index=(*(slice(None),) * axis, places))
