"""Trajectories against torch.optim: each optimiser and each hyper-parameter, over 100 steps."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim

HYPER_PARAMETERS = [
    ("SGD", {}, {"lr": 0.02}),
    ("SGD", {"lr": 0.02}, {"momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}, {"dampening": 0.4}),
    ("SGD", {"lr": 0.02}, {"weight_decay": 0.3}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}, {"weight_decay": 0.3}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}, {"nesterov": True}),
    ("SGD", {"lr": 0.001}, {"maximize": True}),
    ("Adam", {}, {"lr": 0.02}),
    ("Adam", {"lr": 0.02}, {"betas": (0.8, 0.999)}),
    ("Adam", {"lr": 0.02}, {"betas": (0.9, 0.95)}),
    ("Adam", {"lr": 0.02}, {"eps": 0.1}),
    ("Adam", {"lr": 0.02}, {"weight_decay": 0.3}),
    ("Adam", {"lr": 0.02, "betas": (0.9, 0.95)}, {"amsgrad": True}),
    ("Adam", {"lr": 0.02}, {"maximize": True}),
    ("AdamW", {}, {"lr": 0.02}),
    ("AdamW", {"lr": 0.02}, {"betas": (0.8, 0.999)}),
    ("AdamW", {"lr": 0.02}, {"betas": (0.9, 0.95)}),
    ("AdamW", {"lr": 0.02}, {"eps": 0.1}),
    ("AdamW", {"lr": 0.02}, {"weight_decay": 0.3}),
    ("AdamW", {"lr": 0.02, "betas": (0.9, 0.95)}, {"amsgrad": True}),
    ("AdamW", {"lr": 0.02}, {"maximize": True}),
    ("RMSprop", {}, {"lr": 0.02}),
    ("RMSprop", {}, {"alpha": 0.9}),
    ("RMSprop", {}, {"eps": 0.1}),
    ("RMSprop", {}, {"weight_decay": 0.3}),
    ("RMSprop", {}, {"momentum": 0.7}),
    ("RMSprop", {}, {"centered": True}),
    ("RMSprop", {"momentum": 0.7}, {"centered": True}),
    ("RMSprop", {}, {"maximize": True}),
    ("Adagrad", {}, {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1}, {"lr_decay": 0.05}),
    ("Adagrad", {"lr": 0.1}, {"weight_decay": 0.3}),
    ("Adagrad", {"lr": 0.1}, {"initial_accumulator_value": 2.0}),
    ("Adagrad", {"lr": 0.1}, {"eps": 0.1}),
    ("Adagrad", {"lr": 0.1}, {"maximize": True}),
]

STEPS = range(100)


def label(case):
    return str(case)


def torch_trajectory(torch, optimizer, params, slope, present, steps=STEPS):
    """Return the parameters after each step."""
    positions = []
    for step in steps:
        for i, p in enumerate(params):
            grad = torch.from_numpy(np.asarray(slope(p.detach().numpy(), step, i)))
            p.grad = grad if present(step, i) else None
        optimizer.step()
        positions.append([p.detach().numpy().copy() for p in params])
    return positions


def our_trajectory(optimizer, params, slope, present, steps=STEPS):
    positions = []
    for step in steps:
        for i, p in enumerate(params):
            p.grad = slope(p.data, step, i) if present(step, i) else None
        optimizer.step()
        positions.append([np.array(p.data) for p in params])
    return positions


def largest_difference(ours, theirs):
    return max(
        float(np.max(np.abs(x - y)))
        for xs, ys in zip(ours, theirs, strict=True)
        for x, y in zip(xs, ys, strict=True)
    )


def always(step, i):
    return True


@pytest.mark.parametrize(("name", "base", "change"), HYPER_PARAMETERS, ids=label)
@pytest.mark.parametrize("gradients", ["all", "some"])
def test_trajectory_agrees_with_torch(name, base, change, gradients, start, slope, present):
    torch = pytest.importorskip("torch")
    has = always if gradients == "all" else present
    tensors = [torch.tensor(data, requires_grad=True) for data in start]
    theirs = torch_trajectory(
        torch, getattr(torch.optim, name)(tensors, **base, **change), tensors, slope, has
    )
    values = [al.Value(data) for data in start]
    ours = our_trajectory(getattr(optim, name)(values, **base, **change), values, slope, has)
    assert largest_difference(ours, theirs) < 1e-10
    moved = [np.max(np.abs(now - then)) > 1e-3 for now, then in zip(ours[-1], start, strict=True)]
    assert moved == [gradients == "all" or i != 2 for i in range(len(start))]


@pytest.mark.parametrize(("name", "base", "change"), HYPER_PARAMETERS, ids=label)
def test_each_hyper_parameter_changes_the_result(name, base, change, start, slope):
    ends = []
    for options in (base, {**base, **change}):
        values = [al.Value(data) for data in start]
        ends.append(our_trajectory(getattr(optim, name)(values, **options), values, slope, always))
    for before, after in zip(ends[0][-1], ends[1][-1], strict=True):
        assert np.max(np.abs(before - after)) > 1e-6


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_every_option_of_ours_is_torchs_with_the_same_default(name):
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.optim, name)([torch.zeros(1, requires_grad=True)]).defaults
    ours = getattr(optim, name)([al.Value([0.0])]).defaults
    assert ours == {option: theirs[option] for option in ours}
    tested = {key for case, _, change in HYPER_PARAMETERS if case == name for key in change}
    assert tested == set(ours)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_groups_with_their_own_options(name, start, slope, present):
    torch = pytest.importorskip("torch")

    def groups(params):
        return [
            {"params": params[:2], "lr": 0.05},
            {"params": params[2:4], "weight_decay": 0.2},
            {"params": params[4]},
        ]

    tensors = [torch.tensor(data, requires_grad=True) for data in start]
    theirs = torch_trajectory(
        torch, getattr(torch.optim, name)(groups(tensors)), tensors, slope, present
    )
    values = [al.Value(data) for data in start]
    ours = our_trajectory(getattr(optim, name)(groups(values)), values, slope, present)
    assert largest_difference(ours, theirs) < 1e-10


def test_options_changed_between_steps(start, slope, present):
    torch = pytest.importorskip("torch")
    schedule = [{"momentum": 0.0}, {"momentum": 0.9}, {"lr": 0.01}, {"momentum": 0.0}]
    schedule += [{"momentum": 0.5, "dampening": 0.2}]
    tensors = [torch.tensor(data, requires_grad=True) for data in start]
    values = [al.Value(data) for data in start]
    their_sgd = torch.optim.SGD(tensors, lr=0.03)
    our_sgd = optim.SGD(values, lr=0.03)
    for number, change in enumerate(schedule):
        steps = range(10 * number, 10 * number + 10)
        their_sgd.param_groups[0].update(change)
        our_sgd.param_groups[0].update(change)
        theirs = torch_trajectory(torch, their_sgd, tensors, slope, present, steps)
        ours = our_trajectory(our_sgd, values, slope, present, steps)
        assert largest_difference(ours, theirs) < 1e-10


def test_state_moves_over_from_torch(make_optimizer, start, slope, present):
    torch = pytest.importorskip("torch")
    values = [al.Value(data) for data in start]
    ours = make_optimizer(values)
    options = {name: v for name, v in ours.param_groups[0].items() if name != "params"}
    tensors = [torch.tensor(data, requires_grad=True) for data in start]
    theirs = getattr(torch.optim, type(ours).__name__)(tensors, **options)
    torch_trajectory(torch, theirs, tensors, slope, present, range(10))

    saved = theirs.state_dict()
    group = saved["param_groups"][0]
    saved["param_groups"] = [{name: group[name] for name in (*options, "params")}]
    ours.load_state_dict(saved)
    for p, tensor in zip(values, tensors, strict=True):
        p.data = tensor.detach().numpy().copy()
    expected = torch_trajectory(torch, theirs, tensors, slope, present, range(10, 30))
    found = our_trajectory(ours, values, slope, present, range(10, 30))
    assert largest_difference(found, expected) < 1e-10


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_training_a_network_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    start = [rng.normal(size=shape) for shape in [(8, 2), (8,), (1, 8), (1,)]]
    tensors = [torch.tensor(data, requires_grad=True) for data in start]
    values = [al.Value(data) for data in start]
    theirs = getattr(torch.optim, name)(tensors, lr=0.01)
    ours = getattr(optim, name)(values, lr=0.01)
    for _ in range(100):
        theirs.zero_grad()
        w1, b1, w2, b2 = tensors
        hidden = torch.tanh(torch.from_numpy(x) @ w1.T + b1)
        ((hidden @ w2.T + b2 - torch.from_numpy(y)) ** 2).mean().backward()
        theirs.step()

        ours.zero_grad()
        w1, b1, w2, b2 = values
        hidden = np.tanh(x @ w1.T + b1)
        ((hidden @ w2.T + b2 - y) ** 2).mean().backward()
        ours.step()
    for tensor, value in zip(tensors, values, strict=True):
        assert np.max(np.abs(tensor.detach().numpy() - value.data)) < 1e-10
