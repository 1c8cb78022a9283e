"""Universal approximation: one hidden layer comes as near to a continuous function as you like.

Run ``python -m demos.universal_approximation``. The theorem says that weights exist for any
accuracy. For ReLU in one dimension they can be written down: a kink at each of N equidistant points
gives the polygon through the points, with an error that falls as 1/N². Training has to find its own
weights: it does better with few neurons, and does not find the best of many.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import autograd_lite as al
from autograd_lite.nn.functional import mse_loss
from demos.command_line import run
from demos.style import BLUE, GREY, ORANGE, RED, new_figure, save

Floats = NDArray[np.float64]

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
TRAINED_WIDTHS = (1, 4, 16, 64, 256)
SHOWN_WIDTHS = (4, 16, 64)
SEEDS = (0, 1)
STEPS = 1500
LEARNING_RATE = 0.02

X_TRAIN = np.linspace(-1, 1, 201)[:, None]
X_TEST = np.linspace(-1, 1, 4001)[:, None]


class Fit(NamedTuple):
    """A network of one hidden layer, and how far it is from the function."""

    width: int
    network: al.nn.MLP
    error: float


def target(x: Floats) -> Floats:
    """Return the function to approximate: waves of falling height, on [-1, 1]."""
    return np.asarray(np.sin(2 * np.pi * x) * np.exp(-x) / 1.5 + 0.3 * np.cos(9 * x))


def outputs(network: al.nn.Module, x: Floats) -> Floats:
    """Return what a network makes of numbers, ``(n, 1)``."""
    with al.no_grad():
        return np.asarray(network(al.Value(x, requires_grad=False)).data)


def fit_of(network: al.nn.MLP) -> Fit:
    """Measure the root-mean-square error of a network over [-1, 1]."""
    residual = outputs(network, X_TEST) - target(X_TEST)
    return Fit(network.sizes[1], network, float(np.sqrt(np.mean(residual**2))))


def constructed(width: int) -> Fit:
    """Return the network whose graph is the polygon through ``width + 1`` points of the function.

    Unit k is ``relu(x - t[k])``, 0 up to the knot ``t[k]``; its weight in the output is by how much
    the slope changes there.
    """
    knots = np.linspace(-1, 1, width + 1)
    heights = target(knots)
    slopes = np.diff(heights) / np.diff(knots)
    network: Any = al.nn.MLP([1, width, 1], rng=0)
    hidden, _, output = network
    hidden.weight.data = np.ones((width, 1))
    hidden.bias.data = -knots[:-1]
    output.weight.data = np.diff(slopes, prepend=0)[None]
    output.bias.data = heights[:1]
    return fit_of(network)


def trained(width: int, seed: int, steps: int) -> Fit:
    """Return a network trained on 201 points by Adam, with a learning rate that falls to 0."""
    network = al.nn.MLP([1, width, 1], rng=seed)
    optimizer = al.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    scheduler = al.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    data = (X_TRAIN, target(X_TRAIN))
    al.fit(
        network,
        mse_loss,
        optimizer,
        data,
        steps,
        batch_size=None,
        scheduler=scheduler,
        progress=False,
    )
    return fit_of(network)


def best_trained(width: int) -> Fit:
    """Return the best of the networks of a width, one for each seed."""
    return min((trained(width, seed, STEPS) for seed in SEEDS), key=lambda fit: fit.error)


# The figure


def draw_fits(ax: Axes, fits: list[Fit]) -> None:
    """Draw the function, and what the trained networks of some widths make of it."""
    ax.plot(X_TEST, target(X_TEST), color="black", linewidth=5, alpha=0.22, label="the function")
    shown = [fit for fit in fits if fit.width in SHOWN_WIDTHS]
    looks = zip((ORANGE, RED, BLUE), (":", "--", "-"), shown, strict=True)
    for colour, dashes, fit in looks:
        curve = outputs(fit.network, X_TEST)
        ax.plot(X_TEST, curve, dashes, color=colour, linewidth=1.5, label=f"{fit.width} neurons")
    ax.set_xticks([-1, -0.5, 0, 0.5, 1])
    ax.set(xlabel="$x$", ylabel="$f(x)$", title="trained networks of one hidden layer")
    ax.legend(loc="upper right")


def draw_errors(ax: Axes, built: list[Fit], fits: list[Fit]) -> None:
    """Draw the error against the number of neurons."""
    widths = np.array([fit.width for fit in built])
    errors = np.array([fit.error for fit in built])
    ax.loglog(widths, errors, "s-", color=GREY, markersize=5, label="constructed: polygon")
    ax.loglog(
        [fit.width for fit in fits],
        [fit.error for fit in fits],
        "o-",
        color=BLUE,
        label=f"trained: best of {len(SEEDS)} seeds",
    )
    guide = widths[4:]
    ax.loglog(guide, 0.35 * errors[-1] * (widths[-1] / guide) ** 2, ":", color="black", lw=1.2)
    ax.annotate("$1/N^2$", (guide[1], 0.2 * errors[-1] * (widths[-1] / guide[1]) ** 2), ha="right")
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.minorticks_off()
    ax.set(xlabel="neurons in the hidden layer, $N$", ylabel="root-mean-square error on $[-1, 1]$")
    ax.set_title("error against width")
    ax.legend(loc="lower left")


def draw_figure(built: list[Fit], fits: list[Fit]) -> Figure:
    """Draw the fits and the errors side by side."""
    figure, (left, right) = new_figure(1, 2, figsize=(9.4, 4))
    draw_fits(left, fits)
    draw_errors(right, built, fits)
    return figure


def main(out: Path) -> None:
    """Print the errors by width, and save the figure."""
    built = [constructed(width) for width in WIDTHS]
    fits = [best_trained(width) for width in TRAINED_WIDTHS]
    by_width = {fit.width: f"{fit.error:.5f}" for fit in fits}
    print("Root-mean-square error of 1 → N → 1 with ReLU on [-1, 1]:")
    print(f"  {'N':>4}{'parameters':>12}{'constructed':>13}{'trained':>10}")
    for fit in built:
        parameters = fit.network.summary().total
        trained_error = by_width.get(fit.width, "")
        print(f"  {fit.width:>4}{parameters:>12}{fit.error:>13.5f}{trained_error:>10}")
    save(draw_figure(built, fits), out, "universal_approximation")


if __name__ == "__main__":
    run(main, __doc__)
