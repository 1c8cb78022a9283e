"""Selection: between arrays, and of the elements that meet a condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive, refuse_arguments, stands_for
from autograd_lite.value import data_of

__all__ = [
    "clip",
    "nonzero",
    "where",
]


def where_vjp_x(g: Any, out: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return `g` where the condition holds."""
    return np.where(condition, g, 0.0)


def where_vjp_y(g: Any, out: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return `g` where the condition does not hold."""
    return np.where(condition, 0.0, g)


def clip_vjp_x(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` on the closed interval and at nan, 0 outside."""
    inside = np.logical_and(x >= low, x <= high)
    return np.where(np.logical_or(inside, x != x), g, 0.0)


def clip_vjp_low(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` where `x` lies below a lower bound that is the result."""
    return np.where(np.logical_and(x < low, low <= high), g, 0.0)


def clip_vjp_high(g: Any, out: Any, x: Any, low: Any, high: Any) -> Any:
    """Return `g` where the upper bound is the result."""
    return np.where(np.logical_or(x > high, np.logical_and(x < low, low > high)), g, 0.0)


where_primitive = primitive(np.where, None, where_vjp_x, where_vjp_y)
clip_primitive = primitive(
    np.clip,
    clip_vjp_x,
    clip_vjp_low,
    clip_vjp_high,
    kinks="passes at the bounds: the interval is closed; passes to nan",
)


@stands_for(np.where)
def where(condition: Any, *branches: Any) -> Any:
    """Choose between two branches; the form with a condition alone returns positions."""
    if not branches:
        return nonzero(condition)
    return where_primitive(condition, *branches)


@stands_for(np.nonzero)
def nonzero(a: Any) -> tuple[Any, ...]:
    """Return the positions of the elements that are not zero, as arrays."""
    return np.nonzero(data_of(a))


@stands_for(np.clip)
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None, **other: Any
) -> Any:
    """Limit `a` to ``[a_min, a_max]``; None leaves a side open."""
    refuse_arguments("np.clip", **other)
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    lowest, highest = full_range(a)
    return clip_primitive(a, lowest if low is None else low, highest if high is None else high)


def full_range(a: Any) -> tuple[Any, Any]:
    """Return bounds that limit nothing, of a kind that leaves the dtype of `a` as it is."""
    dtype = np.result_type(a)
    if dtype.kind in "iu":
        return np.iinfo(dtype).min, np.iinfo(dtype).max
    return -np.inf, np.inf
