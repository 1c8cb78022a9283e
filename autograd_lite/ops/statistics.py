"""Weighted averages, covariances and correlations: made of other operations."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.ops.elementwise import as_dtype
from autograd_lite.ops.reduce import Axis, is_true, reduced_axes
from autograd_lite.primitive import stands_for
from autograd_lite.value import check_content, content_of, data_of, detached

__all__ = ["average", "corrcoef", "cov"]


@stands_for(np.average)
def average(
    a: Any,
    axis: Axis = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: Any = False,
) -> Any:
    """Return the weighted mean over `axis`; differentiable in the weights, too.

    With `returned`, the sums of the weights come along.
    """
    keepdims = is_true(keepdims)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        count = np.size(a) / mean.size
        return (mean, np.full_like(mean, count)) if returned else mean
    weights = weights_in_shape(np.shape(a), axis, weights)
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    check_content(check_total_weight, total)
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    if not returned:
        return mean
    return mean, np.broadcast_to(as_dtype(total, mean.dtype), mean.shape)


def weights_in_shape(shape: tuple[int, ...], axis: Axis, weights: Any) -> Any:
    """Return weights that broadcast against an array of `shape`: of it, or along `axis` only."""
    given = np.shape(weights)
    if given == shape:
        return weights
    axes = tuple(a % len(shape) for a in reduced_axes(len(shape), axis))
    if axis is None or given != tuple(shape[a] for a in axes):
        raise ShapeError(
            f"np.average takes weights of the shape {shape} of the array, or of its lengths along "
            f"axis; got weights of shape {given} and axis={axis}"
        )
    in_order = np.transpose(weights, np.argsort(axes))
    return np.reshape(in_order, [n if a in axes else 1 for a, n in enumerate(shape)])


@stands_for(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Return the covariance matrix of variables, one a row (or a column: ``rowvar=False``).

    It has the dtype of the variables: float32 stays float32, where numpy has float64.
    """
    if max(np.ndim(m), np.ndim(y)) > 2:
        raise ShapeError(
            f"np.cov takes arrays of two axes at most; got shapes {np.shape(m)} and {np.shape(y)}"
        )
    fweights, aweights = (
        np.asarray(w) if isinstance(w, list | tuple) else w for w in (fweights, aweights)
    )
    x = variables(m, y, rowvar)
    x = x if dtype is None else x.astype(dtype)
    if not x.shape[0]:
        return x @ np.swapaxes(x, 0, 1)
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = fweights if aweights is None else aweights
    if fweights is not None and aweights is not None:
        weights = aweights * fweights
    mean, totals = average(x, axis=1, weights=weights, returned=True)
    total = totals[0]  # the same for each variable
    freedom: Any = total - ddof
    if aweights is not None and ddof:
        freedom = total - ddof * np.sum(weights * aweights) / total
    if content_of(freedom) <= 0:  # as numpy does
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        freedom = 0.0 * abs(data_of(freedom))
    x = x - np.expand_dims(mean, 1)
    weighted = x if weights is None else x * weights
    products = x @ np.conj(np.swapaxes(weighted, 0, 1))
    return np.squeeze(products * (1 / freedom))


def check_total_weight(total: Any) -> None:
    """Raise if there is a mean of no weight."""
    if np.any(total == 0):
        raise ZeroDivisionError("np.average got weights that sum to 0")


def variables(m: Any, y: Any, rowvar: bool) -> Any:
    """Return the variables of one or two arrays as the rows of a matrix."""
    x = np.reshape(m, (1, -1)) if np.ndim(m) < 2 else m if rowvar else np.swapaxes(m, 0, 1)
    if y is None:
        return x
    others = np.reshape(y, (1, -1)) if np.ndim(y) < 2 else y
    if not rowvar and others.shape[0] != 1:
        others = np.swapaxes(others, 0, 1)
    return np.concatenate([x, others], axis=0)


@stands_for(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Return the correlations of variables, one a row (or a column: ``rowvar=False``).

    They have the dtype of the variables: float32 stays float32, where numpy has float64.
    """
    covariance = cov(x, y, rowvar, dtype=dtype)
    if not covariance.ndim:
        return covariance / covariance
    deviation = np.sqrt(np.real(np.diagonal(covariance)))
    correlation = covariance / np.expand_dims(deviation, 1) / deviation
    rounded = detached(correlation)
    limited = np.clip(rounded.real, -1, 1)
    if rounded.dtype.kind == "c":
        limited = limited + 1j * np.clip(rounded.imag, -1, 1)
    # Rounding may lead beyond 1. To clip there would cut the gradient of what lies within.
    return correlation + (limited - rounded)
