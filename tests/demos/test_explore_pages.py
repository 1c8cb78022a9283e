"""The pages of the article's figures."""

import pytest

from demos import explore_pages
from tests.viz.test_page import data_of


def test_two_pages_are_written(tmp_path, capsys):
    explore_pages.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"neuron.html", "network.html"}
    assert "network.html" in capsys.readouterr().out


def test_the_network_is_the_trained_one():
    data = data_of(explore_pages.network_page())
    assert [layer["size"] for layer in data["layers"]] == [2, 32, 32, 1]
    weight = explore_pages.trained_network()[0].weight.data
    assert data["layers"][1]["weight"][3] == pytest.approx(weight[3], rel=1e-5)
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
