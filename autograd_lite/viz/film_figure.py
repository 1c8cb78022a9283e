"""A training as one figure: maps of the answer, the loss, gradient norms, dead units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.viz.film import Frame, TrainingFilm
from autograd_lite.viz.new_figure import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_training"]

SIGNAL: Final = "#0072B2"
NOISE: Final = "#D55E00"
INK: Final = "#1f2933"
FADED: Final = "#5f6b76"

LINES: Final = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#00795A", "-."),
    ("#AA4499", ":"),
    ("#8A6D00", (0, (5, 1, 1, 1, 1, 1))),
)
"""Colours of lines with their dashes, so that a print in grey can be read."""

MOST_EVENTS: Final = 400
"""Events drawn on a map."""


def draw_training(film: TrainingFilm, *, maps: int = 5) -> Figure:
    """Draw a training: the map at some epochs, then loss, gradient norms and dead units by epoch.

    Maps are from orange (0) over white to blue (1), with a line at 1/2; of answers outside of 0 and
    1, from the smallest to the largest. Circles are events with a target above 1/2, crosses the
    others.

    Parameters
    ----------
    film : TrainingFilm
        What was recorded.
    maps : int
        How many maps: the first frame, the last, and others between, the nearer to each other the
        earlier they are.

    Returns
    -------
    matplotlib Figure
        That pyplot does not manage: a notebook shows it, ``savefig`` saves it. A model that has not
        two features has no maps in it, one without hidden units no dead ones.

    Raises
    ------
    ArgumentError
        If `maps` is less than 1.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> X, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0], [1.0]])
    >>> model = al.nn.MLP([2, 3, 1], rng=0)
    >>> film = al.viz.TrainingFilm(model, al.nn.functional.mse_loss, (X, y))
    >>> figure = al.viz.draw_training(film)
    >>> [ax.get_title() for ax in figure.axes]
    ['before training', 'loss', 'gradient norms', 'dead units']
    """
    if maps < 1:
        raise ArgumentError(f"draw_training(maps=...) is at least 1; got {maps}")
    frames = chosen_frames(film.frames, maps) if film.features is not None else []
    curves = curves_of(film)
    figure, map_axes, curve_axes = new_axes(len(frames), len(curves))
    for i, (ax, frame) in enumerate(zip(map_axes, frames, strict=True)):
        draw_map(ax, film, frame, with_labels=i == 0)
    for ax, (title, lines) in zip(curve_axes, curves.items(), strict=True):
        draw_curves(ax, title, [frame.epoch for frame in film.frames], lines)
    return figure


def new_axes(maps: int, curves: int) -> tuple[Figure, list[Axes], list[Axes]]:
    """Return a figure with a row of maps above a row of curves."""
    width, height = 11.0, 5.6 if maps else 2.8
    figure = new_figure("draw_training", (width, height))
    rows = [(0.58, 0.34), (0.1, 0.33)] if maps else [(0, 0), (0.19, 0.68)]

    def row(count: int, place: tuple[float, float], gap: float) -> list[Axes]:
        share = (0.93 - (count - 1) * gap) / max(count, 1)
        return [
            figure.add_axes((0.055 + i * (share + gap), place[0], share, place[1]))
            for i in range(count)
        ]

    return figure, row(maps, rows[0], 0.018), row(curves, rows[1], 0.06)


def chosen_frames(frames: Sequence[Frame], count: int) -> list[Frame]:
    """Return the first frame, the last, and others between, denser at the beginning."""
    last = len(frames) - 1
    if count == 1 or last == 0:
        return [frames[last]]
    places = np.unique(np.round(np.geomspace(1, last + 1, count)).astype(int)) - 1
    return [frames[i] for i in places]


def curves_of(film: TrainingFilm) -> dict[str, dict[str, list[float]]]:
    """Return what is drawn over the epochs: by title, lines by label."""
    frames = film.frames
    curves = {
        "loss": {"": [frame.loss for frame in frames]},
        "gradient norms": {
            layer: [frame.gradient_norms[i] for frame in frames]
            for i, layer in enumerate(film.layers)
        },
    }
    hidden = len(frames[0].dead)
    if hidden:
        curves["dead units"] = {
            f"hidden {i + 1}": [100 * frame.dead[i] for frame in frames] for i in range(hidden)
        }
    return curves


def draw_map(ax: Axes, film: TrainingFilm, frame: Frame, *, with_labels: bool) -> None:
    """Draw what the model says on the grid, and events on top."""
    from matplotlib.colors import LinearSegmentedColormap

    features, boundary = film.features, frame.boundary
    if features is None or boundary is None:
        return
    (left, right), (bottom, top) = features.ranges
    low, high = film.limits()
    colors = LinearSegmentedColormap.from_list("answer", [NOISE, "white", SIGNAL])
    ax.imshow(
        boundary,
        extent=(left, right, bottom, top),
        origin="lower",
        aspect="auto",
        cmap=colors,
        vmin=low,
        vmax=high,
        alpha=0.65,
        interpolation="bilinear",
    )
    if (low, high) == (0.0, 1.0) and boundary.min() < 0.5 < boundary.max():
        grid = [np.linspace(low, high, film.grid) for low, high in features.ranges]
        ax.contour(*grid, boundary, levels=[0.5], colors=INK, linewidths=1.2)
    draw_events(ax, film)
    ax.set_title(f"epoch {frame.epoch}" if frame.epoch else "before training", fontsize=10)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.set_xlabel(features.titles()[0], fontsize=9)
    ax.tick_params(labelsize=8)
    if with_labels:
        ax.set_ylabel(features.titles()[1], fontsize=9)
    else:
        ax.set_yticklabels([])


def draw_events(ax: Axes, film: TrainingFilm) -> None:
    """Draw events as circles and crosses."""
    events = film.events()
    events = events[:: -(-len(events) // MOST_EVENTS)]
    above = events[:, 2] > 0.5
    circles: dict[str, Any] = {"facecolors": "none", "edgecolors": INK}
    style: dict[str, Any] = {"s": 7, "linewidths": 0.6, "alpha": 0.5}
    ax.scatter(events[~above, 0], events[~above, 1], marker="x", c=INK, **style)
    ax.scatter(events[above, 0], events[above, 1], marker="o", **circles, **style)


def draw_curves(
    ax: Axes, title: str, epochs: Sequence[int], lines: Mapping[str, Sequence[float]]
) -> None:
    """Draw lines over the epochs."""
    for i, (label, numbers) in enumerate(lines.items()):
        color, dashes = LINES[i % len(LINES)]
        ax.plot(epochs, numbers, color=color, linestyle=dashes, linewidth=1.6, label=label)
    ax.set_title(title, fontsize=10)
    ax.set_xlabel("epoch", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    if title == "gradient norms" and any(number > 0 for line in lines.values() for number in line):
        ax.set_yscale("log")
    if title == "dead units":
        ax.set_ylabel("% of the layer", fontsize=9)
        ax.set_ylim(-3, 103)
    if "" not in lines:
        ax.legend(fontsize=8, frameon=False, ncols=1 + (len(lines) > 4))
