"""A peak over background: the fit, its uncertainties, and what follows from them."""

import numpy as np
import pytest

from autograd_lite.uncertainty import propagate
from demos import peak_fit
from demos.peak_fit import (
    LOW,
    START,
    TRUTH,
    expected_counts,
    fit_bins,
    fit_events,
    fit_with_scipy,
    gauss_newton,
    negative_log_likelihood,
    significance,
    simulated,
)


@pytest.fixture(scope="module")
def data():
    return simulated()


@pytest.fixture(scope="module")
def bins(data):
    return fit_bins(data)


@pytest.fixture(scope="module")
def events(data, bins):
    return fit_events(data, bins.x)


def test_the_counts_are_those_of_the_events(data):
    assert data.counts.sum() == data.masses.size
    assert data.errors.min() > 0
    assert data.masses.min() >= LOW


def test_the_parameters_are_those_of_curve_fit(data, bins):
    values, _ = fit_with_scipy(data)
    np.testing.assert_allclose(list(bins.x.values()), values, rtol=1e-6)


def test_the_covariance_without_second_derivatives_is_that_of_curve_fit(data, bins):
    _, expected = fit_with_scipy(data)
    scale = np.sqrt(np.diag(expected))
    got = gauss_newton(bins.x, data)
    np.testing.assert_allclose(got / np.outer(scale, scale), expected / np.outer(scale, scale),
                               rtol=0, atol=1e-6)  # fmt: skip
    exact = bins.covariance / np.outer(scale, scale)
    assert 1e-3 < np.abs(exact - expected / np.outer(scale, scale)).max() < 0.2


def test_chi2_rises_by_one_at_one_standard_deviation(data, bins):
    """With the other parameters minimised again: what errordef=1 says."""
    values = np.array(list(bins.x.values()))
    i = list(START).index("mass")
    direction = bins.covariance[i] / bins.covariance[i, i]
    moved = values + 0.1 * bins.uncertainties["mass"] * direction
    rise = peak_fit.chi2(dict(zip(START, moved, strict=True)), data) - bins.fun
    assert rise == pytest.approx(0.01, rel=0.02)


def test_the_truth_is_within_the_uncertainties(events):
    for name, true in TRUTH.items():
        assert abs(events.x[name] - true) < 3 * events.uncertainties[name]


def test_the_fitted_yields_are_the_number_of_events(data, events):
    """At the maximum of an extended likelihood they are equal."""
    total = events.x["events"] + events.x["background"]
    assert total == pytest.approx(data.masses.size, rel=1e-6)
    _, variance = propagate(lambda p: p["events"] + p["background"], events.x, events.covariance)
    assert np.sqrt(variance) == pytest.approx(np.sqrt(data.masses.size), rel=1e-3)


def test_the_likelihood_is_largest_there(data, events):
    for name in START:
        for sign in (1, -1):
            moved = {**events.x, name: events.x[name] + sign * 0.5 * events.uncertainties[name]}
            assert negative_log_likelihood(moved, data) > events.fun


def test_the_band_agrees_with_a_sample_of_curves(bins):
    m = np.linspace(2.9, 3.3, 9)
    _, covariance = propagate(lambda p: expected_counts(m, p), bins.x, bins.covariance)
    values = np.array(list(bins.x.values()))
    sample = np.random.default_rng(0).multivariate_normal(values, 0.01 * bins.covariance, 4000)
    curves = np.array([expected_counts(m, dict(zip(START, row, strict=True))) for row in sample])
    np.testing.assert_allclose(curves.std(axis=0), 0.1 * np.sqrt(np.diag(covariance)), rtol=0.06)


def test_the_significance_by_hand(events):
    value, variance = propagate(significance, events.x, events.covariance)
    p = events.x
    line = p["background"] / 0.6 * (1 + p["slope"] * (p["mass"] - 3.1))
    assert value == pytest.approx(0.9545 * p["events"] / np.sqrt(4 * p["width"] * line))
    assert 1 < np.sqrt(variance) < 3


def test_the_figure_and_the_numbers(tmp_path, capsys):
    peak_fit.main(tmp_path)
    text = capsys.readouterr().out
    for name in START:
        assert name in text
    assert "(JᵀJ)⁻¹" in text
    assert "S / √B within two widths" in text
    assert {path.name for path in tmp_path.iterdir()} == {"peak_fit.png", "peak_fit.svg"}
