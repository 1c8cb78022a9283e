"""RMSprop against closed forms."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.optim.rmsprop import rmsprop_update


def path(grads, **options):
    w = al.Value(0.0)
    optimizer = optim.RMSprop([w], **options)
    positions = []
    for g in grads:
        w.grad = np.float64(g)
        optimizer.step()
        positions.append(w.item())
    return positions


def test_constant_gradient():
    # v after t steps is 1 - alpha**t of g².
    found = path([-5.0] * 20, lr=0.1, alpha=0.9, eps=0.0)
    expected = np.cumsum(0.1 / np.sqrt(1 - 0.9 ** np.arange(1, 21)))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_eps_is_outside_the_root():
    assert path([1.0], lr=1.0, alpha=0.75, eps=0.5) == [-1.0]


def test_centered_divides_by_the_standard_deviation():
    # With alpha = 1/2, after g = 1: mean 1/2, mean square 1/2, variance 1/4.
    assert path([1.0], lr=1.0, alpha=0.5, eps=0.0, centered=True) == [-2.0]


def test_momentum_sums_the_scaled_gradients():
    assert path([1.0, 0.0], lr=1.0, alpha=0.75, eps=0.0, momentum=0.5) == [-2.0, -3.0]


def test_maximize_and_weight_decay():
    w = al.Value(2.0)
    w.grad = np.float64(1.0)
    optim.RMSprop([w], lr=1.0, alpha=0.75, eps=0.0, weight_decay=1.0, maximize=True).step()
    assert w.item() == 0.0  # gradient -1 + 2 = 1, divided by 1/2


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_constant_gradient_never_gives_nan(dtype):
    # The variance goes to zero, and rounding takes some elements below.
    grads = np.random.default_rng(0).normal(size=500).astype(dtype)
    w = al.Value(np.zeros(500, dtype))
    optimizer = optim.RMSprop([w], lr=1e-6, alpha=0.5, centered=True)
    for _ in range(100):
        w.grad = grads
        optimizer.step()
    assert np.all(np.isfinite(w.data))


def test_update_rule_leaves_its_arguments_alone():
    arrays = [np.array([1.0, 2.0]), np.array([1.0, -1.0]), *np.zeros((3, 2))]
    for array in arrays:
        array.flags.writeable = False
    out = rmsprop_update(
        *arrays, 1, lr=0.1, alpha=0.5, eps=0.0, weight_decay=0.0, momentum=0.9, maximize=False
    )
    np.testing.assert_allclose(out, [[0.8, 2.2], [0.5, 0.5], [0.5, -0.5], [2.0, -2.0]])
    assert not any(np.shares_memory(x, y) for x in out for y in arrays)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1}, "RMSprop got lr=-1"),
        ({"alpha": 1.0}, "alpha=1.0; give a finite number >= 0 and < 1"),
        ({"alpha": -0.1}, "alpha=-0.1"),
        ({"eps": -1.0}, "eps=-1.0"),
        ({"weight_decay": -1.0}, "weight_decay=-1.0"),
        ({"momentum": -1.0}, "momentum=-1.0"),
        ({"centered": "yes"}, "centered='yes'"),
        ({"maximize": None}, "maximize=None"),
    ],
)
def test_bad_options_raise(options, message):
    with pytest.raises(al.errors.ArgumentError, match=message):
        optim.RMSprop([al.Value(1.0)], **options)
