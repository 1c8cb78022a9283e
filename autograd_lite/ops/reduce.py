"""Reductions over axes, and running sums and products along one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.primitive import primitive

__all__ = [
    "cumprod",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
]

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


def reduced_count(x: Any, out: Any) -> float:
    """Return how many elements of `x` make one of `out`."""
    return x.size / out.size if out.size else 1.0


def sum_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` for each summand."""
    return np.broadcast_to(with_reduced_axes(g, x, axis, keepdims), x.shape)


def mean_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``g / n`` for each of `n` elements."""
    share = 1 / reduced_count(x, out)  # a product: n itself overflows float16 beyond 65504
    return sum_vjp(g * share, out, x, axis=axis, keepdims=keepdims)


def extremum_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` at the extremum, shared evenly among ties, or among nan where it is nan."""
    ties = np.logical_or(x == with_reduced_axes(out, x, axis, keepdims), x != x)
    count = np.sum(ties, axis=axis, keepdims=True)
    return np.where(ties, with_reduced_axes(g, x, axis, keepdims) / count, 0.0)


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
    """Return ``g (x - mean) / ((n - ddof) std)``, and 0 where the deviation is 0."""
    halved = g * (0.5 / np.where(out == 0, 1.0, out))
    slope = var_vjp(halved, out, x, axis=axis, ddof=ddof, keepdims=keepdims)
    return np.where(with_reduced_axes(out, x, axis, keepdims) == 0, 0.0, slope)


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


def cumsum_vjp(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    """Return the running sum of `g` from the end."""
    along = 0 if axis is None else axis
    gradient = np.flip(np.cumsum(np.flip(g, axis=along), axis=along), axis=along)
    return np.reshape(gradient, x.shape)


def cumprod_vjp(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    """Return ``product_before(x) h``, where ``h[i] = g[i] + x[i+1] h[i+1]``: exact at zeros.

    Element `i` is a factor of the results `i`, `i+1`, ...; without it they are the product before
    it times 1, x[i+1], x[i+1] x[i+2], ..., which the recurrence adds up from the end.
    """
    along = -1 if axis is None else axis
    flat = np.reshape(x, (-1,)) if axis is None or not x.ndim else x
    rows, g = np.moveaxis(flat, along, -1), np.moveaxis(g, along, -1)
    gradient = product_before(rows) * sums_of_tail_products(g, rows)
    return np.reshape(np.moveaxis(gradient, -1, along), x.shape)


def sums_of_tail_products(g: Any, x: Any) -> Any:
    """Solve ``h[i] = g[i] + x[i+1] h[i+1]`` along the last axis, in log2(n) sweeps.

    Each sweep doubles how many terms of the recurrence ``h[i] = total[i] + factor[i] h[i+step]``
    stand written out.
    """
    length = x.shape[-1]
    total, factor = g, shifted(x, 1)
    step = 1
    while step < length:
        total = total + factor * shifted(total, step)
        factor = factor * shifted(factor, step)
        step *= 2
    return total


def shifted(x: Any, step: int) -> Any:
    """Return `x` moved `step` places to the front along the last axis, with zeros behind."""
    return np.concatenate([x[..., step:], np.zeros_like(x[..., :step])], axis=-1)


def logsumexp_forward(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Compute log(sum(exp(x))) without overflow."""
    top = np.max(np.real(x), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.sum(np.exp(x - top), axis=axis, keepdims=True)
    with np.errstate(divide="ignore"):  # log(0) = -inf is the answer where all are -inf
        out = np.log(total) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def logsumexp_vjp(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return ``g exp(x - out)``, the softmax; 0 where all elements are -inf."""
    total = with_reduced_axes(out, x, axis, keepdims)
    total = np.where(np.isinf(total), 0.0, total)
    return with_reduced_axes(g, x, axis, keepdims) * np.exp(x - total)


sum = primitive(np.sum, sum_vjp)
mean = primitive(np.mean, mean_vjp)
max = primitive(np.max, extremum_vjp)
min = primitive(np.min, extremum_vjp)
var = primitive(np.var, var_vjp)
std = primitive(np.std, std_vjp)
prod = primitive(np.prod, prod_vjp)
cumsum = primitive(np.cumsum, cumsum_vjp)
cumprod = primitive(np.cumprod, cumprod_vjp)
logsumexp = primitive(logsumexp_forward, logsumexp_vjp, name="logsumexp")
