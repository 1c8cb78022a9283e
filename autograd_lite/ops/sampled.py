"""Functions that are known at points: differences, slopes, integrals and interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from autograd_lite.ops.elementwise import as_dtype
from autograd_lite.ops.masking import one_where, zero_where
from autograd_lite.primitive import no_value, primitive, stands_for
from autograd_lite.value import Value, content_of, detached

__all__ = [
    "diff",
    "ediff1d",
    "gradient",
    "interp",
    "trapezoid",
    "unwrap",
]


def as_operand(x: Any) -> Any:
    """Return a Value as it is, anything else as an array."""
    return x if type(x) is Value else np.asarray(x)


def neighbours(x: Any, axis: int) -> tuple[Any, Any]:
    """Return all elements along an axis but the last, and all but the first."""
    before = (slice(None),) * normalize_axis_index(axis, x.ndim)
    return x[(*before, slice(None, -1))], x[(*before, slice(1, None))]


@stands_for(np.diff)
def diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = no_value, append: Any = no_value
) -> Any:
    """Return the `n`-th differences along an axis, which grows by `prepend` and `append` first."""
    if n == 0:
        return a
    a = as_operand(a)
    if n < 0 or not a.ndim:
        raise ArgumentError(
            f"np.diff takes a non-negative n and an array of one axis or more, got n={n} and shape "
            f"{a.shape}"
        )
    axis = normalize_axis_index(axis, a.ndim)
    edge = [1 if i == axis else length for i, length in enumerate(a.shape)]
    parts = [
        part if np.ndim(part) else np.broadcast_to(part, tuple(edge))
        for part in (prepend, a, append)
        if part is not no_value
    ]
    a = end_to_end(parts, axis)
    difference = np.not_equal if a.dtype.kind == "b" else np.subtract
    for _ in range(n):
        left, right = neighbours(a, axis)
        a = difference(right, left)
    return a


def end_to_end(parts: Sequence[Any], axis: int) -> Any:
    """Return parts as one array along an axis: a single one as it is."""
    first, *others = parts
    return np.concatenate(parts, axis=axis) if others else first


@stands_for(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return the differences of all elements in order, between `to_begin` and `to_end`."""
    flat = np.reshape(as_operand(ary), (-1,))
    parts = [diff(flat)]
    if to_begin is not None:
        parts = [ends(to_begin, flat.dtype), *parts]
    if to_end is not None:
        parts.append(ends(to_end, flat.dtype))
    return end_to_end(parts, 0)


def ends(x: Any, dtype: Any) -> Any:
    """Return the elements of `x` as numpy takes them for ends of differences of `dtype`."""
    flat = np.reshape(as_operand(x), (-1,))
    if not np.can_cast(flat.dtype, dtype, "same_kind"):
        raise DtypeError(f"np.ediff1d of {dtype} got an end of {flat.dtype}; convert it first")
    return as_dtype(flat, dtype)


@stands_for(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Return the slopes of samples along each axis: central inside, one-sided at the ends.

    `varargs` are the spacings: one number for all axes, or for each axis a number or the
    coordinates of its points, which are operands, too.
    """
    f = as_operand(f)
    axes = tuple(range(f.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if edge_order not in (1, 2):
        raise ArgumentError(f"np.gradient takes edge_order 1 or 2, got {edge_order}")
    if len(varargs) < 2 and not any(map(np.ndim, varargs)):
        varargs = (varargs or (1.0,)) * len(axes)
    if len(varargs) != len(axes):
        raise ArgumentError(
            f"np.gradient takes one spacing, or one for each of {len(axes)} axes, got "
            f"{len(varargs)}"
        )
    slopes = [
        np.moveaxis(slopes_of_rows(np.moveaxis(f, i, -1), as_operand(h), edge_order), -1, i)
        for i, h in zip(axes, varargs, strict=True)
    ]
    if f.dtype.kind in "fc":
        slopes = [as_dtype(x, f.dtype) for x in slopes]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def slopes_of_rows(f: Any, spacing: Any, edge_order: int) -> Any:
    """Return the slopes along the last axis, by formulas that are exact for parabolas inside.

    With steps h and k to the left and to the right, the slope inside is
    ``-k / (h (h + k)) f[i-1] + (k - h) / (h k) f[i] + h / (k (h + k)) f[i+1]``.
    """
    length = f.shape[-1]
    if length <= edge_order:
        raise ShapeError(
            f"np.gradient with edge_order={edge_order} takes {edge_order + 1} points or more along "
            f"each axis, got {length}"
        )
    if not spacing.ndim:
        steps = np.broadcast_to(spacing, (edge_order,))
        inside = (f[..., 2:] - f[..., :-2]) / (2.0 * spacing)
    elif spacing.shape == (length,):
        steps = spacing[1:] - spacing[:-1]
        h, k = steps[:-1], steps[1:]
        inside = -k / (h * (h + k)) * f[..., :-2] + (k - h) / (h * k) * f[..., 1:-1]
        inside = inside + h / (k * (h + k)) * f[..., 2:]
    else:
        raise ShapeError(
            f"np.gradient takes a number or {length} coordinates for an axis of length {length}, "
            f"got an array of shape {spacing.shape}"
        )
    first = slope_at_end(f, steps, edge_order)
    last = -slope_at_end(f[..., ::-1], steps[::-1], edge_order)
    return np.concatenate([first, inside, last], axis=-1)


def slope_at_end(f: Any, steps: Any, edge_order: int) -> Any:
    """Return the slope at the first point, of the line or the parabola through the next ones."""
    h = steps[0]
    if edge_order < 2:
        return (f[..., 1:2] - f[..., :1]) / h
    k = steps[1]
    near = -(2.0 * h + k) / (h * (h + k)) * f[..., :1] + (h + k) / (h * k) * f[..., 1:2]
    return near - h / (k * (h + k)) * f[..., 2:3]


@stands_for(np.trapezoid, getattr(np, "trapz", np.trapezoid))  # gone from numpy 2.4
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral along an axis, by the trapezoidal rule."""
    y = as_operand(y)
    left, right = neighbours(y, axis)
    steps = dx
    if x is not None:
        x = as_operand(x)
        steps = diff(x, axis=axis if x.ndim > 1 else -1)
        if x.ndim == 1:
            steps = np.reshape(steps, (-1, *(1,) * (y.ndim - 1 - axis % y.ndim)))
    return np.sum(steps * (left + right) / 2.0, axis=axis)


@stands_for(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """Return the piecewise linear function through the points ``(xp, fp)``, in float64.

    At a point the slope is that of the piece to its right, at the last one that of the piece to
    its left. Outside of the points the function is constant: `left` or `right`. (numpy looks for
    Values in `x`, `xp` and `fp` alone: without one there, a Value as `left` is a plain number.)
    """
    x, xp = as_double(x, np.float64), as_double(xp, np.float64)
    fp = as_double(fp, np.complex128 if np.iscomplexobj(fp) else np.float64)
    if xp.ndim != 1 or xp.shape != fp.shape or not xp.size:
        raise ShapeError(
            f"np.interp takes as many points xp as numbers fp, one or more, got shapes {xp.shape} "
            f"and {fp.shape}"
        )
    if period is not None:
        x, xp, fp = periodic_points(x, xp, fp, period)
        left = right = None
    start = np.searchsorted(detached(xp), detached(x), side="right") - 1
    start = np.minimum(start, xp.size - 2)  # -1 is the last point: some piece, where x is below all
    stop = start + 1
    below, above = x < xp[0], x > xp[-1]
    width = xp[stop] - xp[start]
    slope = (fp[stop] - fp[start]) / one_where(width == 0, width)
    x = zero_where(np.logical_or(below, above), x)  # infinity times a gradient of 0 is nan
    inside = slope * (x - xp[start]) + fp[start]
    outside = np.where(above, fp[-1] if right is None else right, inside)
    return np.where(below, fp[0] if left is None else left, outside)


def as_double(x: Any, dtype: Any) -> Any:
    """Return `x` in a double precision dtype, as numpy interpolates."""
    if type(x) is not Value:
        return np.asarray(x, dtype)
    return as_dtype(x, dtype)


def periodic_points(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Return `x` and the points within one period, with one point more on each side."""
    if content_of(period) == 0:
        raise ArgumentError("np.interp got a period of 0; it must be another number")
    period = np.abs(period)
    x, xp = x % period, xp % period
    order = np.argsort(detached(xp))
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]])


def unwrap_vjp(
    g: Any,
    out: Any,
    x: Any,
    *,
    discont: Any = None,
    axis: Any = None,
    period: Any = None,
) -> Any:
    """Return `g`: the multiples of the period that were added are constant between the jumps."""
    return g


unwrap = primitive(np.unwrap, unwrap_vjp, kinks="1 at a jump", real_only=True)
