"""Products of tensors where the calls of numpy's functions do not reach: refusals, cost, dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ConversionError, NoGradientRuleError, ShapeError
from autograd_lite.primitive import numpy_functions
from tests.helpers import all_nodes, gradient, gradients
from tests.numpy_cases import linalg, products, sampled
from tests.numpy_cases.build import T3, A, S, V


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
@pytest.mark.parametrize(("n", "m"), [(2, 2), (2, 3), (3, 2)])
def test_cross_takes_vectors_of_length_two_as_numpy_does(n: int, m: int) -> None:
    x, y = S[0, :n], S[:2, :m]
    expected = np.cross(x, y)
    np.testing.assert_allclose(np.cross(al.Value(x), y).data, expected, rtol=1e-15)
    weights = np.cos(np.arange(expected.size)).reshape(expected.shape)
    slopes = gradients(np.cross, x, y, seed=weights)
    basis = [np.sum(weights * np.cross(e, y)) for e in np.eye(n)]
    np.testing.assert_allclose(slopes[0], basis, rtol=1e-14)
    np.testing.assert_allclose(np.sum(slopes[1] * y), np.sum(weights * expected), rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda v: np.cross(v, np.ones(4)), ShapeError, "length 2 or 3, got 3 and 4"),
        (lambda v: np.linalg.cross(v, np.ones((3, 2))), ShapeError, r"length 3 along axis -1"),
        *(
            (lambda v, x=x: np.linalg.cross(v, x), ShapeError, "cross takes .* 3 along axis -1")
            for x in (np.ones((2, 2)), np.ones((2, 4)))
        ),
        *(
            (lambda v, x=x: np.linalg.cross(x, v), ShapeError, "cross takes .* 3 along axis -1")
            for x in (np.ones((2, 2)), np.ones((2, 4)))
        ),
        (lambda v: np.linalg.outer(v, np.ones(2)), ShapeError, "takes two vectors"),
        (lambda v: np.linalg.outer(np.ones(2), v), ShapeError, "takes two vectors"),
        (lambda v: np.linalg.outer(v[0, 0], np.ones(2)), ShapeError, "takes two vectors"),
        (lambda v: np.linalg.outer(np.ones(2), v[0, 0]), ShapeError, "takes two vectors"),
        (lambda v: np.tensordot(v, np.ones((2, 2))), ShapeError, "lengths along axes"),
        (lambda v: np.tensordot(v, np.ones((4, 2)), 1), ShapeError, "lengths along axes"),
        (lambda v: np.tensordot(v, np.ones((2, 2)), 1), ShapeError, "lengths along axes"),
        (lambda v: np.einsum("ij,jk,k->i", v, S), ArgumentError, "for 3 operands, and 2 operands"),
        (lambda v: np.tensordot(v, V, 2), ShapeError, "axes 2 for operands of 2 and 1 axes"),
        (lambda v: np.tensordot(v, V, (5, 0)), ShapeError, r"axes \(5, 0\)"),
        (lambda v: np.einsum("ij->j", v, V), ArgumentError, "for 1 operands, and 2 operands"),
        (lambda v: np.einsum("i->i", v), ShapeError, r"'i' for an operand of shape \(2, 3\)"),
        (lambda v: np.einsum("ijk", v), ShapeError, r"'ijk' for an operand of shape \(2, 3\)"),
        (lambda v: np.einsum("i...->i", v), ArgumentError, "stands for 1 axes; write it in the"),
        (lambda v: np.einsum("ij", v, dtype=np.float32), NoGradientRuleError, r"dtype=..."),
        (lambda v: np.einsum("ij", v, casting="unsafe"), NoGradientRuleError, r"casting=..."),
        (lambda v: np.vecdot(v, v, axis=0), NoGradientRuleError, r"axis=.*np.linalg.vecdot\(x, y"),
        (lambda v: np.matmul(v, v, axes=[]), NoGradientRuleError, r"axes=.*np.moveaxis"),
        (
            lambda v: np.vecdot(v, v[0, 0]),
            ShapeError,
            r"vecdot .* 1 and 1 axes .*\(2, 3\) and \(\)",
        ),
    ],
)
def test_what_products_refuse(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call(al.Value(A))


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.vdot(v, V),
        lambda v: np.inner(v, np.ones(2)),
        lambda v: np.einsum("ij->ijk", v),
        lambda v: np.einsum("ii", v),
        lambda v: np.tensordot(v, v, (1, 1, 1)),
        lambda v: np.tensordot(np.ones((2, 2)), np.ones((2, 2, 2)) * v[0, 0], 3),
    ],
)
def test_products_of_wrong_shapes_raise_what_numpy_raises(call: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (numpy's words, or ours)
        call(al.Value(A))


def test_tensordot_takes_a_numpy_integer_as_axes() -> None:
    out = np.tensordot(al.Value(A), S, np.int64(1))
    np.testing.assert_allclose(out.data, A @ S, rtol=1e-15)


def test_float32_products_stay_float32() -> None:
    x = al.Value(T3.astype(np.float32))
    for out in (
        np.einsum("ijk->ki", x),
        np.kron(x, x),
        np.tensordot(x, x, 3),
        np.inner(x, x),
        np.cross(x[..., :3], x[..., 1:]),
    ):
        assert out.dtype == np.float32


def test_an_einsum_of_many_operands_is_one_operation() -> None:
    x = al.Value(S)
    out = np.einsum("ij,jk,kl,lm->im", x, S, x, S, optimize=True)
    assert len(all_nodes(out)) == 2
    swapped = gradient(lambda v: v @ S @ v @ S, S, np.ones((3, 3)))
    out.backward(np.ones((3, 3)))
    np.testing.assert_allclose(x.grad, swapped, rtol=1e-13)


@pytest.mark.parametrize(
    ("function", "args", "kwargs"),
    [c for c in (*products.CASES, *linalg.CASES, *sampled.CASES) if c[0] is not np.einsum_path],
)
def test_what_stands_for_numpys_functions_takes_arrays(
    function: Any, args: Any, kwargs: Any
) -> None:
    expected = function(*args, **kwargs)
    got = numpy_functions[function](*args, **kwargs)
    for x, y in zip(*((r if isinstance(r, tuple) else (r,)) for r in (got, expected)), strict=True):
        assert not isinstance(x, al.Value)
        np.testing.assert_allclose(x, y, rtol=1e-11, atol=1e-12)


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="numpy 2.2 has it")
@pytest.mark.parametrize(("name", "counts"), [("matvec", "2 and 1"), ("vecmat", "1 and 2")])
def test_products_with_matrices_need_a_matrix(name: str, counts: str) -> None:
    with pytest.raises(ShapeError, match=rf"np.{name} takes operands of {counts} axes or more"):
        getattr(np, name)(al.Value(V), V)


def test_sparse_arrays_are_told_to_become_arrays() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    x = al.Value(V)
    for matrix in (sparse.csr_array(S), sparse.csr_matrix(S)):
        for call in (
            lambda m: x @ m,
            lambda m: x * m,
            lambda m: np.dot(x, m),
            lambda m: np.add(x, m),
        ):
            with pytest.raises(ConversionError, match=r"a sparse array, .* use .toarray\(\)"):
                call(matrix)


def test_an_einsum_sums_in_numpys_order_unless_asked_to_optimize() -> None:
    """In another order the sum of many products has other last digits."""
    x, y, z = np.sin(np.arange(3 * 50 * 50.0) ** 2).reshape(3, 50, 50)
    expected = np.einsum("ij,jk,ki->", x, y, z)
    assert np.einsum("ij,jk,ki->", al.Value(x), y, z).item() == expected
    assert np.einsum("ij,jk,ki->", x, y, z, optimize=True) != expected
