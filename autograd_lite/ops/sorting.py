"""Elements in the order of their size, and the positions that say where each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.ops.index import index_along, scatter_add
from autograd_lite.ops.shape import with_axis
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "argpartition",
    "digitize",
    "lexsort",
    "partition",
    "searchsorted",
    "sort",
]


def sort_vjp(
    g: Any, out: Any, a: Any, *, axis: int | None = -1, kind: Any = None, stable: Any = None
) -> Any:
    """Return `g` where each element went to, shared evenly among equal elements."""
    return taken_back(g, out, a, axis)


def partition_vjp(
    g: Any, out: Any, a: Any, *, kth: Any, axis: int | None = -1, kind: str = "introselect"
) -> Any:
    """Return `g` where each element went to, shared evenly among equal elements.

    The k-th smallest of the result is the k-th smallest operand: brought into ascending order, it
    is what sorting would have given.
    """
    out, along = with_axis(out, axis)
    order = np.argsort(out, axis=along, kind="stable")
    ascending = np.take_along_axis(out, order, axis=along)
    return taken_back(np.take_along_axis(g, order, axis=along), ascending, a, axis)


def taken_back(g: Any, ascending: Any, x: Any, axis: int | None) -> Any:
    """Return the gradient of `x`, given that of its elements in ascending order along an axis."""
    rows, along = with_axis(x, axis)
    shared = shared_by_ties(g, ascending, along)
    order = np.argsort(rows, axis=along, kind="stable")
    index = index_along(order, along)
    return np.reshape(scatter_add(shared, index=index, shape=rows.shape), x.shape)


def shared_by_ties(g: Any, ascending: Any, axis: int) -> Any:
    """Return the mean of `g` over each run of equal elements along an axis.

    The sums of the runs are added up one by one, not as differences of a running sum, which would
    lose a small gradient beside a large one.
    """
    moved, values = np.moveaxis(g, axis, -1), np.moveaxis(ascending, axis, -1)
    starts = np.not_equal(values[..., 1:], values[..., :-1])
    first = np.zeros_like(values[..., :1], dtype=bool)
    runs = np.cumsum(np.concatenate([first, starts], axis=-1), axis=-1)
    index = index_along(runs, -1)
    sums = scatter_add(moved, index=index, shape=values.shape)
    counts = scatter_add(np.ones(values.shape), index=index, shape=values.shape)
    return np.moveaxis(sums[index] / counts[index], -1, axis)


sort = primitive(np.sort, sort_vjp, kinks="ties share evenly")
partition = primitive(np.partition, partition_vjp, kinks="ties share evenly")
argpartition = primitive(np.argpartition, None)
searchsorted = primitive(np.searchsorted, None, None)
digitize = primitive(np.digitize, None, None)
lexsort_primitive = primitive(
    lambda *keys, axis=-1: np.lexsort(keys, axis),
    None,
    name="lexsort",
    variadic=True,
    stands_for=np.lexsort,
)


@stands_for(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Return the elements in ascending order along the last axis, as complex numbers."""
    ascending = sort(a)
    return ascending if ascending.dtype.kind == "c" else ascending.astype(complex)


@stands_for(np.lexsort)
def lexsort(keys: Sequence[Any], axis: int = -1) -> Any:
    """Return the order of the elements by the last key, then by that before it, and so on."""
    return lexsort_primitive(*keys, axis=axis)
