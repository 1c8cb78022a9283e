"""Element-wise choices: the larger or the smaller of two, a number in the place of nan."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive, refuse_arguments, stands_for

__all__ = [
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "nan_to_num",
]


def chosen_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g` where `x` is the result or nan; half of it where `y` is, too."""
    x_chosen = np.logical_or(x == out, x != x)
    y_chosen = np.logical_or(y == out, y != y)
    return np.where(x_chosen, np.where(y_chosen, 0.5 * g, g), 0.0)


def chosen_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g` where `y` is the result or nan; half of it where `x` is, too."""
    return chosen_vjp_x(g, out, y, x)


def chosen_number_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g` where `x` is the result, half of it where `y` is, too; nothing for nan."""
    return np.where(x == out, np.where(y == out, 0.5 * g, g), 0.0)


def chosen_number_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return `g` where `y` is the result, half of it where `x` is, too; nothing for nan."""
    return chosen_number_vjp_x(g, out, y, x)


def nan_to_num_vjp(
    g: Any, out: Any, x: Any, *, nan: Any = None, posinf: Any = None, neginf: Any = None
) -> Any:
    """Return `g` where `x` is finite, 0 where it was replaced: each part of a complex number."""
    if x.dtype.kind != "c":
        return np.where(np.isfinite(x), g, 0.0)
    imaginary = np.where(np.isfinite(np.imag(x)), np.imag(g), 0.0)
    return np.where(np.isfinite(np.real(x)), np.real(g), 0.0) + 1j * imaginary


TIES_AND_NAN = "shared evenly at ties; passes to nan"
TIES = "shared evenly at ties; 0 at nan"

maximum = primitive(np.maximum, chosen_vjp_x, chosen_vjp_y, kinks=TIES_AND_NAN)
minimum = primitive(np.minimum, chosen_vjp_x, chosen_vjp_y, kinks=TIES_AND_NAN)
fmax = primitive(np.fmax, chosen_number_vjp_x, chosen_number_vjp_y, kinks=TIES)
fmin = primitive(np.fmin, chosen_number_vjp_x, chosen_number_vjp_y, kinks=TIES)
nan_to_num = primitive(np.nan_to_num, nan_to_num_vjp, kinks="0 at nan and infinity")


@stands_for(np.nan_to_num)
def replace_nan(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Return `x` with numbers in the place of nan and infinity."""
    refuse_arguments("np.nan_to_num", copy=None if copy else copy)
    return nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)
