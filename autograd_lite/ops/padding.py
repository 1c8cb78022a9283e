"""Padding: one axis after the other, as numpy does, so that the corners come out the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.errors import ArgumentError, NoGradientRuleError
from autograd_lite.ops.index import take_places
from autograd_lite.ops.joining import array as joined
from autograd_lite.ops.joining import concatenate
from autograd_lite.primitive import stands_for
from autograd_lite.value import constant, content_of

__all__ = ["pad"]

OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "constant": ("constant_values",),
    "edge": (),
    "linear_ramp": ("end_values",),
    "maximum": ("stat_length",),
    "mean": ("stat_length",),
    "median": ("stat_length",),
    "minimum": ("stat_length",),
    "reflect": ("reflect_type",),
    "symmetric": ("reflect_type",),
    "wrap": (),
}
"""The options of each mode."""

STATISTICS: Final[dict[str, Callable[..., Any]]] = {
    "maximum": np.max,
    "mean": np.mean,
    "median": np.median,
    "minimum": np.min,
}


@stands_for(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """Return `array` with elements put before and after it, along each axis.

    All of numpy's modes except "empty", whose elements have no value, and functions of one's own.
    `constant_values` and `end_values` may be Values.
    """
    check_options(mode, kwargs)
    if array.dtype.kind not in "fc":
        return constant(np.pad(content_of(array), pad_width, mode, **kwargs))
    widths = as_widths(pad_width, array.ndim)
    if mode in ("constant", "linear_ramp"):
        ends = as_pairs(kwargs.get(OPTIONS[mode][0], 0), array)
        block = ramp if mode == "linear_ramp" else same_value
        return padded(array, widths, lambda x, axis, n, side: block(x, axis, n, side, ends))
    if mode in STATISTICS:
        lengths = np.broadcast_to(np.array(kwargs.get("stat_length"), object), (array.ndim, 2))
        return padded(
            array, widths, lambda x, axis, n, side: statistic(x, axis, n, side, lengths, mode)
        )
    for axis in axes_of(widths):
        if kwargs.get("reflect_type", "even") == "odd" and array.shape[axis] > 1:
            before, after = widths[axis]
            array = reflected(array, axis, before, after, mode == "symmetric")
        else:
            places = np.pad(np.arange(array.shape[axis]), widths[axis], mode)
            array = take_places(array, places, axis)
    return array


def check_options(mode: Any, options: dict[str, Any]) -> None:
    """Raise for a mode without a rule, and for an option that the mode does not have."""
    if mode == "empty" or callable(mode):
        raise NoGradientRuleError(
            f"np.pad(mode={mode!r}) has no gradient rule for Value operands; use one of "
            f"{', '.join(OPTIONS)}"
        )
    if mode not in OPTIONS:
        raise ArgumentError(f"np.pad takes a mode of {', '.join(OPTIONS)}; got {mode!r}")
    unknown = sorted(options.keys() - set(OPTIONS[mode]))
    if unknown:
        raise ArgumentError(
            f"np.pad(mode={mode!r}) takes the options {OPTIONS[mode]}, got {', '.join(unknown)}"
        )


def as_widths(pad_width: Any, ndim: int) -> Any:
    """Return the widths before and after each axis, of shape ``(ndim, 2)``."""
    if isinstance(pad_width, dict):
        widths = np.zeros((ndim, 2), int)
        for axis, pair in pad_width.items():
            widths[normalize_axis_index(axis, ndim)] = pair
    else:
        widths = np.broadcast_to(content_of(pad_width), (ndim, 2))
    if widths.dtype.kind != "i" or (widths < 0).any():
        raise ArgumentError(f"pad_width is whole numbers of 0 or more, got {pad_width!r}")
    return widths


def axes_of(widths: Any) -> list[int]:
    """Return the axes that something is put before or after."""
    axes: list[int] = np.flatnonzero(widths.any(axis=1)).tolist()
    return axes


def as_pairs(ends: Any, array: Any) -> Any:
    """Return the values before and after each axis, ``(ndim, 2)``, in the dtype of an array."""
    ends = joined(ends).astype(array.dtype)
    return np.broadcast_to(ends if ends.requires_grad else ends.data, (array.ndim, 2))


def padded(array: Any, widths: Any, block: Callable[..., Any]) -> Any:
    """Return an array with a block put before and after it, along each axis.

    ``block(x, axis, n, side)`` returns the `n` slices along `axis` before (side 0) or after
    (side 1) what is padded so far.
    """
    for axis in axes_of(widths):
        before, after = (block(array, axis, n, side) for side, n in enumerate(widths[axis]))
        array = concatenate([before, array, after], axis=axis)
    return array


def same_value(x: Any, axis: int, n: int, side: int, values: Any) -> Any:
    """Return a block of one value."""
    return np.broadcast_to(values[axis, side], (*x.shape[:axis], n, *x.shape[axis + 1 :]))


def ramp(x: Any, axis: int, n: int, side: int, ends: Any) -> Any:
    """Return numbers that go evenly from the edge of `x`, left out, to an end value."""
    last = np.squeeze(edge(x, axis, side), axis=axis)
    numbers = np.linspace(ends[axis, side], last, n, endpoint=False, axis=axis)
    return np.flip(numbers, axis) if side else numbers


def statistic(x: Any, axis: int, n: int, side: int, lengths: Any, mode: str) -> Any:
    """Return a statistic of the slices next to an edge, of all of them where no length is given."""
    length = lengths[axis, side]
    count = x.shape[axis] if length is None else min(length, x.shape[axis])
    if not count:
        raise ArgumentError(f"np.pad(mode={mode!r}) got no elements to take the {mode} of")
    chosen = slice(x.shape[axis] - count, None) if side else slice(0, count)
    found = STATISTICS[mode](x[along(axis, chosen)], axis=axis, keepdims=True)
    return np.broadcast_to(found, (*x.shape[:axis], n, *x.shape[axis + 1 :]))


def reflected(x: Any, axis: int, before: int, after: int, include_edge: bool) -> Any:
    """Return an array with its point reflections about its edges before and after it.

    One reflection has as many elements as the array, once less without the edge: wider padding
    reflects what was padded before, in whole periods of the original length.
    """
    own = 0 if include_edge else 1
    period = x.shape[axis] - own
    while before or after:
        whole = (x.shape[axis] - own) // period * period
        left, right = min(whole, before), min(whole, after)
        end = x.shape[axis] - own
        starting = x[along(axis, slice(own, own + left))]
        ending = x[along(axis, slice(end - right, end))]
        x = concatenate(
            [
                2 * edge(x, axis, 0) - np.flip(starting, axis),
                x,
                2 * edge(x, axis, 1) - np.flip(ending, axis),
            ],
            axis=axis,
        )
        before, after = before - left, after - right
    return x


def edge(x: Any, axis: int, side: int) -> Any:
    """Return the first slice along an axis (side 0), or the last, with the axis kept."""
    if not x.shape[axis]:
        raise ArgumentError(f"np.pad got no elements along axis {axis} to go on from")
    return x[along(axis, slice(-1, None) if side else slice(0, 1))]


def along(axis: int, part: slice) -> tuple[slice, ...]:
    """Return the index of a part of an axis."""
    return (*(slice(None),) * axis, part)
