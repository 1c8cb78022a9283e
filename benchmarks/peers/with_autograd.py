"""HIPS autograd, with Adam by hand in numpy: it has no optimiser on flat vectors of its own."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

from benchmarks.networks import Problem, Work
from benchmarks.numpy_adam import FlatAdam, split
from benchmarks.peers.trainer import Trainer


def binary_cross_entropy(z: Any, y: Any) -> Any:
    """Return the mean loss of logits."""
    return anp.mean(anp.maximum(z, 0) - z * y + anp.log1p(anp.exp(-anp.abs(z))))


def cross_entropy(z: Any, labels: Any) -> Any:
    """Return the mean loss of logits ``(batch, classes)``."""
    shifted = z - anp.max(z, axis=1, keepdims=True)
    total = anp.log(anp.sum(anp.exp(shifted), axis=1))
    return anp.mean(total - shifted[np.arange(len(labels)), labels])


def make(work: Work, problem: Problem) -> Trainer:
    """Return the step."""
    loss_function = binary_cross_entropy if work.binary else cross_entropy
    flat = np.concatenate(problem.parameters, axis=None)
    parameters = split(flat, problem.parameters)
    adam = FlatAdam(flat.size, work.dtype)
    X, y = problem.X, problem.y

    @autograd.value_and_grad
    def loss_and_gradients(parameters: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        h1 = anp.maximum(X @ W1.T + b1, 0)
        h2 = anp.maximum(h1 @ W2.T + b2, 0)
        return loss_function(h2 @ W3.T + b3, y)

    def step() -> Any:
        loss, gradients = loss_and_gradients(parameters)
        adam.step(flat, np.concatenate(gradients, axis=None))
        return loss

    return Trainer(step, lambda: parameters)
