"""Pages to play with (Part E, Figures 1 and 2): a neuron's graph, and the trained network.

Run ``python -m demos.explore_pages`` and open the files it writes in a browser. They need no
network connection and no server: hand them to students as they are.
"""

from __future__ import annotations

from pathlib import Path

import autograd_lite as al
from demos.command_line import run
from demos.forward_pass import EVENTS, MASS_RANGE, SNR_RANGE
from demos.island_data import prepared, trained_network


def neuron() -> al.Value:
    """Return the output of one neuron of two inputs: Figure 1."""
    x1, x2 = al.Value(0.5, name="x1"), al.Value(-1.2, name="x2")
    w1, w2, b = al.Value(1.4, name="w1"), al.Value(-0.6, name="w2"), al.Value(0.1, name="b")
    z = w1 * x1 + w2 * x2 + b
    z.name = "z"
    a = al.nn.functional.sigmoid(z)
    a.name = "a"
    return a


def neuron_page() -> al.viz.Page:
    """Return the page that plays the neuron forward and backward."""
    return al.viz.explore(neuron(), title="One neuron, forward and backward", variables={})


def network_page() -> al.viz.Page:
    """Return the page with the trained network and the map of its answer: Figure 2."""
    split = prepared()
    return al.viz.explore_network(
        trained_network(),
        feature_names=["SNR", "chirp mass"],
        units=["", "M☉"],
        ranges=[SNR_RANGE, MASS_RANGE],
        mean=split.scaler.mean_,
        scale=split.scaler.scale_,
        x=split.X_test_raw[EVENTS["signal"]],
        events=(split.X_test_raw, split.y_test),
        title="Two islands in a sea of noise: the trained network",
    )


def main(out: Path) -> None:
    """Write the pages."""
    for name, page in {"neuron": neuron_page(), "network": network_page()}.items():
        path = page.save(out / f"{name}.html")
        print(f"page: {path} ({len(page.html.encode()) / 1000:.0f} kB)")


if __name__ == "__main__":
    run(main, __doc__)
