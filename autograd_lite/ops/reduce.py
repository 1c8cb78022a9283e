"""Reductions over axes: sums, products and extrema; the logarithm of a sum of exponentials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.errors import NoGradientRuleError
from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.primitive import (
    Primitive,
    no_value,
    primitive,
    refuse_arguments,
    stands_for,
)
from autograd_lite.value import Value, data_of

__all__ = [
    "logsumexp",
    "max",
    "min",
    "prod",
    "ptp",
    "sum",
    "weighted_logsumexp",
]

Axis = int | tuple[int, ...] | None
TIES_AND_NAN = "shared evenly at ties; passes to nan"

# In all rules below, `axis` is None, an integer or a tuple, negative or not, as numpy takes it.


def with_reduced_axes(reduced: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Return the result of a reduction of `x`, or its gradient, with its axes kept at length 1."""
    if keepdims:
        return reduced
    return np.reshape(reduced, kept_shape(x.shape, axis))


def kept_shape(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    """Return the shape after a reduction with ``keepdims=True``."""
    reduced = {a % len(shape) for a in reduced_axes(len(shape), axis)}
    return tuple(1 if a in reduced else length for a, length in enumerate(shape))


def reduced_axes(ndim: int, axis: Any) -> tuple[int, ...]:
    """Return `axis` as a tuple; numpy takes 0 and -1 where there are no axes, too."""
    if axis is None or not ndim:
        return tuple(range(ndim))
    return axis if isinstance(axis, tuple) else (axis,)


def sum_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` for each summand."""
    return np.broadcast_to(with_reduced_axes(g, x, axis, keepdims), x.shape)


def extremum_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False, initial: Any = None
) -> Any:
    """Return `g` at the extremum, shared evenly among ties, or among nan where it is nan.

    An `initial` counts as one more element.
    """
    ties = np.logical_or(x == with_reduced_axes(out, x, axis, keepdims), x != x)
    count = np.sum(ties, axis=axis, keepdims=True)
    if initial is not None:
        extremum = with_reduced_axes(out, x, axis, keepdims)
        count = np.maximum(count + (extremum == initial), 1)
    return np.where(ties, with_reduced_axes(g, x, axis, keepdims) / count, 0.0)


def prod_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` times the product of all other elements: exact where elements are 0.

    The others are those before times those after: two running products, and no division.
    """
    axes = reduced_axes(x.ndim, axis)
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    kept = moved.shape[: moved.ndim - len(axes)]
    rows = np.reshape(moved, (*kept, math.prod(moved.shape[len(kept) :])))
    others = product_before(rows) * product_before(rows[..., ::-1])[..., ::-1]
    others = np.moveaxis(np.reshape(others, moved.shape), last, axes)
    return with_reduced_axes(g, x, axis, keepdims) * others


def product_before(x: Any) -> Any:
    """Return, along the last axis, the product of all elements before each."""
    ones = np.ones_like(x[..., :1])
    return np.cumprod(np.concatenate([ones, x[..., :-1]], axis=-1), axis=-1)


def logsumexp_forward(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Compute log(sum(exp(x))) without overflow."""
    top = np.max(np.real(x), axis=axis, keepdims=True)
    top = zero_where(np.logical_not(np.isfinite(top)), top)
    # log(0) = -inf is the answer where all are -inf, and inf where one is
    with np.errstate(divide="ignore", over="ignore"):
        out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def logsumexp_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``g exp(x - out)``, the softmax: 0 where all are -inf, shared where some are inf."""
    total = with_reduced_axes(out, x, axis, keepdims)
    infinite = np.isinf(total)
    share = np.exp(np.where(infinite, -np.inf, x - zero_where(infinite, total)))
    highest = np.logical_and(x == np.inf, total == np.inf)
    share = share + highest / np.maximum(np.sum(highest, axis=axis, keepdims=True), 1)
    return with_reduced_axes(g, x, axis, keepdims) * share


sum_primitive = primitive(np.sum, sum_vjp)
prod_primitive = primitive(np.prod, prod_vjp, kinks="exact at zeros")
max_primitive = primitive(np.max, extremum_vjp, kinks=TIES_AND_NAN)
min_primitive = primitive(np.min, extremum_vjp, kinks=TIES_AND_NAN)
logsumexp = primitive(
    logsumexp_forward,
    logsumexp_vjp,
    name="logsumexp",
    kinks="0 where all elements are -inf, shared evenly where some are inf",
)


def weighted_logsumexp(x: Any, b: Any, axis: Axis, keepdims: bool) -> Any:
    """Return ``log(sum(b exp(x)))`` without overflow; `x` may be anything where `b` is 0."""
    counted = np.not_equal(b, 0)
    top = np.max(np.where(counted, x, -np.inf), axis=axis, keepdims=True)
    top = zero_where(np.logical_not(np.isfinite(top)), top)
    shifted = zero_where(np.logical_not(counted), x - top)
    total = np.sum(b * np.exp(shifted), axis=axis, keepdims=True)
    zero = total == 0
    out = np.where(zero, -np.inf, np.log(one_where(zero, total)) + top)
    return out if keepdims else np.squeeze(out, axis=axis)


# With numpy's arguments. What the rules do not cover is made of other operations.


@stands_for(np.sum)
def sum(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = True,
) -> Any:
    """Return the sum of the elements over `axis`, or of all."""
    if dtype is None and out is None and where is True and initial is no_value:
        return sum_primitive(a, axis=axis, keepdims=is_true(keepdims))  # 1 µs earlier
    refuse_arguments("np.sum", out=out)
    x = masked(in_dtype("np.sum", a, dtype), where, 0)
    total = sum_primitive(x, axis=axis, keepdims=is_true(keepdims))
    return total if initial is no_value else total + initial


@stands_for(np.prod)
def prod(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = True,
) -> Any:
    """Return the product of the elements over `axis`, or of all."""
    refuse_arguments("np.prod", out=out)
    x = masked(in_dtype("np.prod", a, dtype), where, 1)
    product = prod_primitive(x, axis=axis, keepdims=is_true(keepdims))
    return product if initial is no_value else product * initial


@stands_for(np.max, np.amax)
def max(
    a: Any,
    axis: Axis = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = True,
) -> Any:
    """Return the maximum of the elements over `axis`, or of all."""
    refuse_arguments("np.max", out=out)
    return extremum(max_primitive, a, axis, keepdims, initial, where)


@stands_for(np.min, np.amin)
def min(
    a: Any,
    axis: Axis = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = True,
) -> Any:
    """Return the minimum of the elements over `axis`, or of all."""
    refuse_arguments("np.min", out=out)
    return extremum(min_primitive, a, axis, keepdims, initial, where)


@stands_for(np.ptp)
def ptp(a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False) -> Any:
    """Return the maximum minus the minimum over `axis`, or of all elements."""
    refuse_arguments("np.ptp", out=out)
    return max(a, axis, keepdims=keepdims) - min(a, axis, keepdims=keepdims)


def extremum(
    operation: Primitive, a: Any, axis: Axis, keepdims: Any, initial: Any, where: Any
) -> Any:
    """Return the maximum or the minimum of what `where` lets through, and of `initial`."""
    if initial is no_value:
        if where is not True:  # numpy's own error: there is no extremum of nothing
            operation.forward(data_of(a), axis=axis, where=data_of(where))
        return operation(a, axis=axis, keepdims=is_true(keepdims))
    if type(initial) is Value:
        raise NoGradientRuleError(
            f"np.{operation.name}(initial=...) takes a number, got a Value; use "
            f"np.{operation.name}imum of the result and the Value"
        )
    x = masked(a, where, initial)
    return operation(x, axis=axis, keepdims=is_true(keepdims), initial=initial)


def masked(x: Any, where: Any, fill: Any) -> Any:
    """Return `x` with `fill` in the places that `where` does not let through."""
    return x if where is True else np.where(np.broadcast_to(where, np.shape(x)), x, fill)


def in_dtype(name: str, a: Any, dtype: Any) -> Any:
    """Return `a` in the dtype that a reduction is to be computed in."""
    if dtype is None:
        return a
    if np.dtype(dtype).kind not in "fc" and type(a) is Value and a.requires_grad:
        raise NoGradientRuleError(
            f"{name}(dtype={np.dtype(dtype)}) of a Value that requires a gradient: the result "
            "would be constant; use a float dtype, or x.detach()"
        )
    return a.astype(dtype)


def is_true(keepdims: Any) -> bool:
    """Return keepdims as a bool: numpy's own functions may hand on their mark for a default."""
    return keepdims is not no_value and bool(keepdims)
