"""The main demo: what it must reach, on the article's data and split."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.metrics import roc_auc
from demos import two_islands
from demos.island_data import prepared, probabilities
from demos.island_network import train_network


@pytest.fixture(scope="module")
def fresh():
    return al.data.fresh_two_islands(100_000, rng=1)


def test_logistic_regression_is_the_articles():
    split = prepared()
    line = two_islands.train_logistic_regression(split)
    auc = roc_auc(split.y_test, probabilities(line.model, split.X_test))
    assert auc == pytest.approx(0.585, abs=0.002)


def test_the_network_reaches_its_bars_on_average_over_ten_seeds(fresh):
    split = prepared()
    X_fresh = split.scaler.transform(fresh.X)
    test, new = [], []
    for seed in two_islands.SEEDS:
        model = train_network(split.X_train, split.y_train, seed).model
        test.append(roc_auc(split.y_test, probabilities(model, split.X_test)))
        new.append(roc_auc(fresh.y, probabilities(model, X_fresh)))
    limit = roc_auc(fresh.y, al.data.two_islands_likelihood_ratio(fresh.X))
    assert np.mean(test) >= 0.962
    assert 0.953 <= np.mean(new) < limit


def test_a_run_is_repeatable_bit_for_bit():
    split = prepared()
    first, second = (train_network(split.X_train, split.y_train, 3, epochs=4) for _ in range(2))
    assert first.history == second.history
    for name, array in first.model.state_dict().items():
        np.testing.assert_array_equal(array, second.model.state_dict()[name])


def test_a_compiled_run_is_the_same_bit_for_bit():
    split = prepared()
    eager = train_network(split.X_train, split.y_train, 3, epochs=4)
    compiled = train_network(split.X_train, split.y_train, 3, epochs=4, compile=True)
    assert eager.history == compiled.history
    for name, array in eager.model.state_dict().items():
        np.testing.assert_array_equal(array, compiled.model.state_dict()[name])


def test_the_end_of_the_drop_is_nine_tenths_down():
    assert two_islands.end_of_the_drop([1.0, 0.6, 0.2, 0.05, 0.0, 0.0]) == 3


def test_the_table_and_the_figures(tmp_path, capsys):
    two_islands.main(tmp_path, seeds=range(1), n_fresh=2000)
    printed = capsys.readouterr().out
    for name in ("logistic regression", "scikit-learn's network", "our network, compiled", "limit"):
        assert name in printed
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{figure}.{suffix}"
        for figure in ("two_islands", "two_islands_roc")
        for suffix in ("png", "svg")
    }
