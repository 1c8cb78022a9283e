"""The training as a film: the network closes in on the two islands, epoch by epoch.

Run ``python -m demos.training_film``, and open ``figures/training_film.html`` in a browser.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import autograd_lite as al
from autograd_lite.nn.functional import binary_cross_entropy_with_logits
from demos.command_line import run
from demos.forward_pass import MASS_RANGE, SNR_RANGE
from demos.island_data import prepared
from demos.island_network import BATCH_SIZE, EPOCHS, LEARNING_RATE, SIZES, WEIGHT_DECAY
from demos.style import save

__all__ = ["filmed_training", "main"]


def filmed_training(epochs: int = EPOCHS, every: int = 4) -> al.viz.TrainingFilm:
    """Train the network 2 → 32 → 32 → 1 on the two islands, and return the film of it."""
    split = prepared()
    rng = np.random.default_rng(0)
    model = al.nn.MLP(SIZES, "relu", rng=rng)
    optimizer = al.optim.Adam(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    events = split.X_train, split.y_train[:, None]
    film = al.viz.TrainingFilm(
        model,
        binary_cross_entropy_with_logits,
        events,
        every=every,
        feature_names=["SNR", "chirp mass"],
        units=["", "M☉"],
        mean=split.scaler.mean_,
        scale=split.scaler.scale_,
        ranges=[SNR_RANGE, MASS_RANGE],
    )
    al.fit(
        model,
        binary_cross_entropy_with_logits,
        optimizer,
        events,
        epochs,
        batch_size=BATCH_SIZE,
        rng=rng,
        callback=film,
    )
    return film


def print_numbers(film: al.viz.TrainingFilm) -> None:
    """Print what the film has of some epochs."""
    print("epoch   loss  largest gradient norm  dead units")
    for frame in film.frames[:: max(1, len(film.frames) // 6)]:
        dead = ", ".join(f"{share:.0%}" for share in frame.dead)
        print(f"{frame.epoch:>5}{frame.loss:>7.3f}{max(frame.gradient_norms):>23.3f}  {dead}")


def main(out: Path) -> None:
    """Train, print some numbers, and save the figure and the page."""
    film = filmed_training()
    print_numbers(film)
    save(al.viz.draw_training(film), out, "training_film")
    page = al.viz.explore_training(film, title="Two islands in a sea of noise: the training")
    path = page.save(out / "training_film.html")
    print(f"page: {path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    run(main, __doc__)
