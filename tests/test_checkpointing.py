"""checkpoint: the same derivatives with fewer Values alive."""

from __future__ import annotations

import gc
import weakref
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import GraphError
from tests.helpers import all_nodes, bits, collector_off, gradients

RNG = np.random.default_rng(0)
W, X = RNG.normal(size=(3, 3)), RNG.normal(size=(2, 3))


def step(x: Any, w: Any) -> Any:
    return np.tanh(np.sin(x @ w) * x + np.exp(-x * x))


def chain(w: Any, x: Any, layer: Any, count: int = 5) -> Any:
    for _ in range(count):
        x = layer(x, w)
    return np.sum(x * x)


def test_backward_gives_the_same_bits() -> None:
    plain = gradients(lambda w, x: chain(w, x, step), W, X)
    checkpointed = gradients(lambda w, x: chain(w, x, al.checkpoint(step)), W, X)
    assert [*map(bits, plain)] == [*map(bits, checkpointed)]


def test_values_from_outside_get_gradients() -> None:
    w, x, scale = al.Value(W), al.Value(X), al.Value(2.0)
    derived = w * scale  # depends on another Value that the function takes: no double counting

    def loss(wrap: Any) -> Any:
        layer = wrap(lambda x: step(x, w) @ derived * scale)
        return np.sum(layer(layer(x)) ** 2)

    def slopes(wrap: Any) -> Any:
        for leaf in (w, x, scale):
            leaf.grad = None
        loss(wrap).backward()
        return [np.copy(leaf.grad) for leaf in (w, x, scale)]

    for got, expected in zip(slopes(al.checkpoint), slopes(lambda fun: fun), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_first_to_third_derivatives() -> None:
    def fun(x: Any) -> Any:
        return np.sin(x * x) * np.exp(-x)

    derivative, checkpointed = fun, al.checkpoint(fun)
    for _ in range(3):
        derivative, checkpointed = al.grad(derivative), al.grad(checkpointed)
        assert checkpointed(0.7) == pytest.approx(derivative(0.7), rel=1e-14)
    assert al.grad(al.checkpoint(al.grad(fun)))(0.7) == pytest.approx(al.grad(al.grad(fun))(0.7))
    inside = al.grad(lambda x: al.checkpoint(lambda y: x * y * y)(x) * x)
    assert inside(2.0) == 4 * 2**3


def test_with_every_transform() -> None:
    v = RNG.normal(size=(3, 3))
    plain, cheap = (lambda w, f=f: chain(w, X, f, 2) for f in (step, al.checkpoint(step)))
    np.testing.assert_allclose(al.hvp(cheap)(W, v), al.hvp(plain)(W, v), rtol=1e-12)
    np.testing.assert_allclose(al.hessian(cheap)(W), al.hessian(plain)(W), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(al.jvp(cheap)(W, v), al.jvp(plain)(W, v), rtol=1e-12)
    for count in (1, 50):  # the Jacobian by rows, and by columns
        got, expected = (
            al.jacobian(lambda x, f=f, n=count: f(x, x)[0] * np.ones(n))(np.full((1, 1), 0.3))
            for f in (al.checkpoint(step), step)
        )
        np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_backward_with_create_graph() -> None:
    x = al.Value(0.7)
    y = al.checkpoint(lambda x: np.sin(x) * x)(x)
    y.backward(create_graph=True)
    slope, x.grad = x.grad, None
    slope.backward()
    assert x.grad == pytest.approx(2 * np.cos(0.7) - 0.7 * np.sin(0.7), rel=1e-15)


class Parts(NamedTuple):
    first: Any
    rest: Any


def test_trees_as_arguments_and_results() -> None:
    def fun(p: Any, *, scale: Any, label: str) -> Any:
        total = p["x"] * p["y"][0] * scale
        small = al.Value(np.ones(2, np.float32), requires_grad=False) * p["small"]
        return Parts(np.sum(total), {"a": [total, total], "n": 3, "label": label, "s": small})

    def loss(x: Any, y: Any, scale: Any, small: Any, wrap: Any) -> Any:
        parts = wrap(fun)({"x": x, "y": (y,), "small": small}, scale=scale, label="text")
        assert type(parts) is Parts
        assert (parts.rest["n"], parts.rest["label"]) == (3, "text")
        assert parts.rest["s"].dtype == np.float32
        assert parts.rest["a"][0].shape == (2,)
        out = parts.first + np.sum(parts.rest["a"][0] ** 2 * parts.rest["a"][1])
        return out + np.sum(parts.rest["s"]) ** 2

    arrays = [np.array([1.0, 2.0]), 3.0, 0.5, np.float32(2)]
    plain = gradients(lambda *a: loss(*a, lambda f: f), *arrays)
    checkpointed = gradients(lambda *a: loss(*a, al.checkpoint), *arrays)
    assert [*map(bits, plain)] == [*map(bits, checkpointed)]


def test_several_results_are_computed_again_once() -> None:
    runs = []

    def fun(x: Any) -> Any:
        runs.append(1)
        return x * x, np.sin(x), [x * 2.0]

    a, b, (c,) = al.checkpoint(fun)(al.Value(2.0))
    (a * b * c).backward()
    assert len(runs) == 2


def test_results_that_are_not_computed_by_the_function() -> None:
    x, outside = al.Value(2.0), al.Value(3.0)
    same, other, number, nothing = al.checkpoint(lambda x: (x, outside, 5.0, None))(x)
    assert same is x
    assert other is outside
    assert (number, nothing) == (5, None)
    own = al.checkpoint(lambda: al.Value(1.0) * 2.0)()  # no Value from outside: nothing to drop
    assert own.operation.name == "multiply"
    module = al.nn.Linear(2, 2, rng=0)
    assert al.checkpoint(lambda x: (module, x * 2))(x)[0] is module


def test_part_of_the_results_may_be_unused() -> None:
    x = al.Value(2.0)
    used, _ = al.checkpoint(lambda x: (x * x, np.sin(x)))(x)
    used.backward()
    assert x.grad == 4
    first, second = al.checkpoint(lambda x, y: (x * x, y * y))(x, al.Value(3.0))
    assert al.grad(lambda v: al.checkpoint(lambda a, b: a * 3.0)(v, v))(1.0) == 3
    del second
    first.backward()
    assert x.grad == 8


def live_values() -> int:
    return sum(type(thing) is al.Value for thing in gc.get_objects())


def test_the_graph_is_small_and_what_is_inside_is_freed() -> None:
    """Each of 20 segments of 10 operations leaves one node."""
    inside: list[Any] = []

    def segment(x: Any) -> Any:
        for _ in range(10):
            x = np.tanh(x)
            inside.append(weakref.ref(x))
        return x

    def build(layer: Any) -> Any:
        x = al.Value(np.ones(3))
        for _ in range(20):
            x = layer(x)
        return x

    with collector_off():
        before = live_values()
        out = build(segment)
        assert live_values() - before >= 201
        del out
        assert live_values() == before
        inside.clear()
        out = build(al.checkpoint(segment))
        assert len(inside) == 200
        assert all(ref() is None for ref in inside)
        assert len(all_nodes(out)) == 21
        out.backward(np.ones(3))
        assert len(inside) == 400
        assert all(ref() is None for ref in inside)
        del out
        assert live_values() == before


def test_at_most_one_segment_is_alive_at_a_time() -> None:
    """The most Values alive are the results and one segment, forwards and backwards."""
    alive = []

    def segment(x: Any) -> Any:
        for _ in range(10):
            x = np.tanh(x)
        alive.append(live_values())
        return x

    with collector_off():
        before = live_values()
        out = al.Value(1.0)
        for _ in range(8):
            out = al.checkpoint(segment)(out)
        out.backward()
    assert len(alive) == 16
    assert max(alive) - before <= 1 + 8 + 10


def test_nested_checkpoints() -> None:
    inner = al.checkpoint(lambda x: np.sin(x) * x)
    outer = al.checkpoint(lambda x: inner(inner(x)) + x)
    plain = gradients(lambda x: (lambda y: np.sin(y) * y)(np.sin(x) * x) + x, 0.7)
    assert gradients(outer, 0.7) == pytest.approx(plain, rel=1e-15)


def test_without_recording_it_is_the_function() -> None:
    with al.no_grad():
        out = al.checkpoint(step)(al.Value(X), al.Value(W))
    assert not out.requires_grad
    np.testing.assert_array_equal(al.checkpoint(step)(X, W), step(X, W))


def test_backward_inside_no_grad() -> None:
    x = al.Value(3.0)
    y = al.checkpoint(lambda x: x * x)(x)
    with al.no_grad():
        y.backward()
    assert x.grad == 6


def test_modules_with_dropout_draw_the_same_numbers_again() -> None:
    def train(wrap: Any, call: Any) -> Any:
        net = al.nn.Sequential(al.nn.Linear(3, 50, rng=0), al.nn.Dropout(0.5, rng=1))
        outs = [call(wrap, net), call(wrap, net)]
        assert not np.array_equal(outs[0].data, outs[1].data)
        (outs[0].sum() + outs[1].sum()).backward()
        return outs[0].data, net.parameters()[0].grad, net(X).data  # the generator went on

    expected = train(lambda fun: fun, lambda wrap, net: wrap(net)(X))
    calls: list[Any] = [
        lambda wrap, net: wrap(net)(X),
        lambda wrap, net: wrap(lambda nets: nets["a"][0](X))({"a": [net]}),
        lambda wrap, net: wrap(lambda *, model: model(X))(model=net),
    ]
    for call in calls:
        got = train(al.checkpoint, call)
        assert [*map(bits, got)] == [*map(bits, expected)]


def test_a_generator_as_an_argument_draws_the_same_numbers_again() -> None:
    x, rng = al.Value(np.ones(4)), np.random.default_rng(5)
    out = al.checkpoint(lambda x, rng: x * rng.normal(size=4))(x, rng)
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, out.data)
    assert rng.normal() == np.random.default_rng(5).normal(size=5)[-1]


@pytest.mark.parametrize("kind", ["random", "array", "shape", "untracked"])
def test_a_function_that_returns_something_else_raises(kind: str) -> None:
    rng, array, runs = np.random.default_rng(0), np.ones(3), []

    def fun(x: Any) -> Any:
        runs.append(1)
        if kind == "random":
            return x * rng.normal()
        if kind == "shape":
            return x[: len(runs)] * 2.0
        if kind == "untracked" and len(runs) > 1:
            return np.ones(3)
        return x * array

    out = al.checkpoint(fun)(al.Value(np.ones(3)))
    array[1] = 1.01
    with pytest.raises(GraphError, match="returned something else when it was computed again"):
        out.sum().backward()


def test_nan_and_infinity_are_the_same_again() -> None:
    x = al.Value([0.0, 1.0, np.nan])
    with np.errstate(divide="ignore"):
        out = al.checkpoint(lambda x: 1.0 / x)(x)
        out.sum().backward()
    assert x.grad[1] == -1


def test_a_value_rebound_since_raises() -> None:
    w = al.Value(2.0, name="weight")
    x = al.Value(3.0)
    for create_graph in (False, True):
        y = al.checkpoint(lambda x: x * w)(x)
        w.data = w.data + 1
        with pytest.raises(GraphError, match=r"'weight' of shape .* was rebound"):
            y.backward(create_graph=create_graph)
        assert x.grad is None


def test_errors_leave_recording_and_generators_as_they_were() -> None:
    rng, runs = np.random.default_rng(0), []

    def fun(x: Any, rng: Any) -> Any:
        runs.append(rng.normal())
        if len(runs) == 2:
            raise KeyError("mine")
        return x * runs[0]

    y = al.checkpoint(fun)(al.Value(1.0), rng)
    with al.no_grad():
        with pytest.raises(KeyError, match="mine"):
            y.backward()
        assert not (al.Value(1.0) * 2).requires_grad
    assert runs[0] == runs[1]
    assert rng.normal() == np.random.default_rng(0).normal(size=2)[1]


def test_a_drawing_names_the_function() -> None:
    def gate(x: Any) -> Any:
        return np.sin(x) * x

    pytest.importorskip("graphviz")
    x = al.Value(2.0)
    assert "segment=gate<" in al.viz.draw_graph(al.checkpoint(gate)(x)).source
    net = al.nn.Linear(1, 1, rng=0)
    assert "segment=Linear<" in al.viz.draw_graph(al.checkpoint(net)(np.ones(1))).source


def test_debug_names_the_operation_inside() -> None:
    with al.debug():
        y = al.checkpoint(lambda x: np.sqrt(x - 2.0))(al.Value(2.0))
        with pytest.raises(al.errors.NonFiniteError, match="the gradient of sqrt"):
            y.backward()
