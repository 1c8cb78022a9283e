"""The page that plays a graph: its numbers are Python's, also after a change."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError
from autograd_lite.primitive import registry
from autograd_lite.viz.number_program import number_program, replayed
from autograd_lite.viz.picture import all_values
from tests.viz.browser import WIDTHS, Browser, fits_width, go_on, position, serious_faults
from tests.viz.test_page import data_of


def neuron(w1: float = -3.0) -> tuple[al.Value, dict[str, al.Value]]:
    """Return the output of a neuron, and its leaves by name."""
    numbers = {"x1": 2.0, "w1": w1, "x2": 0.5, "w2": 1.0, "b": 6.9}
    leaves = {name: al.Value(number, name=name) for name, number in numbers.items()}
    out = np.tanh(leaves["x1"] * leaves["w1"] + leaves["x2"] * leaves["w2"] + leaves["b"]) + np.abs(
        leaves["x1"]
    )
    out.name = "out"
    return out, leaves


def shown(number: float) -> str:
    """Return a number as the page writes it."""
    return f"{number:.4g}".replace("-", "−").replace("e−0", "e−")


def texts_in(tab, box: str) -> list[str]:
    """Return the lines of a box."""
    return tab.locator(f"#{box} text").all_text_contents()


def box_called(page: al.viz.Page, name: str) -> str:
    """Return the id of the box with this name."""
    (found,) = [box["id"] for box in data_of(page)["boxes"] if box["name"] == name]
    return found


# In Python


def run(program: dict, inputs: list[float]) -> list[float]:
    """Run a program of a page with numpy."""
    numbers = [np.float64(x) for x in (*inputs, *program["constants"])]
    for name, *places in program["operations"]:
        numbers.append(registry[name].forward(*(numbers[i] for i in places)))
    return [float(numbers[i]) for i in program["outputs"]]


def test_a_program_computes_a_graph_again_for_other_numbers() -> None:
    out, leaves = neuron()
    nodes, names = all_values(out), list(leaves)

    def compute(inputs):
        return [replayed(nodes, dict(zip(leaves.values(), inputs, strict=True)))[out]]

    program = number_program(list(leaves.values()), compute)
    assert program["inputs"] == [leaves[name].item() for name in names]
    other = [0.3, -1.2, 2.5, 0.7, -0.1]
    expected = np.tanh(0.3 * -1.2 + 2.5 * 0.7 - 0.1) + 0.3
    assert run(program, other) == pytest.approx([expected], rel=1e-14)


def test_what_a_page_cannot_compute_is_refused_by_name() -> None:
    x = al.Value(2.0)
    with pytest.raises(ArgumentError, match=r"^i0 cannot be computed in a page"):
        number_program([x], lambda inputs: [np.i0(inputs[0])])


def test_arrays_are_shown_as_they_were() -> None:
    w = al.Value([[1.0, 2.0], [3.0, 4.0]], name="w")
    loss = (w @ w).sum()
    page = al.viz.explore(loss)
    data = data_of(page)
    assert "program" not in data
    assert "scalars=True" in page.html
    assert [step["title"] for step in data["steps"]] == ["matmul", "sum"]


def test_conditions_that_were_decided_keep_their_numbers() -> None:
    """Else a changed leaf would go the way of the number that was there before."""
    page = al.viz.explore(al.nn.functional.leaky_relu(al.Value(2.0, name="x")))
    assert "program" not in data_of(page)
    assert "conditions in this graph" in page.html
    assert "conditions in this graph" not in al.viz.explore(np.abs(al.Value(2.0))).html


def test_what_a_page_cannot_compute_is_played_with_the_numbers_of_then() -> None:
    page = al.viz.explore(np.i0(al.Value(2.0, name="x")))
    assert "program" not in data_of(page)
    assert "i0 cannot be computed in a page." in page.html


def test_steps_and_edges_are_those_of_the_chain_rule() -> None:
    x = al.Value(3.0, name="x")
    y = x * x
    y.backward()
    data = data_of(al.viz.explore(y))
    assert [(edge["derivative"], edge["added"]) for edge in data["edges"]] == [("3", "3")] * 2
    assert [box["gradient"] for box in data["boxes"]] == ["6", "1"]


def test_a_constant_has_no_backward_steps() -> None:
    data = data_of(al.viz.explore(al.Value(2.0, requires_grad=False) * 3.0))
    assert not data["tracked"]
    assert data["edges"] == []


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ArgumentError, match="of a Value"):
        al.viz.explore(3.0)
    with pytest.raises(ArgumentError, match="direction"):
        al.viz.explore(al.Value(3.0), direction="up")


# In a browser


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_played_to_its_end_with_keys_alone(browser: Browser, width: int) -> None:
    out, leaves = neuron()
    page = al.viz.explore(out, variables={})
    out.backward()
    with browser.opened(page, width=width) as tab:
        _, steps = position(tab)
        assert steps == 1 + 7 + 1 + 7
        assert texts_in(tab, box_called(page, "out"))[1] == "?"
        go_on(tab, 1)
        assert "x1 × w1 = 2 × (−3) = −6" in tab.locator("#status").inner_text()
        go_on(tab, steps)
        assert position(tab) == (steps, steps)
        for name, leaf in leaves.items():
            _, value, gradient = texts_in(tab, box_called(page, name))
            assert (value, gradient) == (shown(leaf.item()), f"∂ {shown(leaf.grad)}")
        tab.keyboard.press("Home")
        assert position(tab)[0] == 1
        assert fits_width(tab)


def test_a_changed_input_changes_values_and_gradients(browser: Browser) -> None:
    page = al.viz.explore(neuron()[0])
    out, leaves = neuron(w1=-2.75)
    out.backward()
    with browser.opened(page) as tab:
        tab.get_by_role("spinbutton", name="w1").fill("-2.75")
        tab.locator(".player input").focus()
        tab.keyboard.press("End")
        for name, leaf in [("out", out), *leaves.items()]:
            _, value, gradient = texts_in(tab, box_called(page, name))
            assert (value, gradient) == (shown(leaf.item()), f"∂ {shown(leaf.grad)}")


def test_the_pages_numbers_are_pythons(browser: Browser) -> None:
    """All of them, for a network written out in single numbers, with inputs changed."""
    net = al.nn.MLP([2, 3, 1], activation="tanh", rng=0)
    x = al.Value([[0.3, -0.8]], name="x")
    loss = al.nn.functional.binary_cross_entropy_with_logits(net(x), np.ones((1, 1)))
    page = al.viz.explore(loss, scalars=True, parameters=net, max_nodes=400)
    data = data_of(page)
    names = {box["id"]: box["name"] for box in data["boxes"]}
    leaves = [names[leaf] for leaf in data["leaves"]]
    changed = [number + 0.125 for number in data["program"]["inputs"]]
    with browser.opened(page) as tab:
        results = tab.evaluate("(inputs) => compute(inputs)", changed)
    by_name = dict(zip(leaves, changed, strict=True))
    for name, parameter in [*net.named_parameters(), ("x", x)]:
        parameter.data = np.array(
            [by_name[f"{name}[{','.join(map(str, i))}]"] for i in np.ndindex(parameter.shape)]
        ).reshape(parameter.shape)
    again = al.nn.functional.binary_cross_entropy_with_logits(net(x), np.ones((1, 1)))
    again.backward()
    count = len(data["boxes"])
    gradients = dict(zip(names.values(), results[count : 2 * count], strict=True))
    assert results[[*names].index(data["root"])] == pytest.approx(again.item(), rel=1e-13)
    for name, parameter in [*net.named_parameters(), ("x", x)]:
        for i in np.ndindex(parameter.shape):
            place = f"{name}[{','.join(map(str, i))}]"
            assert gradients[place] == pytest.approx(parameter.grad[i], rel=1e-12, abs=1e-15)


def test_a_box_tells_the_products_that_its_gradient_is_the_sum_of(browser: Browser) -> None:
    x = al.Value(3.0, name="x")
    y = x * x + x
    y.name = "y"
    page = al.viz.explore(y)
    with browser.opened(page) as tab:
        tab.locator(f"#{box_called(page, 'x')}").focus()
        details = tab.locator("#details").inner_text()
    assert "∂y/∂x = 7, the sum of" in details
    assert details.count("1 · 3 = 3") == 2
    assert details.count("1 · 1 = 1") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_for_people_who_see_or_point_otherwise(
    browser: Browser, theme: str
) -> None:
    with browser.opened(al.viz.explore(neuron()[0]), theme=theme) as tab:
        go_on(tab, 8)
        assert serious_faults(tab) == []
