"""Means, variances and standard deviations over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.ops.reduce import Axis, in_dtype, is_true, sum_vjp, with_reduced_axes
from autograd_lite.primitive import Primitive, no_value, primitive, refuse_arguments, stands_for
from autograd_lite.value import detached

__all__ = ["mean", "std", "var"]


def reduced_count(x: Any, out: Any) -> float:
    """Return how many elements of `x` make one of `out`; 1 where there are none of either."""
    return float(max(x.size, 1) / max(out.size, 1))


def mean_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``g / n`` for each of `n` elements."""
    share = 1 / reduced_count(x, out)  # a product: n itself overflows float16 beyond 65504
    return sum_vjp(g * share, out, x, axis=axis, keepdims=keepdims)


def var_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """Return ``2 g conj(x - mean) / (n - ddof)``: the variance is the mean of ``|x - mean|²``."""
    centred = np.conj(x - np.mean(x, axis=axis, keepdims=True))
    slope = 2 * centred / (reduced_count(x, out) - ddof)  # nan, as out is, where n = ddof
    return with_reduced_axes(g, x, axis, keepdims) * slope


def std_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """Return ``g (x - mean) / ((n - ddof) std)``, and 0 where all elements are equal."""
    out = with_reduced_axes(out, x, axis, keepdims)
    flat = vanishes(out, all_equal(np.maximum, np.minimum, x, axis))
    halved = with_reduced_axes(g, x, axis, keepdims) * (0.5 / one_where(flat, out))
    slope = var_vjp(halved, out, x, axis=axis, ddof=ddof, keepdims=True)
    return zero_where(flat, slope)


def vanishes(deviation: Any, flat: Any) -> Any:
    """Return where a deviation, or its square, is 0, or should be since all elements are equal.

    It may be 1e-17, since their mean is rounded. Without degrees of freedom it is nan, not 0.
    """
    return deviation * np.logical_not(flat) == 0


def all_equal_forward(
    x: Any, *, largest: Any, smallest: Any, axis: Any, keepdims: bool, where: Any
) -> Any:
    """Return where all elements over `axis` are equal, and finite.

    `largest` and `smallest` are ufuncs: np.fmax and np.fmin leave nan out.
    """
    options = {"axis": axis, "keepdims": keepdims, "where": where}
    top = largest.reduce(x, initial=-np.inf, **options)
    low = smallest.reduce(x, initial=np.inf, **options)
    return np.logical_and(np.isfinite(top), top == low)


ALL_EQUAL = Primitive(all_equal_forward, (None,), "all_equal", variadic=False)
"""Part of other operations, and so not in the table."""


def all_equal(
    largest: Any, smallest: Any, x: Any, axis: Any, keepdims: bool = True, where: Any = True
) -> Any:
    """Return where all elements over `axis` are equal, and finite: a constant."""
    return ALL_EQUAL(
        x, largest=largest, smallest=smallest, axis=axis, keepdims=keepdims, where=where
    )


mean_primitive = primitive(np.mean, mean_vjp)
var_primitive = primitive(np.var, var_vjp)
std_primitive = primitive(np.std, std_vjp, kinks="0 where all elements are equal")


@stands_for(np.mean)
def mean(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    """Return the mean of the elements over `axis`, or of all."""
    refuse_arguments("np.mean", out=out)
    x = in_dtype("np.mean", a, dtype)
    keepdims = is_true(keepdims)
    if where is True:
        return mean_primitive(x, axis=axis, keepdims=keepdims)
    if x.dtype.kind in "bui":
        x = x.astype(np.float64)
    wide = x.astype(np.float32) if x.dtype == np.float16 else x  # as numpy does
    total = np.sum(wide, axis=axis, keepdims=keepdims, where=where)
    average = total / count_of(wide, axis, keepdims, where)
    return average.astype(x.dtype) if wide is not x else average


@stands_for(np.var)
def var(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = no_value,
    correction: Any = no_value,
) -> Any:
    """Return the variance over `axis`, with ``n - ddof`` in the denominator."""
    refuse_arguments("np.var", out=out)
    x = in_dtype("np.var", a, dtype)
    ddof, keepdims = ddof_of(ddof, correction), is_true(keepdims)
    if where is True and mean is no_value:
        return var_primitive(x, axis=axis, ddof=ddof, keepdims=keepdims)
    return variance_about(mean, x, axis, ddof, keepdims, where)


@stands_for(np.std)
def std(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = no_value,
    correction: Any = no_value,
) -> Any:
    """Return the standard deviation over `axis`; its gradient is 0 where it is 0."""
    refuse_arguments("np.std", out=out)
    x = in_dtype("np.std", a, dtype)
    ddof, keepdims = ddof_of(ddof, correction), is_true(keepdims)
    if where is True and mean is no_value:
        return std_primitive(x, axis=axis, ddof=ddof, keepdims=keepdims)
    flat = mean is no_value and all_equal(np.maximum, np.minimum, x, axis, keepdims, where)
    return root_or_zero(variance_about(mean, x, axis, ddof, keepdims, where), flat)


def variance_about(centre: Any, x: Any, axis: Axis, ddof: float, keepdims: bool, where: Any) -> Any:
    """Return the variance of what `where` lets through, about `centre` or the mean of it."""
    if centre is no_value:
        centre = mean(x, axis, keepdims=True, where=where)
    deviation = x - centre
    square = squared_length(deviation)
    freedom = np.maximum(count_of(x, axis, keepdims, where) - ddof, 0)
    return np.sum(square, axis, keepdims=keepdims, where=where) / freedom


def root_or_zero(x: Any, flat: Any = False) -> Any:
    """Return the square root, with derivative 0 at 0 and where it is said to be flat."""
    zero = vanishes(x, flat)
    return np.where(zero, np.sqrt(detached(x)), np.sqrt(one_where(zero, x)))


def count_of(x: Any, axis: Axis, keepdims: bool, where: Any) -> Any:
    """Return how many elements `where` lets through, over the reduced axes: in the dtype of x."""
    counted = np.broadcast_to(where, x.shape)
    return np.sum(counted, axis=axis, keepdims=keepdims).astype(np.real(x).dtype)


def squared_length(x: Any) -> Any:
    """Return ``|x|²`` of real or complex numbers."""
    return np.real(x * np.conj(x)) if x.dtype.kind == "c" else x * x


def ddof_of(ddof: float, correction: Any) -> float:
    """Return the one that is given of two names of the same argument."""
    if correction is no_value:
        return ddof
    if ddof != 0:
        raise ArgumentError(f"ddof and correction are one argument; got {ddof} and {correction}")
    return float(correction)
