"""A page that plays the forward pass of a trained network, for events that the reader chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.value import content_of
from autograd_lite.viz.columns import check_weights, kind_of_activations, name_of, stages_of
from autograd_lite.viz.features import Floats, features_of, one_each
from autograd_lite.viz.layer_programs import layer_data, output_program
from autograd_lite.viz.page import Page, make_page
from autograd_lite.viz.places import place_column

if TYPE_CHECKING:
    from autograd_lite.nn import Module

__all__ = ["explore_network"]

BODY: Final = """\
<p class="keys">Change the event, and walk through the layers of the trained network. Keys: ← → for
the layers; ↑ ↓ in the network for its units, Esc to let go; arrows on the map move the event.</p>
<div class="player" id="player"></div>
<div class="status numbers" id="status" role="status" aria-live="polite"></div>
<div class="columns">
<section><h2>Network</h2>
<div class="figure fitted" id="network" tabindex="0" role="group" aria-label="Network"></div>
<p class="legend" id="legend"></p>
<div class="status numbers" id="unit" aria-live="polite"></div></section>
<section><h2>Event</h2><form class="sliders" id="features"></form>
<p class="answer numbers" id="answer"></p>
<div id="map-section"><h2 id="map-title">Map</h2>
<div class="figure fitted" id="map" tabindex="0" role="group" data-own-keys></div>
<p class="keys" id="map-note"></p></div></section>
</div>
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
    map_features: tuple[int, int] = (0, 1),
    title: str = "A network at work",
    max_units: int = 32,
) -> Page:
    """Make a page with a slider for each feature, on which a network computes its answer.

    Prev and Next walk through the layers. Edges are weights: purple where positive, red-orange
    where negative, as wide as the weight is large beside the others of its layer; units are shaded
    by what they hold. A probability is green above 1/2, else red. Beside the network, the event is
    a point on the map of the answer over two of the features, and a click there moves it. The page
    computes in float64 with the weights of now.

    Parameters
    ----------
    model : Module
        An `MLP`, a `Linear`, or a `Sequential` of linear layers and activations, as in
        `draw_network`. It runs in evaluation: without dropout.
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
        Events to draw on the map: features ``(n, n_features)`` and labels 0 and 1, ``(n,)``.
    output : {"probability", "value"}, optional
        As in `draw_network`.
    output_names : sequence of str, optional
        What the outputs are called. Default: "P(signal)" for one probability, else y1, y2, ...
    map_features : (int, int)
        Which features the map is over; the others are as the sliders have them. A network with one
        input has no map.
    title : str
        The heading of the page.
    max_units : int
        The largest number of units drawn in a column, at least 2; all take part in the computation.

    Returns
    -------
    Page
        ``save("network.html")`` writes one file, which needs no network. A notebook shows it.

    Raises
    ------
    ArgumentError
        If the model is of another kind, has weights that are not finite, or an activation that is
        not element-wise (but for softmax at the end); if another argument is out of range or does
        not fit the network.
    ShapeError
        If the layers do not fit together, or `x` or `events` have another shape.

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
    if max_units < 2:
        raise ArgumentError(
            f"max_units is at least 2, the first unit and the last; got {max_units}"
        )
    stages = stages_of(model)
    check_weights(stages)
    n_features, n_outputs = stages[0].linear.in_features, stages[-1].linear.out_features
    last = tuple(map(name_of, stages[-1].functions))
    kind = kind_of_activations(last, output)
    rows = events_data(events, n_features)
    X = np.array(rows)[:, :-1] if rows else None
    features = features_of(n_features, feature_names, units, mean, scale, ranges, X)
    sizes = [n_features, *(stage.linear.out_features for stage in stages)]
    usual = "P(signal)" if kind == "probability" else "y"
    content = {
        "titles": features.titles(),
        "features": features.names,
        "ranges": features.ranges.tolist(),
        "mean": features.mean.tolist(),
        "scale": features.scale.tolist(),
        "event": first_event(x, features.ranges).tolist(),
        "layers": [layer_data(stage, is_last=stage is stages[-1]) for stage in stages],
        "drawn": [place_column(n, 0, max_units).drawn.tolist() for n in sizes],
        "kind": kind,
        "output": output_program(last, kind, n_outputs),
        "outputs": one_each(
            "output_names", output_names, n_outputs, usual if n_outputs == 1 else "y"
        ),
        "map": check_axes(map_features, n_features) if n_features > 1 else None,
        "events": rows,
    }
    return make_page(title, BODY, content, ["arithmetic.js", "player.js", "plot.js", "network.js"])


def events_data(events: tuple[ArrayLike, ArrayLike] | None, count: int) -> list[list[float]]:
    """Return rows of features and label, for the map."""
    if events is None:
        return []
    X, y = np.asarray(events[0], dtype=np.float64), np.asarray(events[1], dtype=np.float64).ravel()
    if X.shape != (len(y), count):
        raise ShapeError(
            f"events are (X, y) with X of shape (n, {count}) and n labels; got {X.shape} and "
            f"{y.shape}"
        )
    return [[*row, label] for row, label in zip(X.tolist(), y.tolist(), strict=True)]


def first_event(x: ArrayLike | None, limits: Floats) -> Floats:
    """Return the event to begin with, or raise."""
    if x is None:
        return np.asarray(limits.mean(axis=1))
    array = np.asarray(content_of(x), dtype=np.float64)
    if array.shape != (len(limits),):
        raise ShapeError(f"x has shape {array.shape}; give one event, ({len(limits)},)")
    return array


def check_axes(axes: Sequence[int], count: int) -> list[int]:
    """Return the two features of the map, or raise."""
    if len(set(axes)) != 2 or not all(0 <= i < count for i in axes):
        raise ArgumentError(f"map_features are two features from 0 to {count - 1}; got {axes!r}")
    return list(axes)
