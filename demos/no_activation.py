"""Without activations the layers collapse to one linear map, however many there are.

Run ``python -m demos.no_activation``. Networks with the identity in place of an activation are
trained on the two islands. Their weight matrices are multiplied out to one, which gives the same
answers to rounding; so their AUC is that of logistic regression, whose boundary is a straight line.
With ReLU in the same place the boundary bends. (Nothing is penalised here; the article's 0.5847 has
scikit-learn's usual L2 penalty.)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import autograd_lite as al
from autograd_lite.metrics import roc_auc
from demos.command_line import run
from demos.island_data import prepared, probabilities, trained_network
from demos.style import MASS_LABEL, SNR_LABEL, new_figure, save
from demos.two_islands import draw_boundary

__all__ = [
    "Collapsed",
    "auc_on_test_events",
    "collapse",
    "largest_difference",
    "main",
    "reference",
    "trained",
]

WIDTH = 32
DEPTHS = (0, 1, 2, 5, 10)
EPOCHS = 200


class Collapsed(NamedTuple):
    """The one linear map ``x @ weight.T + bias`` that a network without activations is.

    Attributes
    ----------
    weight : ndarray of float64
        ``(n_outputs, n_inputs)``.
    bias : ndarray of float64
        ``(n_outputs,)``.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


def collapse(network: al.nn.MLP) -> Collapsed:
    """Multiply the weights out: W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂), layer by layer."""
    weight, bias = np.eye(network.sizes[0]), np.zeros(network.sizes[0])
    for layer in network:
        if isinstance(layer, al.nn.Linear):
            weight = layer.weight.data @ weight
            bias = layer.weight.data @ bias
            if layer.bias is not None:
                bias = bias + layer.bias.data
    return Collapsed(weight, bias)


def largest_difference(network: al.nn.MLP, X: NDArray[np.float64]) -> float:
    """Return the largest difference between a network's outputs and those of its one map."""
    one = collapse(network)
    return float(np.abs(network(X).data - (X @ one.weight.T + one.bias)).max())


@cache
def trained(depth: int, seed: int = 0) -> al.nn.MLP:
    """Return a network of `depth` hidden layers without activations, trained to the minimum."""
    data = prepared()
    network = al.nn.MLP([2, *[WIDTH] * depth, 1], activation="identity", rng=seed)
    al.fit(
        network,
        al.nn.BCEWithLogitsLoss(),
        al.optim.Adam(network.parameters(), lr=3e-3 if depth else 3e-2),
        (data.X_train, data.y_train[:, None]),
        epochs=EPOCHS,
        batch_size=None,
        progress=False,
    )
    return network


@cache
def reference() -> LogisticRegression:
    """Return scikit-learn's logistic regression, without a penalty: the minimum itself."""
    data = prepared()
    return LogisticRegression(C=np.inf, tol=1e-10).fit(data.X_train, data.y_train)


def auc_on_test_events(network: al.nn.Module) -> float:
    """Return the AUC on the test events."""
    data = prepared()
    return roc_auc(data.y_test, probabilities(network, data.X_test))


def row(name: str, count: int, weight: str, auc: float, difference: str) -> str:
    """Return one line of the table."""
    return f"{name:<34} {count:>10,} {weight:>17} {auc:>9.4f} {difference:>16}"


def as_text(weight: NDArray[np.float64]) -> str:
    """Return the two weights of a linear map."""
    return "  ".join(f"{w:+.4f}" for w in weight[0])


def row_of(depth: int) -> str:
    """Return the line of one network without activations."""
    network = trained(depth)
    return row(
        f"{depth:>2} hidden layers, no activation",
        network.summary().total,
        as_text(collapse(network).weight),
        auc_on_test_events(network),
        f"{largest_difference(network, prepared().X_test):.1e}",
    )


def table() -> str:
    """Return the comparison as text."""
    data = prepared()
    line = reference()
    auc = roc_auc(data.y_test, line.decision_function(data.X_test))
    relu = trained_network()
    lines = [
        f"{'':<34} {'parameters':>10} {'one map: W':>17} {'test AUC':>9} {'difference':>16}",
        row("logistic regression (scikit-learn)", 3, as_text(line.coef_), auc, ""),
        *map(row_of, DEPTHS),
        row(
            " 2 hidden layers, ReLU",
            relu.summary().total,
            "",
            auc_on_test_events(relu),
            "no such map",
        ),
    ]
    return "\n".join(lines)


def figure_of_boundaries(out: Path) -> Path:
    """Save the boundaries side by side: no hidden layer, ten without activations, two with."""
    panels = {
        "no hidden layer": trained(0),
        f"{DEPTHS[-1]} hidden layers, no activation": trained(DEPTHS[-1]),
        "2 hidden layers, ReLU": trained_network(),
    }
    figure, axes = new_figure(1, 3, figsize=(12, 4.3), sharey=True)
    for ax, (name, network) in zip(axes, panels.items(), strict=True):
        image = draw_boundary(ax, network, prepared())
        auc = auc_on_test_events(network)
        ax.set(title=f"{name}: AUC {auc:.3f}", xlabel=SNR_LABEL, ylabel="")
    axes[0].set_ylabel(MASS_LABEL)
    axes[1].legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, handletextpad=0.2)
    figure.colorbar(image, ax=axes, label="P(signal)", pad=0.015)
    return save(figure, out, "no_activation")


def main(out: Path) -> None:
    """Print the table and save the boundaries."""
    print(table())
    print("difference: the largest between the logits of a network and of its one map, test events")
    print()
    figure_of_boundaries(out)


if __name__ == "__main__":
    run(main, __doc__)
