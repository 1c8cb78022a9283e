"""grad and value_and_grad: arguments, nesting, captured Values."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, DtypeError, GraphError
from tests.helpers import central_difference, collector_off

# Arguments


def power_sum(x: Any, y: Any, *, scale: float = 1.0) -> Any:
    return np.sum(x**2 * y) * scale


X, Y = np.array([1.0, 2.0]), np.array([10.0, 100.0])


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, [20.0, 400.0]),
        (1, [1.0, 4.0]),
        (-1, [1.0, 4.0]),
        (-2, [20.0, 400.0]),
        ((0,), ([20.0, 400.0],)),
        ((0, 1), ([20.0, 400.0], [1.0, 4.0])),
        ((1, 0), ([1.0, 4.0], [20.0, 400.0])),
        ((-1, 0), ([1.0, 4.0], [20.0, 400.0])),
        ((0, 0), ([20.0, 400.0], [20.0, 400.0])),
        ((0, -2), ([20.0, 400.0], [20.0, 400.0])),
        ((), ()),
    ],
)
def test_argnums(argnums: Any, expected: Any) -> None:
    result = al.grad(power_sum, argnums)(X, Y)
    value, same = al.value_and_grad(power_sum, argnums=argnums)(X, Y)
    assert value == 410
    if isinstance(argnums, tuple):
        assert type(result) is type(same) is tuple
        assert tuple(g.tolist() for g in result) == tuple(g.tolist() for g in same) == expected
    else:
        assert result.tolist() == same.tolist() == expected


@pytest.mark.parametrize("argnums", [2, -3, (0, 5)])
def test_argnums_out_of_range(argnums: Any) -> None:
    with pytest.raises(ArgumentError, match="called with 2 positional arguments"):
        al.grad(power_sum, argnums)(X, Y)
    with pytest.raises(ArgumentError, match="by position"):
        al.grad(power_sum)(x=X, y=Y)


def test_keyword_arguments_are_passed_on() -> None:
    assert al.grad(power_sum)(X, Y, scale=2.0).tolist() == [40, 800]
    assert al.grad(power_sum)(X, y=Y).tolist() == [20, 400]


def test_results_are_arrays_and_numpy_scalars() -> None:
    value, slope = al.value_and_grad(lambda x: x * x)(3.0)
    assert (value, slope) == (9, 6)
    assert type(value) is type(slope) is np.float64
    value, slope = al.value_and_grad(lambda x: np.sum(x * x))(np.ones(2, np.float32))
    assert type(value) is np.float32
    assert type(slope) is np.ndarray
    assert slope.dtype == np.float32


@pytest.mark.parametrize("arg", [2, 2.5, np.float32(2), np.array(2.0), np.ones((2, 2), np.float16)])
def test_arguments_may_be_what_a_value_may_be(arg: Any) -> None:
    slope = al.grad(lambda x: np.sum(x * x))(arg)
    assert slope.tolist() == (2 * np.asarray(arg)).tolist()
    assert slope.dtype == (arg.dtype if isinstance(arg, np.generic | np.ndarray) else np.float64)


@pytest.mark.parametrize("arg", [np.arange(3), np.int64(2), True, None, "x"])
def test_arguments_that_cannot_be_variables_raise(arg: Any) -> None:
    with pytest.raises(DtypeError, match="a variable holds floats"):
        al.grad(lambda x: np.sum(x * x))(arg)


def test_other_arguments_are_passed_as_they_are() -> None:
    def pick(x: Any, index: Any, names: Any) -> Any:
        assert isinstance(x, al.Value)
        assert type(index) is int
        assert names == {"a": None}
        return x[index]

    assert al.grad(pick)(X, 1, {"a": None}).tolist() == [0, 1]


def test_the_arguments_are_not_changed_and_not_kept() -> None:
    x = np.array([1.0, 2.0])
    slope = al.grad(lambda v: np.sum(v))(x)
    slope[:] = 9
    same = al.grad(lambda v: v[0] * 1.0 + v @ v)(x)
    assert not np.shares_memory(slope, x)
    assert not np.shares_memory(same, x)
    assert x.tolist() == [1, 2]
    first, second = al.grad(lambda a, b: np.sum(a + b), (0, 1))(x, x)
    assert not np.shares_memory(first, second)


@pytest.mark.parametrize("arg", [2.0, np.ones(3, np.float32), np.ones((0, 2))])
@pytest.mark.parametrize(
    "fun",
    [
        lambda x: 3.0,
        lambda x: np.float64(3),
        lambda x: 3,
        lambda x: np.sum(np.sign(x.detach())),
        lambda x: np.argmax(np.ones(3)),
        lambda x: al.no_grad()(lambda: np.sum(x * x))(),
    ],
)
def test_an_unused_argument_has_zeros(fun: Any, arg: Any) -> None:
    expected = np.zeros_like(arg)
    slope = al.grad(fun)(arg)
    assert slope.tolist() == expected.tolist()
    assert (slope.dtype, slope.shape) == (expected.dtype, expected.shape)
    used, unused = al.grad(lambda x, y: np.sum(x) * 2, (0, 1))(np.ones(2), arg)
    assert used.tolist() == [2, 2]
    assert (unused.dtype, unused.tolist()) == (expected.dtype, expected.tolist())


def test_an_unused_argument_of_a_function_of_captured_values_has_zeros() -> None:
    weight = al.Value(2.0)
    assert float(al.grad(lambda x: weight * weight)(3.0)) == 0


@pytest.mark.parametrize(
    ("fun", "received"),
    [
        (lambda x: x * 1, r"an array of shape \(2,\)"),
        (lambda x: np.ones(2), r"an array of shape \(2,\)"),
        (lambda x: None, "'NoneType'"),
        (lambda x: (x[0], x[1]), "'tuple'"),
        (lambda x: (1.0, 2.0), "'tuple'"),
        (lambda x: "text", "'str'"),
    ],
)
def test_a_result_that_is_not_one_number_raises(fun: Any, received: str) -> None:
    with pytest.raises(GraphError, match=received + r"\. Reduce it to a number"):
        al.grad(fun)(X)


def test_identity() -> None:
    assert al.value_and_grad(lambda x: x)(3.0) == (3, 1)


def test_errors_of_the_function_pass_through_and_restore_recording() -> None:
    def fails(x: Any) -> Any:
        raise KeyError("mine")

    with al.no_grad():
        with pytest.raises(KeyError, match="mine"):
            al.grad(fails)(1.0)
        assert not (al.Value(1.0) * 2).requires_grad
    assert (al.Value(1.0) * 2).requires_grad


def test_nothing_is_stored() -> None:
    x, weight = al.Value(2.0), al.Value(3.0)
    al.grad(lambda v: v * weight)(x)
    assert (x.grad, weight.grad) == (None, None)


# Nesting


def test_the_classic_of_perturbation_confusion() -> None:
    """d/dx of x (d/dy of x y at y = 2) at x = 3 is 2 x = 6, not 3."""
    assert al.grad(lambda x: x * al.grad(lambda y: x * y)(2.0))(3.0) == 6


def test_other_classics_of_perturbation_confusion() -> None:
    def inner(x: Any) -> Any:
        return al.grad(lambda y: x + y)(1.0)

    assert al.grad(lambda x: x * inner(x))(1.0) == 1
    assert al.grad(lambda x: x * al.grad(lambda y: x * y * y)(x))(2.0) == 3 * 2 * 4
    assert al.grad(lambda x: al.grad(lambda x: x * x)(x) * x)(3.0) == 12
    assert al.grad(lambda x: al.grad(lambda y: al.grad(lambda z: x * y * z)(y))(x))(5.0) == 1
    shift = al.grad(lambda x: al.grad(lambda y: (x - y) ** 3)(x + 1.0))  # -3 (x - y)² = -3
    assert shift(0.7) == pytest.approx(0, abs=1e-14)


def test_a_function_that_returns_a_derivative_of_itself() -> None:
    """d/dx of f'(x) f(x) is f'' f + f'²."""
    slope = al.grad(np.sin)
    x = 0.7
    got = al.grad(lambda v: slope(v) * np.sin(v))(x)
    assert got == pytest.approx(np.cos(2 * x), rel=1e-15)


def test_inner_gradient_of_something_else_is_a_constant() -> None:
    assert al.grad(lambda x: x * al.grad(lambda y: y * y)(2.0))(3.0) == 4


def test_inner_gradient_in_two_arguments() -> None:
    def total(x: Any) -> Any:
        first, second = al.grad(lambda a, b: a * a * b, (0, 1))(x, 3.0 * x)
        return first + second  # 6 x² + x²

    assert al.grad(total)(2.0) == 28


def test_higher_derivatives_of_tanh_against_closed_forms() -> None:
    x = np.array([-1.5, -0.2, 0.0, 0.4, 2.0])
    t = np.tanh(x)
    closed = [
        1 - t**2,
        -2 * t * (1 - t**2),
        (1 - t**2) * (6 * t**2 - 2),
        (1 - t**2) * (16 * t - 24 * t**3),
    ]
    derivative: Any = np.tanh
    for order, expected in enumerate(closed, start=1):
        derivative = elementwise_derivative(derivative)
        np.testing.assert_allclose(
            derivative(x), expected, rtol=0, atol=1e-10, err_msg=f"order {order}"
        )


def elementwise_derivative(fun: Any) -> Any:
    return al.grad(lambda x: np.sum(fun(x)))


def test_a_tenth_derivative() -> None:
    derivative: Any = lambda x: x**12.0  # noqa: E731
    for _ in range(10):
        derivative = al.grad(derivative)
    assert derivative(1.0) == 239_500_800


def test_a_derivative_through_a_loop_and_a_branch() -> None:
    def collatz(x: Any) -> Any:
        for _ in range(4):
            x = x * x if x < 2 else x / 2
        return x

    numeric = central_difference(collatz, [1.2], [1.0])
    assert al.grad(collatz)(1.2) == pytest.approx(numeric, rel=1e-9)


# Values from outside


def test_a_value_as_argument_gives_a_value_that_depends_on_it() -> None:
    x = al.Value(3.0)
    slope = al.grad(lambda v: v * v * v)(x)
    assert isinstance(slope, al.Value)
    slope.backward()
    assert x.grad == 18
    value, _ = al.value_and_grad(lambda v: v * v)(x)
    value.backward()
    assert x.grad == 18 + 6


def test_a_constant_as_argument_gives_a_constant() -> None:
    slope = al.grad(lambda v: v * v)(al.Value(3.0, requires_grad=False))
    assert isinstance(slope, al.Value)
    assert not slope.requires_grad
    assert slope.data == 6


def test_gradient_penalty_with_captured_values() -> None:
    """The derivative of |d/dx (w x²)|² = 4 w² x² in w is 8 w x²."""
    weight = al.Value(3.0)
    slope = al.grad(lambda x: weight * x * x)(2.0)
    assert isinstance(slope, al.Value)
    (slope * slope).backward()
    assert weight.grad == 8 * 3 * 4


def test_variables_made_inside_the_function() -> None:
    assert float(al.grad(lambda x: x * al.Value(2.0) * x)(3.0)) == 12


def test_captured_constants_leave_the_result_bare() -> None:
    scale = al.Value(3.0, requires_grad=False)
    assert type(al.grad(lambda x: scale * x)(2.0)) is np.float64


def test_a_gradient_inside_no_grad() -> None:
    weight = al.Value(3.0)
    with al.no_grad():
        slope = al.grad(lambda x: weight * x * x)(2.0)
        of_value = al.grad(lambda x: x * x)(weight)
        nested = al.grad(al.grad(lambda x: x**3))(2.0)
        assert not al.recording.is_recording()
    assert type(slope) is np.float64
    assert (slope, nested) == (12, 12)
    assert isinstance(of_value, al.Value)
    assert not of_value.requires_grad
    assert of_value.data == 6


def test_no_grad_inside_a_gradient_cuts() -> None:
    def fun(x: Any) -> Any:
        with al.no_grad():
            factor = x * x
        return factor * x

    assert al.grad(fun)(3.0) == 9
    assert al.grad(lambda x: x * al.no_grad()(al.grad(lambda y: y * y))(x))(3.0) == 6


def test_backward_inside_a_gradient() -> None:
    def fun(x: Any) -> Any:
        y = al.Value(2.0)
        (y * y).backward()
        return x * float(y.grad)

    assert al.grad(fun)(3.0) == 4


def test_gradients_are_freed_with_the_collector_off() -> None:
    alive = []

    def fun(x: Any) -> Any:
        y = np.tanh(x) * x
        alive.extend([weakref.ref(x), weakref.ref(y)])
        return y

    with collector_off():
        al.grad(al.grad(fun))(0.5)
        weight = al.Value(2.0)
        al.grad(lambda x: weight * fun(x))(0.5)
        assert [ref() for ref in alive] == [None] * 4


@pytest.mark.parametrize(
    "derivative",
    [
        al.grad(al.grad(lambda x, y: np.sin(x * y), 1), 0),
        al.grad(lambda x, y: x * al.grad(lambda z: x * z * z)(y)),
        al.grad(lambda x, y: x * y * al.Value(2.0)),
        al.vjp(al.grad(lambda x, y: np.sin(x * y), 1))(1.0, 2.0)[1],
        lambda x, y: al.jvp(al.grad(lambda x, y: np.sin(x * y), 1))(x, y, 1.0)[1],
        lambda x, y: al.vjp(al.grad(lambda x, y: np.sin(x * y), 1))(x, y)[0],
    ],
)
def test_leaves_made_inside_are_not_taken_for_values_from_outside(derivative: Any) -> None:
    """A derivative of plain numbers is a plain number, also where transforms stand inside."""
    arguments = (1.0, 2.0)[: 1 if derivative.__name__ == "pull_back" else 2]
    assert type(derivative(*arguments)) is np.float64


def test_a_result_that_is_a_value_from_outside_stays_connected() -> None:
    weight = al.Value(3.0)
    out, _ = al.vjp(lambda x: (x * 2.0, weight))(1.0)
    assert out[1] is weight


def test_an_array_of_one_number_is_one_number_as_for_backward() -> None:
    value, slope = al.value_and_grad(lambda x: np.sum(x * x, keepdims=True))(np.ones((2, 2)))
    assert value.tolist() == [[4]]
    assert slope.tolist() == [[2, 2], [2, 2]]


@pytest.mark.parametrize(
    "fun", [lambda x: x > 0, lambda x: np.allclose(x, x), lambda x: np.any(np.stack([x, x]))]
)
def test_a_boolean_has_no_derivative(fun: Any) -> None:
    with pytest.raises(DtypeError, match="returned a boolean"):
        al.grad(fun)(1.0)
