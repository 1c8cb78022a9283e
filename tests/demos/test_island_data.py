"""The split that the demos share is the article's."""

import numpy as np

import autograd_lite as al
from demos.island_data import prepared, probabilities, trained_network


def test_split_is_stratified_and_complete():
    data = prepared()
    assert data.X_train.shape == (787, 2)
    assert data.X_test.shape == (263, 2)
    assert (data.y_train.sum(), data.y_test.sum()) == (337, 113)
    X, _ = al.data.two_islands()
    raw = np.concatenate([data.scaler.inverse_transform(data.X_train), data.X_test_raw])
    np.testing.assert_allclose(np.sort(raw, axis=0), np.sort(X, axis=0))


def test_standardised_on_the_training_part_alone():
    data = prepared()
    np.testing.assert_allclose(data.X_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.X_train.std(axis=0), 1)
    np.testing.assert_allclose(data.scaler.inverse_transform(data.X_test), data.X_test_raw)
    assert np.all(np.abs(data.X_test.mean(axis=0)) > 1e-3)


def test_trained_network_knows_the_islands():
    data = prepared()
    p = probabilities(trained_network(), data.X_test)
    assert p.shape == (263,)
    assert p.min() >= 0
    assert p.max() <= 1
    assert al.metrics.roc_auc(data.y_test, p) > 0.955
    assert trained_network() is trained_network()
