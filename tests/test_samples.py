"""Differences, slopes, integrals, interpolation and convolutions: edges, conventions, refusals."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, DtypeError, NoGradientRuleError, ShapeError
from tests.helpers import gradient, gradients
from tests.numpy_cases.build import A, V

KNOTS = np.array([0.0, 1.0, 3.0])
HEIGHTS = np.array([2.0, 4.0, 0.0])


@pytest.mark.parametrize(
    ("x", "slope", "heights"),
    [
        (-1.0, 0.0, [1, 0, 0]),
        (0.0, 2.0, [1, 0, 0]),
        (0.5, 2.0, [0.5, 0.5, 0]),
        (1.0, -2.0, [0, 1, 0]),
        (2.0, -2.0, [0, 0.5, 0.5]),
        (3.0, -2.0, [0, 0, 1]),
        (4.0, 0.0, [0, 0, 1]),
        (np.inf, 0.0, [0, 0, 1]),
        (-np.inf, 0.0, [1, 0, 0]),
    ],
)
def test_interp_has_the_slope_of_the_piece_to_the_right(x: Any, slope: Any, heights: Any) -> None:
    slopes = gradients(np.interp, x, KNOTS, HEIGHTS)
    assert slopes[0] == slope
    np.testing.assert_allclose(slopes[2], heights, atol=1e-15)
    np.testing.assert_allclose(slopes[1].sum(), -slope, atol=1e-15)


def test_interp_outside_depends_on_left_and_right() -> None:
    x = np.array([-1.0, 0.5, 5.0, 6.0])
    _, left, right = gradients(
        lambda h, a, b: np.sum(np.interp(x, KNOTS, h, left=a, right=b)), HEIGHTS, 7.0, 8.0
    )
    assert (left, right) == (1, 2)


def test_interp_at_nan_and_at_repeated_knots() -> None:
    knots = np.array([0.0, 1.0, 1.0, 2.0, 2.0])
    heights = np.arange(5.0)
    x = np.array([np.nan, 0.5, 1.0, 1.5, 3.0])
    out = np.interp(al.Value(x), knots, heights)
    np.testing.assert_array_equal(out.data, np.interp(x, knots, heights))
    assert not np.isnan(gradient(lambda h: np.interp(x[1:], knots, h), heights, np.ones(4))).any()


def test_interp_computes_in_float64_and_returns_the_operands_dtype() -> None:
    x = al.Value(np.array([0.5], np.float32))
    out = np.interp(x, KNOTS.astype(np.float32), [2, 4, 0])
    assert out.dtype == np.float64
    out.backward()
    assert (x.grad.dtype, x.grad.tolist()) == (np.float32, [2.0])


def test_the_slope_along_uneven_coordinates_is_exact_for_parabolas() -> None:
    x = al.Value(np.array([0.0, 0.3, 1.0, 1.2, 2.0]))
    slopes = np.gradient(x * x, x, edge_order=2)
    np.testing.assert_allclose(slopes.data, 2 * x.data, atol=1e-14)
    np.sum(slopes[1:-1]).backward()
    np.testing.assert_allclose(x.grad, [0, 2, 2, 2, 0], atol=1e-13)


def test_gradient_keeps_float32_and_takes_integer_samples() -> None:
    x = al.Value(np.array([1.0, 4.0, 9.0], np.float32))
    assert np.gradient(x, np.array([0.0, 1.0, 3.0])).dtype == np.float32
    slopes = np.gradient(np.array([1, 4, 9]), al.Value(2.0))
    assert slopes.data.tolist() == [1.5, 2.0, 2.5]


def test_trapezoid_of_operands_of_different_kinds() -> None:
    x = al.Value(KNOTS)
    np.trapezoid(HEIGHTS, x).backward()
    assert x.grad.tolist() == [-3.0, 1.0, 2.0]
    assert gradient(lambda dx: np.trapezoid(HEIGHTS, dx=dx), 2.0) == 5.0
    if hasattr(np, "trapz"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert np.trapz(al.Value(HEIGHTS)).item() == 5.0  # noqa: NPY201  (that it works, too)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda x: np.diff(x, -1), ArgumentError, "got n=-1 and shape"),
        (lambda x: np.diff(x, axis=2), np.exceptions.AxisError, "axis 2"),
        (lambda x: np.trapezoid(x[0, 0]), np.exceptions.AxisError, "dimension 0"),
        (lambda x: np.trapezoid(x, axis=2), np.exceptions.AxisError, "axis 2"),
        (lambda x: np.vander(x), ShapeError, r"a vector, got shape \(2, 3\)"),
        (lambda x: np.polyadd(x, V), ShapeError, r"coefficients, got shape \(2, 3\)"),
        (lambda x: np.polyder(x[0], -1), ArgumentError, "0 or more, got -1"),
        (lambda x: np.polyint(x[0], 3, [1.0, 2.0]), ArgumentError, "or 3 of them, got 2"),
        (lambda x: np.polyfit(x[0], V, -1), ArgumentError, "0 or more, got -1"),
        (lambda x: np.polyfit(x[0], V, 1, full=True), NoGradientRuleError, r"full=..."),
        (lambda x: np.polyfit(x[0], V, 1, cov=True), NoGradientRuleError, r"cov=..."),
        (lambda x: np.roots(x[0]), NoGradientRuleError, "np.roots has no derivative: equal roots"),
        (lambda x: np.diff(x[0, 0]), ArgumentError, r"shape \(\)"),
        (lambda x: np.ediff1d(x, to_end=[1j]), DtypeError, "end of complex128"),
        (lambda x: np.gradient(x, edge_order=3), ArgumentError, "edge_order 1 or 2, got 3"),
        (lambda x: np.gradient(x, 1.0, 2.0, 3.0), ArgumentError, "each of 2 axes, got 3"),
        (lambda x: np.gradient(x, V), ArgumentError, "each of 2 axes, got 1"),
        (lambda x: np.gradient(x, 1.0, np.ones(4)), ShapeError, r"or 3 coordinates .*\(4,\)"),
        (lambda x: np.gradient(x[:, :1]), ShapeError, "2 points or more .* got 1"),
        (lambda x: np.gradient(x, edge_order=2), ShapeError, "3 points or more .* got 2"),
        (lambda x: np.gradient(x, [1.0, 2.0], V[:2]), ShapeError, r"or 3 coordinates .*\(2,\)"),
        (lambda x: np.interp(x, [], []), ShapeError, r"one or more, got shapes \(0,\)"),
        (lambda x: np.interp(x, V, V[:2]), ShapeError, r"shapes \(3,\) and \(2,\)"),
        (lambda x: np.interp(x, V[:2], V), ShapeError, r"shapes \(2,\) and \(3,\)"),
        (lambda x: np.interp(x, A, A), ShapeError, r"shapes \(2, 3\) and \(2, 3\)"),
        (lambda x: np.interp(x, 1.0, 2.0), ShapeError, r"shapes \(\) and \(\)"),
        (lambda x: np.interp(x, V, V, period=0), ArgumentError, "period of 0"),
        (lambda x: np.convolve(x[0], V, "middle"), ArgumentError, "full; got 'middle'"),
        (lambda x: np.convolve(x, V), ValueError, "deep"),
        (lambda x: np.convolve(x[0], []), ValueError, "empty"),
        (lambda x: np.correlate(x[0], V, 3), ArgumentError, "got 3"),
        (lambda x: np.correlate(x[0], 2.0), ShapeError, r"sequences, got shapes \(3,\) and \(\)"),
        (lambda x: np.correlate(2.0, x[0]), ShapeError, r"sequences, got shapes \(\) and \(3,\)"),
    ],
)
def test_what_functions_of_samples_refuse(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call(al.Value(A))


def test_interp_of_one_point_is_constant() -> None:
    for x in (0.5, 1.0, 1.5):
        assert gradients(np.interp, x, [1.0], [3.0]) == [0, [0], [1]]
        assert np.interp(al.Value(x), [1.0], [3.0]).item() == 3


def test_the_gradient_of_unwrap_passes_jumps() -> None:
    angles = np.array([0.1, 3.0, -3.0, 0.2])
    assert gradient(np.unwrap, angles, np.arange(4.0)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 2), (2, 4), (5, 3), (3, 6), (4, 4), (6, 1)])
def test_convolutions_of_all_lengths(n: int, m: int, mode: Any) -> None:
    x, y = np.cos(np.arange(n) ** 2), np.sin(1 + np.arange(m) ** 2)
    for function in (np.convolve, np.correlate):
        expected = function(x, y, mode)
        np.testing.assert_allclose(function(al.Value(x), y, mode).data, expected, atol=1e-14)
        weights = np.arange(1.0, len(expected) + 1)
        slopes = gradients(lambda a, b, f=function: f(a, b, mode), x, y, seed=weights)
        by_units = [weights @ function(e, y, mode) for e in np.eye(n)]
        np.testing.assert_allclose(slopes[0], by_units, atol=1e-13)
        by_units = [weights @ function(x, e, mode) for e in np.eye(m)]
        np.testing.assert_allclose(slopes[1], by_units, atol=1e-13)


def test_leading_zeros_of_a_product_of_polynomials_are_coefficients() -> None:
    slope = gradient(lambda p: np.polymul(p, [3.0, 4.0])[0], [0.0, 2.0])
    assert slope.tolist() == [3, 0]


def test_a_moved_point_moves_the_line_through_three_points() -> None:
    """The slope of a line is ``sum((x - mean) y) / sum((x - mean)**2)``."""
    x = np.array([0.0, 1.0, 5.0])
    slope = gradient(lambda y: np.polyfit(x, y, 1)[0], [1.0, -1.0, 2.0])
    np.testing.assert_allclose(slope, (x - 2) / 14, rtol=1e-13)


def test_polynomials_with_the_defaults_of_numpy() -> None:
    p = np.array([3.0, -1.0, 2.0])
    constant = al.Value(p, requires_grad=False)
    assert np.array_equal(np.polyint(constant).data, np.polyint(p))
    assert np.array_equal(np.polyder(constant).data, np.polyder(p))
    with pytest.raises(ShapeError, match="vander"):
        np.vander(al.Value(2.0))


@pytest.mark.filterwarnings("ignore:Polyfit may be poorly conditioned")
@pytest.mark.parametrize("rcond", [None, 1e-3, 0.3])
def test_fits_of_polynomials_are_numpys_left_of_zero_and_with_a_cut(rcond: Any) -> None:
    x = np.array([-5.0, -4.0, -3.5, -2.0, -1.0, -0.5])
    y = np.sin(x)
    ours = np.polyfit(al.Value(x, requires_grad=False), al.Value(y, requires_grad=False), 3, rcond)
    np.testing.assert_allclose(ours.data, np.polyfit(x, y, 3, rcond), rtol=1e-9)


def test_a_fit_cuts_off_what_numpy_cuts_off() -> None:
    x, y = 1 + 1e-15 * np.arange(10), np.arange(10.0)
    with pytest.warns(np.exceptions.RankWarning):
        expected = np.polyfit(x, y, 1)
    got = np.polyfit(al.Value(x, requires_grad=False), y, 1)
    np.testing.assert_allclose(got.data, expected, rtol=1e-9)


def test_spacings_of_two_axes_are_two_numbers() -> None:
    slopes = np.gradient(al.Value(A), 0.5, 2.0)
    for got, expected in zip(slopes, np.gradient(A, 0.5, 2.0), strict=True):
        np.testing.assert_allclose(got.data, expected)
