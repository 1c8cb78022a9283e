"""Schedules against torch.optim.lr_scheduler and against their formulas."""

import math
import warnings

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.errors import ArgumentError, StateDictError
from autograd_lite.optim import lr_scheduler as ours

SCHEDULES = {
    "step": lambda s, o: s.StepLR(o, step_size=7, gamma=0.3),
    "step default": lambda s, o: s.StepLR(o, 20),
    "exponential": lambda s, o: s.ExponentialLR(o, gamma=0.95),
    "linear": lambda s, o: s.LinearLR(o),
    "linear long": lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.7, total_iters=30),
    "linear down": lambda s, o: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=9),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, T_max=100),
    "cosine twice": lambda s, o: s.CosineAnnealingLR(o, T_max=13, eta_min=0.01),
    "cosine of one": lambda s, o: s.CosineAnnealingLR(o, T_max=1),
    "lambda": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "lambdas": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.9**epoch, lambda epoch: epoch]),
    "warm-up": lambda s, o: s.SequentialLR(
        o,
        [s.LinearLR(o, start_factor=0.1, total_iters=10), s.CosineAnnealingLR(o, T_max=40)],
        milestones=[10],
    ),
    "warm-up of none": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o), s.ExponentialLR(o, 0.9)], milestones=[0]
    ),
    "three": lambda s, o: s.SequentialLR(
        o,
        [s.LinearLR(o), s.StepLR(o, 4), s.LambdaLR(o, lambda epoch: 0.5**epoch)],
        milestones=[8, 21],
    ),
    "one": lambda s, o: s.SequentialLR(o, [s.ExponentialLR(o, 0.9)], milestones=[]),
}


def make(scale=1.0):
    return optim.SGD(
        [{"params": [al.Value(1.0)]}, {"params": [al.Value(2.0)], "lr": 0.02}], lr=0.1 * scale
    )


def make_torch():
    torch = pytest.importorskip("torch")
    x, y = (torch.zeros(1, requires_grad=True) for _ in range(2))
    return torch.optim.SGD([{"params": [x]}, {"params": [y], "lr": 0.02}], lr=0.1)


def rates(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def curve(optimizer, scheduler, epochs):
    lrs = [rates(optimizer)]
    for _ in range(epochs):
        optimizer.step()
        scheduler.step()
        lrs.append(rates(optimizer))
        assert scheduler.get_last_lr() == lrs[-1]
    return np.array(lrs)


@pytest.mark.parametrize("name", SCHEDULES)
def test_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    theirs = torch.optim.lr_scheduler
    optimizer, reference = make(), make_torch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, inside its SequentialLR
        expected = curve(reference, SCHEDULES[name](theirs, reference), 100)
    found = curve(optimizer, SCHEDULES[name](ours, optimizer), 100)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("step", lambda t: 0.1 * 0.3 ** (t // 7)),
        ("exponential", lambda t: 0.1 * 0.95**t),
        ("linear long", lambda t: 0.1 * (0.1 + 0.6 * min(t, 30) / 30)),
        ("cosine twice", lambda t: 0.01 + 0.045 * (1 + math.cos(math.pi * t / 13))),
        ("lambda", lambda t: 0.1 / (1 + t)),
        (
            "warm-up",
            lambda t: (
                0.1 * (0.1 + 0.09 * t) if t < 10 else 0.05 * (1 + math.cos(math.pi * (t - 10) / 40))
            ),
        ),
    ],
)
def test_closed_form(name, formula):
    optimizer = make()
    found = curve(optimizer, SCHEDULES[name](ours, optimizer), 60)[:, 0]
    np.testing.assert_allclose(found, [formula(t) for t in range(61)], rtol=1e-12, atol=1e-16)


def test_the_schedule_reaches_the_parameters():
    w = al.Value(0.0)
    optimizer = optim.SGD([w], lr=1.0)
    scheduler = ours.StepLR(optimizer, step_size=1, gamma=0.5)
    for _ in range(3):
        w.grad = np.float64(1.0)
        optimizer.step()
        scheduler.step()
    assert w.item() == -1.75


@pytest.mark.parametrize("order", ["optimizer first", "scheduler first"])
@pytest.mark.parametrize("at", [0, 1, 9, 10, 11, 30])
@pytest.mark.parametrize("name", SCHEDULES)
def test_resumes_exactly(name, at, order):
    optimizer = make()
    scheduler = SCHEDULES[name](ours, optimizer)
    curve(optimizer, scheduler, at)
    states = optimizer.state_dict(), scheduler.state_dict()
    expected = curve(optimizer, scheduler, 40)

    again = make(scale=7.0)  # whatever it was made with
    if order == "optimizer first":
        again.load_state_dict(states[0])
    resumed = SCHEDULES[name](ours, again)
    curve(again, resumed, 3)
    if order == "scheduler first":
        resumed.load_state_dict(states[1])
        again.load_state_dict(states[0])
    else:
        resumed.load_state_dict(states[1])
    assert resumed.last_epoch == at
    assert np.array_equal(curve(again, resumed, 40), expected)


@pytest.mark.parametrize("name", SCHEDULES)
def test_state_dict_is_a_copy_of_plain_numbers(name):
    optimizer = make()
    scheduler = SCHEDULES[name](ours, optimizer)
    saved, kept = scheduler.state_dict(), scheduler.state_dict()
    curve(optimizer, scheduler, 30)
    assert saved == kept
    assert saved["last_epoch"] == 0
    scheduler.load_state_dict(saved)
    curve(optimizer, scheduler, 5)
    assert saved == kept


def test_scheduler_options_come_from_the_state_dict():
    first, second = make(), make()
    saved = ours.StepLR(first, step_size=3, gamma=0.5).state_dict()
    scheduler = ours.StepLR(second, step_size=100)
    scheduler.load_state_dict(saved)
    assert (scheduler.step_size, scheduler.gamma) == (3, 0.5)


# Changes from outside, as torch's recursions take them


@pytest.mark.parametrize("name", ["step", "exponential", "linear long", "cosine", "lambda"])
def test_a_rate_changed_by_hand_is_followed(name):
    torch = pytest.importorskip("torch")
    curves = []
    for module, optimizer in ((torch.optim.lr_scheduler, make_torch()), (ours, make())):
        scheduler = SCHEDULES[name](module, optimizer)
        lrs = [curve(optimizer, scheduler, 5)]
        optimizer.param_groups[0]["lr"] = 0.07
        lrs.append(curve(optimizer, scheduler, 40))
        curves.append(np.concatenate(lrs))
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-12)


def test_two_schedulers_multiply():
    torch = pytest.importorskip("torch")
    curves = []
    for module, optimizer in ((torch.optim.lr_scheduler, make_torch()), (ours, make())):
        pair = [module.LinearLR(optimizer, total_iters=10), module.ExponentialLR(optimizer, 0.9)]
        lrs = [rates(optimizer)]
        for _ in range(30):
            optimizer.step()
            for scheduler in pair:
                scheduler.step()
            lrs.append(rates(optimizer))
        curves.append(lrs)
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-12)


def test_a_second_schedule_begins_where_the_first_ended():
    torch = pytest.importorskip("torch")
    curves = []
    for module, optimizer in ((torch.optim.lr_scheduler, make_torch()), (ours, make())):
        curve(optimizer, module.ExponentialLR(optimizer, 0.9), 10)
        curves.append(curve(optimizer, module.StepLR(optimizer, 5), 30))
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-12)


def test_a_lambda_always_scales_the_initial_rate():
    optimizer = make()
    curve(optimizer, ours.ExponentialLR(optimizer, 0.5), 3)
    scheduler = ours.LambdaLR(optimizer, lambda epoch: 1 + epoch)
    assert rates(optimizer) == [0.1, 0.02]
    optimizer.param_groups[0]["lr"] = 5.0
    scheduler.step()
    assert rates(optimizer) == [0.2, 0.04]


def test_at_the_bottom_there_is_nothing_to_follow():
    optimizer = make()
    scheduler = ours.CosineAnnealingLR(optimizer, T_max=2)
    curve(optimizer, scheduler, 2)
    assert rates(optimizer) == [0.0, 0.0]
    optimizer.param_groups[0]["lr"] = 0.5
    scheduler.step()
    np.testing.assert_allclose(rates(optimizer), [0.05, 0.01])


def test_a_sequence_follows_in_the_schedule_that_is_active():
    optimizer = make()
    scheduler = SCHEDULES["warm-up"](ours, optimizer)
    curve(optimizer, scheduler, 5)
    optimizer.param_groups[0]["lr"] *= 2
    lrs = curve(optimizer, scheduler, 5)
    np.testing.assert_allclose(lrs[1:5, 0], 0.2 * (0.1 + 0.09 * np.arange(6, 10)))
    np.testing.assert_allclose(lrs[5], [0.1, 0.02])


def test_sequences_nest():
    optimizer = make()
    inner = ours.SequentialLR(
        optimizer,
        [ours.LinearLR(optimizer, 0.5, total_iters=2), ours.ExponentialLR(optimizer, 0.5)],
        milestones=[2],
    )
    outer = ours.SequentialLR(
        optimizer, [inner, ours.LambdaLR(optimizer, lambda epoch: 7)], milestones=[4]
    )
    np.testing.assert_allclose(curve(optimizer, outer, 5)[:, 0], [0.05, 0.075, 0.1, 0.05, 0.7, 0.7])


def test_last_epoch_goes_on_from_the_initial_rate():
    optimizer = make()
    scheduler = SCHEDULES["exponential"](ours, optimizer)
    curve(optimizer, scheduler, 6)
    again = make(scale=3.0)
    again.load_state_dict(optimizer.state_dict())
    resumed = ours.ExponentialLR(again, 0.95, last_epoch=scheduler.last_epoch - 1)
    assert resumed.get_last_lr() == scheduler.get_last_lr()
    with pytest.raises(ArgumentError, match="last_epoch=3, but group 0 has no initial_lr"):
        ours.ExponentialLR(make(), 0.95, last_epoch=3)


# Errors


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda o: ours.StepLR(o, 0), "StepLR got step_size=0; give a whole number >= 1"),
        (lambda o: ours.StepLR(o, 2.5), "step_size=2.5"),
        (lambda o: ours.StepLR(o, True), "step_size=True"),
        (lambda o: ours.StepLR(o, 2, gamma=-1), "gamma=-1"),
        (lambda o: ours.ExponentialLR(o, gamma=float("nan")), "gamma=nan"),
        (lambda o: ours.LinearLR(o, start_factor=0), "start_factor=0; give a number > 0"),
        (lambda o: ours.LinearLR(o, start_factor=1.5), "start_factor=1.5.* >= 0 and <= 1"),
        (lambda o: ours.LinearLR(o, end_factor=-0.1), "end_factor=-0.1"),
        (lambda o: ours.LinearLR(o, total_iters=0), "total_iters=0"),
        (lambda o: ours.CosineAnnealingLR(o, 0), "T_max=0"),
        (lambda o: ours.CosineAnnealingLR(o, 5, eta_min=-1.0), "eta_min=-1.0"),
        (lambda o: ours.LambdaLR(o, 0.5), "LambdaLR got 0.5; give a function"),
        (lambda o: ours.LambdaLR(o, [math.sqrt]), "1 functions for 2 parameter groups"),
        (lambda o: ours.StepLR(o.param_groups, 1), "StepLR got list; give an optimizer"),
        (lambda o: ours.StepLR(o, 1, last_epoch=-2), "last_epoch=-2"),
        (lambda o: ours.SequentialLR(o, [], []), "0 schedulers and 0 milestones"),
        (lambda o: ours.SequentialLR(o, [ours.StepLR(o, 1)], [3]), "1 schedulers and 1 mile"),
        (lambda o: ours.SequentialLR(o, [ours.StepLR(o, 1)] * 3, [3, 3]), "greater than the"),
        (lambda o: ours.SequentialLR(o, [ours.StepLR(make(), 1)], []), "scheduler 0 one that was"),
        (lambda o: ours.SequentialLR(o, [None], []), "scheduler 0 one that was not made"),
    ],
)
def test_bad_arguments_raise(build, message):
    with pytest.raises(ArgumentError, match=message):
        build(make())


def test_a_group_added_later_needs_a_new_scheduler():
    optimizer = make()
    scheduler = ours.ExponentialLR(optimizer, 0.5)
    optimizer.add_param_group({"params": [al.Value(1.0)]})
    with pytest.raises(ArgumentError, match="has 3 parameter groups, but had 2"):
        scheduler.step()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("last_epoch"), r"missing \['last_epoch'\]"),
        (lambda s: s.update(gamma=1), r"unexpected \['gamma'\]"),
        (lambda s: s["base_lrs"].pop(), "1 groups in base_lrs, the optimizer has 2"),
        (lambda s: s["schedulers"].pop(), "1 schedulers, this SequentialLR has 2"),
        (lambda s: s["schedulers"][0].pop("start_factor"), r"LinearLR: missing \['start_factor'\]"),
    ],
)
def test_a_state_dict_that_does_not_fit_raises_and_changes_nothing(change, message):
    optimizer = make()
    scheduler = SCHEDULES["warm-up"](ours, optimizer)
    saved = scheduler.state_dict()
    change(saved)
    curve(optimizer, scheduler, 3)
    before = scheduler.state_dict()
    with pytest.raises(StateDictError, match=message):
        scheduler.load_state_dict(saved)
    assert scheduler.state_dict() == before


def test_a_foreign_state_dict_raises():
    with pytest.raises(StateDictError, match="StepLR got list"):
        ours.StepLR(make(), 1).load_state_dict([])
