"""Polynomials with coefficients from the highest power down."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.ops.convolution import convolve
from autograd_lite.ops.joining import concatenate
from autograd_lite.ops.linalg import lstsq
from autograd_lite.primitive import primitive, refusals, refuse_arguments, stands_for
from autograd_lite.value import Value

__all__ = [
    "polyadd",
    "polyder",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "vander",
]


def polyval_vjp_p(g: Any, out: Any, p: Any, x: Any) -> Any:
    """Return the sum of `g` times each power of `x`."""
    powers = np.expand_dims(x, -1) ** np.arange(p.size - 1, -1, -1)
    products = np.expand_dims(g, -1) * powers
    return np.sum(products, axis=tuple(range(np.ndim(x))))


def polyval_vjp_x(g: Any, out: Any, p: Any, x: Any) -> Any:
    """Return `g` times the value of the derivative's polynomial."""
    return g * polyval(p[:-1] * np.arange(p.size - 1, 0, -1), x)


@stands_for(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the powers of each element of a vector, `N` in a row."""
    if np.ndim(x) != 1:
        raise ShapeError(f"np.vander takes a vector, got shape {np.shape(x)}")
    count = x.size if N is None else N
    exponents = np.arange(count) if increasing else np.arange(count)[::-1]
    return np.expand_dims(x, 1) ** exponents


polyval = primitive(np.polyval, polyval_vjp_p, polyval_vjp_x)


@stands_for(np.polyval)
def values_of_polynomials(p: Any, x: Any) -> Any:
    """Return the value at `x`; coefficients of several axes make one polynomial for each row."""
    if np.ndim(p) < 2:
        return polyval(p, x)
    value = np.zeros_like(x)
    for coefficient in p:
        value = value * x + coefficient
    return value


# Arithmetic of polynomials: leading zeros stay, so that they are coefficients as any others


def coefficients(p: Any) -> Any:
    """Return the coefficients of a polynomial as a vector."""
    p = p if type(p) is Value else np.asarray(p)
    if p.ndim > 1:
        raise ShapeError(f"a polynomial has a vector of coefficients, got shape {p.shape}")
    return np.reshape(p, (-1,))


def of_one_degree(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Return two polynomials with zeros in front of the shorter one."""
    a1, a2 = coefficients(a1), coefficients(a2)
    count = max(a1.size, a2.size)
    a1, a2 = (
        concatenate([np.zeros(count - a.size, a.dtype), a]) if a.size < count else a
        for a in (a1, a2)
    )
    return a1, a2


@stands_for(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """Return the sum of two polynomials."""
    a1, a2 = of_one_degree(a1, a2)
    return a1 + a2


@stands_for(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """Return the difference of two polynomials."""
    a1, a2 = of_one_degree(a1, a2)
    return a1 - a2


@stands_for(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Return the product of two polynomials; leading zeros stay, where numpy takes them out."""
    return convolve(coefficients(a1), coefficients(a2))


@stands_for(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """Return the `m`-th derivative of a polynomial."""
    check_order("np.polyder", m)
    p = coefficients(p)
    for _ in range(m):
        p = p[:-1] * np.arange(p.size - 1, 0, -1)
    return p


@stands_for(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Return the `m`-th integral of a polynomial, with the constants `k`, the first one first."""
    check_order("np.polyint", m)
    p = coefficients(p)
    constants = list(k) if np.iterable(k) else [0.0 if k is None else k]
    if len(constants) == 1:
        constants = constants * m
    if len(constants) < m:
        raise ArgumentError(f"np.polyint takes one constant, or {m} of them, got {len(constants)}")
    for constant in constants[:m]:
        p = concatenate([p / np.arange(p.size, 0, -1), np.reshape(constant, (1,))])
    return p


def check_order(name: str, m: int) -> None:
    """Raise if the order of a derivative or an integral is negative."""
    if m < 0:
        raise ArgumentError(f"{name} takes an order m of 0 or more, got {m}")


@stands_for(np.polyfit)
def polyfit(
    x: Any,
    y: Any,
    deg: int,
    rcond: Any = None,
    full: bool = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    """Return the polynomial of degree `deg` that is nearest to the points, by least squares.

    `x` is ``(m,)``, `y` is ``(m,)`` or ``(m, k)``, the result ``(deg + 1,)`` or ``(deg + 1, k)``.
    The residuals of the points count by their weights `w`, ``(m,)``.
    """
    refuse_arguments("np.polyfit", full=full or None, cov=cov or None)
    check_order("np.polyfit", deg)
    x, y = (np.asarray(a) if type(a) is not Value else a for a in (x, y))
    powers = vander(x + 0.0, deg + 1)
    targets = y + 0.0
    if w is not None:
        weights = np.expand_dims(w, 1)
        powers, targets = weights * powers, weights * targets if y.ndim > 1 else w * targets
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    if rcond is None:
        rcond = x.size * np.finfo(powers.dtype).eps
    solution = lstsq(powers / scale, targets, rcond)[0]
    return solution / (np.expand_dims(scale, 1) if y.ndim > 1 else scale)


refusals[np.roots] = (
    "equal roots have none, and how many there are hangs on exact zeros; a simple root r moves by "
    "-np.polyval(dp, r) / np.polyval(np.polyder(p), r), and np.linalg.eigvals of the companion "
    "matrix has a derivative"
)
