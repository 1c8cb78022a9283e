"""Reductions that leave nan out: it gets no gradient.

The primitives compute their values by numpy's own functions, whose warnings about slices without a
number come through.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.ops.moments import all_equal, ddof_of, root_or_zero, vanishes, var
from autograd_lite.ops.reduce import (
    Axis,
    extremum,
    in_dtype,
    is_true,
    masked,
    prod,
    sum,
    with_reduced_axes,
)
from autograd_lite.primitive import no_value, primitive, refuse_arguments, stands_for

__all__ = ["nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar"]

OF_NAN = "0 at nan"
TIES = "shared evenly at ties; 0 at nan"


def nan_extremum_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False, initial: Any = None
) -> Any:
    """Return `g` at the extremum, shared evenly among ties; an `initial` is one more element."""
    top = with_reduced_axes(out, x, axis, keepdims)
    ties = x == top
    count = np.sum(ties, axis=axis, keepdims=True) + (False if initial is None else top == initial)
    share = with_reduced_axes(g, x, axis, keepdims) / np.maximum(count, 1)
    return np.where(ties, share, 0.0)


def nanmean_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``g / n`` for each of `n` numbers, 0 for nan."""
    present = np.logical_not(np.isnan(x))
    count = np.maximum(np.sum(present, axis=axis, keepdims=True), 1)
    return np.where(present, with_reduced_axes(g, x, axis, keepdims) / count, 0.0)


def nanvar_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """Return ``2 g conj(x - mean) / (n - ddof)``, and 0 for nan."""
    present = np.logical_not(np.isnan(x))
    numbers = np.where(present, x, 0.0)
    count = np.sum(present, axis=axis, keepdims=True)
    mean = np.sum(numbers, axis=axis, keepdims=True) / np.maximum(count, 1)
    freedom = np.where(count > ddof, count - ddof, np.nan)  # nan, as out is, where there is none
    slope = 2 * np.conj(numbers - mean) / freedom
    return np.where(present, with_reduced_axes(g, x, axis, keepdims) * slope, 0.0)


def nanstd_vjp(
    g: Any, out: Any, x: Any, *, axis: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """Return ``g conj(x - mean) / ((n - ddof) std)``; 0 for nan, and where numbers are equal."""
    out = with_reduced_axes(out, x, axis, keepdims)
    flat = vanishes(out, all_equal(np.fmax, np.fmin, x, axis))
    halved = with_reduced_axes(g, x, axis, keepdims) * (0.5 / one_where(flat, out))
    slope = nanvar_vjp(halved, out, x, axis=axis, ddof=ddof, keepdims=True)
    return zero_where(flat, slope)


nanmax_primitive = primitive(np.nanmax, nan_extremum_vjp, kinks=TIES)
nanmin_primitive = primitive(np.nanmin, nan_extremum_vjp, kinks=TIES)
nanmean_primitive = primitive(np.nanmean, nanmean_vjp, kinks=OF_NAN)
nanvar_primitive = primitive(np.nanvar, nanvar_vjp, kinks=OF_NAN)
nanstd_primitive = primitive(
    np.nanstd, nanstd_vjp, kinks="0 at nan, and where all numbers are equal"
)


@stands_for(np.nansum)
def nansum(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = no_value,
) -> Any:
    """Return the sum of the numbers over `axis`, or of all: nan counts as 0."""
    numbers = np.where(np.isnan(a), 0, a)
    return sum(numbers, axis, dtype, out, keepdims, initial, mask_of(where))


@stands_for(np.nanprod)
def nanprod(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = no_value,
) -> Any:
    """Return the product of the numbers over `axis`, or of all: nan counts as 1."""
    numbers = np.where(np.isnan(a), 1, a)
    return prod(numbers, axis, dtype, out, keepdims, initial, mask_of(where))


@stands_for(np.nanmax)
def nanmax(
    a: Any,
    axis: Axis = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = no_value,
) -> Any:
    """Return the maximum of the numbers over `axis`, or of all."""
    refuse_arguments("np.nanmax", out=out)
    return extremum(nanmax_primitive, a, axis, keepdims, initial, mask_of(where))


@stands_for(np.nanmin)
def nanmin(
    a: Any,
    axis: Axis = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = no_value,
    where: Any = no_value,
) -> Any:
    """Return the minimum of the numbers over `axis`, or of all."""
    refuse_arguments("np.nanmin", out=out)
    return extremum(nanmin_primitive, a, axis, keepdims, initial, mask_of(where))


@stands_for(np.nanmean)
def nanmean(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = no_value,
) -> Any:
    """Return the mean of the numbers over `axis`, or of all."""
    refuse_arguments("np.nanmean", out=out)
    x = masked(in_dtype("np.nanmean", a, dtype), mask_of(where), np.nan)
    return nanmean_primitive(x, axis=axis, keepdims=is_true(keepdims))


@stands_for(np.nanvar)
def nanvar(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = no_value,
    mean: Any = no_value,
    correction: Any = no_value,
) -> Any:
    """Return the variance of the numbers over `axis`, with ``n - ddof`` in the denominator."""
    refuse_arguments("np.nanvar", out=out)
    x = masked(in_dtype("np.nanvar", a, dtype), mask_of(where), np.nan)
    ddof, keepdims = ddof_of(ddof, correction), is_true(keepdims)
    if mean is no_value:
        return nanvar_primitive(x, axis=axis, ddof=ddof, keepdims=keepdims)
    return variance_of_numbers(x, axis, ddof, keepdims, mean)


@stands_for(np.nanstd)
def nanstd(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = no_value,
    mean: Any = no_value,
    correction: Any = no_value,
) -> Any:
    """Return the standard deviation of the numbers over `axis`; its gradient is 0 where it is 0."""
    refuse_arguments("np.nanstd", out=out)
    x = masked(in_dtype("np.nanstd", a, dtype), mask_of(where), np.nan)
    ddof, keepdims = ddof_of(ddof, correction), is_true(keepdims)
    if mean is no_value:
        return nanstd_primitive(x, axis=axis, ddof=ddof, keepdims=keepdims)
    return root_or_zero(variance_of_numbers(x, axis, ddof, keepdims, mean))


def variance_of_numbers(x: Any, axis: Axis, ddof: float, keepdims: bool, mean: Any) -> Any:
    """Return the variance about a given mean."""
    present = np.logical_not(np.isnan(x))
    numbers = np.where(present, x, 0)
    return var(numbers, axis, ddof=ddof, keepdims=keepdims, where=present, mean=mean)


def mask_of(where: Any) -> Any:
    """Return the mask, True where there is none: what it leaves out counts as nan does."""
    return True if where is no_value else where
