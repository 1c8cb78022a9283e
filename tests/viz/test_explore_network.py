"""The page with a trained network: its answers are the model's."""

from __future__ import annotations

import base64

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ShapeError
from tests.viz.browser import WIDTHS, Browser, fits_width, go_on, position, serious_faults
from tests.viz.test_page import data_of

MEAN, SCALE = np.array([12.0, 30.0]), np.array([4.0, 20.0])
RANGES = [(4.0, 20.0), (3.0, 70.0)]


def network(*sizes: int, **options: object) -> al.nn.Module:
    """Return a network with weights that depend on nothing but its sizes."""
    return al.nn.MLP(list(sizes), rng=3, **options)


def page_of(model: al.nn.Module, **options: object) -> al.viz.Page:
    """Return the page of a network of two features."""
    return al.viz.explore_network(
        model,
        feature_names=["SNR", "chirp mass"],
        units=["", "M☉"],
        ranges=RANGES,
        mean=MEAN,
        scale=SCALE,
        **options,
    )


def probability(model: al.nn.Module, event: list[float]) -> float:
    """Return the model's own answer."""
    with al.no_grad():
        logit = model(((np.array(event) - MEAN) / SCALE)[None])
    return float(1 / (1 + np.exp(-logit.item())))


def answer(tab) -> float:
    """Return what the page answers, with all digits."""
    return float(tab.locator("#answer [data-answer]").first.get_attribute("data-answer"))


# In a browser


def test_a_slider_gives_the_probability_of_the_model(browser: Browser) -> None:
    model = network(2, 32, 32, 1)
    with browser.opened(page_of(model, x=[10.0, 50.0])) as tab:
        assert answer(tab) == pytest.approx(probability(model, [10.0, 50.0]), abs=1e-12)
        for snr, mass in [(4.0, 70.0), (15.2, 22.43), (20.0, 3.0)]:
            for name, number in [("SNR", snr), ("chirp mass", mass)]:
                tab.get_by_label(name, exact=True).fill(str(number))
            event = [
                float(tab.get_by_label(n, exact=True).input_value()) for n in ("SNR", "chirp mass")
            ]
            assert event == pytest.approx([snr, mass], abs=0.05)
            assert answer(tab) == pytest.approx(probability(model, event), abs=1e-12)
            shown = tab.locator("#answer").inner_text()
            assert float(shown.removeprefix("P(signal) = ")) == pytest.approx(answer(tab), abs=1e-4)


def test_colours_tell_the_verdict(browser: Browser) -> None:
    model = network(2, 4, 1)
    with browser.opened(page_of(model)) as tab:
        seen = set()
        for mass in (3.0, 20.0, 45.0, 70.0):
            tab.get_by_label("chirp mass", exact=True).fill(str(mass))
            is_signal = answer(tab) > 0.5
            assert tab.locator("#answer span").get_attribute("class") == (
                "good" if is_signal else "bad"
            )
            assert tab.locator(".units").last.locator("circle").last.get_attribute("class") == (
                "good" if is_signal else "bad"
            )
            seen.add(is_signal)
        assert seen == {True, False}


@pytest.mark.parametrize("width", WIDTHS)
def test_layers_are_gone_through_with_keys_alone(browser: Browser, width: int) -> None:
    model = network(2, 5, 3, 1)
    with browser.opened(page_of(model), width=width) as tab:
        assert position(tab) == (4, 4)
        tab.keyboard.press("Home")
        assert "standardised" in tab.locator("#status").inner_text()
        assert tab.locator("circle.empty").count() == 5 + 3 + 1
        go_on(tab, 1)
        assert "hidden 1" in tab.locator("#status").inner_text()
        assert "ReLU" in tab.locator("#status").inner_text()
        go_on(tab, 5)
        assert position(tab) == (4, 4)
        assert tab.locator("circle.empty").count() == 0
        assert fits_width(tab)


def test_activations_are_the_models(browser: Browser) -> None:
    model = network(2, 5, 3, 1)
    event = np.array([9.0, 40.0])
    with browser.opened(page_of(model, x=event)) as tab:
        held = tab.evaluate("held")
    x = (event - MEAN) / SCALE
    hidden = np.maximum(x @ model[0].weight.data.T + model[0].bias.data, 0)
    assert held[0] == pytest.approx(x)
    assert held[1] == pytest.approx(hidden)
    assert [len(layer) for layer in held] == [2, 5, 3, 1]


def test_the_map_moves_the_event_by_click_and_by_key(browser: Browser) -> None:
    model = network(2, 8, 1)
    with browser.opened(page_of(model)) as tab:
        tab.locator("#map").click(position={"x": 300, "y": 200})
        event = tab.evaluate("event")
        assert answer(tab) == pytest.approx(probability(model, event), abs=1e-12)
        tab.locator("#map").press("ArrowRight")
        tab.locator("#map").press("ArrowUp")
        moved = tab.evaluate("event")
        assert moved == pytest.approx([event[0] + 16 / 50, event[1] + 67 / 50])
        assert position(tab) == (3, 3)  # the arrow keys of the map are its own


def test_the_map_is_the_models_answer() -> None:
    model = network(2, 8, 1)
    drawn = data_of(page_of(model))["map"]
    size = drawn["size"]
    levels = np.frombuffer(base64.b64decode(drawn["levels"]), np.uint8).reshape(size, size)
    for i, j in [(0, 0), (7, 100), (size - 1, 3), (60, 60)]:
        event = [4 + 16 * i / (size - 1), 3 + 67 * j / (size - 1)]
        assert levels[j, i] == round(255 * probability(model, event))


def test_several_outputs_are_probabilities_of_classes(browser: Browser) -> None:
    model = network(3, 6, 4)
    event = [0.3, -1.0, 2.0]
    page = al.viz.explore_network(model, x=event, output_names=list("abcd"))
    logits = model(np.array([event])).data[0]
    with browser.opened(page) as tab:
        found = [
            float(part.get_attribute("data-answer"))
            for part in tab.locator("#answer [data-answer]").all()
        ]
        assert tab.locator("#map").count() == 0
    assert found == pytest.approx(np.exp(logits) / np.exp(logits).sum())


def test_a_regression_shows_numbers(browser: Browser) -> None:
    model = network(1, 4, 1, activation="tanh")
    page = al.viz.explore_network(model, x=[0.7], output="value", ranges=[(-1, 1)])
    with browser.opened(page) as tab:
        assert answer(tab) == pytest.approx(model(np.array([[0.7]])).item())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_for_people_who_see_or_point_otherwise(
    browser: Browser, theme: str
) -> None:
    rng = np.random.default_rng(0)
    events = rng.uniform(4, 20, (20, 2)), rng.integers(0, 2, 20)
    with browser.opened(page_of(network(2, 8, 1), events=events), theme=theme) as tab:
        assert serious_faults(tab) == []


# In Python


def test_ranges_are_those_of_events_or_three_deviations() -> None:
    model = network(2, 3, 1)
    events = np.array([[1.0, 5.0], [2.0, 9.0]]), np.array([0, 1])
    data = data_of(al.viz.explore_network(model, events=events))
    assert [(f["low"], f["high"]) for f in data["features"]] == [(1, 2), (5, 9)]
    data = data_of(al.viz.explore_network(model, mean=MEAN, scale=SCALE))
    assert [(f["low"], f["high"]) for f in data["features"]] == [(0, 24), (-30, 90)]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"feature_names": ["a"]}, ArgumentError, "feature_names has one text for each of 2"),
        ({"units": "ab"}, ArgumentError, "units"),
        ({"ranges": [(0, 1)]}, ArgumentError, "ranges"),
        ({"ranges": [(0, 1), (1, 0)]}, ArgumentError, "low < high"),
        ({"mean": [1, 2, 3]}, ArgumentError, "mean"),
        ({"scale": [1, 0]}, ArgumentError, "scale must be greater than 0"),
        ({"x": [1.0]}, ShapeError, r"x has shape \(1,\)"),
        ({"events": ([[1.0, 2.0]], [0, 1])}, ShapeError, r"X of shape \(n, 2\)"),
        ({"output_names": ["a", "b"]}, ArgumentError, "output_names"),
    ],
)
def test_wrong_arguments_are_refused(
    options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        al.viz.explore_network(network(2, 3, 1), **options)


def test_layers_that_are_too_large_are_refused() -> None:
    with pytest.raises(ArgumentError, match="65 units"):
        al.viz.explore_network(network(2, 65, 1))
