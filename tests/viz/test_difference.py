"""Two graphs compared: what was added, removed and changed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.errors import ArgumentError
from autograd_lite.viz.picture import all_values


def network(activation: str = "relu", hidden: int = 3, seed: int = 0) -> al.Value:
    """Return the output of a network whose parameters have names."""
    model = al.nn.MLP([2, 3, hidden, 1], activation=activation, rng=seed)
    for name, parameter in model.named_parameters():
        parameter.name = name
        parameter.data = np.full(parameter.shape, 0.5)
    return model(np.ones((4, 2)))


def names(values: list[al.Value]) -> list[str]:
    """Return the operations that made some Values."""
    return [value.operation.name for value in values]


def test_equal_graphs_do_not_differ() -> None:
    difference = al.viz.compare_graphs(network(), network())
    assert (difference.added, difference.removed, difference.changed) == ([], [], [])
    assert str(difference) == "no difference"


def test_an_operation_in_place_of_another() -> None:
    difference = al.viz.compare_graphs(network("relu"), network("tanh"))
    assert names(difference.added) == ["tanh", "tanh"]
    assert names(difference.removed) == ["relu", "relu"]
    assert difference.changed == []


@pytest.mark.parametrize("times", [1, 3])
def test_operations_that_were_put_in_between_or_taken_out(times: int) -> None:
    x = al.Value([1.0, 2.0], name="x")

    def graph(extra: int) -> al.Value:
        y = np.exp(x)
        for _ in range(extra):
            y = np.sin(y)
        return (y * 3.0).sum()

    there = al.viz.compare_graphs(graph(0), graph(times))
    assert names(there.added) == ["sin"] * times
    assert (there.removed, there.changed) == ([], [])
    back = al.viz.compare_graphs(graph(times), graph(0))
    assert names(back.removed) == ["sin"] * times
    assert (back.added, back.changed) == ([], [])


def test_metadata_shapes_dtypes_and_numbers_are_told() -> None:
    x = al.Value(np.ones((2, 3)), name="x")
    y = al.Value(np.ones((2, 3), np.float32), name="x")
    z = al.Value(np.full((2, 3), 2.0), name="x")

    def text(before: al.Value, after: al.Value) -> str:
        return str(al.viz.compare_graphs(before, after))

    assert "axis=0 → axis=1" in text(x.sum(axis=0), x.sum(axis=1))
    assert "shape (3,) → (2,)" in text(x.sum(axis=0), x.sum(axis=1))
    assert "default → axis=1" in text(x.sum(), x.sum(axis=1))
    assert "dtype float64 → float32" in text(x.sum(), y.sum())
    assert "≠ x (2, 3): numbers all 1 → all 2" in text(x.sum(), z.sum())
    assert "operand 1: 2 → 5" in text(x * 2.0, x * 5.0)


def test_other_numbers_further_on_are_no_change_of_their_own() -> None:
    x, y = (al.Value([number], name="x") for number in (1.0, 2.0))
    difference = al.viz.compare_graphs(np.exp(np.sin(x)), np.exp(np.sin(y)))
    assert [change.after for change in difference.changed] == [y]


@given(st.lists(st.sampled_from(["sin", "cos", "negative"]), max_size=8), st.data())
def test_every_value_is_told_once(operations: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(["sin", "cos", "tanh"]), max_size=8))

    def graph(chain: list[str]) -> al.Value:
        y = al.Value(0.1, name="x")
        for name in chain:
            y = getattr(np, name)(y) + y
        return y

    before, after = graph(operations), graph(others)
    difference = al.viz.compare_graphs(before, after)
    assert {*difference.pairs, *difference.added} == set(all_values(after))
    assert {*difference.pairs.values(), *difference.removed} == set(all_values(before))
    assert len(set(difference.pairs.values())) == len(difference.pairs)
    assert not set(difference.pairs) & set(difference.added)


def test_paths_are_not_counted() -> None:
    """Doubling ladders have exponentially many paths: it would not end."""

    def ladder(steps: int, last: str) -> al.Value:
        x = al.Value(0.0, name="x")
        for _ in range(steps):
            x = x + x
        return getattr(np, last)(x)

    difference = al.viz.compare_graphs(ladder(2000, "sin"), ladder(2001, "cos"))
    assert names(difference.removed) == ["sin"]
    assert sorted(names(difference.added)) == ["add", "cos"]


def test_the_drawing_marks_what_differs_by_sign_and_line() -> None:
    source = al.viz.draw_difference(network("relu"), network("tanh", hidden=5)).source
    assert "+ tanh" in source
    assert "− relu" in source
    assert "≠ 2.weight" in source
    assert "dashed" in source
    assert "peripheries=2" in source
    assert "removed" in source  # in the legend


def test_context_and_budget_limit_the_drawing() -> None:
    def boxes(source: str) -> int:
        return source.count("\n\tv") - source.count("->")

    x = al.Value(0.5, name="x")
    y = x
    for _ in range(50):
        y = np.sin(y)
    before, after = y * 2.0, y * 3.0
    assert boxes(al.viz.draw_difference(before, after, context=0).source) == 1
    assert boxes(al.viz.draw_difference(before, after, context=3).source) == 4
    few = al.viz.draw_difference(before, np.exp(y) + after, context=99, max_nodes=10).source
    assert boxes(few) == 10
    assert "44 of 54 values" in few
    assert boxes(al.viz.draw_difference(before, before).source) == 2


def test_differences_are_the_last_to_be_left_out() -> None:
    x = al.Value(0.5, name="x")
    before, after = np.cosh(np.tanh(x)), np.sinh(x)
    for _ in range(20):
        before, after = np.sin(before), np.sin(after)
    source = al.viz.draw_difference(before, after, context=99, max_nodes=3).source
    assert all(mark in source for mark in ("− tanh", "− cosh", "+ sinh"))


def test_the_text_is_the_same_each_time_and_in_both_themes_there() -> None:
    pair = network("relu"), network("tanh")
    assert al.viz.draw_difference(*pair).source == al.viz.draw_difference(*pair).source
    assert (
        al.viz.draw_difference(*pair).source != al.viz.draw_difference(*pair, theme="dark").source
    )


def test_wrong_arguments_are_refused() -> None:
    x = al.Value(1.0)
    with pytest.raises(ArgumentError, match="two Values"):
        al.viz.compare_graphs(x, 1.0)
    wrong = {"context": -1, "direction": "up", "theme": "blue", "max_nodes": "all"}
    for options in ({key: value} for key, value in [*wrong.items(), ("max_nodes", -1)]):
        with pytest.raises(ArgumentError):
            al.viz.draw_difference(x, x, **options)
