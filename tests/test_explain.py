"""Value.explain: a gradient as the sum over paths."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, GraphError
from tests.helpers import work

rng = np.random.default_rng(0)


def named(name: str, data: Any) -> al.Value:
    return al.Value(data, name=name)


def micrograd() -> tuple[al.Value, al.Value, al.Value]:
    a, b = named("a", -4.0), named("b", 2.0)
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f, a, b


def all_paths(result: al.Value, x: al.Value) -> list[tuple[tuple[int, int], ...]]:
    """Return every path, by walking the graph without any of the functions under test."""
    if result is x:
        return [()]
    return [
        (*path, (result.number, position))
        for position, operand in enumerate(result.operands)
        if type(operand) is al.Value
        for path in all_paths(operand, x)
    ]


def steps_of(path: Any) -> tuple[tuple[int, int], ...]:
    return tuple((v.number, p) for v, p in zip(path.values[1:], path.positions, strict=True))


def test_two_paths_by_hand() -> None:
    x, w = named("x", 2.0), named("w", -3.0)
    y = x * w + np.exp(x)
    explanation = y.explain(x)
    first, second = explanation.paths
    assert first.contribution == pytest.approx(math.exp(2.0))
    assert second.contribution == -3
    assert (second.factors, second.positions) == ((-3.0, 1.0), (0, 0))
    assert second.values[0] is x
    assert second.values[-1] is y
    assert explanation.total == pytest.approx(math.exp(2.0) - 3)
    assert (explanation.path_count, explanation.is_exact, explanation.rest) == (2, True, 0)
    assert x.grad is None


@pytest.mark.parametrize("which", [1, 2])
def test_every_path_of_a_scalar_graph_once_the_largest_first(which: int) -> None:
    result, *leaves = micrograd()
    x = leaves[which - 1]
    explanation = result.explain(x, limit=1000)
    expected = all_paths(result, x)
    assert sorted(map(steps_of, explanation.paths)) == sorted(expected)
    assert explanation.path_count == len(expected)
    result.backward()
    assert sum(path.contribution for path in explanation.paths) == pytest.approx(x.grad)
    assert explanation.total == x.grad
    sizes = [abs(path.contribution) for path in explanation.paths]
    assert all(a >= b - 1e-12 * a for a, b in itertools.pairwise(sizes))
    for path in explanation.paths:
        assert path.contribution == pytest.approx(math.prod(path.factors))
    few = result.explain(x, limit=4)
    assert [path.contribution for path in few.paths] == pytest.approx(
        [path.contribution for path in explanation.paths[:4]]
    )
    assert few.rest + sum(path.contribution for path in few.paths) == pytest.approx(x.grad)


def test_the_largest_of_exponentially_many_paths() -> None:
    x = named("x", 1.0)
    z = x
    for k in range(60):
        z = z * (0.5 + 0.001 * k) + z * (0.5 - 0.001 * k)
    explanation = z.explain(x, limit=3)
    assert explanation.path_count == 2**60
    assert explanation.is_exact
    best = math.prod(0.5 + 0.001 * k for k in range(60))
    assert explanation.paths[0].contribution == pytest.approx(best)
    second = best * 0.499 / 0.501
    assert [path.contribution for path in explanation.paths[1:]] == pytest.approx([best, second])
    assert "by some 10^18 paths" in str(explanation)


def test_equal_paths_do_not_make_the_search_exponential() -> None:
    def search(depth: int) -> int:
        x = al.Value(1.0)
        z = x
        for _ in range(depth):
            z = z * 0.7 + z * 0.7
        return work(lambda: z.explain(x, limit=5))

    search(5)
    assert search(160) < 10 * search(20)


def test_a_deep_graph_has_more_paths_than_can_be_counted() -> None:
    x = named("x", 1.0)
    z = x
    for _ in range(2000):
        z = z * 0.5 + z * 0.5
    explanation = z.explain(x, limit=2)
    text = str(explanation)
    assert text.startswith("gradient of v6000 with respect to x: 1, by more than 10^300 paths")
    assert text.endswith("and more than 10^300 further paths, adding 1")
    assert "why 0: what arrives is too small for float64: it rounds to 0" in text
    assert "… 1994 more (× 0) …" in text


# Why nothing comes along


@pytest.mark.parametrize(
    ("fun", "reason"),
    [
        (lambda x: (x - 3.0).relu(), "relu: the unit is off: input -1"),
        (lambda x: np.clip(x, 3.0, 4.0), "clip: 2 is outside of [3, 4]"),
        (lambda x: al.ops.clip(1.0, x - 2, 4.0), "clip: the bound 0 is not in force: 1 is inside"),
        (lambda x: np.maximum(x, 5.0), "maximum: the other operand is taken: 5, not 2"),
        (lambda x: np.minimum(1.0, x), "minimum: the other operand is taken: 1, not 2"),
        (lambda x: np.where(False, x, 1.0), "this branch is not taken: the condition is False"),
        (lambda x: np.where(True, 1.0, x), "this branch is not taken: the condition is True"),
        (lambda x: x * 0.0, "multiply: the other operand is 0"),
        (lambda x: 0.0 / x, "divide: 0 divided by anything is 0"),
        (lambda x: x**0, "power: x**0 is 1 for every x"),
        (lambda x: (x - 2.0) ** 3, "power: x**3 is flat at x = 0"),
        (lambda x: np.power(0.0, x), "power: 0**y is 0 for every y > 0"),
        (lambda x: np.power(1.0, x), "power: 1**y is 1 for every y"),
        (lambda x: np.floor(x), "floor: a step function"),
        (lambda x: np.tanh(400 * x), "tanh: saturated at 800: its slope rounds to 0"),
        (lambda x: np.square(x - 2.0), "square: its slope is 0 at 0"),
        (lambda x: np.cos(x - 2.0), "cos: its slope is 0 at 0"),
    ],
)
def test_reasons_of_numbers(fun: Any, reason: str) -> None:
    x = named("x", 2.0)
    y = fun(x) + x
    explanation = y.explain(x)
    zero = explanation.paths[-1]
    assert zero.contribution == 0
    assert reason in str(zero.reason)
    assert f"why 0: {zero.reason}" in str(explanation)
    assert explanation.paths[0].reason is None
    assert explanation.dead_ends == {zero.reason: 1}
    assert explanation.total == explanation.paths[0].contribution


@pytest.mark.parametrize(
    ("fun", "reason"),
    [
        (lambda x: (x - 9.0).relu(), "relu: all 3 units are off: input -8 … -6"),
        (lambda x: np.where(np.arange(3) < 2, (x - 2.5).relu(), 0.0), "relu: all 2 units are off"),
        (lambda x: x[1:][:0] * 2.0, "there are no elements"),
        (lambda x: x[:2] * np.zeros(2), "multiply: the other operand is 0"),
        (lambda x: np.zeros((2, 3)) @ x, "matmul: the other operand is 0"),
        (lambda x: al.ops.linear(x, np.zeros((2, 3)), np.ones(2)), "linear: all weights are 0"),
        (
            lambda x: al.ops.linear(np.zeros((1, 3)), np.reshape(x, (1, 3)), np.ones(1)),
            "linear: all inputs are 0",
        ),
        (lambda x: np.sin(x)[0] * 0.0, "multiply: the other operand is 0"),
        (lambda x: np.max(x * np.array([1.0, 0, 0]) + np.arange(3)), "max: "),
        (lambda x: np.concatenate([x, x]) * np.repeat([0.0, 1.0], 3), "multiply: "),
    ],
)
def test_reasons_of_arrays(fun: Any, reason: str) -> None:
    x = named("x", [1.0, 2.0, 3.0])
    y = np.sum(fun(x)) + np.sum(x)
    explanation = y.explain(x)
    assert explanation.paths[0].contribution.tolist() in ([1, 1, 1], [1, 1, 2])
    if explanation.dead_ends:
        (found,) = explanation.dead_ends
        assert reason in found or reason.endswith(": ")
    y.backward()
    np.testing.assert_array_equal(explanation.total, x.grad)
    np.testing.assert_allclose(sum(p.contribution for p in explanation.paths), x.grad)


def test_which_unit_of_a_layer_is_off() -> None:
    model = al.nn.MLP([2, 4, 1], rng=0)
    weight, bias = list(model.parameters())[:2]
    bias.data = np.array([0.0, 0.0, -50.0, 0.0])
    loss = np.mean(np.square(model(rng.normal(size=(5, 2)))))
    explanation = loss.explain(weight, index=(2, 1))
    (path,) = explanation.paths
    assert path.reason is not None
    assert path.reason.startswith("relu[:, 2]: all 5 units are off: input -5")
    assert "with respect to 0.weight[2, 1]: 0, by 1 path" in str(explanation)
    assert np.any(path.contribution)
    assert loss.explain(weight, index=(0, 1)).paths[0].reason is None
    assert loss.explain(weight).paths[0].reason is None
    row = str(loss.explain(weight, index=np.s_[2, :]))
    assert "0.weight[2, :]: ‖0‖" in row
    assert "relu[:, 2]" in row


def test_an_element_that_is_left_out() -> None:
    x = named("x", [1.0, 2.0, 3.0])
    (path,) = np.sum(x[:2] * 2.0).explain(x, index=2).paths
    assert path.reason == "getitem: the index does not take it"
    y = np.sum(x * np.array([1.0, 0.0, 1.0]))
    assert "multiply[1]: the other operand is 0" in str(y.explain(x, index=1))
    flat = np.sum(np.sign(x) + x[0])
    reasons = {path.reason for path in flat.explain(x, index=1).paths}
    assert reasons == {
        "sign: a step function: flat wherever it is continuous",
        "getitem: the index does not take it",
    }


def test_an_element_that_is_not_the_extremum_and_a_complex_zero() -> None:
    x = named("x", [1.0, 3.0, 2.0])
    assert (
        np.max(x).explain(x, index=0).paths[0].reason == "max: it is not the element that is taken"
    )
    z = al.Value(0j)
    assert np.real(np.square(z)).explain(z).paths[0].reason == (
        "square: its slope is 0 at these numbers"
    )


def test_parts_that_cancel_and_seeds_of_zero() -> None:
    x = named("x", [1.0, 2.0])
    pairs = np.stack([x, x])
    explanation = pairs[0].explain(x, grad=np.zeros(2))
    assert [path.reason for path in explanation.paths] == ["the seed is 0"] * 2
    y = np.ones((2, 2)) @ x
    assert y.explain(x, grad=np.array([1.0, -1.0])).paths[0].reason == "what arrives cancels"
    z = x * 2.0
    (path,) = z.explain(x, grad=np.array([1.0, 0.0]), index=1).paths
    assert path.reason == "the seed is 0 where it arrives"


def test_dead_ends_are_counted_without_going_through_the_paths() -> None:
    x = named("x", 1.0)
    z = x
    for _ in range(40):
        z = z * 0.6 + z * 0.6
    h = (z - 1e6).relu()
    h.name = "h"
    y = h + x * 3.0
    explanation = y.explain(x, limit=1)
    assert explanation.dead_ends == {f"relu h: the unit is off: input {z.data - 1e6:.4g}": 2**40}
    assert "adding nothing, of all: some 10^12 paths\n  some 10^12 paths: relu h: " in str(
        explanation
    )
    assert explanation.rest == 0
    assert explanation.paths[0].contribution == 3


def test_nan_comes_first() -> None:
    x = named("x", 0.0)
    with np.errstate(all="ignore"):
        y = x * 5.0 + np.sqrt(x) * 0.0
    assert np.isnan(y.explain(x).paths[0].contribution)


# Arrays


def residual(weight: al.Value, depth: int) -> al.Value:
    h = np.full((2, 3), 0.5)
    for _ in range(depth):
        h = h + np.tanh(h @ weight)
    return np.sum(h)


def test_every_path_of_a_graph_of_arrays() -> None:
    weight = named("W", rng.normal(size=(3, 3)) * 0.3)
    result = residual(weight, 4)
    explanation = result.explain(weight, limit=100)
    assert explanation.path_count == len(explanation.paths) == 15
    assert sorted(map(steps_of, explanation.paths)) == sorted(all_paths(result, weight))
    result.backward()
    np.testing.assert_allclose(sum(p.contribution for p in explanation.paths), weight.grad)
    sizes = [np.linalg.norm(p.contribution) for p in explanation.paths]
    assert sizes == sorted(sizes, reverse=True)
    elements = [abs(p.contribution[1, 2]) for p in result.explain(weight, index=(1, 2)).paths]
    assert elements == sorted(elements, reverse=True)
    assert "‖" in str(explanation).splitlines()[0]


def test_a_graph_of_arrays_with_too_many_paths_says_so() -> None:
    weight = named("W", rng.normal(size=(3, 3)) * 0.1)
    result = residual(weight, 25)
    explanation = result.explain(weight, limit=4)
    assert explanation.path_count == 2**25 - 1
    assert not explanation.is_exact
    assert len(explanation.paths) == 4
    assert "; there may be larger ones among them" in str(explanation)
    result.backward()
    shown = sum(path.contribution for path in explanation.paths)
    np.testing.assert_allclose(shown + explanation.rest, weight.grad)
    (dead,) = (0.0 * result).explain(weight, limit=1).dead_ends
    assert dead == "multiply: the other operand is 0"


def test_intermediate_results_seeds_and_complex_numbers() -> None:
    x = named("x", [1.0, 2.0])
    h = x * 3.0
    y = np.sin(h)
    explanation = y.explain(h, grad=np.array([1.0, 2.0]))
    np.testing.assert_allclose(explanation.total, [1.0, 2.0] * np.cos(h.data))
    assert y.explain(y, grad=np.ones(2)).paths[0].values == (y,)
    z = al.Value(1 + 2j)
    w = np.real(z * z)
    assert w.explain(z).total == 2 + 4j
    assert sum(path.contribution for path in w.explain(z).paths) == 2 + 4j


def test_inside_of_no_grad_and_of_debug() -> None:
    x = named("x", [1.0, -2.0])
    y = np.sum(x.relu())
    with al.no_grad(), al.debug():
        reason = y.explain(x, index=1).paths[0].reason
    assert reason == "relu[1]: the unit is off: input -2"


def test_what_it_prints() -> None:
    x, w = named("x", 2.0), named("w", -3.0)
    h = (w * x).relu()
    y = h + x * x
    h.name, y.name = "h", "y"
    assert str(y.explain(w)).splitlines() == [
        "gradient of y with respect to w: 0, by 1 path",
        "  adds  along",
        "     0  w → multiply v1 (× 2) → relu h (× 0) → add y",
        "        why 0: relu h: the unit is off: input -6",
    ]
    assert repr(y.explain(x, limit=2)).splitlines() == [
        "gradient of y with respect to x: 4, by 3 paths",
        "  adds  along",
        "     2  x → multiply v3 by operand 1 (× 2) → add y",
        "     2  x → multiply v3 by operand 0 (× 2) → add y",
        "and 1 further path, adding 0",
        "adding nothing, of all: 1 path",
        "  1 path: relu h: the unit is off: input -6",
    ]


def test_a_long_path_ends_at_the_result() -> None:
    """Steps that change nothing are left out of it, but for the last."""
    x = named("x", 0.0)
    z = x + 1.0 - 1.0
    y = np.exp(z) * 2.0
    for _ in range(20):
        y = y + 1.0
    assert str(y.explain(x)).splitlines()[-1] == "     2  x → multiply v4 (× 2) → add v24"


# No path


def test_rules_that_return_plain_zeros_and_operands_of_other_shapes() -> None:
    stopped = al.primitive(
        lambda x: x[:, None] * 1.0, lambda g, out, x: np.zeros(x.shape), name="stopped"
    )
    x = named("x", [1.0, 2.0, 3.0])
    y = np.sum(stopped(x)) + np.sum(x * 2.0)
    assert y.explain(x, index=1).paths[1].reason == "stopped: its slope is 0 at 1 … 3"
    z = np.sum(np.square(np.reshape(x - 2.0, (1, 3))) * np.ones((2, 1)))
    assert str(z.explain(x, index=1).paths[0].reason).startswith("square[0, 1]: its slope is 0")
    odd = np.sum(np.roll(x, 1)) if hasattr(al.ops, "roll") else np.sum(x)
    assert odd.explain(x, index=1).paths[0].reason is None


def test_no_path() -> None:
    x, w = named("x", [1.0, 2.0]), named("w", 3.0)
    used = named("used", [1.0, 1.0])
    for result, reason in (
        (np.sum(w * x.detach()), r"operand 1 of multiply is x\.detach\(\), which cuts the graph"),
        (np.sum(w * x.data), r"operand 1 of multiply is x\.data, which cuts the graph"),
        (w * 2.0, "it depends on w only"),
        (np.sum(used * np.array([1.0, 2.0]) + w), "it depends on w, used only"),
        (al.Value([1.0]) + 1.0, r"it depends on a leaf of shape \(1,\) only"),
        (al.Value(1.0, requires_grad=False), "the result is a constant"),
        (sum(named(f"x{k}", 1.0) for k in range(12)), r"it depends on .*x9, \.\.\. only"),
    ):
        with pytest.raises(GraphError, match=f"there is no path from x 'x' to the.*: {reason}"):
            result.explain(x)
    with pytest.raises(GraphError, match="x needs no gradient"):
        w.explain(al.Value(1.0, requires_grad=False))
    one_sided = al.primitive(lambda x, y: x * y, lambda g, out, x, y: g * y, None, name="left")
    with pytest.raises(GraphError, match="operations have no derivative"):
        one_sided(w, w + used).explain(used, grad=np.ones(2))
    with pytest.raises(GraphError, match="needs a seed"):
        (x * 2.0).explain(x)


def test_wrong_arguments() -> None:
    x = al.Value(1.0)
    with pytest.raises(ArgumentError, match="takes a Value, got float"):
        x.explain(1.0)
    with pytest.raises(ArgumentError, match="at least 1, got 0"):
        x.explain(x, limit=0)
