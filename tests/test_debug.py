"""al.debug: where NaN and infinities are born, and arrays that change behind the graph's back."""

from __future__ import annotations

import asyncio
import gc
import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.debugging.notes import copies, notes
from autograd_lite.errors import ArgumentError, GraphError, NonFiniteError
from autograd_lite.primitive import registry
from autograd_lite.recording import current_mode, get_watcher
from tests.helpers import collector_off

INF, NAN = math.inf, math.nan


@pytest.fixture(autouse=True)
def _registry_as_it_was() -> Iterator[None]:
    before = dict(registry)
    yield
    registry.clear()
    registry.update(before)


def failure(fun: Callable[[], Any]) -> NonFiniteError:
    with al.debug(), pytest.raises(NonFiniteError) as caught:
        fun()
    return caught.value


def line_of(text: Any) -> str:
    """Return the source that a message shows: the line after the one with the place."""
    lines = str(text).splitlines()
    return lines[max(i for i, line in enumerate(lines) if line.startswith("  File")) + 1].strip()


# Where


def test_the_first_nan_of_a_forward_pass_with_everything_that_is_known_of_it() -> None:
    a = al.Value([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    b = np.array([2.0, 0.0, 1.0])
    error = failure(lambda: np.tanh(a / b).sum())
    lines = str(error).splitlines()
    assert lines[:3] == [
        "divide gave inf at element (0, 1) of shape (2, 3), the first of 2",
        "    operand 0 (a): 2.0  (float64, shape (2, 3))",
        "    operand 1 (b): 0.0  (float64, shape (3,))",
    ]
    assert lines[3].startswith('  File "')
    assert "test_debug.py" in lines[3]
    assert line_of(error) == "error = failure(lambda: np.tanh(a / b).sum())"
    assert lines[-2].startswith("hint: division by 0")
    assert (error.index, error.count, error.position) == ((0, 1), 2, None)
    assert error.operation is al.ops.divide
    assert error.operands[0] is a
    assert error.operands[1] is b
    assert error.hint is not None


def test_the_graph_that_was_built_so_far_can_be_looked_at() -> None:
    x = al.Value(2.0)
    error = failure(lambda: np.log(x - 2.0))
    assert error.value.operation is al.ops.log
    assert error.value.data == -INF
    assert error.value.operands[0].operation is al.ops.subtract
    with al.no_grad():
        assert failure(lambda: np.log(x - 2.0)).value.is_leaf


def test_a_failing_backward_pass_names_the_forward_line() -> None:
    def loss(t: Any) -> Any:
        root = np.sqrt(t)
        return np.sum(root)

    x = al.Value([4.0, 0.0, 0.0], name="x")
    with al.debug():
        result = loss(x)
        with pytest.raises(NonFiniteError) as caught:
            result.backward()
    lines = str(caught.value).splitlines()
    assert lines[:5] == [
        "the gradient of sqrt with respect to operand 0 (x) is inf at element (1,) of shape (3,), "
        "the first of 2",
        "    operand 0 (x): 0.0  (float64, shape (3,))",
        "    result: 0.0  (float64, shape (3,))",
        "    gradient that came in: 1.0  (float64, shape (3,))",
        "  sqrt was recorded here:",
    ]
    assert line_of(caught.value) == "root = np.sqrt(t)"
    assert "the slope of the root at 0 is infinite" in lines[-2]
    assert caught.value.position == 0
    assert caught.value.gradient.tolist() == [0.25, INF, INF]
    assert caught.value.value.operation is al.ops.sqrt
    assert x.grad is None


def test_names_are_those_of_the_code_that_recorded() -> None:
    class Model:
        scale = al.Value([0.0, 1.0])

        def forward(self) -> Any:
            return np.sqrt(self.scale)

    def method(inner: Any) -> Any:
        return inner.sqrt()

    def nameless(inner: Any) -> Any:
        return np.sqrt(np.reshape(np.reshape(inner * 1.0, (1, 2)), (2,)) + 0.0 + 0.0)

    def expression(inner: Any) -> Any:
        return np.sqrt(inner * 1.0)

    x = al.Value([0.0, 1.0])
    for fun, name in (
        (lambda: Model().forward(), "(self.scale)"),
        (lambda: method(x), "(inner)"),
        (lambda: nameless(x), "(a result of add)"),
        (lambda: expression(x), "(inner * 1.0)"),
        (lambda: (x + 0.0) ** 0.5, "(x + 0.0)"),
        (lambda: al.ops.sqrt(*[x]), "(x)"),
    ):
        assert f"operand 0 {name}" in str(failure(lambda fun=fun: fun().sum().backward()))


def test_an_operation_inside_of_another_has_no_names_from_the_source() -> None:
    error = failure(lambda: al.nn.functional.mse_loss(al.Value([1e200]), [0.0]))
    assert error.operation is al.ops.square
    assert "operand 0 (a result of subtract)" in str(error)


def test_numbers_and_constants_have_no_name() -> None:
    assert "operand 1: 0\n" in str(failure(lambda: al.Value(1.0) / 0))


def test_code_without_source() -> None:
    names: dict[str, Any] = {"np": np, "x": al.Value(0.0)}
    run = compile("y = np.log(x)", "<nowhere>", "exec")
    error = failure(lambda: exec(run, names))
    assert '  File "<nowhere>", line 1, in <module>\n' in str(error)
    assert "operand 0 (x): 0.0" in str(error)


def test_a_layer_shows_the_line_that_called_the_model() -> None:
    model = al.nn.MLP([2, 3, 1], rng=0)
    for parameter in model.parameters():
        parameter.data = parameter.data * 1e200
    X = np.ones((5, 2))
    error = failure(lambda: model(X))
    assert error.operation is al.ops.linear
    assert line_of(error) == "error = failure(lambda: model(X))"
    assert "operand 1 (2.weight): from " in str(error)
    assert "overflow: float64 ends at 1.798e+308" in str(error)


def test_gradients_of_gradients_name_the_users_line() -> None:
    def wavy(x: Any) -> Any:
        return np.sin(x) * np.power(x, 2.5)

    third = al.grad(al.grad(al.grad(wavy)))
    assert np.isfinite(third(1.0))
    error = failure(lambda: third(0.0))
    assert line_of(error) == "return np.sin(x) * np.power(x, 2.5)"
    assert error.operation is al.ops.power
    assert "  power was recorded here, in the gradient of power:" in str(error)


def test_a_rule_of_the_user_is_the_users_line() -> None:
    cube = al.primitive(lambda x: x**3, lambda g, out, x: g * 3 * np.sqrt(x) ** 4, name="cube")
    error = failure(lambda: al.grad(al.grad(cube))(0.0))
    assert error.operation is al.ops.sqrt
    assert "np.sqrt(x) ** 4" in line_of(error)


def test_what_a_rule_computes_on_the_way_is_its_own_business() -> None:
    x = al.Value([0.0, 2.0])
    y = al.Value([0.0, 1.0])
    with al.debug():
        (x**y).sum().backward(create_graph=True)
        assert np.isfinite(x.grad.data).all()
        value = al.grad(al.grad(lambda t: np.sum(np.hypot(t, t * 0.0))))(1.0)
        assert value == 0


def test_operations_outside_of_the_block_have_no_line_but_are_checked() -> None:
    x = al.Value([0.0, 1.0])
    y = np.sqrt(x).sum()
    error = failure(y.backward)
    assert "recorded here" not in str(error)
    assert "operand 0 (x): 0.0" in str(error)


def test_variadic_operations() -> None:
    bad_join = al.primitive(
        lambda *arrays: np.stack(arrays),
        lambda g, out, *arrays, positions: [g[i] / arrays[i] for i in positions],
        name="bad_join",
        variadic=True,
    )
    x, y = al.Value([1.0, 2.0]), al.Value([1.0, 0.0])
    error = failure(lambda: bad_join(x, y).sum().backward())
    assert (error.position, error.index) == (1, (1,))
    with al.debug():
        (np.concatenate([x, y]) * np.stack([x, y]).ravel()).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([2, 4], [2, 0])


def test_a_sum_of_gradients_that_overflows() -> None:
    x = al.Value(np.array([1.0], np.float16), name="x")
    error = failure(lambda: (x * np.float16(40000.0) + x * np.float16(30000.0) * 1.0).sum())
    assert error.operation is al.ops.add
    y = al.Value(np.array([0.0], np.float16), name="y")
    error = failure(lambda: (y * np.float16(40000.0) + y * np.float16(30000.0)).sum().backward())
    assert str(error).startswith("the gradient of y overflows where it is added up")
    assert error.value is y
    z = al.Value(np.float16(1.0))
    error = failure(lambda: (z * np.float64(1e9)).backward())
    assert str(error).startswith("the gradient of z overflows")
    assert ", or changes its dtype: inf" in str(error)
    error = failure(
        lambda: (
            al.ops.sigmoid(y * np.float16(2.0) * np.ones(9, np.float16))
            .sum()
            .backward(np.float16(60000.0))
        )
    )
    assert "added up" in str(error)
    assert "  multiply was recorded here:" in str(error)


def test_gradients_as_values_are_added_up() -> None:
    x = al.Value(2.0)
    with al.debug():
        (x * x * x).backward(create_graph=True)
    assert x.grad.data == 12
    big = al.Value(np.float16(0.0))
    error = failure(
        lambda: (big * np.float16(4e4) + big * np.float16(3e4)).backward(create_graph=True)
    )
    assert "(big)" not in str(error)
    assert "gradient of big overflows" in str(error)


# What is an error and what is not


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: x * 2 + 1,
        lambda x: np.exp(x),
        lambda x: np.maximum(x, 0.0),
        lambda x: np.sum(x),
        lambda x: x @ np.ones(4),
        lambda x: np.where(np.isfinite(x), x, 0.0),
        lambda x: np.clip(x, -INF, INF),
        lambda x: np.full_like(x, fill_value=NAN),
        lambda x: np.nan_to_num(x) if hasattr(al.ops, "nan_to_num") else x,
    ],
)
def test_what_came_in_as_data_is_passed_on(fun: Callable[[Any], Any]) -> None:
    x = al.Value([1.0, NAN, INF, 0.5])
    with al.debug():
        result = fun(x)
        if result.requires_grad:
            np.sum(result * 1.0).backward()


def test_a_birth_beside_data_that_is_not_finite() -> None:
    x = al.Value([NAN, INF, 0.0, 1.0])
    error = failure(lambda: np.log(x))
    assert (error.index, error.count) == ((2,), 1)
    error = failure(lambda: x - al.Value([1.0, INF, 1.0, 1.0]))
    assert (error.index, error.count) == ((1,), 1)
    assert "an operand is infinite: inf - inf" in str(error)
    infinite = np.array([[INF, 1.0], [1.0, 1.0]])
    error = failure(lambda: al.Value([[0.0, 1.0], [1.0, 1.0]]) @ infinite)
    assert (error.index, error.count) == ((0, 0), 1)
    assert "1 infinite" in str(error)
    assert "an operand is infinite" in str(error)
    with al.debug():
        al.Value([[1.0, 1.0], [1.0, 1.0]]) @ infinite
        al.Value([1.0, NAN]).sum()


def test_infinities_given_as_metadata_are_data() -> None:
    fill = al.primitive(lambda x, *, by: x * 0 + by, None, name="fill")
    with al.debug():
        assert fill(al.Value(1.0), by=INF).data == INF
        assert np.isnan(fill(al.Value([1.0]), by=np.array([NAN])).data)


def test_the_first_of_several_failures_is_what_raises() -> None:
    x = al.Value([0.0])
    assert failure(lambda: np.sqrt(np.log(x))).operation is al.ops.log


def test_operations_on_arrays_and_on_constants_are_checked() -> None:
    array = np.zeros(2)
    assert failure(lambda: al.ops.log(array)).value.data.tolist() == [-INF, -INF]
    constant = al.Value(0.0, requires_grad=False)
    assert failure(lambda: np.log(constant)).operation is al.ops.log
    with al.no_grad():
        assert failure(lambda: np.log(al.Value(0.0))).operation is al.ops.log
        assert get_watcher() is None


def test_results_that_are_no_floats_are_left_alone() -> None:
    x = al.Value([1.0, NAN])
    with al.debug():
        assert (x > 0).data.tolist() == [True, False]
        assert np.argmax(x).data == 1


def test_complex_numbers() -> None:
    z = al.Value(np.array([0j, 1 + 1j]))
    error = failure(lambda: np.log(z))
    assert error.index == (0,)
    assert failure(lambda: np.real(np.sqrt(z)).sum().backward()).operation is al.ops.sqrt
    with al.debug():
        np.real(np.log(z[1:])).sum().backward()


def test_numpys_warnings_do_not_drown_the_message() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="raise"):
            failure(lambda: np.log(al.Value(0.0)))
            failure(lambda: al.grad(np.sqrt)(0.0))


def test_elements_are_not_shown_where_the_whole_array_counts() -> None:
    x = al.Value(np.full((2, 3), 1e200))
    error = failure(lambda: np.sum(x, axis=1) @ np.array([1e200, 1.0]))
    lines = str(error).splitlines()
    assert lines[0] == "matmul gave inf"
    assert "from 3e+200 to 3e+200  (float64, shape (2,))" in lines[1]
    flags, empty = np.array([True]), np.zeros((0, 2))
    count = al.primitive(
        lambda x, y, z: np.sum(x) / len(z), *[None] * 2, lambda g, out, *_: g, name="count"
    )
    with np.errstate(all="ignore"):
        text = str(failure(lambda: count(flags, np.array([NAN]) > 0, al.Value(empty))))
    assert "operand 0 (flags): bool, shape (1,)" in text
    assert "operand 2: no elements  (float64, shape (0, 2))" in text


# Hints


@pytest.mark.parametrize(
    ("fun", "hint"),
    [
        (lambda: np.log(al.Value(0.0)), "the logarithm of 0 is -inf"),
        (lambda: np.log1p(al.Value(-1.0)), "the logarithm of 0 is -inf"),
        (lambda: np.log2(al.Value(-1.0)), "logarithm of a negative number"),
        (lambda: np.sqrt(al.Value(-1e-20)), "root of a negative number.*rounded 0"),
        (lambda: al.grad(np.sqrt)(0.0), "slope of the root at 0 is infinite"),
        (lambda: al.grad(np.cbrt)(0.0), "slope of cbrt at 0"),
        (lambda: np.reciprocal(al.Value(0.0)), "division by 0"),
        (lambda: al.Value(0.0) ** -2, "0 to a negative power"),
        (lambda: al.grad(lambda x: x**0.5)(0.0), r"slope of x\*\*0.5 at x = 0"),
        (lambda: al.Value(-8.0) ** (1 / 3), "a negative number to a power that is not an integer"),
        (lambda: al.grad(lambda y: np.power(-2.0, y))(2.0), r"the derivative by the exponent"),
        (lambda: np.linalg.slogdet(al.Value(np.zeros((2, 2)))), "a matrix is singular"),
        (lambda: np.exp(al.Value(1000.0)), "exp overflows.*beyond x = 709.8 in float64"),
        (lambda: np.exp(al.Value(np.float32(100.0))), "beyond x = 88.72 in float32"),
        (lambda: np.sinh(al.Value(1000.0)), "sinh overflows"),
        (lambda: np.arccos(al.Value(1.0 + 1e-9)), "numbers from -1 to 1; is this one rounded"),
        (lambda: al.grad(np.arcsin)(1.0), "the slope of arcsin at 1.0 is infinite"),
        (lambda: np.arctanh(al.Value(1.0)), "the value of arctanh at 1.0 is infinite"),
        (lambda: np.arccosh(al.Value(0.5)), "numbers from 1 on"),
        (lambda: al.grad(np.arccosh)(1.0), "slope of arccosh at 1"),
        (lambda: al.Value(1e200) * 1e200, "overflow: float64 ends at .*Scale the numbers down$"),
        (lambda: al.Value(np.float32(1e30)) ** 2, "overflow: float32 .*compute in float64"),
    ],
)
def test_hints(fun: Callable[[], Any], hint: str) -> None:
    error = failure(fun)
    assert error.hint is not None
    with pytest.raises(AssertionError, match=hint):
        raise AssertionError(error.hint)
    assert " ".join(str(error).split()).endswith(f" hint: {' '.join(error.hint.split())}")
    assert max(map(len, str(error).splitlines()[-3:])) <= 100


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:Degrees of freedom")
@pytest.mark.parametrize(
    ("fun", "hint"),
    [
        (lambda: np.mean(al.Value(np.zeros(0))), "mean of no elements"),
        (lambda: np.var(al.Value([1.0]), ddof=1), "var divides by n - ddof, and ddof is 1"),
    ],
)
def test_hints_for_averages_of_nothing(fun: Callable[[], Any], hint: str) -> None:
    assert failure(fun).hint == hint


def test_without_a_known_cause_there_is_no_hint() -> None:
    strange = al.primitive(lambda x: x * NAN, lambda g, out, x: g * NAN, name="strange")
    assert failure(lambda: strange(al.Value(1.0))).hint is None
    for fun in (np.log, np.sqrt, np.exp, np.reciprocal, np.cbrt, np.arccosh):
        bare = al.primitive(lambda x: x + NAN, None, name=fun.__name__)
        assert failure(lambda bare=bare: bare(al.Value(2.0))).hint is None
    bare = al.primitive(lambda x: x + NAN, None, name="arcsin")
    assert failure(lambda: bare(al.Value(0.5))).hint is None
    bare = al.primitive(lambda x, y: x + y * NAN, None, None, name="power")
    assert failure(lambda: bare(al.Value(2.0), 2)).hint is None


def test_operands_that_do_not_broadcast_are_whole_arrays() -> None:
    outer = al.primitive(lambda x, y: np.multiply.outer(x, y), None, None, name="outer_")
    error = failure(lambda: outer(al.Value([1e200, INF, 1.0]), np.array([1e200, 0.0])))
    assert error.index == (1, 1)
    assert "operand 0: from 1 to 1e+200, 1 infinite  (float64, shape (3,))" in str(error)


def test_where_the_branch_that_is_not_taken_gives_nan() -> None:
    def root(x: Any) -> Any:
        return np.where(x > 0, np.sqrt(x), 0.0)

    error = failure(lambda: al.grad(lambda x: np.sum(root(x)))(np.array([1.0, 0.0])))
    assert error.index == (1,)
    assert "0 · inf = nan" in str(error.hint)
    assert "since np.where at test_debug.py:" in str(error.hint)
    assert "np.where(ok, f(np.where(ok, x, 1.0)), 0.0)" in str(error.hint)


def test_zero_times_infinity_without_where() -> None:
    error = failure(lambda: al.grad(lambda x: 0.0 * np.sqrt(x))(0.0))
    assert "0 · inf = nan" in str(error.hint)
    assert "since" not in str(error.hint)
    y = np.where(True, np.sqrt(al.Value(0.0)) * 0.0, 0.0)
    assert "since np.where does not take" in str(failure(y.backward).hint)


# Arrays that change behind the graph's back


def changed(fun: Callable[[], Any]) -> str:
    with al.debug(), pytest.raises(GraphError, match="changed between forward and backward") as e:
        fun()
    return str(e.value)


def test_a_constant_operand_that_was_written_into() -> None:
    x, buffer = al.Value([1.0, 2.0, 3.0]), np.array([1.0, NAN, 3.0])

    def write() -> None:
        y = x * buffer
        z = np.tanh(y).sum()
        buffer[2:] = 7.0
        z.backward()

    message = changed(write)
    assert message.startswith(
        "operand 1 (buffer) of multiply was changed between forward and backward, behind the "
        "graph's back\n    it was 3.0 and is 7.0 now at element (2,)\n"
        "    1 of 3 elements differ  (float64, shape (3,))\n  multiply was recorded here:\n"
    )
    assert line_of(message) == "y = x * buffer"
    assert "\nhint: " in message
    assert x.grad is None


def test_a_leaf_that_was_written_into() -> None:
    x = al.Value([1.0, 2.0], name="weights")

    def write() -> None:
        y = (x * x).sum()
        x.data[0] = 5.0
        y.backward()

    assert changed(write).startswith("operand 0 (weights) of multiply was changed")


def test_a_result_that_was_written_into() -> None:
    x = al.Value([1.0, 2.0])

    def write() -> None:
        y = np.exp(x)
        y.data[0] = 0.0
        y.sum().backward()

    assert changed(write).startswith("the result of exp was changed")


def test_an_index_that_was_written_into_does_no_harm() -> None:
    x, places = al.Value([1.0, 2.0, 3.0]), np.array([0, 1])

    def write() -> None:
        y = x[places, None].sum() + x[[0, 1]].sum()
        places[1] = 2
        y.backward()

    with al.debug():
        write()
    assert x.grad.tolist() == [2, 2, 0]


def test_the_operation_that_came_first_is_named() -> None:
    x, a = al.Value([1.0, 2.0]), np.ones(2)

    def write() -> None:
        y = np.sin(x * a) / a
        a[...] = 2.0
        al.ops.sum(y).backward()

    assert changed(write).startswith("operand 1 (a) of multiply")


def test_rebinding_is_no_change_and_neither_is_a_write_before_recording() -> None:
    x, a = al.Value([1.0, 2.0]), np.ones(2)
    with al.debug():
        a *= 3.0
        y = (x * a).sum()
        x.data = x.data * 2.0
        y.backward()
        a[...] = 5.0
        assert x.grad.tolist() == [3, 3]
        (x * a).sum().backward()
    assert x.grad.tolist() == [8, 8]


def test_a_training_loop_runs_as_without() -> None:
    def train() -> Any:
        model = al.nn.MLP([2, 4, 1], rng=0)
        optimizer = al.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(3):
            loss = al.nn.functional.mse_loss(model(np.ones((5, 2))), np.zeros((5, 1)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.data

    with al.debug():
        watched = train()
    assert watched == train()


# Errors of forward functions and rules


def test_an_error_of_numpy_tells_which_operation_failed_and_where() -> None:
    a, W = al.Value(np.ones((2, 3))), al.Value(np.ones((4, 2)), name="W")
    with al.debug(), pytest.raises(ValueError, match="matmul") as caught:
        a @ W
    (note,) = caught.value.__notes__
    assert note.startswith(
        "in matmul, with\n    operand 0 (a): from 1 to 1  (float64, shape (2, 3)"
    )
    assert "operand 1 (W)" in note
    assert line_of(note) == "a @ W"
    assert caught.value.operation is al.ops.matmul
    assert caught.value.operands == (a, W)


def test_an_error_of_a_rule_tells_where_the_operation_was_recorded() -> None:
    wrong = al.primitive(lambda x: x * 2, lambda g, out, x: np.ones(7), name="wrong")
    x = al.Value([1.0, 2.0])
    with al.debug(), pytest.raises(al.errors.ShapeError) as caught:
        wrong(x).sum().backward()
    (note,) = caught.value.__notes__
    assert note.startswith("in the rule of wrong for operand 0\n  wrong was recorded here:\n")
    assert line_of(note) == "wrong(x).sum().backward()"


# The switch


def test_outside_of_the_block_nothing_is_checked() -> None:
    with al.debug():
        pass
    assert current_mode.get() is None
    with np.errstate(divide="ignore"):
        assert np.log(al.Value(0.0)).data == -INF


def test_blocks_nest_and_an_exception_leaves_them() -> None:
    block = al.debug()
    with block:
        watcher = get_watcher()
        with al.no_grad(), block:
            assert get_watcher() is watcher
            assert not (al.Value(1.0) * 2).requires_grad
        with pytest.raises(KeyError), block:
            raise KeyError
        assert get_watcher() is watcher
        failure(lambda: np.log(al.Value(0.0)))
        assert get_watcher() is watcher
    assert current_mode.get() is None


def test_blocks_that_do_not_close_in_order() -> None:
    first, second = al.debug(), al.no_grad()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert get_watcher() is None
    assert not (al.Value(1.0) * 2).requires_grad
    second.__exit__(None, None, None)
    assert current_mode.get() is None


def test_as_a_decorator() -> None:
    @al.debug()
    def evaluate(x: Any) -> Any:
        return np.log(x)

    with pytest.raises(NonFiniteError):
        evaluate(al.Value(0.0))
    assert evaluate.__name__ == "evaluate"
    assert current_mode.get() is None
    with pytest.raises(ArgumentError, match=r"debug cannot decorate.*put `with debug\(\)"):
        al.debug()(lambda: (yield))


def test_a_block_is_of_its_thread() -> None:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(get_watcher()))
    with al.debug():
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_decorated_coroutine_function() -> None:
    @al.debug()
    async def evaluate() -> Any:
        await asyncio.sleep(0)
        return np.log(al.Value(0.0))

    with pytest.raises(NonFiniteError):
        asyncio.run(evaluate())


def test_a_graph_of_one_block_is_known_in_the_next() -> None:
    x = al.Value([0.0, 1.0])
    with al.debug():
        y = np.sqrt(x).sum()
    x.data[1] = 3.0
    with al.debug(), pytest.raises(GraphError, match=r"operand 0 \(x\) of sqrt was changed"):
        y.backward()
    with np.errstate(divide="ignore"):
        y.backward()


def test_notes_go_with_their_values() -> None:
    with collector_off(), al.debug():
        gc.collect()
        noted, copied = set(notes), set(copies)
        x = al.Value(np.ones(3))
        y = np.sin(x * x)
        assert len(notes) == len(noted) + 2
        assert len(copies) == len(copied) + 3
        gone = weakref.ref(y)
        y.sum().backward()
        del y
        assert gone() is None
        assert set(notes) == noted
        del x
        assert set(copies) == copied


def test_a_copy_belongs_to_what_an_array_holds_when_it_is_used() -> None:
    x, a = al.Value([1.0, 2.0]), np.array([1.0, 1.0])
    with al.debug():
        first = x * a
        a[0] = 2.0
        second = x * a
        second.sum().backward()
        with pytest.raises(GraphError):
            first.sum().backward()
        assert x.grad.tolist() == [2, 1]
        del first
        second.sum().backward()
        a[0] = 3.0
        with pytest.raises(GraphError):
            second.sum().backward()


def test_a_sum_over_data_that_is_infinite_is_passed_on() -> None:
    x = al.Value(2.0)
    with al.debug():
        (x * np.array([1.0, INF])).sum().backward()
    assert x.grad == INF
