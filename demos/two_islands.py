"""The two islands (Parts B and C, Figure 4): a straight line against a network, and the limit.

Run ``python -m demos.two_islands``. It trains logistic regression and the network 2 → 32 → 32 → 1
on the article's data and split, with ten seeds, beside scikit-learn's network, prints the areas
under the ROC curves (AUC) on the test events and on 100,000 fresh ones, and saves two figures.

Our network is trained for as many steps as scikit-learn's (404 epochs in batches of 200, Adam). The
rest is our own: three times the learning rate, with the weights of the second half of the run
averaged; ReLU's own initial weights (He's); an L2 penalty of 1e-3. These settings were chosen on
data sets drawn with other seeds, not on the test events.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import autograd_lite as al
from autograd_lite.metrics import roc_auc, roc_curve
from autograd_lite.nn.functional import binary_cross_entropy_with_logits
from demos.command_line import run
from demos.island_data import Split, prepared, probabilities
from demos.island_network import BATCH_SIZE, EPOCHS, Trained, train_network
from demos.style import BLUE, GREEN, GREY, MASS_LABEL, ORANGE, PURPLE, SNR_LABEL, new_figure, save

SEEDS = range(10)
FRESH_EVENTS = 100_000
LIMIT = "limit: likelihood ratio"

P_SIGNAL = LinearSegmentedColormap.from_list("p_signal", [ORANGE, "white", BLUE])


class Scores(NamedTuple):
    """The AUC on test and on fresh events, and the seconds of training: one entry a seed."""

    test: list[float]
    fresh: list[float]
    seconds: list[float]


def train_logistic_regression(split: Split, seed: int = 0) -> Trained:
    """Train one neuron, which is logistic regression, with Adam."""
    start = time.perf_counter()
    model = al.nn.Linear(2, 1, rng=seed)
    optimizer = al.optim.Adam(model.parameters(), lr=0.1)
    events = (split.X_train, split.y_train[:, None])
    loss = binary_cross_entropy_with_logits
    history = al.fit(model, loss, optimizer, events, epochs=100, batch_size=None)
    return Trained(model, history, time.perf_counter() - start)


def train_scikit_learn(split: Split, seed: int = 0) -> tuple[MLPClassifier, float]:
    """Train scikit-learn's network as the article's notebook does; return the seconds, too."""
    network = MLPClassifier((32, 32), batch_size=BATCH_SIZE, max_iter=EPOCHS, random_state=seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it says that it used all its epochs
        network.fit(split.X_train, split.y_train)
    return network, time.perf_counter() - start


def compare(split: Split, fresh: al.data.DataSet, seeds: Sequence[int]) -> dict[str, Scores]:
    """Train each model with each seed, in turn, and return its scores by name."""
    X_fresh = split.scaler.transform(fresh.X)
    scores: dict[str, Scores] = {}

    def add(name: str, predict: Callable[[NDArray[Any]], NDArray[Any]], seconds: float) -> None:
        row = scores.setdefault(name, Scores([], [], []))
        row.test.append(roc_auc(split.y_test, predict(split.X_test)))
        row.fresh.append(roc_auc(fresh.y, predict(X_fresh)))
        row.seconds.append(seconds)

    for seed in seeds:
        line = train_logistic_regression(split, seed)
        add("logistic regression", lambda X, m=line.model: probabilities(m, X), line.seconds)
        reference, seconds = train_scikit_learn(split, seed)
        add("scikit-learn's network", lambda X, m=reference: m.predict_proba(X)[:, 1], seconds)
        for name, compile in {"our network": False, "our network, compiled": True}.items():
            network = train_network(split.X_train, split.y_train, seed, compile=compile)
            add(name, lambda X, m=network.model: probabilities(m, X), network.seconds)
    scores[LIMIT] = Scores(
        [roc_auc(split.y_test, al.data.two_islands_likelihood_ratio(split.X_test_raw))],
        [roc_auc(fresh.y, al.data.two_islands_likelihood_ratio(fresh.X))],
        [],
    )
    return scores


def table(scores: dict[str, Scores]) -> str:
    """Return the comparison as text: mean and standard deviation over the seeds."""
    lines = [f"{'':<28} {'AUC, test':>17} {'AUC, fresh':>17} {'training':>9}"]
    for name, row in scores.items():
        seconds = f"{np.median(row.seconds):>7.2f} s" if row.seconds else ""
        lines.append(f"{name:<28} {spread(row.test):>17} {spread(row.fresh):>17} {seconds:>9}")
    return "\n".join(lines)


def time_over_scikit_learn(scores: dict[str, Scores], name: str) -> float:
    """Return the median over the seeds of a training's time over that of scikit-learn's."""
    theirs = scores["scikit-learn's network"].seconds
    return float(np.median(np.divide(scores[name].seconds, theirs)))


def spread(numbers: list[float]) -> str:
    """Return mean and standard deviation as text."""
    mean = f"{np.mean(numbers):.4f}"
    return f"{mean} ± {np.std(numbers, ddof=1):.4f}" if len(numbers) > 1 else f"{mean}         "


def draw_boundary(ax: Axes, model: al.nn.Module, split: Split) -> Any:
    """Draw P(signal) of a model over the plane, its boundary at 0.5, and the test events."""
    snr, mass = np.meshgrid(np.linspace(4, 20, 321), np.linspace(3, 70, 335))
    plane = np.stack([snr, mass], axis=-1)
    p = probabilities(model, split.scaler.transform(plane.reshape(-1, 2))).reshape(snr.shape)
    extent = (snr.min(), snr.max(), mass.min(), mass.max())
    image = ax.imshow(p, P_SIGNAL, aspect="auto", origin="lower", extent=extent, vmin=0, vmax=1)
    ax.contour(snr, mass, p, levels=[0.5], colors="black", linewidths=1.6)
    signal = split.y_test == 1
    events = split.X_test_raw
    ax.plot(*events[~signal].T, "x", color="#5A3C00", ms=4, mew=0.9, label="noise")
    ax.plot(*events[signal].T, "o", color="#003A5C", ms=3.6, mfc="white", mew=0.9, label="signal")
    ax.set(xlabel=SNR_LABEL, ylabel=MASS_LABEL, xlim=(4, 20), ylim=(3, 70))
    return image


def end_of_the_drop(loss: Sequence[float]) -> int:
    """Return the epoch by which the loss has made nine tenths of its way down."""
    loss = np.asarray(loss)
    return int(np.argmax(loss <= loss.min() + 0.1 * (loss[0] - loss.min())))


def draw_loss(ax: Axes, loss: Sequence[float]) -> None:
    """Draw a training loss, with its fast drop and its plateau marked."""
    epochs = np.arange(1, len(loss) + 1)
    knee = end_of_the_drop(loss)
    ax.axvspan(1, knee + 1, color=GREY, alpha=0.13, lw=0)
    ax.plot(epochs, loss, color=BLUE, lw=1.4)
    ax.set(xlabel="epoch", ylabel="training loss (cross-entropy)", xlim=(1, len(loss)))
    top = max(loss)
    ax.annotate(
        f"fast drop:\n{knee + 1} epochs",
        (knee + 1, 0.6 * top + 0.4 * min(loss)),
        xytext=(10, 8),
        textcoords="offset points",
        va="center",
    )
    middle = (knee + len(loss)) // 2
    ax.annotate(
        "plateau: the boundary is refined",
        (middle, loss[middle]),
        xytext=(0, 34),
        textcoords="offset points",
        ha="center",
        arrowprops={"arrowstyle": "-", "color": GREY},
    )


def figure_of_boundaries(split: Split, line: Trained, network: Trained, out: Path) -> Path:
    """Save Figure 4: both boundaries and the loss curve."""
    figure, axes = new_figure(1, 3, figsize=(12.5, 4.1))
    panels = {"logistic regression": line, "network": network}
    for ax, (name, trained) in zip(axes[:2], panels.items(), strict=True):
        image = draw_boundary(ax, trained.model, split)
        auc = roc_auc(split.y_test, probabilities(trained.model, split.X_test))
        ax.set_title(f"{name}: AUC {auc:.3f}")
    axes[0].legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, handletextpad=0.2)
    figure.colorbar(image, ax=axes[1], label="P(signal)", pad=0.02)
    draw_loss(axes[2], network.history.loss)
    axes[2].set_title("training the network")
    return save(figure, out, "two_islands")


def figure_of_roc_curves(
    fresh: al.data.DataSet, by_name: dict[str, tuple[NDArray[Any], str, str]], out: Path
) -> Path:
    """Save the ROC curves on fresh events: scores, colour and line style by name."""
    figure, (ax, corner) = new_figure(1, 2, figsize=(9.6, 4.6))
    for name, (score, color, style) in by_name.items():
        curve = roc_curve(fresh.y, score)
        label = f"{roc_auc(fresh.y, score):.4f}  {name}"
        ax.plot(curve.fpr, curve.tpr, style, color=color, label=label)
        corner.plot(curve.fpr, curve.tpr, style, color=color)
    ax.plot([0, 1], [0, 1], color=GREY, lw=0.8)
    ax.annotate("guessing", (0.16, 0.15), color=GREY, rotation=45, fontsize=8, va="top")
    ax.set(xlim=(-0.005, 1), ylim=(0, 1.01), title=f"{len(fresh.y):,} fresh events")
    ax.set_ylabel("signal accepted (true positive rate)")
    ax.legend(loc="lower right", title="area under the curve", fontsize=8)
    corner.set(xlim=(0.05, 0.19), ylim=(0.78, 1.005), title="the corner, enlarged")
    figure.supxlabel("noise accepted (false positive rate)", fontsize=10)
    return save(figure, out, "two_islands_roc")


def main(out: Path, seeds: Sequence[int] = SEEDS, n_fresh: int = FRESH_EVENTS) -> None:
    """Print the comparison and save the two figures."""
    split = prepared()
    fresh = al.data.fresh_two_islands(n_fresh, rng=1)
    print(
        f"{len(split.y_train)} training and {len(split.y_test)} test events, {len(seeds)} seeds\n"
    )
    scores = compare(split, fresh, seeds)
    print(table(scores))
    print(
        f"\nOur training took {time_over_scikit_learn(scores, 'our network'):.2f} of the time of "
        f"scikit-learn's, {time_over_scikit_learn(scores, 'our network, compiled'):.2f} with each "
        "step compiled into one program."
    )
    print("No model can pass the limit on many fresh events; above it on the test events is luck.")
    print("Samples of fresh events differ by some 0.001: compare within one of them, as here.\n")
    line = train_logistic_regression(split)
    network = train_network(split.X_train, split.y_train)
    figure_of_boundaries(split, line, network, out)
    X_fresh = split.scaler.transform(fresh.X)
    reference, _ = train_scikit_learn(split)
    limit = al.data.two_islands_likelihood_ratio(fresh.X)
    by_name = {
        LIMIT: (limit, GREEN, "--"),
        "our network": (probabilities(network.model, X_fresh), BLUE, "-"),
        "scikit-learn's network": (reference.predict_proba(X_fresh)[:, 1], ORANGE, ":"),
        "logistic regression": (probabilities(line.model, X_fresh), PURPLE, "-."),
    }
    figure_of_roc_curves(fresh, by_name, out)


if __name__ == "__main__":
    run(main, __doc__)
