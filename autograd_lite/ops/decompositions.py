"""Decompositions of matrices: Cholesky, QR, eigenvalues and singular values.

Signs and phases are the decomposition's choice: where a function does not depend on the choice, its
gradient is right. The formulas divide by the differences of eigenvalues, or of the squares of
singular values. Where these are equal to rounding, the gradient of what depends on the eigenvalues
alone is right, and that of what depends on the eigenvectors as well is nan: 0 / 0 does not tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.ops.linalg import inv, solve
from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.ops.matrices import (
    adjoint,
    conjugate_if_complex,
    gradient_of_triangle,
    half_triangle,
    hermitian_of_triangle,
    pack,
    real_if_complex,
    unpack,
)
from autograd_lite.primitive import primitive, refuse_arguments, stands_for
from autograd_lite.value import detached

__all__ = [
    "cholesky",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "packed_eig",
    "packed_eigh",
    "packed_qr",
    "packed_svd",
    "qr",
    "svd",
    "svdvals",
]

EighResult: Any = type(np.linalg.eigh(np.eye(1)))
EigResult: Any = type(np.linalg.eig(np.eye(1)))
QRResult: Any = type(np.linalg.qr(np.eye(1)))
SVDResult: Any = type(np.linalg.svd(np.eye(1)))


def cholesky_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return the gradient of the lower triangle, which is all that numpy reads.

    Murray, Differentiation of the Cholesky decomposition, 2016: with P the lower triangle of
    ``out' @ g`` and half its diagonal, S = ``inv(out)' P inv(out)`` is the gradient; S + S' is that
    of a pair of elements of a Hermitian matrix.
    """
    n = x.shape[-1]
    g = conjugate_if_complex(g) * np.tri(n, dtype=x.dtype)
    inner = half_triangle(n, x.dtype) * (adjoint(out) @ g)
    left = solve(adjoint(out), inner)
    slope = adjoint(solve(adjoint(out), adjoint(left)))
    return conjugate_if_complex(gradient_of_triangle(slope))


@stands_for(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Return the lower triangular L with ``L @ L' = a``, or its adjoint."""
    return adjoint(cholesky_primitive(adjoint(a))) if upper else cholesky_primitive(a)


# Eigenvalues of Hermitian matrices


def eigh_forward(x: Any, *, uplo: Any = "L") -> Any:
    """Compute eigenvalues in ascending order, and eigenvectors as columns."""
    values, vectors = np.linalg.eigh(x, uplo)
    return pack(x.shape[:-2], values, vectors)


def eigh_parts(packed: Any, x: Any) -> list[Any]:
    """Return the eigenvalues, real, and the eigenvectors, or their gradients."""
    n = x.shape[-1]
    values, vectors = unpack(packed, (n,), (n, n))
    return [real_if_complex(values), vectors]


def eigh_vjp(g: Any, out: Any, x: Any, *, uplo: str = "L") -> Any:
    """Return the gradient of the triangle that numpy reads.

    With eigenvalues w and eigenvectors V it is ``V (diag(g_w) + F * (V' g_V)) V'``, where
    F[i, j] = 1 / (w[j] - w[i]) off the diagonal, and 0 on it.
    """
    values, vectors = eigh_parts(out, x)
    g_values, g_vectors = eigh_parts(conjugate_if_complex(g), x)
    differences = values[..., None, :] - values[..., None]
    slopes = off_diagonal(adjoint(vectors) @ g_vectors)
    inner = quotient(slopes, differences, rounding_of(values))
    slope = (vectors @ inner + vectors * g_values[..., None, :]) @ adjoint(vectors)
    return conjugate_if_complex(gradient_of_triangle(slope, uplo))


def rounding_of(values: Any) -> Any:
    """Return how well eigenvalues or singular values are known, for each matrix."""
    n = values.shape[-1]
    largest = np.max(np.abs(values), axis=-1) if n else np.zeros(values.shape[:-1], values.dtype)
    return np.reshape(n * np.finfo(values.dtype).eps * largest, (*values.shape[:-1], 1, 1))


def off_diagonal(x: Any) -> Any:
    """Return square matrices with 0 on the diagonal."""
    return zero_where(np.eye(x.shape[-1], dtype=bool), x)


def quotient(x: Any, difference: Any, rounding: Any, used: Any = None) -> Any:
    """Return ``x / difference``; where the difference is 0 to rounding, 0 or nan.

    It is 0 where vectors are not used: `used`, by default `x` itself, is 0 there. Else the limit of
    0 / 0 is some number that cannot be told from here, and one that is wrong is worse than nan.
    """
    equal = np.abs(difference) <= rounding
    unknown = np.logical_and(equal, (x if used is None else used) != 0)
    return np.where(unknown, np.nan, zero_where(equal, x / one_where(equal, difference)))


@stands_for(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """Return eigenvalues and eigenvectors of the Hermitian matrix that a triangle of `a` gives."""
    if UPLO.upper() not in ("L", "U"):
        raise ArgumentError(f"np.linalg.eigh takes UPLO='L' or 'U', got {UPLO!r}")
    return EighResult(*eigh_parts(packed_eigh(a, uplo=UPLO.upper()), a))


@stands_for(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """Return the eigenvalues of the Hermitian matrix that a triangle of `a` gives."""
    return eigh(a, UPLO)[0]


# Eigenvalues of any matrices


def eig_forward(x: Any, *, values_only: bool = False) -> Any:
    """Compute eigenvalues, and eigenvectors as columns; complex if one of them is."""
    values, vectors = np.linalg.eig(x)
    return pack(x.shape[:-2], values, vectors)


def eig_parts(packed: Any, x: Any) -> list[Any]:
    """Return the eigenvalues and the eigenvectors, or their gradients."""
    n = x.shape[-1]
    return unpack(packed, (n,), (n, n))


def eig_vjp(g: Any, out: Any, x: Any, *, values_only: bool = False) -> Any:
    """Return the gradient for eigenvectors of length 1, whatever their phases.

    With eigenvalues w and eigenvectors V it is
    ``inv(V)' (diag(g_w) + conj(F) * (V' g_V - V' V diag(real(V' g_V)))) V'``, where
    F[i, j] = 1 / (w[j] - w[i]) off the diagonal, and 0 on it. Where values are equal, what is made
    with ``inv(V)`` has a slope that `g` does not show: that is nan unless `values_only`.
    """
    values, vectors = eig_parts(out, x)
    g_values, g_vectors = eig_parts(conjugate_if_complex(g), x)
    n = x.shape[-1]
    slopes = adjoint(vectors) @ g_vectors
    eye = np.eye(n, dtype=x.dtype)
    lengths = np.sum(eye * slopes, axis=-2, keepdims=True)
    slopes = slopes - adjoint(vectors) @ vectors * real_if_complex(lengths)
    differences = conjugate_if_complex(values[..., None, :] - values[..., None])
    used = None if values_only else 1 - eye
    inner = quotient(off_diagonal(slopes), differences, rounding_of(values), used)
    inner = inner + eye * g_values[..., None, :]
    slope = adjoint(inv(vectors)) @ inner @ adjoint(vectors)
    return conjugate_if_complex(slope)


@stands_for(np.linalg.eig)
def eig(a: Any) -> Any:
    """Return eigenvalues and eigenvectors; the gradient holds where no eigenvalues are equal."""
    return EigResult(*eig_parts(packed_eig(a), a))


@stands_for(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """Return the eigenvalues."""
    return eig_parts(packed_eig(a, values_only=True), a)[0]


# Singular values


def svd_forward(x: Any, *, full: bool = False) -> Any:
    """Compute U, s and V', of ``(..., m, n)``."""
    return pack(x.shape[:-2], *np.linalg.svd(x, full_matrices=full))


def svd_parts(packed: Any, x: Any, full: bool) -> list[Any]:
    """Return U, s (real) and V', or their gradients."""
    m, n = x.shape[-2:]
    k = min(m, n)
    u, s, vh = unpack(packed, (m, m if full else k), (k,), (n if full else k, n))
    return [u, real_if_complex(s), vh]


def svd_vjp(g: Any, out: Any, x: Any, *, full: bool = False) -> Any:
    """Return the gradient of ``x = U diag(s) V'``.

    With skew(X) = X - X' and F[i, j] = 1 / (s[j]² - s[i]²) it is ``U M V'`` with
    ``M = (skew(U' g_U) diag(s) + diag(s) skew(V' g_V)) * F + diag(g_s)``, and what changes the
    space of the columns and that of the rows.
    """
    u, s, vh = svd_parts(out, x, full)
    g_u, g_s, g_vh = svd_parts(conjugate_if_complex(g), x, full)
    k = s.shape[-1]
    (u, u_null), (g_u, g_u_null) = columns_split(u, k), columns_split(g_u, k)
    (v, v_null), (g_v, g_v_null) = columns_split(adjoint(vh), k), columns_split(adjoint(g_vh), k)
    row, column, rounding = s[..., None, :], s[..., None], rounding_of(s)
    from_u, from_v = adjoint(u) @ g_u, adjoint(v) @ g_v
    left, right = skew(from_u), skew(from_v)
    eye = np.eye(k, dtype=x.dtype)
    turning = off_diagonal(left * row + column * right)
    used = off_diagonal(np.abs(from_u) + np.abs(from_v))
    turning = quotient(turning, row - column, rounding, used)
    turning = quotient(turning, row + column, rounding)
    inner = turning + eye * g_s[..., None, :]
    if np.iscomplexobj(x):
        inner = inner + quotient(eye * left / 2, row, rounding)  # the phase between U and V
    slope = u @ inner @ adjoint(v)
    if x.shape[-2] > k:
        slope = slope + quotient(outside(u, g_u, u_null, g_u_null), row, rounding) @ adjoint(v)
    if x.shape[-1] > k:
        slope = slope + u @ adjoint(quotient(outside(v, g_v, v_null, g_v_null), row, rounding))
    return conjugate_if_complex(slope)


def columns_split(x: Any, k: int) -> tuple[Any, Any]:
    """Return the first `k` columns, and the others."""
    return x[..., :k], x[..., k:]


def skew(x: Any) -> Any:
    """Return ``x - x'``."""
    return x - adjoint(x)


def outside(q: Any, g: Any, q_null: Any, g_null: Any) -> Any:
    """Return the part of `g` outside the space of orthonormal columns `q`.

    The columns `q_null` of the rest of the space, if there are any, turn against `q`.
    """
    return g - q @ (adjoint(q) @ g) - q_null @ (adjoint(g_null) @ q)


@stands_for(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Return U, s and V' with ``a = U @ diag(s) @ V'``, or s alone."""
    if hermitian:
        result = svd_of_hermitian(a)
    else:
        full = bool(full_matrices) and bool(compute_uv)
        result = SVDResult(*svd_parts(packed_svd(a, full=full), a, full))
    return result if compute_uv else result.S


def svd_of_hermitian(a: Any) -> Any:
    """Return the singular value decomposition of a Hermitian matrix, by its eigenvalues."""
    values, vectors = eigh(a)
    order = np.flip(np.argsort(np.abs(detached(values)), axis=-1), axis=-1)
    values = np.take_along_axis(values, order, axis=-1)
    vectors = np.take_along_axis(vectors, order[..., None, :], axis=-1)
    signs = np.copysign(1.0, detached(values))  # of 0 as well: V has no column of zeros
    return SVDResult(vectors, np.abs(values), adjoint(vectors * signs[..., None, :]))


@stands_for(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """Return the singular values."""
    return svd(x, compute_uv=False)


# QR


def qr_forward(x: Any, *, mode: Any = "reduced") -> Any:
    """Compute Q, of orthonormal columns, and R, upper triangular, of ``(..., m, n)``."""
    return pack(x.shape[:-2], *np.linalg.qr(x, mode))


def qr_parts(packed: Any, x: Any, mode: str) -> list[Any]:
    """Return Q and R, or their gradients."""
    m, n = x.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    return unpack(packed, (m, k), (k, n))


def qr_vjp(g: Any, out: Any, x: Any, *, mode: str = "reduced") -> Any:
    """Return the gradient of ``x = Q R``, whose first columns must be independent.

    Walter & Lehmann, Algorithmic differentiation of linear algebra functions, 2018: for square R,
    ``(g_Q + Q H) inv(R)'``, where H is the Hermitian matrix with the lower triangle of
    ``R g_R' - g_Q' Q``. Of a wide ``x = Q (R, S)``, S is ``Q' x``.
    """
    q, r = qr_parts(out, x, mode)
    g_q, g_r = qr_parts(conjugate_if_complex(g), x, mode)
    k = min(x.shape[-2:])
    (q, q_null), (g_q, g_q_null) = columns_split(q, k), columns_split(g_q, k)
    (r, _), (g_r, g_wide) = columns_split(r[..., :k, :], k), columns_split(g_r[..., :k, :], k)
    g_q = g_q - q_null @ (adjoint(g_q_null) @ q) + x[..., k:] @ adjoint(g_wide)
    inner = hermitian_of_triangle(r @ adjoint(g_r) - adjoint(g_q) @ q)
    square = adjoint(solve(r, adjoint(g_q + q @ inner)))
    return conjugate_if_complex(np.concatenate([square, q @ g_wide], axis=-1))


@stands_for(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Return Q and R with ``a = Q @ R``; R alone in mode "r"."""
    if mode not in ("reduced", "complete", "r"):
        refuse_arguments("np.linalg.qr", mode=mode)
    kept = "complete" if mode == "complete" else "reduced"
    result = QRResult(*qr_parts(packed_qr(a, mode=kept), a, kept))
    return result.R if mode == "r" else result


GAUGE = "right for what does not depend on signs and phases; nan for vectors of equal values"

cholesky_primitive = primitive(
    lambda x: np.linalg.cholesky(x),  # numpy's function has `upper`, which this has not
    cholesky_vjp,
    name="cholesky",
)
packed_eigh = primitive(eigh_forward, eigh_vjp, name="packed_eigh", kinks=GAUGE)
packed_eig = primitive(eig_forward, eig_vjp, name="packed_eig", kinks=GAUGE)
packed_svd = primitive(svd_forward, svd_vjp, name="packed_svd", kinks=GAUGE)
packed_qr = primitive(qr_forward, qr_vjp, name="packed_qr")
