"""Elements put in and taken out; the result is a new array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import DtypeError
from autograd_lite.ops.elementwise import as_dtype
from autograd_lite.ops.index import plain_index, take_places
from autograd_lite.ops.joining import concatenate, rearranged
from autograd_lite.ops.shape import with_axis
from autograd_lite.primitive import refusals, stands_for
from autograd_lite.value import Value

__all__ = [
    "append",
    "delete",
    "insert",
]

refusals.update(
    {
        np.fill_diagonal: "it writes into an array; write np.where(np.eye(n) > 0, value, x)",
        np.put: "it writes into an array; write np.where(mask, value, x)",
        np.put_along_axis: "it writes into an array; write np.where(mask, value, x)",
        np.putmask: "it writes into an array; write np.where(mask, value, x)",
        np.place: "it writes into an array; write np.where(mask, value, x)",
        np.copyto: "it writes into an array (so does np.full_like of a plain one); write "
        "np.where(mask, value, x), np.broadcast_to(value, shape), or y = x",
        np.unique: "how many elements differ jumps; np.sort has a derivative",
        np.union1d: "how many elements differ jumps; np.concatenate has a derivative",
        np.intersect1d: "it compares elements; np.isin of x.data gives a mask",
        np.setdiff1d: "it compares elements; np.isin of x.data gives a mask",
        np.setxor1d: "it compares elements; np.isin of x.data gives a mask",
        np.trim_zeros: "what it takes out hangs on exact zeros; write x[first:last]",
    }
)


@stands_for(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Join `values` to the end of `arr`, along an axis or as one row."""
    return concatenate((arr, values), axis=axis)


@stands_for(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Put `values` before the positions `obj`, in the dtype of `arr`."""
    arr = arr if type(arr) is Value else np.asarray(arr)
    dtype = arr.dtype
    if dtype.kind not in "fc" and type(values) is Value and values.requires_grad:
        raise DtypeError(
            f"np.insert would round a Value to the dtype {dtype} of its array; use "
            "arr.astype(float)"
        )
    places = plain_index(obj)
    result = rearranged(lambda pair: np.insert(pair[0], places, pair[1], axis), [arr, values])
    return as_dtype(result, dtype)


@stands_for(np.delete)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """Take out the elements at `obj`, along an axis or of one row."""
    arr, axis = with_axis(arr, axis)
    return take_places(arr, np.delete(np.arange(arr.shape[axis]), plain_index(obj)), axis)
