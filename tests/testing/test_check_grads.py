"""check_grads: right, wrong, not differentiable here, inconclusive, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops
from autograd_lite.errors import ArgumentError, GradientCheckError, ShapeError
from autograd_lite.primitive import Primitive, no_rule
from autograd_lite.testing import Verdict, check_grads, gradient_report
from autograd_lite.testing.verdicts import by_severity

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]])
Y = np.array([0.6, 1.4, -0.9])
POSITIVE = np.abs(X)


def operation(forward: Callable[..., Any], *rules: Any, **options: Any) -> Primitive:
    """Return a primitive that is in no registry."""
    return Primitive(forward, rules, options.get("name", "planted"), options.get("variadic", False))


def verdict(fun: Callable[..., Any], *args: Any, **options: Any) -> Verdict:
    return gradient_report(fun, args, **options).verdict


# Right


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (np.tanh, [X]),
        (np.multiply, [X, Y]),
        (np.multiply, [X, X[:, :1]]),
        (np.matmul, [X, X.T]),
        (np.exp, [0.3]),
        (np.exp, [np.float64(-700.0)]),
        (np.log, [np.array([1e-8, 1.0, 1e8])]),
        (np.sin, [1e5]),
        (lambda x: x**3, [1e-6]),
        (lambda x: 1e-30 * x**2, [3.0]),
        (lambda x: 1e6 + x, [1.0]),
        (np.floor, [np.array([0.2, 1.7, 0.999])]),
        (np.prod, [np.array([0.0, 0.0, 2.0])]),
        (lambda x: x.exp().sum() * 2 + x[0, 1], [X]),
        (lambda x, n: x**n, [POSITIVE, 3]),
        (np.sum, [np.zeros((0, 3))]),
        (np.exp, [np.zeros((2, 0))]),
        (lambda x: x[:0], [Y]),
        (lambda x: np.sum(x) * 0, [np.zeros(3)]),
        (ops.where, [X > 0, X, Y]),
        (operation(np.hypot, lambda g, out, x, y: g * x / out, no_rule("unknown")), [X, Y]),
        (ops.cross_entropy, [X, np.array([2, 0])]),
        (np.stack, [[Y, Y]]),
        (lambda tree: np.sum(tree["a"] * tree["b"][0]) + tree["b"][1], [{"a": X, "b": [Y, 2.0]}]),
        (lambda x: {"a": x**2, "b": (np.sum(x), x > 0, 3.0, "text")}, [X]),
        (lambda x: al.grad(lambda y: np.sum(np.sin(y) * x))(Y), [X]),
        (lambda x: 3.0, [X]),
        (lambda x: x * 2.0, [al.Value(X)]),
        (np.exp, [X + 0.5j * X]),
        (np.multiply, [0.3 - 0.2j, Y]),
        (lambda z: np.sum(np.abs(z) ** 2 * np.conj(z)), [X * (1 + 0.3j)]),
        (np.real, [(X + 1j).astype(np.complex64)]),
    ],
)
def test_right(fun: Any, args: Any) -> None:
    report = check_grads(fun, args)
    assert report.verdict is Verdict.RIGHT
    assert report.passed
    assert {check.order for check in report.checks} == {1, 2}


def test_no_false_alarm_whatever_the_seed() -> None:
    def fun(x: Any, y: Any) -> Any:
        return np.sum(np.tanh(x @ y) ** 2 / (1 + np.exp(-x)), axis=0) * np.log(1 + y**2)

    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(3, 3)), rng.normal(size=3)
        assert check_grads(fun, [x, y], rng=seed).verdict is Verdict.RIGHT


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_low_precision_is_compared_with_differences_in_float64(dtype: Any) -> None:
    check_grads(lambda x, y: np.sum(np.exp(x) * y), [X.astype(dtype), Y.astype(dtype)])
    wrong = operation(np.exp, lambda g, out, x: g * out * 1.5)
    with pytest.raises(GradientCheckError):
        check_grads(wrong, [X.astype(dtype)])


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second, other = (gradient_report(np.tanh, [X], rng=seed) for seed in (1, 1, 2))
    assert first == second != other
    assert gradient_report(np.tanh, [X]) == gradient_report(np.tanh, [X], rng=0)


def test_a_named_tuple_stays_one() -> None:
    class Point(NamedTuple):
        x: Any
        y: Any

    report = check_grads(lambda point: point.x * point.y, [Point(2.0, Y)])
    assert [check.operand for check in report.checks[:2]] == ["operand 0[0]", "operand 0[1]"]


def test_a_report_reads_well() -> None:
    text = str(gradient_report(np.tanh, [X], order=1))
    first, second, third, got, expected = text.split("\n")
    assert first == "gradients of tanh:"
    assert second == "order 1, operand 0: right"
    assert third == "  in the sum of the results with random weights"
    assert got.split()[1][:10] == expected.split()[1][:10]


def test_orders() -> None:
    assert {c.order for c in check_grads(np.tanh, [X], order=1).checks} == {1}
    assert {c.order for c in check_grads(np.tanh, [X], order=3).checks} == {1, 2, 3}


def test_complex_numbers_in_both_directions_of_the_plane() -> None:
    """The convention is ∂f/∂x − i ∂f/∂y: a conjugate too many shows in the imaginary part."""
    planted = operation(np.exp, lambda g, out, x: g * np.conj(out))
    check = gradient_report(planted, [np.array([0.5j, 0.3 + 0.2j])]).checks[-1]
    assert check.verdict is Verdict.WRONG
    absolute = operation(lambda z: z.real**2 + z.imag**2, lambda g, out, z: 2 * g * z)
    message = str(gradient_report(absolute, [0.3 + 0.2j]).checks[-1])
    assert message.startswith("order 1, operand 0 = 0.3+0.2j (imaginary part): wrong")


# Wrong: bugs of many kinds, in the first derivative


def ignores_axis(g: Any, out: Any, x: Any, *, axis: Any = None) -> Any:
    return np.broadcast_to(g / x.size, x.shape) if axis is None else np.broadcast_to(g, x.shape)


PLANTED: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "wrong sign": (operation(np.cos, lambda g, out, x: g * np.sin(x)), [X]),
    "missing factor": (operation(np.square, lambda g, out, x: g * x), [X]),
    "missing g": (operation(np.exp, lambda g, out, x: out), [X]),
    "g twice": (operation(np.exp, lambda g, out, x: g * g * out), [X]),
    "missing term": (operation(lambda x: x * np.exp(x), lambda g, out, x: g * np.exp(x)), [X]),
    "swapped operands": (
        operation(np.divide, lambda g, out, x, y: g / x, lambda g, out, x, y: -g * out / y),
        [POSITIVE, Y],
    ),
    "operand forgotten": (
        operation(np.multiply, lambda g, out, x, y: g * y, lambda g, out, x, y: 0 * g),
        [X, Y],
    ),
    "None for an operand that matters": (
        lambda x: operation(np.multiply, lambda g, out, x, y: g * y, None)(x, x),
        [X],
    ),
    "graph cut": (lambda x: x.detach() * x, [X]),
    "wrong axis": (
        operation(
            lambda x: np.cumsum(x, 0), lambda g, out, x: np.flip(np.cumsum(np.flip(g, 1), 1), 1)
        ),
        [X],
    ),
    "not flipped": (operation(np.cumsum, lambda g, out, x: np.cumsum(g)), [Y]),
    "forgotten transpose": (
        operation(
            np.matmul,
            lambda g, out, x, y: g @ y,
            lambda g, out, x, y: np.swapaxes(x, -1, -2) @ g,
        ),
        [X[:, :2], X[:, 1:]],
    ),
    "transposed gradient": (operation(lambda x: 2 * x, lambda g, out, x: 2 * g.T), [X[:, :2]]),
    "parameter ignored": (
        lambda x: operation(
            lambda x, *, factor: factor * x, lambda g, out, x, *, factor=1.0: g, name="scale"
        )(x, factor=3.0),
        [X],
    ),
    "mean as sum": (lambda x: operation(np.mean, ignores_axis)(x, axis=0), [X]),
    "one element": (operation(np.sin, lambda g, out, x: g * np.cos(x) * (x != 0.4)), [X]),
    "outer product summed over the wrong axis": (
        operation(
            np.multiply,
            lambda g, out, x, y: np.sum(g * y, axis=0, keepdims=True).T,
            lambda g, out, x, y: g * x,
        ),
        [X[:, :1][:2], X[:, :2].T[:1]],
    ),
    "ties counted twice": (
        operation(
            np.max, lambda g, out, x: np.where(np.reshape(out, (1, 1)) == x, g, 0.0)
        ),
        [np.array([[1.0, 1.0]])],
    ),
    "scaled in float32": (
        operation(np.exp, lambda g, out, x: g * out * np.float32(1.0000002)), [X]
    ),
    "variadic parts exchanged": (
        operation(
            lambda *xs: np.stack(xs),
            lambda g, out, *xs, positions: [g[len(xs) - 1 - i] for i in positions],
            variadic=True,
        ),
        [Y, 2 * Y],
    ),
    "nan": (operation(np.exp, lambda g, out, x: g * out / (x - x)), [X]),
    "infinite": (operation(np.exp, lambda g, out, x: g * np.inf), [X]),
    "absolute at 0": (operation(np.abs, lambda g, out, x: g * (2.0 - 4 * (x < 0))), [0.0]),
    "relu at 0": (operation(lambda x: np.maximum(x, 0), lambda g, out, x: g * 1.1), [0.0]),
    "norm at 0": (lambda x: np.sqrt(np.sum(x * x)), [np.zeros(2)]),
    "square root at 0": (operation(np.sqrt, lambda g, out, x: 0 * g), [0.0]),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    fun, args = PLANTED[bug]
    for seed in range(5):
        with np.errstate(all="ignore"):
            report = gradient_report(fun, args, rng=seed)
        assert report.verdict is Verdict.WRONG, report
        assert report.checks[-1].order == 1
        assert not report.passed


def test_a_wrong_second_derivative_is_found() -> None:
    """The rule is right as a number, and hides what it depends on."""
    square = operation(np.square, lambda g, out, x: g * 2 * getattr(x, "data", x))
    assert verdict(square, X, order=1) is Verdict.RIGHT
    report = gradient_report(square, [X])
    assert report.verdict is Verdict.WRONG
    assert report.checks[-1].order == 2


def test_the_message_names_function_operand_element_got_and_expected() -> None:
    def rule_of_y(g: Any, out: Any, x: Any, y: Any) -> Any:
        return g * x * np.where(np.arange(3) == 2, -1, 1)

    planted = operation(np.multiply, lambda g, out, x, y: g * y, rule_of_y, name="times")
    with pytest.raises(GradientCheckError) as caught:
        check_grads(planted, [2 * np.ones(3), Y])
    message = str(caught.value)
    assert message.startswith("wrong gradient of times\norder 1, operand 1[2] = -0.9: wrong\n")
    assert "  in element [2] of the result\n  got       -2\n  expected  2 ± " in message
    assert "\n  got = -expected: a wrong sign\nthe smallest operands that show it:\n" in message
    check = max(caught.value.report.checks, key=by_severity)
    assert (check.operand, check.element, check.result) == ("operand 1", (2,), (2,))
    assert check.got == -2
    assert check.expected.value == pytest.approx(2)
    assert isinstance(caught.value, AssertionError)


@pytest.mark.parametrize(
    ("factor", "hint"),
    [(0, "cut"), (0.5, "0.5 times expected"), (-2, "-2 times"), (3, "3 times"), (1.3, "")],
)
def test_hints(factor: float, hint: str) -> None:
    planted = operation(np.exp, lambda g, out, x: g * out * factor)
    text = str(gradient_report(planted, [1.0]).checks[-1])
    assert hint in text
    assert ("got =" in text) == bool(hint)


def test_the_operand_in_a_tree_is_named() -> None:
    tree = {"scale": [1.0, Y], 3: X}
    with pytest.raises(GradientCheckError, match=r"operand 1\['scale'\]\[1\]\[\d\] = "):
        check_grads(lambda x, t: np.sum(x * t["scale"][1].data * t[3]), [X, tree])


def test_a_gradient_of_a_wrong_shape_is_named() -> None:
    planted = operation(np.exp, lambda g, out, x: np.sum(g * out), name="lazy")
    with pytest.raises(GradientCheckError, match="wrong gradient of lazy\nthe rule for operand 0"):
        check_grads(planted, [X])
    with pytest.raises(ShapeError, match="operand 0 of lazy"):
        np.sum(planted(al.Value(X))).backward()


def test_one_wrong_element_of_many_is_found_by_halving() -> None:
    x = np.linspace(1, 2, 1000)
    calls = 0

    def forward(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return np.sin(x)

    planted = operation(forward, lambda g, out, x: g * np.cos(x) * (1 + 1e-3 * (x == 1.0)))
    report = gradient_report(planted, [x])
    assert report.checks[0].element == (0,)
    assert calls < 900


def test_every_element_by_itself() -> None:
    """A tiny element's gradient is lost in the sum; by itself it is not."""
    x = np.array([1e-12, 1.0])
    planted = operation(np.square, lambda g, out, x: np.where(x < 1e-6, -2, 2) * g * x)
    assert verdict(planted, x) is Verdict.RIGHT
    assert verdict(planted, x, every_element=True) is Verdict.WRONG
    assert verdict(np.square, x, every_element=True) is Verdict.RIGHT


# Not differentiable here


KINKS: dict[str, tuple[Callable[..., Any], Any, float, float]] = {
    "abs": (np.abs, [0.0, 2.0, -1.0], -1, 1),
    "relu": (ops.relu, [0.0, 1.0], 0, 1),
    "max": (np.max, [1.0, 1.0, 0.5], 0, 1),
    "min of three": (np.min, [1.0, 1.0, 1.0], 0, 1),
    "clip": (lambda x: np.clip(x, 0.0, 1.0), [1.0, 0.5], 0, 1),
    "allowed slopes that add up to none": (
        lambda x: np.stack([ops.relu(x), -np.clip(x, 0.0, 1.0)]), [0.0, 0.5], 0, 1
    ),
    "std of a constant": (np.std, [1.0, 1.0], -0.5, 0.5),
    "kinks and curvature": (lambda x: np.abs(x) * np.exp(x), [0.0, 1.0], -1, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", KINKS)
def test_a_gradient_that_a_kink_allows(name: str) -> None:
    fun, x, left, right = KINKS[name]
    for seed in range(5):
        report = check_grads(fun, [np.array(x)], rng=seed)
        (check,) = report.checks
        assert check.verdict is Verdict.NOT_DIFFERENTIABLE
        sides = sorted([check.left.value, check.right.value])
        assert sides == pytest.approx([left, right])
        assert check.order == 1


def test_infinite_slopes() -> None:
    root = gradient_report(np.sqrt, [0.0]).checks[0]
    assert root.verdict is Verdict.NOT_DIFFERENTIABLE
    assert root.right.value == np.inf
    assert not root.left.known
    cube_root = operation(np.cbrt, lambda g, out, x: g / (3 * out * out))
    check = gradient_report(cube_root, [0.0]).checks[0]
    assert check.verdict is Verdict.NOT_DIFFERENTIABLE
    assert check.left.value == check.right.value == np.inf


def test_the_end_of_a_domain_has_one_slope() -> None:
    def power(x: Any) -> Any:
        return np.where(x.data >= 0, 1.0, np.nan) * x * 2

    assert verdict(power, 0.0) is Verdict.NOT_DIFFERENTIABLE
    planted = operation(
        lambda x: np.where(x >= 0, 2.0, np.nan) * x, lambda g, out, x: np.ones_like(g)
    )
    assert verdict(planted, 0.0) is Verdict.WRONG


def test_a_jump_has_no_slope() -> None:
    for fun in (np.floor, np.sign):
        assert verdict(fun, np.array([0.0, 0.5])) is Verdict.NOT_DIFFERENTIABLE


def test_at_a_jump_a_gradient_is_that_of_the_pieces_beside_it() -> None:
    def sawtooth(x: Any) -> float:
        return float(np.sum(x - np.floor(x)))

    def report(slope: float, *x: float) -> Any:
        return gradient_report(
            sawtooth, [np.array(x)], gradient=lambda x: np.full_like(x, slope), order=1
        )

    for x in ([1.0], [1.0, 1.5], [1.0, 2.0, 0.3]):
        assert report(1.0, *x).passed
        for slope in (-99.0, -1.0, 0.0, 1.1, 99.0, np.inf, np.nan):
            assert report(slope, *x).verdict is Verdict.WRONG
    assert "from the left 1 ± " in str(report(-99.0, 1.0))
    step = operation(np.heaviside, lambda g, out, x, y: 7 * g, lambda g, out, x, y: 0 * g)
    assert verdict(lambda x: step(x, 0.5), 0.0) is Verdict.WRONG


def test_a_rule_that_writes_into_its_operand_is_not_right() -> None:
    def writes(g: Any, out: Any, x: Any) -> Any:
        slope = 2 * g * x
        x[...] = 0
        return slope

    square = operation(lambda x: x * x, writes)
    for fun in (square, lambda x: square(x) + np.sin(x)):
        with pytest.raises(GradientCheckError, match=r"operand 0 was changed .* writes into"):
            check_grads(fun, [np.array([1.0, 2.0])])


def test_where_there_are_no_values_the_message_says_so() -> None:
    with pytest.raises(GradientCheckError, match="no finite values"):
        check_grads(np.sqrt, [-1.0])


def test_right_slopes_along_all_axes_do_not_make_a_gradient() -> None:
    def cone(x: Any) -> Any:
        """Homogeneous of degree 1, and 0 on both axes."""
        a, b = x[0], x[1]
        square = a * a + b * b
        return np.where(square > 0, a * a * b / np.where(square > 0, square, 1.0), 0.0)

    assert verdict(cone, np.zeros(2)) is Verdict.NOT_DIFFERENTIABLE


def test_a_kink_nearby_is_no_kink_here() -> None:
    for x in (1e-3, -1e-5, 1e-12):
        assert verdict(np.abs, x) is Verdict.RIGHT
        assert verdict(lambda x: np.maximum(x, 1.0), 1.0 + x) is Verdict.RIGHT or abs(x) < 1e-8


@pytest.mark.parametrize(
    ("fun", "x", "side"),
    [
        (np.exp, 0.3, "both sides"),
        (np.abs, 0.0, "each side"),
        (np.sqrt, 0.0, "the right"),
        (lambda x: np.sqrt(-x), 0.0, "the left"),
        (np.log, -1.0, "neither side"),
    ],
)
def test_from_which_side_there_is_a_slope(fun: Any, x: float, side: str) -> None:
    assert gradient_report(fun, [x], order=1).checks[0].side == side


# Inconclusive


def test_noise_is_inconclusive_and_not_right() -> None:
    def rounded(x: Any) -> Any:
        return ops.astype(np.sin(ops.astype(x, dtype=np.float32)), dtype=np.float64)

    assert verdict(rounded, 0.7, order=1) is Verdict.INCONCLUSIVE
    with pytest.raises(GradientCheckError, match=r"inconclusive check of rounded(.*\n)+.*rtol"):
        check_grads(rounded, [0.7])
    assert verdict(rounded, 0.7, order=1, rtol=1e-3) is Verdict.RIGHT
    planted = operation(np.exp, lambda g, out, x: -g * out)
    assert verdict(lambda x: rounded(x) + planted(x), 0.7, order=1) is Verdict.WRONG


def test_outside_of_the_domain_is_inconclusive() -> None:
    assert verdict(np.log, -1.0) is Verdict.INCONCLUSIVE
    assert "no limit" in str(gradient_report(np.log, [-1.0]))


def test_tolerances_matter() -> None:
    planted = operation(np.exp, lambda g, out, x: g * out * (1 + 1e-4))
    assert verdict(planted, X) is Verdict.WRONG
    assert verdict(planted, X, rtol=1e-3) is Verdict.RIGHT
    assert verdict(planted, X, atol=1e-2) is Verdict.RIGHT
    assert verdict(planted, X, atol=1e-8) is Verdict.WRONG


# Arguments


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: check_grads(np.exp, [X], modes=("fwd",)), ArgumentError, "modes"),
        (lambda: check_grads(np.exp, [X], order=0), ArgumentError, "order"),
        (lambda: check_grads(np.exp, [3]), ArgumentError, "no operand to differentiate"),
        (lambda: check_grads(np.argmax, [X]), ArgumentError, "argmax, which returned no"),
    ],
)
def test_arguments_are_checked(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call()


def test_one_array_needs_no_list() -> None:
    assert check_grads(np.exp, X) == check_grads(np.exp, [X])


# A second look


def test_shared_ties_are_one_of_the_gradients_that_a_kink_allows() -> None:
    """None of three equal numbers can change their median by itself; together they do."""
    for fun in (np.median, np.sort):
        for seed in range(20):
            report = gradient_report(fun, [np.array([0.5, 0.5, 2.0, 0.5, -1.0])], rng=seed)
            assert report.verdict is Verdict.NOT_DIFFERENTIABLE, report
    counted_twice = operation(np.median, lambda g, out, x: g * (x == out))
    assert verdict(counted_twice, np.array([0.5, 0.5, 0.5])) is Verdict.WRONG


def test_a_gradient_without_digits_is_inconclusive() -> None:
    """The deviations from the mean are rounding errors; in extended precision they are right."""
    x = np.array([-2.4080467512098718, -2.4080467512098713])
    if np.finfo(np.longdouble).eps < np.finfo(np.float64).eps:
        assert verdict(np.std, x) is Verdict.INCONCLUSIVE


def test_rounding_is_measured_before_anything_is_called_wrong() -> None:
    def cancelling(x: Any) -> Any:
        return (1e9 + np.sin(x)) - 1e9

    for x in np.linspace(0.1, 3.0, 40):
        assert verdict(cancelling, x, order=1) is not Verdict.WRONG
        assert verdict(lambda x: 1 - np.tanh(x) ** 2, 8 + x) is not Verdict.WRONG


def test_a_gradient_on_a_staircase_is_not_called_wrong() -> None:
    """The derivative of tanh, 1 - out², comes in steps of 1e-16 where it is 1e-14."""
    report = gradient_report(lambda x: np.tanh(5 * np.abs(x - 1.0)), [-2.4862620605835897])
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.checks[-1].order == 2


def test_the_complex_step_helps_where_rounding_hides_the_slope() -> None:
    report = gradient_report(lambda x: (1e9 + np.sin(x)) - 1e9, [0.7], order=1)
    assert report.checks[0].expected.error < 1e-12


def test_the_complex_step_is_not_believed_where_a_function_is_not_analytic() -> None:
    def slope_of_zero(x: Any) -> Any:
        """Return 1e9 + sin(x), whose imaginary part is lost."""
        return (1e9 + np.sin(np.real(x)) + 0 * x) - 1e9

    def raises(x: Any) -> Any:
        if np.iscomplexobj(getattr(x, "data", x)):
            raise ValueError("real numbers only")
        return (1e9 + np.sin(x)) - 1e9

    def nan(x: Any) -> Any:
        return (1e9 + np.sin(x)) - 1e9 + x * (np.nan if np.iscomplexobj(x.data) else 0)

    for fun in (slope_of_zero, raises, nan, lambda x: (1e9 + np.abs(np.sin(x))) - 1e9):
        assert verdict(fun, 0.7, order=1) is Verdict.INCONCLUSIVE


def test_an_infinite_slope_that_grows_too_slowly_to_show_is_inconclusive() -> None:
    assert verdict(lambda x: x**0.95, 0.0) is Verdict.INCONCLUSIVE


def test_lists_are_arrays_to_a_primitive() -> None:
    planted = operation(np.exp, lambda g, out, x: g * out)
    (check, _) = check_grads(planted, [[0.5, 1.0]]).checks
    assert check.operand == "operand 0"


# Points near kinks, drawn by chance


NEAR_KINKS: list[Callable[..., Any]] = [
    np.abs,
    ops.relu,
    lambda x: np.clip(x, 0.0, 1.0),
    np.max,
    np.sort,
    np.median,
    np.linalg.norm,
    lambda x: np.maximum(x, x[::-1]),
    np.sign,
    np.std,
    lambda x: np.abs(np.sin(20 * x)),
    lambda x: np.where(x > 0, x**2, -x),
]


def near_a_kink(rng: np.random.Generator) -> Any:
    """Return a few numbers, some of them at 0, 0.5, 1 or each other, or at a distance down to 0."""
    size = int(rng.integers(1, 6))
    x = rng.normal(size=size)
    distances = 10.0 ** rng.uniform(-17, -1, size) * rng.choice([-1, 0, 1], size)
    return np.where(rng.random(size) < 0.5, rng.choice([0.0, 0.5, 1.0, x[0]], size) + distances, x)


@pytest.mark.parametrize("first", range(0, 600, 100))
def test_points_near_a_kink_are_never_called_wrong(first: int) -> None:
    for seed in range(first, first + 100):
        rng = np.random.default_rng(seed)
        fun, x = NEAR_KINKS[seed % len(NEAR_KINKS)], near_a_kink(rng)
        report = gradient_report(fun, [x], rng=rng)
        assert report.verdict is not Verdict.WRONG, (seed, x, report)


# The smallest operands


def test_the_smallest_operands_of_a_wrong_gradient() -> None:
    planted = operation(
        np.matmul, lambda g, out, x, y: g @ y.T, lambda g, out, x, y: 1.5 * x.T @ g, name="mm"
    )
    with pytest.raises(GradientCheckError) as caught:
        check_grads(planted, [1.2345 * X, X.T])
    x, y = caught.value.report.smallest
    assert (x.shape, y.shape) == ((1, 1), (1, 1))
    assert np.array_equal(x, np.round(x, 1))
    assert f"  operand 0 = np.array({x.tolist()})\n" in str(caught.value)


def test_what_a_mistake_needs_is_kept() -> None:
    """It shows with a 2 among the first operand's elements only, in float32, and with one flag."""

    def rule(g: Any, out: Any, x: Any, *, twice: bool) -> Any:
        return g * np.where(np.any(x == 2), 3, 2) if twice else g

    planted = Primitive(
        lambda x, *, twice: x * (2 if twice else 1), (rule,), "planted", variadic=False
    )
    with pytest.raises(GradientCheckError) as caught:
        check_grads(
            lambda tree, twice: planted(tree["x"], twice=twice),
            [{"x": np.arange(9, dtype=np.float32).reshape(3, 3) / 2}, True],
        )
    tree, twice = caught.value.report.smallest
    assert tree["x"] == 2
    assert tree["x"].dtype == np.float32
    assert twice is True
    assert "  operand 0['x'] = np.float32(2.0)\n  operand 1 = True" in str(caught.value)
