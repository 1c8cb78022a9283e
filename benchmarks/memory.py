"""Memory: for each node of a scalar graph, and at the peak of a step of a deep network."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.report import Table, megabytes
from benchmarks.scalar_graph import MICROGRAD, OURS, chain, node_makers, with_deep_recursion

NODES = 10_000
BATCH, WIDTH, DEPTH = 1024, 256, 20
KINDS = {
    "ours": "autograd_lite, backward()",
    "leaves_only": "autograd_lite, backward(leaves_only=True)",
    "compiled": "autograd_lite, compiled",
    "torch": "PyTorch",
}
RETURN_AT_ONCE = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""What is freed goes back to the system, so that resident memory is what is in use."""


def bytes_per_node(make: Any, nodes: int) -> dict[str, float]:
    """Return the memory of a chain after forward, and after backward, for each node."""
    x, y = make(0.5), make(0.5)
    gc.collect()
    tracemalloc.start()
    out = chain(x, y, nodes)
    forward = tracemalloc.get_traced_memory()[0]
    out.backward()
    gc.collect()  # what backward left behind
    backward = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"forward": forward / nodes, "backward": backward / nodes}


def peak_of_step(kind: str, batch: int, width: int, depth: int) -> dict[str, int]:
    """Return what `benchmarks.peak_memory` finds in a process of its own."""
    arguments = map(str, (batch, width, depth))
    command = [sys.executable, "-m", "benchmarks.peak_memory", kind, *arguments]
    environment = {**os.environ, **RETURN_AT_ONCE}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def measure(
    nodes: int = NODES, batch: int = BATCH, width: int = WIDTH, depth: int = DEPTH
) -> dict[str, Any]:
    """Measure both."""
    skipped = {
        name: f"{package} not installed"
        for name, package in ((MICROGRAD, "micrograd"), (KINDS["torch"], "torch"))
        if find_spec(package) is None
    }
    per_node = with_deep_recursion(
        lambda: {name: bytes_per_node(make, nodes) for name, make in node_makers().items()}, nodes
    )
    if not Path("/proc/self/clear_refs").exists():
        skipped |= dict.fromkeys(KINDS.values(), "needs Linux")
    peaks = {
        name: peak_of_step(kind, batch, width, depth)
        for kind, name in KINDS.items()
        if name not in skipped
    }
    return {
        "per_node": per_node,
        "nodes": nodes,
        "peaks": peaks,
        "network": f"{depth} layers of {width}, batch {batch}, float64",
        "layer_bytes": batch * width * 8,
        "skipped": skipped,
    }


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the two tables."""
    skipped = data["skipped"]
    nodes = [
        [name, *(f"{data['per_node'][name][phase]:.0f}" for phase in ("forward", "backward"))]
        if name in data["per_node"]
        else [name, skipped[name], ""]
        for name in (OURS, MICROGRAD)
    ]
    peaks = []
    for name in KINDS.values():
        found = data["peaks"].get(name)
        if found is None:
            peaks.append([name, skipped[name], "", ""])
        else:
            peak, traced = found["peak_bytes"], found.get("traced_bytes")
            layers = f"{peak / data['layer_bytes']:.1f}"
            peaks.append([name, megabytes(peak), layers, megabytes(traced) if traced else ""])
    return [
        Table(
            f"A chain of {data['nodes']:,} scalar operations: bytes for each node",
            ["", "after forward", "after backward"],
            nodes,
        ),
        Table(
            f"One training step of {data['network']}: peak above what was there before, MB",
            ["", "resident memory", "in outputs of a layer", "by tracemalloc"],
            peaks,
        ),
    ]
