"""Names as textbooks have them, for all that belongs to linear layers."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import ArgumentError


def names_in(value: al.Value, **options: object) -> list[str]:
    """Return what is called by a name in a drawing, in order."""
    options = {"notation": "layers", "variables": {}, **options}
    return re.findall(r"<B>(.*?)</B>", viz.draw_graph(value, **options).source)


def test_layers_are_counted_and_their_parts_are_called_as_in_the_article() -> None:
    model = al.nn.MLP([2, 3, 3, 1], activation="tanh", rng=0)
    x = al.Value(np.ones((4, 2)), requires_grad=False)
    loss = ops.bce_with_logits(model(x), np.ones((4, 1)))
    expected = ["x", "W₁", "b₁", "W₂", "b₂", "W₃", "b₃", "z₁", "a₁", "z₂", "a₂", "z₃"]
    assert sorted(names_in(loss)) == sorted(expected)
    assert sorted(names_in(loss, parameters=model)) == sorted(expected)


def test_names_of_the_user_stay_but_for_parameters() -> None:
    x = al.Value([[1.0, 2.0]], requires_grad=False, name="event")
    z = al.nn.functional.linear(x, al.Value([[3.0, 4.0]], name="weight"))
    z.name = "logit"
    assert sorted(names_in(np.tanh(z))) == ["W₁", "a₁", "event", "logit"]


def test_a_layer_that_is_used_again_keeps_its_number() -> None:
    cell = al.nn.Linear(2, 2, rng=0)
    out = np.tanh(cell(np.tanh(cell(np.ones((1, 2))))))
    assert sorted(names_in(out)) == ["W₁", "a₁", "b₁", "z₁"]


def test_elements_are_called_after_their_arrays() -> None:
    model = al.nn.MLP([2, 2, 1], rng=0)
    out = model(np.ones((1, 2)))
    text = viz.to_text(out, notation="layers", scalars=True, variables={})
    assert "W₁[0,1]" in text
    text = viz.to_text(out, notation="layers", expand=["z₂"], variables={})
    assert "W₂[0,1]" in text
    assert "a₁[0,1]" in text
    assert "z₂" in text


def test_other_notations_are_refused() -> None:
    with pytest.raises(ArgumentError, match="notation is one of paths, layers"):
        viz.draw_graph(al.Value(1.0), notation="greek")


def test_pointing_at_an_array_tells_its_statistics() -> None:
    data = np.array([[0.0, 1.0, 2.0, np.nan, 5.0]])
    source = viz.draw_graph(al.Value(data, name="x"), variables={}).source
    assert "0 … 5, mean 2, standard deviation 1.871, 1 NaN" in source
    infinite = viz.draw_graph(al.Value([np.inf, 1.0], name="x"), variables={}).source
    assert "1 … inf, mean inf, standard deviation nan" in infinite
