"""Operations that move elements and leave them as they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive

__all__ = [
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "flip",
    "full_like",
    "moveaxis",
    "reshape",
    "squeeze",
    "stack",
    "swapaxes",
    "transpose",
]


def transpose_vjp(g: Any, out: Any, x: Any, *, axes: Any = None) -> Any:
    """Return `g` with its axes put back."""
    return np.transpose(g, None if axes is None else np.argsort([a % x.ndim for a in axes]))


def concatenate_forward(*arrays: Any, axis: Any = 0) -> Any:
    """Join arrays along an existing axis."""
    return np.concatenate(arrays, axis=axis)


def concatenate_vjp(
    g: Any, out: Any, *arrays: Any, positions: list[int], axis: Any = 0
) -> list[Any]:
    """Return, for the arrays at `positions`, the parts of `g` that they went to."""
    if axis is None:
        lengths = [array.size for array in arrays]
        g, before = np.reshape(g, (-1,)), ()
    else:
        lengths = [array.shape[axis] for array in arrays]
        before = (slice(None),) * (axis % g.ndim)
    stops = np.cumsum(lengths)
    parts = [g[(*before, slice(stops[i] - lengths[i], stops[i]))] for i in positions]
    return [np.reshape(part, arrays[i].shape) for part, i in zip(parts, positions, strict=True)]


def stack_forward(*arrays: Any, axis: int = 0) -> Any:
    """Join arrays along a new axis."""
    return np.stack(arrays, axis=axis)


def stack_vjp(g: Any, out: Any, *arrays: Any, positions: list[int], axis: int = 0) -> list[Any]:
    """Return, for the arrays at `positions`, the slices of `g` that they went to."""
    before = (slice(None),) * (axis % g.ndim)
    return [g[(*before, position)] for position in positions]


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


reshape = primitive(
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
concatenate = primitive(concatenate_forward, concatenate_vjp, name="concatenate", variadic=True)
stack = primitive(stack_forward, stack_vjp, name="stack", variadic=True)
