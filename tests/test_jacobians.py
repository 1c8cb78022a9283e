"""jacobian, hessian, hvp, vjp, jvp and elementwise_grad, against closed forms and each other."""

from __future__ import annotations

import gc
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ConversionError, DtypeError, GraphError, ShapeError
from autograd_lite.primitive import numpy_functions, registry
from tests.helpers import central_difference, collector_off

A = np.array([[1.0, 2.0, -1.0], [0.5, -3.0, 2.0]])
X = np.array([0.3, -1.2, 2.1])


def affine_tanh(a: Any, x: Any) -> Any:
    return np.tanh(a @ x)


def closed_jacobians(a: Any, x: Any) -> tuple[Any, Any]:
    slope = 1 - np.tanh(a @ x) ** 2
    return np.einsum("i,ij,k->ijk", slope, np.eye(len(a)), x), slope[:, None] * a


@pytest.mark.parametrize("argnums", [0, 1, -1, (0, 1), [1, 0], (1, 1)])
def test_jacobian_against_the_closed_form(argnums: Any) -> None:
    blocks = closed_jacobians(A, X)
    got = al.jacobian(affine_tanh, argnums)(A, X)
    if isinstance(argnums, int):
        np.testing.assert_allclose(got, blocks[argnums], rtol=1e-14)
    else:
        assert type(got) is tuple
        for block, position in zip(got, argnums, strict=True):
            np.testing.assert_allclose(block, blocks[position], rtol=1e-14)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 9])
def test_jacobian_by_rows_and_by_columns(rows: int) -> None:
    """More results than arguments: the passes go forwards; the numbers are the same."""
    rng = np.random.default_rng(rows)
    a = rng.normal(size=(rows, 3))
    got = al.jacobian(affine_tanh, 1)(a, X)
    np.testing.assert_allclose(got, closed_jacobians(a, X)[1], rtol=1e-14)
    assert got.flags.c_contiguous


SHAPES: list[Any] = [(), (1,), (3,), (2, 3), (0,), (2, 0)]


@pytest.mark.parametrize("out_shape", SHAPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_jacobian_has_the_axes_of_the_result_and_then_those_of_the_argument(
    out_shape: Any, shape: Any
) -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=out_shape + shape)
    x = np.asarray(rng.normal(size=shape))[()]
    axes = tuple(range(len(out_shape), weights.ndim))
    got = al.jacobian(lambda x: np.sum(weights * x, axis=axes))(x)
    assert got.shape == out_shape + shape
    np.testing.assert_allclose(got, weights, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 5])
def test_a_jacobian_has_the_dtype_of_the_argument(dtype: Any, count: int) -> None:
    scale = np.arange(1, 1 + count, dtype=np.float64)
    got = al.jacobian(lambda x: scale * x[0])(np.ones(2, dtype))
    assert got.dtype == dtype
    assert got.tolist() == [[s, 0] for s in scale]


def test_jacobian_of_what_does_not_depend_on_the_argument() -> None:
    assert al.jacobian(lambda x: np.ones(2))(X).tolist() == np.zeros((2, 3)).tolist()
    assert al.jacobian(lambda x: 3)(X).tolist() == [0, 0, 0]
    assert al.jacobian(lambda x, y: x * 1.0, 1)(X, X).tolist() == np.zeros((3, 3)).tolist()
    many = al.jacobian(lambda x, y: np.concatenate([x, x, x]), (0, 1))(X, 1.0)
    assert many[0].tolist() == np.concatenate([np.eye(3)] * 3).tolist()
    assert many[1].tolist() == [0] * 9


def test_jacobian_that_depends_on_values_from_outside() -> None:
    w = al.Value([1.0, 2.0])
    rows = al.jacobian(lambda x: w * x * x)(np.array([3.0, 4.0]))
    assert type(rows) is al.Value
    rows.sum().backward()
    assert w.grad.tolist() == [6, 8]
    w.grad = None
    columns = al.jacobian(lambda x: w * x * x)(3.0)
    columns.sum().backward()
    assert w.grad.tolist() == [6, 6]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_jacobian_inside_a_loss_by_rows_and_by_columns(count: int) -> None:
    """The Jacobian of w sin(k x) is w k cos(k x); its square is differentiated by w and x."""
    k = np.arange(1.0, count + 1)
    w, x = al.Value(3.0), al.Value(0.4)

    def loss(w: Any, x: Any) -> Any:
        return np.sum(al.jacobian(lambda x: w * np.sin(k * x))(x) ** 2)

    loss(w, x).backward()
    slopes = np.sum(6 * (k * np.cos(0.4 * k)) ** 2), np.sum(-9 * k**3 * np.sin(0.8 * k))
    np.testing.assert_allclose([w.grad, x.grad], slopes, rtol=1e-13)
    np.testing.assert_allclose(al.grad(loss, (0, 1))(3.0, 0.4), slopes, rtol=1e-13)


def quartic(x: Any, y: Any) -> Any:
    return np.sum(x**2) * np.sum(y**3) + x[0] * y[1]


Y = np.array([1.0, -2.0])
HESSIAN = np.zeros((5, 5))
HESSIAN[:3, :3] = 2 * np.sum(Y**3) * np.eye(3)
HESSIAN[:3, 3:] = np.outer(2 * X, 3 * Y**2)
HESSIAN[0, 4] += 1
HESSIAN[3:, :3] = HESSIAN[:3, 3:].T
HESSIAN[3:, 3:] = np.sum(X**2) * np.diag(6 * Y)


def test_hessian_against_the_closed_form() -> None:
    np.testing.assert_allclose(al.hessian(quartic)(X, Y), HESSIAN[:3, :3], rtol=1e-14)
    np.testing.assert_allclose(al.hessian(quartic, -1)(X, Y), HESSIAN[3:, 3:], rtol=1e-14)
    blocks = al.hessian(quartic, (0, 1))(X, Y)
    assert type(blocks) is type(blocks[0]) is tuple
    np.testing.assert_allclose(np.block([list(row) for row in blocks]), HESSIAN, rtol=1e-14)


def test_products_with_the_hessian_against_the_closed_form() -> None:
    v, w = np.array([1.0, -2.0, 0.5]), np.array([0.3, 4.0])
    product = al.hvp(quartic)(X, Y, v)
    np.testing.assert_allclose(product, HESSIAN[:3, :3] @ v, rtol=1e-14)
    both = al.hvp(quartic, (0, 1))(X, Y, (v, w))
    np.testing.assert_allclose(np.concatenate(both), HESSIAN @ np.concatenate([v, w]), rtol=1e-14)
    (second,) = al.hvp(quartic, [1])(X, Y, [w])
    np.testing.assert_allclose(second, HESSIAN[3:, 3:] @ w, rtol=1e-14)


def test_hvp_of_a_linear_function_is_zero() -> None:
    assert al.hvp(lambda x: np.sum(3 * x))(X, np.ones(3)).tolist() == [0, 0, 0]
    assert al.hvp(lambda x: 1.0)(X, np.ones(3)).tolist() == [0, 0, 0]


def test_hvp_with_a_value_as_vector_depends_on_it() -> None:
    v = al.Value(np.ones(3))
    product = al.hvp(lambda x: np.sum(x**3))(X, v)
    product.sum().backward()
    np.testing.assert_allclose(v.grad, 6 * X, rtol=1e-15)


def test_vjp_and_jvp_against_the_closed_form() -> None:
    u, da, dx = np.array([2.0, -1.0]), np.full((2, 3), 0.1), np.array([1.0, 2.0, 3.0])
    by_a, by_x = closed_jacobians(A, X)
    out, pull_back = al.vjp(affine_tanh, (0, 1))(A, X)
    np.testing.assert_array_equal(out, affine_tanh(A, X))
    np.testing.assert_allclose(pull_back(u)[0], np.tensordot(u, by_a, 1), rtol=1e-14)
    np.testing.assert_allclose(pull_back(u)[1], u @ by_x, rtol=1e-14)
    out, tangent = al.jvp(affine_tanh, (0, 1))(A, X, (da, dx))
    np.testing.assert_array_equal(out, affine_tanh(A, X))
    expected = np.tensordot(by_a, da, 2) + by_x @ dx
    np.testing.assert_allclose(tangent, expected, rtol=1e-14)
    assert type(out) is type(tangent) is np.ndarray


def test_vjp_keeps_its_graph_for_another_call_and_shares_nothing() -> None:
    out, pull_back = al.vjp(lambda x: x * 1.0)(X)
    first, second = pull_back(X), pull_back(2 * X)
    first[:] = 0
    out[:] = 0
    assert second.tolist() == (2 * X).tolist()
    assert pull_back(X).tolist() == X.tolist()


def test_the_same_leaf_twice_in_a_result_adds_up() -> None:
    def twice(x: Any) -> Any:
        y = x * 2.0
        return y, y, x

    _, pull_back = al.vjp(twice)(3.0)
    assert pull_back((1.0, 10.0, 100.0)) == 122
    assert al.jvp(twice)(3.0, 1.0) == ((6, 6, 3), (2, 2, 1))
    assert al.elementwise_grad(twice)(3.0) == 5


def test_pull_back_of_a_value_depends_on_it() -> None:
    u = al.Value(np.ones(3))
    _, pull_back = al.vjp(lambda x: x * x)(X)
    gradient = pull_back(u)
    gradient.sum().backward()
    assert u.grad.tolist() == (2 * X).tolist()
    with al.no_grad():
        assert type(pull_back(u)) is np.ndarray


def test_pull_back_inside_no_grad_of_a_connected_graph() -> None:
    w = al.Value(3.0)
    out, pull_back = al.vjp(lambda x: w * x * x)(2.0)
    assert out.requires_grad
    assert pull_back(1.0).requires_grad
    with al.no_grad():
        gradient = pull_back(1.0)
    assert not gradient.requires_grad
    assert gradient.data == 12
    w.data = w.data + 1.0
    with al.no_grad():
        assert pull_back(1.0).data == 12  # the arrays that went in count
    with pytest.raises(GraphError, match="was rebound"):
        pull_back(1.0)


def test_jvp_in_a_graph_depends_on_the_values_from_outside() -> None:
    w, t = al.Value(3.0), al.Value(2.0)
    _, tangent = al.jvp(lambda x: w * x**3)(2.0, t)
    tangent.backward()
    assert tangent.data == 3 * 12 * 2
    assert (w.grad, t.grad) == (12 * 2, 3 * 12)


def test_jvp_of_results_without_a_derivative() -> None:
    out, tangent = al.jvp(lambda x: (3, np.sign(x), x > 0, x))(2.0, 1.0)
    assert out == (3, 1, True, 2)
    assert tangent == (0, 0, 0, 1)


def test_elementwise_grad() -> None:
    got = al.elementwise_grad(np.tanh)(X)
    np.testing.assert_allclose(got, 1 - np.tanh(X) ** 2, rtol=1e-14)
    by_y = al.elementwise_grad(lambda x, y: x * np.sin(y), 1)(2.0, X)
    np.testing.assert_allclose(by_y, 2 * np.cos(X), rtol=1e-15)
    third: Any = np.tanh
    for _ in range(3):
        third = al.elementwise_grad(third)
    t = np.tanh(X)
    np.testing.assert_allclose(third(X), (1 - t**2) * (6 * t**2 - 2), rtol=0, atol=1e-10)


@pytest.mark.parametrize("transform", [al.hvp, al.jvp])
def test_the_vector_comes_last(transform: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{transform.__name__} got 1 positional arguments"):
        transform(np.sum)(X)
    with pytest.raises(ShapeError, match=r"the (vector|tangent) has shape \(2,\); expected \(3,\)"):
        transform(np.sum)(X, Y)
    with pytest.raises(ArgumentError, match="expected a tuple with keys"):
        transform(quartic, (0, 1))(X, Y, X)


EVERY: list[Any] = [
    *(al.grad, al.value_and_grad, al.jacobian, al.hessian, al.hvp, al.vjp, al.jvp),
    al.elementwise_grad,
]


@pytest.mark.parametrize("transform", EVERY)
@pytest.mark.parametrize("argnums", ["x", 1.0, None, True, (0, "y"), [[0]]])
def test_argnums_that_are_no_positions_raise_at_once(transform: Any, argnums: Any) -> None:
    with pytest.raises(ArgumentError, match="give the position of an argument, an int, or a tuple"):
        transform(np.sum, argnums)


@pytest.mark.parametrize("transform", EVERY)
def test_argnums_out_of_range_raise(transform: Any) -> None:
    with pytest.raises(ArgumentError, match="argnums has 7, but the function was called with"):
        transform(lambda x, y: np.sum(x), 7)(X, X, X)
    with pytest.raises(ArgumentError, match="by position"):
        transform(lambda *x, y: np.sum(x[0]), (0, 4))(X, X, X, y=X)


def test_a_numpy_integer_is_a_position() -> None:
    assert al.grad(quartic, np.int64(1))(X, Y).shape == (2,)


def test_grad_of_several_numbers_says_what_to_try() -> None:
    with pytest.raises(GraphError, match="or try jacobian"):
        al.grad(lambda x: x)(X)


def test_nested_transforms_against_central_differences() -> None:
    """Grad of a jacobian of a grad of a jvp: no level sees the variables of another."""

    def inner(x: Any, y: Any) -> Any:
        _, moved = al.jvp(lambda z: np.sin(z * x) * y)(y, x)  # x² y cos(x y)
        return moved * x

    def middle(x: Any) -> Any:
        return al.grad(lambda y: inner(x, y))(x * 2.0) * x

    def outer(x: Any) -> Any:
        return np.sum(al.jacobian(lambda y: np.stack([middle(y) * x, y * x, x]))(x))

    def closed_inner(x: Any, y: Any) -> Any:
        return x**3 * y * np.cos(x * y)

    x = 0.7
    assert inner(x, 0.4) == pytest.approx(closed_inner(x, 0.4), rel=1e-14)

    def numeric_middle(x: Any) -> Any:
        return central_difference(lambda y: closed_inner(x, y), [2 * x], [1.0]) * x

    assert middle(x) == pytest.approx(numeric_middle(x), rel=1e-8)
    numeric = central_difference(lambda y: float(middle(y)) * x + y * x, [x], [1.0])
    assert outer(x) == pytest.approx(numeric, rel=1e-8)
    again = central_difference(lambda y: float(outer(y)), [x], [1.0])
    assert al.grad(outer)(x) == pytest.approx(again, rel=1e-8)


# Complex numbers

Z = np.array([0.3 + 0.4j, -1.2 + 0.1j])
ALONG = [np.array([1.0 + 0j, 0.5]), np.array([1j, -2j]), np.array([0.3 - 0.2j, 1 + 1j])]


def analytic(z: Any) -> Any:
    return np.exp(z) * np.sum(z * z)


def not_analytic(z: Any) -> Any:
    return np.conj(z) * z[0] + np.abs(z) * 2j


def numeric_along(fun: Any, z: Any, direction: Any, step: float = 6e-6) -> Any:
    return (fun(z + step * direction) - fun(z - step * direction)) / (2 * step)


@pytest.mark.parametrize("direction", ALONG)
@pytest.mark.parametrize("fun", [analytic, not_analytic, np.real, np.abs, lambda z: z[0]])
def test_jvp_is_the_derivative_along_a_complex_direction(fun: Any, direction: Any) -> None:
    out, tangent = al.jvp(fun)(Z, direction)
    np.testing.assert_array_equal(out, fun(Z))
    np.testing.assert_allclose(tangent, numeric_along(fun, Z, direction), rtol=1e-9, atol=1e-9)


def test_jvp_of_a_complex_function_of_real_numbers() -> None:
    out, tangent = al.jvp(lambda t: np.exp(1j * t))(X, np.ones(3))
    np.testing.assert_allclose(tangent, 1j * out, rtol=1e-15)
    with pytest.raises(DtypeError, match="the tangent has dtype complex128"):
        al.jvp(np.sin)(X, 1j * np.ones(3))


@pytest.mark.parametrize("fun", [analytic, not_analytic])
def test_vjp_pairs_with_jvp_for_complex_numbers(fun: Any) -> None:
    """Re(sum(P(u) t)) = Re(sum(u J t)) for every u and t."""
    out, pull_back = al.vjp(fun)(Z)
    u = np.array([0.3 - 2j, 1 + 0.5j])
    assert out.dtype == np.complex128
    for direction in ALONG:
        moved = numeric_along(fun, Z, direction)
        expected = np.sum(u * moved).real
        assert np.sum(pull_back(u) * direction).real == pytest.approx(expected, rel=1e-8)


def test_jacobian_of_an_analytic_function() -> None:
    got = al.jacobian(analytic)(Z)
    columns = [numeric_along(analytic, Z, unit) for unit in np.eye(2)]
    np.testing.assert_allclose(got, np.stack(columns, axis=1), rtol=1e-9)


def test_jacobian_of_a_complex_function_of_real_numbers() -> None:
    got = al.jacobian(lambda t: np.exp(1j * t) * t[0])(X)
    expected = np.diag(1j * np.exp(1j * X) * X[0])
    expected[:, 0] += np.exp(1j * X)
    np.testing.assert_allclose(got, expected, rtol=1e-14)
    assert al.jacobian(lambda t: np.exp(1j * t) * 2.0)(np.float32(0)).dtype == np.complex64
    many = al.jacobian(lambda t: np.exp(1j * t) * np.ones(4))(0.5)  # not by columns
    np.testing.assert_allclose(many, np.full(4, 1j * np.exp(0.5j)), rtol=1e-15)


def test_jacobian_of_a_real_function_of_complex_numbers() -> None:
    got = al.jacobian(lambda z: np.stack([np.real(z[0]) * np.imag(z[1]), np.imag(z[0])]))(Z)
    expected = [[Z[1].imag, -1j * Z[0].real], [-1j, 0]]
    np.testing.assert_allclose(got, expected, rtol=1e-15)


@pytest.mark.parametrize("transform", [al.jacobian, al.elementwise_grad])
@pytest.mark.parametrize("fun", [np.conj, not_analytic, lambda z: np.real(z) + 0j])
def test_a_complex_function_that_is_not_analytic_has_no_jacobian(transform: Any, fun: Any) -> None:
    with pytest.raises(GraphError, match="only if it is analytic"):
        transform(fun)(Z)


def test_elementwise_grad_of_complex_functions() -> None:
    np.testing.assert_allclose(al.elementwise_grad(np.sin)(Z), np.cos(Z), rtol=1e-14)
    slope = al.elementwise_grad(lambda t: np.exp(1j * t))(X)
    np.testing.assert_allclose(slope, 1j * np.exp(1j * X), rtol=1e-15)
    both = al.elementwise_grad(lambda t: (np.exp(1j * t), t * t))(X)
    np.testing.assert_allclose(both, 1j * np.exp(1j * X) + 2 * X, rtol=1e-15)


def test_hvp_and_hessian_of_a_real_function_of_complex_numbers() -> None:
    """The product is the derivative of the gradient along the vector."""

    def energy(z: Any) -> Any:
        return np.sum(np.abs(z * z - (1 + 2j)) ** 2)

    for direction in ALONG:
        expected = numeric_along(al.grad(energy), Z, direction)
        np.testing.assert_allclose(al.hvp(energy)(Z, direction), expected, rtol=1e-8)
    with pytest.raises(GraphError, match="only if it is analytic"):
        al.hessian(energy)(Z)
    np.testing.assert_allclose(
        al.hessian(lambda z: np.real(np.sum(z**3)))(Z), np.diag(6 * Z), rtol=1e-14
    )


def test_grad_of_a_complex_result_says_what_to_do() -> None:
    with pytest.raises(GraphError, match=r"np\.real, np\.imag or np\.abs of it, or try jacobian"):
        al.grad(np.exp)(1j)
    with pytest.raises(GraphError, match="complex"):
        al.grad(lambda x: 1j)(1.0)


# Users' own rules


@pytest.fixture(autouse=True)
def _registry_as_before() -> Any:
    declared, functions = dict(registry), dict(numpy_functions)
    yield
    for table, before in ((registry, declared), (numpy_functions, functions)):
        table.clear()
        table.update(before)


def test_a_rule_that_looks_for_zeros_is_right_in_both_directions() -> None:
    double = al.primitive(
        lambda x: 2 * x, lambda g, out, x: 2 * g if np.any(g) else np.zeros_like(g), name="double"
    )
    assert al.jvp(double)(X, np.ones(3))[1].tolist() == [2, 2, 2]
    assert al.jacobian(lambda t: double(t * np.ones(5)))(1.0).tolist() == [2] * 5


@pytest.mark.parametrize("needs_arrays", [np.asarray, np.sort_complex, np.vectorize(float)])
def test_a_jacobian_does_not_need_rules_that_run_on_values(needs_arrays: Any) -> None:
    double = al.primitive(
        lambda x: 2 * x, lambda g, out, x: np.real(2 * needs_arrays(g)), name="double"
    )
    assert al.jacobian(lambda t: double(t * np.ones(5)))(1.0).tolist() == [2] * 5


def test_a_rule_that_makes_plain_numbers_of_values_raises() -> None:
    """It would cut the graph silently, where rules run on Values."""
    square = al.primitive(
        lambda x: x * x, lambda g, out, x: g * 2 * float(x), name="square_by_float"
    )
    assert al.grad(square)(3.0) == 6
    with pytest.raises(ConversionError, match="plain float"):
        al.grad(al.grad(square))(3.0)
    with pytest.raises(ConversionError, match="plain float"):
        square(al.Value(3.0)).backward(create_graph=True)


# What is left


def parts(x: Any) -> Any:
    return np.sum(np.sin(x) * x), {"x": x * 2.0}


@pytest.mark.parametrize(
    "derivative",
    [
        lambda: al.value_and_grad(parts, has_aux=True)(X),
        lambda: al.vjp(parts)(X)[1]((1.0, {"x": X})),
        lambda: al.jvp(parts)(X, X),
        lambda: al.jacobian(parts)(X),
        lambda: al.jacobian(lambda t: t * np.ones(9))(1.0),
        lambda: al.hessian(lambda x: parts(x)[0])(X),
        lambda: al.hvp(lambda x: parts(x)[0])(X, X),
        lambda: al.elementwise_grad(np.tanh)(X),
        lambda: al.grad(al.checkpoint(lambda x: parts(x)[0]))(X),
        lambda: al.grad(lambda net: np.sum(net(X)))(al.nn.Linear(3, 2, rng=0)),
    ],
)
def test_nothing_is_left_for_the_garbage_collector(derivative: Any) -> None:
    def live_values() -> int:
        return sum(type(thing) is al.Value for thing in gc.get_objects())

    with collector_off():
        before = live_values()
        with al.no_grad():
            derivative()
        derivative()
        assert live_values() == before


def test_a_complex_jacobian_inside_a_loss() -> None:
    k = al.Value(2.0)
    rows = al.jacobian(lambda t: np.exp(1j * k * t))(np.array([0.3, 0.5]))
    np.sum(np.imag(rows)).backward()  # k cos(k t)
    t = np.array([0.3, 0.5])
    assert k.grad == pytest.approx(np.sum(np.cos(2 * t) - 2 * t * np.sin(2 * t)), rel=1e-14)


class Pair(NamedTuple):
    a: Any
    b: Any


def test_derivatives_of_numbers_by_numbers_are_numpy_scalars() -> None:
    w = al.Value(2.0, requires_grad=False)
    blocks = al.jacobian(lambda x: {"sin": np.sin(x), "none": 3.0, "pair": Pair(x * w, [x])})(0.5)
    found = [blocks["sin"], blocks["none"], blocks["pair"].a, blocks["pair"].b[0]]
    found += [al.hessian(np.sin)(0.5), *al.jacobian(np.multiply, (0, 1))(2.0, 3.0)]
    assert [type(x) for x in found] == [np.float64] * 7
    assert type(al.jacobian(np.exp)(1j)) is np.complex128
    assert type(al.jacobian(np.sin)(np.float32(1.0))) is np.float32
    of_value = al.jacobian(np.sin)(al.Value(0.0, requires_grad=False))
    assert type(of_value.data) is np.float64
