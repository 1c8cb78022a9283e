"""Large graphs: repetitions are drawn once, whatever they are made of, in linear work."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.viz import folding
from tests.viz.drawings import Drawn, taken_apart


def drawn(value: al.Value, **options: object) -> Drawn:
    return taken_apart(viz.draw_graph(value, **{"variables": {}, **options}))


def folds_in(picture: Drawn) -> list[str]:
    return [text for node, text in picture.texts.items() if node.startswith("fold")]


def boxes_in(picture: Drawn) -> int:
    return sum(node[0] in "vc" and node[:3] != "cut" for node in picture.texts)


def recurrence(steps: int) -> al.Value:
    rng = np.random.default_rng(0)
    w = al.Value(rng.normal(size=(8, 4)) / 4, name="W")
    u = al.Value(rng.normal(size=(8, 8)) / 4, name="U")
    x = al.Value(rng.normal(size=(steps, 4)), name="X")
    h: al.Value = al.Value(np.zeros(8), name="h0")
    loss: al.Value = al.Value(0.0)
    for t in range(steps):
        h = np.tanh(w @ x[t] + u @ h)
        loss = loss + (h * h).sum()
    loss.backward()
    return loss


def deep_network() -> al.Value:
    rng = np.random.default_rng(0)
    model = al.nn.MLP([4] + [8] * 20 + [1], rng=0)
    logits = model(rng.normal(size=(16, 4)))
    loss = al.nn.functional.binary_cross_entropy_with_logits(logits, np.ones((16, 1)))
    loss.backward()
    return loss


def test_chain_is_its_first_and_last_operations() -> None:
    x = al.Value(1.0, name="x")
    for _ in range(1000):
        x = x * 2.0
    picture = drawn(x, max_nodes=20)
    assert folds_in(picture) == ["×997 more multiply"]
    assert picture.footer == "1,994 of 2,001 values and constants are inside of boxes"
    into = [source for source, target in picture.edges if target == "fold0"]
    out = [target for source, target in picture.edges if source == "fold0"]
    assert (into, out) == (["v2"], ["op3"])


def test_unrolled_recurrence_is_one_step_of_many() -> None:
    picture = drawn(recurrence(200))
    assert folds_in(picture) == ["×197 more getitem → matmul → matmul → … → add"]
    assert len(picture.texts) < 60
    shared = {source for source, target in picture.edges if target == "fold0"}
    names = {picture.texts[node].split()[0] for node in shared}
    assert {"W", "U", "X"} <= names


def test_deep_network_is_one_layer_of_many() -> None:
    picture = drawn(deep_network(), max_nodes=60)
    assert folds_in(picture) == ["×17 more relu → linear"]
    assert len(picture.texts) <= 60


def test_fold_that_another_fold_needs_leads_there() -> None:
    x = al.Value(1.0)
    found = []
    for _ in range(100):
        x = x * 0.5
        found.append(x)
    total = al.Value(0.0)
    for x in found:
        total = total + np.exp(x)
    picture = drawn(total, fold=True)
    assert (
        folds_in(picture) == ["×98 more multiply", "×97 more exp → add"]
        or len(folds_in(picture)) == 2
    )
    assert ("fold0", "fold1") in picture.edges


@pytest.mark.parametrize("fold", [True, False, None])
def test_small_graphs_are_folded_on_request(fold: bool | None) -> None:
    x = al.Value(1.0)
    for _ in range(10):
        x = x * 2.0
    assert bool(folds_in(drawn(x, fold=fold))) is (fold is True)


@pytest.mark.parametrize(("repetitions", "folds"), [(3, 0), (4, 1), (5, 1)])
def test_few_repetitions_are_drawn(repetitions: int, folds: int) -> None:
    x = al.Value(1.0)
    for _ in range(repetitions):
        x = x * 2.0
    y = np.exp(x)
    assert len(folds_in(drawn(y, fold=True))) == max(folds - (repetitions == 4), 0)


def test_different_operations_shapes_and_distances_do_not_repeat() -> None:
    x = al.Value(np.ones(3))
    for operation in (np.sin, np.cos, np.exp, np.tanh, np.sin, np.exp, np.cos, np.cos):
        x = operation(x)
    assert folds_in(drawn(x, fold=True)) == []
    x = al.Value(np.ones(3))
    for _ in range(6):
        x = np.concatenate([x, x])  # a new shape each time
    assert folds_in(drawn(x, fold=True)) == []
    values = [al.Value(1.0), al.Value(0.5)]
    for i in range(12):
        values.append(values[-1] * values[-1 - (i in (2, 5, 6, 9))])
    assert folds_in(drawn(values[-1], fold=True)) == []


@given(
    period=st.integers(1, 5),
    repetitions=st.integers(4, 12),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    data=st.data(),
)
def test_folded_boxes_and_drawn_ones_are_all(
    period: int, repetitions: int, before: int, after: int, data: st.DataObject
) -> None:
    functions = [np.sin, np.exp, np.tanh, lambda x: x + 1.0, lambda x: x * x]
    step = [data.draw(st.sampled_from(functions)) for _ in range(period)]
    x = al.Value(0.5)
    with np.errstate(all="ignore"):
        for function in [np.cos] * before + step * repetitions + [np.arctan] * after:
            x = function(x)
    whole, folded = drawn(x, max_nodes=1000), drawn(x, fold=True)
    assert len(folded.texts) <= len(whole.texts)
    hidden = boxes_in(whole) - boxes_in(folded)
    assert folded.footer == (
        f"{hidden:,} of {boxes_in(whole):,} values and constants are inside of boxes"
        if hidden
        else ""
    )
    ends = {source for source, target in folded.edges}
    assert len(set(folded.texts) - ends) == 1  # all lead to the result


def test_work_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost_of(steps: int) -> int:
        asked = 0

        class Counting(dict):  # type: ignore[type-arg]
            def __getitem__(self, key: int) -> int:
                nonlocal asked
                asked += 1
                return int(super().__getitem__(key))

        plain = viz.picture.unit_places
        with monkeypatch.context() as patch:
            patch.setattr(viz.picture, "unit_places", lambda units: Counting(plain(units)))
            picture = drawn(recurrence(steps), fold=True)
        assert len(picture.texts) < 60
        return asked

    small, large = cost_of(50), cost_of(500)
    assert 5 * small < large < 10.5 * small


def test_periods_longer_than_the_limit_are_not_looked_for() -> None:
    signatures = np.tile(np.arange(folding.LONGEST_PERIOD + 1), 5)
    assert folding.candidates(signatures) == []
    signatures = np.tile(np.arange(folding.LONGEST_PERIOD), 5)
    assert folding.candidates(signatures) == [(0, folding.LONGEST_PERIOD, 5)]
