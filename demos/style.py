"""One look for all figures: sizes for a paper, colours that a colour-blind reader can tell apart.

The categorical colours are those of Okabe and Ito (2008); P(signal) is drawn from orange over white
to blue, which stays readable in every common kind of colour-blindness and in grey.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, RED, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
)
GREY = "#6B6B6B"

SNR_LABEL = "signal-to-noise ratio"
MASS_LABEL = r"chirp mass $[M_\odot]$"

SETTINGS = {
    "figure.dpi": 150,
    "savefig.dpi": 200,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
}


def new_figure(*shape: Any, **options: Any) -> tuple[Figure, Any]:
    """Return a figure and its axes, as `matplotlib.pyplot.subplots`, in the style of all."""
    matplotlib.rcParams.update(SETTINGS)
    import matplotlib.pyplot as plt

    return plt.subplots(*shape, **{"layout": "constrained", **options})


def save(figure: Figure, out: Path, name: str) -> Path:
    """Save a figure as PNG and SVG, close it, and say where it is."""
    import matplotlib.pyplot as plt

    for suffix in ("svg", "png"):
        path = out / f"{name}.{suffix}"
        figure.savefig(path)
    plt.close(figure)
    print(f"figure: {path}")
    return path
