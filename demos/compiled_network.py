"""The article's network as a program: backpropagation printed, beside the same written by hand.

Run ``python -m demos.compiled_network``. With numba (extra ``jit``) machine code is timed, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al
from autograd_lite.nn.functional import binary_cross_entropy_with_logits
from demos.command_line import run
from demos.island_data import prepared
from demos.island_network import SIZES

BATCH = 32
STEPS = 300
LEARNING_RATE = 1e-3

BY_HAND = """\
def loss_and_gradients(X, y, w0, b0, w1, b1, w2, b2):
    h1 = np.maximum(X @ w0.T + b0, 0)               # forward: hidden layer 1
    h2 = np.maximum(h1 @ w1.T + b1, 0)              # hidden layer 2
    z = h2 @ w2.T + b2                              # the logit
    e = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e))
    dz = (np.where(z >= 0, 1, e) / (1 + e) - y) / len(y)    # backward: sigmoid(z) - y
    dh2 = (dz @ w2) * (h2 > 0)                      # through the weights, and the open units
    dh1 = (dh2 @ w1) * (h1 > 0)
    return loss, dh1.T @ X, dh1.sum(0), dh2.T @ h1, dh2.sum(0), dz.T @ h2, dz.sum(0)
"""


def make_loss() -> tuple[al.nn.MLP, Callable[[Any, Any], al.Value]]:
    """Return the network, and its loss on a batch."""
    model = al.nn.MLP(SIZES, "relu", rng=0)
    return model, lambda X, y: binary_cross_entropy_with_logits(model(X), y)


def by_hand(X: NDArray[Any], y: NDArray[Any], model: al.nn.MLP) -> list[NDArray[Any]]:
    """Return loss and gradients of the code that is printed."""
    namespace: dict[str, Any] = {"np": np}
    exec(BY_HAND, namespace)
    parameters = [p.data for p in model.parameters()]
    return list(namespace["loss_and_gradients"](X, y, *parameters))


def compiled_results(X: NDArray[Any], y: NDArray[Any]) -> tuple[str, list[NDArray[Any]], al.nn.MLP]:
    """Return the source of the compiled loss, and the loss and gradients that it computes."""
    model, loss = make_loss()
    compiled = al.compile(loss)
    value = compiled(X, y)
    value.backward()
    return compiled.source, [value.data, *(p.grad for p in model.parameters())], model


def microseconds_a_step(X: NDArray[Any], y: NDArray[Any], backend: str | None) -> float:
    """Return how long a training step with Adam takes: the median over many."""
    model, loss = make_loss()
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def eager(X: Any, y: Any) -> None:
        value = loss(X, y)
        optimizer.zero_grad()
        value.backward(leaves_only=True)
        optimizer.step()

    step = al.compile(loss, backend=backend, optimizer=optimizer) if backend else eager
    step(X, y)
    seconds = []
    for _ in range(STEPS):
        start = time.perf_counter()
        step(X, y)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds) * 1e6)


def main(out: Path) -> None:
    """Print the program, the code written by hand, how they agree, and times of a step."""
    split = prepared()
    X, y = split.X_train[:BATCH], split.y_train[:BATCH, None].astype(float)
    source, results, model = compiled_results(X, y)
    expected = by_hand(X, y, model)
    gap = max(float(np.max(np.abs(a - b))) for a, b in zip(results, expected, strict=True))
    print(f"The loss of 2 → 32 → 32 → 1 and its gradients, as compiled:\n\n{source}")
    print(f"The same written by hand:\n\n{BY_HAND}")
    print(f"largest difference between the two: {gap:.1e}\n")
    print(f"a training step with Adam, {BATCH} events:")
    for name, backend in (("eager", None), ("compiled", "numpy"), ("machine code", "numba")):
        if backend == "numba" and find_spec("numba") is None:
            print(f"  {name:<12} needs numba: pip install 'autograd_lite[jit]'")
        else:
            print(f"  {name:<12} {microseconds_a_step(X, y, backend):6.0f} µs")


if __name__ == "__main__":
    run(main, __doc__)
