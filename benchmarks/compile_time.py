"""How long it takes to the first compiled step: with an empty cache, and from the disk cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.report import Table

BACKENDS = {"autograd_lite, compiled": "numpy", "autograd_lite, numba": "numba"}


def first_step(backend: str, cache: str) -> dict[str, float]:
    """Return what `benchmarks.first_compiled_step` finds in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.first_compiled_step", backend]
    environment = {**os.environ, "AUTOGRAD_LITE_CACHE": cache}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure() -> dict[str, Any]:
    """Measure each backend cold, and again in a second process."""
    rows, skipped = {}, {}
    for peer in PEERS:
        if not peer.compiled:
            continue
        backend = BACKENDS[peer.name]
        if reason := peer.why_not():
            skipped[backend] = reason
            continue
        with tempfile.TemporaryDirectory() as cache:
            cold = first_step(backend, cache)
            rows[backend] = {"cold": cold, "cached": first_step(backend, cache)}
    return {"rows": rows, "skipped": skipped}


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the table."""
    rows = [
        [f"{backend}, {state}", f"{times['first_step']:.2f}", f"{times['process']:.2f}"]
        for backend, states in data["rows"].items()
        for state, times in states.items()
    ]
    rows += [[backend, reason, ""] for backend, reason in data["skipped"].items()]
    return [
        Table(
            "To the first compiled step of 2-32-32-1: seconds",
            ["", "compile and step", "with all imports"],
            rows,
        )
    ]
