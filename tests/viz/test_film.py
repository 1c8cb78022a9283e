"""The film of a training: what it keeps is true, and it changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn.functional import binary_cross_entropy_with_logits as bce
from autograd_lite.nn.functional import mse_loss
from tests.viz.browser import WIDTHS, Browser, fits_width, go_on, position, serious_faults
from tests.viz.test_page import data_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)


def trained(epochs: int = 6, recorded: bool = True, **options: Any) -> Any:
    """Return a model after some epochs, its history, and its film if there is one."""
    model = al.nn.Sequential(al.nn.MLP([2, 8, 5, 1], rng=0), al.nn.Dropout(0.1, rng=1))
    film = al.viz.TrainingFilm(model, bce, (X, Y), **options) if recorded else None
    optimizer = al.optim.Adam(model.parameters(), lr=1e-2)
    history = al.fit(model, bce, optimizer, (X, Y), epochs, batch_size=20, rng=2, callback=film)
    return model, history, film


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def test_the_training_is_the_same_bit_for_bit() -> None:
    model, history, film = trained()
    alone, history_alone, _ = trained(recorded=False)
    assert history.loss == history_alone.loss
    for one, other in zip(model.parameters(), alone.parameters(), strict=True):
        np.testing.assert_array_equal(one.data, other.data)
    assert [frame.epoch for frame in film.frames] == [0, 1, 2, 3, 4, 5, 6]


def test_modes_and_gradients_are_left_alone() -> None:
    model = al.nn.Sequential(al.nn.MLP([2, 4, 1], rng=0), al.nn.Dropout(0.5, rng=0))
    model[1].eval()
    bce(model(X), Y).backward()
    before = [p.grad.copy() for p in model.parameters()]
    film = al.viz.TrainingFilm(model, bce, (X, Y))
    film.record(1)
    assert (model.training, model[0].training, model[1].training) == (True, True, False)
    for parameter, gradient in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(parameter.grad, gradient)


def test_the_last_frame_is_the_model_as_it_is() -> None:
    model, _, film = trained(grid=7, ranges=[(-2, 2), (-1, 3)])
    frame = film.frames[-1]
    loss = bce(model.eval()(X), Y)
    assert frame.loss == pytest.approx(loss.item(), rel=1e-12)
    model.zero_grad()
    loss.backward()
    expected = [
        np.sqrt(np.sum(layer.weight.grad**2) + np.sum(layer.bias.grad**2))
        for layer in (model[0][0], model[0][2], model[0][4])
    ]
    assert frame.gradient_norms == pytest.approx(expected, rel=1e-12)
    assert film.layers == ["0.0 Linear", "0.2 Linear", "0.4 Linear"]
    assert frame.boundary.dtype == np.float32
    for i, j in [(0, 0), (6, 0), (2, 5)]:
        event = np.array([[-2 + 4 * i / 6, -1 + 4 * j / 6]])
        assert frame.boundary[j, i] == pytest.approx(sigmoid(model(event).item()), abs=1e-6)


def test_features_keep_their_units() -> None:
    options = {"feature_names": ["SNR", "mass"], "units": ["", "M☉"], "grid": 5}
    model, _, film = trained(1, mean=[10.0, 30.0], scale=[2.0, 5.0], **options)
    np.testing.assert_allclose(
        film.features.ranges[0], [X[:, 0].min() * 2 + 10, X[:, 0].max() * 2 + 10]
    )
    corner = np.array([[X[:, 0].max(), X[:, 1].min()]])
    expected = sigmoid(model(corner).item())
    assert film.frames[-1].boundary[0, -1] == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(film.events()[:, :2], X * [2, 5] + [10, 30])


def test_units_are_dead_that_give_one_number_for_all_events() -> None:
    model = al.nn.MLP([2, 8, 5, 1], rng=0)
    model[0].bias.data = np.array([-100.0] * 3 + [100.0] * 5)
    model[2].bias.data = np.array([-1000.0] + [1000.0] * 4)
    film = al.viz.TrainingFilm(model, bce, (X, Y))
    assert film.frames[0].dead == (3 / 8, 1 / 5)
    model[0].bias.data = np.full(8, -100.0)
    film.record(1)
    assert film.frames[1].dead == (1.0, 1.0)


def test_a_long_film_drops_every_second_frame() -> None:
    _, _, film = trained(50, max_frames=10, grid=4)
    epochs = [frame.epoch for frame in film.frames]
    assert epochs == list(range(0, 51, 8))
    assert film.every == 8


def test_a_loop_of_ones_own_calls_it() -> None:
    model = al.nn.Linear(2, 1, rng=0)
    film = al.viz.TrainingFilm(model, mse_loss, (X, Y), every=2)
    for epoch in range(5):
        model.weight.data = model.weight.data * 0.5
        film(epoch)
    assert [frame.epoch for frame in film.frames] == [0, 2, 4]
    assert film.layers == ["Linear"]
    assert film.frames[0].dead == ()


def test_other_features_have_no_map() -> None:
    model = al.nn.MLP([3, 4, 1], rng=0)
    film = al.viz.TrainingFilm(model, mse_loss, (np.ones((5, 3)), np.ones((5, 1))))
    assert film.frames[0].boundary is None
    assert [ax.get_title() for ax in al.viz.draw_training(film).axes] == [
        "loss",
        "gradient norms",
        "dead units",
    ]
    assert data_of(al.viz.explore_training(film))["maps"] is None


def test_any_function_may_be_on_the_map() -> None:
    model = al.nn.MLP([2, 4, 1], rng=0)
    film = al.viz.TrainingFilm(
        model, mse_loss, (X, Y), grid=3, predict=lambda x: 10 * x[:, 0], ranges=[(-1, 1), (0, 1)]
    )
    np.testing.assert_allclose(film.frames[0].boundary, [[-10, 0, 10]] * 3)
    assert film.limits() == (-10, 10)


def test_a_diverged_training_is_shown_as_far_as_it_is_finite() -> None:
    model = al.nn.Linear(2, 1, rng=0)
    film = al.viz.TrainingFilm(model, mse_loss, (X, Y), grid=3)
    model.weight.data = np.full((1, 2), np.nan)
    film.record(1)
    data = data_of(al.viz.explore_training(film))
    assert data["loss"][1] is None
    assert data["loss"][0] == pytest.approx(film.frames[0].loss)


def test_what_does_not_fit_is_refused() -> None:
    model = al.nn.MLP([2, 4, 1], rng=0)
    with pytest.raises(ShapeError, match="as many targets as events"):
        al.viz.TrainingFilm(model, bce, (X, Y[:5]))
    for options in ({"every": 0}, {"max_frames": 1}, {"grid": 1}, {"ranges": [(0, 1)]}):
        with pytest.raises(ArgumentError, match=next(iter(options))):
            al.viz.TrainingFilm(model, bce, (X, Y), **options)
    film = al.viz.TrainingFilm(model, bce, (X, Y))
    with pytest.raises(ArgumentError, match="maps"):
        al.viz.draw_training(film, maps=0)


# The figure


def test_the_figure_has_maps_and_curves() -> None:
    _, _, film = trained(20, grid=10)
    figure = al.viz.draw_training(film, maps=4)
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:4] == ["before training", "epoch 2", "epoch 7", "epoch 20"]
    assert titles[4:] == ["loss", "gradient norms", "dead units"]
    np.testing.assert_array_equal(figure.axes[3].images[0].get_array(), film.frames[-1].boundary)
    loss, norms, dead = figure.axes[4:]
    assert list(loss.lines[0].get_ydata()) == [frame.loss for frame in film.frames]
    assert list(loss.lines[0].get_xdata()) == list(range(21))
    assert [line.get_label() for line in norms.lines] == film.layers
    assert list(norms.lines[1].get_ydata()) == [frame.gradient_norms[1] for frame in film.frames]
    assert [line.get_label() for line in dead.lines] == ["hidden 1", "hidden 2"]


# The page


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_played_to_its_end_with_keys_alone(browser: Browser, width: int) -> None:
    _, _, film = trained(5, grid=10)
    with browser.opened(al.viz.explore_training(film), width=width) as tab:
        assert position(tab) == (1, 6)
        assert "Before the training" in tab.locator("#status").inner_text()
        first = tab.locator("#map image").get_attribute("href")
        go_on(tab, 10)
        assert position(tab) == (6, 6)
        text = tab.locator("#status").inner_text()
        assert "After epoch 5" in text
        assert f"loss {film.frames[-1].loss:.4g}" in text
        assert f"{film.layers[1]}: {film.frames[-1].gradient_norms[1]:.4g}" in text
        assert tab.locator("#map image").get_attribute("href") != first
        assert fits_width(tab)


def test_the_map_of_the_page_is_what_was_recorded(browser: Browser) -> None:
    _, _, film = trained(2, grid=6)
    with browser.opened(al.viz.explore_training(film)) as tab:
        levels = tab.evaluate("Array.from(atob(DATA.maps[2]), (letter) => letter.charCodeAt(0))")
    np.testing.assert_allclose(np.array(levels) / 255, film.frames[2].boundary.ravel(), atol=0.002)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_for_people_who_see_or_point_otherwise(
    browser: Browser, theme: str
) -> None:
    _, _, film = trained(3, grid=8)
    with browser.opened(al.viz.explore_training(film), theme=theme) as tab:
        assert serious_faults(tab) == []
