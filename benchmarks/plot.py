"""The figure: time of a training step by peer, and of a scalar graph's nodes (matplotlib)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.scalar_graph import PHASES
from benchmarks.steps import WORKS

OURS, OTHERS, BY_HAND = "#0072B2", "#999999", "#333333"
PANELS = (0, 1, 2, 6)
"""Of the pieces of work: the small network in float64, the large one in float32."""


def colour(peer: str) -> str:
    """Return the colour of a peer: ours, by hand, or another's."""
    if peer.startswith("autograd_lite"):
        return OURS
    return BY_HAND if peer.startswith("numpy") else OTHERS


def draw_steps(axes: Any, name: str, measured: dict[str, Any]) -> None:
    """Draw the times of one piece of work as bars."""
    peers = [peer.name for peer in PEERS if peer.name in measured["rows"]][::-1]
    times = [measured["rows"][peer]["seconds"] * 1e6 for peer in peers]
    axes.barh(peers, times, color=[colour(peer) for peer in peers])
    axes.set_xlim(0, max(times) * 1.15)
    for place, time in enumerate(times):
        axes.text(time, place, f" {time:,.0f}", va="center", fontsize=8)
    axes.set_title(name, fontsize=10)
    axes.set_xlabel("µs for a training step")


def draw_scalar_graph(axes: Any, data: dict[str, Any]) -> None:
    """Draw the time per node over the number of nodes, with the collector on."""
    sizes = [int(nodes) for nodes in data["sizes"]]
    for peer in next(iter(data["sizes"].values())):
        for phase, line in zip(PHASES, ("-", "--", ":"), strict=True):
            times = [found[peer]["collector on"][phase] for found in data["sizes"].values()]
            label = f"{peer}, {phase}"
            axes.plot(sizes, times, line, marker="o", ms=4, color=colour(peer), label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("nodes")
    axes.set_ylabel("ns for each node")
    axes.set_title("a scalar graph, garbage collector on", fontsize=10)
    axes.legend(fontsize=8, frameon=False, bbox_to_anchor=(1.02, 1), loc="upper left")


def save(results: dict[str, Any], path: Path) -> None:
    """Draw what was measured, and save it as PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 11), layout="constrained")
    grid = figure.add_gridspec(3, 2)
    for place, number in enumerate(PANELS):
        name = WORKS[number].name
        if name in results.get("steps", {}):
            axes = figure.add_subplot(grid[place // 2, place % 2])
            draw_steps(axes, name, results["steps"][name])
            axes.spines[["top", "right"]].set_visible(False)
    if "scalar_graph" in results:
        axes = figure.add_subplot(grid[2, :])
        draw_scalar_graph(axes, results["scalar_graph"])
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
