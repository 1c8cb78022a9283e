"""Elements in another order, or repeated: flips, rolls, tiles, triangles."""

from __future__ import annotations

import math
from itertools import chain
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.lib.stride_tricks import sliding_window_view

from autograd_lite.ops.index import plain_index, take_places
from autograd_lite.ops.shape import ravel, reshape
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "flip",
    "fliplr",
    "flipud",
    "repeat",
    "resize",
    "roll",
    "rot90",
    "tile",
    "tril",
    "triu",
]


def flip_vjp(g: Any, out: Any, m: Any, *, axis: Any = None) -> Any:
    """Return `g` flipped again."""
    return np.flip(g, axis=axis)


def roll_vjp(g: Any, out: Any, a: Any, *, shift: Any, axis: Any = None) -> Any:
    """Return `g` rolled back."""
    return np.roll(g, np.negative(shift), axis=axis)


def rot90_vjp(g: Any, out: Any, m: Any, *, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Return `g` turned back."""
    return np.rot90(g, -k, axes)


def tril_vjp(g: Any, out: Any, m: Any, *, k: int = 0) -> Any:
    """Return the lower triangle of `g`."""
    return np.tril(g, k)


def triu_vjp(g: Any, out: Any, m: Any, *, k: int = 0) -> Any:
    """Return the upper triangle of `g`."""
    return np.triu(g, k)


flip = primitive(np.flip, flip_vjp)
roll = primitive(np.roll, roll_vjp)
rot90 = primitive(np.rot90, rot90_vjp)
tril = primitive(np.tril, tril_vjp)
triu = primitive(np.triu, triu_vjp)


@stands_for(np.flipud)
def flipud(m: Any) -> Any:
    """Return the rows in reverse order."""
    return flip(m, axis=0)


@stands_for(np.fliplr)
def fliplr(m: Any) -> Any:
    """Return the columns in reverse order."""
    return flip(m, axis=1)


@stands_for(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return each element several times, one after the other: a count, or one for each."""
    if axis is None:
        return repeat(ravel(a), repeats, 0)
    shape = np.shape(a)
    axis = normalize_axis_index(axis, len(shape))
    if not isinstance(repeats, int | np.integer):
        return take_places(a, np.repeat(np.arange(shape[axis]), plain_index(repeats)), axis)
    copies = np.broadcast_to(
        np.expand_dims(a, axis + 1), (*shape[: axis + 1], int(repeats), *shape[axis + 1 :])
    )
    return reshape(copies, (*shape[:axis], shape[axis] * repeats, *shape[axis + 1 :]))


@stands_for(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """Return copies of `A` side by side, ``reps[k]`` of them along axis k."""
    counts = tuple(reps) if np.ndim(reps) else (reps,)
    shape = np.shape(A)
    ndim = max(len(counts), len(shape))
    counts = (1,) * (ndim - len(counts)) + counts
    shape = (1,) * (ndim - len(shape)) + shape
    pairs = list(zip(counts, shape, strict=True))
    single = reshape(A, tuple(chain.from_iterable((1, length) for length in shape)))
    copies = np.broadcast_to(single, tuple(chain.from_iterable(pairs)))
    return reshape(copies, tuple(map(math.prod, pairs)))


@stands_for(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """Return the elements in order in a new shape, from the start again where they run out."""
    flat = ravel(a)
    if not flat.size:
        return np.zeros_like(flat, shape=new_shape)
    return take_places(flat, np.resize(np.arange(flat.size), new_shape), 0)


@stands_for(sliding_window_view)
def windows(x: Any, window_shape: Any, axis: Any = None, **options: Any) -> Any:
    """Return all windows of a shape, their elements along new axes; not a view, but a copy."""
    places = np.arange(x.size).reshape(x.shape)
    return take_places(ravel(x), sliding_window_view(places, window_shape, axis, **options), 0)
