"""Trigonometric and hyperbolic functions, their inverses, angles and distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cos",
    "cosh",
    "deg2rad",
    "hypot",
    "rad2deg",
    "sin",
    "sinc",
    "sinc_derivative",
    "sinh",
    "tan",
    "tanh",
]

AT_THE_ORIGIN = "0 at the origin, in every order"


def hypot_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g x / hypot(x, y)``: 0 at the origin."""
    origin = out == 0
    return g * zero_where(origin, x / one_where(origin, out))


def hypot_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g y / hypot(x, y)``: 0 at the origin."""
    return hypot_vjp_x(g, out, y, x)


def arctan2_vjp_y(g: Any, out: Any, y: Any, x: Any) -> Any:
    """Return ``g x / (x² + y²)``: 0 at the origin.

    It divides by the distance twice: the squares overflow beyond 1e154.
    """
    distance = np.hypot(x, y)
    origin = distance == 0
    distance = one_where(origin, distance)
    return g * zero_where(origin, x / distance / distance)


def arctan2_vjp_x(g: Any, out: Any, y: Any, x: Any) -> Any:
    """Return ``-g y / (x² + y²)``: 0 at the origin."""
    return arctan2_vjp_y(-g, out, x, y)


def root_of_one_plus_square(x: Any) -> Any:
    """Return ``sqrt(1 + x²)``: of real numbers by hypot, since the square may overflow."""
    return np.sqrt(1 + x * x) if x.dtype.kind == "c" else np.hypot(1.0, x)


def arctan_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``g / (1 + x²)``."""
    root = root_of_one_plus_square(x)
    return g / root / root


# 1 - x² as a product: the difference of squares loses digits near 1, and x² may overflow.


def arcsin_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``g / sqrt(1 - x²)``."""
    return g / (np.sqrt(1 - x) * np.sqrt(1 + x))


def arccosh_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``g / sqrt(x² - 1)``, on the branch of arccosh for complex numbers."""
    return g / (np.sqrt(x - 1) * np.sqrt(x + 1))


def arctanh_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``g / (1 - x²)``."""
    return g / ((1 - x) * (1 + x))


def sinc_derivative_forward(x: Any, *, order: int) -> Any:
    """Compute the derivative of ``sin(pi x) / (pi x)`` of an order, to rounding error.

    With ``y = pi x`` and ``f(y) = sin(y) / y``, ``y f^(n) + n f^(n-1) = sin(y + n pi / 2)`` gives
    one order after another where `y` is not small; where it is, the Taylor series of `f` does.
    """
    y = np.asarray(np.pi * x, dtype=np.result_type(x, float))  # float16 has no y**12
    small = np.abs(y) < np.maximum(2.0, order / 2)  # the error grows by n! / y**n
    near, far = zero_where(np.logical_not(small), y), one_where(small, y)
    derivative = np.sin(far) / far
    for n in range(1, order + 1):
        derivative = (np.sin(far + n * (np.pi / 2)) - n * derivative) / far
    derivative = np.where(small, sinc_series(near, order), derivative)
    return (np.pi**order * derivative).astype(x.dtype)[()]


def sinc_series(y: Any, order: int) -> Any:
    """Sum the Taylor series of the derivative of ``sin(y) / y`` of an order.

    Its terms are ``(-1)**k y**(2k - n) (2k)! / ((2k - n)! (2k + 1)!)`` for ``2k >= n``.
    """
    first = (order + 1) // 2
    total = np.zeros_like(y)
    for k in range(first + 14 + order, first - 1, -1):  # from the smallest term
        coefficient = (-1) ** k / ((2 * k + 1) * math.factorial(2 * k - order))
        total = total + coefficient * y ** (2 * k - order)
    return total


def sinc_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return `g` times the derivative, which is exact at and near 0."""
    return g * sinc_derivative(x, order=1)


def sinc_derivative_vjp(g: Any, out: Any, x: Any, *, order: int) -> Any:
    """Return `g` times the derivative of the next order."""
    return g * sinc_derivative(x, order=order + 1)


sin = primitive(np.sin, lambda g, out, x: g * np.cos(x))
cos = primitive(np.cos, lambda g, out, x: -g * np.sin(x))
tan = primitive(np.tan, lambda g, out, x: g * (1 + out * out))
arcsin = primitive(np.arcsin, arcsin_vjp)
arccos = primitive(np.arccos, lambda g, out, x: arcsin_vjp(-g, out, x))
arctan = primitive(np.arctan, arctan_vjp)
arctan2 = primitive(np.arctan2, arctan2_vjp_y, arctan2_vjp_x, kinks=AT_THE_ORIGIN)
hypot = primitive(np.hypot, hypot_vjp_x, hypot_vjp_y, kinks=AT_THE_ORIGIN)
deg2rad = primitive(np.deg2rad, lambda g, out, x: g * (math.pi / 180))
rad2deg = primitive(np.rad2deg, lambda g, out, x: g * (180 / math.pi))
stands_for(np.radians)(deg2rad.call_as_numpy)
stands_for(np.degrees)(rad2deg.call_as_numpy)
sinc = primitive(np.sinc, sinc_vjp)
sinc_derivative = primitive(sinc_derivative_forward, sinc_derivative_vjp, name="sinc_derivative")

sinh = primitive(np.sinh, lambda g, out, x: g * np.cosh(x))
cosh = primitive(np.cosh, lambda g, out, x: g * np.sinh(x))
tanh = primitive(np.tanh, lambda g, out, x: g * (1 - out * out))  # 1/cosh² overflows at 1000
arcsinh = primitive(np.arcsinh, lambda g, out, x: g / root_of_one_plus_square(x))
arccosh = primitive(np.arccosh, arccosh_vjp)
arctanh = primitive(np.arctanh, arctanh_vjp)
