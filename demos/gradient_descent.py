"""Gradient descent on one parameter (Part A, Figure 3): too slow, right, and too large a step.

Run ``python -m demos.gradient_descent``. The loss is L(θ) = (θ - 3)²; its gradient comes from a
`Value`, not from a formula. On this parabola a step multiplies the distance to the minimum by
1 - 2η, which the table shows as measured: 0.05 and 0.95 are equally far from it after 30 steps, one
still on its way, the other jumping from side to side. Beyond η = 1 the distance grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

import autograd_lite as al
from demos.command_line import run
from demos.style import GREY, new_figure, save

__all__ = ["descend", "factor", "loss", "main", "steps_until_close"]

MINIMUM = 3.0
START = -1.5
STEPS = 30
SHOWN = 15
CLOSE = 0.001

RATES = {0.05: "slow", 0.30: "converged", 0.95: "overshooting"}
"""The article's learning rates, and what they do."""

TOO_LARGE = 1.05


def loss(theta: Any) -> Any:
    """Compute ``(theta - 3)²`` of a Value, or of an array."""
    return (theta - MINIMUM) ** 2


def descend(rate: float, steps: int = STEPS, start: float = START) -> list[float]:
    """Return the positions of gradient descent: the start, and the one after each step."""
    theta = al.Value(start, name="θ")
    positions = [theta.item()]
    for _ in range(steps):
        theta.grad = None
        loss(theta).backward()
        theta.data = theta.data - rate * theta.grad
        positions.append(theta.item())
    return positions


def steps_until_close(positions: Sequence[float], distance: float = CLOSE) -> int | None:
    """Return after how many steps θ is as near to the minimum as that; None if never."""
    return next((i for i, theta in enumerate(positions) if abs(theta - MINIMUM) <= distance), None)


def factor(positions: Sequence[float]) -> float:
    """Return by what the first step multiplied the distance to the minimum."""
    return (positions[1] - MINIMUM) / (positions[0] - MINIMUM)


def row(rate: float, verdict: str) -> str:
    """Return one line of the table."""
    positions = descend(rate)
    close = steps_until_close(positions)
    return (
        f"{rate:>5.2f} {positions[-1]:>11.4f} {factor(positions):>15.2f} "
        f"{'never' if close is None else close:>14}   {verdict}"
    )


def draw_descent(ax: Axes, rate: float, positions: Sequence[float]) -> Any:
    """Draw the parabola and the first positions on it, coloured by step."""
    theta = np.linspace(-2.4, 8.4, 300)
    ax.plot(theta, loss(theta), color=GREY, lw=1.2, zorder=1)
    first = np.asarray(positions[:SHOWN])
    ax.plot(first, loss(first), color=GREY, lw=0.8, ls=(0, (3, 2)), zorder=2)
    dots = ax.scatter(
        first,
        loss(first),
        c=np.arange(SHOWN),
        cmap="viridis",
        s=48,
        edgecolors="black",
        linewidths=0.7,
        zorder=3,
    )
    ax.set(
        title=f"η = {rate:.2f}: {RATES[rate]}",
        xlabel="parameter θ",
        xlim=(-2.4, 8.4),
        ylim=(-1.5, 29),
    )
    ax.text(
        0.5,
        0.94,
        f"θ = {positions[-1]:.4f} after {STEPS} steps",
        transform=ax.transAxes,
        ha="center",
        fontsize=9,
    )
    return dots


def figure_of_descents(out: Path) -> Path:
    """Save Figure 3: one panel for each learning rate."""
    figure, axes = new_figure(1, len(RATES), figsize=(11, 3.6), sharey=True)
    for ax, rate in zip(axes, RATES, strict=True):
        dots = draw_descent(ax, rate, descend(rate))
        dots.set_clim(-0.5, SHOWN - 0.5)
    axes[0].set_ylabel("loss L(θ) = (θ − 3)²")
    figure.colorbar(dots, ax=axes, label="step", ticks=range(0, SHOWN, 2), pad=0.015)
    return save(figure, out, "gradient_descent")


def main(out: Path) -> None:
    """Print where each learning rate gets to, and save Figure 3."""
    print(f"L(θ) = (θ - 3)², from θ = {START}, {STEPS} steps; |θ - 3| ≤ {CLOSE} is close\n")
    print(f"{'η':>5} {'final θ':>11} {'factor a step':>15} {'close after':>14}")
    for rate, verdict in (*RATES.items(), (TOO_LARGE, "diverging (not in the figure)")):
        print(row(rate, verdict))
    print()
    figure_of_descents(out)


if __name__ == "__main__":
    run(main, __doc__)
