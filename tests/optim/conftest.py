"""Parameters, gradients and optimisers that the tests of `al.optim` share."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim

SHAPES = [(3, 4), (4,), (), (2, 1, 3), (1,)]

BUSY = {
    "SGD": {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1},
    "Nesterov": {"lr": 0.05, "momentum": 0.8, "nesterov": True},
    "PlainSGD": {"lr": 0.05},
    "Adam": {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True},
    "AdamW": {"lr": 0.05, "betas": (0.8, 0.9)},
    "RMSprop": {"lr": 0.02, "momentum": 0.5, "centered": True, "weight_decay": 0.1},
    "Adagrad": {"lr": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.5},
}
"""Every optimiser, with as much of its state in use as possible."""


@pytest.fixture
def start():
    """The data that parameters begin with: several shapes, one of them without axes."""
    rng = np.random.default_rng(0)
    return [np.asarray(rng.normal(size=shape)) for shape in SHAPES]


@pytest.fixture
def slope():
    """`slope(data, step, i)`: the gradient of parameter i, which depends on where it is."""

    def gradient(data, step, i):
        noise = np.random.default_rng([step, i]).normal(size=np.shape(data))
        return 2 * np.asarray(data) + np.sin(3 * np.asarray(data)) + 0.5 * noise / (1 + 0.1 * step)

    return gradient


@pytest.fixture
def present():
    """`present(step, i)`: whether parameter i has a gradient in a step. Number 2 never has one."""
    return lambda step, i: i != 2 and (step + i) % 3 != 0


@pytest.fixture
def descend(slope):
    """`descend(optimizer, params, steps, has_gradient)`: run some steps."""

    def run(optimizer, params, steps, has_gradient=lambda step, i: True):
        for step in steps:
            for i, p in enumerate(params):
                grad = slope(p.data, step, i).astype(p.dtype)[()]
                p.grad = grad if has_gradient(step, i) else None
            optimizer.step()
        return params

    return run


@pytest.fixture(params=sorted(BUSY))
def make_optimizer(request):
    """`make_optimizer(params)`: every optimiser in turn."""
    cls = getattr(optim, {"Nesterov": "SGD", "PlainSGD": "SGD"}.get(request.param, request.param))
    return lambda params: cls(params, **BUSY[request.param])


@pytest.fixture
def params(start):
    """Parameters, float64."""
    return [al.Value(data) for data in start]
