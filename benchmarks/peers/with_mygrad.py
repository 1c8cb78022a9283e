"""MyGrad, with Adam by hand in numpy: it has no optimisers."""

from __future__ import annotations

from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.networks import Problem, Work
from benchmarks.numpy_adam import FlatAdam, split
from benchmarks.peers.trainer import Trainer


def binary_cross_entropy(z: Any, y: Any) -> Any:
    """Return the mean loss of logits."""
    return mg.mean(mg.maximum(z, 0) - z * y + mg.log1p(mg.exp(-mg.abs(z))))


def make(work: Work, problem: Problem) -> Trainer:
    """Return the step."""
    loss_function = binary_cross_entropy if work.binary else softmax_crossentropy
    flat = np.concatenate(problem.parameters, axis=None)
    parameters = split(flat, problem.parameters)
    adam = FlatAdam(flat.size, work.dtype)
    X, y = problem.X, problem.y

    def step() -> Any:
        tensors = [mg.tensor(p, copy=False) for p in parameters]
        W1, b1, W2, b2, W3, b3 = tensors
        h1 = mg.maximum(X @ W1.T + b1, 0)
        h2 = mg.maximum(h1 @ W2.T + b2, 0)
        loss = loss_function(h2 @ W3.T + b3, y)
        loss.backward()
        adam.step(flat, np.concatenate([tensor.grad for tensor in tensors], axis=None))
        return loss

    return Trainer(step, lambda: parameters, mg.Tensor.item)
