"""Adam and AdamW against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.optim.adam import adam_update


@given(
    grads=st.lists(st.floats(-1e6, 1e6).filter(lambda g: abs(g) > 1e-3), min_size=1, max_size=6),
    lr=st.floats(1e-4, 1.0),
)
def test_first_step_is_the_learning_rate_against_the_sign(grads, lr):
    for cls in (optim.Adam, optim.AdamW):
        w = al.Value(np.zeros(len(grads)))
        w.grad = np.array(grads)
        cls([w], lr=lr, eps=0.0).step()
        np.testing.assert_allclose(w.data, -lr * np.sign(grads), rtol=1e-12)


def test_a_constant_gradient_gives_equal_steps():
    w = al.Value([1.0, 1.0])
    optimizer = optim.Adam([w], lr=0.1, eps=0.0)
    for _ in range(10):
        w.grad = np.array([1e-3, -1e3])
        optimizer.step()
    np.testing.assert_allclose(w.data, [0.0, 2.0], atol=1e-12)


def test_eps_is_outside_the_root():
    w = al.Value(0.0)
    w.grad = np.float64(1.0)
    optim.Adam([w], lr=1.0, eps=1.0).step()
    assert w.item() == pytest.approx(-0.5, abs=1e-15)


def test_amsgrad_remembers_the_largest_scale():
    # Maximum before bias correction: v = 0.5 after g=1, and max(0.5, 0.25) after g=0.
    w = al.Value(0.0)
    optimizer = optim.Adam([w], lr=1.0, betas=(0.0, 0.5), eps=0.0, amsgrad=True)
    for g, expected in [(1.0, -1.0), (0.0, -1.0), (1e-3, -1e-3 / np.sqrt(0.5 / (1 - 0.5**3)))]:
        w.data = 0.0 if g == 1e-3 else w.data
        w.grad = np.float64(g)
        optimizer.step()
        assert w.item() == pytest.approx(expected, rel=1e-12)
    state = optimizer.state_dict()["state"][0]
    assert state["max_exp_avg_sq"] == 0.5
    assert state["exp_avg_sq"] < 0.13


def test_weight_decay_of_adam_is_scaled_away_and_of_adamw_is_not():
    shrunk, scaled = al.Value([2.0, 2.0]), al.Value([2.0, 2.0])
    for cls, w in ((optim.AdamW, shrunk), (optim.Adam, scaled)):
        w.grad = np.array([1.0, 100.0])
        cls([w], lr=0.1, weight_decay=0.5, eps=0.0).step()
    np.testing.assert_allclose(shrunk.data, 2 * (1 - 0.1 * 0.5) - 0.1, rtol=1e-12)
    np.testing.assert_allclose(scaled.data, 2 - 0.1, rtol=1e-12)


def test_maximize_climbs_while_adamw_still_decays():
    w = al.Value(2.0)
    w.grad = np.float64(1.0)
    optim.AdamW([w], lr=0.1, weight_decay=0.5, eps=0.0, maximize=True).step()
    assert w.item() == pytest.approx(2 * 0.95 + 0.1, rel=1e-12)


def test_update_rule_leaves_its_arguments_alone():
    arrays = [np.array([1.0, 2.0]), np.array([0.5, -0.5]), *np.zeros((3, 2))]
    for array in arrays:
        array.flags.writeable = False
    out = adam_update(
        *arrays,
        1,
        lr=0.1,
        beta1=0.9,
        beta2=0.99,
        eps=0.0,
        weight_decay=0.0,
        decoupled=False,
        maximize=False,
    )
    np.testing.assert_allclose(out, [[0.9, 2.1], [0.05, -0.05], [0.0025] * 2, [0.0025] * 2])
    assert not any(np.shares_memory(x, y) for x in out for y in arrays)


@pytest.mark.parametrize("cls", [optim.Adam, optim.AdamW])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1e-3}, "lr=-0.001; give a finite number >= 0"),
        ({"eps": -1e-8}, "eps=-1e-08"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1"),
        ({"betas": (0.9, 1.0)}, r"betas\[1\]=1.0; give a finite number >= 0 and < 1"),
        ({"betas": (-0.1, 0.9)}, r"betas\[0\]=-0.1"),
        ({"betas": 0.9}, "betas=0.9; give two numbers"),
        ({"betas": (0.9,)}, "give two numbers"),
        ({"amsgrad": None}, "amsgrad=None; give True or False"),
        ({"maximize": 0}, "maximize=0"),
    ],
)
def test_bad_options_raise(cls, options, message):
    with pytest.raises(al.errors.ArgumentError, match=f"{cls.__name__} got {message}|{message}"):
        cls([al.Value(1.0)], **options)
