"""The running scorecard of Sections 1 to 3: linear regression, logistic regression, a network.

Run ``python -m demos.scorecard``. The regression is Hubble's law, 200 galaxies with the velocity
70 km/s/Mpc times the distance and a scatter of 400 km/s; the other two classify the two islands.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import autograd_lite as al
from autograd_lite.nn.functional import binary_cross_entropy_with_logits, mse_loss
from demos.command_line import run
from demos.island_data import prepared, probabilities, trained_network
from demos.style import BLUE, GREY, MASS_LABEL, RED, SNR_LABEL, new_figure, save

Floats = NDArray[np.float64]

HUBBLE_CONSTANT = 70.0  # km/s/Mpc
SCATTER = 400.0  # km/s
FARTHEST = 200.0  # Mpc
N_GALAXIES = 200
N_TRAINING = 150

TABLE = {
    "": ("regression", "classification", "neural network"),
    "model": ("ŷ = θᵀx", "p = σ(θᵀx)", "p = σ(W₃ φ(W₂ φ(W₁x)))"),
    "boundary": ("none", "hyperplane", "curved surface"),
    "loss": ("MSE", "cross-entropy", "cross-entropy"),
    "optimiser": ("closed form", "gradient descent", "gradient descent (Adam)"),
    "hidden activations": ("-", "-", "ReLU"),
}
"""The article's rows; biases are not written, as there."""


class Galaxies(NamedTuple):
    """Distances and velocities.

    Attributes
    ----------
    X : ndarray
        1 and the distance in units of 100 Mpc, ``(n_galaxies, 2)``.
    y : ndarray
        The velocity in units of 1000 km/s, ``(n_galaxies,)``.
    """

    X: Floats
    y: Floats


class Regression(NamedTuple):
    """Linear regression, by two ways, and how well it does.

    Attributes
    ----------
    closed_form, descent : ndarray
        The parameters by the normal equations and by gradient descent, ``(2,)``.
    mse : float
        The mean squared error on the galaxies that were not used, in (km/s)².
    """

    closed_form: Floats
    descent: Floats
    mse: float

    @property
    def difference(self) -> float:
        """By how much the two ways differ at most."""
        return float(np.abs(self.closed_form - self.descent).max())

    @property
    def hubble_constant(self) -> float:
        """The slope, in km/s/Mpc."""
        return float(self.closed_form[1] * 10)


def galaxies(seed: int = 0) -> Galaxies:
    """Draw galaxies at random distances."""
    rng = np.random.default_rng(seed)
    distance = rng.uniform(5, FARTHEST, N_GALAXIES)
    velocity = HUBBLE_CONSTANT * distance + rng.normal(0, SCATTER, N_GALAXIES)
    return Galaxies(np.column_stack([np.ones(N_GALAXIES), distance / 100]), velocity / 1000)


def solve(X: Floats, y: Floats) -> Floats:
    """Return the parameters of least mean squared error in closed form: XᵀX θ = Xᵀy."""
    return np.linalg.solve(X.T @ X, X.T @ y)


def descend(X: Floats, y: Floats, *, lr: float = 0.2, steps: int = 1000) -> Floats:
    """Return the parameters by gradient descent; the gradient comes from a Value."""
    theta = al.Value(np.zeros(X.shape[1]), name="θ")
    for _ in range(steps):
        loss = mse_loss(X @ theta, y)
        theta.grad = None
        loss.backward()
        theta.data = theta.data - lr * theta.grad
    return np.asarray(theta.data)


def regression() -> Regression:
    """Fit Hubble's law to 150 galaxies, and test it on the other 50."""
    X, y = galaxies()
    train, test = slice(N_TRAINING), slice(N_TRAINING, None)
    theta = solve(X[train], y[train])
    mse = float(np.mean((X[test] @ theta - y[test]) ** 2)) * 1000**2
    return Regression(theta, descend(X[train], y[train]), mse)


@cache
def logistic_regression(steps: int = 500) -> al.nn.Linear:
    """Return logistic regression, trained on the two islands by gradient descent."""
    data = prepared()
    model = al.nn.Linear(2, 1, rng=0)
    al.fit(
        model,
        binary_cross_entropy_with_logits,
        al.optim.SGD(model.parameters(), lr=1.0),
        (data.X_train, data.y_train[:, None]),
        steps,
        batch_size=None,
        progress=False,
    )
    return model


def auc_on_test_events(model: al.nn.Module) -> float:
    """Return the AUC of a classifier on the test events."""
    data = prepared()
    return al.metrics.roc_auc(data.y_test, probabilities(model, data.X_test))


def measured(fitted: Regression) -> dict[str, tuple[str, str, str]]:
    """Return the rows of the table with what was measured."""
    models = (logistic_regression(), trained_network())
    sizes = [sum(parameter.size for parameter in model.parameters()) for model in models]
    line, network = (f"AUC {auc_on_test_events(model):.4f}" for model in models)
    return {
        "parameters": (f"{fitted.closed_form.size}", f"{sizes[0]:,}", f"{sizes[1]:,}"),
        "on test data": (f"MSE ({fitted.mse**0.5:.0f} km/s)²", line, network),
    }


# The figure


def draw_line(ax: Axes, fitted: Regression) -> None:
    """Draw the galaxies with the fitted line."""
    X, y = galaxies()
    distance = 100 * X[:, 1]
    for part, colour, marker, name in (
        (slice(N_TRAINING), GREY, "o", "training"),
        (slice(N_TRAINING, None), BLUE, "D", "test"),
    ):
        ax.plot(distance[part], y[part], marker, color=colour, markersize=3, label=name)
    ends = np.array([0, FARTHEST])
    line = fitted.closed_form[0] + fitted.closed_form[1] * ends / 100
    ax.plot(ends, line, color="black", label=f"{fitted.hubble_constant:.1f} km/s/Mpc")
    ax.set(xlabel="distance [Mpc]", ylabel="velocity [1000 km/s]", title="linear regression")
    ax.set(xlim=(0, 205), ylim=(-0.8, 15.5))
    ax.legend(loc="upper left", handletextpad=0.4)


def draw_boundary(ax: Axes, model: al.nn.Module, title: str) -> None:
    """Draw the test events and where P(signal) is 1/2."""
    data = prepared()
    signal = data.y_test == 1
    ax.plot(*data.X_test_raw[~signal].T, "x", color=RED, markersize=4, mew=0.8, label="noise")
    ax.plot(*data.X_test_raw[signal].T, "o", color=BLUE, markersize=3, label="signal")
    snr, mass = np.meshgrid(np.linspace(3, 21, 150), np.linspace(0, 73, 150))
    grid = data.scaler.transform(np.column_stack([snr.ravel(), mass.ravel()]))
    p = probabilities(model, grid).reshape(snr.shape)
    ax.contour(snr, mass, p, levels=[0.5], colors="black", linewidths=1.8)
    ax.set(xlabel=SNR_LABEL, ylabel=MASS_LABEL, title=title)


def draw_figure(fitted: Regression) -> Figure:
    """Draw the three models with their data."""
    figure, axes = new_figure(1, 3, figsize=(11.4, 3.9))
    draw_line(axes[0], fitted)
    models: dict[str, Any] = {
        "logistic regression": logistic_regression(),
        "network 2 → 32 → 32 → 1": trained_network(),
    }
    for ax, (name, model) in zip(axes[1:], models.items(), strict=True):
        draw_boundary(ax, model, f"{name}: AUC {auc_on_test_events(model):.3f}")
    handles, labels = axes[1].get_legend_handles_labels()
    handles.append(axes[0].lines[-1])
    figure.legend(
        handles, [*labels, "boundary, P(signal) = 1/2"], loc="outside lower right", ncols=3
    )
    return figure


def main(out: Path) -> None:
    """Print the scorecard with what was measured, and save the figure."""
    fitted = regression()
    rows = TABLE | measured(fitted)
    widths = [max(len(row[i]) for row in rows.values()) for i in range(3)]
    for name, cells in rows.items():
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"{name:<20}{'  '.join(padded)}".rstrip())
    slope = f"{fitted.hubble_constant:.2f} km/s/Mpc (drawn with {HUBBLE_CONSTANT:.0f})"
    print(f"\nHubble's law: {slope}; closed form and gradient descent")
    print(f"differ by {fitted.difference:.1e} at most.")
    save(draw_figure(fitted), out, "scorecard")


if __name__ == "__main__":
    run(main, __doc__)
