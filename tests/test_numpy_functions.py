"""np.<function>(Value, ...) has the values of np.<function>(array, ...), however it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops
from autograd_lite.errors import NoGradientRuleError
from autograd_lite.primitive import numpy_functions
from tests.helpers import central_difference, gradient, inner_product

A = np.array([[0.3, -0.6, 0.9], [1.2, 0.5, -0.1]])
B = np.array([[-0.4, 0.6, 0.2], [0.8, 0.5, 0.7]])
C = np.array([[0.1, 0.2, 0.3], [0.5, 0.6, 0.4]])
V = np.array([0.3, -0.6, 0.9])
S = np.array([[0.4, 0.3, 0.2], [0.1, 0.6, 0.5], [0.9, 0.8, 0.7]])
T3 = np.arange(24.0).reshape(2, 3, 4) / 10 - 1
T4 = np.arange(120.0).reshape(5, 2, 3, 4) / 100 - 0.5
M = A > 0

UNARY = [
    np.absolute,
    np.arctan,
    np.arcsinh,
    np.cbrt,
    np.ceil,
    np.copy,
    np.cos,
    np.cosh,
    np.deg2rad,
    np.exp,
    np.exp2,
    np.expm1,
    np.fabs,
    np.floor,
    np.isfinite,
    np.isinf,
    np.isnan,
    np.logical_not,
    np.negative,
    np.ones_like,
    np.positive,
    np.rad2deg,
    np.reciprocal,
    np.rint,
    np.sign,
    np.signbit,
    np.sin,
    np.sinh,
    np.square,
    np.tan,
    np.tanh,
    np.trunc,
    np.zeros_like,
]
POSITIVE = [np.log, np.log2, np.log10, np.log1p, np.sqrt, np.arcsin, np.arccos, np.arctanh]
BINARY = [
    np.add,
    np.arctan2,
    np.divide,
    np.equal,
    np.floor_divide,
    np.greater,
    np.greater_equal,
    np.hypot,
    np.less,
    np.less_equal,
    np.logaddexp,
    np.logical_and,
    np.logical_or,
    np.logical_xor,
    np.maximum,
    np.minimum,
    np.multiply,
    np.not_equal,
    np.remainder,
    np.subtract,
    np.array_equal,
    np.allclose,
    np.result_type,
    np.shares_memory,
    np.may_share_memory,
]
REDUCING = [np.sum, np.mean, np.max, np.min, np.prod, np.all, np.any, np.var, np.std]

Case = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def case(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Case:
    return function, args, kwargs


CASES: list[Case] = [
    *(case(function, A) for function in UNARY),
    *(case(function, np.float64(0.5)) for function in UNARY),
    *(case(function, C) for function in POSITIVE),
    *(case(function, A, B) for function in BINARY),
    *(case(function, A, 0.5) for function in BINARY),
    *(case(function, 0.5, A) for function in BINARY),
    *(case(function, A, V) for function in BINARY),
    case(np.arccosh, C + 1),
    case(np.power, C, A),
    case(np.power, C, 2),
    case(np.power, 2, A),
    case(np.float_power, C, A),
    case(np.bitwise_and, M, ~M),
    case(np.bitwise_or, M, ~M),
    case(np.bitwise_xor, M, M),
    case(np.invert, M),
    # reductions: metadata by position, by keyword, by the first argument's name
    *(case(function, A) for function in REDUCING),
    *(case(function, np.float64(0.5)) for function in REDUCING),
    *(case(function, A, 0) for function in REDUCING),
    *(case(function, A, -1) for function in REDUCING),
    *(case(function, A, axis=(0, 1)) for function in REDUCING),
    *(case(function, A, axis=1, keepdims=True) for function in REDUCING),
    *(case(function, a=A, axis=0) for function in REDUCING),
    case(np.std, A, 0, ddof=1),
    case(np.var, A, axis=None, ddof=1, keepdims=True),
    case(np.cumsum, A),
    case(np.cumsum, A, 0),
    case(np.cumsum, A, axis=1),
    case(np.cumprod, A),
    case(np.cumprod, A, 1),
    case(np.argmax, A),
    case(np.argmax, A, 0),
    case(np.argmin, A, axis=1),
    case(np.argsort, A),
    case(np.argsort, A, 0),
    case(np.count_nonzero, A),
    case(np.count_nonzero, M, 0),
    # shapes
    case(np.reshape, A, (3, 2)),
    case(np.reshape, A, -1),
    case(np.reshape, A, (3, 2), "C"),
    case(np.ravel, A),
    case(np.ravel, A, "C"),
    case(np.transpose, A),
    case(np.transpose, A, (1, 0)),
    case(np.transpose, T3, [2, 0, 1]),
    case(np.transpose, T3, axes=(-1, 0, 1)),
    case(np.swapaxes, T3, 0, 2),
    case(np.swapaxes, T3, axis1=-1, axis2=1),
    case(np.moveaxis, T3, 0, -1),
    case(np.moveaxis, T3, (0, 1), (1, 2)),
    case(np.moveaxis, T3, source=0, destination=1),
    case(np.expand_dims, A, 1),
    case(np.expand_dims, A, axis=(0, 2)),
    case(np.squeeze, A.reshape(1, 6)),
    case(np.squeeze, A.reshape(1, 6, 1), 0),
    case(np.squeeze, A.reshape(1, 6, 1), axis=(0, 2)),
    case(np.broadcast_to, V, (2, 3)),
    case(np.broadcast_to, V, shape=(4, 3)),
    case(np.broadcast_to, np.float64(2), 3),
    case(np.flip, A),
    case(np.flip, A, 0),
    case(np.flip, A, axis=(0, 1)),
    case(np.atleast_2d, V),
    case(np.atleast_2d, A),
    case(np.atleast_2d, np.float64(2)),
    case(np.concatenate, [A, B]),
    case(np.concatenate, (A, B), 1),
    case(np.concatenate, (A, V), axis=None),
    case(np.stack, [A, B]),
    case(np.stack, (A, B), 1),
    case(np.stack, (A, B), axis=-1),
    case(np.vstack, [A, V]),
    case(np.vstack, [V, V]),
    case(np.vstack, [np.float64(1), np.float64(2)]),
    case(np.hstack, [A, B]),
    case(np.hstack, [V, V]),
    case(np.hstack, [np.float64(1), V]),
    case(np.split, A, 3, 1),
    case(np.split, A, 2),
    case(np.split, V, [1, 2]),
    case(np.split, V, [2, 1, -1]),
    case(np.split, V, [0, 5]),
    case(np.split, A, [1], axis=-1),
    case(np.diagonal, A),
    case(np.diagonal, A, 1),
    case(np.diagonal, A, -1),
    case(np.diagonal, A, 5),
    case(np.diagonal, T3, 0, 1, 2),
    case(np.diagonal, T3, offset=1, axis1=2, axis2=0),
    case(np.trace, A),
    case(np.trace, A, 1),
    case(np.trace, T3, 0, 1, 2),
    case(np.trace, T3, axis1=-1, axis2=0),
    # products
    case(np.matmul, A, S),
    case(np.matmul, A, V),
    case(np.matmul, T3, T4.swapaxes(2, 3)),
    *(
        case(np.dot, a, b)
        for a, b in (
            (np.float64(2), np.float64(3)),
            (np.float64(2), A),
            (A, 2.0),
            (V, V),
            (A, V),
            (V, S),
            (A, S),
            (T3, T3[0].T),
            (T3, np.ones(4)),
            (V, T3),
            (A, T3),
            (T3, np.ones((2, 4, 3))),
            (T4, np.ones((3, 4, 2))),
            (V, T4.reshape(5, 2, 3, 4)),
            (A, A.T),
            (np.ones((2, 0)), np.ones((3, 0, 4))),
            (np.ones((2, 3)), np.ones((0, 3, 4))),
        )
    ),
    # choices
    case(np.where, M, A, B),
    case(np.where, A, B, 0.0),
    case(np.where, M, 1.0, A),
    case(np.where, A[:, :1] > 0, V, 2.0),
    case(np.where, A),
    case(np.where, M),
    case(np.nonzero, A),
    case(np.clip, A, -0.2, 0.4),
    case(np.clip, A, None, 0.4),
    case(np.clip, A, 0.1, None),
    case(np.clip, A, a_min=0.1, a_max=0.4),
    case(np.clip, A, a_min=0.1, a_max=None),
    case(np.clip, A, B, C),
    case(np.clip, A, 1.0, B),
    case(np.full_like, A, 2.0),
    case(np.full_like, A, np.float64(2.0)),
    # what tells of an array
    case(np.shape, A),
    case(np.ndim, A),
    case(np.size, A),
    case(np.size, A, 1),
    case(np.size, A, axis=0),
    case(np.iscomplexobj, A),
    case(np.isrealobj, A),
    case(np.allclose, A, A + 1e-9, atol=1e-6),
]

if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # which gave these arguments their names
    CASES += [
        case(np.reshape, A, shape=(6, 1)),
        case(np.clip, A, min=0.1),
        case(np.clip, A, max=0.4),
        case(np.clip, A, min=0.1, max=0.4),
    ]

IDS = [f"{number}-{function.__name__}" for number, (function, _, _) in enumerate(CASES)]


def with_values(part: Any, requires_grad: bool = True) -> Any:
    """Return the argument with a Value in place of each float array or numpy scalar."""
    if isinstance(part, list) and any(isinstance(x, np.ndarray | np.generic) for x in part):
        return [with_values(x, requires_grad) for x in part]
    if isinstance(part, tuple) and any(isinstance(x, np.ndarray | np.generic) for x in part):
        return tuple(with_values(x, requires_grad) for x in part)
    if isinstance(part, np.ndarray | np.generic):
        return al.Value(part, requires_grad=requires_grad and part.dtype.kind == "f")
    return part


def assert_same(got: Any, expected: Any, rtol: float) -> None:
    if isinstance(expected, list | tuple) and not isinstance(got, al.Value):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            assert_same(a, b, rtol)
    elif isinstance(expected, np.ndarray | np.generic):
        data = got.data if isinstance(got, al.Value) else got
        assert (data.dtype, data.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(data, expected, rtol=rtol, atol=0.1 * rtol)
    else:
        plain = got.item() if isinstance(got, al.Value) else got
        assert plain == expected
        assert type(plain) is type(expected)


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES, ids=IDS)
@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_numpy_function_of_values_has_numpys_values(
    function: Any, args: Any, kwargs: Any, requires_grad: bool
) -> None:
    expected = function(*args, **kwargs)
    values = [with_values(arg, requires_grad) for arg in args]
    named = {name: with_values(arg, requires_grad) for name, arg in kwargs.items()}
    # The sums of dot may run in another order; numpy 2.0 squares by another loop.
    rtol = {np.dot: 1e-13, np.power: 3e-16}.get(function, 0)
    assert_same(function(*values, **named), expected, rtol)


def test_every_numpy_function_with_a_rule_is_in_the_cases() -> None:
    numpys = {f for f in numpy_functions if getattr(np, f.__name__, None) is f}
    assert len(numpys) > 90
    assert numpys - {function for function, _, _ in CASES} == {np.empty_like}


def test_empty_like_has_the_shape_and_dtype() -> None:
    like = np.empty_like(al.Value(np.ones((2, 3), np.float32)))
    assert (like.shape, like.dtype, like.requires_grad) == ((2, 3), np.float32, False)


# Functions made of others: their derivatives


@pytest.mark.parametrize(
    ("fun", "shape"),
    [
        (lambda x: np.dot(x, S), (2, 3)),
        (lambda x: np.dot(S, x), (3,)),
        (lambda x: np.dot(x, x), (3,)),
        (lambda x: np.dot(x, x.T), (2, 3)),
        (lambda x: np.dot(A, x), (2, 3, 4)),
        (lambda x: np.dot(x, T4), (2, 2, 3)),
        (lambda x: np.dot(2.0, x), (2, 2)),
        (lambda x: np.trace(x), (3, 3)),
        (lambda x: np.trace(x, 1, 0, 2), (2, 3, 2)),
        (lambda x: np.diagonal(x, -1), (3, 3)),
        (lambda x: np.diagonal(x, 0, 1, 0), (2, 3, 2)),
        (lambda x: np.split(x, 3)[1], (6,)),
        (lambda x: np.split(x, [1], axis=1)[1], (2, 3)),
        (lambda x: np.vstack([x, x[0], V]), (2, 3)),
        (lambda x: np.hstack([x, x[0]]), (3,)),
        (lambda x: np.ravel(x), (2, 3)),
        (lambda x: np.atleast_2d(x), (3,)),
        (lambda x: np.where(M, x, 2 * x), (2, 3)),
        (lambda x: np.clip(x, -0.5, x + 0.1), (2, 3)),
        (lambda x: np.concatenate([x, x.T], axis=None), (2, 3)),
        (lambda x: np.copy(x), (2,)),
    ],
)
def test_derivatives_of_functions_made_of_others(fun: Any, shape: Any) -> None:
    rng = np.random.default_rng(0)
    x, direction = rng.normal(size=shape), rng.normal(size=shape)
    weights = rng.normal(size=np.shape(fun(x)))
    exact = inner_product([gradient(fun, x, weights)], [direction])
    numeric = central_difference(lambda v: np.sum(weights * fun(v)), [x], [direction])
    assert exact == pytest.approx(numeric, rel=1e-8, abs=1e-8)


def test_mixing_values_and_arrays_in_a_sequence() -> None:
    x = al.Value(V)
    np.sum(np.stack([V, x, x]) * np.array([[1.0], [2.0], [4.0]])).backward()
    assert x.grad.tolist() == [6, 6, 6]


# Refusals


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda v: np.reshape(v, -1, order="F"), "order='F'"),
        (lambda v: np.ravel(v, "F"), "order='F'"),
        (lambda v: np.mean(v, dtype=np.float32), r"mean\(dtype=...\).*with a rule: axis, keepdims"),
        (lambda v: np.std(v, mean=0.0), "mean"),
        (lambda v: np.copy(v, order="F"), r"copy\(order=...\).*rule: none"),
    ],
)
def test_arguments_without_a_rule_are_named(call: Any, match: str) -> None:
    with pytest.raises(NoGradientRuleError, match=match):
        call(al.Value(A))


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.sum(v, 5),
        lambda v: np.reshape(v, (4, 4)),
        lambda v: np.where(v > 0, v),
        lambda v: np.concatenate([v, v[0]]),
        lambda v: v @ v,
        lambda v: v + np.ones(7),
        lambda v: np.split(v, 5),
        lambda v: np.squeeze(v, 0),
    ],
)
def test_numpys_own_errors_come_through(call: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (numpy's words, not ours)
        call(al.Value(A))


# The functions that numpy does not have, against formulas and scipy


def test_neural_functions_against_formulas() -> None:
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-5, 5, 21)
    np.testing.assert_allclose(ops.sigmoid(x), special.expit(x), rtol=1e-15)
    np.testing.assert_allclose(ops.softplus(x), np.log1p(np.exp(x)), rtol=1e-14)
    assert ops.relu(A).tolist() == np.where(A > 0, A, 0).tolist()
    for axis in (0, 1, (0, 1)):
        np.testing.assert_allclose(
            ops.softmax(A, axis=axis), special.softmax(A, axis=axis), rtol=1e-15
        )
        np.testing.assert_allclose(
            ops.log_softmax(A, axis=axis), special.log_softmax(A, axis=axis), rtol=1e-14
        )
        for keepdims in (False, True):
            np.testing.assert_allclose(
                ops.logsumexp(A, axis=axis, keepdims=keepdims),
                special.logsumexp(A, axis=axis, keepdims=keepdims),
                rtol=1e-15,
            )
    np.testing.assert_allclose(ops.linear(A, S, V), A @ S.T + V, rtol=1e-15)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_against_formulas(reduction: str) -> None:
    reduce = {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction]
    p = 1 / (1 + np.exp(-A))
    entropy = -(C * np.log(p) + (1 - C) * np.log(1 - p))
    got = ops.bce_with_logits(A, C, reduction=reduction)
    np.testing.assert_allclose(got, reduce(entropy), rtol=1e-14)
    labels = np.array([2, 0])
    softmax = np.exp(A) / np.exp(A).sum(1, keepdims=True)
    negative_log = -np.log(softmax[[0, 1], labels])
    got = ops.cross_entropy(A, labels, reduction=reduction)
    np.testing.assert_allclose(got, reduce(negative_log), rtol=1e-14)
    with pytest.raises(ValueError, match="reduction is one of mean, sum, none; got 'median'"):
        ops.cross_entropy(A, labels, reduction="median")


def test_bce_with_logits_refuses_to_broadcast() -> None:
    """An (n,) target against an (n, 1) output would make n² losses."""
    for targets in (np.ones(3), np.ones((1, 3)), 1.0):
        with pytest.raises(al.errors.ShapeError, match=r"one shape, got \(3, 1\) and"):
            ops.bce_with_logits(al.Value(np.zeros((3, 1))), targets)
    assert ops.bce_with_logits(al.Value(0.0), 1.0).data == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("labels", "error", "match"),
    [
        ([0.0, 1.0], al.errors.DtypeError, "integer class numbers"),
        ([[0], [1]], al.errors.ShapeError, r"logits \(n, classes\) and labels \(n,\)"),
        ([0], al.errors.ShapeError, r"got \(2, 3\) and \(1,\)"),
        ([0, 3], al.errors.ArgumentError, "from 0 to 3; they go from 0 to 2 for 3 classes"),
        ([-1, 0], al.errors.ArgumentError, "labels from -1 to 0"),
    ],
)
def test_cross_entropy_checks_its_labels(labels: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        ops.cross_entropy(al.Value(A), labels)
    with pytest.raises(al.errors.ShapeError):
        ops.cross_entropy(al.Value(V), [0, 1, 2])


def test_astype_casts_the_gradient_back() -> None:
    x = al.Value(np.ones(2, np.float32))
    y = ops.astype(x, dtype=np.float64)
    assert y.dtype == np.float64
    np.sum(y * np.pi).backward()
    assert x.grad.dtype == np.float32
