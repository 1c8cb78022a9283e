"""Arrays joined into one, along an axis that they have or a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import DtypeError, ShapeError
from autograd_lite.ops.elementwise import as_dtype
from autograd_lite.ops.index import getitem
from autograd_lite.ops.shape import atleast_1d, atleast_2d, atleast_3d
from autograd_lite.primitive import primitive, refuse_arguments, stands_for
from autograd_lite.value import Value, constant

__all__ = [
    "array",
    "block",
    "column_stack",
    "concatenate",
    "dstack",
    "hstack",
    "stack",
    "vstack",
]


def concatenate_forward(
    *arrays: Any, axis: Any = 0, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """Join arrays along an existing axis."""
    return np.concatenate(arrays, axis=axis, dtype=dtype, casting=casting)


def concatenate_vjp(
    g: Any,
    out: Any,
    *arrays: Any,
    positions: list[int],
    axis: Any = 0,
    dtype: Any = None,
    casting: Any = "same_kind",
) -> list[Any]:
    """Return, for the arrays at `positions`, the parts of `g` that they went to."""
    if axis is None:
        lengths = [np.size(array) for array in arrays]
        g, before = np.reshape(g, (-1,)), ()
    else:
        lengths = [np.shape(array)[axis] for array in arrays]
        before = (slice(None),) * (axis % g.ndim)
    stops = np.cumsum(lengths)
    parts = [g[(*before, slice(stops[i] - lengths[i], stops[i]))] for i in positions]
    return [np.reshape(part, arrays[i].shape) for part, i in zip(parts, positions, strict=True)]


def stack_forward(
    *arrays: Any, axis: int = 0, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    """Join arrays along a new axis."""
    return np.stack(arrays, axis=axis, dtype=dtype, casting=casting)


def stack_vjp(
    g: Any,
    out: Any,
    *arrays: Any,
    positions: list[int],
    axis: int = 0,
    dtype: Any = None,
    casting: Any = "same_kind",
) -> list[Any]:
    """Return, for the arrays at `positions`, the slices of `g` that they went to."""
    before = (slice(None),) * (axis % g.ndim)
    return [g[(*before, position)] for position in positions]


concatenate_primitive = primitive(
    concatenate_forward, concatenate_vjp, name="concatenate", variadic=True
)
stack_primitive = primitive(stack_forward, stack_vjp, name="stack", variadic=True)


@stands_for(np.concatenate)
def concatenate(
    arrays: Sequence[Any], axis: int | None = 0, out: Any = None, **options: Any
) -> Any:
    """Join arrays along an existing axis; `options` are numpy's `dtype` and `casting`."""
    refuse_arguments("np.concatenate", out=out)
    parts = [array(x) if isinstance(x, list | tuple) else x for x in arrays]
    return concatenate_primitive(*parts, axis=axis, **options)


@stands_for(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0, out: Any = None, **options: Any) -> Any:
    """Join arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of Value or array_like
        Of shape ``(...)`` each.
    axis : int
        Where the new axis stands in the result.
    out : None
        Refused: an array cannot hold a Value.
    **options
        numpy's `dtype` and `casting`.

    Returns
    -------
    Value or ndarray
        Of shape ``(n, ...)`` for n arrays and axis 0; a Value if one of them is.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x = al.Value(2.0)
    >>> al.stack([x, x * x, 1.0])
    Value([2., 4., 1.], operation=stack)
    """
    refuse_arguments("np.stack", out=out)
    return stack_primitive(*arrays, axis=axis, **options)


@stands_for(np.vstack)
def vstack(tup: Sequence[Any], **options: Any) -> Any:
    """Join arrays along the first axis; vectors are rows."""
    return concatenate([atleast_2d(x) for x in tup], axis=0, **options)


@stands_for(np.hstack)
def hstack(tup: Sequence[Any], **options: Any) -> Any:
    """Join arrays along the second axis, or the only one."""
    arrays = [atleast_1d(x) for x in tup]
    along = 0 if arrays and arrays[0].ndim < 2 else 1
    return concatenate(arrays, axis=along, **options)


@stands_for(np.dstack)
def dstack(tup: Sequence[Any]) -> Any:
    """Join arrays along the third axis."""
    return concatenate([atleast_3d(x) for x in tup], axis=2)


@stands_for(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """Join arrays along the second axis; vectors are columns."""
    columns = [x if np.ndim(x) >= 2 else np.reshape(x, (-1, 1)) for x in tup]
    return concatenate(columns, axis=1)


@stands_for(np.block)
def block(arrays: Any) -> Any:
    """Return one array made of nested lists of blocks."""
    return rearranged(np.block, arrays)


def rearranged(function: Callable[[Any], Any], arrays: Any) -> Any:
    """Return what a numpy function that only moves elements makes of nested lists of arrays.

    The function is given the positions of the elements instead, in one row of all of them; what
    it makes of these says where to take the elements from.
    """
    leaves: list[Any] = []
    count = 0

    def places_of(part: Any) -> Any:
        nonlocal count
        if isinstance(part, list | tuple):
            return type(part)(map(places_of, part))
        shape = np.shape(part)
        leaves.append(part)
        places = count + np.arange(np.size(part)).reshape(shape)
        count += places.size
        return places

    places = function(places_of(arrays))
    return getitem(concatenate(leaves, axis=None), index=places)


def array(object: Any, dtype: Any = None) -> Value:
    """Return one Value made of nested lists of Values, numbers and arrays.

    What `numpy.array` does for numbers: the lists are the first axes, the shape of what they hold
    gives the others.

    Parameters
    ----------
    object : Value, array_like, or nested lists or tuples of them
        All parts of a list have one shape.
    dtype : dtype, optional
        Default: that of the Values and arrays together. Python numbers take it on, so that a
        list of float32 Values and the number 0.0 is float32.

    Returns
    -------
    Value
        A result that depends on the Values; a constant if none of them requires a gradient.

    Raises
    ------
    ShapeError
        If the parts of a list have different shapes.
    DtypeError
        If a part is no number.

    Examples
    --------
    >>> import autograd_lite as al
    >>> angle = al.Value(0.0)
    >>> rotation = al.array([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]])
    >>> rotation.shape
    (2, 2)
    """
    if dtype is None:
        kinds = kinds_of(object)
        dtype = np.result_type(*kinds) if kinds else np.dtype(float)
    if np.dtype(dtype).kind not in "fciub":
        raise DtypeError(
            f"array() takes numbers, arrays and Values in lists, got the dtype {np.dtype(dtype)}"
        )
    joined = nested(object, np.dtype(dtype))
    return joined if type(joined) is Value else constant(joined[()])


def kinds_of(part: Any) -> list[Any]:
    """Return the dtypes of the arrays in nested lists, and the types of the Python numbers."""
    if isinstance(part, list | tuple):
        return [kind for item in part for kind in kinds_of(item)]
    if type(part) in (bool, int, float, complex):
        return [np.dtype(bool) if type(part) is bool else type(part)(0)]
    return [part.dtype if hasattr(part, "dtype") else np.asarray(part).dtype]


def nested(part: Any, dtype: np.dtype[Any]) -> Any:
    """Return nested lists as one array, or as a Value if a Value is among them."""
    if type(part) is Value:
        return as_dtype(part, dtype)
    if not isinstance(part, list | tuple):
        return np.array(part, dtype)
    parts = [nested(item, dtype) for item in part]
    shapes = list(dict.fromkeys(item.shape for item in parts))
    if len(shapes) > 1:
        raise ShapeError(
            f"array() got a list whose parts have the shapes {', '.join(map(str, shapes))}; they "
            "must have one shape: use np.concatenate or np.block for parts that do not"
        )
    return stack_primitive(*parts) if parts else np.zeros(0, dtype)
