"""One array taken apart along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.ops.index import getitem, plain_index
from autograd_lite.primitive import stands_for

__all__ = [
    "array_split",
    "dsplit",
    "hsplit",
    "split",
    "unstack",
    "vsplit",
]


def parts(function: Callable[..., Any], ary: Any, indices_or_sections: Any, axis: int) -> Any:
    """Return a list of the slices that `function` splits an array into along an axis."""
    places = function(np.arange(ary.shape[axis]), plain_index(indices_or_sections))
    before = (slice(None),) * (axis % ary.ndim)
    slices = [slice(p[0], p[-1] + 1) if p.size else slice(0, 0) for p in places]
    return [getitem(ary, index=(*before, part)) for part in slices]


@stands_for(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Return a list of the parts of an array along an axis: equal ones, or between indices."""
    return parts(np.split, ary, indices_or_sections, axis)


@stands_for(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Return a list of the parts along an axis: nearly equal ones, or between indices."""
    return parts(np.array_split, ary, indices_or_sections, axis)


@stands_for(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Return a list of the parts of an array along its first axis."""
    return split(with_axes("vsplit", ary, 2), indices_or_sections, 0)


@stands_for(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Return a list of the parts of an array along its second axis, or its only one."""
    return split(with_axes("hsplit", ary, 1), indices_or_sections, 1 if ary.ndim > 1 else 0)


@stands_for(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Return a list of the parts of an array along its third axis."""
    return split(with_axes("dsplit", ary, 3), indices_or_sections, 2)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the slices of an array along an axis, without that axis."""
    return tuple(np.moveaxis(with_axes("unstack", x, 1), axis, 0))


if hasattr(np, "unstack"):  # since numpy 2.1
    stands_for(np.unstack)(unstack)


def with_axes(name: str, ary: Any, count: int) -> Any:
    """Return an array of at least so many axes, or raise."""
    if ary.ndim < count:
        raise ShapeError(f"{name} takes an array of {count} axes or more, got shape {ary.shape}")
    return ary
