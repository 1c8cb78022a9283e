"""Element-wise functions that jump: signs, roundings, remainders, and parts of floats."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.ops.masking import one_where
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "binary_exponent",
    "ceil",
    "copysign",
    "fix",
    "floor",
    "floor_divide",
    "fmod",
    "fractional_part",
    "heaviside",
    "ldexp",
    "remainder",
    "rint",
    "round",
    "sign",
    "trunc",
]


def zero_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return 0: the function is constant wherever it is continuous."""
    return np.zeros_like(g)


def zero_vjp_of_two(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return 0: the function is constant in this operand wherever it is continuous."""
    return np.zeros_like(g)


def sign_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return 0; for a complex x, whose sign s is ``x / |x|``, ``i conj(s) imag(g s) / |x|``.

    The sign turns with x and does not feel its length; the gradient at 0 is 0.
    """
    if x.dtype.kind != "c":
        return zero_vjp(g, out, x)
    radius = np.abs(x)
    turn = np.imag(g * out) / one_where(radius == 0, radius)
    return np.conj(out) * turn * 1j


def round_vjp(g: Any, out: Any, a: Any, *, decimals: Any = None) -> Any:
    """Return 0: the function is constant wherever it is continuous."""
    return np.zeros_like(g)


def remainder_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g`; nan where there is no remainder: of infinity, or by 0."""
    return np.where(np.isnan(out), np.nan, g)


def remainder_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``-g floor(x / y)``."""
    return -g * np.where(np.isnan(out), np.nan, np.floor_divide(x, y))


def fmod_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``-g trunc(x / y)``."""
    return -g * np.rint((x - out) / y)  # trunc(x / y) itself is off by 1 next to a multiple of y


def copysign_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g`, negative where the sign of `x` was changed; 0 at 0."""
    return g * np.sign(x) * np.copysign(1.0, y)


def heaviside_vjp_at_zero(g: Any, out: Any, x: Any, at_zero: Any) -> Any:
    """Return `g` where `x` is 0 and the second operand the result."""
    return np.where(x == 0, g, 0.0)


ZERO = "0 everywhere, also at the steps"
OF_THE_PIECE = "that of the piece that the point belongs to"
OF_THE_REMAINDER = f"{OF_THE_PIECE}; nan where there is no remainder"

sign = primitive(np.sign, sign_vjp, kinks="0 everywhere for real numbers; 0 at 0")
floor = primitive(np.floor, zero_vjp, kinks=ZERO)
ceil = primitive(np.ceil, zero_vjp, kinks=ZERO)
trunc = primitive(np.trunc, zero_vjp, kinks=ZERO)
fix = primitive(np.fix, zero_vjp, kinks=ZERO)
rint = primitive(np.rint, zero_vjp, kinks=ZERO)
round = primitive(np.round, round_vjp, kinks=ZERO)
stands_for(np.around)(round.call_as_numpy)
heaviside = primitive(np.heaviside, zero_vjp_of_two, heaviside_vjp_at_zero, kinks=ZERO)
copysign = primitive(np.copysign, copysign_vjp_x, zero_vjp_of_two, kinks="0 at 0")

floor_divide = primitive(np.floor_divide, zero_vjp_of_two, zero_vjp_of_two, kinks=ZERO)
remainder = primitive(np.remainder, remainder_vjp_x, remainder_vjp_y, kinks=OF_THE_REMAINDER)
fmod = primitive(np.fmod, remainder_vjp_x, fmod_vjp_y, kinks=OF_THE_REMAINDER)
fractional_part = primitive(
    lambda x: np.modf(x)[0], lambda g, out, x: g, name="fractional_part", kinks=OF_THE_PIECE
)
binary_exponent = primitive(lambda x: np.frexp(x)[1], None, name="binary_exponent")
ldexp = primitive(np.ldexp, lambda g, out, x, exponent: np.ldexp(g, exponent), None)


@stands_for(np.divmod)
def divmod_of(x: Any, y: Any) -> tuple[Any, Any]:
    """Return the floor of the quotient, and the remainder."""
    return floor_divide(x, y), remainder(x, y)


@stands_for(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """Return the fractional and the integral part."""
    return fractional_part(x), trunc(x)


@stands_for(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    """Return the mantissa in ``[0.5, 1)``, differentiable, and the exponent, a constant."""
    exponent = binary_exponent(x)
    return ldexp(x, -exponent), exponent
