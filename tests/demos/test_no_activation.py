"""Without activations a network is one linear map."""

import numpy as np
import pytest

import autograd_lite as al
from demos import no_activation
from demos.island_data import prepared
from demos.no_activation import (
    auc_on_test_events,
    collapse,
    largest_difference,
    reference,
    trained,
)


@pytest.mark.parametrize("sizes", [(2, 1), (2, 32, 32, 1), (3, 8, 5, 4, 2), (2, *[32] * 10, 1)])
@pytest.mark.parametrize("activation", ["identity", None])
def test_the_product_of_the_weights_gives_the_same_outputs(sizes, activation):
    network = al.nn.MLP(sizes, activation=activation, rng=1)
    X = 10 * np.random.default_rng(2).normal(size=(50, sizes[0]))
    one = collapse(network)
    assert one.weight.shape == (sizes[-1], sizes[0])
    assert one.bias.shape == (sizes[-1],)
    np.testing.assert_allclose(network(X).data, X @ one.weight.T + one.bias, rtol=0, atol=1e-12)
    assert largest_difference(network, X) < 1e-12


def test_a_network_without_biases_collapses_to_a_matrix():
    network = al.nn.MLP((2, 5, 1), activation="identity", bias=False, rng=1)
    assert collapse(network).bias.tolist() == [0.0]
    assert largest_difference(network, np.eye(2)) < 1e-12


def test_with_an_activation_there_is_no_such_map():
    network = al.nn.MLP((2, 32, 32, 1), rng=1)
    assert largest_difference(network, np.random.default_rng(2).normal(size=(50, 2))) > 0.1


@pytest.mark.parametrize("depth", [0, 1, 2, 10])
def test_training_ends_at_logistic_regression_however_many_layers(depth):
    network = trained(depth)
    one = collapse(network)
    np.testing.assert_allclose(one.weight, reference().coef_, atol=1e-4)
    np.testing.assert_allclose(one.bias, reference().intercept_, atol=1e-4)
    assert auc_on_test_events(network) == pytest.approx(0.5845, abs=5e-4)
    assert largest_difference(network, prepared().X_test) < 1e-12


def test_the_figure_and_the_numbers(tmp_path, capsys):
    no_activation.main(tmp_path)
    text = capsys.readouterr().out
    assert text.count("0.5845") == 6
    assert "9,633" in text
    assert {path.name for path in tmp_path.iterdir()} == {"no_activation.png", "no_activation.svg"}
