"""The chain rule on the edges, names from variables, and themes."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import ArgumentError
from autograd_lite.viz.contributions import contribution_of, derivative_of
from tests.helpers import all_nodes
from tests.viz.drawings import PROGRAMS, taken_apart


def edge_texts(source: str) -> list[str]:
    labels = re.findall(r"-> \w+ \[label=<<FONT[^>]*>(.*?)</FONT>>", source)
    return [label.replace("<BR/>", ", ") for label in labels]


def test_edges_show_derivative_and_product() -> None:
    x, w = al.Value(3.0, name="x"), al.Value(-2.0, name="w")
    y = 5.0 * (w * x)
    y.backward()
    assert edge_texts(viz.draw_graph(y, show_derivatives=True).source) == [
        "× 3, adds 15",
        "× -2, adds -10",
        "× 5, adds 5",
    ]


def test_before_backward_there_are_derivatives_alone() -> None:
    x = al.Value(3.0)
    source = viz.draw_graph(x * x, show_derivatives=True).source
    assert edge_texts(source) == ["× 3", "× 3"]
    assert edge_texts(viz.draw_graph(x * x).source) == []


def test_contributions_add_up_to_gradients() -> None:
    rng = np.random.default_rng(0)
    x = al.Value(rng.normal(size=(4, 3)))
    w = al.Value(rng.normal(size=(3, 3)))
    h = np.tanh(ops.linear(x, w, np.zeros(3))) + x
    loss = (np.concatenate([h, h * x]) @ w).sum()
    loss.backward()
    gradients: dict[al.Value, object] = {}
    for value in all_nodes(loss):
        for position, operand in enumerate(value.operands):
            if type(operand) is al.Value:
                gradients[operand] = gradients.get(operand, 0) + contribution_of(value, position)
    assert len(gradients) == len(all_nodes(loss)) - 1
    for value, gradient in gradients.items():
        np.testing.assert_allclose(gradient, value.grad, rtol=1e-12)


def test_derivative_is_of_single_numbers_and_where_there_is_a_rule() -> None:
    x, v = al.Value(2.0), al.Value([1.0, 2.0])
    assert derivative_of(x**3, 0) == 12.0
    assert derivative_of(v.sum(), 0) is None
    assert derivative_of(np.where(np.array(True), x, 1.0), 1) == 1.0
    c = al.Value(3.0, requires_grad=False)
    assert derivative_of(x * c, 1) is None
    assert contribution_of(x * c, 0) is None


def test_infinite_derivatives_are_shown_without_a_warning() -> None:
    y = np.sqrt(al.Value(0.0))
    assert edge_texts(viz.draw_graph(y, show_derivatives=True).source) == ["× inf"]


# Names from variables


def test_variables_of_the_caller_name_values() -> None:
    weight = al.Value(2.0)
    given = al.Value(3.0, name="given")
    _hidden = weight * given
    total = _hidden + 1.0
    texts = taken_apart(viz.draw_graph(total)).texts
    assert (texts["v0"], texts["v1"], texts["v2"]) == ("weight 2", "given 3", "6")
    assert texts["v3"] == "total 7"
    assert taken_apart(viz.draw_graph(total, variables={})).texts["v3"] == "7"
    assert taken_apart(viz.draw_graph(total, variables={"z": total})).texts["v3"] == "z 7"


def test_path_in_a_module_goes_before_a_variable() -> None:
    layer = al.nn.Linear(1, 1, rng=0)
    kernel = layer.weight
    texts = taken_apart(viz.draw_graph(kernel * 1.0, parameters=layer)).texts
    assert texts["v0"].startswith("weight ")


# Themes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_on_all_it_stands_on(theme: str) -> None:
    looks = viz.style.THEMES[theme]
    ground = {"white": "#ffffff"}.get(looks.graph["bgcolor"], looks.graph["bgcolor"])
    fills = [role["fillcolor"] for role in looks.roles.values() if "fillcolor" in role]
    for fill in fills:
        assert contrast(looks.node["fontcolor"], fill) > 7
        assert contrast(looks.gradient, fill) > 4.5
    for fill in (ground, looks.frame["fillcolor"]):
        assert contrast(looks.faded, fill) > 4.5
        assert contrast(looks.gradient, fill) > 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_themes_differ_in_colours_alone() -> None:
    x = al.Value(3.0)
    light, dark = (viz.draw_graph(x * x, theme=theme).source for theme in ("light", "dark"))
    without = [re.sub(r'"#[0-9a-f]{6}"|white', "", source) for source in (light, dark)]
    assert without[0] == without[1]
    assert light != dark


def test_unknown_theme_is_refused() -> None:
    with pytest.raises(ArgumentError, match="light, dark"):
        viz.draw_graph(al.Value(1.0), theme="blue")


def test_golden_programs_show_derivatives_and_frames() -> None:
    assert "adds" in PROGRAMS["derivatives"]().source
    assert "cluster_0" in PROGRAMS["network_in_frames"]().source
