"""Time and memory for each node of a chain of scalar operations, from 1,000 to 1,000,000 nodes.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.scalar_graph

The columns should stay level from 100,000 nodes on: the cost of a graph is linear in its nodes.
Graphs need no garbage collector, so it is off, but for one column that shows what its passes over
all living objects add. Small graphs fit into the processor's caches and are faster.
"""

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import autograd_lite as al

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def chain(x: al.Value, y: al.Value, nodes: int) -> al.Value:
    """Return x after `nodes` operations: multiply by y, add x, over and over."""
    out = x
    for _ in range(nodes // 2):
        out = out * y
        out = out + x
    return out


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a piece of work took, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure(nodes: int) -> tuple[float, float, float, float]:
    """Return the seconds to build (with the garbage collector, without), differentiate and free."""
    x, y = al.Value(0.5), al.Value(0.5)
    gc.enable()
    collected, _ = seconds(lambda: chain(x, y, nodes))
    gc.disable()
    graph = []
    forward, out = seconds(lambda: chain(x, y, nodes))
    graph.append(out)
    del out
    backward, _ = seconds(graph[0].backward)
    free, _ = seconds(graph.clear)
    gc.enable()
    return collected, forward, backward, free


def bytes_per_node(nodes: int) -> tuple[float, float]:
    """Return the memory of a chain after forward, and after backward."""
    x, y = al.Value(0.5), al.Value(0.5)
    tracemalloc.start()
    out = chain(x, y, nodes)
    after_forward = tracemalloc.get_traced_memory()[0]
    out.backward()
    after_backward = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after_forward / nodes, after_backward / nodes


def main() -> None:
    titles = ("fwd, gc on", "forward", "backward", "free", "memory", "with grad")
    units = ("ns/node",) * 4 + ("bytes/node",) * 2
    print(f"{'nodes':>9}" + "".join(f"{title:>12}" for title in titles))
    print(f"{'':>9}" + "".join(f"{unit:>12}" for unit in units))
    for nodes in SIZES:
        repeats = max(1, 100_000 // nodes)
        runs = [measure(nodes) for _ in range(repeats)]
        times = [min(column) / nodes * 1e9 for column in zip(*runs, strict=True)]
        row = (*times, *bytes_per_node(nodes))
        print(f"{nodes:>9,}" + "".join(f"{figure:>12.0f}" for figure in row))


if __name__ == "__main__":
    main()
