"""Backpropagation: what ends in .grad, which arrays it uses, what it costs, and what it frees."""

from __future__ import annotations

import functools
import gc
import sys
import tracemalloc
import weakref
from collections import Counter
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.backward import backward, recorded_nodes
from autograd_lite.errors import (
    ArgumentError,
    ConversionError,
    DtypeError,
    GraphError,
    ShapeError,
)
from autograd_lite.primitive import numpy_functions, registry
from tests.helpers import all_nodes, bits, collector_off, gradient, gradients, leaves_of, work


@pytest.fixture(autouse=True)
def _registry_as_before() -> Any:
    """Forget the primitives that a test declares."""
    declared, functions = dict(registry), dict(numpy_functions)
    yield
    for table, before in ((registry, declared), (numpy_functions, functions)):
        table.clear()
        table.update(before)  # type: ignore[arg-type]


# Sums over paths


def test_diamond() -> None:
    x = al.Value(3.0)
    y = x * x
    z = y * x + np.exp(0 * y)
    z.backward()
    assert x.grad == 27
    assert y.grad == 3


def test_intermediate_used_twice_micrograd_issue_64() -> None:
    """b = a + a; c = b + b: a naive recursion visits b before all of its uses are summed."""
    a = al.Value(-4.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)


def test_a_value_used_at_different_depths() -> None:
    x = al.Value(2.0)
    a = x * 3
    b = a * a
    (b * a * x).backward()  # 27 x^4
    assert x.grad == 27 * 4 * 8


def test_operands_keep_their_multiplicity() -> None:
    assert gradient(lambda x: x + x, 3.0) == 2
    assert gradient(lambda x: x - x, 3.0) == 0
    assert gradient(lambda x: x * x * x, 3.0) == 27
    assert gradient(lambda x: x / x, 3.0) == 0
    assert gradient(lambda x: np.stack([x, x, x]), 3.0, np.array([1.0, 10.0, 100.0])) == 111
    square = [[1.0, 2.0], [3.0, 4.0]]
    linear = gradient(lambda x: np.sum(al.ops.linear(x, x, x[0])), square)
    assert linear.tolist() == [[8 + 2, 12 + 2], [8, 12]]


def test_a_wide_fan_out() -> None:
    x = al.Value(1.5)
    total = sum(x * float(i) for i in range(10_000))
    total.backward()
    assert x.grad == sum(range(10_000))


def test_joining_many_values_costs_work_linear_in_their_number() -> None:
    def work_for(count: int) -> int:
        joined = np.concatenate([al.Value([1.0]) for _ in range(count)])
        return work(lambda: joined.backward(np.ones(joined.shape)))

    assert work_for(800) < 8.5 * work_for(100)


def test_a_leaf_is_its_own_root() -> None:
    x = al.Value(2.0)
    x.backward()
    assert x.grad == 1
    x.backward(3.0)
    assert x.grad == 4


def test_broadcast_operands_get_the_sum() -> None:
    x, y = leaves_of(np.ones((4, 1)), np.ones((1, 3)))
    (x * y + 1.0).sum().backward()
    assert x.grad.tolist() == [[3]] * 4
    assert y.grad.tolist() == [[4] * 3]
    empty, one = leaves_of(np.ones((4, 0)), np.ones((4, 1)))
    (empty + one).sum().backward()
    assert (empty.grad.shape, one.grad.tolist()) == ((4, 0), [[0]] * 4)


# What is stored


def test_leaves_accumulate_and_intermediates_keep_the_latest() -> None:
    x = al.Value([1.0, 2.0])
    y = x * 3
    y.backward(np.ones(2))
    first = x.grad
    y.backward(np.array([10.0, 10.0]))
    assert y.grad.tolist() == [10, 10]
    assert x.grad.tolist() == [33, 33]
    assert first.tolist() == [3, 3], "accumulated out of place"
    x.grad = None
    y.backward(np.ones(2))
    assert x.grad.tolist() == [3, 3]


def test_backward_twice_on_one_graph_accumulates_exactly() -> None:
    x = al.Value(2.0)
    y = x * x * x * 2.0
    y.backward()
    assert x.grad == 24
    y.backward()
    assert x.grad == 48
    y.backward(create_graph=True)
    assert x.grad.data == 72
    x.grad = None


def test_two_roots_over_one_graph() -> None:
    x = al.Value(2.0)
    shared = x * x
    left, right = shared * 3, shared * shared
    left.backward()
    assert (x.grad, shared.grad, right.grad) == (12, 3, None)
    right.backward()
    assert (x.grad, shared.grad, left.grad) == (12 + 32, 8, 1)


def test_every_value_on_the_way_keeps_its_gradient() -> None:
    x = al.Value([1.0, -2.0])
    root = np.sum(np.tanh(x * 2))
    root.backward()
    for value in recorded_nodes(root):
        assert value.grad.shape == value.shape
        assert value.grad.dtype == value.dtype


def test_leaves_only_keeps_the_gradients_of_leaves_alone() -> None:
    x, y = leaves_of([1.0, 2.0], 3.0)
    product = x * y
    root = product.sum()
    root.backward(leaves_only=True)
    assert (x.grad.tolist(), y.grad) == ([3, 3], 3)
    assert (product.grad, root.grad) == (None, None)
    leaf = al.Value(1.0)
    leaf.backward(leaves_only=True)
    assert leaf.grad == 1


def test_gradients_of_what_takes_no_part_stay_none() -> None:
    x, unused, constant = al.Value(2.0), al.Value(1.0), al.Value(3.0, requires_grad=False)
    mask = x > 1
    (x * constant * mask).backward()
    assert (unused.grad, constant.grad, mask.grad) == (None, None, None)
    assert x.grad == 3
    condition = al.Value(1.0)
    np.where(condition, x, 0.0).backward()
    assert condition.grad is None


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
@pytest.mark.parametrize("leaves_only", [False, True])
def test_no_two_gradients_share_memory(shape: tuple[int, ...], leaves_only: bool) -> None:
    """Addition hands one array to both of its operands; transposition hands on a view."""
    a, b = leaves_of(np.ones(shape), np.ones(shape))
    seed = np.ones(shape)
    root = ((a + b) + (a.T + 0.0)).reshape(shape) + b
    root.backward(seed, leaves_only=leaves_only)
    nodes = all_nodes(root)
    grads = [seed, *(value.grad for value in nodes if value.grad is not None)]
    for number, grad in enumerate(grads):
        assert not any(np.shares_memory(grad, other) for other in grads[:number])
        assert not any(np.shares_memory(grad, value.data) for value in nodes)


def test_a_fresh_gradient_that_addition_hands_to_both_operands_is_stored_once() -> None:
    """2 g is no view of anything: only its identity tells that it was stored before."""
    a, b = leaves_of([1.0, 1.0], [1.0, 1.0])
    total = a + b
    (total * 2.0).backward(np.ones(2))
    assert not np.shares_memory(a.grad, b.grad)
    assert not np.shares_memory(a.grad, total.grad)
    assert not np.shares_memory(b.grad, total.grad)


def test_writing_into_one_gradient_changes_no_other() -> None:
    a, b = leaves_of([1.0, 1.0], [1.0, 1.0])
    total = a + b
    total.backward(np.ones(2))
    a.grad[:] = 7
    assert b.grad.tolist() == total.grad.tolist() == [1, 1]
    total.backward(np.ones(2))
    assert (a.grad.tolist(), b.grad.tolist()) == ([8, 8], [2, 2])


def test_a_gradient_that_is_an_operand_is_copied() -> None:
    half_square = al.primitive(
        lambda x: 0.5 * np.sum(x * x), lambda g, out, x: x, name="half_square"
    )
    x = al.Value([1.0, 2.0]) * 1.0
    half_square(x).backward()
    assert not np.shares_memory(x.grad, x.data)


def test_no_two_gradients_share_memory_with_create_graph() -> None:
    a, b = leaves_of([1.0, 1.0], [1.0, 1.0])
    (a + b).backward(np.ones(2), create_graph=True)
    shared = np.shares_memory(a.grad.data, b.grad.data)
    a.grad = b.grad = None
    assert not shared


@pytest.mark.parametrize("fun", [lambda x: x * 2, np.exp, lambda x: x * np.float64(2), np.cbrt])
def test_the_gradient_of_a_number_is_a_numpy_scalar(fun: Any) -> None:
    assert type(gradient(fun, np.float32(2.0))) is np.float32
    assert type(al.grad(fun)(np.float32(2.0))) is np.float32


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: x.max(),
        lambda x: x[()],
        lambda x: x.sum(),
        lambda x: x[None].sum(),
        lambda x: np.sum(x + np.ones(3)),
        al.ops.relu,
        lambda x: np.maximum(x, 1.0),
        lambda x: np.clip(x, 0.0, 1.0),
        lambda x: np.where(x > 0, x, 0.0),
        lambda x: np.sum(np.cumsum(x)),
    ],
)
def test_the_gradient_of_a_number_is_a_numpy_scalar_whatever_the_rule(fun: Any) -> None:
    assert type(gradient(fun, np.float32(2.0))) is np.float32
    assert type(al.grad(fun)(np.float32(2.0))) is np.float32


# Seeds


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_result_of_one_element_needs_no_seed(shape: tuple[int, ...]) -> None:
    x = al.Value(np.full(shape, 2.0))
    (x * 3).backward()
    assert x.grad.tolist() == np.full(shape, 3.0).tolist()


@pytest.mark.parametrize("shape", [(2,), (1, 2), (0,)])
def test_a_result_of_several_elements_needs_a_seed(shape: tuple[int, ...]) -> None:
    x = al.Value(np.ones(shape))
    with pytest.raises(GraphError, match=r"of shape \(.*\) needs a seed of that shape.*sum"):
        (x * 3).backward()
    assert x.grad is None


@pytest.mark.parametrize("seed", [1.0, np.ones(3), np.ones((2, 1)), [[1.0, 1.0]], np.ones((2, 2))])
def test_a_seed_of_another_shape_raises(seed: Any) -> None:
    x = al.Value([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"a seed of shape \(.*\) for a result of shape \(2,\)"):
        (x * 3).backward(seed)
    assert x.grad is None
    with pytest.raises(ShapeError):
        al.Value(1.0).backward([1.0])


@pytest.mark.parametrize("seed", [[2, 3], (2.0, 3.0), np.array([2, 3]), al.Value([2.0, 3.0])])
def test_a_seed_may_be_anything_of_the_right_shape(seed: Any) -> None:
    assert gradient(lambda x: x * 10, [1.0, 1.0], seed).tolist() == [20, 30]


def test_a_seed_is_neither_kept_nor_changed() -> None:
    seed = np.array([1.0, 2.0])
    x = al.Value([1.0, 1.0])
    y = x + 0
    y.backward(seed)
    assert seed.tolist() == [1, 2]
    assert not np.shares_memory(y.grad, seed)
    assert not np.shares_memory(x.grad, seed)


@pytest.mark.parametrize(
    "untracked",
    [
        lambda: al.Value(1.0, requires_grad=False),
        lambda: al.Value(1.0, requires_grad=False) * 2,
        lambda: al.Value(1.0) > 0,
        lambda: al.no_grad()(lambda: al.Value(1.0) * 2)(),
        lambda: (al.Value(1.0) * 2).detach(),
    ],
)
def test_backward_of_an_untracked_value_raises(untracked: Any) -> None:
    with pytest.raises(GraphError, match="no gradient is tracked"):
        untracked().backward()


# Rebinding


def test_backward_uses_the_arrays_of_forward() -> None:
    x, y = leaves_of([2.0, 3.0], [5.0, 7.0])
    product = x * y
    out = np.exp(product * 0.1)
    expected = out.data * 0.1
    x.data, y.data = np.zeros(2), np.zeros(2)
    product.data, out.data = np.zeros(2), np.zeros(2)
    out.backward(np.ones(2))
    np.testing.assert_allclose(x.grad, expected * [5, 7], rtol=1e-15)
    np.testing.assert_allclose(y.grad, expected * [2, 3], rtol=1e-15)


@pytest.mark.parametrize("which", ["x", "intermediate", "constant"])
def test_create_graph_after_rebinding_raises(which: str) -> None:
    values = {"x": al.Value(2.0, name="x"), "constant": al.Value(3.0, requires_grad=False)}
    values["intermediate"] = values["x"] * values["constant"]
    out = values["intermediate"] * 2
    values[which].data = 5.0
    with pytest.raises(GraphError, match=r"was rebound.*compute the result again"):
        out.backward(create_graph=True)
    assert values["x"].grad is None
    out.backward()
    assert values["x"].grad == 6


def test_the_error_about_rebinding_names_the_value() -> None:
    x = al.Value([2.0], name="weight")
    y = x * x
    x.data = [3.0]
    with pytest.raises(GraphError, match=r"the Value 'weight' of shape \(1,\) was rebound"):
        y.backward(create_graph=True)


def test_setting_requires_grad_to_what_it_is_rebinds_nothing() -> None:
    x = al.Value(2.0)
    y = x * x
    x.requires_grad = True
    y.backward(create_graph=True)
    x.grad = None


def test_gradients_are_those_of_the_shape_and_dtype_that_forward_used() -> None:
    x = al.Value(np.ones(3, np.float32))
    y = x * 2
    x.data = np.ones((2, 2))
    y.backward(np.ones(3))
    assert (x.grad.shape, x.grad.dtype) == ((3,), np.float32)


def test_requires_grad_switched_off_since_gives_no_gradient() -> None:
    x, y = leaves_of(2.0, 3.0)
    z = x * y
    x.requires_grad = False
    z.backward()
    assert (x.grad, y.grad) == (None, 2)


# Rules that fail


def test_a_rule_that_raises_leaves_all_gradients_as_they_were() -> None:
    def broken(g: Any, out: Any, x: Any) -> Any:
        raise ZeroDivisionError("broken rule")

    fails = al.primitive(lambda x: x * 1, broken, name="fails")
    x, y = leaves_of(2.0, 3.0)
    middle = x * y
    middle.backward()
    before = (x.grad, y.grad, middle.grad)
    out = fails(middle) * x
    for options in ({}, {"create_graph": True}, {"leaves_only": True}):
        with pytest.raises(ZeroDivisionError, match="broken rule"):
            out.backward(**options)
        assert (x.grad, y.grad, middle.grad) == before
        assert out.grad is None


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1), (2, 2, 3)])
def test_a_rule_with_a_wrong_gradient_shape_raises(shape: tuple[int, ...]) -> None:
    wrong = al.primitive(
        lambda x, y: x + y, None, lambda g, out, x, y: np.ones(shape), name="wrong"
    )
    y = al.Value(np.ones((2, 2)))
    with pytest.raises(ShapeError, match=r"the rule for operand 1 of wrong returned .* \(2, 2\)"):
        wrong(1.0, y).sum().backward()
    assert y.grad is None


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0]])
@pytest.mark.parametrize(("returned", "what"), [(None, "NoneType"), ("g", "str"), ({}, "dict")])
def test_a_rule_that_returns_no_numbers_raises(x: Any, returned: Any, what: str) -> None:
    forgetful = al.primitive(lambda x: 2 * x, lambda g, out, x: returned, name="forgetful")
    message = f"the rule for operand 0 of forgetful returned {what}, no numbers; .*`return`"
    with pytest.raises(DtypeError, match=message):
        gradient(forgetful, x, np.ones(np.shape(x)))
    with pytest.raises(DtypeError, match=message):
        forgetful(al.Value(x)).backward(np.ones(np.shape(x)), create_graph=True)


def test_a_rule_may_return_python_numbers_and_other_dtypes() -> None:
    declared = al.primitive(lambda x: x * 2, lambda g, out, x: 2, name="twice")
    x = al.Value(np.float32(1))
    declared(x).backward()
    assert (x.grad, x.grad.dtype) == (2, np.float32)


# Declaring


def test_a_declared_primitive_is_differentiated_in_any_order() -> None:
    cube = al.primitive(lambda x: x**3, lambda g, out, x: g * 3 * x**2, name="cube")
    first = al.grad(cube)
    second = al.grad(first)
    assert (first(2.0), second(2.0), al.grad(second)(2.0)) == (12, 12, 6)
    assert cube(2.0) == 8
    assert repr(cube) == "<primitive cube>"


def test_a_numpy_function_acts_on_values_once_declared() -> None:
    with pytest.raises(al.errors.NoGradientRuleError):
        np.spacing(al.Value(2.0))
    al.primitive(np.spacing, lambda g, out, x: g * 0)
    assert gradient(np.spacing, 2.0) == 0
    al.primitive(
        lambda x, *, shift: np.roll(x, shift),
        lambda g, out, x, *, shift: np.concatenate([g[shift:], g[:shift]]),
        name="roll",
        stands_for=np.roll,
    )
    assert gradient(lambda x: np.roll(x, shift=1), [1.0, 2.0, 3.0], [1, 2, 3]).tolist() == [2, 3, 1]


def test_a_variadic_primitive_has_one_rule_for_all_operands() -> None:
    def rule(g: Any, out: Any, *xs: Any, positions: list[int]) -> Any:
        return [g * (position + 1) for position in positions]

    weighted = al.primitive(
        lambda *xs: sum((i + 1) * x for i, x in enumerate(xs)), rule, name="weighted", variadic=True
    )
    assert gradients(weighted, 1.0, 1.0, 1.0) == [1, 2, 3]
    assert weighted(1.0, 2.0) == 5


def test_rules_that_take_any_metadata() -> None:
    scale = al.primitive(
        lambda x, *, factor=1.0: x * factor,
        lambda g, out, x, **params: g * params.get("factor", 1.0),
        name="scale",
    )
    assert gradient(lambda x: scale(x, factor=3.0), 1.0) == 3
    assert gradient(scale, 1.0) == 1


def test_metadata_needs_the_cover_of_every_rule() -> None:
    scale = al.primitive(
        lambda x, y, *, factor=1.0: x * y * factor,
        lambda g, out, x, y, *, factor=1.0: g * y * factor,
        lambda g, out, x, y: g * x,
        name="scale",
    )
    with pytest.raises(al.errors.NoGradientRuleError, match=r"scale\(factor=...\)"):
        scale(al.Value(1.0), 2.0, factor=3.0)
    assert gradients(scale, 5.0, 2.0) == [2, 5]


def test_a_declaration_needs_a_rule() -> None:
    with pytest.raises(ArgumentError, match="no rule"):
        al.primitive(np.sinc)
    with pytest.raises(ArgumentError, match="one rule for all operands, got 2"):
        al.primitive(lambda *xs: xs, None, None, variadic=True)


def test_constants_alone_are_computed_and_not_recorded() -> None:
    calls: Counter[str] = Counter()

    def rule(g: Any, out: Any, x: Any) -> Any:
        calls["rule"] += 1
        return g

    same = al.primitive(lambda x: x * 1, rule, name="same")
    assert type(same(np.float64(2))) is np.float64
    assert not same(al.Value(2.0, requires_grad=False)).requires_grad
    (same(al.Value(2.0, requires_grad=False)) * al.Value(1.0)).backward()
    assert not calls


def test_a_variadic_primitive_without_a_derivative() -> None:
    count = al.primitive(lambda *xs: float(len(xs)), None, name="count", variadic=True)
    assert count(al.Value(1.0), al.Value(2.0)).data == 2


# Cost


def counting_multiply(calls: Counter[str]) -> Any:
    def forward(x: Any, y: Any) -> Any:
        calls["forward"] += 1
        return x * y

    def rule_x(g: Any, out: Any, x: Any, y: Any) -> Any:
        calls["x"] += 1
        return g * y

    def rule_y(g: Any, out: Any, x: Any, y: Any) -> Any:
        calls["y"] += 1
        return g * x

    return al.primitive(forward, rule_x, rule_y, name="counting_multiply")


@pytest.mark.parametrize("options", [{}, {"leaves_only": True}, {"create_graph": True}])
def test_one_rule_call_for_each_operand_of_each_node(options: dict[str, bool]) -> None:
    """Thirty squarings have 2**30 paths; a walk of paths would never end."""
    calls: Counter[str] = Counter()
    multiply = counting_multiply(calls)
    value = start = al.Value(1.0)
    for _ in range(30):
        value = multiply(value, value)
    value.backward(**options)
    grad = start.grad.data if options.get("create_graph") else start.grad
    start.grad = None
    assert grad == 2.0**30
    assert calls == {"forward": 30, "x": 30, "y": 30}


def test_rules_of_constants_do_not_run() -> None:
    calls: Counter[str] = Counter()
    multiply = counting_multiply(calls)
    x = al.Value([1.0])
    y = multiply(np.ones(1), multiply(x, al.Value([2.0], requires_grad=False)))
    y.backward()
    assert calls == {"forward": 2, "x": 1, "y": 1}


def test_rules_off_the_way_to_the_argument_do_not_run() -> None:
    calls: Counter[str] = Counter()
    multiply = counting_multiply(calls)
    weight = al.Value(3.0)
    slope = al.grad(lambda x: multiply(multiply(weight, weight), x))(2.0)
    assert float(slope) == 9
    assert calls == {"forward": 2, "y": 1}


def test_gradients_of_gradients_cost_a_constant_factor() -> None:
    calls: Counter[str] = Counter()
    multiply = counting_multiply(calls)

    def chain(x: Any) -> Any:
        for _ in range(20):
            x = multiply(x, x)
        return x

    al.grad(al.grad(chain))(1.0)
    assert calls["x"] + calls["y"] <= 6 * 20


def test_inner_gradients_in_a_loop_cost_work_linear_in_its_length() -> None:
    """A leapfrog integrator: each step takes a gradient, and the whole is differentiated."""
    force = al.grad(lambda q: 0.5 * q * q)

    def work_for(steps: int) -> int:
        def position(q: Any) -> Any:
            p = 0.0
            for _ in range(steps):
                p = p - 0.01 * force(q)
                q = q + 0.01 * p
            return q

        return work(lambda: al.grad(position)(1.0))

    assert work_for(160) < 8.5 * work_for(20)


# Long graphs, and memory


# Coverage makes each operation ten times slower: a tenth of them then.
MILLION = 1_000_000 if sys.gettrace() is None else 100_000


def test_backward_costs_work_linear_in_the_number_of_nodes() -> None:
    def work_for(length: int, **options: bool) -> int:
        value = al.Value(1.0)
        for _ in range(length):
            value = value * value + np.sin(value)
        return work(lambda: value.backward(**options))

    for options in ({}, {"leaves_only": True}, {"create_graph": True}):
        with np.errstate(over="ignore", invalid="ignore"):
            assert work_for(800, **options) < 8.5 * work_for(100, **options)


def test_a_chain_of_a_million_operations() -> None:
    limit = sys.getrecursionlimit()
    with collector_off():
        x = value = al.Value(1.0)
        for _ in range(MILLION // 2):
            value = value * 1.0 + 0.0
        value.backward()
        assert x.grad == 1
        middle = weakref.ref(value.operands[0])
        repr(value)
        del value
        assert middle() is None
    assert sys.getrecursionlimit() == limit


def test_a_long_chain_with_the_collector_running_and_on_values() -> None:
    x = value = al.Value(1.0)
    for _ in range(100_000):
        value = value * 1.0
    value.backward(create_graph=True)
    gc.collect()
    assert x.grad.data == 1
    x.grad = None
    del value
    assert al.grad(al.grad(lambda v: sum(v * v for _ in range(10_000))))(1.0) == 20_000


def training(steps: int) -> list[al.Value]:
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(256, 2)), (np.arange(256) % 2.0).reshape(256, 1)
    weights = leaves_of(rng.normal(size=(4, 2)), np.zeros(4), rng.normal(size=(1, 4)), np.zeros(1))
    for _ in range(steps):
        hidden = np.tanh(al.ops.linear(inputs, weights[0], weights[1]))
        logits = al.ops.linear(hidden, weights[2], weights[3])
        loss = al.ops.bce_with_logits(logits, labels)
        loss.backward()
        for weight in weights:
            weight.data = weight.data - 0.1 * weight.grad
            weight.grad = None
        penalty = al.grad(lambda x: np.sum(al.ops.linear(np.tanh(x), weights[2], weights[3])))
        np.sum(penalty(hidden.data) ** 2).backward(leaves_only=True)
    return weights


def test_training_with_the_collector_off_does_not_grow_memory() -> None:
    gc.collect()
    with collector_off():
        training(3)
        objects = len(gc.get_objects())
        tracemalloc.start()
        training(5)
        few = tracemalloc.get_traced_memory()[0]
        training(100)
        many = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(gc.get_objects()) - objects < 10
    # One array of the smallest activations left at each step would take 200 kB; 40 kB go into
    # Python's own lists of free tuples, which stop growing after 1000 steps.
    assert many - few < 100_000


def test_create_graph_is_freed_once_the_gradients_are_dropped() -> None:
    with collector_off():
        x = al.Value([1.0, 2.0])
        y = np.sum(x * x * x)
        y.backward(create_graph=True)
        slope = x.grad
        np.sum(slope * slope).backward()
        alive = [weakref.ref(value) for value in (x, y, slope)]
        x.grad = None
        del x, y, slope
        assert [ref() for ref in alive] == [None] * 3


def test_leaves_only_needs_less_memory() -> None:
    def peak(leaves_only: bool) -> int:
        value = al.Value(np.ones(10_000))
        for _ in range(50):
            value = np.exp(value * 0.0)
        tracemalloc.start()
        value.backward(np.ones(10_000), leaves_only=leaves_only)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(leaves_only=True) < 0.2 * peak(leaves_only=False)


# Gradients as Values


def test_create_graph_gives_gradients_that_can_be_differentiated() -> None:
    x = al.Value([1.0, 2.0], name="x")
    np.sum(x**3).backward(create_graph=True)
    first = x.grad
    assert isinstance(first, al.Value)
    assert first.requires_grad
    x.grad = None
    np.sum(first).backward(create_graph=True)
    second = x.grad
    x.grad = None
    np.sum(second).backward()
    assert first.data.tolist() == [3, 12]
    assert second.data.tolist() == [6, 12]
    assert x.grad.tolist() == [6, 6]


def test_create_graph_leaves_bare_arrays_on_results() -> None:
    x = al.Value([1.0, 2.0])
    y = x * x
    y.backward(np.ones(2), create_graph=True)
    assert type(y.grad) is np.ndarray
    x.grad = None


def test_the_function_keeps_all_gradients_as_bare_arrays_unless_asked() -> None:
    x = al.Value([1.0, 2.0])
    y = x * 2
    backward(np.sum(y))
    for value in (x, y):
        assert type(value.grad) is np.ndarray


def test_a_rule_must_not_lose_what_its_derivative_depends_on() -> None:
    """A rule that makes a plain number of an operand is right once, and wrong in the next order."""
    square = al.primitive(lambda x: x * x, lambda g, out, x: g * 2 * float(x), name="square_of")
    x = al.Value(3.0)
    square(x).backward()
    assert x.grad == 6
    with pytest.raises(ConversionError, match="float"):
        square(x).backward(create_graph=True)


def test_gradient_penalty_through_create_graph() -> None:
    """The derivative of |d/dx (w x²)|² = 4 w² x² in w is 8 w x²."""
    w, x = leaves_of(3.0, 2.0)
    (w * x * x).backward(create_graph=True)
    slope = x.grad
    w.grad = x.grad = None
    (slope * slope).backward()
    assert w.grad == 8 * 3 * 4


def test_the_same_bits_whichever_way() -> None:
    rng = np.random.default_rng(0)
    data = [rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=4)]

    def loss(x: Any, weight: Any, bias: Any) -> Any:
        return np.mean(np.tanh(al.ops.linear(x, weight, bias)) ** 2)

    expected = [bits(grad) for grad in al.grad(loss, (0, 1, 2))(*data)]
    for options in ({}, {"leaves_only": True}, {"create_graph": True}):
        leaves = leaves_of(*data)
        loss(*leaves).backward(**options)
        grads = [x.grad.data if options.get("create_graph") else x.grad for x in leaves]
        assert [bits(grad) for grad in grads] == expected
        for leaf in leaves:
            leaf.grad = None


# Operands and metadata that do not fit


def test_a_wrong_number_of_operands_raises() -> None:
    with pytest.raises(ArgumentError, match=r"multiply was declared with 2 rules.*got 3"):
        al.ops.multiply(al.Value(1.0), 2.0, 3.0)


def test_metadata_without_a_rule_raises_before_anything_is_written() -> None:
    out = np.zeros(2)
    with pytest.raises(al.errors.NoGradientRuleError, match=r"sum\(out=...\)"):
        np.sum(al.Value(np.ones((3, 2))), axis=0, out=out)
    assert out.tolist() == [0, 0]


def test_metadata_that_is_none_is_left_out() -> None:
    assert float(np.sum(al.Value([1.0, 2.0]), dtype=None, out=None)) == 3


def test_a_tracked_seed_stays_in_the_graph() -> None:
    x, seed = leaves_of(3.0, 2.0)
    (x * x).backward(seed, create_graph=True)
    slope, x.grad = x.grad, None
    slope.backward()
    assert (seed.grad, x.grad) == (6, 4)


def test_a_gradient_left_over_in_another_shape_is_replaced() -> None:
    x = al.Value([1.0, 2.0])
    y = np.sum(x * x)
    x.grad = np.ones((3, 1))
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_a_gradient_that_the_user_assigned_as_a_list_adds_up() -> None:
    x = al.Value([1.0, 2.0])
    x.grad = [1.0, 1.0]
    np.sum(x * x).backward()
    assert x.grad.tolist() == [3, 5]


def test_metadata_may_be_positional_in_a_rule() -> None:
    scale = al.primitive(lambda x, k=1.0: k * x, lambda g, out, x, k=1.0: k * g, name="scale_by_k")
    assert gradient(lambda x: scale(x, k=3.0), 2.0) == 3


def test_a_jacobian_in_place_of_a_gradient_is_not_summed_up() -> None:
    diagonal = al.primitive(lambda x: 2 * x, lambda g, out, x: g * np.eye(3), name="diagonal")
    with pytest.raises(ShapeError, match=r"rule for operand 0 of diagonal .* \(3, 3\); expected"):
        np.sum(diagonal(al.Value(np.ones(3)))).backward()


@pytest.mark.parametrize(
    ("rules", "options", "match"),
    [
        ([lambda g, x: g], {}, r"of f takes \(g, x\); it is called with \(g, out, x0\)"),
        ([None, lambda g, out, x: g], {}, r"takes \(g, out, x\); .* \(g, out, x0, x1\)"),
        ([lambda g, out, *, x: g], {}, r"takes \(g, out, x\)"),
        ([lambda g, out, *xs: [g]], {"variadic": True}, r"with \(g, out, \*operands, positions\)"),
        ([lambda g, out, x, positions: [g]], {"variadic": True}, r"takes \(g, out, x, positions\)"),
    ],
)
def test_a_rule_that_does_not_take_its_arguments_is_caught_at_once(
    rules: Any, options: Any, match: str
) -> None:
    with pytest.raises(ArgumentError, match=match):
        al.primitive(lambda *xs: xs[0], *rules, name="f", **options)


def test_rules_that_take_more_or_do_not_show_what_they_take() -> None:
    class Rules:
        def of_x(self, g: Any, out: Any, x: Any) -> Any:
            return 3 * g

    for rule in (
        lambda g, out, x, factor=3.0: factor * g,
        lambda *arguments: 3 * arguments[0],
        functools.partial(lambda factor, g, out, x: factor * g, 3.0),
        Rules().of_x,
    ):
        triple = al.primitive(lambda x: 3 * x, rule, name="triple")
        assert gradient(triple, 2.0) == 3
