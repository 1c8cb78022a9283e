"""state_dict: its layout, resuming bit for bit, and everything that does not fit."""

import copy

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.errors import ArgumentError, StateDictError


def test_resumed_run_is_the_same_bit_for_bit(make_optimizer, params, descend, present):
    optimizer = make_optimizer(params)
    descend(optimizer, params, range(20), present)
    saved = optimizer.state_dict()
    data = [np.array(p.data) for p in params]
    descend(optimizer, params, range(20, 40), present)

    again = [al.Value(np.zeros_like(array)) for array in data]
    resumed = make_optimizer(again)
    descend(resumed, again, range(3))  # whatever it did before
    resumed.load_state_dict(saved)
    for p, array in zip(again, data, strict=True):
        p.data = array
    descend(resumed, again, range(20, 40), present)
    for p, q in zip(params, again, strict=True):
        assert np.array_equal(p.data, q.data)
    ours, theirs = optimizer.state_dict(), resumed.state_dict()
    assert ours["param_groups"] == theirs["param_groups"]
    assert ours["state"].keys() == theirs["state"].keys()
    for i, entry in ours["state"].items():
        assert list(entry) == list(theirs["state"][i])
        assert all(np.array_equal(entry[name], theirs["state"][i][name]) for name in entry)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_resume_in_other_dtypes(make_optimizer, start, descend, dtype):
    params = [al.Value(data.astype(dtype)) for data in start]
    optimizer = make_optimizer(params)
    descend(optimizer, params, range(5))
    again = [al.Value(p.data) for p in params]
    resumed = make_optimizer(again)
    resumed.load_state_dict(optimizer.state_dict())
    descend(optimizer, params, range(5, 10))
    descend(resumed, again, range(5, 10))
    for p, q in zip(params, again, strict=True):
        assert np.array_equal(p.data, q.data)


def test_layout(params, descend):
    optimizer = optim.Adam(
        [{"params": params[:2]}, {"params": params[2:], "lr": 0.5}], amsgrad=True
    )
    descend(optimizer, params, range(3), lambda step, i: i != 1)
    saved = optimizer.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert list(saved["state"]) == [0, 2, 3, 4]
    entry = saved["state"][0]
    assert list(entry) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    assert entry["step"] == 3
    assert entry["exp_avg"].shape == (3, 4)
    assert isinstance(saved["state"][2]["exp_avg"], np.ndarray)
    assert saved["state"][2]["exp_avg"].shape == ()
    assert saved["param_groups"][1] == {
        "lr": 0.5,
        "betas": (0.9, 0.999),
        "eps": 1e-8,
        "weight_decay": 0,
        "amsgrad": True,
        "maximize": False,
        "params": [2, 3, 4],
    }


def test_arrays_are_copies_both_ways(make_optimizer, params, descend):
    optimizer = make_optimizer(params)
    descend(optimizer, params, range(3))
    saved = optimizer.state_dict()
    kept = copy.deepcopy(saved)
    descend(optimizer, params, range(3, 6))
    optimizer.load_state_dict(saved)
    descend(optimizer, params, range(6, 9))
    for i, entry in kept["state"].items():
        assert all(np.array_equal(entry[name], saved["state"][i][name]) for name in entry)
        for name in entry:
            saved["state"][i][name] = None
    optimizer.param_groups[0]["lr"] = 123.0
    assert saved["param_groups"] == kept["param_groups"]


def test_options_come_from_the_state_dict():
    first = optim.SGD([al.Value(1.0)], lr=0.5, momentum=0.9)
    second = optim.SGD([al.Value(1.0)], lr=0.1)
    second.load_state_dict(first.state_dict())
    assert second.param_groups[0]["lr"] == 0.5
    assert second.param_groups[0]["momentum"] == 0.9
    assert isinstance(second.param_groups[0]["params"][0], al.Value)


def test_an_empty_state_makes_a_used_optimizer_new(make_optimizer, start, params, descend):
    used = make_optimizer(params)
    saved = used.state_dict()
    descend(used, params, range(5))
    for p, data in zip(params, start, strict=True):
        p.data = data
    used.load_state_dict(saved)
    fresh = [al.Value(data) for data in start]
    descend(used, params, range(5))
    descend(make_optimizer(fresh), fresh, range(5))
    for p, q in zip(params, fresh, strict=True):
        assert np.array_equal(p.data, q.data)


def test_a_buffer_switched_on_just_before_saving():
    params = [al.Value([1.0])]
    optimizer = optim.RMSprop(params)
    params[0].grad = np.ones(1)
    optimizer.step()
    optimizer.param_groups[0]["momentum"] = 0.5
    again = optim.RMSprop([al.Value(params[0].data)])
    again.load_state_dict(optimizer.state_dict())
    for one in (optimizer, again):
        one.param_groups[0]["params"][0].grad = np.ones(1)
        one.step()
    assert params[0].data[0] == again.param_groups[0]["params"][0].data[0]


def test_a_buffer_switched_off_is_kept():
    params = [al.Value([0.0])]
    optimizer = optim.SGD(params, lr=1.0, momentum=0.5)
    params[0].grad = np.ones(1)
    optimizer.step()
    optimizer.param_groups[0]["momentum"] = 0.0
    again = optim.SGD([al.Value([0.0])])
    again.load_state_dict(optimizer.state_dict())
    again.param_groups[0]["momentum"] = 0.5
    again.param_groups[0]["params"][0].grad = np.zeros(1)
    again.step()
    assert again.param_groups[0]["params"][0].data[0] == -0.5


def broken(saved, change):
    saved = copy.deepcopy(saved)
    change(saved)
    return saved


CHANGES = [
    (lambda s: s.pop("state"), r"missing: \['state'\]"),
    (lambda s: s.update(extra=1), r"unexpected: \['extra'\]"),
    (lambda s: s["param_groups"].pop(), "mis-shaped: 1 parameter groups, the optimiser has 2"),
    (lambda s: s["param_groups"][0].pop("lr"), r"missing: param_groups\[0\]\['lr'\]"),
    (lambda s: s["param_groups"][0].pop("params"), r"missing: param_groups\[0\]\['params'\]"),
    (lambda s: s["param_groups"][1].update(rho=1), r"unexpected: param_groups\[1\]\['rho'\]"),
    (
        lambda s: s["param_groups"][0]["params"].pop(),
        r"mis-shaped: param_groups\[0\] has 1 parameters, the optimiser's has 2",
    ),
    (lambda s: s["state"].update({9: {}}), r"unexpected: state\[9\]"),
    (lambda s: s["state"][0].pop("exp_avg"), r"missing: state\[0\]\['exp_avg'\]"),
    (lambda s: s["state"][0].pop("step"), r"missing: state\[0\]\['step'\]"),
    (lambda s: s["state"][0].update(sum=1), r"unexpected: state\[0\]\['sum'\]"),
    (lambda s: s["state"][0].update(step=1.5), r"state\[0\]\['step'\] is 1.5, not a whole"),
    (lambda s: s["state"][0].update(step=-1), r"state\[0\]\['step'\] is -1"),
    (lambda s: s["state"][0].update(step=np.ones(2)), r"state\[0\]\['step'\]"),
    (
        lambda s: s["state"][0].update(exp_avg=np.ones((4, 3))),
        r"mis-shaped: state\[0\]\['exp_avg'\] has shape \(4, 3\).*shape \(3, 4\)",
    ),
    (
        lambda s: s["state"][0].update(exp_avg=np.ones((3, 4), complex)),
        r"state\[0\]\['exp_avg'\] .* complex128",
    ),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_what_does_not_fit_is_named_and_nothing_is_loaded(change, message, params, descend):
    optimizer = optim.Adam([{"params": params[:2]}, {"params": params[2:]}])
    descend(optimizer, params, range(2))
    before = optimizer.state_dict()
    saved = broken(before, change)
    descend(optimizer, params, range(2))
    kept = optimizer.state_dict()
    with pytest.raises(StateDictError, match=message):
        optimizer.load_state_dict(saved)
    after = optimizer.state_dict()
    assert after["state"][0]["step"] == kept["state"][0]["step"] == 4
    assert np.array_equal(after["state"][3]["exp_avg"], kept["state"][3]["exp_avg"])


def test_all_problems_are_named_at_once(params, descend):
    optimizer = optim.Adam(params)
    descend(optimizer, params, range(2))
    saved = optimizer.state_dict()
    del saved["state"][0]["exp_avg"]
    saved["state"][1]["exp_avg_sq"] = np.ones(7)
    saved["state"][77] = {}
    with pytest.raises(StateDictError) as error:
        optimizer.load_state_dict(saved)
    text = str(error.value)
    assert "missing: state[0]['exp_avg']" in text
    assert "state[1]['exp_avg_sq'] has shape (7,)" in text
    assert "unexpected: state[77]" in text
    assert "does not fit this Adam" in text


def test_a_foreign_object_raises():
    optimizer = optim.SGD([al.Value(1.0)])
    with pytest.raises(StateDictError, match="SGD got list for its state_dict"):
        optimizer.load_state_dict([])


def test_bad_options_in_a_state_dict_raise():
    optimizer = optim.SGD([al.Value(1.0)], lr=0.5)
    saved = optimizer.state_dict()
    saved["param_groups"][0]["lr"] = -1.0
    with pytest.raises(ArgumentError, match=r"lr=-1\.0"):
        optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_sgd_of_older_torch_saves_none_for_no_buffer():
    w = al.Value([1.0])
    optimizer = optim.SGD([w], lr=1.0, momentum=0.5, dampening=0.5)
    saved = optimizer.state_dict()
    saved["state"] = {0: {"momentum_buffer": None}}
    optimizer.load_state_dict(saved)
    w.grad = np.ones(1)
    optimizer.step()
    assert w.data[0] == 0.0  # the first gradient is not dampened
