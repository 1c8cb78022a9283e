"""ReLU against sigmoid in hidden layers (Part D): the vanishing gradient, measured.

Run ``python -m demos.relu_against_sigmoid``. The networks have 2 inputs, 2 to 10 hidden layers of
32, and one logit; the data are the two islands. Each activation starts from the weights that suit
it: ReLU from He's, sigmoid from Glorot's, which keep the size of activations and gradients through
the layers as well as they can. A sigmoid's slope is at most 1/4, so weights four times as large
make up for it: the third row shows how much of the trouble that cures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

import autograd_lite as al
from demos.command_line import run
from demos.island_data import prepared
from demos.style import BLUE, GREY, ORANGE, RED, new_figure, save

__all__ = [
    "Training",
    "factor_a_layer",
    "gradient_norms",
    "main",
    "network",
    "share_of_signals",
    "steps_until",
    "train",
]

WIDTH = 32
DEPTHS = (2, 4, 6, 8, 10)
TRAINED_DEPTHS = (2, 6, 10)
SEEDS = range(10)
EPOCHS = 60
BATCH_SIZE = 64
LEARNT = 0.35

RELU, SIGMOID, LARGE = "ReLU, He", "sigmoid, Glorot", "sigmoid, 4 × Glorot"
SGD, ADAM = "gradient descent, η = 0.1", "Adam, η = 0.005"
OPTIMIZERS: dict[str, Callable[..., al.optim.Optimizer]] = {
    SGD: partial(al.optim.SGD, lr=0.1),
    ADAM: partial(al.optim.Adam, lr=0.005),
}


class Training(NamedTuple):
    """What is trained: the optimiser, the activation with its weights, the hidden layers."""

    optimizer: str
    start: str
    depth: int


class Line(NamedTuple):
    """How a start is drawn."""

    color: str
    style: str
    marker: str


LINES = {
    RELU: Line(BLUE, "-", "o"),
    SIGMOID: Line(RED, "-", "s"),
    LARGE: Line(ORANGE, "--", "^"),
}


def four_times_glorot(shape: tuple[int, ...], rng: np.random.Generator, dtype: Any) -> NDArray[Any]:
    """Draw weights four times as large as Glorot's, for the slope of 1/4 of a sigmoid at 0."""
    return 4 * al.nn.init.glorot_uniform(shape, rng, dtype)


def network(start: str, depth: int, seed: int = 0) -> al.nn.MLP:
    """Return a network with `depth` hidden layers and the activation and weights of a start."""
    return al.nn.MLP(
        [2, *[WIDTH] * depth, 1],
        activation="relu" if start == RELU else "sigmoid",
        weight_init=four_times_glorot if start == LARGE else None,
        rng=seed,
    )


def weight_norms(model: al.nn.MLP) -> NDArray[np.float64]:
    """Return the norm of the loss's gradient in each layer's weights, ``(layers,)``."""
    data = prepared()
    loss = al.nn.BCEWithLogitsLoss()(model(data.X_train), data.y_train[:, None])
    loss.backward()
    weights = (layer.weight for layer in model if isinstance(layer, al.nn.Linear))
    return np.array([np.linalg.norm(weight.grad) for weight in weights])


@cache
def gradient_norms(start: str, depth: int, seeds: Sequence[int] = SEEDS) -> NDArray[np.float64]:
    """Return the gradient's norms before training, ``(seeds, layers)``; the input layer first."""
    return np.array([weight_norms(network(start, depth, seed)) for seed in seeds])


def train(training: Training, epochs: int = EPOCHS, seed: int = 0) -> list[float]:
    """Train on the two islands, and return the loss of each epoch."""
    data = prepared()
    model = network(training.start, training.depth, seed)
    history = al.fit(
        model,
        al.nn.BCEWithLogitsLoss(),
        OPTIMIZERS[training.optimizer](model.parameters()),
        (data.X_train, data.y_train[:, None]),
        epochs=epochs,
        batch_size=BATCH_SIZE,
        rng=seed,
        progress=False,
    )
    return history.loss


def steps_in_an_epoch() -> int:
    """Return the number of batches."""
    return -(-len(prepared().y_train) // BATCH_SIZE)


def steps_until(losses: Sequence[float], level: float = LEARNT) -> int | None:
    """Return after how many steps an epoch's loss was that low; None if never."""
    epoch = next((i for i, loss in enumerate(losses) if loss <= level), None)
    return None if epoch is None else (epoch + 1) * steps_in_an_epoch()


def share_of_signals() -> tuple[float, float]:
    """Return the share of signals p, and the loss of the constant answer p: its entropy."""
    p = float(prepared().y_train.mean())
    return p, -p * np.log(p) - (1 - p) * np.log(1 - p)


def factor_a_layer(start: str, depth: int) -> float:
    """Return by what the gradient's norm changes with each layer further back (median of seeds).

    From the last matrix between hidden layers to the first: these have one shape, 32 × 32.
    """
    norms = np.median(gradient_norms(start, depth), axis=0)
    return float((norms[1] / norms[-2]) ** (1 / (depth - 2)))


def table_of_norms() -> str:
    """Return the gradient's norms over depth, before training."""
    lines = [f"{'hidden layers':<25} {'first layer':>12} {'last layer':>12} {'a layer back':>14}"]
    for start in LINES:
        for depth in DEPTHS if start != LARGE else DEPTHS[-1:]:
            norms = np.median(gradient_norms(start, depth), axis=0)
            factor = f"× {factor_a_layer(start, depth):.2f}" if depth > 2 else ""
            name = f"{depth:>4} × {start}"
            lines.append(f"{name:<25} {norms[0]:>12.1e} {norms[-1]:>12.1e} {factor:>14}")
    return "\n".join(lines)


def table_of_training(losses: dict[Training, list[float]]) -> str:
    """Return the steps until the loss was low, and the loss in the end."""
    lines = [f"{'hidden layers':<25} {f'steps to {LEARNT}':>14} {'last loss':>10}"]
    optimizer = ""
    for training, history in losses.items():
        if training.optimizer != optimizer:
            optimizer = training.optimizer
            lines.append(f"{optimizer}:")
        steps = steps_until(history)
        name = f"{training.depth:>4} × {training.start}"
        lines.append(f"{name:<25} {'never' if steps is None else steps:>14} {history[-1]:>10.3f}")
    return "\n".join(lines)


def train_all(epochs: int = EPOCHS) -> dict[Training, list[float]]:
    """Return the losses of each training in the table."""
    trainings = [
        Training(optimizer, start, depth)
        for optimizer in (SGD, ADAM)
        for start in LINES
        for depth in (TRAINED_DEPTHS if start != LARGE else TRAINED_DEPTHS[-1:])
    ]
    return {training: train(training, epochs) for training in trainings}


def draw_norms(ax: Axes, depth: int) -> None:
    """Draw the gradient's norm by layer: the median over the seeds, and their range."""
    layer = np.arange(1, depth + 2)
    for start, line in LINES.items():
        norms = gradient_norms(start, depth)
        ax.fill_between(layer, norms.min(axis=0), norms.max(axis=0), color=line.color, alpha=0.2)
        ax.plot(
            layer,
            np.median(norms, axis=0),
            line.style,
            color=line.color,
            marker=line.marker,
            ms=4,
            label=start,
        )
    ax.set(
        title=f"gradients before training, {depth} hidden layers",
        xlabel="layer (1: from the inputs)",
        ylabel="norm of the gradient in its weights",
        yscale="log",
        xticks=layer[::2],
    )
    ax.legend(loc="lower right")


def draw_losses(ax: Axes, optimizer: str, losses: dict[Training, list[float]]) -> None:
    """Draw the loss over the steps for one optimiser: the shallowest and the deepest networks."""
    shallow, deep = TRAINED_DEPTHS[0], TRAINED_DEPTHS[-1]
    for training, history in losses.items():
        if training.optimizer != optimizer or training.depth not in (shallow, deep):
            continue
        line = LINES[training.start]
        steps = steps_in_an_epoch() * np.arange(1, len(history) + 1)
        if training.depth == shallow:
            ax.plot(steps, history, ls=(0, (1, 1)), color=line.color)
        else:
            ax.plot(
                steps,
                history,
                line.style,
                color=line.color,
                lw=1.4,
                marker=line.marker,
                ms=4,
                markevery=(4, 8),
            )
    _, guess = share_of_signals()
    ax.axhline(guess, color="black", lw=0.8, zorder=0)
    ax.set(title=optimizer, xlabel="step", ylim=(0.18, 0.78), xlim=(0, steps[-1]))


def figure_of_vanishing(losses: dict[Training, list[float]], out: Path) -> Path:
    """Save the gradient's norm by layer, and the losses with both optimisers."""
    figure, axes = new_figure(1, 3, figsize=(12.5, 4.0))
    draw_norms(axes[0], DEPTHS[-1])
    for ax, optimizer in zip(axes[1:], (SGD, ADAM), strict=True):
        draw_losses(ax, optimizer, losses)
    axes[1].set_ylabel("training loss (cross-entropy)")
    keys = [
        Line2D([], [], color=GREY, lw=1.4, marker="o", ms=4, label="10 hidden layers"),
        Line2D([], [], color=GREY, ls=(0, (1, 1)), label="2 hidden layers"),
        Line2D([], [], color="black", lw=0.8, label="constant answer"),
    ]
    axes[1].legend(handles=keys, loc="center right", bbox_to_anchor=(1, 0.55))
    return save(figure, out, "relu_against_sigmoid")


def main(out: Path, epochs: int = EPOCHS) -> None:
    """Print the norms and the trainings, and save the figure."""
    print(
        f"Norm of the loss's gradient in a layer's weights, before training ({len(SEEDS)} seeds)\n"
    )
    print(table_of_norms())
    steps = epochs * steps_in_an_epoch()
    p, guess = share_of_signals()
    print(f"\nTraining, {steps} steps; the constant answer {p:.3f} has the loss {guess:.3f}\n")
    losses = train_all(epochs)
    print(table_of_training(losses))
    print()
    figure_of_vanishing(losses, out)


if __name__ == "__main__":
    run(main, __doc__)
