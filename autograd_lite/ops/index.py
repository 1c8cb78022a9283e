"""Indexing, and its reverse: adding up at an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive
from autograd_lite.value import Value

__all__ = [
    "getitem",
    "plain_index",
    "scatter_add",
]


def plain_index(index: Any) -> Any:
    """Return an index without Values or lists in it: slices, integers and arrays."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, slice):
        return slice(*(plain_index(end) for end in (index.start, index.stop, index.step)))
    if type(index) is Value:
        return index._data
    if isinstance(index, list):
        return np.array(index, dtype=None if index else int)
    return index


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
