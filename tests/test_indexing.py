"""Indices: every form that numpy takes, Values among them; what writes in place is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ConversionError, NoGradientRuleError
from tests.helpers import gradient

A = np.arange(12.0).reshape(3, 4)

FORMS: dict[str, Any] = {
    "integer": 1,
    "numpy integer": np.int32(-1),
    "boolean": True,
    "numpy boolean": np.False_,
    "slice": slice(None, None, -2),
    "ellipsis": (..., 1),
    "new axis": (None, 1, None),
    "list": [0, 0, 2],
    "empty list": [],
    "list of booleans": [True, False, True],
    "nested list": [[0, 1], [1, 1]],
    "range": range(2),
    "tuple in a tuple": ((0, 0, 1),),
    "lists in a tuple": ([0, 0], [1, 1]),
    "list and slice": ([0, 0], slice(1, 3)),
    "slice between arrays": (np.array([0, 0]), slice(None), None),
    "array and integer": (np.array([0, 0]), 1),
    "small integers": np.array([0, 0, 2], np.int8),
    "unsigned integers": (np.array([0, 0], np.uint64), np.array([1, 1], np.uint64)),
    "negative repeats": (np.array([-1, 2, -1]), np.array([0, 0, 0])),
    "mask": A > 5,
    "mask of rows": np.array([True, False, True]),
    "mask and slice": (np.array([True, False, True]), slice(0, 2)),
    "mask and ellipsis": (..., np.array([True, False, True, True])),
    "ix_": np.ix_([0, 0], [1, 3]),
    "array without axes": np.array(1),
}


@pytest.mark.parametrize("index", FORMS.values(), ids=FORMS.keys())
def test_a_form_of_index(index: Any) -> None:
    """The gradient of a sum counts how often each element is taken."""
    x = al.Value(A)
    out = x[index]
    assert np.array_equal(out.data, A[index])
    weights = np.random.default_rng(0).normal(size=out.shape)
    expected = np.zeros(A.shape)
    np.add.at(expected, index, weights)
    np.testing.assert_allclose(gradient(lambda v: v[index], A, weights), expected, rtol=1e-15)
    hessian = al.hessian(lambda v: np.sum(weights * v[index] ** 2))(A).reshape(12, 12)
    np.testing.assert_allclose(hessian, 2 * np.diag(expected.ravel()), rtol=1e-15)


def test_constant_values_are_indices() -> None:
    rows = al.Value(np.array([0, 2, 0]), requires_grad=False)
    one = al.Value(np.array(1), requires_grad=False)
    for index, plain in (
        (rows, [0, 2, 0]),
        ((rows, one), ([0, 2, 0], 1)),
        (slice(one, None), slice(1, None)),
        ((slice(None, one), rows), (slice(None, 1), [0, 2, 0])),
        ([one, one], [1, 1]),
    ):
        assert np.array_equal(al.Value(A)[index].data, A[plain])
    assert np.array_equal(A[one], A[1])


def test_a_comparison_of_values_is_a_mask() -> None:
    x = al.Value(A)
    x[x > 9].sum().backward()
    assert x.grad.tolist() == (A > 9).tolist()


@pytest.mark.parametrize(
    "index",
    [
        lambda v: v,
        lambda v: (0, v),
        lambda v: slice(v, None),
    ],
)
def test_a_tracked_value_is_no_index(index: Any) -> None:
    v = al.Value(1.0)
    with pytest.raises(ConversionError, match=r"used as an index.*astype\(int\)"):
        al.Value(A)[index(v)]


@pytest.mark.parametrize("index", [3, (0, 0, 0), [0, 5], "a", 1.0, np.array([0.5])])
def test_numpys_own_errors_come_through(index: Any) -> None:
    with pytest.raises(IndexError):
        al.Value(A)[index]
    with pytest.raises(IndexError):
        A[index]


@pytest.mark.parametrize("tupled", [False, True])
def test_writing_into_an_index_array_later_changes_nothing(tupled: bool) -> None:
    rows = np.array([0, 0, 1])
    x = al.Value(A)
    out = x[rows, 0] if tupled else x[rows].sum(axis=1)
    rows[...] = 2
    out.backward(np.ones(3), create_graph=True)
    assert x.grad.data[:, 0].tolist() == [2, 1, 0]


def test_writing_into_other_metadata_later_changes_nothing() -> None:
    x = al.Value(A.reshape(3, 2, 2))
    axes, shifts = [1, 2, 0], np.array([1, 2])
    out = np.transpose(x, axes) + np.roll(np.transpose(x, axes), shifts, axis=(0, 1))
    axes.reverse()
    shifts[...] = 0
    weights = np.random.default_rng(0).normal(size=out.shape)
    out.backward(weights)
    back = weights + np.roll(weights, (-1, -2), axis=(0, 1))
    np.testing.assert_allclose(x.grad, back.transpose(2, 0, 1), rtol=1e-14)


def test_a_tracked_value_is_no_metadata() -> None:
    shift = al.Value(1.0)
    with pytest.raises(NoGradientRuleError, match="argument that has no gradient rule"):
        np.roll(al.Value(A), shift)
    with pytest.raises(NoGradientRuleError, match="argument that has no gradient rule"):
        np.roll(al.Value(A), (shift, 1), axis=(0, 1))


def test_constant_values_are_metadata() -> None:
    shift = np.argmax(al.Value([0.0, 1.0]))
    assert np.array_equal(np.roll(al.Value(A), shift, axis=0).data, np.roll(A, 1, axis=0))
    places = np.unravel_index(np.argmax(al.Value(A)), A.shape)
    assert al.Value(A)[places].item() == 11


# In place


def test_assignment_to_a_value_says_what_to_write() -> None:
    x = al.Value(A)
    with pytest.raises(NoGradientRuleError, match=r"np\.where\(mask, value, x\).*al\.stack"):
        x[0] = 1.0
    with pytest.raises(NoGradientRuleError, match="cannot be assigned to"):
        x[0] += 1.0


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda v: np.fill_diagonal(v, 0.0), "fill_diagonal"),
        (lambda v: np.put(v, 0, 1.0), "put"),
        (lambda v: np.put_along_axis(v, np.zeros((3, 1), int), 1.0, 1), "put_along_axis"),
        (lambda v: np.putmask(v, A > 1, 1.0), "putmask"),
        (lambda v: np.place(v, A > 1, [1.0]), "place"),
        (lambda v: np.copyto(np.zeros((3, 4)), v), "copyto"),
    ],
)
def test_functions_that_write_into_an_array_are_refused(write: Any, name: str) -> None:
    with pytest.raises(NoGradientRuleError, match=rf"np.{name} .*writes into.*write np\.where"):
        write(al.Value(A))


@pytest.mark.parametrize(
    "function",
    [
        np.unique,
        np.trim_zeros,
        lambda v: np.union1d(v, v),
        lambda v: np.intersect1d(v, v),
        lambda v: np.setdiff1d(v, v),
        lambda v: np.setxor1d(v, v),
    ],
)
def test_functions_that_compare_elements_are_refused(function: Any) -> None:
    with pytest.raises(NoGradientRuleError, match="has no derivative"):
        function(al.Value([1.0, 0.0]))


# Selection


def test_take_along_an_axis_of_repeats_adds_up() -> None:
    seed = np.array([[1.0, 2.0, 4.0]] * 3)
    places = np.array([[0, 0, -1]] * 3)
    grad = gradient(lambda v: np.take_along_axis(v, places, axis=1), A, seed)
    assert grad.tolist() == [[3, 0, 0, 4]] * 3


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda v: np.take_along_axis(v, np.array([0]), 1), ValueError, "same number of axes"),
        (
            lambda v: np.take_along_axis(v, np.zeros((1, 1, 1), int), 1),
            al.errors.ShapeError,
            "same number",
        ),
        (lambda v: np.take(v, [12]), IndexError, "out of bounds"),
        (lambda v: np.take(v, [0], axis=2), np.exceptions.AxisError, "axis 2"),
        (lambda v: np.take(v, 0, out=np.zeros(())), NoGradientRuleError, r"np\.take\(out=...\)"),
        (lambda v: np.choose([0], [v], out=np.zeros(3)), NoGradientRuleError, r"choose\(out"),
        (lambda v: np.choose([5], [v]), ValueError, "invalid entry in choice"),
        (lambda v: np.compress([True], v, out=np.zeros(3)), NoGradientRuleError, r"compress\(out"),
        (lambda v: np.select([v > 1], [v, v]), al.errors.ArgumentError, "1 and 2"),
        (lambda v: np.select([v > 1, v > 2], [v]), al.errors.ArgumentError, "2 and 1"),
        (lambda v: np.select([v], [v]), al.errors.DtypeError, "boolean, got dtype float64"),
        (lambda v: np.where(v > 1, v), ValueError, "rules"),
        (lambda v: np.clip(v, 1, 2, max=3), al.errors.ArgumentError, "some of both"),
        (lambda v: np.clip(v, None, 2, max=3), al.errors.ArgumentError, "some of both"),
        (lambda v: np.clip(v, 1, None, min=0), al.errors.ArgumentError, "some of both"),
    ],
)
def test_selection_refuses(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call(al.Value(A))


def test_take_along_axis_takes_the_last_axis_where_none_is_given() -> None:
    cube, places = np.arange(24.0).reshape(2, 3, 4), np.array([[[0, 3]] * 3] * 2)
    got = al.ops.take_along_axis(al.Value(cube), places)  # numpy has this default since 2.3
    assert np.array_equal(got.data, np.take_along_axis(cube, places, -1))


MASK = np.random.default_rng(0).random((120, 101)) < 0.5


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.complex128])
@pytest.mark.parametrize(
    "mask", [MASK, MASK[:, :1], MASK[0], MASK.T.copy().T, MASK.astype(int), True, MASK[None]]
)
def test_zero_where_is_where_with_zero(mask: Any, dtype: Any) -> None:
    x = np.random.default_rng(1).normal(size=MASK.shape).astype(dtype)
    x[:2] = [[np.nan], [-np.inf]]
    for array in (x, x.T.copy().T, x[::2, ::2][:1, :1], list(x[0].tolist())):
        if np.shape(array) != MASK.shape and np.ndim(mask):
            continue
        got, expected = al.ops.zero_where(mask, array), np.where(mask, 0.0, array)
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)
        np.testing.assert_array_equal(np.signbit(np.real(got)), np.signbit(np.real(expected)))


def test_zero_where_broadcasts_to_a_larger_mask() -> None:
    x, mask = np.ones((1, 12_000)), np.arange(24_000).reshape(2, -1) % 3 == 0
    assert np.array_equal(al.ops.zero_where(mask, x), np.where(mask, 0.0, x))


def test_select_lets_no_nan_through_from_a_choice_not_taken() -> None:
    x = np.array([1.0, 4.0])
    grad = gradient(lambda v: np.select([v > 2, v <= 2], [np.nan * A[0, :2], v]), x, np.ones(2))
    assert grad.tolist() == [1, 0]


def test_clip_keeps_the_dtype_of_constants() -> None:
    whole = al.Value(np.array([1, 5]), requires_grad=False)
    assert whole.clip(max=3).dtype == int
    assert np.clip(al.Value(np.float32([1, 5])), None, 3).dtype == np.float32


def test_al_ops_takes_numpys_arguments() -> None:
    assert al.ops.clip(A, 2, a_max=5).max() == 5
    assert al.ops.concatenate([A, A], axis=1).shape == (3, 8)
    assert al.ops.where(A > 10)[0].tolist() == [2]
    assert al.ops.reshape(A, (4, 3), "F").tolist() == A.reshape((4, 3), order="F").tolist()
