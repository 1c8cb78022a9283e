"""The step written by hand in plain numpy, the limit of what a framework on numpy can reach.

Parameters, gradients and Adam's state are flat vectors; arrays are written in place where that
saves a pass over memory. `make_kept` goes one step further, and keeps all arrays of the batch's
size from step to step, which only works while all batches have the same size.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.networks import Array, Problem, Work
from benchmarks.numpy_adam import FlatAdam, split
from benchmarks.peers.trainer import Trainer


def make(work: Work, problem: Problem) -> Trainer:
    """Return the step with new arrays each time."""
    return trainer(work, problem, keep=False)


def make_kept(work: Work, problem: Problem) -> Trainer:
    """Return the step that keeps its arrays."""
    return trainer(work, problem, keep=True)


def trainer(work: Work, problem: Problem, *, keep: bool) -> Trainer:
    """Return the step for a network with two hidden layers."""
    X, y = problem.X, problem.y
    flat = np.concatenate(problem.parameters, axis=None)
    g = np.empty_like(flat)
    W1, b1, W2, b2, W3, b3 = parameters = split(flat, problem.parameters)
    gW1, gb1, gW2, gb2, gW3, gb3 = split(g, problem.parameters)
    adam = FlatAdam(flat.size, work.dtype)
    ones = np.ones(len(X), work.dtype)
    loss_and_gradient = binary_cross_entropy if work.binary else cross_entropy
    a1, a2, a3, d1, d2, mask1, mask2 = arrays_to_keep(work, len(X)) if keep else [None] * 7

    def step() -> Any:
        h1 = np.matmul(X, W1.T, out=a1)
        h1 += b1
        np.maximum(h1, 0, out=h1)
        h2 = np.matmul(h1, W2.T, out=a2)
        h2 += b2
        np.maximum(h2, 0, out=h2)
        z = np.matmul(h2, W3.T, out=a3)
        z += b3
        loss, gz = loss_and_gradient(z, y)
        np.matmul(gz.T, h2, out=gW3)
        np.matmul(ones, gz, out=gb3)  # a sum over the batch, faster than np.sum
        gh2 = np.matmul(gz, W3, out=d2)
        gh2 *= np.greater(h2, 0, out=mask2)
        np.matmul(gh2.T, h1, out=gW2)
        np.matmul(ones, gh2, out=gb2)
        gh1 = np.matmul(gh2, W2, out=d1)
        gh1 *= np.greater(h1, 0, out=mask1)
        np.matmul(gh1.T, X, out=gW1)
        np.matmul(ones, gh1, out=gb1)
        adam.step(flat, g)
        return loss

    return Trainer(step, lambda: parameters)


def arrays_to_keep(work: Work, batch: int) -> list[Array]:
    """Return room for the three layers, the gradients of the hidden ones, and their masks."""
    _, n1, n2, n3 = work.sizes
    floats = [np.empty((batch, n), work.dtype) for n in (n1, n2, n3, n1, n2)]
    return floats + [np.empty((batch, n), bool) for n in (n1, n2)]


def binary_cross_entropy(z: Array, y: Array) -> tuple[Any, Array]:
    """Return the mean loss of logits, and its gradient, both ``(batch, 1)``."""
    small = np.exp(-np.abs(z))
    loss = (np.maximum(z, 0) - z * y + np.log1p(small)).mean()
    gz = np.where(z >= 0, 1, small) / (1 + small)  # the sigmoid
    gz -= y
    gz /= len(z)
    return loss, gz


def cross_entropy(z: Array, labels: Array) -> tuple[Any, Array]:
    """Return the mean loss of logits ``(batch, classes)``, and its gradient; overwrites `z`."""
    rows = np.arange(len(z))
    z -= z.max(axis=1, keepdims=True)
    gz = np.exp(z)
    total = gz.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - z[rows, labels]).mean()
    gz /= total
    gz[rows, labels] -= 1
    gz /= len(z)
    return loss, gz
