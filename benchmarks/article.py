"""The whole training of the article: 404 epochs of 787 events in batches of 200, Adam at 1e-3.

The time of each is for a network of its own, from first weights to last. scikit-learn has its
default L2 penalty of 1e-4 and its own first weights; it is stopped by the number of epochs alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.nn.functional import binary_cross_entropy_with_logits
from benchmarks.peers import PEERS
from benchmarks.report import Table
from benchmarks.timing import round_robin

EPOCHS = 404
BATCH = 200
TRAINING = 787
LEARNING_RATE = 1e-3

EAGER, COMPILED, NUMBA, SKLEARN = (
    "autograd_lite",
    "autograd_lite, compiled",
    "autograd_lite, numba",
    "scikit-learn",
)
BACKENDS = {COMPILED: "numpy", NUMBA: "numba"}


def split_events() -> tuple[Any, Any, Any, Any]:
    """Return X and y to train on, then X and y to test on, standardised."""
    X, y = al.data.two_islands()
    order = np.random.default_rng(1).permutation(len(X))
    train, test = order[:TRAINING], order[TRAINING:]
    mean, std = X[train].mean(axis=0), X[train].std(axis=0)
    X = (X - mean) / std
    return X[train], y[train], X[test], y[test]


def train_ours(X: Any, y: Any, epochs: int, **options: Any) -> Callable[[Any], Any]:
    """Train, and return the function from events to scores; `options` are those of `al.fit`."""
    model = al.nn.MLP((2, 32, 32, 1), activation="relu", rng=0)
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    loss = binary_cross_entropy_with_logits
    data = (X, y[:, None])
    al.fit(model, loss, optimizer, data, epochs, batch_size=BATCH, rng=0, progress=False, **options)
    return lambda X: model(X).data[:, 0]


def train_sklearn(X: Any, y: Any, epochs: int) -> Callable[[Any], Any]:
    """Train scikit-learn's network as long, and return the function from events to scores."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (32, 32),
        batch_size=BATCH,
        learning_rate_init=LEARNING_RATE,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # that is when it is to stop
        network.fit(X, y)
    return lambda X: network.predict_proba(X)[:, 1]


def trainings() -> tuple[dict[str, Callable[[Any, Any, int], Any]], dict[str, str]]:
    """Return the trainings by name, and why others are left out."""
    found: dict[str, Callable[[Any, Any, int], Any]] = {EAGER: train_ours}
    skipped = {}
    for peer in PEERS:
        if peer.compiled and (reason := peer.why_not()):
            skipped[peer.name] = reason
        elif peer.compiled:
            backend = BACKENDS[peer.name]
            found[peer.name] = lambda X, y, n, b=backend: train_ours(X, y, n, compile=b)
    if find_spec("sklearn"):
        found[SKLEARN] = train_sklearn
    else:
        skipped[SKLEARN] = "scikit-learn not installed"
    return found, skipped


def measure(epochs: int = EPOCHS, seconds: float = 20.0) -> dict[str, Any]:
    """Measure the trainings in turn, and what each has learnt."""
    X, y, X_test, y_test = split_events()
    found, skipped = trainings()
    aucs = {
        name: float(al.metrics.roc_auc(y_test, train(X, y, epochs)(X_test)))
        for name, train in found.items()
    }
    work = {name: lambda train=train: train(X, y, epochs) for name, train in found.items()}
    times = round_robin(work, seconds=seconds, most_rounds=7)
    rows = {
        name: {
            "seconds": times.seconds(name),
            "auc": aucs[name],
            "over_sklearn": times.ratio(name, SKLEARN) if SKLEARN in found else None,
        }
        for name in found
    }
    return {"epochs": epochs, "rows": rows, "skipped": skipped}


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the table."""
    rows = []
    for name, row in data["rows"].items():
        over = "" if row["over_sklearn"] is None else f"{row['over_sklearn']:.2f}"
        rows.append([name, f"{row['seconds']:.2f}", over, f"{row['auc']:.3f}"])
    rows += [[name, reason, "", ""] for name, reason in data["skipped"].items()]
    title = f"The article's training, {data['epochs']} epochs of {TRAINING} events"
    return [Table(title, ["", "seconds", "/ scikit-learn", "AUC on the test events"], rows)]
