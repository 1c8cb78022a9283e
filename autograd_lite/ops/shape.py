"""Operations that move elements and leave them as they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import NoGradientRuleError
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "atleast_2d",
    "broadcast_to",
    "expand_dims",
    "flip",
    "full_like",
    "moveaxis",
    "ravel",
    "reshape",
    "squeeze",
    "swapaxes",
    "transpose",
]


def transpose_vjp(g: Any, out: Any, x: Any, *, axes: Any = None) -> Any:
    """Return `g` with its axes put back."""
    return np.transpose(g, None if axes is None else np.argsort([a % x.ndim for a in axes]))


def reshape_vjp(g: Any, out: Any, x: Any, *, shape: Any) -> Any:
    """Return `g` in the shape of the operand."""
    return np.reshape(g, x.shape)


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


def flip_vjp(g: Any, out: Any, m: Any, *, axis: Any = None) -> Any:
    """Return `g` flipped again."""
    return np.flip(g, axis=axis)


reshape_primitive = primitive(
    lambda x, *, shape: np.reshape(x, shape), reshape_vjp, name="reshape", stands_for=np.reshape
)
transpose = primitive(np.transpose, transpose_vjp)
swapaxes = primitive(np.swapaxes, swapaxes_vjp)
moveaxis = primitive(np.moveaxis, moveaxis_vjp)
expand_dims = primitive(np.expand_dims, expand_dims_vjp)
squeeze = primitive(np.squeeze, squeeze_vjp)
broadcast_to = primitive(np.broadcast_to, broadcast_to_vjp)
flip = primitive(np.flip, flip_vjp)
full_like = primitive(np.full_like, None, lambda g, out, x, fill_value: g)


@stands_for(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", **other: Any) -> Any:
    """Return the elements of `a` in another shape, in C order."""
    if order != "C" or other.keys() - {"newshape", "copy"}:
        raise NoGradientRuleError(
            f"np.reshape(order={order!r}) has no gradient rule for Value operands; use order='C'"
        )
    return reshape_primitive(a, shape=other.get("newshape", shape))


@stands_for(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Return the elements along one axis, in C order."""
    return reshape(a, (-1,), order)


@stands_for(np.atleast_2d)
def atleast_2d(x: Any) -> Any:
    """Return an array of two axes or more: a vector becomes a row."""
    return x if np.ndim(x) >= 2 else np.reshape(x, (1, -1))
