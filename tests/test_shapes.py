"""Shapes: al.array and al.stack, methods of Value, memory orders, and what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ConversionError, NoGradientRuleError, ShapeError
from tests.helpers import gradient, gradients

A = np.arange(6.0).reshape(2, 3)
V = np.array([1.0, 2.0, 3.0])


# al.array and al.stack


def test_array_of_nested_lists_of_values_and_numbers() -> None:
    def rotation(angle: Any) -> Any:
        return al.array([[np.cos(angle), -np.sin(angle)], (np.sin(angle), np.cos(angle))])

    angle = al.Value(0.5)
    matrix = rotation(angle)
    c, s = np.cos(0.5), np.sin(0.5)
    np.testing.assert_allclose(matrix.data, [[c, -s], [s, c]], rtol=1e-15)
    np.testing.assert_allclose(al.grad(lambda a: rotation(a)[0, 0])(0.5), -s, rtol=1e-15)
    second = al.grad(al.grad(lambda a: np.sum(rotation(a) @ np.array([1.0, 2.0]))))(0.5)
    np.testing.assert_allclose(second, -(c - 2 * s + s + 2 * c), rtol=1e-14)


def test_array_joins_values_arrays_and_numbers() -> None:
    x = al.Value(V)
    joined = al.array([x, [1, 2.5, x[0]], V])
    assert joined.data.tolist() == [[1, 2, 3], [1, 2.5, 1], [1, 2, 3]]
    np.sum(joined).backward()
    assert x.grad.tolist() == [2, 1, 1]


@pytest.mark.parametrize(
    "plain",
    [2.5, 3, [1, 2], [[1.0, 2], [3, 4]], [], [[], []], V, [V, 2 * V], [True, False], [1j, 2.0]],
)
def test_array_of_plain_numbers_is_a_constant_with_numpys_elements(plain: Any) -> None:
    value = al.array(plain)
    expected = np.array(plain)
    assert not value.requires_grad
    assert (value.shape, value.dtype) == (expected.shape, expected.dtype)
    assert np.array_equal(value.data, expected)


def test_array_keeps_the_dtype_of_arrays_beside_python_numbers() -> None:
    single = al.Value(np.float32(2.0))
    assert al.array([single, 1.0, 2]).dtype == np.float32
    assert al.array([single, np.float64(1.0)]).dtype == np.float64
    mixed = al.array([single, 1j])
    assert mixed.dtype == np.complex64
    cast = al.array([single, 1.0], dtype=np.float64)
    cast.backward(np.ones(2))
    assert (cast.dtype, single.grad.dtype) == (np.float64, np.float32)
    assert al.array([single, single], dtype=np.float64).dtype == np.float64
    assert al.array(single, dtype=np.float64).dtype == np.float64


def test_array_of_a_value_is_that_value() -> None:
    x = al.Value(V)
    assert al.array(x) is x


def test_array_does_not_share_memory_with_its_parts() -> None:
    own = V.copy()
    value = al.array(own)
    own[0] = 100
    assert value.data[0] == 1


@pytest.mark.parametrize("ragged", [[[1.0, 2.0], [3.0]], [1.0, [2.0]], [V, 1.0]])
def test_array_of_ragged_lists_raises(ragged: Any) -> None:
    ragged[0] = [*ragged[0], al.Value(1.0)] if isinstance(ragged[0], list) else ragged[0]
    with pytest.raises(ShapeError, match=r"array\(\) got a list whose parts have the shapes"):
        al.array(ragged)


@pytest.mark.parametrize("other", [["a"], [al.Value(1.0), None], {"a": 1}])
def test_array_of_no_numbers_raises(other: Any) -> None:
    with pytest.raises(al.errors.DtypeError, match=r"array\(\) takes numbers"):
        al.array(other)


def test_numpys_array_of_values_says_what_to_use() -> None:
    for make in (np.array, np.asarray, np.mean):
        with pytest.raises(ConversionError, match=r"al\.stack, al\.array"):
            make([al.Value(1.0), 2.0])


def test_stack_of_values_and_numbers() -> None:
    x, y = al.Value(2.0), al.Value(3.0)
    joined = al.stack([x, x * y, 1.0])
    joined.backward(np.array([1.0, 10.0, 100.0]))
    assert (float(x.grad), float(y.grad)) == (31, 20)
    assert al.stack([al.Value(V), V], axis=1).shape == (3, 2)
    assert isinstance(al.stack([1.0, 2.0]), np.ndarray)
    with pytest.raises(ValueError, match="same shape"):
        al.stack([x, V])
    with pytest.raises(ValueError, match="at least one"):
        al.stack([])


# Memory orders


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_ravel_in_any_order_of_any_layout(order: Any, layout: Any) -> None:
    data = np.array(A, order=layout)
    x = al.Value(data)
    out = x.ravel(order)
    assert out.data.tolist() == data.ravel(order).tolist()
    out.backward(data.ravel(order))
    assert x.grad.tolist() == A.tolist()


@pytest.mark.parametrize("layout", ["C", "F"])
def test_reshape_in_the_order_of_memory(layout: Any) -> None:
    data = np.array(A, order=layout)
    x = al.Value(data)
    out = np.reshape(x, (3, 2), order="A")
    assert out.data.tolist() == np.reshape(data, (3, 2), order="A").tolist()
    out.backward(np.reshape(data, (3, 2), order="A"))
    assert x.grad.tolist() == A.tolist()


def test_ravel_in_the_order_of_memory_of_a_part() -> None:
    part = al.Value(A)[:, ::2]
    with pytest.raises(NoGradientRuleError, match=r"order='K'.*use order='C'"):
        np.ravel(part, order="K")


def test_reshape_that_must_not_copy() -> None:
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("numpy's reshape has no argument copy")
    with pytest.raises(ValueError, match="copy"):
        np.reshape(al.Value(A).T, -1, copy=False)


# Methods


@pytest.mark.parametrize(
    "method",
    [
        lambda x: x.flatten(),
        lambda x: x.flatten("F"),
        lambda x: x.reshape(3, 2, order="F"),
        lambda x: x.repeat(2),
        lambda x: x.repeat([1, 2], axis=0),
        lambda x: x.take([0, 0, 4]),
        lambda x: x.take([0, 7], axis=1, mode="wrap"),
        lambda x: x.compress([True, False, True], axis=1),
        lambda x: x.diagonal(),
        lambda x: x.diagonal(1, 1, 0),
        lambda x: x.copy(),
        lambda x: x.mT,
    ],
)
def test_a_method_is_numpys(method: Any) -> None:
    value = al.Value(A)
    out = method(value)
    expected = method(A)
    assert np.array_equal(out.data, expected)
    out.backward(np.ones(out.shape))
    counts = np.bincount(method(np.arange(6).reshape(2, 3)).ravel(), minlength=6)
    assert value.grad.ravel().tolist() == counts.tolist()


def test_methods_that_tell_of_the_data() -> None:
    x = al.Value(A)
    assert x.tolist() == A.tolist()
    assert al.Value(2.0).tolist() == 2.0
    assert [places.tolist() for places in x.nonzero()] == [p.tolist() for p in A.nonzero()]
    assert not np.shares_memory(x.copy().data, x.data)


# Splitting, padding and the like


def test_the_parts_of_a_split_have_their_own_gradients() -> None:
    left, right = np.split(x := al.Value(V), [1])
    (2 * left.sum() + 3 * right.sum()).backward()
    assert x.grad.tolist() == [2, 3, 3]


def test_insert_and_append_give_both_their_gradients() -> None:
    seed = np.arange(5.0)
    both = gradients(lambda a, b: np.insert(a, 1, b), V, V[:2], seed=seed)
    assert [g.tolist() for g in both] == [[0, 3, 4], [1, 2]]
    both = gradients(lambda a, b: np.append(a, b), V, V[:2], seed=seed)
    assert [g.tolist() for g in both] == [[0, 1, 2], [3, 4]]


def test_a_padding_value_has_a_gradient() -> None:
    """Four sides of widths 1, 2, 0 and 3: each value counts the elements that it fills."""
    ends = [al.Value(v) for v in (1.0, 2.0, 3.0, 4.0)]
    widths = ((1, 2), (0, 3))
    pairs = ((ends[0], ends[1]), (ends[2], ends[3]))
    padded = np.pad(al.Value(A), widths, constant_values=pairs)
    plain = np.pad(A, widths, constant_values=((1, 2), (3, 4)))
    assert np.array_equal(padded.data, plain)
    padded.backward(np.ones(padded.shape))
    assert [float(end.grad) if end.grad is not None else 0 for end in ends] == [3, 6, 0, 15]


def test_the_end_of_a_ramp_has_a_gradient() -> None:
    end = al.Value(10.0)
    np.pad(al.Value(V), (2, 0), "linear_ramp", end_values=end).backward(np.ones(5))
    assert float(end.grad) == 1.5


def test_padding_keeps_the_dtype() -> None:
    for mode in ("constant", "edge", "linear_ramp", "mean", "reflect"):
        assert np.pad(al.Value(V.astype(np.float32)), 2, mode).dtype == np.float32
    whole = np.pad(al.Value(np.array([1, 2]), requires_grad=False), 1, "linear_ramp")
    assert whole.data.tolist() == np.pad(np.array([1, 2]), 1, "linear_ramp").tolist()


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda v: np.pad(v, 1, "empty"), NoGradientRuleError, r"pad\(mode='empty'\)"),
        (lambda v: np.pad(v, 1, lambda *a: None), NoGradientRuleError, r"np.pad\(mode=<function"),
        (lambda v: np.pad(v, 1, "mirror"), ArgumentError, "a mode of constant, edge.*'mirror'"),
        (lambda v: np.pad(v, 1, "edge", stat_length=2), ArgumentError, "options.*got stat_length"),
        (lambda v: np.pad(v, -1), ArgumentError, "whole numbers of 0 or more, got -1"),
        (lambda v: np.pad(v, 1.5), ArgumentError, "whole numbers of 0 or more, got 1.5"),
        (lambda v: np.pad(v, (1, 2, 3)), ValueError, "broadcast"),
        (lambda v: np.pad(v[:0], 1, "mean"), ArgumentError, "no elements"),
        (lambda v: np.pad(v[:0], 1, "linear_ramp"), ArgumentError, "no elements along axis 0"),
        (lambda v: np.pad(v[:0], 1, "edge"), ValueError, "can't extend empty axis"),
        (lambda v: np.pad(v, 1, "mean", stat_length=0), ArgumentError, "no elements"),
        (lambda v: np.vsplit(v[0], 1), ShapeError, r"vsplit takes .* 2 axes .* shape \(3,\)"),
        (lambda v: np.hsplit(v[0, 0], 1), ShapeError, "hsplit"),
        (lambda v: np.dsplit(v, 1), ShapeError, "dsplit"),
        (lambda v: np.split(v, 2, axis=5), IndexError, "range"),
        (lambda v: np.diag(v[None]), ShapeError, r"vector or a matrix.*\(1, 2, 3\)"),
        (lambda v: np.diag(v[0, 0]), ShapeError, r"vector or a matrix.*\(\)"),
        (lambda v: np.matrix_transpose(v[0]), ShapeError, r"two axes or more.*\(3,\)"),
        (lambda v: np.meshgrid(v[0], indexing="yx"), ArgumentError, "'xy' or 'ij', got 'yx'"),
        (lambda v: np.rollaxis(v, 2), np.exceptions.AxisError, "axis 2"),
        (lambda v: np.rollaxis(v, 0, 4), np.exceptions.AxisError, "axis 4"),
        (lambda v: np.rollaxis(v, 0, -4), np.exceptions.AxisError, "axis -4"),
        (lambda v: np.repeat(v, 2, axis=2), np.exceptions.AxisError, "axis 2"),
        (lambda v: np.repeat(v, -1), ValueError, "negative"),
        (lambda v: np.repeat(v, [1, 2]), ValueError, "broadcast"),
        (lambda v: np.delete(v, 6), IndexError, "out of bounds"),
        (lambda v: np.delete(v, 0, 2), np.exceptions.AxisError, "axis 2"),
        (lambda v: np.insert([1, 2], 0, v[0, 0]), al.errors.DtypeError, "dtype int64"),
        (lambda v: np.concatenate([v, v], out=A), NoGradientRuleError, r"concatenate\(out=...\)"),
        (lambda v: np.stack([v, v], out=A), NoGradientRuleError, r"np.stack\(out=...\)"),
        (lambda v: np.trace(v, out=A), NoGradientRuleError, r"np.trace\(out=...\)"),
        (lambda v: np.block([[v, v], v]), ValueError, "depth"),
        (lambda v: np.concatenate([v, v[0]]), ValueError, "dimensions"),
    ],
)
def test_shapes_refuse(call: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        call(al.Value(A))


def test_rollaxis_counts_from_the_end_as_far_as_there_are_axes() -> None:
    assert np.rollaxis(al.Value(A), 1, -2).shape == np.rollaxis(A, 1, -2).shape
    for start in (-3, 3):
        with pytest.raises(np.exceptions.AxisError):
            np.rollaxis(al.Value(A), 0, start)


def test_unstack_of_a_number_raises() -> None:
    with pytest.raises(ShapeError, match="unstack"):
        al.ops.unstack(al.Value(1.0))
    rows = al.ops.unstack(al.Value(A))
    assert [row.data.tolist() for row in rows] == A.tolist()
    assert [x.item() for x in al.ops.unstack(al.Value(V))] == V.tolist()


def test_astype_of_numpy_takes_no_other_device() -> None:
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("numpy's astype has no argument device")
    with pytest.raises(NoGradientRuleError, match="device"):
        np.astype(al.Value(V), np.float32, device="cpu")
    x = al.Value(V)
    np.astype(x, np.float32).backward(np.ones(3, np.float32))
    assert x.grad.dtype == np.float64


def test_trace_in_another_dtype() -> None:
    out = np.trace(al.Value(np.eye(2)), dtype=np.float32)
    assert (out.dtype, out.item()) == (np.float32, 2.0)


def test_insert_into_whole_numbers() -> None:
    whole = al.Value(np.array([1, 2]), requires_grad=False)
    assert np.insert(whole, 1, 5.5).data.tolist() == [1, 5, 2]


def test_windows_overlap() -> None:
    windows = np.lib.stride_tricks.sliding_window_view
    assert gradient(lambda v: windows(v, 2), V, np.ones((2, 2))).tolist() == [1, 2, 1]


def test_deprecated_row_stack() -> None:
    if not hasattr(np, "row_stack"):
        pytest.skip("numpy has no function row_stack")
    x = al.Value(V)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = np.vstack([x, V])
    assert rows.requires_grad
    assert rows.shape == (2, 3)


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("constant", {"constant_values": (7.0, -8.0)}),
        ("linear_ramp", {"end_values": (7.0, -8.0)}),
        ("linear_ramp", {"end_values": ((1.0, 2.0), (3.0, 4.0))}),
        *((mode, {}) for mode in ("maximum", "mean", "median", "minimum")),
        *((mode, {"stat_length": (1, 2)}) for mode in ("maximum", "mean", "median", "minimum")),
        *(
            (mode, {"reflect_type": kind})
            for mode in ("reflect", "symmetric")
            for kind in ("odd", "even")
        ),
        ("edge", {}),
        ("wrap", {}),
    ],
)
@pytest.mark.parametrize("width", [3, (1, 4), ((0, 2), (5, 0)), ((7, 9), (2, 3))])
def test_padding_is_numpys_before_and_after(mode: str, options: Any, width: Any) -> None:
    x = np.cos(np.arange(15.0) ** 2).reshape(3, 5)
    padded = np.pad(al.Value(x), width, mode=mode, **options)
    np.testing.assert_allclose(padded.data, np.pad(x, width, mode=mode, **options), rtol=1e-15)
