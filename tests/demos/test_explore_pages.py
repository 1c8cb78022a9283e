"""The pages of the article's figures."""

import numpy as np

from demos import explore_pages
from demos.island_data import prepared, probabilities, trained_network
from tests.viz.test_page import data_of


def test_two_pages_are_written(tmp_path, capsys):
    explore_pages.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"neuron.html", "network.html"}
    assert "network.html" in capsys.readouterr().out


def test_the_network_has_the_trained_weights_and_the_scaling_of_the_training_events():
    data = data_of(explore_pages.network_page())
    values = ((prepared().X_test_raw - data["mean"]) / data["scale"]).T
    for layer in data["layers"]:
        values = np.array(layer["weight"]) @ values + np.array(layer["bias"])[:, None]
        values = np.maximum(values, 0) if layer["activation"] == "ReLU" else values
    expected = probabilities(trained_network(), prepared().X_test)
    np.testing.assert_allclose(1 / (1 + np.exp(-values[0])), expected, rtol=1e-12)
    assert len(data["events"]) == 263


def test_the_neuron_is_played_forward_and_backward():
    data = data_of(explore_pages.neuron_page())
    assert [step["title"] for step in data["steps"]] == [
        "multiply",
        "multiply",
        "add",
        "add",
        "sigmoid",
    ]
    assert len(data["edges"]) == 9
