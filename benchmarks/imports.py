"""What `import autograd_lite` takes, on top of numpy: processor time, in new processes.

Bytecode is kept from one process to the next, as it is for an installed package.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from statistics import median
from typing import Any

from benchmarks.report import Table

PROGRAM = """
import time
start = time.process_time()
import numpy
middle = time.process_time()
import autograd_lite
print(middle - start, time.process_time() - middle)
"""


def import_times(bytecode: str) -> tuple[float, float]:
    """Return the seconds for numpy, and then for the package; bytecode goes into a folder."""
    command = [sys.executable, "-c", PROGRAM]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    numpy, ours = map(float, done.stdout.split())
    return numpy, ours


def measure(processes: int = 15) -> dict[str, Any]:
    """Return medians over processes; the first, which compiles bytecode, does not count."""
    with tempfile.TemporaryDirectory() as bytecode:
        import_times(bytecode)
        runs = [import_times(bytecode) for _ in range(processes)]
    return {
        "numpy_seconds": median(numpy for numpy, _ in runs),
        "added_seconds": median(ours for _, ours in runs),
        "processes": processes,
    }


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the table."""
    rows = [
        ["numpy", f"{data['numpy_seconds'] * 1e3:.1f}"],
        ["autograd_lite, on top of numpy", f"{data['added_seconds'] * 1e3:.1f}"],
    ]
    return [Table(f"Import: ms, median of {data['processes']} processes", ["", "ms"], rows)]
