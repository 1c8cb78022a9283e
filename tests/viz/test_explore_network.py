"""The page of a trained network: what it computes is what the model computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn.functional import sigmoid, softmax
from tests.viz.browser import WIDTHS, Browser, fits_width, go_on, position, serious_faults
from tests.viz.test_page import data_of

MEAN, SCALE = np.array([12.0, 36.0]), np.array([4.5, 19.0])


def network() -> al.nn.Module:
    """Return a network with two features and one logit."""
    return al.nn.MLP([2, 32, 32, 1], "relu", rng=0)


def page_of(net: al.nn.Module, **options: Any) -> al.viz.Page:
    """Return its page, with features as those of the islands."""
    X = np.array([[8.0, 20.0], [15.0, 60.0]])
    return al.viz.explore_network(
        net,
        **{
            "x": [12.0, 36.0],
            "feature_names": ["SNR", "chirp mass"],
            "ranges": [(4, 20), (3, 70)],
            "mean": MEAN,
            "scale": SCALE,
            "units": ["", "M☉"],
            "events": (X, np.array([1, 0])),
            **options,
        },
    )


def probability(net: Any, event: Any) -> float:
    """Return what the model says of an event in its units."""
    with al.no_grad():
        return float(sigmoid(net((np.array([event]) - MEAN) / SCALE)).item())


def answers(tab: Any) -> list[float]:
    """Return the outputs that the page shows, in full."""
    parts = tab.locator("#answer [data-answer]").all()
    return [float(part.get_attribute("data-answer")) for part in parts]


def fill_of(tab: Any, column: int, unit: int) -> str:
    """Return the colour of a unit."""
    found = f"units.find((u) => u.column === {column} && u.unit === {unit})"
    return str(tab.evaluate(f"getComputedStyle({found}.circle).fill"))


@pytest.mark.parametrize("width", WIDTHS)
def test_sliders_are_moved_and_the_answer_is_the_models(browser: Browser, width: int) -> None:
    net = network()
    with browser.opened(page_of(net), width=width) as tab:
        assert answers(tab) == pytest.approx([probability(net, [12.0, 36.0])], abs=1e-12)
        slider = tab.get_by_role("slider", name="SNR")
        slider.focus()
        for _ in range(20):
            tab.keyboard.press("ArrowRight")
        snr = float(slider.input_value())
        assert snr == pytest.approx(12.0 + 20 * 16 / 400)
        tab.get_by_role("spinbutton", name="chirp mass, exactly").fill("52.75")
        expected = probability(net, [snr, 52.75])
        assert answers(tab) == pytest.approx([expected], abs=1e-12)
        assert tab.locator("#answer").inner_text() == f"P(signal) = {expected:.4f}"
        assert fits_width(tab)


def test_layers_are_walked_through_with_keys_alone(browser: Browser) -> None:
    net: Any = network()
    with browser.opened(page_of(net)) as tab:
        assert position(tab) == (4, 4)
        tab.keyboard.press("Home")
        assert "What the network is given" in tab.locator("#status").inner_text()
        assert fill_of(tab, 1, 0) == "rgb(255, 255, 255)"
        go_on(tab, 1)
        hidden = np.maximum(net[0]((np.array([12.0, 36.0]) - MEAN) / SCALE).data, 0)
        text = tab.locator("#status").inner_text()
        assert f"{np.count_nonzero(hidden)} of 32 units are not 0" in text
        assert tab.evaluate("columns[1]") == pytest.approx(hidden.tolist(), abs=1e-12)
        for _ in range(4):
            tab.get_by_role("button", name="Next step").press("Enter")
        assert position(tab) == (4, 4)
        assert "P(signal) = " in tab.locator("#status").inner_text()


def test_an_output_above_one_half_is_green_else_red(browser: Browser) -> None:
    net = al.nn.Sequential(al.nn.Linear(2, 1, rng=0))
    net[0].weight.data = np.array([[1.0, 0.0]])
    net[0].bias.data = np.array([0.0])
    with browser.opened(page_of(net)) as tab:
        field = tab.get_by_role("spinbutton", name="SNR, exactly")
        field.fill("16")
        assert fill_of(tab, 1, 0) == "rgb(0, 121, 90)"
        field.fill("5")
        assert fill_of(tab, 1, 0) == "rgb(198, 40, 40)"


def test_the_event_is_moved_on_the_map(browser: Browser) -> None:
    net = network()
    with browser.opened(page_of(net)) as tab:
        place = tab.locator("#map .frame").bounding_box()
        tab.mouse.click(place["x"] + 0.25 * place["width"], place["y"] + 0.5 * place["height"])
        snr, mass = tab.evaluate("features")
        assert (snr, mass) == pytest.approx((8.0, 36.5), abs=0.3)
        assert answers(tab) == pytest.approx([probability(net, [snr, mass])], abs=1e-12)
        tab.locator("#map").focus()
        tab.keyboard.press("ArrowUp")
        tab.keyboard.press("ArrowRight")
        moved = tab.evaluate("features")
        assert moved == pytest.approx([snr + 0.02 * 16, mass + 0.02 * 67])
        assert position(tab) == (4, 4)
        assert float(tab.get_by_role("slider", name="SNR").input_value()) == pytest.approx(
            moved[0], abs=0.03
        )


def test_an_output_shows_its_map(browser: Browser) -> None:
    page = al.viz.explore_network(al.nn.MLP([2, 4, 3], rng=0), output_names=["cat", "dog", "cow"])
    with browser.opened(page) as tab:
        assert tab.locator("#map-title").inner_text() == "Map of cat"
        painted = tab.locator("#map image").get_attribute("href")
        tab.locator("#network circle.unit").last.click()
        tab.get_by_text("Map of cow").wait_for()
        assert tab.locator("#map image").get_attribute("href") != painted


def test_a_unit_tells_its_sum(browser: Browser) -> None:
    net: Any = network()
    with browser.opened(page_of(net)) as tab:
        tab.keyboard.press("Home")
        go_on(tab, 2)
        tab.locator("#network").focus()
        for _ in range(3):
            tab.keyboard.press("ArrowDown")
        lines = tab.locator("#unit").inner_text()
        assert "hidden 2, unit 3 of 32" in lines
        assert f"{net[2].bias.data[2]:.4g}".replace("-", "−") in lines
        visible = "edges.filter((e) => Number(e.line.style.strokeOpacity) > 0.02)"
        assert tab.evaluate(f"{visible}.every((e) => e.column === 2 && e.to === 2)")
        tab.keyboard.press("Escape")
        assert "Click on a unit" in tab.locator("#unit").inner_text()


def by_hand(net: Any, x: list[float], output: Callable[[Any], Any]) -> list[float]:
    """Return a model's answer as a list."""
    with al.no_grad():
        return [float(number) for number in np.asarray(output(net(np.array([x]))).data[0])]


NETWORKS: dict[str, tuple[al.nn.Module, Callable[[Any], Any]]] = {
    "three classes": (al.nn.MLP([3, 40, 3], "tanh", rng=0), softmax),
    "sigmoid": (
        al.nn.Sequential(al.nn.MLP([1, 4, 2], "gelu", rng=0), al.nn.Sigmoid()),
        lambda y: y,
    ),
    "softmax": (
        al.nn.Sequential(al.nn.Linear(2, 3, rng=0), al.nn.LeakyReLU(), al.nn.Softmax()),
        lambda y: y,
    ),
    "log softmax": (
        al.nn.Sequential(al.nn.Linear(2, 3, rng=0), al.nn.Dropout(0.5), al.nn.LogSoftmax()),
        np.exp,
    ),
    "regression": (
        al.nn.Sequential(al.nn.MLP([2, 5, 1], "sigmoid", rng=0), al.nn.Softplus()),
        lambda y: y,
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_any_network_is_computed_as_in_python(browser: Browser, name: str) -> None:
    net, output = NETWORKS[name]
    net.eval()
    size = net.parameters()[0].shape[1]
    event = [0.7, -1.3, 2.1][:size]
    with browser.opened(al.viz.explore_network(net, max_units=8)) as tab:
        got = tab.evaluate("(event) => answers(event)", event)
        assert got == pytest.approx(by_hand(net, event, output), abs=1e-12)
        assert tab.locator("#map-section").is_visible() == (size > 1)
        if size == 3:
            tab.get_by_role("spinbutton", name="x3, exactly").fill("2.5")
            assert answers(tab) == pytest.approx(by_hand(net, [0, 0, 2.5], output), abs=1e-12)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_for_people_who_see_or_point_otherwise(
    browser: Browser, theme: str
) -> None:
    with browser.opened(page_of(network()), theme=theme, width=400) as tab:
        assert serious_faults(tab) == []


def test_large_layers_are_drawn_in_part() -> None:
    page = al.viz.explore_network(al.nn.MLP([2, 100, 1], rng=0), max_units=6)
    assert data_of(page)["drawn"] == [[0, 1], [0, 1, 2, 97, 98, 99], [0]]


def test_ranges_are_those_of_events_or_three_deviations() -> None:
    net = network()
    events = np.array([[1.0, 5.0], [2.0, 9.0]]), np.array([0, 1])
    assert data_of(al.viz.explore_network(net, events=events))["ranges"] == [[1, 2], [5, 9]]
    data = data_of(al.viz.explore_network(net, mean=MEAN, scale=SCALE))
    assert data["ranges"] == [[-1.5, 25.5], [-21, 93]]
    assert data["event"] == MEAN.tolist()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"feature_names": ["a"]}, ArgumentError, "feature_names has one text for each of 2"),
        ({"units": "ab"}, ArgumentError, "units"),
        ({"ranges": [(4, 20)]}, ArgumentError, "ranges"),
        ({"ranges": [(4, 20), (70, 3)]}, ArgumentError, "low < high"),
        ({"mean": [1.0, 2.0, 3.0]}, ArgumentError, "mean"),
        ({"scale": [1.0, 0.0]}, ArgumentError, "scale must be greater than 0"),
        ({"x": [1.0]}, ShapeError, r"x has shape \(1,\)"),
        ({"events": ([[1.0, 2.0]], [0, 1])}, ShapeError, r"X of shape \(n, 2\)"),
        ({"output_names": ["a", "b"]}, ArgumentError, "output_names"),
        ({"map_features": (0, 2)}, ArgumentError, "map_features"),
        ({"max_units": 1}, ArgumentError, "max_units"),
    ],
)
def test_wrong_arguments_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        page_of(network(), **options)


def test_activations_that_mix_units_are_refused() -> None:
    net = al.nn.Sequential(al.nn.Linear(2, 3, rng=0), al.nn.Softmax(), al.nn.Linear(3, 1, rng=0))
    with pytest.raises(ArgumentError, match=r"element-wise.*Softmax"):
        al.viz.explore_network(net)
