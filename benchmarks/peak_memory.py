"""One training step of a deep MLP, and the memory that it takes: a process of its own.

    python -m benchmarks.peak_memory {ours,leaves_only,compiled,torch} BATCH WIDTH DEPTH

prints JSON: how far the process's resident memory rose during the step above what it was before
it, and for ours what numpy allocated at most, by tracemalloc, in a second step.
"""

import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import threads  # noqa: F401  before numpy

import numpy as np  # isort: skip


def resident(entry: str) -> int:
    """Return an entry of the process's status in bytes: VmRSS, now, or VmHWM, its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(entry + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(entry)


def our_step(X: Any, y: Any, sizes: list[int], leaves_only: bool) -> Callable[[], None]:
    """Return a step of ours; `leaves_only` keeps no gradients of intermediate results."""
    import autograd_lite as al

    model = al.nn.MLP(sizes, activation="relu", rng=0)
    optimizer = al.optim.Adam(model.parameters())

    def step() -> None:
        loss = al.nn.functional.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward(leaves_only=leaves_only)
        optimizer.step()

    return step


def compiled_step(X: Any, y: Any, sizes: list[int]) -> Callable[[], None]:
    """Return a step of ours as one program; the update of vectors this long is one of its own."""
    import autograd_lite as al

    model = al.nn.MLP(sizes, activation="relu", rng=0)
    optimizer = al.optim.Adam(model.parameters())
    step = al.compile(lambda x, t: al.nn.functional.mse_loss(model(x), t), optimizer=optimizer)
    return lambda: step(X, y)


def torch_step(X: Any, y: Any, sizes: list[int]) -> Callable[[], None]:
    """Return a step of PyTorch's."""
    import torch

    from benchmarks.peers.with_torch import make_model

    model = make_model(tuple(sizes), torch.float64)
    optimizer = torch.optim.Adam(model.parameters())
    X, y = torch.tensor(X), torch.tensor(y)

    def step() -> None:
        loss = torch.nn.functional.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def main() -> None:
    """Measure one step, after one that makes the optimiser's state."""
    kind, *numbers = sys.argv[1:]
    batch, width, depth = map(int, numbers)
    sizes = [width] * (depth + 1)
    X = np.random.default_rng(0).normal(size=(batch, width))
    y = np.zeros((batch, width))
    if kind == "torch":
        step = torch_step(X, y, sizes)
    elif kind == "compiled":
        step = compiled_step(X, y, sizes)
    else:
        step = our_step(X, y, sizes, kind == "leaves_only")
    step()
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that from now on
    step()
    found = {"peak_bytes": resident("VmHWM") - before}
    if kind != "torch":
        tracemalloc.start()
        step()
        found["traced_bytes"] = tracemalloc.get_traced_memory()[1]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
