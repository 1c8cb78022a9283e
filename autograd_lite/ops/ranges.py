"""Evenly spaced numbers between two ends that may be Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.primitive import primitive, stands_for

__all__ = ["geomspace", "linspace", "logspace"]


def linspace_forward(
    start: Any, stop: Any, *, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Compute `num` numbers from `start` to `stop` along a new axis."""
    return np.linspace(start, stop, num, endpoint=endpoint, dtype=dtype, axis=axis)


def linspace_vjp_start(
    g: Any,
    out: Any,
    start: Any,
    stop: Any,
    *,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return ``(1 - w) g``, where `w` goes from 0 to 1; the driver sums over the new axis."""
    return np.moveaxis(g, axis, 0) * (1 - weights_of_stop(g, num, endpoint))


def linspace_vjp_stop(
    g: Any,
    out: Any,
    start: Any,
    stop: Any,
    *,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return ``w g``, where `w` goes from 0 to 1; the driver sums over the new axis."""
    return np.moveaxis(g, axis, 0) * weights_of_stop(g, num, endpoint)


def weights_of_stop(g: Any, num: int, endpoint: bool) -> Any:
    """Return the share of `stop` in each number, along the first axis."""
    return np.reshape(np.linspace(0.0, 1.0, num, endpoint=endpoint), (num,) + (1,) * (g.ndim - 1))


linspace = primitive(linspace_forward, linspace_vjp_start, linspace_vjp_stop, name="linspace")


@stands_for(np.linspace)
def linspace_with_step(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return `num` numbers from `start` to `stop`, with the step between them if asked for."""
    numbers = linspace(start, stop, num=num, endpoint=endpoint, dtype=dtype, axis=axis)
    if not retstep:
        return numbers
    intervals = num - 1 if endpoint else num
    return numbers, (stop - start) / intervals if intervals > 0 else np.nan


@stands_for(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return `base` to the power of evenly spaced numbers."""
    exponents = linspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    powers = np.power(np.expand_dims(base, axis) if np.ndim(base) else base, exponents)
    return powers if dtype is None else powers.astype(dtype)


@stands_for(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Return numbers from `start` to `stop` with a constant ratio between neighbours.

    They are ``start (stop / start)**w``, where `w` goes from 0 to 1: both ends have one sign.
    """
    if np.any(np.sign(start) * np.sign(stop) <= 0):
        raise ArgumentError(
            "np.geomspace of Values takes real ends of one sign, none of them 0; got "
            f"{start} and {stop}"
        )
    ratio = stop / start
    shares = weights_of_stop(np.expand_dims(ratio, 0), num, endpoint)
    numbers = np.moveaxis(start * ratio**shares, 0, axis)
    return numbers if dtype is None else numbers.astype(dtype)
