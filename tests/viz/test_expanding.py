"""One operation written out in single numbers, in the midst of a graph of arrays."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import ArgumentError


def network() -> tuple[al.Value, dict[str, al.Value]]:
    """Return the loss of a network 2 → 3 → 1 on two events, and all that has a name."""
    rng = np.random.default_rng(0)
    x = al.Value(rng.normal(size=(2, 2)), requires_grad=False, name="x")
    shapes = {"W1": (3, 2), "b1": (3,), "W2": (1, 3), "b2": (1,)}
    named = {name: al.Value(rng.normal(size=shape), name=name) for name, shape in shapes.items()}
    z = ops.linear(x, named["W1"], named["b1"])
    h = np.tanh(z)
    o = ops.linear(h, named["W2"], named["b2"])
    loss = ops.bce_with_logits(o, np.array([[1.0], [0.0]]))
    named |= {"z": z, "h": h, "o": o, "loss": loss}
    for name, value in named.items():
        value.name = name
    loss.backward()
    return loss, named


def values_in(loss: al.Value, **options: Any) -> dict[str, dict[str, Any]]:
    """Return the Values of a drawing that have a name."""
    drawn = json.loads(viz.to_json(loss, variables={}, max_nodes=2000, **options))
    return {node["name"]: node for node in drawn["nodes"] if node.get("name")}


def steps_in(loss: al.Value, **options: Any) -> list[str]:
    """Return the operations of a drawing."""
    text = viz.to_text(loss, variables={}, max_nodes=2000, show_gradients=False, **options)
    return re.findall(r"= (\w+)", text)


@pytest.mark.parametrize("name", ["z", "h", "o", "loss"])
def test_gradients_are_those_of_the_arrays(name: str) -> None:
    """Of every Value with a name, and element by element of the operands written out."""
    loss, named = network()
    drawn = values_in(loss, expand=[name])
    for known, value in named.items():
        np.testing.assert_allclose(drawn[known]["data"], value.data, rtol=1e-13)
        if value.requires_grad:
            np.testing.assert_allclose(drawn[known]["gradient"], value.grad, rtol=1e-12)
    elements = {n: node for n, node in drawn.items() if "[" in n}
    operands = [x for x in named[name].operands if type(x) is al.Value and x.ndim]
    assert len(elements) == sum(x.size for x in operands)
    for operand in operands:
        for index in np.ndindex(operand.shape):
            element = elements[f"{operand.name}[{','.join(map(str, index))}]"]
            assert element["data"] == operand.data[index]
            if operand.requires_grad:
                np.testing.assert_allclose(element["gradient"], operand.grad[index], rtol=1e-12)


def test_a_linear_layer_is_its_multiplications_and_sums() -> None:
    loss, named = network()
    before, after = steps_in(loss), steps_in(loss, expand=[named["o"]])
    assert before.count("linear") == 2
    assert after.count("linear") == 1
    assert [after.count(name) for name in ("multiply", "add", "stack")] == [6, 6, 1]
    assert (after.count("tanh"), after.count("bce_with_logits")) == (1, 1)


def test_values_and_names_are_the_same_thing() -> None:
    loss, named = network()
    drawings = [viz.to_text(loss, expand=[which], variables={}) for which in ("h", named["h"])]
    assert drawings[0] == drawings[1]
    by_variable = viz.to_text(loss, expand=["hidden"], variables={"hidden": unnamed(named["h"])})
    assert by_variable.count("tanh") == 6


def unnamed(value: al.Value) -> al.Value:
    value.name = None
    return value


def test_several_operations_at_once() -> None:
    loss, _ = network()
    steps = steps_in(loss, expand=["z", "h", "o"])
    assert "linear" not in steps
    assert steps.count("tanh") == 6


def test_the_graph_and_its_gradients_are_left_alone() -> None:
    loss, named = network()
    before = {name: np.copy(value.grad) for name, value in named.items() if value.requires_grad}
    viz.draw_graph(loss, expand=["z"], variables={})
    for name, gradient in before.items():
        np.testing.assert_array_equal(named[name].grad, gradient)
    assert named["z"].operands[1] is named["W1"]


def test_before_backward_there_are_no_gradients() -> None:
    x = al.Value([1.0, 2.0], name="x")
    y = x * x
    assert "grad" not in viz.to_text(y.sum(), expand=[y])


def test_modules_stay_frames_around_what_they_made() -> None:
    model = al.nn.MLP([2, 3, 1], rng=0)
    with viz.record_modules(model) as modules:
        out = model(np.ones((1, 2)))
    first = out.operands[0].operands[0]
    drawn = json.loads(viz.to_json(out, modules=modules, depth=1, expand=[first], variables={}))
    frames = {frame["id"]: frame["title"] for frame in drawn["frames"]}
    assert sorted(frames.values()) == ["0 Linear", "MLP"]
    inside = [frames[node["inside"]] for node in drawn["nodes"] if node.get("title") == "multiply"]
    assert inside == ["0 Linear"] * 6
    modules_closed = [node["title"] for node in drawn["nodes"] if node["kind"] == "module"]
    assert modules_closed == ["1 ReLU", "2 Linear"]


def test_nothing_is_lost_where_recording_is_off() -> None:
    loss, _ = network()
    with al.no_grad():
        assert steps_in(loss, scalars=True).count("tanh") == 6
        assert steps_in(loss, expand=["o"]).count("multiply") == 6


def test_the_page_plays_an_expanded_graph() -> None:
    loss, _ = network()
    page = viz.explore(loss, expand=["o"], variables={})
    assert page.html.count('"title":"multiply"') == 6


def test_what_cannot_be_expanded_is_refused() -> None:
    loss, named = network()
    for wrong in ("nothing", al.Value(1.0), 3):
        with pytest.raises(ArgumentError, match=r"names of results.*'h', 'loss', 'o', 'z'"):
            viz.draw_graph(loss, expand=[wrong], variables={})
    with pytest.raises(ArgumentError, match="W1 is a leaf"):
        viz.draw_graph(loss, expand=[named["W1"]], variables={})
    with pytest.raises(ArgumentError, match="a list"):
        viz.draw_graph(loss, expand=named["o"], variables={})
    total = np.cumsum(named["W1"]).sum()
    with pytest.raises(ArgumentError, match="cumsum cannot be written out"):
        viz.draw_graph(total, expand=[total.operands[0]], variables={})
