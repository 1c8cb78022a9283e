"""The ufuncs of scipy.special act on Values once scipy is loaded; nothing loads it before."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ConversionError, NoGradientRuleError
from autograd_lite.primitive import no_rule, primitive
from tests.helpers import gradient, gradients

INF = np.inf

special = pytest.importorskip("scipy.special")


def derivative(fun: Any, x: float, order: int = 1) -> float:
    for _ in range(order):
        fun = al.grad(fun)
    return float(fun(x))


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("np.sin(x); print('scipy' in sys.modules)", "False"),
        ("import scipy.special\nprint(scipy.special.erf(x).requires_grad)", "True"),
        ("import scipy.special\nscipy.special.erf(1.0)\nprint(rules in sys.modules)", "False"),
    ],
)
def test_scipy_is_loaded_by_others_only(program: str, printed: str) -> None:
    start = (
        "import sys\nimport numpy as np\nimport autograd_lite as al\nx = al.Value(0.5)\n"
        "rules = 'autograd_lite.ops.special'\n"
    )
    run = [sys.executable, "-c", start + program]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == printed + "\n"


def test_a_ufunc_without_a_rule_is_named() -> None:
    with pytest.raises(NoGradientRuleError, match=r"^scipy.special.airy has no gradient rule"):
        special.airy(al.Value(1.0))


@pytest.mark.parametrize("function", [special.logsumexp, special.softmax, special.log_softmax])
def test_functions_that_are_no_ufuncs_say_what_to_use(function: Any) -> None:
    x = np.array([0.3, -1.2, 2.0])
    with pytest.raises(ConversionError, match=r"al\.nn\.functional"):
        function(al.Value(x))
    ours = getattr(al.nn.functional, function.__name__)
    np.testing.assert_allclose(ours(al.Value(x)).data, function(x), rtol=1e-15)


@pytest.mark.parametrize(
    ("function", "operands", "position"),
    [
        (special.gammainc, (2.0, 1.0), 0),
        (special.betainc, (2.0, 3.0, 0.5), 1),
        (special.jv, (1.5, 1.0), 0),
        (special.hyp2f1, (1.0, 2.0, 3.0, 0.5), 2),
    ],
)
def test_an_operand_without_a_rule_raises_where_it_needs_a_gradient(
    function: Any, operands: Any, position: int
) -> None:
    values = list(operands)
    values[position] = al.Value(operands[position])
    message = rf"special.{function.__name__} has no gradient rule for operand {position}: .*detach"
    with pytest.raises(NoGradientRuleError, match=message):
        function(*values)
    with al.no_grad():
        assert function(*values).item() == function(*operands)
    values[position] = values[position].detach()
    assert function(*values).item() == function(*operands)


def test_a_primitive_of_ones_own_may_miss_a_rule() -> None:
    scaled = primitive(
        lambda x, y: x * np.floor(y),
        lambda g, out, x, y: g * np.floor(y),
        no_rule("it is rounded"),
        name="scaled",
    )
    assert gradient(lambda x: scaled(x, 2.5), 3.0) == 2
    with pytest.raises(
        NoGradientRuleError, match="scaled has no gradient rule for operand 1: it is"
    ):
        scaled(3.0, al.Value(2.5))


@pytest.mark.parametrize(
    ("function", "x", "slopes"),
    [
        (special.erf, 0.0, [2 / np.sqrt(np.pi), 0, -4 / np.sqrt(np.pi)]),
        (special.expit, 0.0, [1 / 4, 0, -1 / 8]),
        (special.digamma, 1.0, [np.pi**2 / 6, -2 * 1.2020569031595942, np.pi**4 / 15]),
        (special.j0, 0.0, [0, -1 / 2, 0, 3 / 8]),
        (special.j1, 0.0, [1 / 2, 0, -3 / 8]),
        (special.i0, 0.0, [0, 1 / 2, 0, 3 / 8]),
        (special.i1, 0.0, [1 / 2, 0, 3 / 8]),
        (special.exprel, 0.0, [1 / 2, 1 / 3, 1 / 4, 1 / 5]),
        (special.ellipk, 0.0, [np.pi / 8, 9 * np.pi / 64]),
        (special.ellipe, 0.0, [-np.pi / 8, -3 * np.pi / 64]),
        (lambda x: special.expn(0, x), 1.0, [-2 / np.e, 5 / np.e]),
        (lambda x: special.gammainc(1, x), 0.0, [1, -1, 1]),
    ],
)
def test_derivatives_in_closed_form(function: Any, x: float, slopes: list[float]) -> None:
    for order, slope in enumerate(slopes, 1):
        assert derivative(function, x, order) == pytest.approx(slope, rel=1e-13, abs=1e-14)


def test_the_slopes_survive_far_out() -> None:
    """For x far on the left, log_ndtr'(x) is -x - 1/x + 2/x³ - 10/x⁵ ..."""
    assert derivative(special.log_ndtr, -100.0) == pytest.approx(100.00999800099926, rel=1e-14)
    assert derivative(special.log_ndtr, 50.0) == 0
    assert derivative(special.log_ndtr, 50.0, 2) == 0
    assert derivative(special.expit, 100.0) == pytest.approx(np.exp(-100), rel=1e-14)
    assert derivative(special.log_expit, -1000.0) == 1


def test_x_log_y_where_x_is_zero() -> None:
    assert gradients(special.xlogy, 0.0, 0.0) == [0, 0]
    assert gradients(special.xlogy, 0.0, 2.0) == [np.log(2), 0]
    with np.errstate(all="ignore"):
        for sign in (1.0, -1.0):  # of both operands only 0 times the logarithm of 0 is 0
            assert gradients(special.xlogy, sign, 0.0) == [-INF, sign * INF]
            assert gradients(special.xlog1py, sign, -1.0) == [-INF, sign * INF]
        for function, y in ((special.xlogy, -1.0), (special.xlog1py, -2.0)):
            np.testing.assert_array_equal(gradients(function, 0.0, y), [np.nan, 0])
    assert gradients(special.xlog1py, 0.0, -1.0) == [0, 0]
    for fun, slope in ((special.xlogy, 0.5), (special.xlog1py, 1 / 3)):
        hessian = al.hessian(lambda p, fun=fun: fun(p[0], p[1]))(np.array([0.0, 2.0]))
        np.testing.assert_allclose(hessian, [[0, slope], [slope, 0]], rtol=1e-15)


def test_a_function_without_a_rule_is_named() -> None:
    for function, name in (
        (special.struve, r"scipy\.special\.struve"),
        (special.lambertw, "_lambertw"),  # the ufunc behind scipy's function
    ):
        with pytest.raises(NoGradientRuleError, match=rf"^{name} has no .* primitive\({name}, "):
            function(*(1.0,) * (function is special.struve), al.Value(0.5))


def test_polygamma_and_multigammaln() -> None:
    polygamma, multigammaln = al.ops.special.polygamma, al.ops.special.multigammaln
    assert derivative(lambda x: polygamma(2, x), 1.3) == pytest.approx(special.polygamma(3, 1.3))
    with pytest.raises(ConversionError):  # scipy's own are no ufuncs: Values do not reach them
        special.polygamma(2, al.Value(1.3))
    a = np.array([2.3, 4.0])
    np.testing.assert_allclose(multigammaln(a, 3), special.multigammaln(a, 3), rtol=1e-15)
    slope = sum(special.psi(a - j / 2) for j in range(3))
    np.testing.assert_allclose(gradient(lambda v: np.sum(multigammaln(v, 3)), a), slope, rtol=1e-14)
    rows = np.array([[2.3, 4.0, 5.0], [1.5, 1.1, 7.0]])
    np.testing.assert_allclose(multigammaln(rows, 3), special.multigammaln(rows, 3), rtol=1e-14)


@pytest.mark.parametrize("options", [{}, {"axis": 0}, {"axis": 1, "keepdims": True}])
def test_logsumexp_with_weights(options: Any) -> None:
    logsumexp = al.nn.functional.logsumexp
    x = np.array([[1000.0, 1001.0, 999.5], [3.0, 2.0, 1000.5]])
    b = np.array([[0.5, 2.0, -0.5], [0.0, 3.0, 1.5]])
    expected = special.logsumexp(x, b=b, **options)
    np.testing.assert_allclose(logsumexp(x, b=b, **options), expected, rtol=1e-15)
    seed = np.ones(expected.shape)
    by_x, by_b = gradients(lambda v, w: logsumexp(v, b=w, **options), x, b, seed=seed)
    kept = special.logsumexp(x, b=b, axis=options.get("axis"), keepdims=True)
    np.testing.assert_allclose(by_x, b * np.exp(x - kept), rtol=1e-12, atol=1e-15)
    counted = b != 0
    np.testing.assert_allclose(by_b[counted], np.exp(x - kept)[counted], rtol=1e-12)
    positive = np.abs(b)
    al.testing.check_grads(lambda v: logsumexp(v, b=positive, **options), [x])


def test_logsumexp_without_weight() -> None:
    x, b = [[np.inf, 1.0], [-np.inf, -np.inf]], [[0.0, 1.0], [1.0, 1.0]]
    v = al.Value(x)
    out = al.nn.functional.logsumexp(v, axis=1, b=b)
    assert out.data.tolist() == [1, -np.inf]
    out.backward([1.0, 1.0])
    assert v.grad.tolist() == [[0, 1], [0, 0]]


def test_logsumexp_of_less_than_nothing_has_no_logarithm() -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(al.nn.functional.logsumexp(al.Value([1.0, 2.0]), b=[1.0, -1.0]).data)


def test_the_derivatives_of_numpys_i0() -> None:
    for x in (0.0, 1e-300, 1e-8, -0.5, 3.0, 40.0, -300.0, 700.0):
        rel = 1e-15 * (5 + abs(x))  # x itself is known to 1e-16
        assert derivative(np.i0, x) == pytest.approx(special.i1(x), rel=rel, abs=0)
        curvature = 0.5 * (special.i0(x) + special.iv(2, x))
        assert derivative(np.i0, x, 2) == pytest.approx(curvature, rel=rel)


def test_ufuncs_of_scipy_follow_the_rules_of_ufuncs() -> None:
    x = al.Value([0.5, 1.0])
    with pytest.raises(NoGradientRuleError, match="out="):
        special.erf(x, out=np.empty(2))
    assert special.xlogy.outer(x, x).shape == (2, 2)


@pytest.mark.parametrize("name", ["rel_entr", "kl_div"])
@pytest.mark.parametrize(("x", "y"), [(1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), (0.0, -1.0)])
def test_relative_entropies_have_no_slope_where_they_are_infinite(
    name: str, x: float, y: float
) -> None:
    entropy = getattr(special, name)
    assert entropy(x, y) == np.inf
    assert np.isnan(gradients(entropy, x, y)).all()


def test_relative_entropies_at_zero_have_the_slopes_of_their_formulas() -> None:
    """That of kl_div by y is 1 - x / y, that of rel_entr is -x / y."""
    with np.errstate(all="ignore"):
        assert gradients(special.kl_div, 0.0, 2.0) == [-INF, 1]
        assert gradients(special.rel_entr, 0.0, 2.0) == [-INF, 0]
        assert gradients(special.kl_div, 1.0, 0.0)[1] == -INF
        assert gradients(special.rel_entr, 1.0, 0.0)[1] == -INF


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("erf", lambda z: 2 / np.sqrt(np.pi) * np.exp(-z * z)),
        ("erfi", lambda z: 2 / np.sqrt(np.pi) * np.exp(z * z)),
        ("dawsn", lambda z: 1 - 2 * z * special.dawsn(z)),
        ("ndtr", lambda z: np.exp(-z * z / 2) / np.sqrt(2 * np.pi)),
    ],
)
def test_functions_of_the_normal_distribution_take_complex_numbers(name: str, slope: Any) -> None:
    z = np.array([0.3 + 0.4j, -1.2 + 0.7j])
    got = gradient(getattr(special, name), z, np.ones(2, complex))
    np.testing.assert_allclose(got, slope(z), rtol=1e-12)
