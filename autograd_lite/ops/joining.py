"""Arrays joined into one, and one array split into parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.ops.shape import atleast_2d
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "concatenate",
    "hstack",
    "split",
    "stack",
    "vstack",
]


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


concatenate_primitive = primitive(
    concatenate_forward, concatenate_vjp, name="concatenate", variadic=True
)
stack_primitive = primitive(stack_forward, stack_vjp, name="stack", variadic=True)


@stands_for(np.concatenate)
def concatenate(arrays: Sequence[Any], axis: int | None = 0, **other: Any) -> Any:
    """Join arrays along an existing axis."""
    return concatenate_primitive(*arrays, axis=axis, **other)


@stands_for(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0, **other: Any) -> Any:
    """Join arrays along a new axis."""
    return stack_primitive(*arrays, axis=axis, **other)


@stands_for(np.vstack)
def vstack(tup: Sequence[Any]) -> Any:
    """Join arrays, as rows, along the first axis."""
    return concatenate([atleast_2d(x) for x in tup], axis=0)


@stands_for(np.hstack)
def hstack(tup: Sequence[Any]) -> Any:
    """Join arrays along the second axis, or the only one."""
    arrays = [x if np.ndim(x) else np.reshape(x, (1,)) for x in tup]
    return concatenate(arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


@stands_for(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return the parts of an array along an axis."""
    places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, slice(p[0], p[-1] + 1) if p.size else slice(0, 0))] for p in places]
