"""PyTorch, eager: torch.nn and torch.optim.Adam, as it is and with its fused kernel."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import torch

from benchmarks.networks import LEARNING_RATE, Problem, Work
from benchmarks.peers.trainer import Trainer

torch.set_num_threads(1)


def make_model(sizes: tuple[int, ...], dtype: torch.dtype) -> torch.nn.Sequential:
    """Return a network of linear layers with ReLU between them."""
    layers: list[torch.nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [torch.nn.Linear(n_in, n_out, dtype=dtype), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def make_with(work: Work, problem: Problem, *, fused: bool | None) -> Trainer:
    """Return the step."""
    model = make_model(work.sizes, getattr(torch, work.dtype))
    with torch.no_grad():
        for p, start in zip(model.parameters(), problem.parameters, strict=True):
            p.copy_(torch.tensor(start))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=fused)
    loss_function = torch.nn.BCEWithLogitsLoss() if work.binary else torch.nn.CrossEntropyLoss()
    X, y = torch.tensor(problem.X), torch.tensor(problem.y)

    def step() -> Any:
        loss = loss_function(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return Trainer(
        step, lambda: [p.detach().numpy() for p in model.parameters()], torch.Tensor.item
    )


make = partial(make_with, fused=None)
make_fused = partial(make_with, fused=True)
