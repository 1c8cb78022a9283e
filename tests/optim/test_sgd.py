"""SGD against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.optim.sgd import sgd_update


def positions(optimizer, theta, steps, slope):
    path = []
    for _ in range(steps):
        theta.grad = np.float64(slope(theta.data))
        optimizer.step()
        path.append(theta.item())
    return path


@given(
    lr=st.floats(0.01, 0.99),
    curvature=st.floats(0.1, 2.0),
    start=st.floats(-10, 10),
)
def test_quadratic_shrinks_by_a_constant_factor(lr, curvature, start):
    theta = al.Value(start)
    path = positions(optim.SGD([theta], lr=lr), theta, 20, lambda x: curvature * x)
    expected = start * (1 - lr * curvature) ** np.arange(1, 21)
    np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("lr", "end"), [(0.05, 2.8092), (0.30, 3.0), (0.95, 2.8092)])
def test_parabola_of_the_article(lr, end):
    theta = al.Value(-1.5)
    optimizer = optim.SGD([theta], lr=lr)
    for _ in range(30):
        optimizer.zero_grad()
        ((theta - 3) ** 2).backward()
        optimizer.step()
    assert theta.item() == pytest.approx(end, abs=5e-5)


def test_momentum_is_the_linear_recurrence():
    # On x²/2 the pair (x, b) is multiplied by one matrix in each step.
    lr, momentum = 0.1, 0.9
    matrix = np.array([[1 - lr, -lr * momentum], [1, momentum]])
    theta = al.Value(2.0)
    path = positions(optim.SGD([theta], lr=lr, momentum=momentum), theta, 30, lambda x: x)
    for step, x in enumerate(path, 1):
        assert x == pytest.approx((np.linalg.matrix_power(matrix, step) @ [2.0, 0.0])[0], abs=1e-12)


def test_first_gradient_is_not_dampened():
    theta = al.Value(0.0)
    path = positions(
        optim.SGD([theta], lr=1.0, momentum=0.5, dampening=0.75), theta, 2, lambda x: 1.0
    )
    assert path == [-1.0, -1.0 - (0.5 + 0.25)]


def test_without_momentum_there_is_no_state_and_no_count():
    theta = al.Value(0.0)
    optimizer = optim.SGD([theta], lr=1.0, dampening=0.75)
    positions(optimizer, theta, 3, lambda x: 1.0)
    assert optimizer.state_dict()["state"] == {}
    optimizer.param_groups[0]["momentum"] = 0.5  # from now on, the first gradient is this one
    assert positions(optimizer, theta, 1, lambda x: 1.0) == [-4.0]
    assert optimizer.state_dict()["state"] == {0: {"momentum_buffer": 1.0}}


def test_nesterov_looks_ahead_by_one_momentum():
    theta = al.Value(0.0)
    path = positions(
        optim.SGD([theta], lr=1.0, momentum=0.5, nesterov=True), theta, 2, lambda x: 1.0
    )
    assert path == [-1.5, -1.5 - (1 + 0.5 * 1.5)]


def test_weight_decay_is_the_gradient_of_an_l2_penalty():
    penalised, decayed = al.Value([1.0, -2.0]), al.Value([1.0, -2.0])
    ours = optim.SGD([penalised], lr=0.1), optim.SGD([decayed], lr=0.1, weight_decay=0.3)
    for _ in range(10):
        for optimizer in ours:
            optimizer.zero_grad()
        ((penalised - 1) ** 2 + 0.15 * penalised**2).sum().backward()
        ((decayed - 1) ** 2).sum().backward()
        for optimizer in ours:
            optimizer.step()
    np.testing.assert_allclose(penalised.data, decayed.data, rtol=1e-13)


def test_maximize_climbs():
    theta = al.Value(0.0)
    assert positions(optim.SGD([theta], lr=0.5, maximize=True), theta, 1, lambda x: 3.0) == [1.5]


def test_update_rule_leaves_its_arguments_alone():
    arrays = [np.array([1.0, 2.0]), np.array([0.5, -0.5]), np.array([0.1, 0.2])]
    for array in arrays:
        array.flags.writeable = False
    p, buffer = sgd_update(
        *arrays,
        2,
        lr=0.1,
        momentum=0.9,
        dampening=0.0,
        weight_decay=0.0,
        nesterov=False,
        maximize=False,
    )
    np.testing.assert_allclose(buffer, [0.59, -0.32])
    np.testing.assert_allclose(p, [0.941, 2.032])
    assert not any(np.shares_memory(p, array) for array in arrays)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -0.1}, "SGD got lr=-0.1; give a finite number >= 0"),
        ({"lr": float("nan")}, "SGD got lr=nan"),
        ({"lr": float("inf")}, "SGD got lr=inf"),
        ({"lr": "0.1"}, "SGD got lr='0.1'"),
        ({"lr": None}, "SGD got lr=None"),
        ({"lr": True}, "SGD got lr=True"),
        ({"momentum": -0.5}, "momentum=-0.5"),
        ({"weight_decay": -1}, "weight_decay=-1"),
        ({"dampening": "much"}, "dampening='much'; give a finite number$"),
        ({"nesterov": True}, "nesterov=True with momentum=0 and dampening=0"),
        ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "no dampening"),
        ({"nesterov": 1, "momentum": 0.9}, "nesterov=1; give True or False"),
        ({"maximize": "yes"}, "maximize='yes'"),
    ],
)
def test_bad_options_raise(options, message):
    with pytest.raises(al.errors.ArgumentError, match=message):
        optim.SGD([al.Value(1.0)], **options)
