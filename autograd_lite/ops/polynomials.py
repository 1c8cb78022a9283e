"""Polynomials with coefficients from the highest power down."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive, stands_for

__all__ = [
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
    """Return the powers of each element, `N` in a row."""
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
