"""Straight cuts in learned features do as well as the network."""

import numpy as np
import pytest

from demos import hidden_representation
from demos.hidden_representation import LAYERS, projection, representation, scores, straight_cut
from demos.island_data import prepared, trained_network


def test_hidden_layers_make_the_classes_separable():
    rows = {row.features: row for row in scores()}
    assert rows["raw features"].auc == pytest.approx(0.585, abs=0.002)
    assert rows["hidden 1"].auc > 0.94
    assert rows["hidden 2"].auc > 0.955
    assert rows["hidden 2"].accuracy > 0.92
    assert rows["raw features"].accuracy < 0.6
    assert rows["the limit"].auc == pytest.approx(0.9623, abs=1e-4)
    assert [rows[layer].dimensions for layer in LAYERS] == [2, 32, 32]


def test_last_hidden_layer_is_what_the_output_layer_sees():
    X = prepared().X_test[:5]
    hidden = representation(X, "hidden 2")
    output = trained_network()[-1]
    logits = hidden @ output.weight.data.T + output.bias.data
    np.testing.assert_allclose(logits, trained_network()(X).data)
    np.testing.assert_array_equal(representation(X, "raw features"), X)


def test_projection_keeps_the_cut():
    along, across = projection("hidden 2")
    features = representation(prepared().X_test, "hidden 2")
    said_signal = straight_cut("hidden 2").predict(features) == 1
    np.testing.assert_array_equal(along > 0, said_signal)
    assert along.shape == across.shape == (263,)
    assert across.std() > 0.5


def test_main_saves_the_figure(tmp_path, capsys):
    hidden_representation.main(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".png", ".svg"}
    assert "0.584" in capsys.readouterr().out
