"""Functions that take functions: applied to the slices, axes or parts of an array."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.ops.index import scatter_add
from autograd_lite.primitive import stands_for

__all__ = ["apply_along_axis", "apply_over_axes", "piecewise"]


@stands_for(np.apply_along_axis)
def apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    """Return the results of a function of vectors along `axis`, in the place of that axis."""
    rows = np.moveaxis(arr, axis, -1)
    shape = rows.shape[:-1]
    if not math.prod(shape):
        raise ShapeError(
            f"np.apply_along_axis got an array of shape {np.shape(arr)}, which has no vectors "
            f"along axis {axis}"
        )
    results = [func1d(rows[place], *args, **kwargs) for place in np.ndindex(shape)]
    own = np.shape(results[0])
    joined = np.reshape(np.stack(results), (*shape, *own))
    first = axis % rows.ndim
    places = [first + position for position in range(len(own))]
    return np.moveaxis(joined, list(range(len(shape), len(shape) + len(own))), places)


@stands_for(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: int | Sequence[int]) -> Any:
    """Return the result of ``func(a, axis)`` for one axis after the other, each kept."""
    result = a
    for axis in (axes,) if isinstance(axes, int) else axes:
        reduced = func(result, axis)
        lost = np.ndim(a) - np.ndim(reduced)
        if lost not in (0, 1):
            raise ShapeError(
                f"np.apply_over_axes got a function that returns an array of shape "
                f"{np.shape(reduced)} for one of shape {np.shape(result)}; it may sum up the axis "
                "that it is given"
            )
        result = np.expand_dims(reduced, axis) if lost else reduced
    return result


@stands_for(np.piecewise)
def piecewise(
    x: Any, condlist: Sequence[Any], funclist: Sequence[Any], *args: Any, **kw: Any
) -> Any:
    """Return, of each element, the function or the number of the last condition that holds.

    With one function more than there are conditions, it is for the other elements; they are 0
    otherwise. Each function sees only its own elements.
    """
    conditions = [np.asarray(condition, dtype=bool) for condition in condlist]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.any(conditions, axis=0))
    result: Any = np.zeros_like(x)
    taken = np.zeros(np.shape(x), bool)
    for condition, piece in reversed(list(zip(conditions, funclist, strict=True))):
        own = np.asarray(condition & ~taken)  # a numpy bool is no index in numpy 2.0
        taken |= condition
        part = piece(x[own], *args, **kw) if callable(piece) else piece
        spread = np.broadcast_to(part, int(np.count_nonzero(own)))
        if spread.dtype != result.dtype and result.dtype.kind in "fc":
            spread = spread.astype(result.dtype)  # as numpy does
        result = result + scatter_add(spread, index=own, shape=np.shape(x))
    return result
