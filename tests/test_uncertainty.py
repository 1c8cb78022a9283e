"""Propagation of uncertainties through any function by its Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, CovarianceError, DtypeError, ShapeError
from autograd_lite.uncertainty import propagate

RNG = np.random.default_rng(0)
M = RNG.normal(size=(3, 3))
C = M @ M.T
X = np.array([1.0, 2.0, 0.5])


def test_a_linear_function_is_exact() -> None:
    A = RNG.normal(size=(2, 3))
    value, covariance = propagate(lambda x: A @ x, X, C)
    np.testing.assert_allclose(value, A @ X, rtol=1e-14)
    np.testing.assert_allclose(covariance, A @ C @ A.T, rtol=1e-13)


def test_products_and_quotients_add_their_relative_errors_in_squares() -> None:
    sigma = np.array([0.1, 0.2, 0.01])
    value, variance = propagate(lambda x: x[0] * x[1] / x[2], X, np.diag(sigma**2))
    assert float(value) == 4
    assert np.ndim(variance) == 0
    assert float(np.sqrt(variance)) / 4 == pytest.approx(np.sqrt(np.sum((sigma / X) ** 2)))


def test_it_agrees_with_a_sample() -> None:
    def fun(x: Any) -> Any:
        return np.stack([x[..., 0] * np.exp(x[..., 1]), np.sin(x[..., 2])], axis=-1)

    small = 1e-4 * C
    _, covariance = propagate(fun, X, small)
    sample = fun(RNG.multivariate_normal(X, small, size=200_000))
    np.testing.assert_allclose(covariance, np.cov(sample.T), rtol=0.03, atol=1e-6)


def test_shapes_of_results() -> None:
    value, covariance = propagate(lambda x: np.outer(x, x)[:2], X, C)
    assert (value.shape, covariance.shape) == ((2, 3), (2, 3, 2, 3))
    value, covariance = propagate(lambda x: x**2, 3.0, 0.04)
    assert (float(value), float(covariance)) == pytest.approx((9.0, 1.44))
    value, covariance = propagate(lambda x: 2 * x, X.reshape(3, 1), C.reshape(3, 1, 3, 1))
    np.testing.assert_allclose(covariance, 4 * C.reshape(3, 1, 3, 1), rtol=1e-14)


def test_trees_in_and_out() -> None:
    def fun(x: Any) -> Any:
        return {"area": x["sides"][0] * x["sides"][1], "all": [x["sides"] * x["unit"]]}

    x = {"sides": X[:2], "unit": 0.5}
    value, covariance = propagate(fun, x, C)
    assert float(value["area"]) == 2
    assert value["all"][0].tolist() == [0.5, 1]
    jacobian = np.array([[2, 1, 0], [0.5, 0, 1], [0, 0.5, 2]])
    np.testing.assert_allclose(covariance, jacobian @ C @ jacobian.T, rtol=1e-14)


def test_a_result_that_does_not_depend_on_x_is_certain() -> None:
    value, covariance = propagate(lambda x: np.array([1.0, 2.0]), X, C)
    assert value.tolist() == [1, 2]
    assert covariance.tolist() == [[0, 0], [0, 0]]


def test_values_and_values_from_outside() -> None:
    factor = al.Value(2.0)
    value, covariance = propagate(lambda x: factor * x, al.Value(X), C)
    assert type(value) is type(covariance) is np.ndarray
    np.testing.assert_allclose(covariance, 4 * C, rtol=1e-14)


@pytest.mark.parametrize(
    ("covariance", "error", "match"),
    [
        (np.eye(2), ShapeError, r"shape \(2, 2\) for 3 numbers; give one of shape \(3, 3\)"),
        (np.ones(9), ShapeError, r"shape \(9,\)"),
        (np.triu(C), ArgumentError, "not symmetric"),
        (-C, CovarianceError, "negative variances"),
        (np.diag([1.0, -1e-30, 1.0]), CovarianceError, "negative variances"),
        (1e-9 * (2.0 - np.eye(3)), CovarianceError, "least eigenvalue -1, scaled"),
    ],
)
def test_a_covariance_has_to_fit(covariance: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        propagate(np.sum, X, covariance)


def test_what_cannot_have_an_uncertainty() -> None:
    with pytest.raises(DtypeError, match="propagate got x of dtype <U1"):
        propagate(np.sum, "x", C)
    with pytest.raises(DtypeError, match=r"a result of fun\['mask'\] of dtype bool"):
        propagate(lambda x: {"mask": x > 0}, X, C)


def test_a_covariance_may_be_singular_to_rounding() -> None:
    directions = np.array([[1.0, 1e-3, 1e3], [0.1, 2e-3, 7e2]])
    _, variance = propagate(lambda x: x[0], X, directions.T @ directions)
    np.testing.assert_allclose(variance, 1.01)
    assert np.isnan(propagate(np.sum, X, np.full((3, 3), np.nan))[1])
