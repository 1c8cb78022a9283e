"""The forward pass: the numbers, the figure and the window's controls."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

import autograd_lite as al
from demos import forward_pass
from demos.forward_pass import Explorer, chosen_events, probability
from demos.island_data import prepared, trained_network


@pytest.fixture(scope="module")
def explorer():
    explorer = Explorer(np.array([11.0, 28.0]))
    yield explorer
    plt.close(explorer.figure)


def test_events_are_of_their_kind():
    labels = {kind: prepared().y_test[place] for kind, place in forward_pass.EVENTS.items()}
    assert labels == {"signal": 1, "noise": 0}
    p = {kind: probability(event) for kind, event in chosen_events().items()}
    assert p["signal"] > 0.8
    assert p["noise"] < 0.3


def test_layers_are_the_networks_own():
    layers = forward_pass.forward_pass([11.0, 28.0])
    assert [(layer.name, layer.values.size) for layer in layers] == [
        ("input", 2),
        ("hidden 1", 32),
        ("hidden 2", 32),
        ("output", 1),
    ]
    scaler = prepared().scaler
    np.testing.assert_allclose(layers[0].values * scaler.scale_ + scaler.mean_, [11.0, 28.0])
    with al.no_grad():
        logit = trained_network()(layers[0].values[None]).item()
    assert layers[-1].values[0] == pytest.approx(logit)
    assert probability([11.0, 28.0]) == pytest.approx(1 / (1 + np.exp(-logit)))


@pytest.mark.parametrize(("snr", "mass"), [(11.0, 28.0), (13.0, 50.0), (4.0, 3.0), (20.0, 70.0)])
def test_sliders_show_the_models_probability(explorer, snr, mass):
    explorer.step = 3
    explorer.snr.set_val(snr)
    explorer.mass.set_val(mass)
    assert f"p = {probability([snr, mass]):.3f}" in explorer.texts()
    assert any(text.startswith(f"SNR {snr:.1f}\n") for text in explorer.texts())
    assert any(text.startswith(f"mass {mass:.1f} ") for text in explorer.texts())


def test_sliders_have_the_range_of_the_data(explorer):
    assert (explorer.snr.valmin, explorer.snr.valmax) == (4, 20)
    assert (explorer.mass.valmin, explorer.mass.valmax) == (3, 70)


def test_buttons_walk_through_the_layers(explorer):
    explorer.step = 3
    explorer.walk(0)
    titles = [explorer.ax.get_title()]
    for _ in range(4):
        explorer.back._observers.process("clicked", None)
        titles.append(explorer.ax.get_title())
    assert [re.match(r"step (\d)", title)[1] for title in titles] == ["4", "3", "2", "1", "1"]
    assert not any(text.startswith("p = ") for text in explorer.texts())
    for _ in range(4):
        explorer.forth._observers.process("clicked", None)
    assert explorer.step == 3
    assert any(text.startswith("p = ") for text in explorer.texts())


def test_show_needs_a_display():
    with pytest.raises(SystemExit, match="needs a display"):
        forward_pass.show()


def test_main_saves_the_figure(tmp_path, capsys):
    forward_pass.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"forward_pass.png", "forward_pass.svg"}
    printed = capsys.readouterr().out
    for event in chosen_events().values():
        assert f"P(signal) = {probability(event):.4f}" in printed
