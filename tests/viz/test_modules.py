"""Modules in a drawing: frames around their operations, or one box each."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.errors import ArgumentError
from tests.viz.drawings import Drawn, taken_apart


class Residual(al.nn.Module):
    def __init__(self, rng: np.random.Generator) -> None:
        self.inner = al.nn.Sequential(al.nn.Linear(3, 3, rng=rng), al.nn.Tanh())

    def forward(self, x: al.Value) -> al.Value:
        return x + 0.5 * self.inner(x)


def model_of(blocks: int) -> al.nn.Sequential:
    rng = np.random.default_rng(0)
    return al.nn.Sequential(*(Residual(rng) for _ in range(blocks)), al.nn.Linear(3, 1, rng=rng))


def recorded(blocks: int = 2) -> tuple[al.Value, viz.ModuleCalls]:
    model = model_of(blocks)
    with viz.record_modules(model) as modules:
        out = model(np.ones((2, 3)))
    return out.sum(), modules


def drawn(value: al.Value, **options: object) -> Drawn:
    return taken_apart(viz.draw_graph(value, **{"variables": {}, **options}))


def modules_in(picture: Drawn) -> list[str]:
    return [text for node, text in picture.texts.items() if node.startswith("module")]


def frames_of(value: al.Value, **options: object) -> list[str]:
    source = viz.draw_graph(value, variables={}, **options).source
    return re.findall(r"subgraph cluster_\d+ \{\s*graph \[.*?label=<<FONT[^>]*>([^<]*)<", source)


def test_frames_nest_as_calls_do() -> None:
    loss, modules = recorded()
    assert frames_of(loss, modules=modules) == [
        "Sequential",
        "0 Residual",
        "0.inner Sequential",
        "0.inner.0 Linear",
        "0.inner.1 Tanh",
        "1 Residual",
        "1.inner Sequential",
        "1.inner.0 Linear",
        "1.inner.1 Tanh",
        "2 Linear",
    ]


@pytest.mark.parametrize(
    ("options", "boxes"),
    [
        ({"depth": 0}, ["Sequential 9 operations"]),
        (
            {"depth": 1},
            ["0 Residual 4 operations", "1 Residual 4 operations", "2 Linear 1 operation"],
        ),
        (
            {"depth": 2},
            ["0.inner Sequential 2 operations", "1.inner Sequential 2 operations"],
        ),
        (
            {"depth": 0, "expand": ["1"]},
            ["0 Residual 4 operations", "1.inner Sequential 2 operations", "2 Linear 1 operation"],
        ),
        ({}, []),
    ],
)
def test_depth_and_expand_say_what_is_one_box(options: dict[str, object], boxes: list[str]) -> None:
    loss, modules = recorded()
    assert sorted(modules_in(drawn(loss, modules=modules, **options))) == boxes


def test_module_in_one_box_has_its_input_and_output_alone() -> None:
    loss, modules = recorded()
    picture = drawn(loss, modules=modules, depth=0)
    assert list(picture.texts) == ["module0", "cmodule0_0", "v0", "op1", "v1"]
    assert picture.texts["module0"] == "Sequential 9 operations"
    assert picture.texts["cmodule0_0"].startswith("(2, 3) 1 1 1")
    assert len(picture.edges) == 4


def test_parameters_are_named_by_the_recorded_model() -> None:
    loss, modules = recorded(1)
    texts = drawn(loss, modules=modules).texts.values()
    for name, _ in modules.named_parameters():
        assert any(text.startswith(f"{name} (") for text in texts)


def test_values_given_to_a_module_are_its_inputs() -> None:
    layer = al.nn.Linear(2, 2, rng=0)
    x = al.Value([[1.0, 2.0]], name="x")
    with viz.record_modules(layer) as modules:
        out = layer(layer(x) + x)
    picture = drawn(out, modules=modules, depth=0)
    assert modules_in(picture) == ["Linear 1 operation"] * 2
    sources = [source for source, target in picture.edges if target == "module0"]
    assert [picture.texts[source].split()[0] for source in sources] == ["x"]
    assert not any("weight" in text for text in picture.texts.values())


def test_repeated_blocks_are_folded_between_their_frames() -> None:
    loss, modules = recorded(30)
    frames = frames_of(loss, modules=modules, fold=True)
    blocks = [frame for frame in frames if "Residual" in frame]
    assert blocks == ["0 Residual", "1 Residual", "29 Residual"]
    picture = drawn(loss, modules=modules, fold=True)
    folds = [text for node, text in picture.texts.items() if node.startswith("fold")]
    assert len(folds) == 1
    assert folds[0].endswith("linear → tanh → multiply → add")


def test_modules_close_until_the_budget_is_kept() -> None:
    rng = np.random.default_rng(0)
    layers = [al.nn.Linear(3, 3, rng=rng), al.nn.Tanh(), al.nn.ReLU(), al.nn.Sigmoid()]
    order = [layers[i] for i in rng.integers(0, 4, size=60)]
    model = al.nn.Sequential(*(al.nn.Sequential(*order[i : i + 6]) for i in range(0, 60, 6)))
    with viz.record_modules(model) as modules:
        out = model(np.ones((1, 3)))
    wide = drawn(out, modules=modules, max_nodes=1000)
    assert modules_in(wide) == []
    narrow = drawn(out, modules=modules, max_nodes=40)
    assert len(narrow.texts) <= 40
    assert len(modules_in(narrow)) == 10
    assert "inside of boxes" in narrow.footer


def test_recording_ends_with_the_block_and_after_errors() -> None:
    model = model_of(1)
    with pytest.raises(ValueError, match="shape"), viz.record_modules(model) as modules:
        model(np.ones((2, 7)))
    count = len(modules.calls)
    model(np.ones((2, 3)))
    assert len(modules.calls) == count
    assert all(call.stop > call.start for call in modules.calls)


def test_modules_outside_of_the_model_go_by_their_class() -> None:
    model, other = al.nn.Linear(2, 2, rng=0), al.nn.Tanh()
    with viz.record_modules(model) as modules:
        out = other(model(np.ones((1, 2))))
    assert frames_of(out, modules=modules) == ["Linear", "Tanh"]
    assert modules_in(drawn(out, modules=modules, depth=0, expand=["Linear"])) == [
        "Tanh 1 operation"
    ]


@pytest.mark.parametrize("options", [{"expand": ["7"]}, {"expand": "0"}, {"depth": -1}])
def test_unknown_modules_and_depths_are_refused(options: dict[str, object]) -> None:
    loss, modules = recorded()
    with pytest.raises(ArgumentError):
        viz.draw_graph(loss, modules=modules, **options)


def test_what_two_modules_use_is_in_the_frame_around_both() -> None:
    shared = al.Value(0.5, name="shared")

    class Scaled(al.nn.Module):
        def __init__(self) -> None:
            self.scale = shared
            self.own = al.Value(1.0, name="own")

        def forward(self, x: al.Value) -> al.Value:
            return x * self.scale + self.own

    model = al.nn.Sequential(Scaled(), Scaled())
    with viz.record_modules(model) as modules:
        out = model(al.Value(1.0, name="x"))
    graph = json.loads(viz.to_json(out, modules=modules))
    titles = {frame["id"]: frame["title"] for frame in graph["frames"]}
    frames = {node["name"]: titles[node["inside"]] for node in graph["nodes"] if node.get("name")}
    assert frames["shared"] == "Sequential"
    assert frames["0.own"] == "0 Scaled"
    assert frames["1.own"] == "1 Scaled"
