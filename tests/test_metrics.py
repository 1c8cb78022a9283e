"""Metrics against scikit-learn and against their definitions, counted pair by pair."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from autograd_lite import Value, metrics
from autograd_lite.errors import ArgumentError, ShapeError


@st.composite
def scored_events(draw, scores=None):
    """Return labels with both classes, and scores among which ties are common or absent."""
    n = draw(st.integers(2, 40))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    assume(0 < labels.sum() < n)
    numbers = (
        scores
        if scores is not None
        else draw(
            st.sampled_from(
                [
                    st.integers(-3, 3).map(float),
                    st.floats(-1e300, 1e300),  # scikit-learn subtracts: 1.7e308 overflows
                    st.floats(0, 1, width=16),
                ]
            )
        )
    )
    return labels, np.array(draw(st.lists(numbers, min_size=n, max_size=n)))


def pairs_won(labels, scores):
    """Return the AUC by its definition: all pairs of signal and noise, ties one half."""
    signal = [score for score, label in zip(scores, labels, strict=True) if label == 1]
    noise = [score for score, label in zip(scores, labels, strict=True) if label != 1]
    halves = sum(2 * (s > b) + (s == b) for s in signal for b in noise)
    return Fraction(int(halves), 2 * len(signal) * len(noise))


# The area under the curve


@given(scored_events())
def test_roc_auc_is_the_share_of_pairs_won_exactly(events):
    labels, scores = events
    assert metrics.roc_auc(labels, scores) == float(pairs_won(labels, scores))


@given(scored_events(st.sampled_from([-np.inf, -0.0, 0.0, 1.0, np.inf])))
def test_roc_auc_takes_infinities_and_signed_zeros(events):
    labels, scores = events
    assert metrics.roc_auc(labels, scores) == float(pairs_won(labels, scores))


@given(scored_events())
def test_roc_auc_is_scikit_learns(events):
    labels, scores = events
    expected = sklearn_metrics.roc_auc_score(labels, scores)
    assert abs(metrics.roc_auc(labels, scores) - expected) < 1e-12


@given(scored_events())
def test_reversed_scores_reverse_the_area(events):
    labels, scores = events
    total = metrics.roc_auc(labels, scores) + metrics.roc_auc(labels, -scores)
    assert abs(total - 1) < 1e-15


def test_roc_auc_by_hand():
    assert metrics.roc_auc([0, 1], [0.2, 0.9]) == 1.0
    assert metrics.roc_auc([0, 1], [0.9, 0.2]) == 0.0
    assert metrics.roc_auc([0, 1, 0, 1], [5, 5, 5, 5]) == 0.5
    # Pairs: 2 > 1 wins, 2 = 2 is half, 3 > 1 and 3 > 2 win.
    assert metrics.roc_auc([0, 0, 1, 1], [1, 2, 2, 3]) == 3.5 / 4
    assert type(metrics.roc_auc([0, 1], [0.2, 0.9])) is float


def test_roc_auc_of_many_events_with_ties():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300_000)
    scores = np.round(rng.normal(labels, 1.0), 2)
    expected = sklearn_metrics.roc_auc_score(labels, scores)
    assert abs(metrics.roc_auc(labels, scores) - expected) < 1e-12


def test_close_scores_are_not_ties():
    assert metrics.roc_auc([0, 1], [1.0, np.nextafter(1.0, 2.0)]) == 1.0
    # As floats these two integers would be equal.
    assert metrics.roc_auc([0, 1], np.array([2**53, 2**53 + 1])) == 1.0


def test_arguments_are_not_changed():
    labels, scores = np.array([1.0, 0.0, 1.0]), np.array([[3.0], [2.0], [1.0]])
    for metric in (metrics.roc_auc, metrics.roc_curve, metrics.accuracy):
        metric(labels, scores)
    assert labels.tolist() == [1.0, 0.0, 1.0]
    assert scores.tolist() == [[3.0], [2.0], [1.0]]


# The curve


@pytest.mark.parametrize("drop_intermediate", [True, False])
@given(events=scored_events())
@example(events=(np.array([1, 1, 1, 0, 0, 0]), np.array([6.0, 5, 4, 3, 2, 1])))
@example(events=(np.array([0, 1]), np.array([1.0, 1.0])))
def test_roc_curve_is_scikit_learns(drop_intermediate, events):
    expected = sklearn_metrics.roc_curve(*events, drop_intermediate=drop_intermediate)
    curve = metrics.roc_curve(*events, drop_intermediate=drop_intermediate)
    for ours, theirs in zip(curve, expected, strict=True):
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_roc_curve_drops_intermediate_points_unless_told():
    events = [1, 1, 1, 0, 0, 0], [6.0, 5, 4, 3, 2, 1]
    assert metrics.roc_curve(*events).thresholds.tolist() == [np.inf, 6, 4, 1]
    every = metrics.roc_curve(*events, drop_intermediate=False)
    assert every.thresholds.tolist() == [np.inf, 6, 5, 4, 3, 2, 1]


@given(scored_events())
def test_roc_curve_points_are_rates_above_the_threshold(events):
    labels, scores = events
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores)
    for false_rate, true_rate, threshold in zip(fpr, tpr, thresholds, strict=True):
        assert false_rate == np.mean(scores[labels == 0] >= threshold)
        assert true_rate == np.mean(scores[labels == 1] >= threshold)
    assert (np.diff(thresholds) < 0).all()
    assert (fpr[-1], tpr[-1]) == (1, 1)


@pytest.mark.parametrize("drop_intermediate", [True, False])
@given(events=scored_events())
def test_the_area_under_the_curve_is_the_auc(drop_intermediate, events):
    curve = metrics.roc_curve(*events, drop_intermediate=drop_intermediate)
    assert abs(np.trapezoid(curve.tpr, curve.fpr) - metrics.roc_auc(*events)) < 1e-12


# What labels and scores may be


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1, 1, 0],
        [False, True, True, False],
        [-1, 1, 1, -1],
        np.array([0, 1, 1, 0], np.float32),
        np.array([[0], [1], [1], [0]]),
        Value([0.0, 1.0, 1.0, 0.0], requires_grad=False),
    ],
)
@pytest.mark.parametrize(
    "scores",
    [
        [0.1, 0.9, 0.3, 0.4],
        np.array([0.1, 0.9, 0.3, 0.4], np.float16),
        np.array([[1], [9], [3], [4]], np.int8),
        Value([[0.1], [0.9], [0.3], [0.4]]),
    ],
)
def test_codings_columns_and_values(labels, scores):
    assert metrics.roc_auc(labels, scores) == 0.75
    fpr, tpr, _ = metrics.roc_curve(labels, scores)
    assert fpr.tolist() == [0, 0, 0.5, 0.5, 1]
    assert tpr.tolist() == [0, 0.5, 0.5, 1, 1]


@pytest.mark.parametrize("metric", [metrics.roc_auc, metrics.roc_curve])
def test_labels_that_are_not_two_classes_raise(metric):
    for single in ([1, 1], [0, 0], [-1, -1], [True]):
        with pytest.raises(ArgumentError, match="both classes"):
            metric(single, np.zeros(len(single)))
    for foreign in ([0, 1, 2], [1, 2, 1], [-1, 0, 1], [0.0, 0.5, 1.0], [0, 1, np.nan]):
        with pytest.raises(ArgumentError, match="coded 0 and 1"):
            metric(foreign, [1.0, 2.0, 3.0])


@pytest.mark.parametrize("metric", [metrics.roc_auc, metrics.roc_curve])
def test_bad_scores_raise(metric):
    with pytest.raises(ArgumentError, match="2 NaN among 3"):
        metric([0, 1, 1], [np.nan, 0.5, np.nan])
    for foreign in (["a", "b"], [1j, 2j], [None, 1]):
        with pytest.raises(ArgumentError, match="scores must be real numbers"):
            metric([0, 1], foreign)


@pytest.mark.parametrize("metric", [metrics.roc_auc, metrics.roc_curve, metrics.accuracy])
def test_bad_shapes_raise(metric):
    with pytest.raises(ShapeError, match="received 3 and 2"):
        metric([0, 1, 1], [0, 1])
    for foreign in (np.eye(2), np.zeros((2, 1, 1)), 1.0):
        with pytest.raises(ShapeError, match="n_events"):
            metric([0, 1], foreign)
        with pytest.raises(ShapeError, match="y_true"):
            metric(foreign, [0, 1])
    with pytest.raises(ArgumentError, match="empty"):
        metric([], [])


# Accuracy


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=30))
def test_accuracy_is_scikit_learns(pairs):
    labels, predictions = (list(column) for column in zip(*pairs, strict=True))
    expected = sklearn_metrics.accuracy_score(labels, predictions)
    assert abs(metrics.accuracy(labels, predictions) - expected) < 1e-15
    assert metrics.accuracy(labels, predictions) == sum(a == b for a, b in pairs) / len(pairs)


def test_accuracy_of_booleans_floats_columns_and_values():
    probabilities = Value([[0.2], [0.7], [0.6], [0.1]])
    labels = np.array([0.0, 1.0, 0.0, 0.0], np.float32)
    assert metrics.accuracy(labels, probabilities > 0.5) == 0.75
    assert metrics.accuracy(labels, probabilities.data > 0.5) == 0.75
    assert metrics.accuracy(labels == 1, [0, 1, 1, 0]) == 0.75
    assert type(metrics.accuracy([1], [1])) is float


@pytest.mark.parametrize("bad", [0.7, np.nan, np.inf, -np.inf])
def test_accuracy_of_what_is_not_a_label_raises(bad):
    with pytest.raises(ArgumentError, match="predictions must be labels"):
        metrics.accuracy([0, 1], [0.0, bad])
    with pytest.raises(ArgumentError, match="y_true must be labels"):
        metrics.accuracy([0.0, bad], [0, 1])
