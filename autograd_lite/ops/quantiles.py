"""Medians, quantiles and percentiles: weighted means of the elements at two ranks.

Which elements those are, and their weights, follows from the order of the elements alone. So the
gradient is a linear function of `g` with constant weights, `spread_over_ranks`, whose transpose is
`mean_at_ranks`: each is the other's derivative.

Elements that are equal have no order among them: they share evenly. Where an element is nan, so is
the result, and the gradient goes to nan; the functions that leave nan out give it none.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import NoGradientRuleError
from autograd_lite.ops.reduce import Axis, is_true, kept_shape, reduced_axes
from autograd_lite.primitive import primitive, refuse_arguments, stands_for
from autograd_lite.value import Value, content_of

__all__ = [
    "mean_at_ranks",
    "median",
    "nanmedian",
    "nanpercentile",
    "nanquantile",
    "percentile",
    "quantile",
    "spread_over_ranks",
]

TIES = "shared evenly at ties; passes to nan"
TIES_WITHOUT_NAN = "shared evenly at ties; 0 at nan"


class Ranks(NamedTuple):
    """Where the quantiles of rows are, and with which weights.

    `order` and `group` are ``(rows, n)``: the positions of the sorted elements, and the number of
    the set of equal elements that each belongs to. The others are ``(quantiles, rows)``.
    """

    order: NDArray[Any]
    group: NDArray[Any]
    lower: NDArray[Any]
    upper: NDArray[Any]
    weight: NDArray[Any]
    present: NDArray[Any]


def ranks_of(rows: NDArray[Any], q: Any, method: str, ignore_nan: bool) -> Ranks:
    """Return the ranks of the quantiles `q` of each row."""
    order = np.argsort(rows, axis=-1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=-1)
    missing = np.isnan(ordered)
    starts = np.ones(rows.shape, bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    starts[:, 1:] &= ~(missing[:, 1:] & missing[:, :-1])
    group = np.reshape(np.cumsum(starts) - 1, rows.shape)
    count = rows.shape[1] - np.count_nonzero(missing, axis=1)
    counted = count if ignore_nan else np.full_like(count, rows.shape[1])
    rank = ranks_for_counts(np.ravel(q), counted, method)
    if not ignore_nan:
        rank = np.where(missing[:, -1:].T, rows.shape[1] - 1, rank)  # nan is sorted to the end
    lower = np.floor(rank).astype(int)
    upper = np.ceil(rank).astype(int)
    present = np.broadcast_to(count > 0, rank.shape) if ignore_nan else np.ones(rank.shape, bool)
    return Ranks(order, group, lower, upper, rank - lower, present)


def ranks_for_counts(q: NDArray[Any], count: NDArray[Any], method: str) -> NDArray[Any]:
    """Return the rank of each quantile among each count of elements, a fraction between two.

    The quantile of 0, 1, 2, ... is its rank: numpy's own, whatever the method.
    """
    rank = np.zeros((q.size, count.size))
    for n in np.unique(count[count > 0]):
        rank[:, count == n] = np.quantile(np.arange(float(n)), q, method=method)[:, None]  # type: ignore[call-overload]
    return rank


def as_rows(x: Any, axis: Axis) -> NDArray[Any]:
    """Return an array as ``(rows, n)``: the axes that are reduced are flattened to the last."""
    axes = reduced_axes(x.ndim, axis) if x.ndim else ()
    moved = np.moveaxis(x, axes, range(-len(axes), 0))
    kept = moved.shape[: moved.ndim - len(axes)]
    return np.reshape(moved, (math.prod(kept), math.prod(moved.shape[len(kept) :])))


def from_rows(rows: NDArray[Any], shape: tuple[int, ...], axis: Axis) -> Any:
    """Return rows in the shape of the array that they were made from."""
    axes = reduced_axes(len(shape), axis) if shape else ()
    last = tuple(range(-len(axes), 0))
    moved_shape = np.moveaxis(np.empty(shape, bool), axes, last).shape
    return np.moveaxis(np.reshape(rows, moved_shape), last, axes)


def means_of_groups(rows: NDArray[Any], group: NDArray[Any]) -> NDArray[Any]:
    """Return each element replaced by the mean of those that are in its group."""
    flat = np.ravel(group)
    total = np.bincount(flat, weights=np.ravel(rows))
    mean: NDArray[Any] = (total / np.bincount(flat))[group]
    return mean


def spread_forward(
    g: Any, x: Any, *, q: Any, axis: Axis, method: str, keepdims: bool, ignore_nan: bool
) -> Any:
    """Compute the gradient of the quantiles of `x`, given that of the result."""
    if not x.size:
        return np.zeros(x.shape, g.dtype)
    rows = as_rows(x, axis)
    ranks = ranks_of(rows, q, method, ignore_nan)
    shares = np.reshape(g, ranks.weight.shape) * ranks.present
    places = np.arange(rows.shape[0]) * rows.shape[1]
    ordered = np.bincount(
        np.concatenate([np.ravel(ranks.lower + places), np.ravel(ranks.upper + places)]),
        weights=np.concatenate(
            [np.ravel(shares * (1 - ranks.weight)), np.ravel(shares * ranks.weight)]
        ),
        minlength=rows.size,
    )
    gradient = np.empty(rows.shape)
    shared = means_of_groups(np.reshape(ordered, rows.shape), ranks.group)
    np.put_along_axis(gradient, ranks.order, shared, axis=1)
    return from_rows(gradient, x.shape, axis).astype(g.dtype)


def mean_forward(
    h: Any, x: Any, *, q: Any, axis: Axis, method: str, keepdims: bool, ignore_nan: bool
) -> Any:
    """Compute the means of the elements of `h` that stand where the quantiles of `x` are."""
    kept = kept_shape(x.shape, axis)
    if not keepdims:
        reduced = {a % x.ndim for a in reduced_axes(x.ndim, axis)} if x.ndim else set()
        kept = tuple(length for a, length in enumerate(kept) if a not in reduced)
    if not x.size:
        return np.zeros(np.shape(q) + kept, h.dtype)[()]
    rows = as_rows(x, axis)
    ranks = ranks_of(rows, q, method, ignore_nan)
    ordered = means_of_groups(
        np.take_along_axis(as_rows(h, axis), ranks.order, axis=1), ranks.group
    )
    row = np.arange(rows.shape[0])
    low, high = ordered[row, ranks.lower], ordered[row, ranks.upper]
    means = ranks.present * ((1 - ranks.weight) * low + ranks.weight * high)
    return np.reshape(means, np.shape(q) + kept).astype(h.dtype)[()]


def spread_vjp(g: Any, out: Any, h: Any, x: Any, **where: Any) -> Any:
    """Return the transpose: the means of `g` at the quantiles of `x`."""
    return mean_at_ranks(g, x, **where)


def mean_vjp(g: Any, out: Any, h: Any, x: Any, **where: Any) -> Any:
    """Return the transpose: `g` spread over the quantiles of `x`."""
    return spread_over_ranks(g, x, **where)


def quantile_vjp(
    g: Any, out: Any, a: Any, *, q: Any, axis: Any, method: str, keepdims: bool
) -> Any:
    """Return `g` for the elements that the quantiles are made of, with their weights."""
    return spread_over_ranks(
        g, a, q=q, axis=axis, method=method, keepdims=keepdims, ignore_nan=False
    )


def nanquantile_vjp(
    g: Any, out: Any, a: Any, *, q: Any, axis: Any, method: str, keepdims: bool
) -> Any:
    """Return `g` for the elements that the quantiles are made of, 0 for nan."""
    return spread_over_ranks(
        g, a, q=q, axis=axis, method=method, keepdims=keepdims, ignore_nan=True
    )


def median_vjp(g: Any, out: Any, a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` at the middle element, half of it at each of two."""
    return quantile_vjp(g, out, a, q=0.5, axis=axis, method="linear", keepdims=keepdims)


def nanmedian_vjp(g: Any, out: Any, a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `g` at the middle number, half of it at each of two, 0 for nan."""
    return nanquantile_vjp(g, out, a, q=0.5, axis=axis, method="linear", keepdims=keepdims)


spread_over_ranks = primitive(spread_forward, spread_vjp, None, name="spread_over_ranks")
mean_at_ranks = primitive(mean_forward, mean_vjp, None, name="mean_at_ranks")
median_primitive = primitive(np.median, median_vjp, kinks=TIES, real_only=True)
nanmedian_primitive = primitive(np.nanmedian, nanmedian_vjp, kinks=TIES_WITHOUT_NAN, real_only=True)
quantile_primitive = primitive(
    lambda a, *, q, axis, method, keepdims: np.quantile(
        a, q, axis=axis, method=method, keepdims=keepdims
    ),
    quantile_vjp,
    name="quantile",
    stands_for=np.quantile,
    kinks=TIES,
)
nanquantile_primitive = primitive(
    lambda a, *, q, axis, method, keepdims: np.nanquantile(
        a, q, axis=axis, method=method, keepdims=keepdims
    ),
    nanquantile_vjp,
    name="nanquantile",
    stands_for=np.nanquantile,
    kinks=TIES_WITHOUT_NAN,
)

# With numpy's arguments. `overwrite_input` only allows numpy to save a copy: it needs nothing here.


@stands_for(np.median)
def median(
    a: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """Return the median over `axis`, or of all elements."""
    refuse_arguments("np.median", out=out)
    return median_primitive(a, axis=axis, keepdims=is_true(keepdims))


@stands_for(np.nanmedian)
def nanmedian(
    a: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """Return the median of the numbers over `axis`, or of all: nan is left out."""
    refuse_arguments("np.nanmedian", out=out)
    return nanmedian_primitive(a, axis=axis, keepdims=is_true(keepdims))


@stands_for(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    **other: Any,
) -> Any:
    """Return the quantiles `q`, fractions of the elements, over `axis` or of all."""
    refuse_arguments("np.quantile", out=out, **other)
    q = constant_fractions("np.quantile", q)
    return quantile_primitive(a, q=q, axis=axis, method=method, keepdims=is_true(keepdims))


@stands_for(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    **other: Any,
) -> Any:
    """Return the quantiles `q` of the numbers over `axis`, or of all: nan is left out."""
    refuse_arguments("np.nanquantile", out=out, **other)
    q = constant_fractions("np.nanquantile", q)
    return nanquantile_primitive(a, q=q, axis=axis, method=method, keepdims=is_true(keepdims))


@stands_for(np.percentile)
def percentile(a: Any, q: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the quantiles of ``q / 100``; the other arguments are those of `quantile`."""
    return quantile(a, per_hundred("np.percentile", q), *args, **kwargs)


@stands_for(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the quantiles of ``q / 100`` of the numbers; the arguments are those of `quantile`."""
    return nanquantile(a, per_hundred("np.nanpercentile", q), *args, **kwargs)


def per_hundred(name: str, q: Any) -> Any:
    """Return percentages as fractions: a Python number stays one, and takes the dtype of data."""
    q = constant_fractions(name, q)
    return q / 100 if type(q) in (int, float) else np.true_divide(q, 100)


def constant_fractions(name: str, q: Any) -> Any:
    """Return `q` without a Value around it."""
    if type(q) is Value and q.requires_grad:
        raise NoGradientRuleError(
            f"{name} has no gradient rule for q; use q.detach() for a constant"
        )
    return content_of(q)
