"""Functions of matrices that are made of products, inverses and solutions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.ops.linalg import inv, solve
from autograd_lite.ops.products import matmul
from autograd_lite.ops.shape import matrix_transpose
from autograd_lite.primitive import refuse_arguments, stands_for

__all__ = [
    "matrix_power",
    "multi_dot",
    "tensorinv",
    "tensorsolve",
]


@stands_for(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Return the product of `n` equal matrices, of their inverses if `n` is negative."""
    n = index(n)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"np.linalg.matrix_power takes square matrices, got shape {a.shape}")
    if n < 0:
        a, n = inv(a), -n
    if not n:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    power = None
    while True:  # by squaring, from the lowest binary digit of n
        n, digit = divmod(n, 2)
        if digit:
            power = a if power is None else matmul(power, a)
        if not n:
            return power
        a = matmul(a, a)


@stands_for(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    """Return the product of two or more matrices, in the order that takes the fewest operations.

    The first may be a row vector, the last a column vector.
    """
    refuse_arguments("np.linalg.multi_dot", out=out)
    if len(arrays) < 2:
        raise ShapeError(f"np.linalg.multi_dot takes two matrices or more, got {len(arrays)}")
    shapes = [np.shape(x) for x in arrays]
    ends = {0: (1, *shapes[0]), len(shapes) - 1: (*shapes[-1], 1)}
    matrices = [ends[i] if i in ends and len(x) == 1 else x for i, x in enumerate(shapes)]
    if any(len(shape) != 2 for shape in matrices):
        raise ShapeError(f"np.linalg.multi_dot takes matrices and end vectors, got shapes {shapes}")
    splits = cheapest_splits([matrices[0][0], *(columns for _, columns in matrices)])
    return product_between(arrays, splits, 0, len(arrays) - 1)


def cheapest_splits(lengths: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return where to split the product of matrices i ... j, matrix i of shape `lengths[i:i+2]`.

    Cormen et al., Introduction to Algorithms, section 15.2: matrix-chain multiplication.
    """
    count = len(lengths) - 1
    costs = {(i, i): 0 for i in range(count)}
    splits = {}
    for span in range(1, count):
        for i in range(count - span):
            j = i + span
            costs[i, j], splits[i, j] = min(
                (costs[i, k] + costs[k + 1, j] + lengths[i] * lengths[k + 1] * lengths[j + 1], k)
                for k in range(i, j)
            )
    return splits


def product_between(
    arrays: Sequence[Any], splits: dict[tuple[int, int], int], i: int, j: int
) -> Any:
    """Return the product of the arrays i ... j."""
    if i == j:
        return arrays[i]
    k = splits[i, j]
    return matmul(product_between(arrays, splits, i, k), product_between(arrays, splits, k + 1, j))


@stands_for(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """Return the inverse of the map from the last axes of `a` to its first `ind`."""
    rows, columns = a.shape[:ind], a.shape[ind:]
    if ind <= 0 or not a.ndim:
        raise ShapeError(
            "np.linalg.tensorinv takes a positive ind and an array of one axis or more, got "
            f"ind={ind} and shape {a.shape}"
        )
    return np.reshape(inv(np.reshape(a, (math.prod(rows), -1))), (*columns, *rows))


@stands_for(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Sequence[int] | None = None) -> Any:
    """Return the `x` with ``tensordot(a, x, x.ndim) = b``; `axes` of `a` are moved to its end."""
    ndim, shape = np.ndim(a), np.shape(b)
    last = [axis % ndim for axis in axes or ()]
    a = np.transpose(a, [i for i in range(ndim) if i not in last] + last)
    unknown = a.shape[len(shape) :]
    matrix = np.reshape(a, (math.prod(shape), math.prod(unknown)))
    return np.reshape(solve(matrix, np.reshape(b, (-1,))), unknown)


stands_for(np.linalg.matrix_transpose)(matrix_transpose)


@stands_for(np.linalg.diagonal)
def diagonal_of_matrices(x: Any, /, *, offset: int = 0) -> Any:
    """Return the diagonals of the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@stands_for(np.linalg.trace)
def trace_of_matrices(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Return the sums of the diagonals of the last two axes."""
    refuse_arguments("np.linalg.trace", dtype=dtype)
    return np.sum(diagonal_of_matrices(x, offset=offset), axis=-1)
