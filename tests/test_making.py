"""Ranges, counts and applied functions: what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError

X = al.Value([0.3, 0.7, 1.1])


@pytest.mark.parametrize("name", ["a", "bins"])
def test_a_histogram_of_tracked_events_is_refused(name: str) -> None:
    arguments: dict[str, Any] = {"a": [0.1, 0.5], "bins": [0.0, 1.0], name: X}
    with pytest.raises(al.errors.NoGradientRuleError, match=f"with respect to {name}"):
        np.histogram(**arguments, weights=al.Value([1.0, 2.0]))


def test_a_histogram_takes_constant_values_of_events_and_edges() -> None:
    events = al.Value([0.1, 0.5, 0.7], requires_grad=False)
    edges = al.Value([0.0, 0.5, 1.0], requires_grad=False)
    counts, _ = np.histogram(events, edges, weights=X)
    counts[1].backward()
    assert X.grad.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("start", "stop"), [(1.0, -2.0), (0.0, 2.0)])
def test_geomspace_across_zero_is_refused(start: float, stop: float) -> None:
    with pytest.raises(al.errors.ArgumentError, match="one sign"):
        np.geomspace(al.Value(start), stop)


def test_dtypes_of_ranges() -> None:
    x = al.Value(np.float32(0.5))
    assert np.linspace(x, np.float32(1.5), 3).dtype == np.float32
    assert np.logspace(x, 1.0, 3, dtype=np.float32).dtype == np.float32
    assert np.geomspace(x, np.float32(1.5), 3, dtype=np.float32).dtype == np.float32
    assert np.bincount([0, 1, 1]).tolist() == [1, 2]
    assert np.bincount(np.zeros(0, int), X[:0]).shape == (0,)
    assert np.bincount(al.Value(np.array([0, 1, 1]), requires_grad=False)).tolist() == [1, 2]


def test_one_number_has_no_step() -> None:
    numbers, step = np.linspace(al.Value(0.5), 2.0, 1, retstep=True)
    assert numbers.data.tolist() == [0.5]
    assert np.isnan(step)


@pytest.mark.parametrize(
    ("weights", "error", "match"),
    [
        (np.array([2.0]), ShapeError, r"one weight for each number, .* \(1,\) for \(4,\)"),
        (np.float64(2.0), ShapeError, r"weights of shape \(\)"),
        (np.ones(5), ShapeError, r"weights of shape \(5,\)"),
        (np.array([1j, 1, 1, 1]), DtypeError, "real weights, got complex ones"),
    ],
)
def test_bincount_takes_one_real_weight_for_each_number(
    weights: Any, error: Any, match: str
) -> None:
    with pytest.raises(error, match=match):
        np.bincount([0, 1, 1, 4], weights=al.Value(weights))


def test_apply_along_axis_of_no_vectors() -> None:
    assert np.apply_along_axis(np.sum, 0, al.Value(np.ones((0, 3)))).data.tolist() == [0, 0, 0]
    with pytest.raises(ShapeError, match=r"shape \(0, 3\), which has no vectors along axis 1"):
        np.apply_along_axis(np.sum, 1, al.Value(np.ones((0, 3))))


def test_apply_over_axes_of_a_function_that_adds_an_axis() -> None:
    with pytest.raises(ShapeError, match=r"shape \(3, 3\) for one of shape \(3,\)"):
        np.apply_over_axes(lambda x, axis: np.stack([x, x, x]), X, 0)


def constant(x: Any) -> al.Value:
    return al.Value(x, requires_grad=False)


def test_ranges_have_numpys_defaults() -> None:
    start, stop = constant(1.0), constant(2.0)
    np.testing.assert_allclose(np.logspace(start, stop).data, np.logspace(1.0, 2.0), rtol=1e-14)
    np.testing.assert_allclose(np.geomspace(start, stop).data, np.geomspace(1.0, 2.0), rtol=1e-14)
    single = np.logspace(start, stop, 3, dtype=np.float32)
    assert (single.dtype, np.logspace(start, stop, 3).dtype) == (np.float32, np.float64)


@pytest.mark.parametrize("axis", [0, -1])
def test_ranges_between_arrays_are_numpys(axis: int) -> None:
    start, stop = np.array([[1.0, 2.0, 5.0]] * 2), np.array([[8.0, 4.0, 5.0]] * 2)
    ours = np.geomspace(constant(start), constant(stop), 4, axis=axis).data
    np.testing.assert_allclose(ours, np.geomspace(start, stop, 4, axis=axis), rtol=1e-14)


def test_a_constant_ratio_does_not_end_at_zero() -> None:
    with pytest.raises(ArgumentError, match="none of them 0"):
        np.geomspace(1.0, al.Value(0.0))
