"""Part D: the vanishing gradient."""

import math

import numpy as np
import pytest

from demos import relu_against_sigmoid
from demos.island_data import prepared
from demos.relu_against_sigmoid import (
    ADAM,
    LARGE,
    RELU,
    SGD,
    SIGMOID,
    Training,
    factor_a_layer,
    gradient_norms,
    network,
    share_of_signals,
    steps_until,
    train,
)

SEEDS = range(5)


def test_the_first_layers_gradient_vanishes_with_sigmoids_and_not_with_relu():
    relu, sigmoid = (gradient_norms(start, 10, SEEDS)[:, 0] for start in (RELU, SIGMOID))
    assert (sigmoid < 1e-5 * relu).all()
    assert (relu > 1e-2).all()


def test_the_last_layers_gradient_is_of_the_same_size_with_both():
    relu, sigmoid = (
        np.median(gradient_norms(start, 10, SEEDS)[:, -1]) for start in (RELU, SIGMOID)
    )
    assert 0.1 < sigmoid / relu < 10


def test_sigmoids_lose_a_factor_of_about_four_with_each_layer():
    for depth in (4, 6, 10):
        assert 0.15 < factor_a_layer(SIGMOID, depth) < 0.35
        assert 0.8 < factor_a_layer(RELU, depth) < 1.1


def test_larger_weights_make_up_for_much_of_it():
    assert factor_a_layer(SIGMOID, 10) < 0.45 < factor_a_layer(LARGE, 10) < 0.8


def test_the_norms_are_those_of_difference_quotients():
    data, model = prepared(), network(SIGMOID, 2, seed=3)
    weight = model[0].weight

    def loss():
        z = model(data.X_train).data
        return float(np.mean(np.logaddexp(0, z) - data.y_train[:, None] * z))

    gradient = np.empty(weight.shape)
    start = weight.data
    for place in np.ndindex(weight.shape):
        ends = []
        for sign in (1, -1):
            moved = start.copy()
            moved[place] += sign * 1e-4
            weight.data = moved
            ends.append(loss())
        gradient[place] = (ends[0] - ends[1]) / 2e-4
    norm = gradient_norms(SIGMOID, 2, range(3, 4))[0, 0]
    assert np.linalg.norm(gradient) == pytest.approx(norm, rel=1e-5)


def test_a_constant_answer_has_the_entropy_of_the_classes():
    p, guess = share_of_signals()
    assert p == pytest.approx(3 / 7, abs=1e-3)
    assert guess == pytest.approx(-(3 * math.log(3 / 7) + 4 * math.log(4 / 7)) / 7, abs=1e-3)


def test_plain_gradient_descent_learns_with_deep_relu_and_nothing_with_deep_sigmoids():
    _, guess = share_of_signals()
    assert min(train(Training(SGD, RELU, 6), epochs=15)) < 0.35
    assert train(Training(SGD, SIGMOID, 6), epochs=15)[-1] == pytest.approx(guess, abs=0.01)


def test_two_layers_learn_with_both_and_relu_in_fewer_steps():
    relu, sigmoid = (steps_until(train(Training(ADAM, start, 2))) for start in (RELU, SIGMOID))
    assert sigmoid is not None
    assert 2 * relu < sigmoid


def test_steps_until_counts_batches():
    assert steps_until([0.5, 0.3, 0.2], 0.3) == 2 * 13  # 787 events in batches of 64
    assert steps_until([0.5], 0.3) is None


def test_the_figure_and_the_numbers(tmp_path, capsys):
    relu_against_sigmoid.main(tmp_path, epochs=1)
    text = capsys.readouterr().out
    assert "10 × sigmoid, Glorot" in text
    assert "0.683" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "relu_against_sigmoid.png",
        "relu_against_sigmoid.svg",
    }
