"""What several test files need: graphs taken apart, derivatives by other means."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import autograd_lite as al


def leaves_of(*arrays: Any) -> list[al.Value]:
    return [al.Value(array) for array in arrays]


def gradients(fun: Callable[..., al.Value], *arrays: Any, seed: Any = None) -> list[Any]:
    """Return the gradients of ``fun(*Values)`` with respect to the arrays, by backward()."""
    leaves = leaves_of(*arrays)
    fun(*leaves).backward(seed)
    return [leaf.grad for leaf in leaves]


def gradient(fun: Callable[[al.Value], al.Value], array: Any, seed: Any = None) -> Any:
    return gradients(fun, array, seed=seed)[0]


def all_nodes(*roots: al.Value) -> list[al.Value]:
    """Return every Value that the roots were made from, constants included, by number."""
    found = {id(root): root for root in roots}
    waiting = list(roots)
    while waiting:
        for operand in waiting.pop().operands:
            if isinstance(operand, al.Value) and id(operand) not in found:
                found[id(operand)] = operand
                waiting.append(operand)
    return sorted(found.values(), key=lambda value: value.number)


def central_difference(
    fun: Callable[..., float], points: Sequence[Any], directions: Sequence[Any], step: float = 6e-6
) -> float:
    """Return the derivative of a function of float64 arrays along a direction."""
    forward = fun(*(x + step * d for x, d in zip(points, directions, strict=True)))
    backward = fun(*(x - step * d for x, d in zip(points, directions, strict=True)))
    return float((forward - backward) / (2 * step))


def complex_step(
    fun: Callable[..., complex], points: Sequence[Any], directions: Sequence[Any]
) -> float:
    """Return the derivative of an analytic function along a direction, to rounding error."""
    step = 1e-30
    return float(
        np.imag(fun(*(x + 1j * step * d for x, d in zip(points, directions, strict=True)))) / step
    )


def inner_product(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """Return the sum of products, its real part where they are complex."""
    return float(sum(np.real(np.sum(x * y)) for x, y in zip(xs, ys, strict=True)))


def bits(array: Any) -> tuple[Any, ...]:
    """Return what makes two arrays equal to the last bit."""
    array = np.asarray(array)
    return array.dtype, array.shape, array.tobytes()


def work(fun: Callable[[], Any]) -> int:
    """Return how many calls, of Python and of C functions, `fun` makes: a clock without noise."""
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        fun()
    finally:
        sys.setprofile(None)
    return calls


@contextmanager
def collector_off() -> Iterator[None]:
    """Disable the garbage collector, so that only reference counting frees."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
