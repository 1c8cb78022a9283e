"""Every convention at a point without a derivative, and where formulas overflow: one example each.

The expected numbers are written out: they follow from the conventions, not from the code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops
from autograd_lite.errors import ShapeError
from tests.helpers import all_nodes, gradient, gradients

INF = np.inf


def derivative(fun: Callable[[Any], Any], x: float) -> float:
    return float(al.grad(fun)(x))


@pytest.mark.parametrize(
    ("fun", "x", "expected"),
    [
        (ops.relu, 0.0, 0.0),
        (ops.relu, -0.0, 0.0),
        (ops.relu, 1e-300, 1.0),
        (ops.relu, -1e-300, 0.0),
        (np.abs, 0.0, 0.0),
        (np.abs, -0.0, 0.0),
        (np.abs, -2.0, -1.0),
        (np.fabs, 0.0, 0.0),
        (np.sign, 0.0, 0.0),
        (np.sign, 3.0, 0.0),
        (np.floor, 2.0, 0.0),
        (np.ceil, 2.0, 0.0),
        (np.trunc, -1.0, 0.0),
        (np.rint, 0.5, 0.0),
        (lambda x: x // 2.0, 4.0, 0.0),
        (lambda x: x % 2.0, 4.0, 1.0),
        (lambda x: 4.0 % x, 2.0, -2.0),
        (lambda x: -7.5 % x, 2.0, 4.0),
        (lambda x: np.maximum(x, x), 1.5, 1.0),
        (lambda x: np.minimum(x, x), 1.5, 1.0),
        (lambda x: np.maximum(x, 1.5), 1.5, 0.5),
        (lambda x: np.minimum(1.5, x), 1.5, 0.5),
        (lambda x: np.where(x > 0, x, -x), 0.0, -1.0),
    ],
)
def test_derivative_at_a_kink(fun: Callable[[Any], Any], x: float, expected: float) -> None:
    assert derivative(fun, x) == expected


@pytest.mark.parametrize("extremum", [np.maximum, np.minimum])
def test_maximum_and_minimum_share_ties_evenly(extremum: Any) -> None:
    x_grad, y_grad = gradients(extremum, [1.0, 2.0, 3.0], [3.0, 2.0, 1.0], seed=[8.0, 8.0, 8.0])
    low, high = [0.0, 4.0, 8.0], [8.0, 4.0, 0.0]
    assert x_grad.tolist() == (low if extremum is np.maximum else high)
    assert y_grad.tolist() == (high if extremum is np.maximum else low)


@pytest.mark.parametrize("extremum", [np.max, np.min])
def test_max_and_min_share_ties_evenly(extremum: Any) -> None:
    assert gradient(extremum, [2.0, 2.0, 2.0, 2.0]).tolist() == [0.25] * 4
    x = [[1.0, 1.0], [1.0, 0.0]]
    if extremum is np.min:
        x = [[-b for b in a] for a in x]
    assert gradient(lambda v: extremum(v, axis=0), x, [6.0, 5.0]).tolist() == [[3, 5], [3, 0]]
    keeping = gradient(lambda v: extremum(v, axis=1, keepdims=True), x, [[6.0], [5.0]])
    assert keeping.tolist() == [[3, 3], [5, 0]]
    thirds = gradient(lambda v: extremum(v, axis=(0, 1)), x)
    np.testing.assert_allclose(thirds, [[1 / 3, 1 / 3], [1 / 3, 0]], rtol=1e-15)


NAN = np.nan


@pytest.mark.parametrize("function", [np.maximum, np.minimum])
def test_maximum_and_minimum_pass_the_gradient_to_nan_so_that_it_shows(function: Any) -> None:
    x, y = gradients(function, [NAN, 1.0, NAN], [1.0, NAN, NAN], seed=[2.0, 4.0, 8.0])
    assert (x.tolist(), y.tolist()) == ([2, 0, 4], [0, 4, 4])


@pytest.mark.parametrize("function", [np.fmax, np.fmin])
def test_fmax_and_fmin_give_nan_no_gradient(function: Any) -> None:
    x, y = gradients(function, [NAN, 1.0, NAN, 3.0], [1.0, NAN, NAN, 3.0], seed=np.full(4, 2.0))
    assert (x.tolist(), y.tolist()) == ([0, 2, 0, 1], [2, 0, 0, 1])


def test_nan_to_num_gives_what_it_replaces_no_gradient() -> None:
    x = [1.0, NAN, INF, -INF]
    y = al.Value(x)
    out = np.nan_to_num(y, nan=7.0, posinf=8.0, neginf=9.0)
    out.backward(np.ones(4))
    assert (out.data.tolist(), y.grad.tolist()) == ([1, 7, 8, 9], [1, 0, 0, 0])


def test_clip_passes_the_gradient_to_nan() -> None:
    assert gradient(lambda x: np.clip(x, 0.0, 1.0), [NAN, 2.0], np.ones(2)).tolist() == [1, 0]


def test_steps_have_derivative_zero_and_remainders_that_of_their_piece() -> None:
    x, y = gradients(np.heaviside, [0.0, 1.0, -1.0], [0.5, 0.5, 0.5], seed=np.ones(3))
    assert (x.tolist(), y.tolist()) == ([0, 0, 0], [1, 0, 0])
    x, y = gradients(np.copysign, [0.0, 2.0, -2.0], [-1.0, -1.0, -1.0], seed=np.ones(3))
    assert (x.tolist(), y.tolist()) == ([0, -1, 1], [0, 0, 0])
    assert gradients(np.fmod, -7.5, 2.0) == [1.0, 3.0]
    assert gradients(np.fmod, 4.0, 2.0) == [1.0, -2.0]
    # 1.0 // 0.1 is 9, since 0.1 is a little more than a tenth, though 1.0 / 0.1 rounds to 10
    for function in (np.fmod, np.remainder):
        assert gradients(function, 1.0, 0.1) == [1.0, -9.0]
    assert derivative(np.round, 0.4) == derivative(np.fix, 0.4) == 0


def test_functions_with_several_results() -> None:
    assert derivative(lambda x: 2 * np.modf(x)[0] + np.modf(x)[1], -2.5) == 2
    assert gradients(lambda x, y: sum(divmod(x, y)), 7.5, 2.0) == [1.0, -3.0]
    assert gradients(lambda y: sum(divmod(7.5, y)), 2.0) == [-3.0]
    assert derivative(lambda x: np.frexp(x)[0], 12.0) == 1 / 16
    mantissa, exponent = np.frexp(al.Value([5e-324, 0.0, 12.0]))
    assert (mantissa.data.tolist(), exponent.data.tolist()) == ([0.5, 0, 0.75], [-1073, 0, 4])
    assert not exponent.requires_grad


def test_clip_passes_the_gradient_on_the_closed_interval() -> None:
    x = [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert gradient(lambda v: np.clip(v, -1.0, 1.0), x, np.ones(5)).tolist() == [0, 1, 1, 1, 0]
    assert gradient(lambda v: np.clip(v, None, 1.0), x, np.ones(5)).tolist() == [1, 1, 1, 1, 0]
    assert gradient(lambda v: np.clip(v, -1.0, None), x, np.ones(5)).tolist() == [0, 1, 1, 1, 1]


def test_clip_gives_the_bounds_the_gradient_of_what_they_cut() -> None:
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    low, high = gradients(lambda a, b: np.clip(x, a, b), -1.0, 1.0, seed=np.array([1, 2, 4, 8, 16]))
    assert (low, high) == (1.0, 16.0)


def test_clip_with_crossed_bounds_is_the_upper_bound() -> None:
    x, low, high = gradients(np.clip, [-9.0, 0.0, 9.0], 2.0, 1.0, seed=np.ones(3))
    assert np.clip([-9.0, 0.0, 9.0], 2.0, 1.0).tolist() == [1, 1, 1]
    assert (x.tolist(), low, high) == ([0, 0, 0], 0, 3)


def test_sqrt_at_zero_has_the_infinite_derivative_of_numpy() -> None:
    with np.errstate(divide="ignore"):
        assert derivative(np.sqrt, 0.0) == INF
        assert derivative(lambda x: x**0.5, 0.0) == INF
        assert derivative(np.cbrt, 0.0) == INF
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        derivative(np.sqrt, 0.0)


@pytest.mark.parametrize("zero", [0, 0.0, np.float64(0), np.array([0.0]), np.array([0])])
@pytest.mark.parametrize("power", [lambda x, n: x**n, np.power, np.float_power])
def test_power_zero_has_derivative_zero_everywhere(power: Any, zero: Any) -> None:
    for x in (0.0, 2.0, -3.0):
        assert gradient(lambda v: power(v, zero), [x]).tolist() == [0.0]
        assert gradient(lambda v: power(v, al.Value(zero, requires_grad=False)), [x]) == 0.0


@pytest.mark.parametrize("as_exponent", [float, np.float64, lambda n: np.array([n])])
def test_powers_of_zero_are_exact_in_every_order(as_exponent: Any) -> None:
    def cube(x: Any) -> Any:
        return np.sum(x ** as_exponent(3.0))

    first = al.grad(cube)
    second = al.grad(lambda x: np.sum(first(x)))
    third = al.grad(lambda x: np.sum(second(x)))
    fourth = al.grad(lambda x: np.sum(third(x)))
    zero = np.array([0.0])
    assert [float(d(zero)[0]) for d in (first, second, third, fourth)] == [0, 0, 6, 0]
    assert gradient(lambda v: v ** as_exponent(1.0), [0.0]).tolist() == [1.0]


def test_zero_to_a_power_has_no_derivative_in_the_exponent() -> None:
    assert derivative(lambda y: 0.0**y, 2.0) == 0.0
    assert derivative(lambda y: np.array([0.0, 1.0]) @ (np.array([0.0, 2.0]) ** y), 2.0) == (
        pytest.approx(4 * np.log(2), rel=1e-15)
    )
    base, exponent = gradients(lambda x, y: x**y, [0.0, 0.0], [2.0, 1.0], seed=np.ones(2))
    assert (base.tolist(), exponent.tolist()) == ([0.0, 1.0], [0.0, 0.0])


@pytest.mark.parametrize("power", [np.power, np.float_power])
def test_the_mixed_second_derivative_of_a_power_at_exponent_zero(power: Any) -> None:
    """The slope y x**(y-1) is 0 at y = 0, and grows with y by 1 / x."""
    for x in (0.5, 2.0, 30.0):
        hessian = al.hessian(lambda p: power(p[0], p[1]))(np.array([x, 0.0]))
        expected = [[0.0, 1 / x], [1 / x, np.log(x) ** 2]]
        np.testing.assert_allclose(hessian, expected, rtol=1e-14)
    for x in (0.0, np.nan, 5e-324):
        base, _ = gradients(power, x, 0.0)
        assert base == 0.0

    def mixed(x: float) -> Any:
        return al.grad(lambda y: al.grad(lambda x: power(x, y))(x))(0.0)

    tiny = np.finfo(float).tiny
    with np.errstate(invalid="ignore", over="ignore"):
        assert mixed(tiny) == 1 / tiny
        assert np.isnan(mixed(-2.0))  # (-2)**y is no number beside y = 0


def test_negative_bases_have_powers() -> None:
    assert derivative(lambda x: x**3, -2.0) == 12.0
    assert derivative(lambda x: x**-1, -2.0) == -0.25
    assert derivative(lambda x: x ** np.float64(2.0), -3.0) == -6.0


def test_powers_with_an_array_of_integers_as_exponent() -> None:
    x, n = np.array([0.0, 0.0, 0.0, -2.0, -2.0]), np.array([0, 1, 2, 3, -1])
    with np.errstate(divide="ignore"):
        assert gradient(lambda v: v**n, x, np.ones(5)).tolist() == [0, 1, 0, 12, -0.25]
    curvature = al.grad(lambda v: np.sum(al.grad(lambda u: np.sum(u ** n[:4]))(v)))
    assert curvature(x[:4]).tolist() == [0, 0, 2, -12]


@pytest.mark.parametrize(("exponent", "curvature"), [(1.0, 0.0), (2.0, 2.0), (3.0, 0.0)])
def test_second_derivatives_of_powers_of_zero_are_symmetric(
    exponent: float, curvature: float
) -> None:
    """What the exponent does to a power of 0 is 0 in every order, though it diverges at 1."""
    for power in (np.power, np.float_power):
        got = al.hessian(lambda z, power=power: power(z[0], z[1]))(np.array([0.0, exponent]))
        assert got.tolist() == [[curvature, 0], [0, 0]]


@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero):RuntimeWarning")
@pytest.mark.parametrize("remainder", [np.fmod, np.remainder])
def test_where_there_is_no_remainder_there_is_no_derivative(remainder: Any) -> None:
    for x, y in ((1.0, 0.0), (INF, 1.0)):
        assert np.isnan(gradients(remainder, x, y)).all()
    assert gradients(remainder, 1.0, INF) == [1, 0]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_negative_base_has_no_derivative_in_the_exponent() -> None:
    """Its power is nan at each exponent beside a whole number; the logarithm says so."""
    base, exponent = gradients(lambda x, y: x**y, -2.0, 3.0)
    assert base == 12
    assert np.isnan(exponent)


PRODUCTS = [
    ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
    ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
    ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
]


def hessian(fun: Callable[[Any], Any], x: Any) -> Any:
    """Return the Hessian, a row for each element, by the gradient of each gradient element."""
    slope = al.grad(fun)
    return np.stack([al.grad(lambda v: slope(v)[i])(x) for i in range(len(x))])  # noqa: B023


@pytest.mark.parametrize(("x", "expected"), PRODUCTS)
def test_prod_is_exact_at_zeros(x: list[float], expected: list[float]) -> None:
    assert gradient(np.prod, x).tolist() == expected
    assert gradient(lambda v: np.prod(v, axis=0), x).tolist() == expected


@pytest.mark.parametrize("x", [x for x, _ in PRODUCTS])
def test_hessian_of_prod_is_exact_at_zeros(x: list[float]) -> None:
    a, b, c = x
    expected = [[0, c, b], [c, 0, a], [b, a, 0]]
    assert hessian(np.prod, np.array(x)).tolist() == expected
    assert hessian(lambda v: np.prod(v.reshape(3, 1), axis=(0, 1)), np.array(x)).tolist() == (
        expected
    )


@pytest.mark.parametrize("x", [x for x, _ in PRODUCTS])
def test_cumprod_is_exact_at_zeros(x: list[float]) -> None:
    a, b, c = x
    p, q, r = weights = np.array([1.0, 10.0, 100.0])
    slope = [p + q * b + r * b * c, q * a + r * a * c, r * a * b]
    assert gradient(np.cumprod, x, weights).tolist() == slope
    curvature = [[0, q + r * c, r * b], [q + r * c, 0, r * a], [r * b, r * a, 0]]
    assert hessian(lambda v: weights @ np.cumprod(v), np.array(x)).tolist() == curvature


def test_hypot_at_the_origin_has_derivative_zero() -> None:
    assert gradients(np.hypot, 0.0, 0.0) == [0.0, 0.0]
    assert gradients(np.hypot, 0.0, -2.0) == [0.0, -1.0]


@pytest.mark.parametrize("function", [np.hypot, np.arctan2])
def test_hypot_and_arctan2_at_the_origin_have_second_derivatives_zero(function: Any) -> None:
    for i in (0, 1):
        first = al.grad(function, i)
        assert al.grad(first, (0, 1))(0.0, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("dtype", "scale"), [(np.float64, 1e200), (np.float64, 1e-200), (np.float16, 1e4)]
)
def test_hypot_and_arctan2_where_squares_overflow_or_vanish(dtype: Any, scale: float) -> None:
    x, y = dtype(3 * scale), dtype(4 * scale)
    tolerance = 4 * float(np.finfo(dtype).eps)
    assert gradients(np.hypot, x, y) == pytest.approx([0.6, 0.8], rel=tolerance)
    slopes = [0.16 / scale, -0.12 / scale]
    grads = [float(g) for g in gradients(np.arctan2, x, y)]
    assert grads == pytest.approx(slopes, rel=tolerance, abs=float(np.finfo(dtype).tiny) / 64)


def test_inverse_functions_where_squares_overflow() -> None:
    for dtype, x in ((np.float64, 1e200), (np.float16, 300.0)):
        rel = 8 * float(np.finfo(dtype).eps)
        tiny = float(np.finfo(dtype).tiny) / 64
        slope = [float(gradient(f, dtype(x))) for f in (np.arcsinh, np.arccosh, np.arctan)]
        assert slope == pytest.approx([1 / x, 1 / x, 1 / x / x], rel=rel, abs=tiny)


def test_inverse_functions_next_to_their_ends() -> None:
    """1 - x² of an x that rounds loses half of the digits there."""
    gap = 3 * 2.0**-40
    assert derivative(np.arcsin, 1 - gap) == pytest.approx((gap * (2 - gap)) ** -0.5, rel=1e-15)
    assert derivative(np.arccos, gap - 1) == pytest.approx(-((gap * (2 - gap)) ** -0.5), rel=1e-15)
    assert derivative(np.arctanh, 1 - gap) == pytest.approx(1 / (gap * (2 - gap)), rel=1e-15)
    assert derivative(np.arccosh, 1 + gap) == pytest.approx((gap * (2 + gap)) ** -0.5, rel=1e-15)


def test_sinc_at_and_near_zero_to_the_fourth_order() -> None:
    """Its Taylor series is 1 - (pi x)²/6 + (pi x)⁴/120."""
    order_1 = al.grad(np.sinc)
    order_2 = al.grad(order_1)
    order_3 = al.grad(order_2)
    order_4 = al.grad(order_3)
    pi2 = np.pi**2
    at_zero = [float(d(0.0)) for d in (np.sinc, order_1, order_2, order_3, order_4)]
    assert at_zero == pytest.approx([1, 0, -pi2 / 3, 0, pi2**2 / 5], rel=1e-15)
    for x in (1e-300, 1e-9, 1e-5, -1e-5):
        near_zero = [float(d(x)) for d in (order_1, order_2, order_3)]
        assert near_zero == pytest.approx([-pi2 * x / 3, -pi2 / 3, pi2**2 * x / 5], rel=1e-9, abs=0)


def test_the_derivative_of_sinc_where_its_formulas_meet() -> None:
    for x in (0.3, 2 / np.pi * (1 - 1e-12), 2 / np.pi * (1 + 1e-12), 0.9, 7.3, -25.1):
        y = np.pi * x
        slope = np.pi * (np.cos(y) - np.sin(y) / y) / y
        assert derivative(np.sinc, x) == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize("x", [1e-3, 0.02, 0.2, 0.6, 0.7, 1.3, 2.9])
def test_derivatives_of_sinc_against_an_integral(x: float) -> None:
    """It is the mean of cos(pi x t) over t from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    t, fun = (nodes + 1) / 2, np.sinc
    for order in range(1, 6):
        fun = al.grad(fun)
        slope = weights / 2 @ ((np.pi * t) ** order * np.cos(np.pi * (x * t + order / 2)))
        assert float(fun(x)) == pytest.approx(slope, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("extremum", [np.max, np.min])
def test_an_initial_counts_as_one_more_element_of_an_extremum(extremum: Any) -> None:
    x = [2.0, 2.0, 2.0]
    assert gradient(lambda v: extremum(v, initial=2.0), x).tolist() == [0.25] * 3
    far = 9.0 if extremum is np.max else -9.0
    assert gradient(lambda v: extremum(v, initial=far), x).tolist() == [0] * 3
    assert gradient(lambda v: extremum(v, initial=-far), x) == pytest.approx([1 / 3] * 3)
    masked = gradient(lambda v: extremum(v, initial=-far, where=[True, False, False]), x)
    assert masked.tolist() == [1, 0, 0]
    with pytest.raises(ValueError, match="identity"):  # numpy's own
        extremum(al.Value(x), where=[True, False, False])
    with pytest.raises(ValueError, match="identity"):
        extremum(al.Value(x), where=False)


@pytest.mark.parametrize(
    "options", [{"where": [True, True, False]}, {"mean": 0.25}, {"correction": 1}]
)
def test_standard_deviation_of_a_constant_however_it_is_called(options: Any) -> None:
    assert gradient(lambda v: np.std(v, **options), [0.25] * 3).tolist() == [0] * 3


@pytest.mark.parametrize("keepdims", [True, False])
def test_standard_deviation_of_a_constant_whose_mean_is_rounded(keepdims: bool) -> None:
    x = np.stack([np.full(14, 0.1), np.arange(14) ** 2.0])
    where = np.arange(14) < 13
    assert np.std(x, axis=1, where=where)[0] > 0

    def total(v: Any) -> Any:
        return np.sum(np.std(v, axis=1, where=where, keepdims=keepdims))

    slope = al.grad(total)(x)
    assert slope[0].tolist() == [0] * 14
    assert slope[1, 12] > 0 == slope[1, 13]
    assert not al.hvp(total)(x, x**2)[0].any()  # 1 over a deviation of 1e-17


@pytest.mark.parametrize("ddof", [1, -1])
def test_ddof_and_correction_are_one_argument(ddof: int) -> None:
    with pytest.raises(ValueError, match=f"one argument; got {ddof} and 2"):
        np.var(al.Value([1.0, 2.0]), ddof=ddof, correction=2)


def test_the_standard_deviation_keeps_float32() -> None:
    x = np.array([1e3, 1e3 + 1, 1e3 - 1, 1e3 + 3], np.float32)
    for options in ({}, {"where": np.array([True, True, True, True])}):
        value = al.Value(x)
        out = np.std(value, **options)
        out.backward()
        assert out.dtype == value.grad.dtype == np.float32
        exact = al.grad(np.std)(x.astype(float))
        np.testing.assert_allclose(value.grad, exact, rtol=1e-5)


@pytest.mark.parametrize("reduce", [np.mean, np.var, np.std])
def test_the_usual_mean_and_deviations_are_one_operation(reduce: Any) -> None:
    assert len(all_nodes(reduce(al.Value([1.0, 2.0]), axis=0))) == 2


@pytest.mark.parametrize("ddof", [0, 1])
def test_standard_deviation_of_a_constant_has_derivative_zero(ddof: int) -> None:
    assert gradient(lambda v: np.std(v, ddof=ddof), [0.25] * 4).tolist() == [0.0] * 4
    rows = [[1.0, 1.0], [0.0, 2.0]]
    grad = gradient(lambda v: np.std(v, axis=1, ddof=ddof), rows, np.ones(2))
    slope = 0.5 if ddof == 0 else 0.5 * np.sqrt(2)
    np.testing.assert_allclose(grad, [[0, 0], [-slope, slope]], rtol=1e-15)


@pytest.mark.parametrize("deviation", [np.std, np.nanstd])
@pytest.mark.parametrize("level", [0.25, 0.1])  # the mean of three 0.1 is 0.10000000000000002
def test_standard_deviation_of_a_constant_has_derivatives_zero(
    deviation: Any, level: float
) -> None:
    x = np.full(3, level)
    assert al.grad(deviation)(x).tolist() == [0, 0, 0]
    second = al.grad(lambda x: np.sum(al.grad(deviation)(x) * [1.0, 2.0, 3.0]))
    assert second(x).tolist() == [0, 0, 0]
    rows = np.stack([x, [level, 2.0, 3.0]])
    slopes = al.jacobian(lambda x: deviation(x, axis=1, keepdims=True))(rows)
    assert not slopes[0].any()
    assert slopes[1, 0, 1].all()


def test_a_standard_deviation_with_nan_in_it() -> None:
    assert np.isnan(gradient(np.std, [0.1, np.nan, 0.1])).all()
    assert gradient(np.nanstd, [0.1, np.nan, 0.1, 0.1]).tolist() == [0, 0, 0, 0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numpy's own, about empty slices
@pytest.mark.parametrize(
    "reduce",
    [
        np.mean,
        np.average,
        np.var,
        np.std,
        np.median,
        np.nanmean,
        np.nanvar,
        np.nanstd,
        np.nanmedian,
        lambda x: np.sum(np.nanquantile(x, [0.2, 0.5])),
    ],
)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_statistics_of_nothing_have_empty_derivatives(reduce: Any, shape: Any) -> None:
    x = np.ones(shape)
    assert np.isnan(reduce(al.Value(x)).data)
    assert al.grad(reduce)(x).shape == shape
    assert al.hessian(reduce)(x).shape == (*shape, *shape)


def test_covariance_without_degrees_of_freedom_is_infinite_as_in_numpy() -> None:
    x = np.array([1.0, 2.0, 4.0])
    with np.errstate(divide="ignore"), pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        assert np.cov(al.Value(x), ddof=5).data == np.inf
    for ddof in (3, 5):
        with np.errstate(divide="ignore"), pytest.warns(RuntimeWarning) as caught:
            assert np.cov(al.Value(x), ddof=ddof).data == np.inf
        assert [(str(w.message)[:18], w.filename) for w in caught] == [
            ("Degrees of freedom", __file__)
        ]


def test_covariance_takes_lists_of_weights_and_two_axes_at_most() -> None:
    x, f, a = np.array([[1.0, 2.0, 4.0], [0.0, 3.0, -1.0]]), [1, 2, 1], [0.5, 1.0, 2.0]
    got = np.cov(al.Value(x), fweights=f, aweights=a)
    np.testing.assert_allclose(got.data, np.cov(x, fweights=f, aweights=a), rtol=1e-14)
    with pytest.raises(ShapeError, match="two axes at most"):
        np.cov(al.Value(x[None]))


def test_covariances_of_no_variables_are_none() -> None:
    x = np.zeros((0, 3))
    for function in (np.cov, np.corrcoef):
        assert function(al.Value(x)).shape == function(x).shape == (0, 0)
        assert al.grad(lambda v, function=function: np.sum(function(v)))(x).shape == (0, 3)


def test_sums_that_numpy_widens_keep_float32() -> None:
    x = al.Value(np.array([[1, 2, 4], [0, 3, -1]], np.float32))
    for out in (np.cov(x), np.corrcoef(x), np.bincount([0, 1, 1], x[0])):
        assert out.dtype == np.float32


def test_piecewise_keeps_float32() -> None:
    x = np.array([-1.0, 2.0], np.float32)
    out = np.piecewise(al.Value(x), [x > 0], [np.square, 3.0])
    assert out.dtype == np.float32
    assert out.data.tolist() == [3, 4]


def test_piecewise_of_float32_with_an_integer_keeps_float32() -> None:
    x = np.array([-1.0, 2.0], np.float32)
    out = np.piecewise(al.Value(x), [x > 0], [2, np.square])
    assert (out.dtype, out.data.tolist()) == (np.float32, [1, 2])


def test_piecewise_of_integers_keeps_fractions() -> None:
    """numpy cuts them off; here that would cut the graph, too."""
    n, slope = np.array([1, 2, 3]), al.Value(0.5)
    out = np.piecewise(al.Value(n, requires_grad=False), [n > 1], [lambda x: x * slope, 0.25])
    assert out.data.tolist() == [0.25, 1, 1.5]
    np.sum(out).backward()
    assert slope.grad == 5


def test_polynomials_with_rows_of_coefficients() -> None:
    p, x = np.array([[1.0, 2.0, 3.0]]), 2.0
    assert al.grad(lambda p: np.sum(np.polyval(p, x)))(p).tolist() == [[1, 1, 1]]
    p, x = np.arange(6.0).reshape(2, 3), np.array([0.5, 1.0, 2.0])
    assert np.polyval(al.Value(p), x).data.tolist() == np.polyval(p, x).tolist()
    assert al.grad(lambda p: np.sum(np.polyval(p, x)))(p).tolist() == [x.tolist(), [1, 1, 1]]
    assert al.grad(lambda x: np.sum(np.polyval(p, x)))(x).tolist() == p[0].tolist()


@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero):RuntimeWarning")
@pytest.mark.parametrize("spread", [np.var, np.std, np.nanvar, np.nanstd])
def test_spreads_without_degrees_of_freedom_are_nan_as_in_numpy(spread: Any) -> None:
    for options in ({}, {"where": np.array([True])}):
        assert np.isnan(spread(np.array([2.0]), ddof=1, **options))
        slopes = gradient(lambda v, options=options: spread(v, ddof=1, **options), [2.0])
        assert np.isnan(slopes).all()


# Infinities and overflow: warnings are errors, so that these also show that there is none


@pytest.mark.parametrize(
    ("fun", "x", "expected"),
    [
        (np.median, [3.0, 1.0, 2.0], [0, 0, 1]),
        (np.median, [3.0, 1.0, 2.0, 9.0], [0.5, 0, 0.5, 0]),
        (np.median, [2.0, 1.0, 2.0, 9.0], [0.5, 0, 0.5, 0]),
        (np.median, [2.0, 1.0, 2.0, 2.0], [1 / 3, 0, 1 / 3, 1 / 3]),
        (np.median, [2.0, 1.0, 1.0, 9.0], [0.5, 0.25, 0.25, 0]),
        (np.median, [2.0, NAN, 1.0, NAN], [0, 0.5, 0, 0.5]),
        (np.nanmedian, [2.0, NAN, 1.0, NAN], [0.5, 0, 0.5, 0]),
        (lambda x: np.quantile(x, 0.25), [2.0, 1.0, 2.0], [0.25, 0.5, 0.25]),
        (lambda x: np.quantile(x, 0.25, method="lower"), [2.0, 1.0, 3.0], [0, 1, 0]),
        (lambda x: np.percentile(x, 25), [2.0, 1.0, NAN], [0, 0, 1]),
        (lambda x: np.nanpercentile(x, 25), [2.0, 1.0, NAN], [0.25, 0.75, 0]),
        (np.ptp, [2.0, 2.0, 1.0], [0.5, 0.5, -1]),
        (np.nansum, [2.0, NAN], [1, 0]),
        (np.nanprod, [2.0, NAN, 3.0], [3, 0, 2]),
        (np.nanmax, [2.0, NAN, 2.0], [0.5, 0, 0.5]),
        (np.nanmin, [2.0, NAN, 2.0], [0.5, 0, 0.5]),
        (np.nanmean, [2.0, NAN, 3.0], [0.5, 0, 0.5]),
        (np.nanvar, [2.0, NAN, 4.0], [-1, 0, 1]),
        (np.nanstd, [2.0, NAN, 4.0], [-0.5, 0, 0.5]),
        (np.nanstd, [2.0, NAN, 2.0], [0, 0, 0]),
    ],
)
def test_ties_and_nan_in_statistics(fun: Any, x: list[float], expected: list[float]) -> None:
    assert gradient(fun, x).tolist() == pytest.approx(expected, rel=1e-15)
    second = al.grad(lambda v: np.sum(np.array([1.0, 2.0, 3.0, 4.0])[: len(x)] * al.grad(fun)(v)))
    if fun not in (np.nanprod, np.nanvar, np.nanstd):
        assert second(np.array(x)).tolist() == [0] * len(x)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (np.nanmax, "All-NaN slice"),
        (np.nanmin, "All-NaN slice"),
        (np.nanmedian, "All-NaN slice"),
        (lambda x, **kw: np.nanquantile(x, 0.3, **kw), "All-NaN slice"),
        (np.nanmean, "Mean of empty slice"),
        (np.nanvar, "Degrees of freedom"),
        (np.nanstd, "Degrees of freedom"),
    ],
)
def test_a_slice_of_nan_alone_warns_as_numpy_does_and_has_no_gradient(
    function: Any, message: str
) -> None:
    x = al.Value([[NAN, NAN, NAN], [1.0, 2.0, 4.0]])
    with pytest.warns(RuntimeWarning, match=message):
        out = function(x, axis=1)
    assert np.isnan(out.data).tolist() == [True, False]
    out.backward([1.0, 1.0])
    assert x.grad[0].tolist() == [0, 0, 0]
    assert np.any(x.grad[1] != 0)


def test_quantiles_of_many_elements_in_float32() -> None:
    x = np.random.default_rng(0).normal(size=10_001).astype(np.float32)
    value = al.Value(x)
    out = np.quantile(value, 0.25)
    out.backward()
    assert out.dtype == value.grad.dtype == np.float32
    assert np.flatnonzero(value.grad).tolist() == [np.argsort(x)[2500]]
    half = np.arange(4001).astype(np.float16)
    half[half > 2000] = np.inf
    assert gradient(np.median, half)[2000] == 1


@pytest.mark.parametrize("function", [np.percentile, np.nanpercentile])
def test_percentiles_keep_float32_and_have_the_weights_of_fractions(function: Any) -> None:
    """Of these elements, the value is the weight of the upper of two."""
    value = al.Value(np.arange(1001, dtype=np.float32) - 123)
    out = function(value, 12.34567)
    out.backward()
    assert out.dtype == np.float32
    assert out.item() == pytest.approx(0.4567, abs=2e-5)  # older numpy takes it as float32
    assert value.grad[[122, 123, 124, 125]].tolist() == pytest.approx([0, 0.5433, 0.4567, 0])


def test_the_fractions_of_quantiles_are_constants() -> None:
    x = al.Value([1.0, 2.0])
    assert np.quantile(x, al.Value(0.25, requires_grad=False)).item() == 1.25
    for function in (np.quantile, np.percentile, np.nanquantile, np.nanpercentile):
        with pytest.raises(al.errors.NoGradientRuleError, match=f"{function.__name__} has no"):
            function(x, al.Value(0.5))
    with pytest.raises(al.errors.NoGradientRuleError, match=r"np.quantile\(weights=...\)"):
        np.quantile(x, 0.5, weights=[1, 2], method="inverted_cdf")


def test_an_average_needs_weights_that_fit_and_do_not_sum_to_zero() -> None:
    x = al.Value([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(ZeroDivisionError, match="sum to 0"):
        np.average(x, 0, [1.0, -1.0])
    for axis, weights in ((None, [1.0, 2.0]), (0, [1.0, 2.0, 3.0]), (0, [1.0])):
        with pytest.raises(al.errors.ShapeError, match=r"np.average takes weights of the shape"):
            np.average(x, axis, weights)


def test_weights_of_an_average_may_sum_to_less_than_zero() -> None:
    x, weights = np.array([1.0, 2.0, 4.0]), np.array([1.0, -3.0, 0.5])
    assert np.average(al.Value(x), weights=weights).item() == np.average(x, weights=weights)


def test_correlations_are_clipped_and_those_of_complex_numbers_part_by_part() -> None:
    x = np.array([[1 + 2j, 0.5 - 1j, -0.3 + 0.4j], [0.2 - 0.7j, 1.5 + 1j, -1 - 2j]])
    np.testing.assert_allclose(np.corrcoef(al.Value(x)).data, np.corrcoef(x), rtol=1e-14)


def test_logsumexp_of_infinities() -> None:
    assert gradient(ops.logsumexp, [-INF, 0.0, -INF]).tolist() == [0, 1, 0]
    assert gradient(ops.logsumexp, [-INF, -INF]).tolist() == [0, 0]
    assert gradient(ops.logsumexp, [INF, 1000.0, INF]).tolist() == [0.5, 0, 0.5]
    assert float(ops.logsumexp(np.array([-INF, -INF]))) == -INF
    rows = [[-INF, -INF], [1000.0, 1000.0]]
    grad = gradient(lambda v: ops.logsumexp(v, axis=1), rows, np.ones(2))
    np.testing.assert_allclose(grad, [[0, 0], [0.5, 0.5]], rtol=1e-12)  # 1000 has 13 digits
    assert ops.logsumexp(np.array([1000.0, 1000.0])) == 1000 + np.log(2)
    assert ops.logsumexp(np.array([-1000.0, -1000.0])) == -1000 + np.log(2)


def test_logaddexp_of_infinities() -> None:
    assert gradients(np.logaddexp, -INF, -INF) == [0.0, 0.0]
    assert gradients(np.logaddexp, -INF, 3.0) == [0.0, 1.0]
    assert gradients(np.logaddexp, 1000.0, 1000.0) == pytest.approx([0.5, 0.5], rel=1e-12)
    assert gradients(np.logaddexp2, 1000.0, 999.0) == pytest.approx([2 / 3, 1 / 3], rel=1e-12)
    for function in (np.logaddexp, np.logaddexp2):
        assert gradients(function, INF, 1000.0) == [1.0, 0.0]
        assert gradients(function, INF, INF) == pytest.approx([0.5, 0.5])
        assert gradients(function, -INF, -INF) == [0.0, 0.0]
        assert gradients(function, -INF, INF) == [0.0, 1.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("fun", "at_minus", "at_plus", "slopes"),
    [
        (ops.sigmoid, 0.0, 1.0, (0.0, 0.0)),
        (ops.softplus, 0.0, 1000.0, (0.0, 1.0)),
        (np.tanh, -1.0, 1.0, (0.0, 0.0)),
        (lambda z: np.logaddexp(z, np.float16(0.0)), 0.0, 1000.0, (0.0, 1.0)),
        (lambda z: ops.bce_with_logits(z, np.float16(0.0)), 0.0, 1000.0, (0.0, 1.0)),
        (lambda z: ops.bce_with_logits(z, np.float16(1.0)), 1000.0, 0.0, (-1.0, 0.0)),
    ],
)
def test_no_overflow_at_a_thousand(
    fun: Any, at_minus: float, at_plus: float, slopes: tuple[float, float], dtype: Any
) -> None:
    for z, value, slope in zip((-1000, 1000), (at_minus, at_plus), slopes, strict=True):
        x = al.Value(dtype(z))
        out = fun(x)
        out.backward()
        assert (float(out), float(x.grad)) == (value, slope)
        assert out.dtype == x.grad.dtype == dtype


def test_the_slope_of_sigmoid_and_softplus_survives_far_out_on_the_left() -> None:
    assert derivative(ops.sigmoid, -100.0) == pytest.approx(np.exp(-100), rel=1e-14)
    assert derivative(ops.softplus, -100.0) == pytest.approx(np.exp(-100), rel=1e-14)
    assert float(ops.softplus(-100.0)) == pytest.approx(np.exp(-100), rel=1e-14)


def test_log_softmax_and_softmax_do_not_overflow() -> None:
    x = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -1000.0]])
    log_third = -np.log(3)
    np.testing.assert_allclose(
        ops.log_softmax(x), [[0, -1000, -2000], [log_third] * 3], rtol=1e-15, atol=0
    )
    grad = gradient(lambda v: ops.log_softmax(v)[:, 0], x, np.ones(2))
    np.testing.assert_allclose(grad, [[0, 0, 0], [2 / 3, -1 / 3, -1 / 3]], rtol=1e-15)
    np.testing.assert_allclose(ops.softmax(x), [[1, 0, 0], [1 / 3] * 3], rtol=1e-15)
    assert gradient(ops.softmax, [1000.0, 0.0, -1000.0], [1.0, 2.0, 3.0]).tolist() == [0, 0, 0]


def test_cross_entropy_does_not_overflow() -> None:
    logits, labels = np.array([[1000.0, -1000.0], [1000.0, -1000.0]]), np.array([0, 1])
    losses = ops.cross_entropy(logits, labels, reduction="none")
    assert losses.tolist() == [0.0, 2000.0]
    grad = gradient(lambda z: ops.cross_entropy(z, labels, reduction="sum"), logits)
    assert grad.tolist() == [[0, 0], [1, -1]]


def test_expm1_and_log1p_are_exact_near_zero() -> None:
    assert float(np.expm1(al.Value(1e-20))) == 1e-20
    assert float(np.log1p(al.Value(1e-20))) == 1e-20
    assert derivative(np.expm1, -50.0) == pytest.approx(np.exp(-50), rel=1e-14, abs=0)


# The double-where idiom


def test_two_wheres_keep_the_nan_of_the_untaken_branch_out() -> None:
    def safe_sqrt(x: Any) -> Any:
        positive = x > 0
        return np.where(positive, np.sqrt(np.where(positive, x, 1.0)), 0.0)

    assert gradient(safe_sqrt, [-1.0, 0.0, 4.0], np.ones(3)).tolist() == [0, 0, 0.25]
    second = al.grad(lambda x: np.sum(al.grad(lambda v: np.sum(safe_sqrt(v)))(x)))
    assert second(np.array([-1.0, 0.0, 4.0])).tolist() == [0, 0, -1 / 32]


def test_one_where_lets_the_nan_of_the_untaken_branch_through() -> None:
    """What the idiom is for: 0 times infinity is nan."""
    with np.errstate(divide="ignore", invalid="ignore"):
        grad = gradient(lambda x: np.where(x > 0, np.sqrt(x), 0.0), [0.0, 4.0], np.ones(2))
    assert np.isnan(grad[0])
    assert grad[1] == 0.25


@pytest.mark.parametrize("reduce", [np.max, np.min])
def test_max_and_min_of_nan_pass_the_gradient_to_nan(reduce: Any) -> None:
    x = al.Value([1.0, np.nan, 2.0, np.nan])
    reduce(x).backward()
    assert x.grad.tolist() == [0, 0.5, 0, 0.5]


def test_a_mean_of_some_elements_in_float16() -> None:
    x = al.Value(np.full(9000, 16.0, np.float16))  # whose sum overflows
    mean = np.mean(x, where=np.arange(9000) % 2 == 0)
    mean.backward()
    assert (mean.dtype, mean.item()) == (np.float16, 16)
    np.testing.assert_allclose(x.grad[:2], [1 / 4500, 0], rtol=1e-3)


def test_a_mean_over_more_elements_than_float16_counts() -> None:
    x = al.Value(np.ones(70_000, np.float16))
    np.mean(x).backward()
    np.testing.assert_allclose(x.grad, 1 / 70_000, rtol=0.01)


def test_linear_promotes_as_its_parts_do() -> None:
    x, weight = np.ones((2, 3), np.float32), al.Value(np.ones((4, 3), np.float32))
    assert al.ops.linear(x, weight, al.Value(np.ones(4))).dtype == np.float64
    assert al.ops.linear(x, weight, al.Value(np.ones(4, np.float32))).dtype == np.float32


def test_relu_of_nan_passes_the_gradient_so_that_it_shows() -> None:
    x = al.Value([np.nan, -1.0, 1.0])
    ops.relu(x).backward(np.full(3, 2.0))
    assert x.grad.tolist() == [2, 0, 2]


def test_arctan2_at_the_origin_has_the_gradient_0() -> None:
    assert gradients(np.arctan2, 0.0, 0.0) == [0, 0]
    assert gradients(np.arctan2, 1.0, 2.0) == pytest.approx([0.4, -0.2])


def test_a_perfect_correlation_has_a_second_derivative() -> None:
    """Rounding leads beyond 1, where a clip would cut the gradient and its derivative."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = rng.normal(size=4)
        rows = np.stack([x, rng.uniform(0.5, 2) * x])
        assert np.max(np.corrcoef(al.Value(rows)).data) <= 1
        assert np.min(np.corrcoef(al.Value(rows * [[1], [-1]])).data) >= -1
        turned = np.corrcoef(al.Value(rows * [[1], [1j]])).data
        assert np.max(turned.imag) <= 1
        assert np.min(turned.imag) >= -1
        al.testing.check_grads(lambda x: np.corrcoef(x)[0, 1], [rows])


@pytest.mark.parametrize(("extremum", "bound"), [(np.nanmax, 2.0), (np.nanmin, 1.0)])
def test_an_initial_value_shares_ties_with_the_numbers_beside_nan(
    extremum: Any, bound: float
) -> None:
    x = al.Value([1.0, 2.0, np.nan, bound])
    extremum(x, initial=bound).backward()
    assert x.grad.tolist() == [1 / 3 * (number == bound) for number in (1.0, 2.0, 0.0, bound)]


@pytest.mark.parametrize("variance", [np.var, np.std])
def test_what_is_masked_does_not_make_equal_numbers_vary(variance: Any) -> None:
    x = al.Value([0.1, 0.1, 0.1, 5.0])
    out = variance(x, where=np.array([True, True, True, False]))
    out.backward()
    assert abs(out.item()) < 1e-16
    assert not x.grad.any()


def test_one_number_beside_nan_has_no_variance() -> None:
    x = al.Value([[3.0, np.nan], [1.0, 2.0]])
    np.nanvar(x, axis=1).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0], [-0.5, 0.5]]


@pytest.mark.filterwarnings("ignore:Degrees of freedom")
@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero)")
@pytest.mark.parametrize("ddof", [2, 3, 4])
def test_too_few_degrees_of_freedom_are_none(ddof: int) -> None:
    x, mask = np.array([1.0, 2.0, 4.0, 7.0]), np.array([True, True, True, False])
    ours = np.var(al.Value(x, requires_grad=False), ddof=ddof, where=mask)
    assert np.array_equal(ours.data, np.var(x, ddof=ddof, where=mask), equal_nan=True)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64, np.float16, np.float32])
def test_the_mean_of_some_numbers_has_numpys_dtype(dtype: Any) -> None:
    x, mask = np.array([0, 1, 1, 0], dtype), np.array([True, True, True, False])
    ours = np.mean(al.Value(x, requires_grad=False), where=mask)
    theirs = np.mean(x, where=mask)
    assert (ours.item(), ours.dtype) == (theirs, theirs.dtype)


@pytest.mark.parametrize(
    ("numbers", "shares"),
    [
        ([np.inf, 0.0, 1.0], [1.0, 0.0, 0.0]),
        ([np.inf, np.inf, 1.0], [0.5, 0.5, 0.0]),
        ([np.inf, -np.inf], [1.0, 0.0]),
        ([-np.inf, -np.inf], [0.0, 0.0]),
    ],
)
def test_infinite_numbers_share_the_gradient_of_logsumexp(
    numbers: list[float], shares: list[float]
) -> None:
    x = al.Value(numbers)
    al.nn.functional.logsumexp(x).backward()
    assert x.grad.tolist() == shares
