"""A network as neurons and edges: what the weights are, and what one event makes the units hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value
from autograd_lite.viz.columns import Column, columns_of, kind_of_output, output_numbers
from autograd_lite.viz.new_figure import new_figure
from autograd_lite.viz.places import Frame, Labels, Places, frame_of, place_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from autograd_lite.nn import Module

__all__ = ["draw_network"]

# Purple is the darker of the two and blue darker than orange, so that a print in grey can be read.
POSITIVE_WEIGHT: Final = "#5E3C99"
NEGATIVE_WEIGHT: Final = "#E8601C"
POSITIVE_VALUE: Final = "#08519C"
NEGATIVE_VALUE: Final = "#E69F00"
ABOVE_HALF: Final = "#009E73"
BELOW_HALF: Final = "#A81C0E"
INK: Final = "#1f2933"
FADED: Final = "#5f6b76"
OUTLINE: Final = "#7b8794"

WIDEST_EDGE: Final = 2.4  # points
LABELLED_GAP: Final = 0.15
"""Units nearer to each other than this are drawn without their labels."""

Floats = NDArray[np.float64]


def draw_network(
    module: Module,
    x: ArrayLike | Value | None = None,
    *,
    feature_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    output: str | None = None,
    upto: int | None = None,
    max_units: int = 32,
    legend: bool = True,
    fontsize: float = 10.0,
    ax: Axes | None = None,
) -> Figure:
    """Draw a network as neurons and edges, and, for one event, what they compute.

    Edges are weights: purple where positive, red-orange where negative, as wide as the weight is
    large beside the others of its layer. Biases are not drawn. With an input `x`, the units are
    shaded by what they hold, beside the largest of their layer (blue where positive, orange where
    negative), edges from units that hold 0 fade, and the outputs are printed; a probability is
    green above 1/2, else red.

    Parameters
    ----------
    module : Module
        An `MLP`, a `Linear`, or a `Sequential` of linear layers and activations (which may hold
        others of its kind). It is drawn in evaluation: without dropout.
    x : array_like or Value, optional
        One event, ``(in_features,)``.
    feature_names, output_names : sequence of str, optional
        What to write beside the inputs and outputs; text between dollar signs is mathematics.
    output : {"probability", "value"}, optional
        Whether to print probabilities, which logits are turned into by the sigmoid, or by softmax
        where there are several outputs, or the outputs as they are. Default: probabilities, unless
        the last layer is an activation that gives none. Pass "value" for a regression.
    upto : int, optional
        The column that the forward pass has come to: 0 is the input. What comes later is drawn as
        without `x`. Default: the last.
    max_units : int
        The largest number of units drawn in a column, at least 2. Of a larger layer the first and
        the last are drawn, with ``⋮`` between them and a note below.
    legend : bool
        Explain the colours below the drawing.
    fontsize : float
        Of the labels, in points; captions are smaller.
    ax : matplotlib Axes, optional
        Where to draw; its contents are not removed. Lines are as wide as its size allows. Default:
        a new figure.

    Returns
    -------
    matplotlib Figure
        Of `ax`, or a new one that pyplot does not manage: a notebook shows it, ``savefig`` saves
        it. In SVG files, groups named ``weights-1``, ``units-0``, ``outputs`` and so on hold the
        parts.

    Raises
    ------
    ArgumentError
        If the module is of another kind or has weights that are not finite; if the names are not
        one for each input or output; if another argument is out of range.
    ShapeError
        If `x` does not fit the first layer, or the layers do not fit together.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> net = al.nn.MLP([2, 4, 1], rng=0)
    >>> figure = al.viz.draw_network(net, [0.5, -1.0], feature_names=["SNR", "chirp mass"])
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "outputs"]
    ['p = 0.405']
    """
    columns = columns_of(module, x)
    output = kind_of_output(columns, output)
    upto = check_arguments(columns, max_units, upto)
    inputs = labels_of(columns[0], feature_names, "feature_names", "x")
    outputs = labels_of(columns[-1], output_names, "output_names", "y")
    places = [place_column(column.size, i, max_units) for i, column in enumerate(columns)]
    labels = Labels(inputs, outputs, with_numbers=x is not None)
    frame = frame_of(places, labels, fontsize / 10)
    if ax is None:
        ax = new_axes(frame, legend)
    scale = scale_of(ax, frame)
    if scale < 1:
        frame = frame_of(places, labels, fontsize / 10 / scale)
    for i in range(1, len(columns)):
        draw_edges(ax, i, columns, places, scale, lit=i <= upto)
    for i, column in enumerate(columns):
        lit = column.values is not None and i <= upto
        last = i == len(columns) - 1
        shown = output_numbers(column, output) if last and lit else None
        colours = verdicts(shown, output) if shown is not None else shades(column, lit)
        draw_units(ax, i, places[i], colours, scale)
        draw_caption(ax, i, column, places[i], frame, fontsize, lit=lit and not last)
        if i == 0:
            texts = texts_of(inputs, column.values, "value")
            draw_labels(ax, places[i], texts, fontsize, "inputs")
        if last:
            draw_labels(ax, places[i], texts_of(outputs, shown, output), fontsize, "outputs")
    ax.set(xlim=frame[:2], ylim=frame[2:4], aspect="equal")
    ax.set_axis_off()
    if legend:
        draw_legend(ax, fontsize, lit=columns[0].values is not None)
    return ax.figure  # type: ignore[return-value]  # never a SubFigure of ours


def check_arguments(columns: Sequence[Column], max_units: int, upto: int | None) -> int:
    """Return the column that the forward pass has come to, or raise if it is none of them."""
    if max_units < 2:
        raise ArgumentError(
            f"max_units is at least 2, the first unit and the last; got {max_units}"
        )
    last = len(columns) - 1
    if upto is None:
        return last
    if not 0 <= upto <= last:
        raise ArgumentError(f"upto is a column, from 0, the input, to {last}; got {upto}")
    return upto


def labels_of(
    column: Column, names: Sequence[str] | None, argument: str, letter: str
) -> tuple[str, ...]:
    """Return a name for each unit of a column; an only output has none unless it is given."""
    if names is None:
        if column.name == "output" and column.size == 1:
            return ("",)
        return tuple(f"${letter}_{{{i}}}$" for i in range(1, column.size + 1))
    if isinstance(names, str) or len(names) != column.size:
        raise ArgumentError(
            f"{argument} names each of the {column.size} units of the {column.name}; got {names!r}"
        )
    return tuple(names)


# What is drawn


def new_axes(frame: Frame, legend: bool) -> Axes:
    """Return axes in a figure of their own, in which a unit of length is an inch."""
    height = frame.height + (0.35 if legend else 0)
    figure = new_figure("draw_network", (frame.width, height))
    share = frame.height / height
    return figure.add_axes((0, 1 - share, 1, share))


def scale_of(ax: Axes, frame: Frame) -> float:
    """Return how many inches a unit of length is in given axes."""
    figure, share = ax.figure, ax.get_position()
    width, height = figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi
    return float(min(share.width * width / frame.width, share.height * height / frame.height))


def draw_edges(
    ax: Axes,
    i: int,
    columns: Sequence[Column],
    places: Sequence[Places],
    scale: float,
    lit: bool,
) -> None:
    """Draw the weights between two columns, the largest on top."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba_array

    start, end = places[i - 1], places[i]
    weight = columns[i].weight[np.ix_(end.drawn, start.drawn)]
    size = relative(weight)
    to, origin = (index.ravel() for index in np.indices(weight.shape))
    order = np.argsort(size.ravel(), kind="stable")
    to, origin = to[order], origin[order]
    segments = np.empty((order.size, 2, 2))
    segments[:, 0, 0], segments[:, 1, 0] = start.x, end.x
    segments[:, 0, 1], segments[:, 1, 1] = start.y[origin], end.y[to]
    colours = to_rgba_array([POSITIVE_WEIGHT, NEGATIVE_WEIGHT])[
        (weight[to, origin] < 0).astype(int)
    ]
    size = size[to, origin]
    colours[:, 3] = 0.06 + 0.84 * size
    values = columns[i - 1].values
    if values is not None:
        silent = values[start.drawn][origin] == 0
        colours[:, 3] *= np.where(silent, 0.12, 1) if lit else 0.25
    edges = LineCollection(
        list(segments), linewidths=scale * (0.2 + WIDEST_EDGE * size), colors=colours, zorder=1
    )
    edges.set_gid(f"weights-{i}")
    ax.add_collection(edges)


def relative(numbers: Floats) -> Floats:
    """Return the sizes of numbers beside the largest; zeros if all are 0."""
    sizes = np.abs(numbers)
    return np.asarray(sizes / (sizes.max(initial=0) or 1))


def shades(column: Column, lit: bool) -> list[Any]:
    """Return the colours of units: white to blue for positive values, to orange for negative."""
    from matplotlib.colors import to_rgb

    if not lit or column.values is None:
        return ["white"] * column.size
    share = relative(column.values)[:, None]
    full = np.where(column.values[:, None] < 0, to_rgb(NEGATIVE_VALUE), to_rgb(POSITIVE_VALUE))
    return list(1 - share * (1 - full))


def verdicts(shown: Floats, kind: str) -> list[Any]:
    """Return the colours of outputs: a probability green above 1/2, else red; others white."""
    if kind == "value":
        return ["white"] * shown.size
    return [ABOVE_HALF if p > 0.5 else BELOW_HALF for p in shown]


def draw_units(ax: Axes, i: int, place: Places, colours: Sequence[Any], scale: float) -> None:
    """Draw the circles of a column, and the mark of the fold."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle

    circles = [Circle((place.x, y), place.radius) for y in place.y]
    units = PatchCollection(
        circles,
        facecolors=[colours[unit] for unit in place.drawn],
        edgecolors=INK,
        linewidths=scale * (0.5 + 2 * place.radius),
        zorder=2,
    )
    units.set_gid(f"units-{i}")
    ax.add_collection(units)
    if place.folded:
        fold = np.argmax(np.diff(place.drawn))
        middle = (place.y[fold] + place.y[fold + 1]) / 2
        ax.text(place.x, middle, "⋮", ha="center", va="center", color=INK, fontsize=11, zorder=3)


def draw_labels(ax: Axes, place: Places, texts: Sequence[str], fontsize: float, gid: str) -> None:
    """Write beside the units: to the left of inputs, to the right of outputs."""
    if place.gap < LABELLED_GAP:
        return
    side, ha = (-1, "right") if gid == "inputs" else (1, "left")
    x = place.x + side * (place.radius + 0.1)
    size = fontsize if place.gap > 0.3 else 0.7 * fontsize
    for y, unit in zip(place.y, place.drawn, strict=True):
        ax.text(x, y, texts[unit], ha=ha, va="center", color=INK, fontsize=size).set_gid(gid)


def texts_of(names: Sequence[str], shown: Floats | None, kind: str) -> list[str]:
    """Return what is written beside units: names, and numbers where there are any."""
    if shown is None:
        return list(names)
    pairs = list(zip(names, shown, strict=True))
    if kind == "value":
        return [f"{name} = {as_text(n)}" if name else as_text(n) for name, n in pairs]
    return [f"{name}: p = {p:.3f}" if name else f"p = {p:.3f}" for name, p in pairs]


def draw_caption(
    ax: Axes, i: int, column: Column, place: Places, frame: Frame, fontsize: float, lit: bool
) -> None:
    """Write below a column what it is, and of hidden units that are lit what they hold."""
    size = f"{column.size:,} {'unit' if column.size == 1 else 'units'}"
    drawn = [f"{place.drawn.size} drawn"] if place.folded else []
    lines = [column.name, ", ".join([size, *column.activations, *drawn])]
    if lit and i > 0 and column.values is not None:
        largest = column.values[np.abs(column.values).argmax()]
        lines.append(f"{np.count_nonzero(column.values)} not 0, max {as_text(largest)}")
    caption = ax.text(place.x, frame.caption, "\n".join(lines))
    caption.set(ha="center", va="top", color=FADED, fontsize=0.8 * fontsize, linespacing=1.3)
    caption.set_gid(f"caption-{i}")


def as_text(number: float) -> str:
    """Return a number in three digits, with a minus sign that is one."""
    return f"{number:.3g}".replace("-", "−")


def draw_legend(ax: Axes, fontsize: float, lit: bool) -> None:
    """Explain the colours below the drawing."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=POSITIVE_WEIGHT, linewidth=2.4, label="positive weight"),
        Line2D([], [], color=NEGATIVE_WEIGHT, linewidth=2.4, label="negative weight"),
    ]
    if lit:
        discs = {
            "unit: positive": POSITIVE_VALUE,
            "unit: 0": "white",
            "unit: negative": NEGATIVE_VALUE,
        }
        for label, colour in discs.items():
            disc = Line2D([], [], linestyle="", marker="o", markersize=8, label=label)
            disc.set(markerfacecolor=colour, markeredgecolor=INK)
            handles.append(disc)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.01),
        ncols=len(handles),
        frameon=False,
        fontsize=0.8 * fontsize,
        columnspacing=1.4,
        handletextpad=0.5,
    )
