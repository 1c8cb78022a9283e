"""autograd_lite: an ordinary training loop, eager and compiled."""

from __future__ import annotations

from functools import partial
from typing import Any

import autograd_lite as al
from autograd_lite.nn import functional
from benchmarks.networks import LEARNING_RATE, Problem, Work
from benchmarks.peers.trainer import Trainer


def make_model(work: Work, problem: Problem) -> al.nn.Module:
    """Return the network with the first weights."""
    model = al.nn.MLP(work.sizes, activation="relu", rng=0, dtype=work.dtype)
    names = model.state_dict()
    model.load_state_dict(dict(zip(names, problem.parameters, strict=True)))
    return model


def loss_of(work: Work) -> Any:
    """Return the loss function of a piece of work."""
    return functional.binary_cross_entropy_with_logits if work.binary else functional.cross_entropy


def make(work: Work, problem: Problem) -> Trainer:
    """Return the eager step."""
    model, loss_function = make_model(work, problem), loss_of(work)
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    X, y = problem.X, problem.y

    def step() -> Any:
        loss = loss_function(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return Trainer(step, lambda: [p.data for p in model.parameters()])


def make_compiled(work: Work, problem: Problem, backend: str) -> Trainer:
    """Return the step as one program: loss, gradients and update."""
    model, loss_function = make_model(work, problem), loss_of(work)
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    step = al.compile(lambda x, t: loss_function(model(x), t), backend=backend, optimizer=optimizer)
    X, y = problem.X, problem.y
    return Trainer(lambda: step(X, y), lambda: [p.data for p in model.parameters()])


make_numpy = partial(make_compiled, backend="numpy")
make_numba = partial(make_compiled, backend="numba")
