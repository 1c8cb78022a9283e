"""The network 2 → 32 → 32 → 1, trained on the two islands: what several demos start from."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al
from autograd_lite.nn.functional import binary_cross_entropy_with_logits

SIZES = (2, 32, 32, 1)
EPOCHS = 404
BATCH_SIZE = 200
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-3


class Trained(NamedTuple):
    """A trained model, how its training went, and the seconds that it took."""

    model: al.nn.Module
    history: al.History
    seconds: float


def train_network(
    X: NDArray[Any],
    y: NDArray[Any],
    seed: int = 0,
    *,
    epochs: int = EPOCHS,
    compile: bool | str = False,
) -> Trained:
    """Train the network with Adam, and average its weights over the second half of the epochs.

    Parameters
    ----------
    X : ndarray
        Standardised features, ``(n_events, 2)``.
    y : ndarray
        Labels 0 and 1, ``(n_events,)``.
    seed : int
        Of the initial weights and of the order of the events.
    epochs : int
        How often to go through the events.
    compile : bool or str
        Whether each step is one program, as in `autograd_lite.fit`. The network is the same.
    """
    start = time.perf_counter()
    rng = np.random.default_rng(seed)
    model = al.nn.MLP(SIZES, "relu", rng=rng)
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    average = al.optim.WeightAverage(model.parameters())

    def average_second_half(epoch: int, history: al.History) -> None:
        if epoch >= epochs // 2:
            average.update()

    history = al.fit(
        model,
        binary_cross_entropy_with_logits,
        optimizer,
        (X, y[:, None]),
        epochs,
        batch_size=BATCH_SIZE,
        compile=compile,
        callback=average_second_half,
        rng=rng,
    )
    average.apply()
    return Trained(model, history, time.perf_counter() - start)
