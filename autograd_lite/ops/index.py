"""Indexing, and its reverse: adding up at an index."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.errors import ConversionError
from autograd_lite.primitive import numpy_functions, primitive
from autograd_lite.recording import get_tracer
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
    if isinstance(part, int | np.generic | np.ndarray):
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
    return part._data if get_tracer() is None else part


def repeats_elements(index: Any) -> bool:
    """Return whether an index may name an element twice: only arrays of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts)


def names_each_axis(index: Any, shape: tuple[int, ...]) -> bool:
    """Return whether an index is an array of integers for each axis."""
    return (
        isinstance(index, tuple)
        and len(index) == len(shape)
        and all(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in index)
    )


def getitem_vjp(g: Any, out: Any, x: Any, *, index: Any) -> Any:
    """Return `g` added up where it was taken from, zeros elsewhere."""
    return scatter_add(g, index=index, shape=x.shape)


def scatter_add_forward(x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros of `shape` with `x` added at `index`, repeated places more than once."""
    out = np.zeros(shape, x.dtype)
    if not repeats_elements(index):
        out[index] += x
    elif x.size and names_each_axis(index, shape):  # half the time of the general case
        flat = np.ravel_multi_index(index, shape, mode="wrap")
        np.add.at(out.reshape(-1), flat.reshape(-1), x.reshape(-1))
    else:
        np.add.at(out, index, x)
    return out


def scatter_add_vjp(g: Any, out: Any, x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    """Return what `g` has at the index."""
    return g[index]


getitem = primitive(lambda x, *, index: x[index], getitem_vjp, name="getitem")
scatter_add = primitive(scatter_add_forward, scatter_add_vjp, name="scatter_add")


def take_places(x: Any, places: Any, axis: int) -> Any:
    """Return the elements of `x` at `places`, an array of positions, along an axis."""
    return getitem(x, index=(*(slice(None),) * axis, places))


def index_along(places: Any, axis: int, shape: tuple[int, ...] | None = None) -> tuple[Any, ...]:
    """Return the index of each vector along an axis at its own `places`.

    `shape` is that of what is indexed, where it is not that of `places`.
    """
    places = plain_index(places)
    index: list[Any] = list(np.ix_(*map(np.arange, places.shape if shape is None else shape)))
    index[axis] = places
    return tuple(index)


def on_plain_indices(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of indices acting on constant Values, too."""

    def of_indices(*indices: Any, **options: Any) -> Any:
        return function(*map(plain_index, indices), **options)

    return of_indices


for of_indices in (np.ix_, np.unravel_index, np.ravel_multi_index):
    numpy_functions[of_indices] = on_plain_indices(of_indices)
