"""Numbers and arrays to differentiate in: within a domain, apart from each other and from kinks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import DTypeLike

from autograd_lite.errors import ArgumentError, DtypeError
from autograd_lite.testing.strategies.grids import (
    Domain,
    Intervals,
    as_intervals,
    grid,
    without_kinks,
)
from autograd_lite.testing.strategies.shapes import Shape, broadcastable_shapes, shapes
from autograd_lite.value import Value

__all__ = ["arrays", "broadcastable", "floats", "values"]

REAL: tuple[float, float] = (-2.0, 2.0)


def floats(
    domain: Domain = REAL, *, kinks: Iterable[float] = (), margin: float = 0.05
) -> st.SearchStrategy[float]:
    """Return a strategy for numbers within a domain.

    They shrink to the simplest number there: 0, then 1, -1, 2, -2, ..., 0.5.

    Parameters
    ----------
    domain : (low, high) or several of these
        Where they lie.
    kinks : iterable of float
        Points that they keep `margin` away from.
    margin : float
        How far.

    Returns
    -------
    strategy of float

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.floats((0.3, 2.5)), lambda x: True)
    1.0
    """
    return arrays(domain, shape=(), kinks=kinks, margin=margin).map(float)


def arrays(
    domain: Domain = REAL,
    *,
    shape: Shape | st.SearchStrategy[Shape] | None = None,
    dtype: DTypeLike | st.SearchStrategy[Any] = np.float64,
    kinks: Iterable[float] = (),
    margin: float = 0.05,
    min_gap: float | None = None,
) -> st.SearchStrategy[Any]:
    """Return a strategy for arrays to differentiate in.

    No two elements are the same, so that sorting, maxima and the like are smooth. Half of the
    arrays or so hold multiples of a power of 2, the others any numbers.

    They shrink to small shapes and the simplest numbers of the domain.

    Parameters
    ----------
    domain : (low, high) or several of these
        Where the elements lie; of complex ones, both the real and the imaginary part.
    shape : tuple of int or strategy, optional
        Default: `shapes`, with numbers (0-d arrays) and arrays without elements.
    dtype : dtype or strategy
        float16, float32, float64, complex64 or complex128.
    kinks : iterable of float
        Points that all elements keep `margin` away from.
    margin : float
        How far.
    min_gap : float, optional
        How far elements keep apart; of complex ones, both parts of all. Default: as far as leaves
        several times more places than elements.

    Returns
    -------
    strategy of array

    Raises
    ------
    ArgumentError
        If the domain is empty, or too narrow for so many elements.
    DtypeError
        If the dtype is none of floats.

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.arrays((0, 4), shape=(3,)), lambda x: True)
    array([1., 2., 3.])
    >>> find(strategies.arrays(dtype="f4", kinks=[0], shape=(3,)), lambda x: True)
    array([ 1. , -1. ,  0.5], dtype=float32)
    """
    intervals = without_kinks(as_intervals(domain), kinks, margin)
    shape = shapes() if shape is None else shape
    shape_strategy = shape if isinstance(shape, st.SearchStrategy) else st.just(tuple(shape))
    dtype_strategy = dtype if isinstance(dtype, st.SearchStrategy) else st.just(np.dtype(dtype))
    return from_grid(intervals, shape_strategy, dtype_strategy, min_gap)


@st.composite
def from_grid(
    draw: st.DrawFn,
    intervals: Intervals,
    shape_strategy: st.SearchStrategy[Shape],
    dtype_strategy: st.SearchStrategy[Any],
    min_gap: float | None,
) -> Any:
    """Return a strategy for arrays of different points of a grid, shifted by less than half."""
    shape = draw(shape_strategy)
    dtype = inexact(draw(dtype_strategy))
    part = np.finfo(dtype).dtype
    size = math.prod(shape) * (2 if dtype.kind == "c" else 1)
    points, gap = grid(intervals, size, part.name, min_gap)
    numbers = draw(st.lists(st.sampled_from(points), min_size=size, max_size=size, unique=True))
    flat = np.array(numbers) + gap * draw(shifts(size))
    return flat.astype(part).view(dtype).reshape(shape)


@st.composite
def shifts(draw: st.DrawFn, size: int) -> Any:
    """Return a strategy for numbers within ±0.24, which shrink to 0."""
    seed = draw(st.integers(0, 2**32 - 1)) if size and draw(st.booleans()) else 0
    return np.random.default_rng(seed).uniform(-0.24, 0.24, size) if seed else 0.0


def inexact(dtype: Any) -> Any:
    """Return a dtype of floats or complex numbers."""
    kind = np.dtype(dtype)
    if kind.kind not in "fc":
        raise DtypeError(f"arrays() makes floats and complex numbers, got dtype {kind}")
    return kind


def values(domain: Domain = REAL, **options: Any) -> st.SearchStrategy[Value]:
    """Return a strategy for Values to differentiate in.

    Parameters
    ----------
    domain, **options
        As for `arrays`.

    Returns
    -------
    strategy of Value

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.values(), lambda x: x.size > 1)
    Value([0., 1.])
    """
    return arrays(domain, **options).map(Value)


def broadcastable(
    *domains: Domain, dtype: DTypeLike | st.SearchStrategy[Any] = np.float64, **limits: int
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return a strategy for operands whose shapes broadcast together, one for each domain.

    Parameters
    ----------
    *domains : (low, high) or several of these
        One for each operand. Default: two operands within ``(-2, 2)``.
    dtype : dtype or strategy
        As for `arrays`; a strategy is drawn from for each operand.
    **limits
        As for `broadcastable_shapes`.

    Returns
    -------
    strategy of tuple of arrays

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.broadcastable((-2, 2), (0.5, 2)), lambda xy: xy[0].ndim == 1)
    (array([0.]), array([1.]))
    """
    each = domains or (REAL, REAL)
    if "count" in limits:
        raise ArgumentError("broadcastable() makes one operand for each domain; leave count out")

    def operands(common: tuple[Shape, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.tuples(
            *(
                arrays(domain, shape=shape, dtype=dtype)
                for domain, shape in zip(each, common, strict=True)
            )
        )

    return broadcastable_shapes(len(each), **limits).flatmap(operands)
