"""Nanoseconds for each node of a chain of scalar operations: built, differentiated, freed.

Beside micrograd. The garbage collector is on, as users have it, or off. Graphs of ours need none;
micrograd's nodes are reference cycles, which only the collector frees, so that its freeing is one
pass of the collector.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from statistics import median
from typing import Any

import autograd_lite as al
from benchmarks.report import Table
from benchmarks.timing import frozen_objects

SIZES = (1_000, 10_000, 100_000, 1_000_000)
OURS, MICROGRAD = "autograd_lite", "micrograd"
PHASES = ("forward", "backward", "freed")
STACK = 512 * 2**20
"""Bytes of stack for micrograd's backward, which recurses as deep as the graph."""


def chain(x: Any, y: Any, nodes: int) -> Any:
    """Return x after `nodes` operations: multiply by y, add x, over and over."""
    out = x
    for _ in range(nodes // 2):
        out = out * y
        out = out + x
    return out


def node_makers() -> dict[str, Callable[[float], Any]]:
    """Return what makes a leaf, for each peer that is there."""
    makers: dict[str, Callable[[float], Any]] = {OURS: al.Value}
    if find_spec("micrograd"):
        from micrograd.engine import Value

        makers[MICROGRAD] = Value
    return makers


def measure_once(make: Callable[[float], Any], nodes: int, collect: bool) -> list[float]:
    """Return the seconds of the three phases; `collect`: free by a pass of the collector."""
    x, y = make(0.5), make(0.5)
    gc.collect()
    times = [time.process_time()]
    out = chain(x, y, nodes)
    times.append(time.process_time())
    out.backward()
    times.append(time.process_time())
    del out
    if collect:
        gc.collect()
    times.append(time.process_time())
    return [end - start for start, end in pairwise(times)]


@contextmanager
def collector(on: bool) -> Iterator[None]:
    """Have the garbage collector on or off."""
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        gc.enable()


def measure_size(nodes: int, seconds: float) -> dict[str, Any]:
    """Return the median ns per node by peer, collector and phase, the peers in turn."""
    makers = node_makers()
    modes = [(name, on) for name in makers for on in (True, False)]
    times: dict[tuple[str, bool], list[list[float]]] = {mode: [] for mode in modes}
    end = time.perf_counter() + seconds
    with frozen_objects():
        while not times[modes[-1]] or (time.perf_counter() < end and len(times[modes[0]]) < 100):
            for name, on in modes:
                with collector(on):
                    times[name, on].append(measure_once(makers[name], nodes, name == MICROGRAD))
    return {
        name: {
            f"collector {'on' if on else 'off'}": {
                phase: median(run[i] for run in times[name, on]) / nodes * 1e9
                for i, phase in enumerate(PHASES)
            }
            for on in (True, False)
        }
        for name in makers
    }


def with_deep_recursion(work: Callable[[], Any], depth: int) -> Any:
    """Return the result of `work`, run in a thread that may recurse `depth` calls deep."""
    results: list[Any] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(2 * depth + 1000)
    try:
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    return results[0]


def measure(sizes: Sequence[int] = SIZES, seconds: float = 6.0) -> dict[str, Any]:
    """Measure chains of all sizes."""
    data = {
        str(nodes): with_deep_recursion(lambda n=nodes: measure_size(n, seconds), nodes)
        for nodes in sizes
    }
    skipped = {} if find_spec("micrograd") else {MICROGRAD: "micrograd not installed"}
    return {"sizes": data, "skipped": skipped}


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the table, a row for each size, peer and state of the collector."""
    rows = [
        [f"{int(nodes):,}", peer, mode, *(f"{times[phase]:,.0f}" for phase in PHASES)]
        for nodes, peers in data["sizes"].items()
        for peer, modes in peers.items()
        for mode, times in modes.items()
    ]
    rows += [["", peer, reason, *[""] * len(PHASES)] for peer, reason in data["skipped"].items()]
    return [
        Table("A chain of scalar operations: ns for each node", ["nodes", "", "", *PHASES], rows)
    ]
