"""The strategies give what they promise, and shrink to simple examples."""

from __future__ import annotations

import math
import subprocess
import sys
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.errors import ArgumentError, DtypeError
from autograd_lite.testing import strategies

DTYPES = ["f2", "f4", "f8", "c8", "c16"]


def drawn(strategy: Any, condition: Any) -> Any:
    """Return an example that was drawn, not shrunk; the same one each time."""
    options = settings(
        max_examples=5000, phases=[Phase.generate], database=None, derandomize=True, deadline=None
    )
    return find(strategy, condition, settings=options)


def parts(x: Any) -> Any:
    """Return the real numbers in an array, along one axis."""
    return np.ravel(x).view(np.finfo(x.dtype).dtype).astype(float)


def closest(x: Any) -> float:
    """Return the smallest distance between two numbers."""
    return float(np.min(np.diff(np.sort(parts(x))), initial=np.inf))


def within(x: Any, *intervals: tuple[float, float]) -> bool:
    numbers = parts(np.asarray(x))
    return bool(np.all(np.any([(a <= numbers) & (numbers <= b) for a, b in intervals], axis=0)))


# Arrays


@given(strategies.arrays(dtype=st.sampled_from(DTYPES)))
def test_arrays_have_no_ties_and_stay_within_their_domain(x: Any) -> None:
    assert x.dtype.str[1:] in DTYPES
    assert within(x, (-2, 2))
    assert closest(x) > (0.01 if x.size < 20 else 0.0)


@given(
    strategies.arrays(
        [(0.5, 2), (-3, -1)], shape=(2, 3), kinks=[1, -2], margin=0.25, min_gap=0.02, dtype="c16"
    )
)
def test_arrays_keep_away_from_kinks_and_from_each_other(x: Any) -> None:
    assert x.shape == (2, 3)
    assert within(x, (0.5, 0.75), (1.25, 2), (-3, -2.25), (-1.75, -1))
    assert closest(x) >= 0.02


@given(strategies.arrays((0, 1), shape=(4,), min_gap=0.1))
def test_a_gap_may_use_the_domain_up(x: Any) -> None:
    assert closest(x) >= 0.1


@given(
    strategies.arrays((1000.0, 1001.0), shape=(3,)), strategies.arrays((-1e-6, 1e-6), shape=(3,))
)
def test_domains_of_any_scale(large: Any, small: Any) -> None:
    assert within(large, (1000, 1001))
    assert within(small, (-1e-6, 1e-6))
    assert closest(small) > 1e-8


@pytest.mark.parametrize("wanted", [0.0, 0.5, None])
def test_simple_numbers_and_any_numbers_are_drawn(wanted: float | None) -> None:
    def fits(x: float) -> bool:
        return x == wanted if wanted is not None else x * 1024 != round(x * 1024)

    drawn(strategies.floats(), fits)


@pytest.mark.parametrize(
    ("options", "simplest"),
    [
        ({}, 0.0),
        ({"kinks": [0.0]}, 1.0),
        ({"domain": (0.3, 0.6)}, 0.5),
        ({"domain": [(-4, -3), (2, 3)]}, 2.5),
    ],
)
def test_floats_shrink_to_the_simplest_number(options: Any, simplest: float) -> None:
    assert find(strategies.floats(**options), lambda x: True) == simplest


def test_arrays_shrink_to_few_simple_elements() -> None:
    found = find(
        strategies.arrays(),
        lambda x: bool(np.sum(x) > 1.2),
        random=Random(0),  # which minimum a search ends in is a matter of where it begins
        settings=settings(database=None),
    )
    assert found.size <= 2
    assert np.all(found % 0.5 == 0)


def test_values_can_be_differentiated() -> None:
    found = find(strategies.values(dtype="f4"), lambda x: x.ndim == 1)
    found.sum().backward()
    assert type(found) is al.Value
    assert found.grad.dtype == np.float32


def test_zero_dimensions_and_no_elements_are_drawn_unless_left_out() -> None:
    drawn(strategies.arrays(), lambda x: x.ndim == 0)
    drawn(strategies.arrays(), lambda x: x.size == 0)
    never = strategies.shapes(min_dims=1, min_side=1)

    @given(strategies.arrays(shape=never))
    def check(x: Any) -> None:
        assert x.ndim
        assert x.size

    check()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"domain": (2, 1)}, "low < high"),
        ({"domain": (0, np.inf)}, "finite"),
        ({"domain": [(0, 2), (1, 3)]}, "overlap"),
        ({"domain": 3}, "a domain is"),
        ({"domain": ()}, "a domain is"),
        ({"domain": (-0.1, 0.1), "kinks": [0], "margin": 0.2}, "smaller margin"),
        ({"margin": -1.0, "kinks": [0]}, "above 0"),
        ({"min_gap": 1.0, "shape": (9,)}, "do not fit"),
        ({"domain": (1000, 1001), "dtype": "f2", "shape": (9,)}, "float16 has no room"),
        ({"domain": (1, 1 + 1e-14)}, "do not fit"),
    ],
)
def test_domains_that_cannot_be(options: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        find(strategies.arrays(**options), lambda x: True)


def test_integers_are_no_floats() -> None:
    with pytest.raises(DtypeError, match="int64"):
        find(strategies.arrays(dtype=int), lambda x: True)


# Shapes


@given(st.data(), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
def test_shapes_keep_their_limits(
    data: Any, min_dims: int, dims: int, min_side: int, sides: int
) -> None:
    limits = {"max_dims": min_dims + dims, "max_side": min_side + sides}
    shape = data.draw(strategies.shapes(min_dims=min_dims, min_side=min_side, **limits))
    assert min_dims <= len(shape) <= min_dims + dims
    assert all(min_side <= side <= min_side + sides for side in shape)


@given(strategies.shapes(max_dims=5, max_side=5, max_size=20))
def test_shapes_have_a_largest_size(shape: Any) -> None:
    assert math.prod(shape) <= 20


@given(strategies.broadcastable_shapes(3))
def test_broadcastable_shapes_broadcast(shapes: Any) -> None:
    assert len(shapes) == 3
    assert len(np.broadcast_shapes(*shapes)) <= 3


@pytest.mark.parametrize(
    "kind",
    [
        lambda x, y: x and not y,
        lambda x, y: len(x) > len(y) > 0,
        lambda x, y: x != np.broadcast_shapes(x, y) != y,
        lambda x, y: 0 in x and 0 not in y and len(y) == 2,
        lambda x, y: x == y and len(x) > 1,
    ],
)
def test_broadcastable_shapes_of_every_kind_are_drawn(kind: Any) -> None:
    drawn(strategies.broadcastable_shapes(), lambda shapes: bool(kind(*shapes)))


@given(strategies.broadcastable((-2, 2), (0.5, 1), dtype="f4", max_dims=2))
def test_broadcastable_operands(operands: Any) -> None:
    x, y = operands
    assert (x + y).ndim <= 2
    assert (x + y).dtype == np.float32
    assert within(x, (-2, 2))
    assert within(y, (0.5, 1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: strategies.shapes(min_dims=3, max_dims=2),
        lambda: strategies.shapes(max_side=-1),
        lambda: strategies.broadcastable_shapes(0),
        lambda: strategies.broadcastable(count=3),
        lambda: strategies.axes(0, none=False, tuples=False),
        lambda: strategies.matrices((2, 3), symmetric=True),
    ],
)
def test_limits_that_cannot_be(make: Any) -> None:
    with pytest.raises(ArgumentError):
        find(make(), lambda x: True)


# Axes, indices, subscripts


@given(st.data(), strategies.shapes())
def test_axes_are_those_of_numpy(data: Any, shape: Any) -> None:
    axis = data.draw(strategies.axes(len(shape)))
    assert np.sum(np.ones(shape), axis=axis).ndim <= len(shape)


@pytest.mark.parametrize("wanted", [None, 0, -1, (), (1, 0), (-1, 0)])
def test_axes_of_every_kind_are_drawn(wanted: Any) -> None:
    drawn(strategies.axes(2), lambda axis: axis == wanted)


@given(st.data(), strategies.shapes())
def test_indices_are_those_of_numpy(data: Any, shape: Any) -> None:
    x = np.arange(math.prod(shape), dtype=float).reshape(shape)
    index = data.draw(strategies.indices(shape))
    assert x[index].size <= max(36, x.size)
    assert np.array_equal(al.Value(x)[index].data, x[index])


def as_parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def array_of(dtype: Any, index: Any) -> bool:
    return any(isinstance(part, np.ndarray) and part.dtype == dtype for part in as_parts(index))


@pytest.mark.parametrize(
    "kind",
    [
        lambda index: isinstance(index, int),
        lambda index: isinstance(index, slice) and (index.step or 1) < 0,
        lambda index: any(part is None for part in as_parts(index)),
        lambda index: any(part is ... for part in as_parts(index)),
        lambda index: array_of(int, index) and any(part is ... for part in as_parts(index)),
        lambda index: array_of(bool, index) and array_of(int, index),
        lambda index: isinstance(index, np.ndarray) and index.shape == (3, 2),
        lambda index: array_of(int, index) and max(np.shape(part) for part in index) == (2, 2),
        lambda index: isinstance(index, np.ndarray) and index.dtype == int and index.min() < 0,
        lambda index: array_of(int, index) and any(np.size(part) == 0 for part in as_parts(index)),
    ],
)
def test_indices_of_every_kind_are_drawn(kind: Any) -> None:
    drawn(strategies.indices((3, 2)), lambda index: safe(kind, index))


def safe(kind: Any, index: Any) -> bool:
    try:
        return bool(kind(index))
    except (TypeError, ValueError):
        return False


@given(st.data(), strategies.shapes())
def test_indices_may_be_basic_only_or_advanced_only(data: Any, shape: Any) -> None:
    basic = as_parts(data.draw(strategies.indices(shape, advanced=False)))
    assert not any(isinstance(part, np.ndarray) for part in basic)
    advanced = as_parts(data.draw(strategies.indices(shape, basic=False)))
    assert all(isinstance(part, np.ndarray) or part == slice(None) for part in advanced)


@given(strategies.indices((5, 3, 2)))
def test_masks_of_large_arrays_are_over_few_axes(index: Any) -> None:
    assert not isinstance(index, np.ndarray) or index.size <= 20


@given(strategies.einsum_subscripts())
def test_subscripts_fit_the_operands(contraction: Any) -> None:
    subscripts, shapes = contraction
    operands = [np.ones(shape) for shape in shapes]
    out = np.einsum(subscripts, *operands)
    assert np.array_equal(np.einsum(subscripts, *map(al.Value, operands)).data, out)


@pytest.mark.parametrize(
    "kind",
    [
        lambda s, shapes: "ii" in s,
        lambda s, shapes: "->" not in s and len(set(s)) > 2,
        lambda s, shapes: s.startswith("...") and "->..." in s and len(s) > 8,
        lambda s, shapes: "i" in s.split(",")[0] and "->" in s and "i" not in s.split("->")[1],
        lambda s, shapes: s.count(",") == 2 and "," in s.strip(","),
        lambda s, shapes: any(0 in shape for shape in shapes),
    ],
)
def test_subscripts_of_every_kind_are_drawn(kind: Any) -> None:
    drawn(strategies.einsum_subscripts(), lambda contraction: kind(*contraction))


# Matrices


@given(strategies.shapes(max_dims=2, max_side=2).flatmap(lambda b: strategies.matrices(batch=b)))
def test_matrices_are_well_conditioned(matrix: Any) -> None:
    assume(matrix.size)
    sizes = np.linalg.svd(matrix, compute_uv=False)
    assert within(sizes, (0.5, 2.5))
    assert np.min(-np.diff(sizes), initial=np.inf) > 0.01


@given(strategies.matrices((2, 4)), strategies.matrices((3, 1), batch=(2,)))
def test_matrices_of_other_shapes(wide: Any, tall: Any) -> None:
    assert wide.shape == (2, 4)
    assert tall.shape == (2, 3, 1)
    assert within(np.linalg.svd(wide, compute_uv=False), (0.5, 2.5))


@given(strategies.matrices(symmetric=True), strategies.positive_definite_matrices(3, batch=(2,)))
def test_symmetric_matrices(symmetric: Any, positive: Any) -> None:
    assert np.array_equal(symmetric, symmetric.T)
    assert within(np.abs(np.linalg.eigvalsh(symmetric)), (0.5, 2.5))
    assert np.array_equal(positive, np.swapaxes(positive, -1, -2))
    assert within(np.linalg.eigvalsh(positive), (0.5, 2.5))


@given(strategies.orthogonal_matrices(batch=(2,)))
def test_orthogonal_matrices(q: Any) -> None:
    np.testing.assert_allclose(q @ np.swapaxes(q, -1, -2), np.eye(q.shape[-1]) + 0 * q, atol=1e-14)


def test_matrices_shrink_to_diagonal_ones() -> None:
    found = find(strategies.matrices(), lambda a: bool(np.linalg.det(a) > 1.5))
    assert np.array_equal(found, np.diag(np.diag(found)))
    find(strategies.matrices(symmetric=True), lambda a: bool(np.linalg.det(a) < 0))


# The package


def test_the_strategies_are_loaded_when_they_are_asked_for() -> None:
    code = (
        "import sys, autograd_lite as al; print('hypothesis' in sys.modules);"
        "al.testing.strategies.arrays(); print('hypothesis' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "True"]
    assert set(strategies.__all__) <= set(vars(strategies))
    with pytest.raises(AttributeError, match="no attribute 'strategy'"):
        _ = al.testing.strategy  # type: ignore[attr-defined]


def test_without_hypothesis_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import autograd_lite as al\n"
        "try:\n    al.testing.strategies\n"
        "except al.errors.MissingDependencyError as error:\n    print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'autograd_lite[testing]'" in out.stdout, out.stderr
