"""What the project asks of itself, each requirement with what was measured: met, or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks import article, memory, scalar_graph
from benchmarks.networks import Work
from benchmarks.report import Table
from benchmarks.steps import LARGE, SMALL

Data = dict[str, Any]

EAGER, COMPILED, NUMBA = "autograd_lite", "autograd_lite, compiled", "autograd_lite, numba"
JAX, FLAT_JAX, TORCH = "jax.jit", "jax.jit, flat state", "PyTorch"


class Bar(NamedTuple):
    """A requirement.

    Attributes
    ----------
    work : str
        What is measured.
    limit : float
        The largest value that is allowed.
    value : callable
        Finds the value in the results; raises KeyError where it was not measured.
    unit : str
        What the value is, as it stands behind it.
    """

    work: str
    limit: float
    value: Callable[[Data], float]
    unit: str = ""

    def row(self, results: Data) -> list[str]:
        """Return the requirement, what was measured, and whether it is met."""
        wanted = f"{self.limit:.3g}{self.unit}"
        try:
            value = self.value(results)
        except KeyError:
            return [self.work, wanted, "", "not measured"]
        return [self.work, wanted, f"{value:.3g}{self.unit}", verdict(value <= self.limit)]


def verdict(met: bool) -> str:
    """Return the word for it."""
    return "met" if met else "NOT MET"


def step(work: Work, peer: str, other: str | None = None) -> Callable[[Data], float]:
    """Return what finds the ratio of a peer's step to another's, or to the step by hand."""

    def value(results: Data) -> float:
        row = results["steps"][work.name]["rows"][peer]
        return row["over_limit"] if other is None else row["over"][other]

    return value


def scalar_ratio(phase: str) -> Callable[[Data], float]:
    """Return what finds the largest ratio to micrograd over sizes, and the collector's states."""

    def value(results: Data) -> float:
        return max(
            ours[phase] / peers[scalar_graph.MICROGRAD][mode][phase]
            for peers in results["scalar_graph"]["sizes"].values()
            for mode, ours in peers[scalar_graph.OURS].items()
        )

    return value


def growth(results: Data) -> float:
    """Return the time per node at the largest size over that at a tenth of it, collector on."""
    *_, smaller, larger = (
        sum(peers[scalar_graph.OURS]["collector on"].values())
        for peers in results["scalar_graph"]["sizes"].values()
    )
    return larger / smaller


def peak(kind: str) -> Callable[[Data], float]:
    """Return what finds the ratio of our peak to PyTorch's."""

    def value(results: Data) -> float:
        peaks = results["memory"]["peaks"]
        ours, theirs = peaks[memory.KINDS[kind]], peaks[memory.KINDS["torch"]]
        return ours["peak_bytes"] / theirs["peak_bytes"]

    return value


def over_sklearn(name: str) -> Callable[[Data], float]:
    """Return what finds the ratio of a training to scikit-learn's."""

    def value(results: Data) -> float:
        rows = results["article"]["rows"]
        return rows[name]["seconds"] / rows[article.SKLEARN]["seconds"]

    return value


def step_bars() -> list[Bar]:
    """Return the requirements on training steps."""
    at = {batch: Work(SMALL, batch, "float64") for batch in (32, 200, 788)}
    large = Work(LARGE, 128, "float32")
    small = "2-32-32-1, float64, batch"
    return [
        Bar(f"{small} 32: eager / hand", 1.5, step(at[32], EAGER)),
        Bar(f"{small} 32: eager / jax.jit", 1.0, step(at[32], EAGER, JAX)),
        Bar(f"{small} 32: eager / jax.jit, flat state", 1.0, step(at[32], EAGER, FLAT_JAX)),
        Bar(f"{small} 32: eager / PyTorch", 0.25, step(at[32], EAGER, TORCH)),
        Bar(f"{small} 200: eager / hand", 1.3, step(at[200], EAGER)),
        Bar(f"{small} 200: eager / jax.jit", 1.0, step(at[200], EAGER, JAX)),
        Bar(f"{small} 200: eager / jax.jit, flat state", 1.0, step(at[200], EAGER, FLAT_JAX)),
        Bar(f"{small} 200: eager / PyTorch", 1 / 3, step(at[200], EAGER, TORCH)),
        *(Bar(f"{small} {n}: compiled / hand", 1.1, step(at[n], COMPILED)) for n in at),
        Bar(f"{small} 32: numba / hand", 0.45, step(at[32], NUMBA)),
        Bar(f"{small} 32: numba / jax.jit", 0.25, step(at[32], NUMBA, JAX)),
        Bar(f"{small} 32: numba / jax.jit, flat state", 0.25, step(at[32], NUMBA, FLAT_JAX)),
        Bar(f"{small} 200: numba / hand", 0.65, step(at[200], NUMBA)),
        Bar(f"{small} 200: numba / jax.jit", 0.5, step(at[200], NUMBA, JAX)),
        Bar(f"{small} 200: numba / jax.jit, flat state", 0.5, step(at[200], NUMBA, FLAT_JAX)),
        Bar(f"{large.name}: eager / hand", 1.15, step(large, EAGER)),
        Bar(f"{large.name}: numba / PyTorch", 1.15, step(large, NUMBA, TORCH)),
    ]


def other_bars() -> list[Bar]:
    """Return the other requirements."""
    return [
        Bar("scalar graph, worst size: forward / micrograd", 0.5, scalar_ratio("forward")),
        Bar("scalar graph, worst size: backward / micrograd", 1.0, scalar_ratio("backward")),
        Bar("scalar graph, collector on: per node, largest / a tenth of it", 1.25, growth),
        Bar(
            "article's network: hvp / gradient",
            5.0,
            lambda results: results["derivatives"]["network"]["hvp_over_gradient"],
        ),
        Bar("20-layer MLP: peak, compiled / PyTorch", 1.5, peak("compiled")),
        Bar("20-layer MLP: peak, leaves_only / PyTorch", 1.5, peak("leaves_only")),
        Bar("20-layer MLP: peak, backward() / PyTorch", 1.5, peak("ours")),
        Bar(
            "import, on top of numpy",
            30.0,
            lambda results: results["imports"]["added_seconds"] * 1e3,
            " ms",
        ),
        Bar(
            "numba from the disk cache: first step",
            1.0,
            lambda results: results["compile_time"]["rows"]["numba"]["cached"]["first_step"],
            " s",
        ),
        Bar("article's training: numba / scikit-learn", 0.25, over_sklearn(NUMBA)),
    ]


def table(results: Data) -> Table:
    """Return the requirements, and how they stand."""
    rows = [bar.row(results) for bar in (*step_bars(), *other_bars())]
    return Table("What is asked, and what was measured", ["", "at most", "measured", ""], rows)
