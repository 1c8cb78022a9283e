"""The forward pass (Part E, Figure 2): two events go through the trained network, layer by layer.

Run ``python -m demos.forward_pass`` for the numbers and the figure; ``--show`` opens a window
with sliders for the event and buttons that walk through the layers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.widgets import Button, Slider
from numpy.typing import ArrayLike, NDArray

import autograd_lite as al
from demos.command_line import add_out_option
from demos.island_data import prepared, probabilities, trained_network
from demos.style import new_figure, save

EVENTS = {"signal": 5, "noise": 11}
"""Places in the test set: a signal event in the first island, noise between the two."""

STEPS = ("input", "hidden 1", "hidden 2", "output")
FORMULAS = {
    "input": r"$\mathbf{x}$, scaled to mean 0 and standard deviation 1",
    "hidden 1": r"$\mathbf{a}_1 = \mathrm{ReLU}(W_1\mathbf{x} + \mathbf{b}_1)$",
    "hidden 2": r"$\mathbf{a}_2 = \mathrm{ReLU}(W_2\mathbf{a}_1 + \mathbf{b}_2)$",
    "output": r"$p = \sigma(\mathbf{w}_3\cdot\mathbf{a}_2 + b_3)$",
}
FONT_SIZE = 7.8
AS_PLACED = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
"""Not "none": saving a figure without a layout engine gives it the default one afterwards."""
SNR_RANGE = (4.0, 20.0)
MASS_RANGE = (3.0, 70.0)

Floats = NDArray[np.float64]


class Layer(NamedTuple):
    """What the units of a layer hold for one event."""

    name: str
    values: Floats


def standardised(event: ArrayLike) -> Floats:
    """Return one event, ``(2,)`` in SNR and solar masses, as the network takes it."""
    return np.asarray(prepared().scaler.transform(np.reshape(event, (1, 2)))[0])


def forward_pass(event: ArrayLike) -> list[Layer]:
    """Return what each layer computes of an event, ``(2,)``; the output is the logit."""
    network: Any = trained_network()
    values = standardised(event)
    layers = [Layer("input", values)]
    with al.no_grad():
        for name, linear in zip(STEPS[1:], network[::2], strict=True):
            z = linear.weight.data @ values + linear.bias.data
            values = z if name == "output" else np.maximum(z, 0)
            layers.append(Layer(name, values))
    return layers


def probability(event: ArrayLike) -> float:
    """Return P(signal) of one event, ``(2,)``."""
    return float(probabilities(trained_network(), standardised(event)[None])[0])


def print_numbers(kind: str, event: Floats) -> None:
    """Print what each layer holds of an event."""
    snr, mass = event
    print(f"{kind} event: SNR {snr:.2f}, chirp mass {mass:.2f} solar masses")
    print(f"  {'layer':<10}{'units':>6}{'not 0':>7}{'smallest':>10}{'largest':>10}")
    for name, values in forward_pass(event):
        print(
            f"  {name:<10}{values.size:>6}{np.count_nonzero(values):>7}"
            f"{values.min():>10.3f}{values.max():>10.3f}"
        )
    print(f"  P(signal) = {probability(event):.4f}\n")


# The figure


def draw_step(ax: Axes, event: Floats, step: int, *, legend: bool = False) -> None:
    """Draw the network with the forward pass of an event up to a step."""
    snr, mass = event
    al.viz.draw_network(
        trained_network(),
        standardised(event),
        feature_names=[f"SNR {snr:.1f}\nscaled", rf"mass {mass:.1f} $M_\odot$" + "\nscaled"],
        upto=step,
        legend=legend,
        fontsize=FONT_SIZE,
        ax=ax,
    )


def draw_figure(events: dict[str, Floats]) -> Figure:
    """Draw the steps from above to below, a column for each event."""
    figure, axes = new_figure(
        len(STEPS), len(events), figsize=(10.4, 13), squeeze=False, layout=AS_PLACED
    )
    figure.subplots_adjust(0.01, 0.035, 0.99, 0.94, wspace=0.02, hspace=0.1)
    for column, (kind, event) in enumerate(events.items()):
        place = axes[0, column].get_position()
        figure.text(place.x0 + place.width / 2, 0.975, f"a {kind} event", ha="center", fontsize=13)
        for step, name in enumerate(STEPS):
            ax = axes[step, column]
            draw_step(ax, event, step, legend=step == len(STEPS) - 1)
            ax.set_title(f"{step + 1}. {name}: {FORMULAS[name]}", fontsize=10, pad=2)
            for edges in ax.collections:
                edges.set_rasterized(edges.get_gid() == "weights-2")  # 1024 lines each
    share_legend(figure, axes[-1])
    return figure


def share_legend(figure: Figure, row: Sequence[Axes]) -> None:
    """Replace the legends below the axes of a row by one of the figure."""
    legends = [legend for ax in row if (legend := ax.get_legend())]
    handles = legends[0].legend_handles
    labels = [text.get_text() for text in legends[0].get_texts()]
    for legend in legends:
        legend.remove()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels))


# The window


class Explorer:
    """A window on the forward pass: sliders choose the event, buttons walk through the layers.

    Attributes
    ----------
    snr, mass : matplotlib Slider
        The event.
    back, forth : matplotlib Button
        One step back, one step on.
    step : int
        How far the forward pass has come, as a place in `STEPS`.
    """

    def __init__(self, event: Floats) -> None:
        self.figure, self.ax = new_figure(figsize=(10, 7), layout=AS_PLACED)
        self.ax.set_position((0.02, 0.2, 0.96, 0.72))
        self.step = len(STEPS) - 1
        self.snr = self.add_slider(0.1, "SNR", SNR_RANGE, event[0])
        self.mass = self.add_slider(0.05, r"chirp mass [$M_\odot$]", MASS_RANGE, event[1])
        self.back = self.add_button(0.74, "← Prev", -1)
        self.forth = self.add_button(0.86, "Next →", +1)
        self.draw()

    def add_slider(
        self, bottom: float, name: str, limits: tuple[float, float], at: float
    ) -> Slider:
        """Add a slider that draws anew when it is moved."""
        ax = self.figure.add_axes((0.2, bottom, 0.4, 0.03))
        slider = Slider(ax, name, *limits, valinit=at, valfmt="%.1f")
        slider.on_changed(lambda _: self.draw())
        return slider

    def add_button(self, left: float, name: str, steps: int) -> Button:
        """Add a button that goes so many steps on."""
        button = Button(self.figure.add_axes((left, 0.06, 0.1, 0.06)), name)
        button.on_clicked(lambda _: self.walk(steps))
        return button

    @property
    def event(self) -> Floats:
        """SNR and chirp mass, ``(2,)``."""
        return np.array([self.snr.val, self.mass.val])

    def walk(self, steps: int) -> None:
        """Go so many steps on, but not beyond the first and the last."""
        self.step = min(max(self.step + steps, 0), len(STEPS) - 1)
        self.draw()

    def draw(self) -> None:
        """Draw the network for the event, up to the step."""
        self.ax.clear()
        draw_step(self.ax, self.event, self.step, legend=True)
        name = STEPS[self.step]
        self.ax.set_title(f"step {self.step + 1} of {len(STEPS)}, {name}: {FORMULAS[name]}")
        self.figure.canvas.draw_idle()

    def texts(self) -> list[str]:
        """Return what is written in the drawing."""
        return [text.get_text() for text in self.ax.texts]


def show() -> None:
    """Open the window, and wait until it is closed."""
    import matplotlib.pyplot as plt

    if mpl.get_backend().lower() == "agg":
        raise SystemExit("--show needs a display, and matplotlib found none that it can draw on")
    explorer = Explorer(chosen_events()["signal"])
    plt.show()
    del explorer  # its sliders work only as long as it is there


def chosen_events() -> dict[str, Floats]:
    """Return an event of each kind from the test set, ``(2,)`` in SNR and solar masses."""
    return {kind: prepared().X_test_raw[place] for kind, place in EVENTS.items()}


def main(out: Path) -> None:
    """Print the numbers of the forward pass of two events, and save the figure."""
    events = chosen_events()
    for kind, event in events.items():
        print_numbers(kind, event)
    save(draw_figure(events), out, "forward_pass")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--show", action="store_true", help="open a window with sliders instead")
    add_out_option(parser)
    options = parser.parse_args()
    if options.show:
        show()
    else:
        options.out.mkdir(parents=True, exist_ok=True)
        main(options.out)
