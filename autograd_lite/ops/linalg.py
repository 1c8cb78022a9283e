"""Inverses, determinants and linear systems: operations on matrices, batches of them included.

In all rules, `x` and `a` are ``(..., n, n)`` unless they say otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, NoGradientRuleError, ShapeError
from autograd_lite.ops.matrices import (
    adjoint,
    conjugate_if_complex,
    hermitian_of_triangle,
    pack,
    real_if_complex,
    transposed,
    unpack,
)
from autograd_lite.primitive import no_value, primitive, stands_for
from autograd_lite.value import Value, content_of

__all__ = [
    "cofactor_slopes",
    "cofactors",
    "det",
    "inv",
    "lstsq",
    "packed_lstsq",
    "packed_slogdet",
    "pinv",
    "slogdet",
    "solve",
]

SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))

PRECISE_CUT = 1e-12  # a limit up to here cuts off rounding errors only


# Inverses


def inv_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``-out.T @ g @ out.T``."""
    return -transposed(out) @ g @ transposed(out)


def pinv_forward(x: Any, *, rcond: Any) -> Any:
    """Compute the pseudo-inverse of ``(..., m, n)``; small singular values count as 0."""
    return np.linalg.pinv(x, rcond=rcond)


def pinv_vjp(g: Any, out: Any, x: Any, *, rcond: Any) -> Any:
    """Return the derivative for changes that keep the rank.

    Golub & Pereyra, The differentiation of pseudo-inverses, 1973: for P = pinv(x),
    ``dP = -P dx P + P P' dx' (1 - x P) + (1 - P x) dx' P' P``, with ' for the adjoint.
    """
    p, p_adjoint, gt = out, adjoint(out), transposed(g)
    rows = product(gt, p, p_adjoint)
    columns = product(p_adjoint, p, gt)
    outside = rows - product(x, p, rows) + columns - product(columns, p, x)
    return conjugate_if_complex(outside) - product(transposed(p), g, transposed(p))


def product(x: Any, y: Any, z: Any) -> Any:
    """Return ``x @ y @ z`` in the cheaper order: x ``(n, k)``, y ``(k, n)``, z ``(n, k)``."""
    n, k = x.shape[-2:]
    return x @ y @ z if n <= k else x @ (y @ z)


@stands_for(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = no_value) -> Any:
    """Return the pseudo-inverse; singular values below `rcond` of the largest count as 0."""
    if rcond is not None and rtol is not no_value:
        raise ArgumentError(f"np.linalg.pinv takes rcond or rtol, got {rcond} and {rtol}")
    if rcond is None:
        rcond = 1e-15 if rtol is no_value else rtol
    if rcond is None:  # asked for by rtol=None
        rcond = max(a.shape[-2:]) * np.finfo(a.dtype).eps
    a = hermitian_of_triangle(a) if hermitian else a
    if is_tracked(a) and np.any(rcond > PRECISE_CUT):
        values = np.linalg.svd(a.data, compute_uv=False)
        check_cut("np.linalg.pinv", a, values, np.asarray(rcond)[..., None], max(a.shape[-2:]))
    return pinv_primitive(a, rcond=rcond)


def is_tracked(x: Any) -> bool:
    """Return whether `x` is a Value that needs a gradient."""
    return type(x) is Value and x.requires_grad


def check_cut(name: str, result: Any, values: Any, rcond: Any, side: int) -> None:
    """Raise where singular values are cut off that are not 0: the rule is for a constant rank.

    The derivative of what is left turns with the space that was cut off.
    """
    largest = values.max(axis=-1, initial=0, keepdims=True)
    rounding = 10 * side * np.finfo(values.dtype).eps * largest
    if is_tracked(result) and np.any((values > rounding) & (values <= rcond * largest)):
        raise NoGradientRuleError(
            f"{name} with rcond={rcond} cuts off singular values that are not 0, for which there "
            f"is no gradient rule; lower rcond (the singular values are {values}), or use x.data "
            "for a constant"
        )


# Determinants


def det_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return `g` times the cofactors: exact for singular matrices, too."""
    return as_scale(g) * cofactors(x)


def as_scale(g: Any) -> Any:
    """Return numbers, one for each matrix, with two more axes."""
    return np.reshape(g, (*g.shape, 1, 1))


def cofactors_forward(x: Any) -> Any:
    """Compute the cofactors, ``det(x) inv(x).T`` where that exists.

    A singular matrix has cofactors, too: for ``x = U diag(s) V'`` they are
    ``det(U) det(V') conj(U) diag(products of the other s) conj(V')``.
    """
    det = np.linalg.det(x)
    if not np.any(np.abs(det) < np.finfo(x.dtype).tiny):
        return as_scale(det) * transposed(np.linalg.inv(x))
    u, s, vh, scale = singular_value_frame(x)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1, s[..., None, :]).prod(axis=-1)
    return scale * (np.conj(u) * others[..., None, :]) @ np.conj(vh)


def singular_value_frame(x: Any) -> tuple[Any, Any, Any, Any]:
    """Return ``U, s, V'`` and the determinant of ``U V'``, with two more axes."""
    finite = np.all(np.isfinite(x), axis=(-2, -1), keepdims=True)
    u, s, vh = np.linalg.svd(np.where(finite, x, 0))  # it raises at nan
    return u, s, vh, np.where(finite, as_scale(np.linalg.det(u) * np.linalg.det(vh)), np.nan)


def cofactors_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return the derivative of the cofactors: exact for singular matrices, too."""
    return cofactor_slopes(x, g)


def cofactor_slopes_forward(x: Any, y: Any) -> Any:
    """Compute the derivative of ``sum(y * cofactors(x))``, for matrices of any rank.

    For a diagonal x it is, with P[i, k] the product of all diagonal elements but i and k,
    ``sum(y[i, i] P[i, k] over i != k)`` at ``[k, k]`` and ``-y[j, i] P[i, j]`` at ``[i, j]``.
    The singular value decomposition makes every x diagonal. No number is divided by another: for a
    matrix that is singular to rounding, ``(<y, C> C - C y' C) / det`` has no correct digit.
    """
    u, s, vh, scale = singular_value_frame(x)
    y = adjoint(u) @ y @ adjoint(vh)
    products = products_without_two(s)
    diagonal = np.einsum("...ii,...ik->...k", y, products)
    out = -transposed(y) * products
    out = out + diagonal[..., None, :] * np.eye(s.shape[-1], dtype=s.dtype)
    return scale * (np.conj(u) @ out @ np.conj(vh))


def products_without_two(s: Any) -> Any:
    """Return, at ``[..., i, k]``, the product of all ``s[..., l]`` but i and k; 0 where i = k."""
    n = s.shape[-1]
    after = np.where(np.tri(n, dtype=bool).T ^ np.eye(n, dtype=bool), s[..., None, :], 1)
    between = np.roll(np.cumprod(after, axis=-1), 1, axis=-1)  # the product of i+1 ... k-1
    ones = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate([ones, s], axis=-1), axis=-1)[..., :n, None]
    behind = np.cumprod(np.concatenate([ones, s[..., ::-1]], axis=-1), axis=-1)[..., :n]
    upper = np.triu(before * between * behind[..., None, ::-1], 1)
    return upper + transposed(upper)


def cofactor_slopes_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return the derivative of ``sum(g * out)``: of third order in `x`, so it divides by det(x).

    With C the cofactors, ``out = (<y, C> C - C y.T C) / det``. Up to 2 x 2 matrices it does not
    depend on `x`.
    """
    if x.shape[-1] < 3:
        return np.zeros_like(x)
    c, divisor = cofactors(x), as_scale(np.linalg.det(x))
    ct = transposed(c)
    slope = total(g * c) * y + total(y * c) * g - g @ ct @ y - y @ ct @ g
    return cofactor_slopes(x, slope / divisor) - total(g * out) / divisor * c


def cofactor_slopes_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return the same with `g` in place of `y`: the form is symmetric in both."""
    return cofactor_slopes(x, g)


def total(x: Any) -> Any:
    """Return the sum of each matrix, with its axes."""
    return np.sum(x, axis=(-2, -1), keepdims=True)


def slogdet_forward(x: Any) -> Any:
    """Compute the sign and the logarithm of the absolute value of the determinant."""
    sign, logarithm = np.linalg.slogdet(x)
    return np.stack([sign, logarithm], axis=-1)


def slogdet_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``g inv(x).T`` for the logarithm, and that of the phase of a complex sign.

    With z the trace of ``inv(x) dx``, the logarithm changes by the real part of z and the phase by
    the imaginary part. The sign of real matrices is constant.
    """
    slope = g[..., 1]
    if np.iscomplexobj(x):
        slope = np.real(slope) + 1j * np.imag(g[..., 0] * out[..., 0])
    return as_scale(slope) * transposed(np.linalg.inv(x))


@stands_for(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Return the sign and the logarithm of the absolute value of the determinant."""
    packed = packed_slogdet(a)
    return SlogdetResult(packed[..., 0], real_if_complex(packed[..., 1]))


# Linear systems


def solve_vjp_a(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return ``-h @ out.T``, where `h` is the gradient of `b`, both as columns."""
    h = columns_of(solve_vjp_b(g, out, a, b), b)
    return -h @ transposed(columns_of(out, b))


def solve_vjp_b(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Solve the transposed system for `g`."""
    h = solve(transposed(a), columns_of(g, b))
    return np.squeeze(h, axis=-1) if b.ndim < 2 else h


def columns_of(x: Any, b: Any) -> Any:
    """Return `x` as columns ``(..., n, k)``: numpy takes `b` as a vector if it has one axis."""
    return np.expand_dims(x, -1) if b.ndim < 2 else x


def lstsq_forward(a: Any, b: Any, *, rcond: Any) -> Any:
    """Compute the `x` of least norm that minimises ``|a @ x - b|``, and the singular values of a.

    `a` is ``(m, n)``, `b` is ``(m,)`` or ``(m, k)``.
    """
    solution, _, _, values = np.linalg.lstsq(a, b, rcond=rcond)
    return pack((), solution, values)


def lstsq_parts(packed: Any, a: Any, b: Any) -> list[Any]:
    """Return the solution and the singular values."""
    m, n = a.shape
    return unpack(packed, (n, *b.shape[1:]), (min(m, n),))


def lstsq_vjp_a(g: Any, out: Any, a: Any, b: Any, *, rcond: Any) -> Any:
    """Return the derivative of ``pinv(a) @ b``, for changes that keep the rank."""
    g_solution, g_values = lstsq_parts(g, a, b)
    g_solution, b = columns_of(g_solution, b), columns_of(b, b)
    slope = pinv_vjp(g_solution @ transposed(b), pinv_primitive(a, rcond=rcond), a, rcond=rcond)
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return slope + conjugate_if_complex(u) * real_if_complex(g_values) @ conjugate_if_complex(vh)


def lstsq_vjp_b(g: Any, out: Any, a: Any, b: Any, *, rcond: Any) -> Any:
    """Return ``pinv(a).T @ g``."""
    return transposed(pinv_primitive(a, rcond=rcond)) @ lstsq_parts(g, a, b)[0]


@stands_for(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Any, Any, Any, Any]:
    """Return the least-squares solution, the sums of squared residuals, rank, singular values.

    The rank is a plain number. There are no residuals where `a` has not full rank, or no more
    rows than columns.
    """
    a, b = (x if type(x) is Value else np.asarray(x) for x in (a, b))
    if a.ndim != 2:
        raise ShapeError(f"np.linalg.lstsq takes one matrix, got an array of shape {a.shape}")
    m, n = a.shape
    precision = np.finfo(np.float64).eps  # that numpy computes with, also for float32
    if rcond is None:
        rcond = precision * max(m, n)
    elif not 0 < rcond < 1:  # where LAPACK takes its own, which is half of that
        rcond = precision / 2
    packed = packed_lstsq(a, b, rcond=rcond)
    solution, values = lstsq_parts(packed, a, b)
    values = real_if_complex(values)
    singular = content_of(values)
    check_cut("np.linalg.lstsq", packed, singular, rcond, max(m, n))
    rank = np.int32((singular > rcond * singular.max(initial=0)).sum())
    if rank < n or m <= n:
        return solution, real_if_complex(packed[:0]), rank, values
    rest = np.reshape(b - a @ solution, (m, -1))
    squares = rest * conjugate_if_complex(rest)  # not |rest|**2: its slope has a kink at 0
    return solution, np.sum(real_if_complex(squares), axis=0), rank, values


inv = primitive(np.linalg.inv, inv_vjp)
pinv_primitive = primitive(
    pinv_forward, pinv_vjp, name="pinv", kinks="that of changes which keep the rank, if not full"
)
det = primitive(np.linalg.det, det_vjp)
cofactors = primitive(cofactors_forward, cofactors_vjp, name="cofactors")
cofactor_slopes = primitive(
    cofactor_slopes_forward, cofactor_slopes_vjp_x, cofactor_slopes_vjp_y, name="cofactor_slopes"
)
packed_slogdet = primitive(slogdet_forward, slogdet_vjp, name="packed_slogdet")
solve = primitive(np.linalg.solve, solve_vjp_a, solve_vjp_b)
packed_lstsq = primitive(
    lstsq_forward,
    lstsq_vjp_a,
    lstsq_vjp_b,
    name="packed_lstsq",
    kinks="that of changes which keep the rank, if not full",
)
