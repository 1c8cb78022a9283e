"""Adagrad against closed forms."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.optim.adagrad import adagrad_update


def path(grads, **options):
    w = al.Value(0.0)
    optimizer = optim.Adagrad([w], **options)
    positions = []
    for g in grads:
        w.grad = np.float64(g)
        optimizer.step()
        positions.append(w.item())
    return positions


def test_constant_gradient_gives_steps_of_one_over_root_t():
    found = path([-7.0] * 50, lr=0.5, eps=0.0)
    np.testing.assert_allclose(found, np.cumsum(0.5 / np.sqrt(np.arange(1, 51))), rtol=1e-12)


def test_learning_rate_decays_from_the_second_step():
    found = path([-1.0] * 50, lr=0.5, eps=0.0, lr_decay=0.1)
    steps = np.arange(1, 51)
    np.testing.assert_allclose(
        found, np.cumsum(0.5 / (1 + 0.1 * (steps - 1)) / np.sqrt(steps)), rtol=1e-12
    )


def test_initial_sum_and_eps():
    assert path([1.0], lr=1.0, initial_accumulator_value=3.0, eps=2.0) == [-0.25]


def test_a_late_parameter_begins_with_the_initial_sum():
    early, late = al.Value([0.0]), al.Value([0.0])
    optimizer = optim.Adagrad([early, late], lr=1.0, initial_accumulator_value=3.0, eps=0.0)
    early.grad = np.array([1.0])
    optimizer.step()
    late.grad = np.array([1.0])
    optimizer.step()
    assert late.data[0] == -0.5
    assert early.data[0] == pytest.approx(-0.5 - 1 / np.sqrt(5))


def test_maximize_and_weight_decay():
    w = al.Value(2.0)
    w.grad = np.float64(1.0)
    optim.Adagrad([w], lr=1.0, eps=0.0, weight_decay=1.5, maximize=True).step()
    assert w.item() == 1.0  # gradient -1 + 3 = 2, divided by its size


def test_update_rule_leaves_its_arguments_alone():
    arrays = [np.array([1.0, 2.0]), np.array([3.0, -3.0]), np.array([16.0, 0.0])]
    for array in arrays:
        array.flags.writeable = False
    out = adagrad_update(
        *arrays, 2, lr=0.2, lr_decay=1.0, eps=0.0, weight_decay=0.0, maximize=False
    )
    np.testing.assert_allclose(out, [[0.94, 2.1], [25.0, 9.0]])
    assert not any(np.shares_memory(x, y) for x in out for y in arrays)


@pytest.mark.parametrize(
    "option", ["lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"]
)
def test_bad_options_raise(option):
    with pytest.raises(al.errors.ArgumentError, match=f"Adagrad got {option}=-1"):
        optim.Adagrad([al.Value(1.0)], **{option: -1})
    with pytest.raises(al.errors.ArgumentError, match="maximize=1"):
        optim.Adagrad([al.Value(1.0)], maximize=1)
