"""Initialisers: the distributions that their formulas say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_lite import errors
from autograd_lite.nn import init

SHAPE = (400, 100)  # fan-in 100, fan-out 400
KERNEL = (64, 16, 3, 3)  # fan-in 144, fan-out 576

VARIANCES = {
    "glorot": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
}
ALL = ["uniform", "normal", "zeros", "ones", "constant"] + [
    f"{name}_{kind}" for name in VARIANCES for kind in ("uniform", "normal")
]


def kurtosis(x):
    """1.8 for a uniform distribution, 3 for a normal one."""
    return ((x - x.mean()) ** 4).mean() / x.var() ** 2


@pytest.mark.parametrize(("shape", "fans"), [(SHAPE, (100, 400)), (KERNEL, (144, 576))])
@pytest.mark.parametrize("name", VARIANCES)
def test_variances(name, shape, fans):
    variance = VARIANCES[name](*fans)
    even = getattr(init, f"{name}_uniform")(shape, 0)
    bell = getattr(init, f"{name}_normal")(shape, 0)
    bound = math.sqrt(3 * variance)
    assert 0.99 * bound < abs(even).max() <= bound
    assert kurtosis(even) == pytest.approx(1.8, rel=0.05)
    assert kurtosis(bell) == pytest.approx(3.0, rel=0.1)
    for drawn in (even, bell):
        assert drawn.shape == shape
        assert drawn.var() == pytest.approx(variance, rel=0.05)
        assert abs(drawn.mean()) < 0.05 * math.sqrt(variance)


@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal"])
def test_variances_are_torchs(name):
    torch = pytest.importorskip("torch")
    torch_name = {"glorot": "xavier", "he": "kaiming"}[name.split("_")[0]]
    options = {"nonlinearity": "relu"} if torch_name == "kaiming" else {}
    fill = getattr(torch.nn.init, f"{torch_name}_{name.split('_')[1]}_")
    theirs = fill(torch.empty(KERNEL), generator=torch.Generator().manual_seed(0), **options)
    ours = getattr(init, name)(KERNEL, 0)
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.05)


def test_uniform_and_normal():
    even = init.uniform(10_000, 0, low=2, high=4)
    assert 2 <= even.min() < 2.01
    assert 3.99 < even.max() < 4
    assert init.uniform(10_000, 0).mean() == pytest.approx(0.5, abs=0.02)
    bell = init.normal(10_000, 0, mean=3, std=0.5)
    assert bell.mean() == pytest.approx(3, abs=0.05)
    assert bell.std() == pytest.approx(0.5, rel=0.05)
    assert kurtosis(bell) == pytest.approx(3, rel=0.1)


def test_constants():
    np.testing.assert_array_equal(init.zeros((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(init.ones((2, 3)), np.ones((2, 3)))
    np.testing.assert_array_equal(init.constant((2,), value=0.5), [0.5, 0.5])
    assert init.zeros(()).shape == ()


@pytest.mark.parametrize("name", ALL)
def test_dtype_and_seed(name):
    initializer = getattr(init, name)
    wide = initializer((4, 5), np.random.default_rng(7))
    assert wide.dtype == np.float64
    narrow = initializer((4, 5), 7, np.float32)
    assert narrow.dtype == np.float32
    np.testing.assert_array_equal(narrow, wide.astype(np.float32))
    with pytest.raises(errors.DtypeError, match="int64"):
        initializer((4, 5), 7, np.int64)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shape", [(-1, 2), (2.5, 2), "ab", None, ((2, 3), 1)])
def test_bad_shapes_are_refused(name, shape):
    with pytest.raises(errors.ShapeError):
        getattr(init, name)(shape, 0)


@pytest.mark.parametrize("name", [name for name in ALL if "_" in name])
@pytest.mark.parametrize("shape", [(), 3, (3,), (0, 3), (3, 0), (3, 3, 0)])
def test_fans_need_a_matrix(name, shape):
    with pytest.raises(errors.ShapeError, match="fan-in and fan-out"):
        getattr(init, name)(shape, 0)


@pytest.mark.parametrize("low_high", [(1, 0), (0, math.inf), (math.nan, 1)])
def test_bad_bounds_are_refused(low_high):
    with pytest.raises(errors.ArgumentError, match="low <= high"):
        init.uniform(3, 0, low=low_high[0], high=low_high[1])


@pytest.mark.parametrize("parameters", [(0, -1), (math.nan, 1), (0, math.inf)])
def test_bad_deviations_are_refused(parameters):
    with pytest.raises(errors.ArgumentError, match="std >= 0"):
        init.normal(3, 0, mean=parameters[0], std=parameters[1])


def test_public_names():
    assert sorted(ALL) == sorted(init.__all__)
