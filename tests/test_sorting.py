"""Sorting: ties share the gradient evenly, to any order; positions are constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from tests.helpers import gradient

TIED = np.array([2.0, 1.0, 2.0, 3.0, 2.0])
SEED = np.array([1.0, 10.0, 100.0, 1000.0, 10000.0])


def test_equal_elements_share_the_gradient_of_sort_evenly() -> None:
    third = (10 + 100 + 1000) / 3
    assert gradient(np.sort, TIED, SEED).tolist() == [third, 1, third, 10000, third]


def test_equal_elements_share_the_gradient_of_a_partition_evenly() -> None:
    x = np.array([5.0, 5.0, 1.0])
    assert gradient(lambda v: np.partition(v, 1), x, SEED[:3]).tolist() == [55, 55, 1]


def test_ties_are_shared_along_the_axis_that_is_sorted() -> None:
    x = np.array([[1.0, 1.0], [0.0, 1.0]])
    seed = np.array([[1.0, 2.0], [4.0, 8.0]])
    assert gradient(np.sort, x, seed).tolist() == [[1.5, 1.5], [4, 8]]
    assert gradient(lambda v: np.sort(v, axis=0), x, seed).tolist() == [[4, 5], [1, 5]]
    assert gradient(lambda v: np.sort(v, axis=None), x, seed.ravel()).tolist() == [
        [14 / 3, 14 / 3],
        [1, 14 / 3],
    ]


def test_a_small_gradient_beside_a_large_one_is_exact() -> None:
    """A difference of running sums would give 0 for the 1 behind 1e20."""
    assert gradient(np.sort, np.array([1.0, 2.0]), np.array([1e20, 1.0])).tolist() == [1e20, 1.0]


def test_second_derivatives_share_ties_as_well() -> None:
    """The Hessian of sum(w sort(x)²) is diagonal, with the mean weight of the tie."""
    w = np.arange(1.0, 6.0)
    hessian = al.hessian(lambda x: np.sum(w * np.sort(x) ** 2))(TIED)
    shares = np.array([[1, 0, 1, 0, 1]]).T * np.array([[1, 0, 1, 0, 1]]) / 3
    expected = np.diag([0, 2.0 * 1, 0, 2.0 * 5, 0]) + shares.T @ (2.0 * 3 * shares)
    np.testing.assert_allclose(hessian, expected, rtol=1e-14)


def test_nan_is_sorted_to_the_end_and_has_its_own_gradient() -> None:
    x = np.array([np.nan, 1.0, np.nan, 0.0])
    out = gradient(np.sort, x, SEED[:4])
    assert out.tolist() == [100, 10, 1000, 1]


def test_the_median_of_sorted_elements_agrees_with_torch() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(4, 5))
    for axis in (0, 1):
        t = torch.tensor(x, requires_grad=True)
        (torch.sort(t, dim=axis).values.sin() * torch.arange(20.0).reshape(4, 5)).sum().backward()
        own = gradient(
            lambda v, axis=axis: np.sum(np.sin(np.sort(v, axis)) * np.arange(20.0).reshape(4, 5)), x
        )
        np.testing.assert_allclose(own, t.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_dtype_is_kept(dtype: Any) -> None:
    x = al.Value(TIED.astype(dtype))
    out = np.sort(x)
    out.backward(SEED.astype(dtype))
    assert out.dtype == x.grad.dtype == dtype


def test_an_order_of_fields_is_refused() -> None:
    with pytest.raises(al.errors.NoGradientRuleError, match=r"sort\(order=...\)"):
        np.sort(al.Value(TIED), order="x")


def test_positions_are_constants_and_index_values() -> None:
    x = al.Value(TIED)
    for positions in (np.argsort(x, kind="stable"), np.lexsort((x,))):
        assert not positions.requires_grad
        assert x[positions].data.tolist() == [1, 2, 2, 2, 3]
    places = np.searchsorted(np.sort(x), al.Value([2.5, 0.0]))
    assert places.data.tolist() == [4, 0]
    assert np.digitize(x, [1.5, 2.5]).data.tolist() == [1, 0, 1, 2, 1]
    assert np.argpartition(x, 4).data[4] == 3
