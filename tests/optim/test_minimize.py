"""al.optim.minimize: scipy's methods with exact derivatives, on arrays and trees."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import (
    ArgumentError,
    CovarianceError,
    DtypeError,
    GraphError,
    MissingDependencyError,
)
from autograd_lite.optim import minimize

optimize = pytest.importorskip("scipy.optimize")

GRADIENT = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
PRODUCTS = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"]
HESSIAN = ["dogleg", "trust-exact"]
NEITHER = ["Nelder-Mead", "Powell", "COBYLA"]
METHODS = [None, *GRADIENT, *PRODUCTS, *HESSIAN, *NEITHER]
START = np.array([-1.2, 1.0, 0.8])


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def bowl(x: Any) -> Any:
    """A quadratic function plus a quartic: convex, with its minimum at 1, 2, 3, ..."""
    d = np.reshape(x, (-1,)) - np.arange(1.0, np.size(x) + 1)
    return np.sum(d**2) + np.sum(d) ** 2 + 0.1 * np.sum(d**4)


# Methods


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_minimum(method: str | None) -> None:
    fit = minimize(bowl, np.zeros(3), method)
    assert fit.success, fit.message
    accuracy = 1e-3 if method in NEITHER else 1e-4
    np.testing.assert_allclose(fit.x, [1, 2, 3], atol=accuracy)
    assert fit.fun == pytest.approx(0, abs=accuracy)
    assert isinstance(fit.fun, float)
    assert fit.result.nfev > 0


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "Newton-CG", "trust-ncg", "trust-exact"])
def test_the_same_path_as_scipy_with_derivatives_written_by_hand(method: str) -> None:
    by_hand: dict[str, Any] = {"jac": optimize.rosen_der}
    if method in ("Newton-CG", "trust-ncg"):
        by_hand["hessp"] = optimize.rosen_hess_prod
    if method == "trust-exact":
        by_hand["hess"] = optimize.rosen_hess
    expected = optimize.minimize(optimize.rosen, START, method=method, **by_hand)
    fit = minimize(rosenbrock, START, method)
    assert fit.result.nit == expected.nit
    assert fit.result.nfev == expected.nfev
    np.testing.assert_allclose(fit.x, expected.x, atol=1e-6)


def test_derivatives_are_exact_and_are_used() -> None:
    seen: dict[str, Any] = {}

    def method(fun: Any, x0: Any, args: Any = (), **options: Any) -> Any:
        seen.update(options, fun=fun(x0), gradient=options["jac"](x0))
        seen["product"] = options["hessp"](x0, np.array([1.0, 0.0, 2.0]))
        return optimize.OptimizeResult(x=x0, fun=0.0, success=True, message="as it was")

    fit = minimize(rosenbrock, START, method)
    assert fit.message == "as it was"
    np.testing.assert_allclose(seen["gradient"], optimize.rosen_der(START), rtol=1e-13)
    product = optimize.rosen_hess(START) @ [1.0, 0.0, 2.0]
    np.testing.assert_allclose(seen["product"], product, rtol=1e-13)
    assert {type(seen[name]) for name in ("gradient", "product")} == {np.ndarray}


@pytest.mark.parametrize("method", NEITHER)
def test_methods_without_derivatives_record_nothing(method: str) -> None:
    def fun(x: Any) -> Any:
        assert not isinstance(x, al.Value)
        return np.sum((x - weight) ** 2)

    weight = al.Value(1.0)  # a Value from outside: a constant here
    assert minimize(fun, np.zeros(2), method).x == pytest.approx([1, 1], abs=1e-3)


def test_values_from_outside_are_constants() -> None:
    weight = al.Value([3.0, 4.0])
    for method in ("BFGS", "Newton-CG", "trust-exact"):
        fit = minimize(lambda x: np.sum((x - weight) ** 2 + x**4), np.zeros(2), method)
        assert type(fit.x) is np.ndarray
        assert weight.grad is None


# The form of x


class Peak(NamedTuple):
    height: Any
    shape: Any


@pytest.mark.parametrize("method", ["BFGS", "Newton-CG", "Nelder-Mead"])
def test_x_has_the_form_of_x0(method: str) -> None:
    def fun(x: Any) -> Any:
        peak, (offset,) = x["peak"], x["more"]
        assert np.shape(peak.height) == ()
        assert np.shape(peak.shape) == (2, 1)
        distance = np.sum((peak.shape - np.array([[1.0], [2.0]])) ** 2)
        return (peak.height - 3) ** 2 + distance + (offset - peak.height) ** 2

    x0 = {"peak": Peak(0.0, np.zeros((2, 1), np.float32)), "more": [np.float64(1)], "no": None}
    fit = minimize(fun, x0, method, tol=1e-10)
    assert type(fit.x["peak"]) is Peak
    assert fit.x["no"] is None
    assert type(fit.x["more"]) is list
    np.testing.assert_allclose(fit.x["peak"].shape, [[1], [2]], atol=1e-5)
    assert fit.x["peak"].shape.dtype == np.float64
    assert float(fit.x["more"][0]) == pytest.approx(3, abs=1e-5)


@pytest.mark.parametrize("x0", [0.0, 0, np.zeros(()), np.zeros((2, 2)), np.zeros(3, int)])
def test_arrays_of_any_shape(x0: Any) -> None:
    fit = minimize(bowl, x0)
    assert np.shape(fit.x) == np.shape(x0)
    np.testing.assert_allclose(np.ravel(fit.x), np.arange(1, np.size(x0) + 1), atol=1e-5)
    assert fit.x.dtype == np.float64


def test_x_is_fresh_and_x0_is_untouched() -> None:
    x0 = np.zeros(3)
    fit = minimize(bowl, x0)
    assert not np.shares_memory(fit.x, fit.result.x)
    assert x0.tolist() == [0, 0, 0]


def test_a_module_is_fitted_and_stays_as_it_was() -> None:
    t = np.linspace(-1, 1, 9)[:, None]
    line = al.nn.Linear(1, 1, rng=0)
    before = line.weight.data
    fit = minimize(lambda m: al.nn.functional.mse_loss(m(t), 2 * t - 0.5), line)
    assert fit.x["weight"] == pytest.approx(2, abs=1e-5)
    assert fit.x["bias"] == pytest.approx(-0.5, abs=1e-5)
    assert line.weight.data is before
    line.load_state_dict(fit.x)


# Arguments


def test_args_are_handed_to_the_function() -> None:
    assert minimize(lambda x, a: (x - a) ** 2, 0.0, args=3.0).x == pytest.approx(3.0)
    fit = minimize(lambda x, a, b: (x - a) ** 2 + b, 0.0, args=(3.0, 7.0), errordef=1)
    assert (float(fit.x), fit.fun) == pytest.approx((3, 7))
    assert fit.uncertainties == pytest.approx(1)


def test_tol_options_and_callback_pass_through() -> None:
    rough, fine = (minimize(rosenbrock, START, "BFGS", tol=tol) for tol in (1e-1, 1e-9))
    assert rough.result.nit < fine.result.nit
    short = minimize(rosenbrock, START, "BFGS", options={"maxiter": 3})
    assert (short.result.nit, short.success) == (3, False)

    seen: list[Any] = []
    minimize(lambda x: bowl(x["a"]), {"a": np.zeros(2)}, callback=seen.append)
    assert all(set(x) == {"a"} and x["a"].shape == (2,) for x in seen)

    def stop(x: Any) -> None:
        raise StopIteration

    assert minimize(rosenbrock, START, "BFGS", callback=stop).result.nit == 1

    results = []

    def look(intermediate_result: Any) -> None:
        results.append(intermediate_result.fun)

    minimize(rosenbrock, START, "BFGS", callback=look)
    assert results[-1] < results[0]

    points: list[Any] = []
    minimize(bowl, np.zeros(2), "trust-constr", callback=points.append)
    assert {point.shape for point in points} == {(2,)}


@pytest.mark.parametrize("method", [None, "L-BFGS-B", "TNC", "SLSQP", "trust-constr"])
def test_bounds_of_an_array_are_scipys(method: str | None) -> None:
    for bounds in (
        [(None, 0.5), (2.5, None), None],
        optimize.Bounds([-np.inf, 2.5, -np.inf], [0.5, np.inf, np.inf]),
    ):
        fit = minimize(bowl, np.array([0.2, 2.8, 1.0]), method, bounds=bounds)
        expected = optimize.minimize(
            bowl, [0.2, 2.8, 1.0], method="SLSQP", bounds=[(None, 0.5), (2.5, None), (None, None)]
        )
        np.testing.assert_allclose(fit.x, expected.x, atol=2e-3)


def test_bounds_of_trees_leaf_by_leaf() -> None:
    def fun(x: Any) -> Any:
        return np.sum((x["a"] - 1) ** 2) + (x["b"] - 2) ** 2 + (x["c"] - 3) ** 2

    x0 = {"a": np.zeros((2, 2)), "b": 0.0, "c": 0.0}
    high = np.array([[0.5, np.inf], [0.25, 3.0]])
    fit = minimize(fun, x0, bounds={"a": (-1, high), "b": (None, 1.5), "c": None})
    np.testing.assert_allclose(fit.x["a"], [[0.5, 1], [0.25, 1]], atol=1e-6)
    assert (float(fit.x["b"]), float(fit.x["c"])) == pytest.approx((1.5, 3))
    assert float(minimize(lambda x: (x - 2) ** 2, 0.0, bounds=(0, 1)).x) == 1
    fit = minimize(bowl, np.zeros((1, 2)), bounds=optimize.Bounds(0, 1.5))
    np.testing.assert_allclose(fit.x, [[1.25, 1.5]], atol=0.1)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_constraints_with_exact_jacobians(method: str) -> None:
    """The point of the circle x² + y² = 2 nearest to (3, 4)."""

    def fun(x: Any) -> Any:
        return (x["a"] - 3) ** 2 + (x["b"] - 4) ** 2

    def radius(x: Any) -> Any:
        assert not isinstance(x["a"], float), "an array or a Value"
        return x["a"] ** 2 + x["b"] ** 2

    x0 = {"a": 1.0, "b": 0.5}
    expected = np.array([3, 4]) / 5 * np.sqrt(2)
    for constraint in (
        {"type": "eq", "fun": lambda x: radius(x) - 2},
        {"type": "eq", "fun": lambda x, square: radius(x) - square, "args": (2.0,)},
        {"type": "ineq", "fun": lambda x: 2 - radius(x)},
        optimize.NonlinearConstraint(radius, 2, 2),
        [optimize.NonlinearConstraint(lambda x: np.stack([radius(x), x["a"]]), [0, 0], [2, 9])],
    ):
        fit = minimize(fun, x0, method, constraints=constraint, tol=1e-9)
        assert fit.success
        np.testing.assert_allclose([fit.x["a"], fit.x["b"]], expected, atol=1e-4)
    line = optimize.LinearConstraint([[1, 1]], 1, 1)
    fit = minimize(fun, x0, method, constraints=line)
    np.testing.assert_allclose([fit.x["a"], fit.x["b"]], [0, 1], atol=1e-4)


def test_the_default_with_constraints_is_slsqp() -> None:
    fit = minimize(bowl, np.zeros(2), constraints={"type": "eq", "fun": lambda x: x[0]})
    assert fit.x[0] == pytest.approx(0, abs=1e-9)


def test_hessians_of_constraints_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}

    def record(fun: Any, x0: Any, constraints: Any, **rest: Any) -> Any:
        (constraint,) = constraints
        seen["jac"] = constraint.jac(np.array([1.0, 2.0]))
        seen["hess"] = constraint.hess(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
        return optimize.OptimizeResult(x=x0, fun=0.0, success=True, message="")

    monkeypatch.setattr(optimize, "minimize", record)
    constraint = optimize.NonlinearConstraint(lambda x: np.stack([x[0] * x[1], x[1] ** 3]), 0, 1)
    minimize(bowl, np.zeros(2), "trust-constr", constraints=constraint)
    assert seen["jac"].tolist() == [[2, 1], [0, 12]]
    assert seen["hess"].tolist() == [[0, 1], [1, 36]]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: minimize(bowl, "text"), DtypeError, "x0 of dtype <U4; give real numbers"),
        (lambda: minimize(bowl, {"a": 1j}), DtypeError, r"x0\['a'\] of dtype complex128"),
        (lambda: minimize(bowl, np.zeros(0)), ArgumentError, "without a number"),
        (lambda: minimize(bowl, []), ArgumentError, "without a number"),
        (lambda: minimize(lambda x: x, np.zeros(2)), GraphError, "one number"),
        (
            lambda: minimize(bowl, np.zeros(2), "BFGS", bounds=[(0, 1)] * 2),
            ArgumentError,
            "bounds, which the method 'bfgs' does not take; choose one of cobyla, ",
        ),
        (
            lambda: minimize(bowl, 0.0, "TNC", constraints={"type": "eq", "fun": bowl}),
            ArgumentError,
            "constraints, which the method 'tnc' does not",
        ),
        (lambda: minimize(bowl, np.zeros(2), bounds=[(0, 1)]), ArgumentError, "one pair"),
        (lambda: minimize(bowl, np.zeros(1), bounds=[(0, 1, 2)]), ArgumentError, "one pair"),
        (
            lambda: minimize(lambda x: x["a"], {"a": 1.0}, bounds={"b": (0, 1)}),
            ArgumentError,
            "bounds of minimize has keys",
        ),
        (lambda: minimize(bowl, 0.0, constraints=bowl), ArgumentError, "got the constraint"),
        (
            lambda: minimize(bowl, 0.0, constraints={"type": "eq", "fun": bowl, "jac": bowl}),
            ArgumentError,
            "leave it out",
        ),
        (
            lambda: minimize(
                bowl, 0.0, constraints=optimize.NonlinearConstraint(bowl, 0, 1, jac=bowl)
            ),
            ArgumentError,
            "leave it out",
        ),
    ],
)
def test_what_is_refused(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call()


def test_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'autograd_lite\[scipy\]'"):
        minimize(bowl, np.zeros(2))


# Uncertainties


RNG = np.random.default_rng(5)
T = np.linspace(0, 3, 40)
SIGMA = 0.1 + 0.05 * T
Y = 2 * np.exp(-0.7 * T) + 0.3 + SIGMA * RNG.normal(size=T.size)


def decay(t: Any, height: Any, rate: Any, offset: Any) -> Any:
    return height * np.exp(-rate * t) + offset


def chi2(x: Any) -> Any:
    return np.sum(((Y - decay(T, *x)) / SIGMA) ** 2)


def test_the_covariance_of_a_chi2_is_twice_the_inverse_hessian() -> None:
    fit = minimize(chi2, np.array([1.0, 1.0, 0.0]), errordef=1)
    step = 1e-4
    hessian = np.empty((3, 3))
    for i, a in enumerate(np.eye(3) * step):
        for j, b in enumerate(np.eye(3) * step):
            corners = [chi2(fit.x + s * a + t * b) * s * t for s in (1, -1) for t in (1, -1)]
            hessian[i, j] = sum(corners) / (4 * step**2)
    np.testing.assert_allclose(fit.covariance, 2 * np.linalg.inv(hessian), rtol=1e-4)
    np.testing.assert_allclose(fit.uncertainties, np.sqrt(np.diag(fit.covariance)), rtol=1e-12)
    np.testing.assert_allclose(fit.covariance, fit.covariance.T, rtol=1e-12)


def test_for_a_linear_model_it_is_that_of_curve_fit() -> None:
    def line(t: Any, a: Any, b: Any) -> Any:
        return a + b * t

    _, expected = optimize.curve_fit(line, T, Y, sigma=SIGMA, absolute_sigma=True)
    fit = minimize(lambda x: np.sum(((Y - line(T, *x)) / SIGMA) ** 2), np.zeros(2), errordef=1)
    np.testing.assert_allclose(fit.covariance, expected, rtol=1e-6)


def test_half_a_chi2_has_errordef_one_half() -> None:
    whole = minimize(chi2, np.array([1.0, 1.0, 0.0]), errordef=1)
    half = minimize(lambda x: 0.5 * chi2(x), np.array([1.0, 1.0, 0.0]), errordef=0.5)
    np.testing.assert_allclose(whole.covariance, half.covariance, rtol=1e-4)


def test_a_likelihood_in_closed_form() -> None:
    """The mean and width of n Gaussian numbers: σ/√n and σ/√2n."""
    x = RNG.normal(3, 2, size=1000)

    def nll(p: Any) -> Any:
        return np.sum(0.5 * ((x - p["mean"]) / p["width"]) ** 2 + np.log(p["width"]))

    fit = minimize(nll, {"mean": 2.5, "width": 2.5}, errordef=0.5, tol=1e-9)
    width = float(fit.x["width"])
    assert width == pytest.approx(x.std(), rel=1e-6)
    assert fit.uncertainties["mean"] == pytest.approx(width / 1000**0.5, rel=1e-5)
    assert fit.uncertainties["width"] == pytest.approx(width / 2000**0.5, rel=1e-5)
    assert set(fit.uncertainties) == {"mean", "width"}


def test_the_covariance_needs_errordef() -> None:
    with pytest.raises(ArgumentError, match=r"errordef=0.5 .* errordef=1 for a chi²"):
        _ = minimize(chi2, np.ones(3)).covariance
    with pytest.raises(ArgumentError, match="errordef=0"):
        _ = minimize(chi2, np.ones(3), errordef=0).covariance


def test_a_parameter_at_a_bound_has_no_covariance() -> None:
    fit = minimize(chi2, [1.0, 1.0, 0.0], bounds=[(None, None), (0, 0.3), (None, None)], errordef=1)
    assert fit.x[1] == pytest.approx(0.3)
    with pytest.raises(CovarianceError, match=r"x\[1\] is at a bound"):
        _ = fit.uncertainties
    wide = minimize(chi2, [1.0, 1.0, 0.0], bounds=[(-9, 9)] * 3, errordef=1)
    free = minimize(chi2, [1.0, 1.0, 0.0], errordef=1)
    np.testing.assert_allclose(wide.uncertainties, free.uncertainties, rtol=1e-3)


def test_constraints_leave_no_covariance() -> None:
    fit = minimize(bowl, np.zeros(2), constraints={"type": "eq", "fun": lambda x: x[0]}, errordef=1)
    with pytest.raises(CovarianceError, match="constraints"):
        _ = fit.covariance


def test_stopped_too_early_there_is_no_covariance() -> None:
    fit = minimize(chi2, np.array([1.0, 1.0, 0.0]), "BFGS", options={"maxiter": 4}, errordef=1)
    with pytest.raises(CovarianceError, match="standard deviations away"):
        _ = fit.covariance


def test_parameters_that_cannot_be_told_apart() -> None:
    fit = minimize(lambda x: (x["a"] + x["b"] - 1) ** 2 + x["c"] ** 2, dict.fromkeys("abc", 0.3),
                   errordef=1)  # fmt: skip
    with pytest.raises(CovarianceError, match=r"some direction of x\['a'\] and x\['b'\]"):
        _ = fit.covariance


def test_a_parameter_that_does_not_matter_is_named() -> None:
    fit = minimize(lambda x: x["a"] ** 2 + 0 * np.sum(x["b"]), {"a": 1.0, "b": np.ones((1, 2))},
                   errordef=1)  # fmt: skip
    with pytest.raises(CovarianceError, match=r"x\['b'\]\[0, 0\], x\['b'\]\[0, 1\]"):
        _ = fit.covariance


def test_a_saddle_is_no_minimum() -> None:
    fit = minimize(lambda x: x[0] ** 2 - x[1] ** 2 + x[1] ** 4, np.zeros(2), errordef=1)
    with pytest.raises(CovarianceError, match=r"no positive second derivative by x\[1\]"):
        _ = fit.covariance
    fit = minimize(lambda x: x[0] ** 2 + x[1] ** 2 + 4 * x[0] * x[1], np.zeros(2), errordef=1)
    with pytest.raises(CovarianceError, match="not positive definite"):
        _ = fit.covariance


def test_units_do_not_matter() -> None:
    scale = np.array([1e-9, 1.0, 1e9])
    plain = minimize(chi2, np.array([2.0, 0.7, 0.3]), errordef=1, tol=1e-9)
    scaled = al.uncertainty.covariance(lambda x: chi2(x / scale), plain.x * scale, errordef=1)
    np.testing.assert_allclose(scaled, plain.covariance * np.outer(scale, scale), rtol=1e-9)
