"""Complex numbers: the gradient of a real L with respect to z = x + iy is dL/dx - i dL/dy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ConversionError, DtypeError, GraphError
from tests.helpers import bits, gradient

Z = np.array([[0.3 - 1.1j, -0.7 + 0.4j], [1.2 + 0.9j, -0.8 - 0.6j]])


# The convention


@pytest.mark.parametrize(
    ("fun", "slope"),
    [
        (lambda z: z**3, lambda z: 3 * z**2),
        (np.exp, np.exp),
        (np.log, lambda z: 1 / z),
        (lambda z: z * z + 2j * z, lambda z: 2 * z + 2j),
        (lambda z: 1 / (1 + z), lambda z: -1 / (1 + z) ** 2),
        (np.arccosh, lambda z: 1 / (np.sqrt(z - 1) * np.sqrt(z + 1))),
        (np.sqrt, lambda z: 0.5 / np.sqrt(z)),
    ],
)
def test_the_gradient_of_the_real_part_of_an_analytic_function(fun: Any, slope: Any) -> None:
    """It is f'(z), without a conjugate, and -i f'(z) for the imaginary part."""
    real = al.grad(lambda z: np.sum(np.real(fun(z))))(Z)
    imaginary = al.grad(lambda z: np.sum(np.imag(fun(z))))(Z)
    np.testing.assert_allclose(real, slope(Z), rtol=1e-14)
    np.testing.assert_allclose(imaginary, -1j * slope(Z), rtol=1e-14)


def test_the_parts_of_a_gradient() -> None:
    """dL/dx and -dL/dy, for L = x² y at 3 + 2i."""
    slope = al.grad(lambda z: np.real(z) ** 2 * np.imag(z))(3 + 2j)
    assert slope == 2 * 3 * 2 - 1j * 3**2
    assert isinstance(slope, np.complex128)


def test_a_real_operand_keeps_the_real_part_of_its_gradient() -> None:
    x, z = np.array([0.3, -1.2]), np.array([1 - 2j, 0.5 + 1j])
    for create_graph in (False, True):
        value, other = al.Value(x), al.Value(z)
        np.sum(np.real(value * other)).backward(create_graph=create_graph)
        assert (value.grad.dtype, other.grad.dtype) == (np.float64, np.complex128)
        assert bits(al.Value(0.0).data + data(value.grad)) == bits(z.real)
        assert data(other.grad).tolist() == x.tolist()


def data(gradient: Any) -> Any:
    return gradient.data if isinstance(gradient, al.Value) else gradient


def test_derivatives_through_the_complex_plane_and_back() -> None:
    """d/dt |exp(i t) + 1|² = -2 sin t, to the third order."""
    slope = al.grad(lambda t: np.abs(np.exp(1j * t) + 1) ** 2)
    t = 0.4
    assert slope(t) == pytest.approx(-2 * np.sin(t), rel=1e-14)
    assert al.grad(slope)(t) == pytest.approx(-2 * np.cos(t), rel=1e-14)
    assert al.grad(al.grad(slope))(t) == pytest.approx(2 * np.sin(t), rel=1e-14)
    assert isinstance(slope(t), np.float64)


def test_steepest_descent_goes_along_the_conjugate() -> None:
    """To the minimum of |z² - c|², a root of c."""
    slope = al.grad(lambda z: np.abs(z * z - (3 + 4j)) ** 2)
    z = 1 + 0.5j
    for _ in range(200):
        z = z - 0.01 * np.conj(slope(z))
    assert z == pytest.approx(2 + 1j, abs=1e-9)


def test_gradients_agree_with_jax() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def loss(lib: Any, z: Any, x: Any) -> Any:
        w = lib.exp(1j * x) * lib.sqrt(z) + lib.conj(z) @ lib.abs(z) / (1 + x * z)
        return lib.sum(lib.real(w) * lib.imag(w) ** 2 + lib.angle(w) + lib.abs(w - z))

    x = np.array([[0.3, -0.8], [1.4, 0.6]])
    ours = al.grad(lambda z, x: loss(np, z, x), (0, 1))(Z, x)
    theirs = jax.grad(lambda z, x: loss(jnp, z, x), (0, 1))(Z, x)
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_gradients_are_the_conjugates_of_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.tensor(Z, requires_grad=True)
    loss = torch.sum(torch.real(torch.exp(theirs) * theirs.conj() @ theirs) + torch.abs(theirs))
    loss.backward()

    def ours(z: Any) -> Any:
        return np.sum(np.real(np.exp(z) * np.conj(z) @ z) + np.abs(z))

    np.testing.assert_allclose(al.grad(ours)(Z), np.conj(theirs.grad.numpy()), rtol=1e-13)


# Kinks


@pytest.mark.parametrize("fun", [np.abs, np.angle, np.std, np.sign])
@pytest.mark.parametrize("zero", [0j, np.complex64(0)])
def test_the_gradient_at_the_origin_is_0(fun: Any, zero: Any) -> None:
    slope = al.grad(lambda z: np.real(fun(z)))(zero)
    assert slope == 0
    assert slope.dtype == np.asarray(zero).dtype


def test_the_angle_of_a_real_number_does_not_change() -> None:
    assert al.grad(np.angle)(-1.5) == 0
    with np.errstate(divide="ignore"):
        assert al.grad(lambda x: np.sqrt(np.imag(x)))(1.0) == 0


def test_the_imaginary_part_that_is_close_to_zero_is_dropped() -> None:
    z = al.Value([1 + 1e-15j, 2.0])
    np.sum(np.real_if_close(z)).backward()
    assert z.grad.tolist() == [1, 1]
    assert np.real_if_close(al.Value([1 + 1e-3j])).dtype == np.complex128


def test_nan_to_num_replaces_each_part() -> None:
    z = al.Value([complex(np.nan, 1), complex(2, np.inf), 3 + 4j])
    out = np.nan_to_num(z, posinf=7.0)
    out.backward(np.full(3, 1 + 2j))
    assert out.data.tolist() == [1j, 2 + 7j, 3 + 4j]
    assert z.grad.tolist() == [2j, 1, 1 + 2j]


def test_powers_at_zero() -> None:
    for exponent, slope in ((0, 0), (1, 1), (2, 0), (np.array(0j), 0), (np.array(2 + 0j), 0)):
        assert al.grad(lambda z, n=exponent: np.real(z**n))(0j) == slope
    assert al.grad(lambda n: np.real(np.power(0j, n)))(2.0) == 0


# dtypes


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_python_complex_numbers_keep_the_precision(dtype: Any) -> None:
    real = np.zeros(2, dtype).real.dtype
    for x in (al.Value(np.ones(2, dtype)), al.Value(np.ones(2, real)), al.Value(real.type(2))):
        for result in (
            2j * x,
            x * 2j,
            x + 1j,
            1j - x,
            x / 2j,
            2j / x,
            x**2j,
            2j**x,
            np.exp(1j * x),
        ):
            assert result.dtype == dtype
            assert result.requires_grad
            for create_graph in (False, True):
                x.grad = None
                np.sum(np.abs(result)).backward(create_graph=create_graph)
                assert x.grad.dtype == x.dtype


def test_lists_and_python_numbers_become_complex_variables() -> None:
    assert al.Value(1j).dtype == np.complex128
    assert al.Value([1, 2j]).data.tolist() == [1, 2j]
    assert al.Value(np.clongdouble(1j)).dtype == np.clongdouble


def test_a_cast_gives_the_gradient_back_in_its_own_dtype() -> None:
    x = al.Value(np.float32([1, 2]))
    np.sum(np.imag(x.astype(complex) * (1 + 2j))).backward()
    assert (x.grad.dtype, x.grad.tolist()) == (np.float32, [2, 2])
    z = al.Value([1 + 1j])
    with pytest.warns(np.exceptions.ComplexWarning):
        z.astype(float).sum().backward()
    assert z.grad.tolist() == [1]


# Values


def test_properties_and_methods() -> None:
    z = al.Value(Z)
    assert np.array_equal(z.real.data, Z.real)
    assert np.array_equal(z.imag.data, Z.imag)
    assert np.array_equal(z.conj().data, Z.conj())
    assert np.array_equal(z.conjugate().data, Z.conj())
    assert (z == Z).data.all()
    assert al.Value(1 + 2j).item() == 1 + 2j
    assert complex(al.Value(1 + 2j)) == 1 + 2j
    assert repr(al.Value([1 + 2j])) == "Value([1.+2.j], dtype=complex128)"
    assert gradient(lambda v: v.real, Z, np.ones((2, 2))).tolist() == np.ones((2, 2)).tolist()


def test_a_complex_number_inside_a_differentiated_function_raises() -> None:
    with pytest.raises(ConversionError, match=r"plain complex.*np.sin, not cmath.sin"):
        al.grad(lambda z: np.real(z * complex(z)))(1j)


# Seeds and results


def test_a_complex_result_needs_a_seed() -> None:
    z = al.Value(1 + 2j)
    with pytest.raises(GraphError, match=r"complex result.*np.real.*backward\(grad\)"):
        (z * z).backward()
    (z * z).backward(1j)
    assert z.grad == 1j * 2 * (1 + 2j)
    assert (z * z).requires_grad


@pytest.mark.parametrize("fun", [lambda z: z * z, lambda z: 1j, lambda z: np.complex64(1)])
def test_grad_of_a_complex_result_says_what_to_do(fun: Any) -> None:
    with pytest.raises(GraphError, match=r"one real number.*complex.*np.real"):
        al.grad(fun)(1 + 2j)


def test_a_complex_seed_of_a_real_result_raises() -> None:
    z = al.Value(1 + 2j)
    for seed in (1j, np.array(1j), al.Value(1j)):
        for create_graph in (False, True):
            with pytest.raises(DtypeError, match="complex seed for a real result"):
                np.abs(z).backward(seed, create_graph=create_graph)
    assert z.grad is None


def test_a_real_seed_of_a_complex_result_becomes_complex() -> None:
    for create_graph in (False, True):
        z = al.Value([1 + 2j])
        (z * z).backward(np.ones(1), create_graph=create_graph)
        assert data(z.grad).tolist() == [2 + 4j]


# Functions that numpy does not have, and optimisers


def test_logsumexp_of_complex_numbers_is_the_logarithm_of_the_sum() -> None:
    z = np.array([0.3 + 3.0j, 0.2 - 2.5j, -0.2 + 2.9j])  # the sum lies across the branch cut
    np.testing.assert_allclose(al.ops.logsumexp(z), np.log(np.sum(np.exp(z))), rtol=1e-14)
    np.testing.assert_allclose(al.ops.logsumexp(z + 1e3), al.ops.logsumexp(z) + 1e3, rtol=1e-14)
    softmax = np.exp(z) / np.sum(np.exp(z))
    np.testing.assert_allclose(al.ops.softmax(z + 1000), softmax, rtol=1e-13)
    np.testing.assert_allclose(np.exp(al.ops.log_softmax(z + 1000)), softmax, rtol=1e-13)


def test_sigmoid_of_complex_numbers() -> None:
    np.testing.assert_allclose(al.ops.sigmoid(Z), 1 / (1 + np.exp(-Z)), rtol=1e-14)
    assert al.ops.sigmoid(np.array([1000 + 1j, -1000 + 1j])).tolist() == [1, 0]


def test_a_negative_number_to_a_complex_power() -> None:
    slope = al.grad(lambda y: np.real((-2.0) ** y))(0.5 + 1j)
    assert slope == pytest.approx((-2 + 0j) ** (0.5 + 1j) * np.log(-2 + 0j), rel=1e-14)


@pytest.mark.parametrize("optimizer", [al.optim.SGD, al.optim.Adam, al.optim.AdamW])
def test_parameters_of_optimisers_are_real(optimizer: Any) -> None:
    with pytest.raises(DtypeError, match=r"got parameter 1 \('z'\) of dtype complex64.*1j \* y"):
        optimizer([al.Value(1.0), al.Value(np.complex64(1j), name="z")])
    with pytest.raises(DtypeError, match="clip_grad_norm got parameter 0 of dtype complex128"):
        al.optim.clip_grad_norm(al.Value(1j), 1.0)


# Operations that take real numbers only


def test_operations_on_real_numbers_refuse_complex_ones() -> None:
    declared = al.primitive(lambda x: x.real, lambda g, out, x: g, name="real_line", real_only=True)
    for operand in (al.Value(1j), al.Value(1j, requires_grad=False), np.ones(2, complex), 1j):
        with pytest.raises(DtypeError, match=r"real_line takes real operands.*np.real"):
            declared(operand)
    assert declared(al.Value(1.0)).data == 1
