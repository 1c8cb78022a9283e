"""numpy functions that are made of other operations, or whose arguments need sorting out first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import NoGradientRuleError
from autograd_lite.ops.elementwise import clip, where
from autograd_lite.ops.shape import concatenate, reshape, stack
from autograd_lite.primitive import stands_for

__all__ = [
    "clip_to",
    "diagonal",
    "split",
    "trace",
]


@stands_for(np.clip)
def clip_to(
    a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    """Limit `a` to ``[a_min, a_max]``; None leaves a side open."""
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    return clip(a, -np.inf if low is None else low, np.inf if high is None else high)


@stands_for(np.where)
def where_of_three(condition: Any, *branches: Any) -> Any:
    """Choose between two branches; the form with a condition alone returns positions."""
    if not branches:
        return np.nonzero(getattr(condition, "data", condition))
    return where(condition, *branches)


@stands_for(np.nonzero)
def nonzero(a: Any) -> tuple[Any, ...]:
    """Return the positions of the elements that are not zero, as arrays."""
    return np.nonzero(a.data)


@stands_for(np.reshape)
def reshape_to(a: Any, /, shape: Any = None, order: str = "C", **other: Any) -> Any:
    """Return the elements of `a` in another shape, in C order."""
    if order != "C" or other.keys() - {"newshape", "copy"}:
        raise NoGradientRuleError(
            f"np.reshape(order={order!r}) has no gradient rule for Value operands; use order='C'"
        )
    return reshape(a, shape=other.get("newshape", shape))


@stands_for(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Return the elements along one axis, in C order."""
    return reshape_to(a, (-1,), order)


@stands_for(np.concatenate)
def concatenate_arrays(arrays: Sequence[Any], axis: int | None = 0, **other: Any) -> Any:
    """Join arrays along an existing axis."""
    return concatenate(*arrays, axis=axis, **other)


@stands_for(np.stack)
def stack_arrays(arrays: Sequence[Any], axis: int = 0, **other: Any) -> Any:
    """Join arrays along a new axis."""
    return stack(*arrays, axis=axis, **other)


@stands_for(np.vstack)
def vstack(tup: Sequence[Any]) -> Any:
    """Join arrays, as rows, along the first axis."""
    return concatenate(*[atleast_2d(x) for x in tup], axis=0)


@stands_for(np.hstack)
def hstack(tup: Sequence[Any]) -> Any:
    """Join arrays along the second axis, or the only one."""
    arrays = [x if np.ndim(x) else np.reshape(x, (1,)) for x in tup]
    return concatenate(*arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


@stands_for(np.atleast_2d)
def atleast_2d(x: Any) -> Any:
    """Return an array of two axes or more: a vector becomes a row."""
    return x if np.ndim(x) >= 2 else np.reshape(x, (1, -1))


@stands_for(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return the parts of an array along an axis."""
    places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, slice(p[0], p[-1] + 1) if p.size else slice(0, 0))] for p in places]


@stands_for(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of two axes as the last axis."""
    matrices = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = matrices.shape[-2:]
    places = np.diagonal(np.arange(rows * columns).reshape(rows, columns), offset)
    return np.reshape(matrices, (*matrices.shape[:-2], rows * columns))[..., places]


@stands_for(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum along the diagonal of two axes."""
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)
