"""Running sums and products along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.ops.reduce import in_dtype, product_before
from autograd_lite.ops.shape import with_axis
from autograd_lite.primitive import primitive, refuse_arguments, stands_for

__all__ = [
    "cumprod",
    "cumsum",
    "cumulative_prod",
    "cumulative_sum",
    "nancumprod",
    "nancumsum",
]


def cumsum_vjp(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    """Return the running sum of `g` from the end."""
    g, along = with_axis(g, axis)
    gradient = np.flip(np.cumsum(np.flip(g, axis=along), axis=along), axis=along)
    return np.reshape(gradient, x.shape)


def cumprod_vjp(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    """Return ``product_before(x) h``, where ``h[i] = g[i] + x[i+1] h[i+1]``: exact at zeros.

    Element `i` is a factor of the results `i`, `i+1`, ...; without it they are the product before
    it times 1, x[i+1], x[i+1] x[i+2], ..., which the recurrence adds up from the end.
    """
    along = -1 if axis is None else axis
    flat = np.reshape(x, (-1,)) if axis is None or not x.ndim else x
    rows, g = np.moveaxis(flat, along, -1), np.moveaxis(g, along, -1)
    gradient = product_before(rows) * sums_of_tail_products(g, rows)
    return np.reshape(np.moveaxis(gradient, -1, along), x.shape)


def sums_of_tail_products(g: Any, x: Any) -> Any:
    """Solve ``h[i] = g[i] + x[i+1] h[i+1]`` along the last axis, in log2(n) sweeps.

    Each sweep doubles how many terms of the recurrence ``h[i] = total[i] + factor[i] h[i+step]``
    stand written out.
    """
    length = x.shape[-1]
    total, factor = g, shifted(x, 1)
    step = 1
    while step < length:
        total = total + factor * shifted(total, step)
        factor = factor * shifted(factor, step)
        step *= 2
    return total


def shifted(x: Any, step: int) -> Any:
    """Return `x` moved `step` places to the front along the last axis, with zeros behind."""
    return np.concatenate([x[..., step:], np.zeros_like(x[..., :step])], axis=-1)


cumsum_primitive = primitive(np.cumsum, cumsum_vjp)
cumprod_primitive = primitive(np.cumprod, cumprod_vjp, kinks="exact at zeros")


@stands_for(np.cumsum)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running sum along `axis`, or over the elements in order."""
    refuse_arguments("np.cumsum", out=out)
    return cumsum_primitive(in_dtype("np.cumsum", a, dtype), axis=axis)


@stands_for(np.cumprod)
def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running product along `axis`, or over the elements in order."""
    refuse_arguments("np.cumprod", out=out)
    return cumprod_primitive(in_dtype("np.cumprod", a, dtype), axis=axis)


@stands_for(np.nancumsum)
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running sum, where nan counts as 0."""
    return cumsum(np.where(np.isnan(a), 0.0, a), axis, dtype, out)


@stands_for(np.nancumprod)
def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running product, where nan counts as 1."""
    return cumprod(np.where(np.isnan(a), 1.0, a), axis, dtype, out)


def cumulative_sum(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    """Return the running sum along `axis`, starting with 0 if `include_initial`."""
    axis = only_axis("np.cumulative_sum", x, axis)
    start = np.zeros_like(first_slice(x, axis)) if include_initial else None
    return starting_with(start, cumsum(x, axis, dtype, out), axis)


def cumulative_prod(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    """Return the running product along `axis`, starting with 1 if `include_initial`."""
    axis = only_axis("np.cumulative_prod", x, axis)
    start = np.ones_like(first_slice(x, axis)) if include_initial else None
    return starting_with(start, cumprod(x, axis, dtype, out), axis)


if hasattr(np, "cumulative_sum"):  # numpy 2.1
    stands_for(np.cumulative_sum)(cumulative_sum)
    stands_for(np.cumulative_prod)(cumulative_prod)


def only_axis(name: str, x: Any, axis: int | None) -> int:
    """Return `axis`, or 0 for an array that has no other."""
    if axis is None and x.ndim > 1:
        raise ArgumentError(f"{name} got an array of {x.ndim} axes and no axis; give axis=")
    return 0 if axis is None else axis


def first_slice(x: Any, axis: int) -> Any:
    """Return the part of `x` of length 1 along `axis` that a start value has the shape of."""
    shape = list(x.shape)
    shape[axis] = 1
    return np.empty(shape, x.dtype)


def starting_with(start: Any, rest: Any, axis: int) -> Any:
    """Return `rest` with `start` before it along `axis`, if there is one."""
    return rest if start is None else np.concatenate([start.astype(rest.dtype), rest], axis=axis)
