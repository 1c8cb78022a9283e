"""The functional forms, where the modules' tests do not reach them."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_lite import Value, errors
from autograd_lite.nn import functional

X = np.random.default_rng(0).normal(size=(4, 3))


@pytest.mark.parametrize(
    "function",
    [
        functional.relu,
        functional.leaky_relu,
        functional.sigmoid,
        functional.tanh,
        functional.softplus,
        functional.gelu,
        functional.softmax,
        functional.log_softmax,
        functional.logsumexp,
        functional.dropout,
    ],
)
def test_arrays_give_arrays_and_values_give_values(function):
    assert isinstance(function(X), np.ndarray | np.generic)
    out = function(Value(X))
    assert type(out) is Value
    assert out.requires_grad
    assert isinstance(function(X.tolist()), np.ndarray | np.generic)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis, keepdims):
    x = Value(X)
    out = functional.logsumexp(x, axis, keepdims)
    expected = np.log(np.exp(X).sum(axis=axis, keepdims=keepdims))
    np.testing.assert_allclose(out.data, expected, rtol=1e-12)
    out.sum().backward()
    softmax = np.exp(X) / np.exp(X).sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(x.grad, softmax, rtol=1e-12)


def test_large_arguments_do_not_overflow():
    x = Value(np.array([-1e4, 0.0, 1e4]))
    for function in (
        functional.sigmoid,
        functional.softplus,
        functional.softmax,
        functional.log_softmax,
        functional.logsumexp,
        functional.gelu,
        functional.tanh,
    ):
        x.grad = None
        out = function(x)
        out.sum().backward()
        assert np.isfinite(out.data).all()
        assert np.isfinite(x.grad).all()


def test_gelu_is_near_the_exact_function():
    from math import erf, sqrt

    x = np.linspace(-6, 6, 241)
    exact = [0.5 * v * (1 + erf(v / sqrt(2))) for v in x]
    np.testing.assert_allclose(functional.gelu(x), exact, atol=5e-4)


def test_linear_refuses_a_weight_of_other_axes():
    with pytest.raises(errors.ShapeError, match=r"\(out_features, in_features\), got \(3,\)"):
        functional.linear(X, Value(np.ones(3)))


def test_linear_on_arrays():
    weight = np.ones((2, 3))
    np.testing.assert_allclose(functional.linear(X, weight), X @ weight.T)
    np.testing.assert_allclose(functional.linear(X, weight, np.ones(2)), X @ weight.T + 1)


def test_dropout_draws_anew_without_rng():
    x = np.ones(200)
    assert (functional.dropout(x) != functional.dropout(x)).any()
    assert functional.dropout(x, training=False) is x
    np.testing.assert_array_equal(functional.dropout(x, rng=3), functional.dropout(x, rng=3))


def test_one_hot():
    labels = np.array([[2, 0], [1, 1]])
    rows = functional.one_hot(labels, 4)
    assert rows.shape == (2, 2, 4)
    np.testing.assert_array_equal(rows.argmax(-1), labels)
    np.testing.assert_array_equal(rows.sum(-1), np.ones((2, 2)))
    assert functional.one_hot([0, 1], dtype=np.float32).dtype == np.float32
    assert functional.one_hot(np.zeros(0, int)).shape == (0, 0)
    assert functional.one_hot(Value(labels, requires_grad=False)).shape == (2, 2, 3)


def test_one_hot_refuses_other_labels():
    with pytest.raises(errors.DtypeError, match="float64"):
        functional.one_hot([0.0, 1.0])
    with pytest.raises(errors.ArgumentError, match="from -1 to 1; they go from 0 to 1"):
        functional.one_hot([-1, 1])
    with pytest.raises(errors.ArgumentError, match="from 0 to 5; they go from 0 to 2"):
        functional.one_hot([0, 5], 3)


def test_public_names():
    for name in functional.__all__:
        assert callable(getattr(functional, name))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("shape", [(3, 4), (200, 101)])
@pytest.mark.parametrize("transposed", [False, True])
def test_relu_passes_what_is_not_finite_only_where_it_is_on(dtype, shape, transposed):
    """Of few elements and of many, which go another way; 0 times infinity would be nan."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=shape).astype(dtype)
    seed = rng.choice(np.array([1.5, -2.0, np.inf, -np.inf, np.nan], dtype), size=shape)
    if transposed:
        numbers, seed = numbers.T, seed.T
    numbers[0, 0] = 0.0
    x = Value(numbers)
    functional.relu(x).backward(seed)
    expected = [g if number > 0 else 0 for number, g in zip(numbers.flat, seed.flat, strict=True)]
    np.testing.assert_array_equal(x.grad, np.reshape(np.array(expected, dtype), numbers.shape))
    assert x.grad.dtype == dtype
