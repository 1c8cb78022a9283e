"""Drawings of what was built until something failed."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError


def network() -> al.nn.Module:
    return al.nn.MLP([2, 3, 1], rng=0)


def failing(model: al.nn.Module) -> al.Value:
    """Compute a loss with targets that do not fit."""
    target = al.Value(np.ones((5, 1)), name="target")
    return ((model(np.ones((4, 2))) - target) ** 2).mean()


def error_of(function, *args: object) -> Exception:
    """Return the error that a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (which one is the test's business)
        function(*args)
    return caught.value


@pytest.mark.parametrize("wrapped", [al.debug(), lambda function: function])
def test_the_operands_shapes_stand_on_the_edges_to_what_failed(wrapped) -> None:
    model = network()
    source = al.viz.draw_failure(error_of(wrapped(failing), model), parameters=model).source
    assert "operands could not be broadcast" in source
    assert "ValueError" in source
    assert source.count("<B>(4, 1)</B>") == source.count("<B>(5, 1)</B>") == 1
    assert "0.weight" in source  # all that was built before


def test_inside_debug_the_operation_is_known() -> None:
    model = network()
    source = al.viz.draw_failure(error_of(al.debug()(failing), model)).source
    assert "−" in source
    assert "failing()" not in source


def test_a_layer_that_refuses_its_input_is_drawn_with_what_it_was_given() -> None:
    model = al.nn.Sequential(network(), al.nn.Linear(3, 2, rng=0))
    source = al.viz.draw_failure(error_of(model, np.ones((4, 2))), parameters=model).source
    assert "linear()" in source
    assert "ShapeError" in source
    assert source.count("<B>(4, 1)</B>") == 1
    assert source.count("<B>(2, 3)</B>") == 1


def test_a_nan_that_was_born_is_drawn() -> None:
    x = al.Value(1.0, name="x")
    source = al.viz.draw_failure(error_of(al.debug()(lambda: np.log(x - 1.0)))).source
    assert "NonFiniteError" in source
    assert "log" in source


def test_every_style_of_a_graph_is_there() -> None:
    model = network()
    error = error_of(failing, model)
    light, dark = (al.viz.draw_failure(error, theme=theme).source for theme in ("light", "dark"))
    assert light != dark
    assert "rankdir=TB" in al.viz.draw_failure(error, direction="TB").source


def test_what_has_no_values_is_refused() -> None:
    with pytest.raises(ArgumentError, match="found no Value in what ZeroDivisionError"):
        al.viz.draw_failure(error_of(lambda: 1 / 0))
    with pytest.raises(ArgumentError, match="direction"):
        al.viz.draw_failure(error_of(failing, network()), direction="up")
    with pytest.raises(ArgumentError, match="theme"):
        al.viz.draw_failure(error_of(failing, network()), theme="blue")
