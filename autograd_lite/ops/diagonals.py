"""Diagonals, taken out of matrices and made into matrices.

In a matrix of n columns, read row by row, a diagonal is every (n + 1)-th element.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.ops.index import getitem, scatter_add
from autograd_lite.ops.shape import ravel, reshape
from autograd_lite.primitive import refuse_arguments, stands_for

__all__ = [
    "diag",
    "diagflat",
    "diagonal",
    "trace",
]


def diagonal_places(columns: int, offset: int) -> slice:
    """Return where the elements of a diagonal are in a matrix read row by row."""
    start = offset if offset >= 0 else -offset * columns
    stop = max(columns - offset, 0) * columns  # after the row in which it is in the last column
    return slice(start, stop, columns + 1)


@stands_for(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of two axes as the last axis."""
    matrices = np.moveaxis(a, (axis1, axis2), (-2, -1))
    *others, rows, columns = matrices.shape
    elements = reshape(matrices, (*others, rows * columns))
    return getitem(elements, index=(..., diagonal_places(columns, offset)))


@stands_for(np.trace)
def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """Return the sum along the diagonal of two axes."""
    refuse_arguments("np.trace", out=out)
    elements = diagonal(a, offset, axis1, axis2)
    return np.sum(elements if dtype is None else elements.astype(dtype), axis=-1)


@stands_for(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """Return diagonal `k` of a matrix, or a matrix with a vector on it."""
    ndim = np.ndim(v)
    if ndim == 2:
        return diagonal(v, k)
    if ndim != 1:
        raise ShapeError(f"diag takes a vector or a matrix, got an array of shape {np.shape(v)}")
    side = len(v) + abs(k)
    places = diagonal_places(side, k)
    return reshape(scatter_add(v, index=places, shape=(side * side,)), (side, side))


@stands_for(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """Return a matrix with all elements of `v` on diagonal `k`."""
    return diag(ravel(v), k)
