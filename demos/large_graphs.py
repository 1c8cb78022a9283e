"""Large graphs in small drawings: a chain, a ladder, a deep network, a recurrence; with the times.

Run ``python -m demos.large_graphs``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.errors import RenderError
from demos.command_line import run

__all__ = ["GRAPHS", "chain", "deep_network", "ladder", "main", "recurrence"]


def chain(length: int = 10**6) -> al.Value:
    """Return a number after a million additions."""
    x = al.Value(0.0, name="x")
    for _ in range(length):
        x = x + 1.0
    return x


def ladder(rungs: int = 36) -> al.Value:
    """Return a number doubled 36 times: 2**36 paths lead to the result, through 37 Values."""
    x = al.Value(1.0, name="x")
    for _ in range(rungs):
        x = x + x
    x.backward()
    return x


def deep_network(layers: int = 20) -> al.Value:
    """Return the loss of a network of 20 layers, with the gradients of its weights."""
    rng = np.random.default_rng(0)
    model = al.nn.MLP([2] + [16] * (layers - 1) + [1], rng=0).name_parameters()
    logits = model(rng.normal(size=(32, 2)))
    loss = al.nn.functional.binary_cross_entropy_with_logits(logits, np.ones((32, 1)))
    loss.backward()
    return loss


def recurrence(steps: int = 200) -> al.Value:
    """Return the loss of a recurrent layer over 200 steps, with its gradients."""
    rng = np.random.default_rng(0)
    w, u = (al.Value(rng.normal(size=(8, n)) / 4, name=name) for name, n in (("W", 3), ("U", 8)))
    x = al.Value(rng.normal(size=(steps, 3)), requires_grad=False, name="x")
    h: al.Value = al.Value(np.zeros(8), requires_grad=False, name="h0")
    loss: al.Value = al.Value(0.0, requires_grad=False)
    for t in range(steps):
        h = np.tanh(w @ x[t] + u @ h)
        loss = loss + (h * h).sum()
    loss.backward()
    return loss


GRAPHS: dict[str, Callable[[], al.Value]] = {
    "chain": chain,
    "ladder": ladder,
    "deep_network": deep_network,
    "recurrence": recurrence,
}


def main(out: Path) -> None:
    """Draw each graph into a folder and print the seconds that it took to find what to draw."""
    for name, build in GRAPHS.items():
        value = build()
        start, start_of_work = time.perf_counter(), time.process_time()
        drawing = viz.draw_graph(value, variables={})
        seconds, work = time.perf_counter() - start, time.process_time() - start_of_work
        print(f"{name}: DOT text in {seconds:.2f} s ({work:.2f} s of processor time)", end=", ")
        start = time.perf_counter()
        try:
            path = viz.save(drawing, out / f"large_{name}.svg")
        except RenderError as error:
            print(error)
        else:
            print(f"layout in {time.perf_counter() - start:.2f} s\nfigure: {path}")


if __name__ == "__main__":
    run(main, __doc__)
