"""A page with a trained network: sliders for its inputs, the forward pass layer by layer, a map."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite import ops
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn import Module
from autograd_lite.nn.functional import sigmoid, softmax
from autograd_lite.recording import no_grad
from autograd_lite.value import Value
from autograd_lite.viz.columns import Column, Stage, columns_of, kind_of_output, stages_of
from autograd_lite.viz.number_program import number_program, replayed
from autograd_lite.viz.page import Page, make_page
from autograd_lite.viz.picture import all_values
from autograd_lite.viz.scalars import scalar_graph

__all__ = ["explore_network"]

MOST_UNITS: Final = 64
"""Units of a layer that a page can show."""

MAP_SIZE: Final = 121
"""Points of the map along each axis."""

Floats = NDArray[np.float64]

BODY = """\
<p class="keys">Move the sliders{click}; Prev and Next, or the keys ← → Home End, take the event
through the network, layer by layer.</p>
<div class="columns">
<section aria-labelledby="network-title"><h2 id="network-title">The network</h2>
<div class="player" id="player"></div>
<div class="status numbers" id="status" role="status" aria-live="polite"></div>
<div id="network"></div>
<p class="keys"><span class="positive">━</span> positive weight, <span class="negative">━</span>
negative weight, as wide as it is large in its layer; a unit is as full as its activation is large
beside the others of its layer.</p></section>
<section aria-labelledby="event-title"><h2 id="event-title">The event</h2>
<form id="sliders"></form>
<p class="answer numbers" id="answer" role="status"></p>
{map}</section>
</div>
"""

MAP = """\
<canvas id="map" width="640" height="560" tabindex="0" role="application" data-own-keys
aria-label="Map of the answer over both features; arrow keys move the event"></canvas>
<p class="keys">{legend}</p>
"""


def explore_network(
    model: Module,
    *,
    feature_names: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    ranges: Sequence[tuple[float, float]] | None = None,
    mean: ArrayLike = 0.0,
    scale: ArrayLike = 1.0,
    x: ArrayLike | None = None,
    events: tuple[ArrayLike, ArrayLike] | None = None,
    output: str | None = None,
    output_names: Sequence[str] | None = None,
    title: str = "A network at work",
) -> Page:
    """Make a page with a network in it: sliders, the forward pass, and the map of its answer.

    Each feature has a slider in its own units. Prev and Next take the event through the network,
    layer by layer: weights purple where positive, red-orange where negative, as wide as they are
    large; units as full as their activations are. One output is a probability, green above 1/2,
    else red. With two features, the event is a point on the map of the answer, which a click or the
    arrow keys move.

    Parameters
    ----------
    model : Module
        An `MLP`, a `Linear`, or a `Sequential` of these and activations, of at most 64 units in a
        layer. It runs in evaluation: without dropout.
    feature_names : sequence of str, optional
        What the features are called. Default: x1, x2, ...
    units : sequence of str, optional
        Their units: "M☉"; "" for none.
    ranges : sequence of (float, float), optional
        Where the sliders begin and end, in these units. Default: that of `events`, or three
        standard deviations around the mean.
    mean, scale : array_like
        Of each feature, or one number for all: the model is given ``(feature - mean) / scale``.
    x : array_like, optional
        The event to begin with, ``(n_features,)``. Default: the middle of the ranges.
    events : (X, y), optional
        Events to draw on the map: features ``(n, 2)`` and labels 0 and 1, ``(n,)``.
    output : {"probability", "value"}, optional
        As in `draw_network`.
    output_names : sequence of str, optional
        What the outputs are called. Default: "P(signal)" for one probability, else y1, y2, ...
    title : str
        The heading of the page.

    Returns
    -------
    Page
        ``save("network.html")`` writes one file, which needs no network connection.

    Raises
    ------
    ArgumentError
        If the model is of another kind, has too many units in a layer, or an argument does not fit
        its features.
    ShapeError
        If the layers do not fit together, or `x` has another shape.

    Examples
    --------
    >>> import autograd_lite as al
    >>> net = al.nn.MLP([2, 4, 1], rng=0)
    >>> page = al.viz.explore_network(
    ...     net, feature_names=["SNR", "chirp mass"], ranges=[(4, 20), (3, 70)], scale=[4, 20]
    ... )
    >>> "chirp mass" in page.html
    True
    """
    columns = columns_of(model, None)
    kind = kind_of_output(columns, output)
    check_sizes(columns)
    features = Features(columns[0].size, feature_names, units, ranges, mean, scale, events)
    event = features.event(x)
    answers = answer_names(columns[-1], kind, output_names)
    forward = Forward(stages_of(model), columns, kind, features)
    data = {
        "features": features.data(),
        "layers": [layer_data(column, i, answers, features) for i, column in enumerate(columns)],
        "program": forward.program(event),
        "kind": kind,
        "map": forward.map_data() if features.count == 2 else None,
        "events": features.events_data(),
    }
    body = BODY.format(
        click=" or click on the map" if features.count == 2 else "",
        map=MAP.format(legend=map_legend(answers[0], kind, events)) if features.count == 2 else "",
    )
    return make_page(title, body, data, ["arithmetic.js", "player.js", "network.js"])


def check_sizes(columns: Sequence[Column]) -> None:
    """Raise if a layer has more units than a page can show."""
    for column in columns:
        if column.size > MOST_UNITS:
            raise ArgumentError(
                f"the layer {column.name!r} has {column.size} units; explore_network() shows "
                f"{MOST_UNITS} at most. draw_network() draws larger layers in part"
            )


def answer_names(column: Column, kind: str, given: Sequence[str] | None) -> list[str]:
    """Return what the outputs are called."""
    if given is not None:
        if isinstance(given, str) or len(given) != column.size:
            raise ArgumentError(
                f"output_names has one name for each of the {column.size} outputs, got {given!r}"
            )
        return list(given)
    if column.size == 1:
        return ["P(signal)" if kind == "probability" else "y"]
    return [f"y{i + 1}" for i in range(column.size)]


def map_legend(answer: str, kind: str, events: Any) -> str:
    """Return what is said below the map, as HTML."""
    where = f"the line is where {html.escape(answer)} = 0.5" if kind == "probability" else ""
    drawn = "○ signal, × noise" if events is not None else ""
    return "; ".join(filter(None, [where, drawn, "the ring is the event"]))


class Features:
    """What goes into a network: names, units, ranges, and how they are standardised."""

    def __init__(
        self,
        count: int,
        names: Sequence[str] | None,
        units: Sequence[str] | None,
        ranges: Sequence[tuple[float, float]] | None,
        mean: ArrayLike,
        scale: ArrayLike,
        events: tuple[ArrayLike, ArrayLike] | None,
    ) -> None:
        self.count = count
        self.names = self.one_each("feature_names", names, [f"x{i + 1}" for i in range(count)])
        self.units = self.one_each("units", units, [""] * count)
        self.mean = self.numbers("mean", mean)
        self.scale = self.numbers("scale", scale)
        if not (self.scale > 0).all():
            raise ArgumentError(f"scale must be greater than 0, got {self.scale.tolist()}")
        self.events = None if events is None else self.checked_events(*events)
        self.ranges = self.checked_ranges(ranges)

    def one_each(self, what: str, given: Sequence[str] | None, usual: list[str]) -> list[str]:
        """Return one text for each feature, or raise."""
        if given is None:
            return usual
        if isinstance(given, str) or len(given) != self.count:
            raise ArgumentError(f"{what} has one text for each of {self.count} features: {given!r}")
        return list(map(str, given))

    def numbers(self, what: str, given: ArrayLike) -> Floats:
        """Return one finite number for each feature, or raise."""
        array = np.asarray(given, dtype=float)
        if array.shape not in ((), (1,), (self.count,)) or not np.isfinite(array).all():
            raise ArgumentError(
                f"{what} is one finite number, or one for each of {self.count} features; got "
                f"{given!r}"
            )
        return np.broadcast_to(array, (self.count,)).copy()

    def checked_events(self, X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return events and labels as arrays, or raise."""
        X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float).reshape(-1)
        if X.ndim != 2 or X.shape != (len(y), self.count):
            raise ShapeError(
                f"events are (X, y) with X of shape (n, {self.count}) and n labels; got "
                f"{X.shape} and {y.shape}"
            )
        return X, y

    def checked_ranges(self, given: Sequence[tuple[float, float]] | None) -> Floats:
        """Return the ranges as ``(n_features, 2)``, or raise."""
        if given is None and self.events is not None and len(self.events[0]):
            given = list(zip(self.events[0].min(axis=0), self.events[0].max(axis=0), strict=True))
        if given is None:
            return np.stack([self.mean - 3 * self.scale, self.mean + 3 * self.scale], axis=1)
        array = np.asarray(given, dtype=float)
        if array.shape != (self.count, 2) or not (array[:, 0] < array[:, 1]).all():
            raise ArgumentError(
                f"ranges has (low, high) for each of {self.count} features, low < high; got "
                f"{given!r}"
            )
        return array

    def event(self, x: ArrayLike | None) -> Floats:
        """Return the event to begin with, or raise."""
        if x is None:
            return np.asarray(self.ranges.mean(axis=1))
        array = np.asarray(x, dtype=float)
        if array.shape != (self.count,):
            raise ShapeError(f"x has shape {array.shape}; give one event, ({self.count},)")
        return array

    def data(self) -> list[dict[str, Any]]:
        """Return the features as a page takes them."""
        return [
            {"name": name, "unit": unit, "low": low, "high": high}
            for name, unit, (low, high) in zip(
                self.names, self.units, self.ranges.tolist(), strict=True
            )
        ]

    def events_data(self) -> list[list[float]]:
        """Return rows of features and label, for the map."""
        if self.events is None:
            return []
        return [[*map(float, row), float(label)] for row, label in zip(*self.events, strict=True)]


class Forward:
    """The forward pass of a network, from features in their units to answers."""

    def __init__(
        self, stages: Sequence[Stage], columns: Sequence[Column], kind: str, features: Features
    ) -> None:
        self.stages = stages
        self.last = columns[-1]
        self.kind = kind
        self.features = features

    def layers(self, X: Any) -> list[Any]:
        """Return what each layer holds for events ``(n, n_features)``, and the answers last."""
        batch = (X - self.features.mean) / self.features.scale
        held = [batch]
        for linear, functions in self.stages:
            batch = linear(batch)
            for function in functions:
                batch = function(batch)
            held.append(batch)
        return [*held, self.answers(batch)]

    def answers(self, outputs: Any) -> Any:
        """Return outputs as they are shown: logits as probabilities."""
        last = self.last.activations[-1:]
        if self.kind == "value" or (last and last[0].lower() in ("sigmoid", "softmax")):
            return outputs
        if last:
            return np.exp(outputs)
        return sigmoid(outputs) if self.last.size == 1 else softmax(outputs)

    def program(self, event: Floats) -> dict[str, Any]:
        """Return the program that computes all layers and the answers of one event."""
        x = Value(event[None])
        joined: Any = np.concatenate([np.ravel(layer) for layer in self.layers(x)])
        graph = scalar_graph(joined)
        results = list(graph.results)
        nodes = all_values(ops.stack(results))[:-1]
        leaves = list(graph.elements[x].flat)

        def compute(inputs: Sequence[Value]) -> list[Any]:
            found = replayed(nodes, dict(zip(leaves, inputs, strict=True)))
            return [found[result] for result in results]

        return number_program(leaves, compute)

    def map_data(self) -> dict[str, Any]:
        """Return the first answer over both features, in bytes from 0 to 255, row by row."""
        first, second = (np.linspace(low, high, MAP_SIZE) for low, high in self.features.ranges)
        points = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
        with no_grad():
            answers = np.asarray(self.layers(Value(points, requires_grad=False))[-1].data)[:, 0]
        low, high = (0.0, 1.0) if self.kind == "probability" else (answers.min(), answers.max())
        levels = np.round(255 * (answers - low) / ((high - low) or 1.0)).astype(np.uint8)
        text = base64.b64encode(levels.tobytes()).decode()
        return {"size": MAP_SIZE, "levels": text, "low": float(low), "high": float(high)}


def layer_data(
    column: Column, place: int, answers: Sequence[str], features: Features
) -> dict[str, Any]:
    """Return a layer as a page takes it: weights to six digits, which only its drawing uses."""
    names = features.names if place == 0 else answers if column.name == "output" else None
    weight = np.array([[float(f"{w:.6g}") for w in row] for row in column.weight])
    return {
        "name": column.name,
        "size": column.size,
        "weight": weight.tolist(),
        "activations": list(column.activations),
        "names": names,
    }
