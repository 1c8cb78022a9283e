"""The mean of the parameters along a run."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_mean_of_all_points_in_the_dtype_of_the_parameter(dtype):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(7, 3, 2)).astype(dtype)
    parameter = al.Value(np.zeros((3, 2), dtype))
    average = al.optim.WeightAverage([parameter])
    for point in points:
        parameter.data = point
        average.update()
    average.apply()
    assert parameter.dtype == dtype
    np.testing.assert_allclose(parameter.data, points.mean(axis=0), rtol=1e-5)


def test_what_was_averaged_is_not_written_into():
    parameter = al.Value([1.0, 2.0])
    first = parameter.data
    average = al.optim.WeightAverage([parameter])
    average.update()
    parameter.data = np.array([3.0, 4.0])
    average.update()
    average.apply()
    assert first.tolist() == [1.0, 2.0]
    assert parameter.data.tolist() == [2.0, 3.0]
    average.update()
    assert parameter.data.tolist() == [2.0, 3.0]


def test_averaging_brings_a_noisy_run_closer_to_the_minimum():
    rng = np.random.default_rng(1)
    parameter = al.Value(np.full(20, 3.0))
    optimizer = al.optim.SGD([parameter], lr=0.3)
    average = al.optim.WeightAverage([parameter])
    for step in range(400):
        loss = np.sum((parameter - rng.normal(size=20)) ** 2) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step >= 100:
            average.update()
    last = np.linalg.norm(parameter.data)
    average.apply()
    assert np.linalg.norm(parameter.data) < last / 4


def test_nothing_to_average_raises():
    with pytest.raises(ArgumentError, match="update"):
        al.optim.WeightAverage([al.Value(1.0)]).apply()
