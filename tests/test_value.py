"""What a Value is: construction, assignment, Python's protocols, numpy's protocols, operators."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ConversionError, DtypeError, GraphError, NoGradientRuleError
from tests.helpers import gradient

# Construction


def test_a_value_copies_what_it_is_given() -> None:
    array = np.array([1.0, 2.0])
    value = al.Value(array)
    array[0] = 9
    assert value.data.tolist() == [1, 2]
    assert not np.shares_memory(al.Value(value.detach()).data, value.data)


@pytest.mark.parametrize("data", [2, [1, 2], [[1, 2], [3, 4]], (1, 2), np.float64(2), 2.5, -3])
@pytest.mark.parametrize("requires_grad", [True, False])
def test_python_numbers_become_float64(data: Any, requires_grad: bool) -> None:
    value = al.Value(data, requires_grad=requires_grad)
    assert value.dtype == np.float64
    assert value.data.tolist() == np.asarray(data).tolist()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_float_dtype_is_kept(dtype: Any) -> None:
    assert al.Value(np.ones(2, dtype)).dtype == dtype
    assert al.Value(dtype(1)).dtype == dtype
    assert isinstance(al.Value(dtype(1)).data, dtype)
    assert isinstance(al.Value(np.array(1, dtype)).data, dtype), "no axes: a numpy scalar"


@pytest.mark.parametrize(
    "data",
    [
        np.arange(3),
        np.int64(3),
        np.array([True]),
        True,
        np.uint8(3),
        "abc",
        None,
        [None],
        10**30,
    ],
)
def test_a_variable_must_be_of_floats_or_complex_numbers(data: Any) -> None:
    with pytest.raises(
        DtypeError, match="a variable holds floats or complex numbers, got an array of dtype"
    ):
        al.Value(data)


def test_the_error_about_integers_says_what_to_do() -> None:
    with pytest.raises(DtypeError, match=r"int64 and shape \(3,\); use x.astype\(float\)"):
        al.Value(np.arange(3))
    with pytest.raises(TypeError):
        al.Value(np.arange(3))


@pytest.mark.parametrize("data", [np.arange(3), np.array([True]), np.ones(2, complex)])
def test_a_constant_keeps_its_dtype(data: Any) -> None:
    value = al.Value(data, requires_grad=False)
    assert value.dtype == data.dtype
    assert not value.requires_grad


@pytest.mark.parametrize("data", ["abc", None, {}])
def test_a_constant_must_be_of_numbers(data: Any) -> None:
    with pytest.raises(DtypeError, match="holds numbers"):
        al.Value(data, requires_grad=False)


def test_values_inside_a_list_raise_in_place_of_losing_their_graph() -> None:
    with pytest.raises(ConversionError):
        al.Value([al.Value(1.0), al.Value(2.0)])


def test_a_leaf_knows_what_it_is() -> None:
    x = al.Value([[1.0, 2.0, 3.0]], name="x")
    assert (x.shape, x.ndim, x.size, x.dtype) == ((1, 3), 2, 3, np.float64)
    assert (x.name, x.requires_grad, x.is_leaf) == ("x", True, True)
    assert (x.grad, x.operation, x.operands, x.params) == (None, None, (), {})
    assert al.Value(1.0).name is None


def test_a_result_knows_how_it_was_made() -> None:
    x, y = al.Value([1.0, 2.0]), np.array([3.0, 4.0])
    total = (x * y * x).sum(axis=0, keepdims=True)
    product = total.operands[0]
    assert (total.operation.name, total.params) == ("sum", {"axis": 0, "keepdims": True})
    assert product.operation is al.ops.multiply
    assert product.operands[1] is x
    assert product.operands[0].operands == (x, y)
    assert not total.is_leaf
    assert total.requires_grad
    assert (x * x).operands == (x, x)


def test_numbers_increase_from_operands_to_results() -> None:
    x = al.Value(1.0)
    y = al.Value(2.0)
    z = np.exp(x) * y
    assert x.number < y.number < z.operands[0].number < z.number


def test_a_result_of_constants_is_a_constant_without_a_past() -> None:
    x = al.Value([1.0], requires_grad=False)
    for result in (x + x, 2 * x, np.exp(x), x.sum(), x[0], x == 1):
        assert not result.requires_grad
        assert result.is_leaf
        assert result.operands == ()


def test_value_is_final() -> None:
    with pytest.raises(TypeError, match="Value is final"):

        class Mine(al.Value):  # type: ignore[misc]
            pass


def test_a_value_takes_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        al.Value(1.0).gard = 1.0  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        al.Value(1.0).shape = (1,)  # type: ignore[misc]
    with pytest.raises(TypeError):
        al.Value(1.0, True)  # type: ignore[misc]


# Assignment


def test_assigning_data_rebinds_without_a_copy() -> None:
    x = al.Value([1.0, 2.0])
    before, array = x.data, np.array([3.0, 4.0])
    x.data = array
    assert np.shares_memory(x.data, array)
    assert before.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("data", "expected"), [(3, 3.0), ([1, 2], [1.0, 2.0]), (al.Value([5.0]), [5.0])]
)
def test_assigned_data_becomes_what_construction_makes_it(data: Any, expected: Any) -> None:
    x = al.Value(0.0)
    x.data = data
    assert x.dtype == np.float64
    assert x.data.tolist() == expected


@pytest.mark.parametrize("data", [np.arange(3), True, None])
def test_assigned_data_is_validated(data: Any) -> None:
    x = al.Value(1.0)
    with pytest.raises(DtypeError):
        x.data = data
    assert x.data == 1.0


def test_a_constant_may_be_assigned_integers() -> None:
    x = al.Value(1.0, requires_grad=False)
    x.data = np.arange(3)
    assert x.dtype.kind == "i"


def test_requires_grad_can_be_set_on_leaves() -> None:
    x = al.Value(2.0, requires_grad=False)
    x.requires_grad = True
    assert gradient(lambda v: v * x, 3.0) == 2.0
    x.requires_grad = False
    assert not (x * x).requires_grad


def test_requires_grad_of_integers_raises() -> None:
    x = al.Value(np.arange(3), requires_grad=False)
    with pytest.raises(DtypeError):
        x.requires_grad = True
    assert not x.requires_grad


def test_requires_grad_of_a_result_raises() -> None:
    y = al.Value(2.0) * 3
    with pytest.raises(GraphError, match=r"multiply.*detach"):
        y.requires_grad = False
    assert y.requires_grad


def test_detach_gives_a_constant_that_shares_the_data() -> None:
    x = al.Value([1.0, 2.0])
    y = (x * x).detach()
    assert not y.requires_grad
    assert y.is_leaf
    z = x * x
    assert np.shares_memory(z.detach().data, z.data)
    assert gradient(lambda v: (v * v).detach() * v, 3.0) == 9.0


# Python's protocols


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (al.Value(2.0), "Value(2.)"),
        (al.Value([1.0, 2.5]), "Value([1. , 2.5])"),
        (al.Value(np.float32(2)), "Value(2., dtype=float32)"),
        (al.Value(2.0, name="x"), "Value(2., name='x')"),
        (al.Value(2.0, requires_grad=False), "Value(2., requires_grad=False)"),
        (al.Value(2.0) * 3, "Value(6., operation=multiply)"),
        (al.Value(1 / 3), "Value(0.333333)"),
        (al.Value(2.0) > 1, "Value(True, dtype=bool, requires_grad=False)"),
        (al.Value([]), "Value([])"),
    ],
)
def test_repr(value: al.Value, text: str) -> None:
    assert repr(value) == text
    assert str(value) == text


def test_repr_of_a_large_value_is_short() -> None:
    assert len(repr(al.Value(np.ones(100_000)))) < 100


def test_format() -> None:
    assert f"{al.Value(2.0):.3f}" == "2.000"
    assert f"{al.Value([2.5]):5.1f}" == "  2.5"
    assert f"{al.Value(2.0)}" == "Value(2.)"
    with pytest.raises(ValueError, match="size 1"):
        f"{al.Value([1.0, 2.0]):.3f}"


def test_numbers_of_a_value() -> None:
    x = al.Value(2.5)
    assert (float(x), int(x), x.item(), bool(x), bool(al.Value(0.0))) == (2.5, 2, 2.5, True, False)
    assert all(type(n) is float for n in (float(x), x.item()))
    assert al.Value([7.0]).item() == 7.0
    assert range(5)[al.Value(np.int64(3), requires_grad=False)] == 3
    assert range(5)[np.argmax(al.Value([1.0, 5.0, 2.0]))] == 1


@pytest.mark.parametrize("convert", [float, int, bool, operator.index, al.Value.item])
def test_an_array_is_not_a_number(convert: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        convert(al.Value([1.0, 2.0]))


def test_a_float_is_not_an_index() -> None:
    with pytest.raises(TypeError):
        range(5)[al.Value(1.0)]


def test_length_and_iteration() -> None:
    x = al.Value([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    first, second = x
    (first @ second).backward()
    assert x.grad.tolist() == [[3, 4], [1, 2]]
    assert [float(a) for a in al.Value([1.0, 2.0])] == [1, 2]
    assert float(sum(al.Value([1.0, 2.0]))) == 3
    assert 2.0 in al.Value([1.0, 2.0])


def test_a_number_has_no_length_and_no_elements() -> None:
    with pytest.raises(TypeError, match="no len"):
        len(al.Value(1.0))
    with pytest.raises(TypeError):
        iter(al.Value(1.0))
    with pytest.raises(IndexError):
        al.Value(1.0)[0]


def test_index_out_of_range_raises() -> None:
    x = al.Value([1.0, 2.0])
    for index in (2, -3, (0, 0), [5]):
        with pytest.raises(IndexError):
            x[index]


@pytest.mark.parametrize(
    "index",
    [
        1,
        slice(al.Value(np.int64(1), requires_grad=False), None),
        [0, 0],
        [],
        [True, False, True],
        ([0, 1], [1, 1]),
        (..., al.Value(np.array([1, 0]), requires_grad=False)),
        al.Value([[1.0, -1.0], [2.0, -2.0], [3.0, 0.0]]) > 0,
        (slice(None), None, 0),
    ],
)
def test_indexing_takes_what_numpy_takes_and_values(index: Any) -> None:
    array = np.arange(6.0).reshape(3, 2)

    def plain(part: Any) -> Any:
        if isinstance(part, slice):
            return slice(*(plain(end) for end in (part.start, part.stop, part.step)))
        if isinstance(part, tuple):
            return tuple(map(plain, part))
        return part.data if isinstance(part, al.Value) else part

    expected = array[plain(index)]
    x = al.Value(array)
    np.testing.assert_array_equal(x[index].data, expected)
    x[index].backward(np.ones(expected.shape))
    counts = np.zeros(6)
    for place in np.arange(6).reshape(3, 2)[plain(index)].ravel():
        counts[place] += 1
    assert x.grad.ravel().tolist() == counts.tolist()


def test_a_value_cannot_be_assigned_to_in_parts() -> None:
    with pytest.raises(TypeError):
        al.Value([1.0, 2.0])[0] = 1.0  # type: ignore[index]


def test_hash_is_identity_and_equality_is_by_element() -> None:
    x, y = al.Value([1.0, 2.0]), al.Value([1.0, 3.0])
    assert len({x, y, x}) == 2
    assert {x: 1}[x] == 1
    assert (x == y).data.tolist() == [True, False]
    assert (x != y).data.tolist() == [False, True]
    assert isinstance(x == y, al.Value)


@pytest.mark.parametrize(
    "compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
)
@pytest.mark.parametrize("other", [2, 2.0, np.float32(2), np.array([1.0, 2.0, 3.0]), [3, 2, 1]])
def test_comparisons_are_constants(compare: Any, other: Any) -> None:
    array = np.array([1.0, 2.0, 4.0])
    x = al.Value(array)
    for result, expected in (
        (compare(x, other), compare(array, other)),
        (compare(other, x), compare(np.asarray(other), array)),
        (compare(x, al.Value(other, requires_grad=False)), compare(array, np.asarray(other))),
    ):
        assert isinstance(result, al.Value)
        assert not result.requires_grad
        assert result.dtype == bool
        assert result.data.tolist() == expected.tolist()


def test_logic_on_masks() -> None:
    x = al.Value([1.0, -1.0, 3.0])
    inside = (x > 0) & (x < 2)
    assert inside.data.tolist() == [True, False, False]
    assert ((x < 0) | (x > 2)).data.tolist() == [False, True, True]
    assert ((x > 0) ^ np.array([True, True, True])).data.tolist() == [False, True, False]
    assert (np.array([True, True, False]) & (x > 0)).data.tolist() == [True, False, False]
    assert (~inside).data.tolist() == [False, True, True]


def pickled_and_back(value: al.Value) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled_and_back])
@pytest.mark.parametrize("data", [2.0, [1.0, 2.0], np.ones((2, 2), np.float32)])
def test_leaves_can_be_copied_and_pickled(duplicate: Any, data: Any) -> None:
    x = al.Value(data, name="x")
    (x * x).sum().backward()
    y = duplicate(x)
    assert y is not x
    assert y.number > x.number
    assert (y.name, y.requires_grad, y.dtype) == ("x", True, x.dtype)
    assert y.data.tolist() == x.data.tolist()
    assert y.grad.tolist() == x.grad.tolist()
    assert not np.shares_memory(y.data, x.data)


def test_constants_of_integers_can_be_pickled() -> None:
    y = pickle.loads(pickle.dumps(al.Value(np.arange(3), requires_grad=False)))
    assert (y.data.tolist(), y.dtype.kind, y.requires_grad) == ([0, 1, 2], "i", False)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_results_refuse_to_be_copied(duplicate: Any) -> None:
    with pytest.raises(GraphError, match="a result of multiply cannot be copied"):
        duplicate(al.Value(2.0) * 3)
    duplicate((al.Value(2.0) * 3).detach())


# numpy's protocols


@pytest.mark.parametrize(
    "convert",
    [
        np.asarray,
        np.array,
        np.asanyarray,
        lambda v: np.array([v, v]),
        lambda v: np.array([v, v], dtype=float),
        lambda v: np.array(v, dtype=float),
        lambda v: np.testing.assert_allclose(v, v),
        lambda v: np.add(np.zeros(3), [v, v, v]),
        lambda v: np.sum([v, v]),
        lambda v: np.zeros((2, *v.shape)).__setitem__(slice(None), [v, v]),
    ],
)
@pytest.mark.parametrize("data", [1.0, [1.0, 2.0, 3.0]])
def test_a_tracked_value_never_becomes_an_array_silently(convert: Any, data: Any) -> None:
    with pytest.raises(ConversionError, match=r"value\.data"):
        convert(al.Value(data))
    with pytest.raises(ConversionError, match=r"value\.data"):
        convert(al.Value(data) * 2)


MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize(
    "use",
    [
        lambda v: MASKED * v,
        lambda v: v * MASKED,
        lambda v: np.multiply(v, MASKED),
        lambda v: np.where(v > 0, v, MASKED),
        lambda v: np.ma.sin(v),
        lambda v: np.ma.where([True, False, True], v, 0.0),
        lambda v: MASKED.copy().__setitem__(0, v[0]),
        lambda v: v * np.matrix(np.eye(3)),
        lambda v: np.matrix(np.eye(3)) * v,
        lambda v: np.matrix(np.eye(3)) @ v,
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_masks_and_matrices_are_not_lost_silently(use: Any) -> None:
    with pytest.raises(ConversionError, match=r"np\.where\(mask, 0\.0"):
        use(al.Value([1.0, 2.0, 3.0]))


def test_constants_in_masked_arrays() -> None:
    x = al.Value([1.0, 2.0, 3.0], requires_grad=False)
    assert np.ma.add(MASKED, x).tolist() == [2.0, None, 6.0]


@pytest.mark.parametrize(
    "use",
    [
        lambda v: np.multiply(v, np.array([1, 2, 3], dtype=object)),
        lambda v: np.concatenate([v, np.array([1.0], dtype=object)]),
        lambda v: np.where([True, False, True], v, np.array([1.0], dtype=object)),
        lambda v: v.astype(object),
        lambda v: v * np.timedelta64(3, "s"),
    ],
)
def test_what_is_no_number_does_not_cut_the_graph(use: Any) -> None:
    with pytest.raises(DtypeError, match="cut the graph"):
        use(al.Value([1.0, 2.0, 3.0]))


def test_arrays_mapped_from_files_are_operands(tmp_path: Any) -> None:
    mapped = np.memmap(tmp_path / "numbers", float, "w+", shape=(3,))
    mapped[:] = 2.0
    x = al.Value([1.0, 2.0, 3.0])
    np.sum(x * mapped).backward()
    assert x.grad.tolist() == [2, 2, 2]


def test_a_constant_becomes_an_array() -> None:
    x = al.Value([1.0, 2.0], requires_grad=False)
    assert np.asarray(x).tolist() == [1, 2]
    assert np.array([x, x]).shape == (2, 2)
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert not np.shares_memory(np.array(x, copy=True), x.data)


@pytest.mark.parametrize(
    "assign", [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow]
)
def test_an_array_cannot_take_a_value_in_place(assign: Any) -> None:
    array = np.ones(2)
    with pytest.raises(NoGradientRuleError, match="write a = a \\+ value instead of a \\+= value"):
        assign(array, al.Value([1.0, 2.0]))
    assert array.tolist() == [1, 1]


def test_in_place_operators_on_a_value_rebind_the_name() -> None:
    x = start = al.Value(2.0)
    x += 1
    x *= start
    assert start.data == 2
    x.backward()
    assert start.grad == 5


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        *((name, (0, None, None, True), {}) for name in ("sum", "prod", "mean")),
        *((name, (0, None, None, 1, True), {}) for name in ("var", "std")),
        *((name, (0, None, True), {}) for name in ("max", "min")),
        *((name, (), {"axis": 0, "keepdims": True}) for name in ("any", "all")),
        *((name, (), {"where": [True, False, True], "initial": 0.5}) for name in ("sum", "max")),
        *((name, (1,), {}) for name in ("cumsum", "cumprod", "argmax", "argmin", "round")),
        *((name, (), {}) for name in ("cumprod", "argmax", "argsort", "round", "any", "all")),
    ],
)
def test_methods_take_what_numpys_take(name: str, args: Any, options: Any) -> None:
    x = np.array([[0.31, -0.62, 0.93], [1.24, 0.53, -0.11]])
    got = getattr(al.Value(x), name)(*args, **options)
    assert got.data.tolist() == getattr(x, name)(*args, **options).tolist()


def test_methods_of_ufuncs() -> None:
    x = np.array([[0.31, -0.62, 0.93], [1.24, 0.53, -0.11]])
    v, y = al.Value(x), np.array([2.0, -1.0])
    for ufunc in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.logical_or):
        assert ufunc.reduce(v).data.tolist() == ufunc.reduce(x).tolist()
        assert ufunc.reduce(v, axis=1, keepdims=True).data.tolist() == (
            ufunc.reduce(x, axis=1, keepdims=True).tolist()
        )
        assert ufunc.reduce(v, axis=None).data.tolist() == ufunc.reduce(x, axis=None).tolist()
    for ufunc in (np.add, np.multiply):
        assert ufunc.accumulate(v).data.tolist() == ufunc.accumulate(x).tolist()
        assert ufunc.accumulate(v, 1).data.tolist() == ufunc.accumulate(x, 1).tolist()
    for ufunc in (np.subtract, np.arctan2, np.less):
        assert ufunc.outer(v, y).data.tolist() == ufunc.outer(x, y).tolist()
    np.sum(np.multiply.outer(v, y) * [3.0, 5.0]).backward()
    assert v.grad.tolist() == np.full((2, 3), 1.0).tolist()


def test_keywords_of_ufuncs_that_say_what_numpy_does_anyway() -> None:
    x = al.Value([1.0, 2.0])
    out = np.exp(x, out=None, where=True, casting="same_kind", order="K", dtype=None, subok=True)
    assert out.data.tolist() == np.exp([1.0, 2.0]).tolist()


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda v: np.add(v, 1, out=np.ones(2)), "out="),
        (lambda v: np.add(v, 1, np.ones(2)), "out="),
        (lambda v: np.add(np.ones(2), 1, out=v), "out="),
        (
            lambda v: np.add(v, 1, where=np.array([True, False])),
            r"np.add\(where=...\).*write np.where\(mask, np.add\(...\), a\)",
        ),
        (lambda v: np.exp(v, dtype=np.float32), r"np.exp\(dtype=...\).*write x.astype\(dtype\)"),
        (lambda v: np.exp(v, casting="no"), r"np.exp\(casting=...\).*leave casting out"),
        (lambda v: np.divide.reduce(v), r"np.divide.reduce.*functools.reduce\(np.divide, x\)"),
        (lambda v: np.logaddexp.reduce(v), r"write al.nn.functional.logsumexp\(x, axis\)"),
        (lambda v: np.add.reduceat(v, [0]), r"np.add.reduceat"),
        (
            lambda v: np.maximum.accumulate(v),
            r"np.maximum.accumulate.*np.stack\(list\(itertools.accumulate\(x, np.maximum\)\)\)",
        ),
        (lambda v: np.full_like(np.ones(3), v[0]), r"np.full_like.*np.broadcast_to\(value, shape"),
        (lambda v: np.reshape(v, (v[0], 1)), r"reshape\(shape=...\) got a Value"),
        (lambda v: np.multiply.outer(v, v, dtype=float), r"np.multiply.outer"),
        (lambda v: np.cumsum(v, dtype=int), r"np.cumsum\(dtype=int64\)"),
        (lambda v: np.nextafter(v, 2.0), "np.nextafter has no derivative: it steps to"),
        (lambda v: np.clip(v, 0.0, 1.0, out=np.ones(2)), r"np.clip\(out=...\)"),
        (lambda v: np.clip(v, 0.0, 1.0, dtype=np.float32), r"np.clip\(dtype=...\)"),
        (lambda v: np.nan_to_num(v, copy=False), r"np.nan_to_num\(copy=...\)"),
        (lambda v: np.add.at(np.ones(2), [0, 1], v), r"np.add.at"),
        (lambda v: np.sum(v, dtype=int), r"np.sum\(dtype=int64\).*would be constant"),
        (lambda v: np.max(v, initial=v[0]), r"np.max\(initial=...\).*np.maximum"),
        *(
            (lambda v, name=name: getattr(np, name)(v, out=np.zeros(())), rf"np.{name}\(out=...\)")
            for name in ("sum", "prod", "max", "min", "ptp", "mean", "var", "std", "cumsum")
        ),
    ],
)
def test_arguments_without_a_rule_raise(call: Any, what: str) -> None:
    with pytest.raises(NoGradientRuleError, match=what):
        call(al.Value([1.0, 2.0]))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.packbits, "np.packbits"),
        (np.poly, "np.poly"),
        (np.frompyfunc(float, 1, 1), "float (vectorized)"),
    ],
)
def test_a_function_without_a_rule_is_named(function: Any, name: str) -> None:
    message = (
        f"{name} has no gradient rule for Value operands; use x.data for a constant, or declare "
        f"primitive({name}, ...)"
    )
    with pytest.raises(NoGradientRuleError) as caught:
        function(al.Value([1.0, 2.0]))
    assert str(caught.value) == message


# Operators

OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
OTHERS = [3, 3.0, True, np.float64(3), np.int64(3), np.int8(3), np.array([1.0, 2.0]), [1, 2]]


@pytest.mark.parametrize("operate", OPERATORS)
@pytest.mark.parametrize("other", OTHERS, ids=repr)
def test_operators_with_numbers_arrays_and_lists_on_both_sides(operate: Any, other: Any) -> None:
    array = np.array([2.5, 4.5])
    x = al.Value(array)
    plain = np.asarray(other) if isinstance(other, list | tuple) else other
    for out, expected in (
        (operate(x, other), operate(array, plain)),
        (operate(other, x), operate(plain, array)),
    ):
        assert isinstance(out, al.Value)
        assert out.requires_grad
        assert out.dtype == expected.dtype
        np.testing.assert_array_equal(out.data, expected)
    assert operate(other, x).operands[1] is x
    assert operate(x, other).operands[0] is x


@pytest.mark.parametrize("operate", OPERATORS)
def test_operators_between_numbers_are_numpys(operate: Any) -> None:
    x = al.Value(7.0)
    assert operate(x, 2).data == operate(7.0, 2)
    assert operate(2, x).data == operate(2, 7.0)
    assert operate(np.float64(2), x).data == operate(2, 7.0)
    assert type(operate(x, 2).data) is np.float64


def test_matrix_products_on_both_sides() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    x, y = al.Value(a), al.Value(b)
    for out in (x @ b, a @ y, x @ y, a.tolist() @ y, x @ b.tolist()):
        assert out.operation.name == "matmul"
        assert out.data.tolist() == (a @ b).tolist()


def test_signs() -> None:
    x = al.Value([1.0, -2.0])
    assert (-x).data.tolist() == [-1, 2]
    assert (+x).data.tolist() == [1, -2]
    assert abs(x).data.tolist() == [1, 2]


@pytest.mark.parametrize("operate", OPERATORS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("shape", [(), (2,)])
def test_python_numbers_do_not_widen(operate: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    x = al.Value(np.full(shape, 2.5, dtype))
    for number in (2, 2.0, True):
        for out in (operate(x, number), operate(number, x)):
            assert out.dtype == dtype
            out.backward(np.ones(shape))
            assert x.grad.dtype == dtype
    assert (x * np.float64(2)).dtype == np.float64, "a numpy scalar does, as in numpy"


def test_division_by_zero_is_numpys() -> None:
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert (al.Value(1.0) / 0).data == np.inf
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert (0.0 ** al.Value(-0.5)).data == np.inf


@pytest.mark.parametrize("other", [None, "abc", object()])
def test_operators_with_anything_else_raise(other: Any) -> None:
    with pytest.raises(TypeError):
        al.Value(1.0) + other
    with pytest.raises(TypeError):
        other * al.Value(1.0)


# Methods

SQUARE = np.array([[0.3, 0.6], [0.9, 1.2]])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (lambda v: v.sum(), SQUARE.sum()),
        (lambda v: v.sum(0), SQUARE.sum(0)),
        (lambda v: v.sum(axis=1, keepdims=True), SQUARE.sum(1, keepdims=True)),
        (lambda v: v.mean(1), SQUARE.mean(1)),
        (lambda v: v.mean(keepdims=True), SQUARE.mean(keepdims=True)),
        (lambda v: v.var(0, ddof=1), SQUARE.var(0, ddof=1)),
        (lambda v: v.std(1, keepdims=True), SQUARE.std(1, keepdims=True)),
        (lambda v: v.std(ddof=1), SQUARE.std(ddof=1)),
        (lambda v: v.max(), SQUARE.max()),
        (lambda v: v.max(0, keepdims=True), SQUARE.max(0, keepdims=True)),
        (lambda v: v.min(1), SQUARE.min(1)),
        (lambda v: v.prod(), SQUARE.prod()),
        (lambda v: v.prod(0, keepdims=True), SQUARE.prod(0, keepdims=True)),
        (lambda v: v.cumsum(), SQUARE.cumsum()),
        (lambda v: v.cumsum(axis=0), SQUARE.cumsum(axis=0)),
        (lambda v: v.reshape(4), SQUARE.reshape(4)),
        (lambda v: v.reshape(4, 1), SQUARE.reshape(4, 1)),
        (lambda v: v.reshape((1, -1)), SQUARE.reshape((1, -1))),
        (lambda v: v.transpose(), SQUARE.T),
        (lambda v: v.transpose(1, 0), SQUARE.T),
        (lambda v: v.transpose((0, 1)), SQUARE),
        (lambda v: v.transpose(None), SQUARE.T),
        (lambda v: v.T, SQUARE.T),
        (lambda v: v.swapaxes(0, 1), SQUARE.T),
        (lambda v: v.reshape(1, 4, 1).squeeze(), SQUARE.ravel()),
        (lambda v: v.reshape(1, 4, 1).squeeze(axis=0), SQUARE.reshape(4, 1)),
        (lambda v: v.ravel(), SQUARE.ravel()),
        (lambda v: v.exp(), np.exp(SQUARE)),
        (lambda v: v.log(), np.log(SQUARE)),
        (lambda v: v.sqrt(), np.sqrt(SQUARE)),
        (lambda v: v.sin(), np.sin(SQUARE)),
        (lambda v: v.cos(), np.cos(SQUARE)),
        (lambda v: v.tanh(), np.tanh(SQUARE)),
        (lambda v: v.sigmoid(), 1 / (1 + np.exp(-SQUARE))),
        (lambda v: (v - 0.7).relu(), np.maximum(SQUARE - 0.7, 0)),
        (lambda v: v.clip(0.5, 1.0), SQUARE.clip(0.5, 1.0)),
        (lambda v: v.clip(max=1.0), SQUARE.clip(max=1.0)),
        (lambda v: v.clip(0.5), SQUARE.clip(0.5)),
        (lambda v: v.dot(SQUARE), SQUARE.dot(SQUARE)),
        (lambda v: v.trace(), SQUARE.trace()),
        (lambda v: v.trace(1), SQUARE.trace(1)),
        (lambda v: v.astype(np.float32), SQUARE.astype(np.float32)),
        (lambda v: v.astype("float64"), SQUARE),
    ],
)
def test_methods_are_numpys(method: Any, expected: Any) -> None:
    x = al.Value(SQUARE)
    out = method(x)
    np.testing.assert_allclose(out.data, expected, rtol=1e-15)
    assert out.dtype == expected.dtype
    assert out.requires_grad
    out.backward(np.ones(out.shape))
    assert x.grad.shape == x.shape
    assert x.grad.dtype == np.float64


def test_pythons_roundings_are_those_of_numbers() -> None:
    x = al.Value(-1.256)
    assert (round(x), math.trunc(x), math.floor(x), math.ceil(x)) == (-1, -1, -2, -1)
    assert {type(f(x)) for f in (round, math.trunc, math.floor, math.ceil)} == {int}
    assert round(x, 2).data == round(np.float64(-1.256), 2)
    assert round(al.Value([1.26, 2.34]), 1).data.tolist() == [1.3, 2.3]
    assert al.grad(lambda v: v * round(v) + round(v, 1) + math.floor(v))(2.75) == 3.0
    with pytest.raises(ValueError, match="size 1"):
        math.floor(al.Value([1.0, 2.0]))


def test_integers_made_from_a_value_are_constants() -> None:
    assert not al.Value([1.5]).astype(int).requires_grad


def test_numpys_copy_copies() -> None:
    x = al.Value([1.5])
    assert not np.shares_memory(np.copy(x).data, x.data)


def test_a_value_is_not_made_from_a_tracked_one() -> None:
    with pytest.raises(al.errors.ConversionError, match=r"Value\(x.data\)"):
        al.Value(al.Value(1.0) * 2)


@pytest.mark.parametrize("data", [np.ones(3), np.ones(1, np.float32)])
def test_data_of_another_shape_or_dtype_forgets_the_gradient(data: Any) -> None:
    x = al.Value([1.0])
    (x * 2).backward()
    x.data = data
    assert x.grad is None
    np.sum(x * 3).backward()
    assert x.grad.tolist() == [3.0] * len(data)
    assert x.grad.dtype == data.dtype


def test_a_copy_has_a_gradient_of_its_own() -> None:
    x = al.Value([1.0])
    (x * 2).backward()
    twin = copy.copy(x)
    assert twin.grad.tolist() == [2.0]
    assert not np.shares_memory(twin.grad, x.grad)


@pytest.mark.parametrize(
    "fun", [math.sin, float, lambda x: x * math.sin(x), lambda x: float(x[()])]
)
def test_a_float_inside_a_transform_raises(fun: Any) -> None:
    with pytest.raises(ConversionError, match=r"np\.sin, not math\.sin"):
        al.grad(fun)(2.0)
    assert float(al.Value(2.0)) == 2
    assert float(al.grad(lambda x: x * x.item())(2.0)) == 2


def test_operators_have_their_names_in_tracebacks() -> None:
    for name in ("__add__", "__rmul__", "__lt__", "__neg__"):
        assert getattr(al.Value, name).__qualname__ == f"Value.{name}"
