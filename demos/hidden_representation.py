"""Hidden layers make the classes linearly separable: straight cuts in raw and learned features.

Run ``python -m demos.hidden_representation``. Logistic regression, which knows only straight cuts,
is trained three times: on the raw features, and on what the trained network's first and second
hidden layers make of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score

import autograd_lite as al
from demos.command_line import run
from demos.island_data import prepared, probabilities, trained_network
from demos.style import BLUE, MASS_LABEL, RED, SNR_LABEL, new_figure, save

Floats = NDArray[np.float64]

LAYERS = {"raw features": 0, "hidden 1": 2, "hidden 2": 4}
"""How many layers of the network, activations counted, an event goes through."""


class Score(NamedTuple):
    """How well a straight cut does on test events.

    Attributes
    ----------
    features : str
        What the cut was made in.
    dimensions : int
        How many features there are.
    auc, accuracy : float
        On the 263 test events.
    """

    features: str
    dimensions: int
    auc: float
    accuracy: float


class Projection(NamedTuple):
    """Events along two directions of a layer.

    Attributes
    ----------
    along : ndarray
        The logit of logistic regression, ``(n_events,)``: the cut is where it is 0.
    across : ndarray
        The first principal component of what is left, ``(n_events,)``.
    """

    along: Floats
    across: Floats


def representation(X: Floats, layer: str) -> Floats:
    """Return what the trained network makes of standardised events, ``(n_events, n_units)``."""
    network: Any = trained_network()
    with al.no_grad():
        return np.asarray(network[: LAYERS[layer]](al.Value(X, requires_grad=False)).data)


def straight_cut(layer: str) -> LogisticRegression:
    """Return logistic regression, trained on the training events as a layer shows them."""
    features = representation(prepared().X_train, layer)
    return LogisticRegression(max_iter=2000).fit(features, prepared().y_train)


def scores() -> list[Score]:
    """Return how well straight cuts do, and the network and the likelihood ratio beside them."""
    data = prepared()
    rows = []
    for layer in LAYERS:
        features = representation(data.X_test, layer)
        logit = straight_cut(layer).decision_function(features)
        rows.append(score_of(layer, features.shape[1], logit))
    p = probabilities(trained_network(), data.X_test)
    rows.append(score_of("the network", 2, p - 0.5))
    ratio = al.data.two_islands_likelihood_ratio(data.X_test_raw)
    prior = data.y_train.mean()
    rows.append(score_of("the limit", 2, prior * ratio - (1 - prior)))
    return rows


def score_of(name: str, dimensions: int, score: Floats) -> Score:
    """Return how well a score does that is above 0 for what is taken as signal."""
    y = prepared().y_test
    return Score(name, dimensions, roc_auc_score(y, score), accuracy_score(y, score > 0))


def projection(layer: str) -> Projection:
    """Return the test events as a layer shows them, along and across the direction of the cut."""
    model = straight_cut(layer)
    features = representation(prepared().X_test, layer)
    direction = model.coef_[0] / np.linalg.norm(model.coef_[0])
    rest = features - np.outer(features @ direction, direction)
    rest = rest - rest.mean(axis=0)
    principal = np.linalg.svd(rest, full_matrices=False)[2][0]
    principal *= np.sign(principal[np.abs(principal).argmax()])
    return Projection(model.decision_function(features), rest @ principal)


# The figure


def draw_events(ax: Axes, x: Floats, y: Floats) -> None:
    """Draw the test events: noise as crosses, signal as dots."""
    signal = prepared().y_test == 1
    dots = {"s": 18, "color": BLUE, "edgecolors": "white", "linewidths": 0.4}
    crosses = {"s": 15, "color": RED, "marker": "x", "linewidths": 0.9}
    ax.scatter(x[~signal], y[~signal], label="noise", zorder=3, **crosses)
    ax.scatter(x[signal], y[signal], label="signal", zorder=2, **dots)


def draw_raw(ax: Axes) -> None:
    """Draw the raw features with the straight cut in them."""
    data = prepared()
    draw_events(ax, *data.X_test_raw.T)
    model = straight_cut("raw features")
    snr, mass = np.meshgrid(np.linspace(3.2, 20.8, 100), np.linspace(0, 73, 100))
    events = data.scaler.transform(np.column_stack([snr.ravel(), mass.ravel()]))
    logit = model.decision_function(events).reshape(snr.shape)
    ax.contour(snr, mass, logit, levels=[0], colors="black", linewidths=1.6)
    ax.set(xlabel=SNR_LABEL, ylabel=MASS_LABEL, xlim=(3.2, 20.8), ylim=(0, 73))


def draw_hidden(ax: Axes) -> None:
    """Draw the last hidden layer, projected, with the straight cut in it."""
    along, across = projection("hidden 2")
    draw_events(ax, along, across)
    ax.axvline(0, color="black", linewidth=1.6)
    ax.set(
        xlabel="along the cut's normal: its logit",
        ylabel="first principal component across",
    )


def draw_figure(rows: list[Score]) -> Figure:
    """Draw the test events before and after the hidden layers."""
    figure, (left, right) = new_figure(1, 2, figsize=(9.4, 4.3))
    draw_raw(left)
    draw_hidden(right)
    raw, _, hidden = rows[:3]
    for ax, row, title in (
        (left, raw, "raw features: 2 dimensions"),
        (right, hidden, "last hidden layer: 32 dimensions, projected to 2"),
    ):
        ax.set_title(f"{title}\nstraight cut: AUC {row.auc:.3f}, accuracy {row.accuracy:.0%}")
    handles, labels = left.get_legend_handles_labels()
    handles.append(right.lines[0])
    figure.legend(
        handles, [*labels, "cut of logistic regression"], loc="outside lower center", ncols=3
    )
    return figure


def main(out: Path) -> None:
    """Print how well straight cuts do on each representation, and save the figure."""
    rows = scores()
    print("Logistic regression, trained on 787 events and tested on 263, sees of each event:")
    print(f"  {'features':<14}{'dimensions':>11}{'AUC':>8}{'accuracy':>10}")
    for row in rows[:3]:
        print(f"  {row.features:<14}{row.dimensions:>11}{row.auc:>8.4f}{row.accuracy:>10.1%}")
    print("For comparison, on raw features:")
    for row in rows[3:]:
        print(f"  {row.features:<14}{row.dimensions:>11}{row.auc:>8.4f}{row.accuracy:>10.1%}")
    noise = 1 - prepared().y_test.mean()
    print(f"To call every event noise is right for {noise:.1%}.")
    save(draw_figure(rows), out, "hidden_representation")


if __name__ == "__main__":
    run(main, __doc__)
