"""A page that plays the film of a training, epoch by epoch."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np

from autograd_lite.viz.film import Frame, TrainingFilm
from autograd_lite.viz.page import Page, make_page

__all__ = ["explore_training"]

BODY: Final = """\
<p class="keys">A training, epoch by epoch. Keys: ← → Home End.</p>
<div class="player" id="player"></div>
<div class="status numbers" id="status" role="status" aria-live="polite"></div>
<div class="columns">
<section id="map-section"><h2 id="map-title">What the model says</h2>
<div class="figure fitted" id="map"></div><p class="keys" id="map-note"></p></section>
<section><h2>Loss</h2><div class="figure fitted" id="loss"></div>
<h2>Gradient norms by layer</h2><div class="figure fitted" id="norms"></div>
<div id="dead-section"><h2>Dead units</h2><div class="figure fitted" id="dead"></div>
<p class="keys">Hidden units that give the same number for every event.</p></div></section>
</div>
"""


def explore_training(film: TrainingFilm, *, title: str = "A training") -> Page:
    """Make a page that plays a training: the map of the answer, loss, gradient norms, dead units.

    Buttons, a scrubber and the arrow keys go from frame to frame. A model that has not two features
    has no map.

    Parameters
    ----------
    film : TrainingFilm
        What was recorded. Each frame takes 5 kB of the page with a grid of 60.
    title : str
        The heading of the page.

    Returns
    -------
    Page
        ``save("training.html")`` writes one file, which needs no network. A notebook shows it.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> X, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0], [1.0]])
    >>> model = al.nn.MLP([2, 3, 1], rng=0)
    >>> film = al.viz.TrainingFilm(model, al.nn.functional.mse_loss, (X, y))
    >>> page = al.viz.explore_training(film, title="Two events")
    >>> "<title>Two events</title>" in page.html
    True
    """
    low, high = film.limits()
    features = film.features
    data = {
        "epochs": [frame.epoch for frame in film.frames],
        "loss": [finite(frame.loss) for frame in film.frames],
        "layers": film.layers,
        "norms": [list(map(finite, frame.gradient_norms)) for frame in film.frames],
        "dead": [list(frame.dead) for frame in film.frames],
        "grid": film.grid,
        "limits": [low, high],
        "maps": [encoded(frame, low, high) for frame in film.frames] if features else None,
        "titles": features.titles() if features else None,
        "ranges": features.ranges.tolist() if features else None,
        "events": film.events().tolist(),
    }
    return make_page(title, BODY, data, ["arithmetic.js", "player.js", "plot.js", "training.js"])


def finite(number: float) -> float | None:
    """Return a number as JSON has it: None where it is infinite or NaN."""
    return number if np.isfinite(number) else None


def encoded(frame: Frame, low: float, high: float) -> str:
    """Return a map in bytes from 0 to 255, row by row, as text."""
    answers: Any = frame.boundary
    shares = np.nan_to_num((answers - low) / ((high - low) or 1.0), nan=0.5)
    levels = np.round(255 * np.clip(shares, 0, 1)).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode()
