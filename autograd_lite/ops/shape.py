"""The same elements in another shape: axes added, taken out, exchanged and stretched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.errors import ArgumentError, NoGradientRuleError, ShapeError
from autograd_lite.primitive import primitive, stands_for
from autograd_lite.value import Value, content_of, data_of

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_arrays",
    "broadcast_to",
    "expand_dims",
    "full_like",
    "matrix_transpose",
    "meshgrid",
    "moveaxis",
    "ravel",
    "reshape",
    "rollaxis",
    "squeeze",
    "swapaxes",
    "transpose",
]


def reshape_vjp(g: Any, out: Any, x: Any, *, shape: Any, order: Any = "C") -> Any:
    """Return `g` in the shape of the operand, read in the same order."""
    return np.reshape(g, x.shape, order=order)


def transpose_vjp(g: Any, out: Any, x: Any, *, axes: Any = None) -> Any:
    """Return `g` with its axes put back."""
    return np.transpose(g, None if axes is None else np.argsort([a % x.ndim for a in axes]))


def expand_dims_vjp(g: Any, out: Any, x: Any, *, axis: Any) -> Any:
    """Return `g` in the shape of the operand."""
    return np.reshape(g, x.shape)


def squeeze_vjp(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    """Return `g` in the shape of the operand."""
    return np.reshape(g, x.shape)


def broadcast_to_vjp(g: Any, out: Any, x: Any, *, shape: Any) -> Any:
    """Return `g`, which the driver sums back to the operand's shape."""
    return g


def swapaxes_vjp(g: Any, out: Any, x: Any, *, axis1: int, axis2: int) -> Any:
    """Return `g` with the axes exchanged again."""
    return np.swapaxes(g, axis1, axis2)


def moveaxis_vjp(g: Any, out: Any, x: Any, *, source: Any, destination: Any) -> Any:
    """Return `g` with the axes moved back."""
    return np.moveaxis(g, destination, source)


reshape_primitive = primitive(
    lambda x, *, shape, order="C": np.reshape(x, shape, order=order),
    reshape_vjp,
    name="reshape",
    stands_for=np.reshape,
)
transpose = primitive(np.transpose, transpose_vjp)
swapaxes = primitive(np.swapaxes, swapaxes_vjp)
moveaxis = primitive(np.moveaxis, moveaxis_vjp)
expand_dims = primitive(np.expand_dims, expand_dims_vjp)
squeeze = primitive(np.squeeze, squeeze_vjp)
broadcast_to = primitive(np.broadcast_to, broadcast_to_vjp)
full_like = primitive(np.full_like, None, lambda g, out, x, fill_value: g)


@stands_for(np.reshape)
def reshape(
    a: Any, shape: Any = None, order: Any = "C", *, newshape: Any = None, copy: Any = None
) -> Any:
    """Return the elements of `a`, read and written in C or F order, in another shape."""
    shape = newshape if shape is None else shape
    if copy is not None:
        check: Any = np.reshape  # which does not know `copy` before numpy 2.1
        check(data_of(a), shape, order, copy=copy)  # raises where False asks too much
    if order == "C":
        return reshape_primitive(a, shape=shape)
    return reshape_primitive(a, shape=shape, order=order_in_memory(a) if order == "A" else order)


def order_in_memory(a: Any) -> str:
    """Return what order="A" means: "F" for an array in that order, else "C"."""
    return "F" if np.isfortran(np.asarray(content_of(a))) else "C"


@stands_for(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Return the elements along one axis.

    The order "K" is that in memory, of an array in one piece.
    """
    if order == "K":
        flags = np.asarray(content_of(a)).flags
        if not flags.forc:
            raise NoGradientRuleError(
                "np.ravel(order='K') reads a Value as it lies in memory, and this one does not lie "
                "there in one piece; use order='C'"
            )
        order = "A"
    return reshape(a, (-1,), order)


def with_axis(a: Any, axis: int | None) -> tuple[Any, int]:
    """Return an array and one of its axes, from 0 on: without one, all elements in one row."""
    if axis is None:
        a, axis = ravel(a), 0
    return a, normalize_axis_index(axis, np.ndim(a))


@stands_for(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Return `a` with an axis moved to stand before that at position `start`."""
    ndim = np.ndim(a)
    axis = normalize_axis_index(axis, ndim)
    place = start + ndim if start < 0 else start
    if not 0 <= place <= ndim:
        raise np.exceptions.AxisError(start, ndim)
    return moveaxis(a, source=axis, destination=place - 1 if axis < place else place)


@stands_for(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """Return the array with its last two axes exchanged."""
    if np.ndim(x) < 2:
        raise ShapeError(f"matrix_transpose takes two axes or more, got shape {np.shape(x)}")
    return swapaxes(x, axis1=-1, axis2=-2)


@stands_for(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """Return the arrays, each stretched to the shape that they have together."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(broadcast_to(x, shape=shape) for x in args)


@stands_for(np.meshgrid)
def meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Any, ...]:
    """Return, of vectors of coordinates, the coordinates at each point of their grid."""
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"indexing is 'xy' or 'ij', got {indexing!r}")
    count = len(xi)
    axes = list(range(count))
    if indexing == "xy":
        axes[:2] = axes[:2][::-1]
    grids = [
        reshape(x, (1,) * axis + (-1,) + (1,) * (count - 1 - axis))
        for x, axis in zip(xi, axes, strict=True)
    ]
    return tuple(grids) if sparse else broadcast_arrays(*grids)


def one_or_all(one: Callable[[Any], Any], arrays: Sequence[Any]) -> Any:
    """Return what a function makes of each of several arrays, or of the only one."""
    results = tuple(one(x if type(x) is Value else np.asarray(x)) for x in arrays)
    return results[0] if len(results) == 1 else results


@stands_for(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """Return an array of one axis or more, of each of the arguments."""
    return one_or_all(lambda x: x if np.ndim(x) else reshape(x, (1,)), arys)


@stands_for(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """Return an array of two axes or more, of each of the arguments: a vector becomes a row."""
    return one_or_all(lambda x: x if np.ndim(x) > 1 else reshape(x, (1, -1)), arys)


@stands_for(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """Return an array of three axes or more, of each of the arguments.

    A vector becomes ``(1, n, 1)``, a matrix ``(m, n, 1)``.
    """
    return one_or_all(lambda x: x if np.ndim(x) > 2 else np.expand_dims(atleast_2d(x), -1), arys)
