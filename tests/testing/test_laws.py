"""The laws one by one: what they say of right operations, and where they say nothing."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, GradientCheckError
from autograd_lite.primitive import Primitive
from autograd_lite.testing import Verdict, check_laws, domains, gradient_laws, laws
from autograd_lite.testing.laws.checks import draws, outcome
from autograd_lite.testing.runs import Run

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]])
Y = np.array([0.6, 1.4, -0.9])
RIGHT, KINK = Verdict.RIGHT, Verdict.NOT_DIFFERENTIABLE


def declared(forward: Any, *rules: Any) -> Primitive:
    return Primitive(forward, rules, "planted", variadic=False)


@pytest.mark.parametrize(
    ("law", "operation", "operands", "params", "expected"),
    [
        (laws.numeric_agreement, np.abs, [np.array([0.0, 1.0])], {}, KINK),
        (laws.numeric_agreement, np.sum, [X], {"axis": 0}, RIGHT),
        (laws.first_order_agreement, np.tanh, [X], {}, RIGHT),
        (laws.agreement_at_kinks, np.max, [X], {"axis": 1}, KINK),
        (laws.agreement_at_kinks, np.maximum, [X, Y], {}, RIGHT),
        (laws.agreement_at_kinks, np.maximum, [X, X + 1], {}, KINK),
        (laws.agreement_at_kinks, np.exp, [0.5], {}, None),
        (laws.agreement_for_complex_operands, np.multiply, [X, Y], {}, RIGHT),
        (laws.agreement_for_complex_operands, np.arctan2, [X, X], {}, None),
        (laws.agreement_for_complex_operands, np.exp, [X + 1j], {}, None),
        (laws.adjoint_identity, np.matmul, [X, Y], {}, RIGHT),
        (laws.adjoint_identity, np.multiply, [X + 1j * X, Y], {}, RIGHT),
        (laws.adjoint_identity, np.abs, [np.array([0.0, 1.0])], {}, KINK),
        (laws.adjoint_identity, np.sqrt, [0.0], {}, None),
        (laws.adjoint_identity, np.exp, [X.astype(np.float32)], {}, RIGHT),
        (laws.linearity_in_the_cotangent, np.sqrt, [np.array([0.0, 1.0])], {}, RIGHT),
        (laws.symmetry_of_second_derivatives, np.sqrt, [0.0], {}, None),
        (laws.symmetry_of_second_derivatives, np.hypot, [X, Y], {}, RIGHT),
        (laws.repeated_operand, np.multiply, [X, X + 1], {}, RIGHT),
        (laws.repeated_operand, np.multiply, [X, Y], {}, None),
        (laws.repeated_operand, np.arctan2, [np.zeros(0), np.zeros(0)], {}, None),
        (laws.repeated_operand, lambda x, y: 1 / (x - y), [Y, Y + 1], {}, None),
        (laws.broadcasting_is_tiling, np.multiply, [X, Y], {}, RIGHT),
        (laws.broadcasting_is_tiling, np.multiply, [X, X], {}, RIGHT),
        (laws.broadcasting_is_tiling, np.matmul, [X, Y], {}, None),
        (laws.broadcasting_is_tiling, np.matmul, [X, X.T], {}, None),
        (laws.broadcasting_is_tiling, lambda x, y: x * np.sum(y), [X, Y], {}, None),
        (laws.broadcasting_is_tiling, np.stack, [[Y, Y]], {}, None),
        (laws.permutation_equivariance, np.tanh, [X], {}, RIGHT),
        (laws.permutation_equivariance, np.hypot, [X, Y], {}, RIGHT),
        (laws.permutation_equivariance, np.cumsum, [Y], {}, None),
        (laws.permutation_equivariance, np.tanh, [0.5], {}, None),
        (laws.permutation_equivariance, np.linalg.cholesky, [4 * np.eye(3) + 0.1], {}, None),
        (laws.permutation_equivariance, lambda pair: pair[0] * pair[1], [[Y, Y]], {}, None),
        (laws.arrays_path_is_values_path, np.tanh, [X], {}, RIGHT),
        (laws.arrays_path_is_values_path, lambda x: np.ones(3), [X], {}, None),
        (laws.compiled_equals_eager, np.matmul, [X, Y], {}, RIGHT),
        (laws.compiled_equals_eager, np.var, [X + 1j], {"axis": 0}, RIGHT),
        (laws.compiled_equals_eager, lambda x: x if np.sum(x) > 0 else -x, [X], {}, None),
        (laws.dtype_kept, np.tanh, [X], {}, RIGHT),
        (laws.dtype_kept, np.hypot, [0.5, 2.0], {}, RIGHT),
        (laws.dtype_kept, np.linalg.inv, [np.eye(2) + 0.1], {}, RIGHT),
        (laws.dtype_kept, np.multiply, [X + 1j, Y], {}, RIGHT),
        (laws.nothing_mutated, np.take, [Y], {"indices": np.array([0, 2])}, RIGHT),
        (laws.nothing_mutated, lambda x: np.ones(3), [X], {}, None),
        (laws.nothing_aliased, np.reshape, [X], {"shape": (3, 2)}, RIGHT),
        (laws.nothing_aliased, lambda x: np.ones(3), [X], {}, None),
        (laws.no_hidden_state, np.tanh, [X], {}, RIGHT),
        (laws.no_hidden_state, lambda x: np.ones(3), [X], {}, None),
        (laws.no_hidden_state, np.linalg.cholesky, [4 * np.eye(2)], {}, RIGHT),
    ],
)  # fmt: skip
def test_what_a_law_says(
    law: Any, operation: Any, operands: Any, params: Any, expected: Any
) -> None:
    if params.get("shape") and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        params = {"newshape": params["shape"]}
    assert law(operation, operands, params) is expected


def test_every_law_says_what_it_is() -> None:
    for law in (*laws.LAWS, laws.first_order_agreement):
        assert law.statement
        assert repr(law) == f"<law {law.name}>"
        assert getattr(laws, law.name) is law


def test_a_message_names_law_operation_operands_and_parameters() -> None:
    planted = declared(
        lambda x, *, axis: np.sum(x, axis=axis),
        lambda g, out, x, *, axis: g * g + np.zeros(np.shape(x)),
    )
    with pytest.raises(GradientCheckError) as caught:
        laws.linearity_in_the_cotangent(planted, [X.astype(np.float32)], {"axis": 0})
    law, call, where = str(caught.value).split("\n")
    assert law == "a law does not hold: Jᵀ(a u + b w) = a Jᵀu + b Jᵀw"
    assert call == "  planted(float32[2, 3], axis=0)"
    assert where.startswith("  operand 0[")


def test_a_zero_cotangent_gives_no_gradient() -> None:
    planted = declared(np.exp, lambda g, out, x: g * out + 0 * x + (np.sum(g != 0) == 0))
    with pytest.raises(GradientCheckError, match="Jᵀ 0 = 0"):
        laws.linearity_in_the_cotangent(planted, [X])


def test_infinite_gradients_in_other_places_differ() -> None:
    planted = declared(np.exp, lambda g, out, x: np.where(g > 0, np.inf, g))
    with pytest.raises(GradientCheckError, match="inf"):
        laws.linearity_in_the_cotangent(planted, [X])


def test_results_of_other_bits_on_values_are_found() -> None:
    def fun(x: Any) -> Any:
        return np.exp(x) * (1 + 1e-15 if isinstance(x, al.Value) else 1)

    with pytest.raises(GradientCheckError, match="the operation gives the same bits"):
        laws.arrays_path_is_values_path(fun, [X])


def test_rules_of_other_bits_on_values_are_found() -> None:
    planted = declared(np.exp, lambda g, out, x: g * out * (1 if isinstance(x, np.ndarray) else 2))
    with pytest.raises(GradientCheckError, match="a rule gives the same bits"):
        laws.arrays_path_is_values_path(planted, [X])


def test_a_number_that_a_program_keeps_is_found() -> None:
    kept = {}

    def keep(x: Any) -> Any:
        kept["slope"] = 2 * x
        return x * x

    planted = declared(keep, lambda g, out, x: g * kept["slope"])
    with pytest.raises(GradientCheckError, match=r"compiled program .*\n.*\n  operand 0: got "):
        laws.compiled_equals_eager(planted, [X])
    calls = count()
    counting = declared(lambda x: x + next(calls), lambda g, out, x: g)
    with pytest.raises(GradientCheckError, match=r"the total of the result: got "):
        laws.compiled_equals_eager(counting, [0.5])


def test_dtypes_of_results_and_of_values() -> None:
    def widened(x: Any) -> Any:
        return x * np.ones(3)

    with pytest.raises(GradientCheckError, match="the result has the dtype of the operands"):
        laws.dtype_kept(widened, [Y])
    assert laws.dtype_kept(widened, [Y], dtype_kept=False) is RIGHT

    def other_on_values(x: Any) -> Any:
        return x * np.ones(3) if isinstance(x, al.Value) else 2 * x

    with pytest.raises(GradientCheckError, match="the same dtype on arrays and on Values"):
        laws.dtype_kept(other_on_values, [Y])


@pytest.mark.parametrize("error", [0.0, 0.2])
@pytest.mark.parametrize("x", [0.8596369237589485, 0.5])
def test_terms_that_cancel_are_not_other_numbers(x: float, error: float) -> None:
    """Near 0.86, where the slope of x cos x is 0, half precision has no digit of it right."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * (np.cos(x) - x * np.sin(x)) + g * out * error * (x.dtype == np.float16)

    planted = declared(lambda x: x * np.cos(x), rule)
    if error:
        with pytest.raises(GradientCheckError, match="the same in all dtypes"):
            laws.dtype_kept(planted, [x])
    else:
        assert laws.dtype_kept(planted, [x]) is RIGHT


def test_numbers_too_small_for_half_precision_are_let_off() -> None:
    x, width = np.float64(-1.742e-4), np.array([0.713, 0.489])

    def rule(g: Any, out: Any, x: Any, width: Any) -> Any:
        return g * 2 * x**2 * out**2 / width**3

    planted = declared(
        lambda x, width: width**2 / (x**2 + width**2),
        lambda g, out, x, width: g * -2 * x * out**2 / width**2,
        rule,
    )
    assert laws.dtype_kept(planted, [x, width]) is RIGHT


def test_flags_leave_laws_out() -> None:
    assert laws.agreement_at_kinks(np.max, [X], ties=False) is None
    assert laws.agreement_for_complex_operands(np.exp, [X], complex_operands=False) is None
    overflowing = declared(np.exp, lambda g, out, x: g * out * 1e3 / 1e3)
    assert laws.dtype_kept(overflowing, [6 + Y], half=False) is RIGHT


def test_a_parameter_that_is_written_into_is_found() -> None:
    def rule(g: Any, out: Any, x: Any, *, factors: Any) -> Any:
        gradient = g * factors
        factors *= 2
        return gradient

    planted = declared(lambda x, *, factors: x * factors, rule)
    with pytest.raises(GradientCheckError, match=r"parameter factors .* changed in place"):
        laws.nothing_mutated(planted, [Y], {"factors": np.ones(3)})


def test_an_operation_that_writes_into_values_is_found() -> None:
    def forward(x: Any) -> Any:
        np.multiply(x, 2, out=x)
        return x + 0.0

    def on_values(x: Any) -> Any:
        if isinstance(x, al.Value):
            forward(x.data)
        return x * 1.0

    for operation in (declared(forward, lambda g, out, x: g), on_values):
        with pytest.raises(GradientCheckError, match="the operation does not write into"):
            laws.nothing_mutated(operation, [Y])


def test_rules_for_arrays_alone_obey_the_laws_of_first_order() -> None:
    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * np.frompyfunc(lambda t: 2 * t, 1, 1)(x).astype(x.dtype)

    planted = declared(np.square, rule)
    found = check_laws(planted, [Y], laws=laws.FIRST_ORDER)
    assert found[RIGHT] >= 6
    with pytest.raises(GradientCheckError, match="on Values it raises"):
        check_laws(planted, [Y], laws=[laws.arrays_path_is_values_path])


def test_nothing_to_check_is_refused() -> None:
    with pytest.raises(ArgumentError, match="argmax returned no array of floats"):
        laws.nothing_mutated(np.argmax, [X])
    with pytest.raises(ArgumentError, match="got no laws"):
        gradient_laws(np.exp, [X], laws=[])


# Domains, and tests made of laws


@pytest.mark.parametrize(
    ("domain", "calls"),
    [
        (domains.of_one(), 6),
        ([X], 1),
        (lambda rng: [rng.normal(size=3)], 1),
    ],
)
def test_where_operands_come_from(domain: Any, calls: int) -> None:
    run = Run("ci")
    laws.check_law(laws.linearity_in_the_cotangent, np.tanh, domain, run)
    assert run.laws == {RIGHT: 3 * calls}
    assert run.lines()[0].startswith(f"laws: {3 * calls} hold, 0 at a kink")


def test_a_broken_law_is_counted_with_a_note() -> None:
    run = Run("dev", 5)
    planted = declared(np.exp, lambda g, out, x: -g * out)
    with pytest.raises(GradientCheckError) as caught:
        laws.check_law(laws.numeric_agreement, planted, [X], run)
    assert caught.value.__notes__ == ["found by numeric_agreement, --gradcheck-seed=5"]
    assert run.laws == {Verdict.WRONG: 1}


def test_operands_are_drawn_again_where_differences_are_too_noisy() -> None:
    """log(x) is defined for half of the draws."""
    drawn: list[float] = []

    def draw(rng: np.random.Generator) -> list[Any]:
        drawn.append(-1.0 if not drawn else 1.0)
        return [np.float64(drawn[-1])]

    with np.errstate(invalid="ignore"):
        (again,) = draws(draw, {}, {})
        rng = np.random.default_rng(0)
        assert outcome(laws.first_order_agreement, np.log, again, rng) is RIGHT
        assert drawn == [-1.0, 1.0]
        (always,) = draws([-1.0], {}, {})
        with pytest.raises(GradientCheckError, match="inconclusive"):
            outcome(laws.first_order_agreement, np.log, always, rng)


def test_points_of_a_domain_are_apart_and_differ_with_the_seed() -> None:
    domain = domains.of_two(domains.interval(0.0, 1.0), domains.interval(0.0, 1.0))
    seen = set()
    for seed in range(100):
        x, y = domain.operands([(2, 3), (4,)], np.random.default_rng(seed))
        points = np.sort(np.concatenate([x.ravel(), y]))
        assert np.min(np.diff(points)) >= 0.4 / 10 - 1e-12
        seen.add(points[0])
    assert len(seen) == 100
    with pytest.raises(AttributeError, match="no attribute 'NAMES'"):
        domains.NAMES  # noqa: B018


test_tanh = gradient_laws(np.tanh, domains.of_one())
test_a_sum = gradient_laws(np.sum, [X], params={"axis": 0}, laws=laws.FIRST_ORDER)


def test_an_operand_gets_no_numbers_from_outside_of_its_domain() -> None:
    def product(x: Any, t: Any) -> Any:
        return x * np.sqrt(np.maximum(t, 0))

    scaled_root = Primitive(
        product,
        (
            lambda g, out, x, t: g * np.sqrt(t),
            lambda g, out, x, t: g * x / (2 * np.sqrt(t)),
        ),
        "scaled_root",
        variadic=False,
        real_only=True,
    )
    domain = domains.of_two(domains.REAL, domains.POSITIVE)
    assert not domain.has_interchangeable_operands()
    assert domains.of_two(domains.POSITIVE, domains.POSITIVE).has_interchangeable_operands()
    assert domains.of_two(domains.interval(0, 1)).has_interchangeable_operands()
    for law in (laws.agreement_at_kinks, laws.repeated_operand):
        for draw in draws(domain, {}, {}):
            outcome(law, scaled_root, draw, np.random.default_rng(0))
