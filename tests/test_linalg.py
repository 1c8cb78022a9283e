"""Conventions of linear algebra: singular and degenerate matrices, gauges, triangles, refusals."""

from __future__ import annotations

import functools
import itertools
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.errors import ArgumentError, NoGradientRuleError, ShapeError
from tests.helpers import all_nodes, central_difference, gradient, inner_product

LA = np.linalg
RNG = np.random.default_rng()


@pytest.fixture(autouse=True)
def same_numbers_in_any_order() -> None:
    """Draw the same numbers in a test whichever tests went before."""
    RNG.bit_generator.state = np.random.default_rng(3).bit_generator.state


MAGIC = np.array([[8.0, 1.0, 6.0], [3.0, 5.0, 7.0], [4.0, 9.0, 2.0]])
COUNTING = np.arange(1.0, 10.0).reshape(3, 3)  # of rank 2
ONES = np.ones((3, 3))  # of rank 1


def random(*shape: int, imaginary: bool = False) -> Any:
    return RNG.normal(size=shape) + (1j * RNG.normal(size=shape) if imaginary else 0.0)


def assert_derivatives(fun: Callable[[Any], Any], x: Any, tolerance: float = 1e-7) -> None:
    """Compare the first and the second derivative of a real function with differences."""
    is_complex = np.iscomplexobj(x)
    direction = random(*x.shape, imaginary=is_complex)
    bend = random(*x.shape, imaginary=is_complex)

    def slope(x: Any) -> Any:
        return np.real(np.sum(bend * al.grad(fun)(x)))

    for order in (fun, slope):
        exact = inner_product([al.grad(order)(x)], [direction])
        numeric = central_difference(order, [x], [direction])
        assert exact == pytest.approx(numeric, rel=tolerance, abs=tolerance)


def weighted(x: Any) -> Any:
    """Return the real part of a sum with fixed weights that are not symmetric in anything."""
    weights = np.cos(np.arange(x.size) ** 2).reshape(x.shape)
    return np.real(np.sum(x * (weights * (1 + 0.5j) if np.iscomplexobj(x) else weights)))


# Determinants of singular matrices: exact to the second order


@pytest.mark.parametrize("x", [COUNTING, ONES, np.zeros((3, 3)), np.eye(3), MAGIC, 2e-8 * MAGIC])
@pytest.mark.parametrize("phases", [1.0, np.exp(1j * np.outer(np.arange(3), np.arange(1, 4)))])
def test_the_gradient_of_det_is_the_cofactors_for_any_rank(x: Any, phases: Any) -> None:
    x = x * phases
    cross_products = [LA.cross(x[i - 2], x[i - 1]) for i in range(3)]
    slope = gradient(lambda x: np.real(LA.det(x)), x)
    np.testing.assert_allclose(slope, cross_products, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("x", [COUNTING, MAGIC @ COUNTING])
def test_a_complex_singular_matrix_has_cofactors(x: Any) -> None:
    left, right = np.exp(1j * np.arange(3)), np.exp(2j * np.arange(3))  # they keep the rank
    x = left[:, None] * x * right
    cross_products = [LA.cross(x[i - 2], x[i - 1]) for i in range(3)]
    slope = gradient(lambda x: np.real(LA.det(x)), x)
    np.testing.assert_allclose(slope, cross_products, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "function", [LA.cholesky, LA.eigvalsh, lambda x: LA.pinv(x, hermitian=True)]
)
def test_one_triangle_of_a_stack_of_any_axes_is_read(function: Any) -> None:
    """The other holds nan."""
    x = random(2, 1, 3, 3) @ np.ones((3, 3)) / 5 + np.diag([4.0, 5.0, 6.0])
    unread = np.triu(np.full((3, 3), np.nan), 1)
    slope = gradient(lambda x: weighted(function(x)), x + unread)
    for place in range(2):
        weights = np.cos(np.arange(np.size(function(x))) ** 2)
        weights = weights.reshape(function(x).shape)[place, 0]
        alone = gradient(lambda y, w=weights: np.sum(w * function(y)), x[place, 0] + unread)
        np.testing.assert_allclose(slope[place, 0], alone, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("lost", [0, 1, 2, 3])
@pytest.mark.parametrize("imaginary", [False, True])
def test_det_has_exact_first_and_second_derivatives_at_any_rank(
    n: int, lost: int, imaginary: bool
) -> None:
    x = random(n, n, imaginary=imaginary)
    x[:, : min(lost, n)] = x[:, -1:]
    x[:, : min(lost, n) - 1] *= 2.0
    assert_derivatives(lambda x: np.real(LA.det(x)), x)


def test_the_second_derivative_of_a_determinant_that_is_zero_to_rounding() -> None:
    """Rounding makes this determinant 6.7e-18: dividing by it leaves no digit."""
    x = COUNTING / 10
    assert 0 < abs(LA.det(x)) < 1e-16
    second = al.grad(lambda x: al.grad(LA.det)(x)[0, 0])(x)
    np.testing.assert_allclose(second, [[0, 0, 0], [0, 0.9, -0.8], [0, -0.6, 0.5]], atol=1e-13)


def test_the_third_derivative_of_det_where_it_is_not_zero() -> None:
    def third(x: Any) -> Any:
        return al.grad(lambda x: al.grad(lambda x: al.grad(LA.det)(x)[0, 0])(x)[1, 1])(x)

    np.testing.assert_allclose(third(MAGIC), np.diag([0.0, 0.0, 1.0]), atol=1e-13)
    np.testing.assert_allclose(third(MAGIC[:2, :2]), 0)


def test_det_of_a_batch_with_a_singular_matrix() -> None:
    batch = np.stack([MAGIC, COUNTING, np.zeros((3, 3))])
    together = gradient(LA.det, batch, np.array([1.0, 2.0, 3.0]))
    for x, factor, got in zip(batch, (1, 2, 3), together, strict=True):
        np.testing.assert_allclose(got, factor * gradient(LA.det, x), atol=1e-12)


@pytest.mark.filterwarnings("ignore:invalid value encountered in:RuntimeWarning")  # numpy's own
def test_nan_in_a_matrix_of_a_batch_stays_in_its_determinant() -> None:
    batch = np.stack([MAGIC, COUNTING / 10, np.zeros((3, 3)), MAGIC])
    batch[0, 1, 1] = np.nan

    def slope(x: Any) -> Any:
        return al.grad(lambda x: np.sum(LA.det(x)))(x)

    second = al.grad(lambda x: np.sum(slope(x)[:, 0, 0]))
    for derivative in (slope, second):
        assert np.isnan(derivative(batch)[0]).all()
        np.testing.assert_allclose(derivative(batch)[1:], derivative(batch[1:]), atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2)])
def test_slogdet_of_complex_matrices_in_its_phase_and_its_size(shape: tuple[int, ...]) -> None:
    def parts(x: Any) -> Any:
        sign, logarithm = LA.slogdet(x)
        assert logarithm.dtype == np.float64
        return weighted(sign) + weighted(logarithm)

    assert_derivatives(parts, random(*shape, imaginary=True))


# Norms


def test_the_norm_of_zero_has_slope_zero_in_every_order() -> None:
    for order in (None, 2, 3, 1.5, 0.5):
        slope = al.grad(lambda x, order=order: LA.norm(x, order))
        assert slope(np.zeros(3)).tolist() == [0, 0, 0]
        bends = al.grad(lambda x, slope=slope: np.sum(slope(x)))(np.zeros(3))
        assert bends.tolist() == [0, 0, 0]
    assert gradient(LA.norm, np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    rows = gradient(lambda x: LA.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]], np.ones(2))
    np.testing.assert_allclose(rows, [[0, 0], [0.6, 0.8]], rtol=1e-15)
    for order in ("nuc", 2, -2, 1, np.inf):
        matrix_norm = gradient(lambda x, order=order: LA.norm(x, order), np.zeros((2, 2)))
        assert matrix_norm.tolist() == [[0, 0], [0, 0]]


def test_an_element_that_is_zero_has_slope_zero_in_any_power_norm() -> None:
    for order, others in ((3, [0.0, 1.0]), (1.5, [0.0, 1.0]), (0.5, [0.0, 1.0]), (1, [0.0, 1.0])):
        slopes = gradient(lambda x, order=order: LA.norm(x, order), [0.0, 2.0])
        np.testing.assert_allclose(slopes, others)


def test_the_norm_of_all_elements_has_no_axes_unless_they_are_kept() -> None:
    assert al.ops.power_norm(al.Value(ONES)).data == pytest.approx(3)
    assert al.ops.power_norm(al.Value(ONES), keepdims=True).shape == (1, 1)


def test_norm_of_large_and_small_numbers() -> None:
    np.testing.assert_allclose(gradient(LA.norm, [3e150, 4e150]), [0.6, 0.8], rtol=1e-15)
    np.testing.assert_allclose(gradient(LA.norm, [3e-150, 4e-150]), [0.6, 0.8], rtol=1e-15)
    x = al.Value(np.array([3e15, 4e15], np.float32))
    LA.norm(x).backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_allclose(x.grad, [0.6, 0.8], rtol=1e-6)


def test_the_norm_of_order_zero_counts_and_is_constant() -> None:
    count = LA.norm(al.Value([0.0, 2.0, -1.0]), 0)
    assert (count.item(), count.requires_grad, count.dtype) == (2, False, np.float64)


def test_ties_among_singular_values_share_the_gradient_of_the_spectral_norm() -> None:
    slope = gradient(lambda x: LA.norm(x, 2), np.eye(2))
    np.testing.assert_allclose(slope, np.eye(2) / 2, atol=1e-15)


def test_a_singular_value_that_is_zero_adds_nothing_to_the_gradient_of_the_nuclear_norm() -> None:
    left, right = np.array([1.0, 2.0]) / 5**0.5, np.array([0.6, 0.0, 0.8])
    low_rank = np.outer(left, right) * 7
    value, slope = al.value_and_grad(lambda x: LA.norm(x, "nuc"))(low_rank)
    np.testing.assert_allclose(value, 7, rtol=1e-14)
    np.testing.assert_allclose(slope, np.outer(left, right), atol=1e-14)
    assert np.all(gradient(lambda x: LA.norm(x, -2), low_rank) == 0)


# Degenerate spectra: what depends on the values alone is right, what depends on vectors is nan


@pytest.mark.parametrize("imaginary", [False, True])
def test_symmetric_functions_of_equal_eigenvalues(imaginary: bool) -> None:
    x = 2.0 * np.eye(3) + (0j if imaginary else 0.0)
    slope = gradient(lambda a: np.sum(LA.eigvalsh(a)), x)
    np.testing.assert_allclose(slope, np.eye(3), atol=1e-14)
    slope = gradient(lambda a: np.sum(LA.eigvalsh(a) ** 3), x)
    np.testing.assert_allclose(slope, 12 * np.eye(3), atol=1e-13)
    slope = gradient(lambda a: np.real(np.sum(LA.eigvals(a) ** 3)), x)
    np.testing.assert_allclose(slope, 12 * np.eye(3), atol=1e-13)
    slope = gradient(lambda a: np.prod(LA.svdvals(a)), x)
    np.testing.assert_allclose(slope, 4 * np.eye(3), atol=1e-13)


def turned(eigenvalues: list[float]) -> Any:
    """Return a symmetric matrix with eigenvalues that are equal up to rounding."""
    basis = LA.qr(random(len(eigenvalues), len(eigenvalues)))[0]
    return basis * np.array(eigenvalues) @ basis.T


def cube_by_eigenvalues(a: Any) -> Any:
    values, vectors = LA.eigh((a + a.T) / 2)
    return vectors * values**3 @ vectors.T


def cube_by_any_eigenvalues(a: Any) -> Any:
    values, vectors = LA.eig(a)
    return np.real(vectors * values**3 @ LA.inv(vectors))


def product_of_its_svd(a: Any) -> Any:
    u, s, vh = LA.svd(a, full_matrices=False)
    return u * s @ vh


@pytest.mark.parametrize("fun", [cube_by_eigenvalues, cube_by_any_eigenvalues, product_of_its_svd])
@pytest.mark.parametrize("x", [np.eye(3), turned([2.0, 2.0, 4.0, 5.0])])
def test_functions_of_vectors_of_equal_values_are_nan_not_wrong(fun: Any, x: Any) -> None:
    """They have derivatives, but 0 / 0 does not tell them."""
    assert np.isnan(gradient(lambda a: weighted(fun(a)), x)).any()


@pytest.mark.parametrize("fun", [cube_by_eigenvalues, cube_by_any_eigenvalues, product_of_its_svd])
def test_functions_of_vectors_of_different_values_are_right(fun: Any) -> None:
    assert_derivatives(lambda a: weighted(fun(a)), turned([2.0, 3.0, 4.0, 5.0]))


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_vectors_of_equal_singular_values_are_nan_in_any_direction(signs: Any) -> None:
    """Whatever cancels between U and V, or is negative in both."""
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])

    def loss(x: Any) -> Any:
        u, _, vh = LA.svd(x)
        return np.sum(weights * (signs[0] * u + signs[1] * vh.T))

    assert np.isnan(gradient(loss, np.eye(2))).any()
    slope = gradient(lambda x: signs[0] * np.sum(weights * LA.eigh(x).eigenvectors), np.eye(2))
    assert np.isnan(slope).any()


def test_eigenvalues_are_equal_to_the_rounding_of_their_own_matrix() -> None:
    """Not of as many rows as there are matrices in a batch."""
    matrices = np.array([np.diag([1.0, 1.0 + 6 * np.finfo(float).eps])] * 8)
    slope = gradient(lambda x: np.sum(LA.eigh(x).eigenvectors * [[1.0, 2.0], [3.0, 4.0]]), matrices)
    assert np.isfinite(slope).all()


def test_eigenvectors_of_a_batch_of_empty_matrices() -> None:
    slope = gradient(lambda x: np.sum(LA.eigh(x).eigenvectors), np.zeros((2, 0, 0)))
    assert slope.shape == (2, 0, 0)


def test_the_svd_of_a_hermitian_matrix_with_eigenvalue_zero() -> None:
    u, s, vh = LA.svd(al.Value(np.diag([0.0, -2.0, 3.0])), hermitian=True)
    assert s.data.tolist() == [3, 2, 0]
    for vectors in (u.data, vh.data):
        np.testing.assert_array_equal(vectors @ vectors.T, np.eye(3))


def test_the_hessian_of_a_function_of_equal_eigenvalues_is_nan_not_wrong() -> None:
    second = al.hessian(lambda a: np.sum(LA.eigvalsh(a) ** 3))(2.0 * np.eye(2))
    assert np.isnan(second).any()


def test_singular_values_that_are_zero() -> None:
    slope = gradient(lambda x: np.sum(LA.svdvals(x)[:1]), ONES)
    np.testing.assert_allclose(slope, ONES / 3, atol=1e-14)
    assert_derivatives(lambda x: LA.svdvals(x)[0], ONES)


# Gauges: signs and phases belong to the decomposition


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2)])
def test_svd_of_what_does_not_depend_on_the_gauge(shape: tuple[int, ...], imaginary: bool) -> None:
    def parts(x: Any) -> Any:
        u, s, vh = LA.svd(x, full_matrices=False)
        return weighted(np.abs(u)) + weighted(s) + weighted(np.abs(vh)) + weighted(u @ vh)

    assert_derivatives(parts, random(*shape, imaginary=imaginary))


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3), (2, 4, 2)])
def test_svd_with_the_basis_of_what_is_left(shape: tuple[int, ...], imaginary: bool) -> None:
    k = min(shape[-2:])

    def parts(x: Any) -> Any:
        u, _, vh = LA.svd(x)
        columns, rows = u[..., k:], vh[..., k:, :]
        left = columns @ np.conj(np.swapaxes(columns, -1, -2))
        right = np.conj(np.swapaxes(rows, -1, -2)) @ rows
        return weighted(left) + weighted(right) + weighted(np.abs(u[..., :k]))

    assert_derivatives(parts, random(*shape, imaginary=imaginary))


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 4)])
def test_svd_of_a_hermitian_matrix(shape: tuple[int, ...], imaginary: bool) -> None:
    """Of indefinite ones: singular values are sorted by size, and not by sign."""

    def parts(x: Any) -> Any:
        u, s, vh = LA.svd(x, hermitian=True)
        return weighted(np.abs(u)) + weighted(s) + weighted(np.abs(vh)) + weighted(u @ vh)

    x = random(*shape, imaginary=imaginary)
    assert_derivatives(parts, x)
    for got, expected in zip(
        LA.svd(al.Value(x), hermitian=True), LA.svd(x, hermitian=True), strict=True
    ):
        np.testing.assert_allclose(np.abs(got.data), np.abs(expected), rtol=1e-12)


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("uplo", ["L", "U"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_eigh_of_what_does_not_depend_on_the_gauge(
    shape: tuple[int, ...], uplo: Any, imaginary: bool
) -> None:
    def parts(x: Any) -> Any:
        values, vectors = LA.eigh(x, uplo)
        powers = (vectors * values[..., None, :] ** 3) @ np.conj(np.swapaxes(vectors, -1, -2))
        return weighted(values) + weighted(np.abs(vectors)) + weighted(powers)

    assert_derivatives(parts, random(*shape, imaginary=imaginary))


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (1, 1)])
def test_eig_of_what_does_not_depend_on_the_phases(shape: tuple[int, ...], imaginary: bool) -> None:
    def parts(x: Any) -> Any:
        values, vectors = LA.eig(x)
        rebuilt = (vectors * values[..., None, :] ** 3) @ LA.inv(vectors)
        return weighted(np.abs(values)) + weighted(np.abs(vectors)) + weighted(rebuilt)

    x = random(*shape, imaginary=imaginary)
    assert imaginary or shape == (1, 1) or np.iscomplexobj(LA.eigvals(x))
    assert_derivatives(parts, x)


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2)])
def test_cholesky_reads_one_triangle(shape: tuple[int, ...], upper: bool, imaginary: bool) -> None:
    x = random(*shape, imaginary=imaginary) + 5 * np.eye(shape[-1])
    x = x - 1j * np.eye(shape[-1]) * x.imag
    assert_derivatives(lambda x: weighted(LA.cholesky(x, upper=upper)), x)
    slope = gradient(lambda x: weighted(LA.cholesky(x, upper=upper)), x)
    unread = np.tril(slope, -1) if upper else np.triu(slope, 1)
    assert not unread.any()


def test_a_symmetric_gradient_comes_from_a_symmetric_function() -> None:
    x = turned([1.0, 2.0, 3.0])

    def log_det(a: Any) -> Any:
        return 2 * np.sum(np.log(np.diagonal(LA.cholesky((a + a.T) / 2))))

    np.testing.assert_allclose(gradient(log_det, x), LA.inv(x), atol=1e-12)


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(5, 2), (3, 3), (2, 4, 2)])
def test_complete_qr_turns_the_rest_of_the_space(shape: tuple[int, ...], imaginary: bool) -> None:
    k = shape[-1]

    def parts(x: Any) -> Any:
        q, r = LA.qr(x, "complete")
        rest = q[..., k:]
        projection = rest @ np.conj(np.swapaxes(rest, -1, -2))
        return weighted(projection) + weighted(q[..., :k]) + weighted(r)

    assert_derivatives(parts, random(*shape, imaginary=imaginary))


# Rank


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4)])
def test_pinv_where_the_rank_is_low_and_stays_so(shape: tuple[int, int], imaginary: bool) -> None:
    left, right = random(shape[0], 2, imaginary=imaginary), random(2, shape[1])

    def through_low_rank(x: Any) -> Any:
        return weighted(LA.pinv(x @ right, rtol=1e-10))

    assert_derivatives(through_low_rank, left)


@pytest.mark.parametrize("shape", [(3000, 2), (2, 3000)])
@pytest.mark.parametrize("function", [LA.pinv, lambda x: LA.svd(x, full_matrices=False).U])
def test_the_gradient_of_a_long_matrix_needs_no_square_of_its_length(
    shape: tuple[int, int], function: Any
) -> None:
    x = random(*shape)
    tracemalloc.start()
    gradient(lambda x: weighted(function(x)), x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * x.nbytes  # the square of the length takes 1500


@pytest.mark.parametrize("imaginary", [False, True])
def test_pinv_of_a_hermitian_matrix_reads_one_triangle(imaginary: bool) -> None:
    x = random(3, 3, imaginary=imaginary)
    assert_derivatives(lambda x: weighted(LA.pinv(x, hermitian=True)), x)


@pytest.mark.parametrize("imaginary", [False, True])
@pytest.mark.parametrize("shape", [(4, 2), (2, 4)])
def test_lstsq_is_differentiable_in_all_its_results(
    shape: tuple[int, int], imaginary: bool
) -> None:
    b = random(shape[0], 2, imaginary=imaginary)

    def parts(x: Any) -> Any:
        solution, residuals, rank, values = LA.lstsq(x, b)
        assert isinstance(rank, np.int32)
        return weighted(solution) + weighted(residuals) + weighted(values)

    assert_derivatives(parts, random(*shape, imaginary=imaginary))


def test_lstsq_of_low_rank_has_no_residuals() -> None:
    solution, residuals, rank, _ = LA.lstsq(al.Value(ONES), np.arange(3.0))
    assert (residuals.shape, rank) == ((0,), 1)
    np.testing.assert_allclose(solution.data, 1 / 3, rtol=1e-14)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: LA.pinv(x, rcond=0.5),
        lambda x: LA.pinv(np.stack([x, x]), rcond=np.array([1e-15, 0.5])),
        lambda x: LA.lstsq(x, np.ones(2), rcond=0.5),
    ],
)
def test_cutting_off_singular_values_that_are_not_zero_is_refused(call: Any) -> None:
    x = np.diag([1.0, 0.1])
    with pytest.raises(NoGradientRuleError, match=r"cuts off singular values that are not 0"):
        call(al.Value(x))
    call(al.Value(x, requires_grad=False))
    call(al.Value(np.diag([1.0, 0.0])))


# What is refused, and cost


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda x: LA.qr(x, "raw"), NoGradientRuleError, r"qr\(mode=...\)"),
        (lambda x: LA.eigh(x, "X"), ArgumentError, "UPLO='L' or 'U', got 'X'"),
        (lambda x: LA.pinv(x, 0.1, rtol=0.1), ArgumentError, "rcond or rtol"),
        (lambda x: LA.norm(x, "fro", axis=0), ArgumentError, "number as its order, got 'fro'"),
        (lambda x: LA.norm(x, 3), ArgumentError, "order of 'fro'.*got 3"),
        (lambda x: LA.cond(x, 3), ArgumentError, "order of 'fro'.*got 3"),
        (lambda x: LA.cond(x, -3), ArgumentError, "order of 'fro'.*got -3"),
        (lambda x: LA.norm(x[None], 1), ArgumentError, r"one axis .* shape \(1, 3, 3\)"),
        (lambda x: LA.norm(x[0, 0], 1), ArgumentError, r"one axis .* shape \(\)"),
        (lambda x: LA.trace(x, dtype=np.float32), NoGradientRuleError, r"trace\(dtype=...\)"),
        (lambda x: LA.multi_dot([x, x], out=MAGIC), NoGradientRuleError, r"out=..."),
        (lambda x: LA.multi_dot([x]), ShapeError, "two matrices or more, got 1"),
        (lambda x: LA.multi_dot([x, x[0], x]), ShapeError, "matrices and end vectors"),
        (lambda x: LA.multi_dot([x, x[None], x]), ShapeError, "matrices and end vectors"),
        (lambda x: LA.matrix_power(x[:2], 2), ShapeError, r"square matrices, got shape \(2, 3\)"),
        (lambda x: LA.matrix_power(x[:, :2], 2), ShapeError, r"square .* shape \(3, 2\)"),
        (lambda x: LA.matrix_power(x[0], 2), ShapeError, r"square .* shape \(3,\)"),
        (lambda x: LA.matrix_power(x[None, :2], 2), ShapeError, r"square .* shape \(1, 2, 3\)"),
        (lambda x: LA.matrix_power(x, 0.5), TypeError, "integer"),
        (lambda x: LA.tensorinv(x, 0), ShapeError, "positive ind .* got ind=0"),
        (lambda x: LA.tensorinv(x[0, 0]), ShapeError, r"one axis or more, .* shape \(\)"),
        (lambda x: LA.svd(x[0]), LA.LinAlgError, "at least two-dimensional"),
        (lambda x: LA.svd(x[0, 0]), LA.LinAlgError, "at least two-dimensional"),
        (lambda x: LA.lstsq(x[0], x[0]), ShapeError, r"one matrix, got an array of shape \(3,\)"),
        (lambda x: LA.lstsq(x[None], x[0]), ShapeError, r"of shape \(1, 3, 3\)"),
        (lambda x: LA.cond(x[:0]), ShapeError, r"with elements, got shape \(0, 3\)"),
        (lambda x: LA.cond(x[None, :, :0], 1), ShapeError, r"got shape \(1, 3, 0\)"),
        *(
            (lambda x, p=p: LA.norm(x[0, 0], p, axis=0), np.exceptions.AxisError, "axis 0")
            for p in (0, 1, 2, 3, np.inf)
        ),
        (lambda x: LA.vector_norm(x, ord=1, axis=2), np.exceptions.AxisError, "axis 2"),
        (lambda x: LA.matrix_transpose(x[0]), ShapeError, r"got shape \(3,\)"),
        (lambda x: LA.inv(0 * x), LA.LinAlgError, "Singular"),
        (lambda x: LA.slogdet(0 * x)[1].backward(), LA.LinAlgError, "Singular"),
    ],
)
def test_what_linear_algebra_refuses(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call(al.Value(MAGIC))


@pytest.mark.parametrize("decompose", [LA.svd, LA.eigh, LA.qr, LA.slogdet])
def test_several_results_come_from_one_decomposition(decompose: Any) -> None:
    x = al.Value(MAGIC)
    names = [v.operation.name for v in all_nodes(*decompose(x)) if v.operation]
    assert sum(name.startswith("packed_") for name in names) == 1
    assert type(decompose(x)) is type(decompose(MAGIC))


def test_the_cheapest_order_of_a_product_of_many() -> None:
    a, b, c, v = (random(*shape) for shape in ((2, 30), (30, 3), (3, 40), (40,)))
    product = LA.multi_dot([al.Value(x) for x in (a, b, c, v)])
    assert [x.shape for x in all_nodes(product) if x.operation] == [(3,), (30,), (2,)]
    np.testing.assert_allclose(product.data, a @ b @ c @ v, rtol=1e-12)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=3, max_size=6),
    row=st.booleans(),
    column=st.booleans(),
)
def test_no_order_of_a_product_of_many_takes_fewer_multiplications(
    lengths: list[int], row: bool, column: bool
) -> None:
    arrays = [np.ones(shape) for shape in itertools.pairwise(lengths)]
    if row:
        arrays[0] = arrays[0][0]
    if column:
        arrays[-1] = arrays[-1][:, 0]
    sizes = [1 if row else lengths[0], *lengths[1:-1], 1 if column else lengths[-1]]
    product = LA.multi_dot([al.Value(x) for x in arrays])
    products = [value for value in all_nodes(product) if value.operation]
    got = sum(x.size * y.size // y.shape[0] for x, y in (value.operands for value in products))
    assert got == fewest_multiplications(tuple(sizes))


@functools.cache
def fewest_multiplications(sizes: tuple[int, ...]) -> int:
    """Return the smallest cost of all orders, by trying each."""
    return min(
        (
            fewest_multiplications(sizes[: k + 1])
            + fewest_multiplications(sizes[k:])
            + sizes[0] * sizes[k] * sizes[-1]
            for k in range(1, len(sizes) - 1)
        ),
        default=0,
    )


def test_a_pseudo_inverse_that_cuts_off_rounding_errors_alone_needs_no_svd_to_see_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LA, "svd", None)
    LA.pinv(al.Value(MAGIC))
    with pytest.raises(TypeError):
        LA.pinv(al.Value(MAGIC), rtol=1e-6)


# What counts as zero among singular values

EPS = np.finfo(float).eps


def constant(x: Any) -> Any:
    return al.Value(x, requires_grad=False)


def with_values(*values: float, rows: int = 0) -> Any:
    """Return a diagonal matrix with these singular values, and rows of zeros below."""
    return np.concatenate([np.diag(values), np.zeros((rows, len(values)))])


@pytest.mark.parametrize("rcond", [None, -1, -2.0, 0.0, 2.5 * EPS, 0.5, 0.75, 1.0, 2.0])
@pytest.mark.parametrize(
    "last", [2 * EPS, 0.75 * EPS, 0.4 * EPS, 0.25 * EPS, 1e-20, 1e-9, 0.0, 0.5, 1.0]
)
@pytest.mark.parametrize("scale", [1.0, 0.125, 1024.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_rank_of_least_squares_is_numpys(
    rcond: Any, last: float, scale: float, dtype: Any
) -> None:
    a = (scale * with_values(1.0, last, rows=1)).astype(dtype)
    b = np.array([1.0, 2.0, 3.0], dtype)
    ours, numpys = LA.lstsq(constant(a), constant(b), rcond), LA.lstsq(a, b, rcond)
    assert ours[2] == numpys[2]
    np.testing.assert_allclose(ours[0].data, numpys[0])
    np.testing.assert_allclose(ours[1].data, numpys[1])


@pytest.mark.parametrize(
    ("x", "options"),
    [
        (COUNTING, {}),
        (np.array([with_values(1.0, 10 * EPS)] * 50), {"rtol": None}),
        (with_values(1.0, 2.5 * EPS, rows=1), {"rtol": None}),
    ],
)
def test_what_a_pseudo_inverse_cuts_off_is_what_numpy_does(x: Any, options: Any) -> None:
    np.testing.assert_allclose(
        LA.pinv(constant(x), **options).data, LA.pinv(x, **options), rtol=1e-12
    )


@pytest.mark.parametrize(
    ("x", "rcond"),
    [
        (with_values(1.0, 7e-13), 1e-12),  # so low a limit is for rounding errors
        (with_values(1e-6, 1e-9), 1e-4),
        (with_values(1e6, 1e-9), 1e-11),
        (with_values(1.0, 19 * EPS), 1e-11),
        (with_values(1.0, 20 * EPS), 1e-11),
        (with_values(1.0, 1e-13, rows=998), 1e-11),
    ],
)
def test_singular_values_that_are_rounding_errors_may_be_cut_off(x: Any, rcond: float) -> None:
    gradient(lambda x: np.sum(LA.pinv(x, rcond)), x)


@pytest.mark.parametrize(
    ("x", "rcond"),
    [
        (with_values(1.0, 21 * EPS), 1e-11),
        (with_values(1.0, 2.0**-20), 2.0**-20),
        (np.array([with_values(1.0, 1e-13)] * 1000), 1e-11),
    ],
)
def test_singular_values_that_are_more_may_not_be_cut_off(x: Any, rcond: float) -> None:
    with pytest.raises(NoGradientRuleError, match="cuts off singular values that are not 0"):
        gradient(lambda x: np.sum(LA.pinv(x, rcond)), x)


def test_the_cofactors_of_a_singular_complex_matrix() -> None:
    x = random(3, 3, imaginary=True)
    x[2] = x[0] + x[1]
    minors = [
        [LA.det(np.delete(np.delete(x, i, 0), j, 1)) * (-1) ** (i + j) for j in range(3)]
        for i in range(3)
    ]
    np.testing.assert_allclose(al.ops.cofactors(x), minors, atol=1e-13)


def test_third_derivatives_of_determinants_of_a_batch() -> None:
    x, y, weights = random(3, 3), random(3, 3), random(3, 3)

    def slope(*batch: int) -> Any:
        shape = (*batch, 3, 3)
        fun = lambda x: np.sum(weights * al.ops.cofactor_slopes(x, y.reshape(shape)))  # noqa: E731
        return gradient(fun, x.reshape(shape)).reshape(3, 3)

    np.testing.assert_allclose(slope(1, 1), slope(), rtol=1e-12)
    assert np.any(slope() != 0)


@pytest.mark.parametrize("batch", [(), (2,), (1, 2)])
def test_the_power_zero_of_a_singular_matrix(batch: tuple[int, ...]) -> None:
    x = np.ones((*batch, 3, 3))
    np.testing.assert_array_equal(LA.matrix_power(al.Value(x), 0).data, LA.matrix_power(x, 0))


def test_a_product_of_many_takes_a_vector_at_the_front_as_one_row() -> None:
    """From the left it is 60 multiplications; from the right 99, with two rows less."""
    row, a, b = al.Value(np.ones(3)), np.ones((3, 10)), np.ones((10, 3))
    assert LA.multi_dot([row, a, b]).operands[0].shape == (10,)


@pytest.mark.parametrize("ord", [0, 1, 2, 3, 0.5, -1, np.inf, -np.inf])
def test_vector_norms_are_numpys(ord: Any) -> None:
    x = np.array([[0.0, -1.0, 2.0, -1.0], [3.0, -1.0, 0.5, 1.0]])
    with np.errstate(divide="ignore"):  # a power of 0 below 0
        expected = LA.norm(x, ord, axis=1)
        ours = LA.norm(constant(x), ord, axis=1).data
    np.testing.assert_allclose(ours, expected, rtol=1e-15)


def test_the_condition_of_no_matrices_is_none() -> None:
    assert LA.cond(constant(np.zeros((0, 2, 2)))).shape == LA.cond(np.zeros((0, 2, 2))).shape
