"""Norms of vectors and matrices, and condition numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.ops.decompositions import rounding_of, svdvals
from autograd_lite.ops.linalg import inv
from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.ops.matrices import conjugate_if_complex
from autograd_lite.ops.reduce import with_reduced_axes
from autograd_lite.primitive import primitive, stands_for
from autograd_lite.value import data_of, detached

__all__ = [
    "cond",
    "matrix_norm",
    "matrix_rank",
    "norm",
    "power_norm",
    "vector_norm",
]


def power_norm_forward(x: Any, *, ord: float = 2, axis: Any = None, keepdims: Any = False) -> Any:
    """Compute ``sum(|x|**ord)**(1 / ord)`` over `axis`, an integer or a tuple, or all axes."""
    if axis is None and ord == 2:
        return np.linalg.norm(x, keepdims=keepdims)
    return np.linalg.vector_norm(x, ord=ord, axis=axis, keepdims=keepdims)


def power_norm_vjp(
    g: Any, out: Any, x: Any, *, ord: float = 2, axis: Any = None, keepdims: Any = False
) -> Any:
    """Return ``g sign(x) (|x| / out)**(ord - 1)``; 0 where the norm is 0, and at x = 0."""
    norm, g = with_reduced_axes(out, x, axis, keepdims), with_reduced_axes(g, x, axis, keepdims)
    zero = norm == 0
    norm = one_where(zero, norm)
    if ord == 2:
        return g * zero_where(zero, conjugate_if_complex(x) / norm)
    zero = np.logical_or(zero, x == 0)  # without it, 0**(ord - 2) in the second derivative
    sizes = np.abs(one_where(zero, x))
    phases = conjugate_if_complex(zero_where(zero, x)) / sizes
    return g * phases * one_where(zero, sizes / norm) ** (ord - 1)


@stands_for(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Return the norm of a vector or a matrix: of all elements, or over `axis`."""
    if ord is None and axis is None:
        return power_norm(x, ord=2, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return norm_of_vectors(x, 2 if ord is None else ord, *axes, keepdims)
    if len(axes) == 2:
        return norm_of_matrices(x, "fro" if ord is None else ord, axes, keepdims)
    raise ArgumentError(
        f"np.linalg.norm takes one axis (vectors) or two (matrices), got axis={axis} for shape "
        f"{x.shape}"
    )


def norm_of_vectors(x: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    """Return a vector norm over `axis`, an integer or a tuple, or all axes."""
    if axis is not None:  # a ufunc would take axis=0 of a number
        normalize_axis_tuple(axis, x.ndim)
    if isinstance(ord, str):
        raise ArgumentError(f"a vector norm has a number as its order, got {ord!r}")
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:  # the number of elements that are not 0: constant where it is continuous
        return np.sum(
            np.not_equal(x, 0).astype(data_of(x).real.dtype), axis=axis, keepdims=keepdims
        )
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    return power_norm(x, ord=ord, axis=axis, keepdims=keepdims)


def norm_of_matrices(x: Any, ord: Any, axes: tuple[int, int], keepdims: Any) -> Any:
    """Return a matrix norm over two axes, that of the rows first."""
    if ord in ("fro", "f"):
        return power_norm(x, ord=2, axis=axes, keepdims=keepdims)
    x = np.moveaxis(x, axes, (-2, -1))
    if ord in (2, -2, "nuc"):
        reduce: Any = {2: np.max, -2: np.min, "nuc": np.sum}[ord]
        out = reduce(known_or_constant(svdvals(x)), axis=-1)
    elif ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
        out = (np.max if ord > 0 else np.min)(sums, axis=-1)
    else:
        raise ArgumentError(
            f"a matrix norm has an order of 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2, got {ord!r}"
        )
    return np.expand_dims(out, tuple(axis % x.ndim for axis in axes)) if keepdims else out


def known_or_constant(values: Any) -> Any:
    """Return singular values, those that are 0 to rounding as constants: they have a kink there."""
    data = detached(values)
    return np.where(data <= rounding_of(data)[..., 0], data, values)


@stands_for(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """Return the norm of vectors: of all elements, or over `axis`."""
    return norm_of_vectors(x, ord, axis, keepdims)


@stands_for(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    """Return the norm of matrices, the last two axes."""
    return norm_of_matrices(x, "fro" if ord is None else ord, (-2, -1), keepdims)


@stands_for(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Return the condition number, ``norm(x, p) norm(inv(x), p)``."""
    if not np.prod(x.shape[-2:]):
        raise ShapeError(f"np.linalg.cond takes matrices with elements, got shape {x.shape}")
    if p in (None, 2, -2):
        values = svdvals(x)
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    return matrix_norm(x, ord=p) * matrix_norm(inv(x), ord=p)


AT_ZERO = "0 where the norm is 0, and for a singular value that is 0"

power_norm = primitive(power_norm_forward, power_norm_vjp, name="power_norm", kinks=AT_ZERO)
matrix_rank = primitive(np.linalg.matrix_rank, None)
