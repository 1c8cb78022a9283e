"""Gradient clipping against its formula and torch.nn.utils."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.errors import ArgumentError
from autograd_lite.optim import clip_grad_norm, clip_grad_value


@pytest.fixture
def graded():
    """Parameters with gradients of norm about 12, one of them without."""
    rng = np.random.default_rng(3)
    params = [al.Value(np.zeros(shape)) for shape in [(3, 4), (), (5,), (2, 2)]]
    for p in params[:3]:
        p.grad = np.asarray(3 * rng.normal(size=p.shape))[()]
    return params


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, 0.5, math.inf])
@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1e3])
def test_norm_agrees_with_torch(graded, norm_type, max_norm):
    torch = pytest.importorskip("torch")
    tensors = [torch.zeros(p.shape, dtype=torch.float64) for p in graded]
    for tensor, p in zip(tensors, graded, strict=True):
        tensor.grad = None if p.grad is None else torch.tensor(p.grad)
    expected = torch.nn.utils.clip_grad_norm_(tensors, max_norm, norm_type)
    found = clip_grad_norm(graded, max_norm, norm_type)
    assert found == pytest.approx(float(expected), rel=1e-12)
    for tensor, p in zip(tensors[:3], graded[:3], strict=True):
        np.testing.assert_allclose(p.grad, tensor.grad.numpy(), rtol=1e-12, atol=1e-16)
    assert graded[3].grad is None


@pytest.mark.parametrize("clip_value", [0.0, 0.7, 1e3])
def test_value_agrees_with_torch(graded, clip_value):
    torch = pytest.importorskip("torch")
    tensors = [torch.zeros(p.shape, dtype=torch.float64) for p in graded]
    for tensor, p in zip(tensors, graded, strict=True):
        tensor.grad = None if p.grad is None else torch.tensor(p.grad)
    torch.nn.utils.clip_grad_value_(tensors, clip_value)
    clip_grad_value(graded, clip_value)
    for tensor, p in zip(tensors[:3], graded[:3], strict=True):
        assert np.array_equal(p.grad, tensor.grad.numpy())
    assert graded[3].grad is None


@given(
    grads=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8),
    max_norm=st.floats(1e-3, 1e3),
)
def test_norm_by_its_formula(grads, max_norm):
    w = al.Value(np.zeros(len(grads)))
    w.grad = np.array(grads)
    total = clip_grad_norm([w], max_norm)
    assert total == pytest.approx(math.hypot(*grads), rel=1e-12, abs=1e-300)
    factor = min(1.0, max_norm / (total + 1e-6))
    np.testing.assert_allclose(w.grad, factor * np.array(grads), rtol=1e-12, atol=1e-300)
    assert math.hypot(*w.grad) <= max_norm * (1 + 1e-12)


def test_gradients_are_rebound_never_written_to(graded):
    held = [p.grad for p in graded]
    copies = [np.copy(grad) for grad in held[:3]]
    clip_grad_norm(graded, 0.5)
    clip_grad_value(graded, 0.01)
    for array, content, p in zip(held, copies, graded, strict=False):
        assert np.array_equal(array, content)
        assert not np.array_equal(p.grad, content)


def test_small_gradients_stay_the_very_objects(graded):
    held = [p.grad for p in graded]
    clip_grad_norm(graded, 1e6)
    clip_grad_norm(graded, math.inf)
    assert all(p.grad is grad for p, grad in zip(graded, held, strict=True))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_stays_and_large_gradients_do_not_overflow(dtype):
    large = float(np.finfo(dtype).max) / 4
    w, b = al.Value(np.zeros(4, dtype)), al.Value(dtype(0))
    w.grad, b.grad = np.full(4, large, dtype), dtype(large)
    assert clip_grad_norm([w, b], 1.0) == pytest.approx(large * math.sqrt(5), rel=1e-12)
    np.testing.assert_allclose(w.grad.astype(float), 1 / math.sqrt(5), rtol=1e-3)
    assert w.grad.dtype == b.grad.dtype == dtype
    assert isinstance(b.grad, dtype)


def test_tiny_gradients_do_not_vanish():
    w = al.Value(np.zeros(4))
    w.grad = np.full(4, 1e-200)
    assert clip_grad_norm([w], 1.0) == pytest.approx(2e-200, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_value_limit_beyond_the_dtypes_range(dtype):
    w = al.Value(np.zeros(2, dtype))
    w.grad = np.array([1, -2], dtype)
    clip_grad_value([w], 1e300)
    assert w.grad.tolist() == [1.0, -2.0]
    assert w.grad.dtype == dtype


@pytest.mark.parametrize(
    ("grads", "norm", "clipped"),
    [([1.0, math.inf], math.inf, [0.0, math.nan]), ([1.0, math.nan], math.nan, [math.nan] * 2)],
)
def test_gradients_that_are_not_finite(grads, norm, clipped):
    w = al.Value(np.zeros(2))
    w.grad = np.array(grads)
    with pytest.raises(ArgumentError, match=f"norm is {norm}.*error_if_nonfinite=False"):
        clip_grad_norm([w], 1.0, error_if_nonfinite=True)
    assert np.array_equal(w.grad, grads, equal_nan=True)
    clip_grad_value([w], 5.0)
    assert np.array_equal(w.grad, [1.0, min(grads[1], 5.0)], equal_nan=True) or math.isnan(norm)
    w.grad = np.array(grads)
    assert np.array_equal(clip_grad_norm([w], 1.0), norm, equal_nan=True)
    assert np.array_equal(w.grad, clipped, equal_nan=True)


def test_gradients_that_are_values_become_arrays():
    for clip in (clip_grad_norm, clip_grad_value):
        w = al.Value([3.0, 4.0])
        (w**2).sum().backward(create_graph=True)
        assert isinstance(w.grad, al.Value)
        clip([w], 1.0)
        assert isinstance(w.grad, np.ndarray)
        assert abs(w.grad).max() <= 1


def test_nothing_to_clip():
    w = al.Value([1.0])
    assert clip_grad_norm([w], 1.0) == 0.0
    assert clip_grad_norm([], 1.0) == 0.0
    clip_grad_value([], 1.0)
    empty = al.Value(np.zeros(0))
    empty.grad = np.zeros(0)
    assert clip_grad_norm([empty], 1.0) == 0.0
    w.grad = np.zeros(1)
    assert clip_grad_norm([w], 1.0) == 0.0


def test_one_value_and_a_generator():
    w, b = al.Value([3.0]), al.Value(4.0)
    w.grad, b.grad = np.array([30.0]), 40  # an int, assigned by hand
    assert clip_grad_norm((p for p in (w, b)), 5.0) == 50.0
    assert w.grad[0] == pytest.approx(3.0)
    assert b.grad == pytest.approx(4.0)
    clip_grad_value(w, 1.0)
    assert w.grad[0] == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: clip_grad_norm(p, -1.0), "clip_grad_norm got max_norm=-1.0"),
        (lambda p: clip_grad_norm(p, math.nan), "max_norm=nan"),
        (lambda p: clip_grad_norm(p, 1.0, 0), "norm_type=0; give a number > 0"),
        (lambda p: clip_grad_norm(p, 1.0, -2), "norm_type=-2"),
        (lambda p: clip_grad_norm(p, 1.0, "fro"), "norm_type='fro'"),
        (lambda p: clip_grad_value(p, -1.0), "clip_grad_value got clip_value=-1.0"),
        (lambda p: clip_grad_value([np.ones(2)], 1.0), "ndarray as parameter 0"),
        (lambda p: clip_grad_norm(3, 1.0), "int for its parameters"),
    ],
)
def test_bad_arguments_raise(graded, call, message):
    with pytest.raises(ArgumentError, match=message):
        call(graded)
