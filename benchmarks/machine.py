"""Where and when it was measured: processor, system, versions, date, and how busy it was."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "jax",
    "torch",
    "autograd",
    "mygrad",
    "micrograd",
    "scikit-learn",
)

QUIET = 0.5
"""Processes at work on average, in the last minute, below which a machine counts as quiet."""


def processor() -> str:
    """Return the processor's name."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def installed(package: str) -> str | None:
    """Return a package's version, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def describe() -> dict[str, Any]:
    """Return all of it; the date is that of the user's clock."""
    return {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {package: installed(package) for package in PACKAGES},
    }


def text(machine: dict[str, Any]) -> str:
    """Return it in three lines."""
    versions = ", ".join(
        f"{package} {number}" for package, number in machine["versions"].items() if number
    )
    where = f"{machine['processor']}, {machine['cores']} cores; Python {machine['python']}"
    return f"{machine['date']}; {where}\n{versions}\n{how_busy(machine['load'])}"


def how_busy(load: float | None) -> str:
    """Return how busy the machine was with other work when the run began."""
    if load is None:
        return "the load of the machine is not known"
    if load < QUIET:
        return f"a quiet machine: load {load}"
    return f"A BUSY MACHINE, load {load}: measure again when it is quiet"
