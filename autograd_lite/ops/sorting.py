"""Elements in the order of their size, and the positions that say where each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.ops.index import plain_index, scatter_add
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "argpartition",
    "digitize",
    "lexsort",
    "partition",
    "searchsorted",
    "sort",
]


def ordered_vjp(g: Any, out: Any, x: Any, axis: int | None) -> Any:
    """Return `g` where each element of `x` went to, shared evenly among equal elements.

    `out` has the elements of `x` in another order along `axis`. The k-th smallest of one is the
    k-th smallest of the other, so that their sorting orders together say what went where.
    """
    rows = np.reshape(x, (-1,)) if axis is None else x
    along = 0 if axis is None else axis
    in_order = np.argsort(out, axis=along, kind="stable")
    ascending = np.take_along_axis(out, in_order, axis=along)
    shared = shared_by_ties(np.take_along_axis(g, in_order, axis=along), ascending, along)
    ranks = np.argsort(np.argsort(rows, axis=along, kind="stable"), axis=along)
    return np.reshape(np.take_along_axis(shared, ranks, axis=along), x.shape)


def shared_by_ties(g: Any, ascending: Any, axis: int) -> Any:
    """Return the mean of `g` over each run of equal elements along an axis.

    The sums of the runs are added up one by one, not as differences of a running sum, which would
    lose a small gradient beside a large one.
    """
    moved, values = np.moveaxis(g, axis, -1), np.moveaxis(ascending, axis, -1)
    starts = np.not_equal(values[..., 1:], values[..., :-1])
    first = np.zeros_like(values[..., :1], dtype=bool)
    runs = np.cumsum(np.concatenate([first, starts], axis=-1), axis=-1)
    index = (*np.ix_(*map(np.arange, values.shape))[:-1], plain_index(runs))
    sums = scatter_add(moved, index=index, shape=values.shape)
    counts = scatter_add(np.ones(values.shape), index=index, shape=values.shape)
    return np.moveaxis(sums[index] / counts[index].astype(g.dtype), -1, axis)


def sort_vjp(
    g: Any, out: Any, a: Any, *, axis: int | None = -1, kind: Any = None, stable: Any = None
) -> Any:
    """Return `g` where each element went to, shared evenly among equal elements."""
    return ordered_vjp(g, out, a, axis)


def partition_vjp(
    g: Any, out: Any, a: Any, *, kth: Any, axis: int | None = -1, kind: str = "introselect"
) -> Any:
    """Return `g` where each element went to, shared evenly among equal elements."""
    return ordered_vjp(g, out, a, axis)


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


@stands_for(np.lexsort)
def lexsort(keys: Sequence[Any], axis: int = -1) -> Any:
    """Return the order of the elements by the last key, then by that before it, and so on."""
    return lexsort_primitive(*keys, axis=axis)
