"""np.<function>(Value, ...) has the values of np.<function>(array, ...), however it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops
from autograd_lite.errors import NoGradientRuleError
from autograd_lite.primitive import numpy_functions
from tests.helpers import central_difference, inner_product
from tests.numpy_cases import CASES
from tests.numpy_cases.build import ROUNDING, A, C, S, V

IDS = [f"{number}-{function.__name__}" for number, (function, _, _) in enumerate(CASES)]


def with_values(part: Any, requires_grad: bool = True) -> Any:
    """Return the argument with a Value in place of each float array or numpy scalar."""
    if isinstance(part, list | tuple) and holds_arrays(part):
        return type(part)(with_values(x, requires_grad) for x in part)
    if isinstance(part, np.ndarray | np.generic):
        return al.Value(part, requires_grad=requires_grad and part.dtype.kind in "fc")
    return part


def holds_arrays(part: Any) -> bool:
    """Return whether there are arrays or numpy scalars in a list or a tuple, or inside of it."""
    if isinstance(part, list | tuple):
        return any(map(holds_arrays, part))
    return isinstance(part, np.ndarray | np.generic)


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
        assert plain == expected or (plain != plain and expected != expected)
        assert type(plain) is type(expected)


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES, ids=IDS)
@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_numpy_function_of_values_has_numpys_values(
    function: Any, args: Any, kwargs: Any, requires_grad: bool
) -> None:
    expected = function(*args, **kwargs)
    values = [with_values(arg, requires_grad) for arg in args]
    named = {name: with_values(arg, requires_grad) for name, arg in kwargs.items()}
    assert_same(function(*values, **named), expected, ROUNDING.get(function, 0))


def test_every_numpy_function_with_a_rule_is_in_the_cases() -> None:
    modules = (np, np.linalg, np.fft)
    numpys = {f for f in numpy_functions if f in [getattr(m, f.__name__, None) for m in modules]}
    assert len(numpys) > 90
    elsewhere = {np.empty_like, getattr(np, "trapz", np.empty_like)}  # numpy warns of trapz
    assert numpys - {function for function, _, _ in CASES} == elsewhere


def test_empty_like_has_the_shape_and_dtype() -> None:
    like = np.empty_like(al.Value(np.ones((2, 3), np.float32)))
    assert (like.shape, like.dtype, like.requires_grad) == ((2, 3), np.float32, False)


# Derivatives: of every call in the cases, and of its derivative


def float_arrays(part: Any) -> list[Any]:
    """Return the float arrays and numpy scalars of an argument, in order."""
    if isinstance(part, list | tuple):
        return [array for item in part for array in float_arrays(item)]
    is_float = isinstance(part, np.ndarray | np.generic) and part.dtype.kind in "fc"
    return [part] if is_float else []


def with_arrays(part: Any, arrays: Iterator[Any]) -> Any:
    """Return an argument with its float arrays replaced by the next of `arrays`."""
    if isinstance(part, list | tuple) and float_arrays(part):
        items = [with_arrays(item, arrays) for item in part]
        return items if isinstance(part, list) else tuple(items)
    return next(arrays) if float_arrays(part) else part


def weighted_sum(result: Any, rng: np.random.Generator) -> Any:
    """Return the real part of the sum of all elements, of one result or several, weighted."""
    if isinstance(result, list | tuple):
        return sum((weighted_sum(part, rng) for part in result), 0.0)
    weights = rng.normal(size=np.shape(result))
    kind = getattr(result, "dtype", np.dtype(bool)).kind
    if kind == "c":
        return np.real(np.sum((weights + 1j * rng.normal(size=np.shape(result))) * result))
    return np.sum(weights * result) if kind == "f" else 0.0


def random_like(point: Any, rng: np.random.Generator) -> Any:
    """Return random numbers of the shape of an array, complex where it is."""
    imaginary = 1j * rng.normal(size=point.shape) if point.dtype.kind == "c" else 0.0
    return (rng.normal(size=point.shape) + imaginary)[()]


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES, ids=IDS)
def test_derivatives_of_a_numpy_function(function: Any, args: Any, kwargs: Any) -> None:
    check_derivatives(function, args, kwargs)


def check_derivatives(function: Any, args: Any, kwargs: Any) -> None:
    """To the second order, along random directions, against central differences."""

    def total(*points: Any) -> Any:
        arrays = iter(points)
        new_args = [with_arrays(arg, arrays) for arg in args]
        named = {name: with_arrays(arg, arrays) for name, arg in kwargs.items()}
        return weighted_sum(function(*new_args, **named), np.random.default_rng(0))

    points = [p for arg in (*args, *kwargs.values()) for p in float_arrays(arg)]
    rng = np.random.default_rng(1)
    directions, bends = ([random_like(p, rng) for p in points] for _ in range(2))
    slopes = al.grad(total, tuple(range(len(points))))

    def slope(*points: Any) -> Any:
        return sum(np.real(np.sum(b * g)) for b, g in zip(bends, slopes(*points), strict=True))

    for fun in (total, slope):
        exact = inner_product(al.grad(fun, tuple(range(len(points))))(*points), directions)
        numeric = central_difference(fun, points, directions)
        assert exact == pytest.approx(numeric, rel=1e-6, abs=1e-6)


def test_mixing_values_and_arrays_in_a_sequence() -> None:
    x = al.Value(V)
    np.sum(np.stack([V, x, x]) * np.array([[1.0], [2.0], [4.0]])).backward()
    assert x.grad.tolist() == [6, 6, 6]


# Refusals


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda v: np.ravel(v[:, ::2], "K"), "order='K'"),
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


@pytest.mark.skipif(not hasattr(np, "cumulative_sum"), reason="numpy 2.1 has it")
@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_cumulative_functions_need_an_axis_of_a_matrix(name: str) -> None:
    with pytest.raises(ValueError, match=rf"np.{name} got an array of 2 axes and no axis"):
        getattr(np, name)(al.Value(A))


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


def test_the_mean_of_many_small_floats_is_added_up_as_numpy_does() -> None:
    logits = np.linspace(-4, 4, 5000).astype(np.float16)
    labels = (np.arange(5000) % 2).astype(np.float16)
    losses = ops.bce_with_logits(logits, labels, reduction="none")
    assert losses.dtype == np.float16
    assert ops.bce_with_logits(logits, labels) == np.mean(losses)


def test_bce_with_logits_refuses_to_broadcast() -> None:
    """An (n,) target against an (n, 1) output would make n² losses."""
    for targets in (np.ones(3), np.ones(4), np.ones((1, 3)), 1.0):
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
    for logits in (V, np.ones((3, 2, 2))):
        with pytest.raises(al.errors.ShapeError):
            ops.cross_entropy(al.Value(logits), [0, 1, 0])


def test_astype_casts_the_gradient_back() -> None:
    x = al.Value(np.ones(2, np.float32))
    y = ops.astype(x, dtype=np.float64)
    assert y.dtype == np.float64
    np.sum(y * np.pi).backward()
    assert x.grad.dtype == np.float32
