"""Trees for the terminal, Mermaid and JSON: they say what the drawing says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.errors import ArgumentError
from tests.viz.drawings import taken_apart

ROOT = Path(__file__).parents[2]


def example() -> al.Value:
    x, w = al.Value([1.0, -2.0], name="x"), al.Value(np.arange(40.0), name="w")
    y = (x * x).sum() + w[3:5].sum() * np.float32(2.0)
    y.name = "y"
    y.backward()
    return y


def network() -> tuple[al.Value, viz.ModuleCalls]:
    model = al.nn.MLP([2, 3, 1], rng=0)
    with viz.record_modules(model) as modules:
        loss = (model(np.ones((1, 2))) ** 2).sum()
    return loss, modules


def chain(length: int) -> al.Value:
    x = al.Value(1.0)
    for _ in range(length):
        x = x + 1.0
    return x


# Trees


def test_tree_shows_operands_below_results() -> None:
    assert viz.to_text(example(), variables={}) == "\n".join(
        [
            "y 19 grad 1 = add",
            "├─ 5 grad 1 = sum",
            "│  └─ (2,) [1, 4] grad [1, 1] = multiply",
            "│     ├─ v0: x (2,) [1, -2] grad [2, -4]",
            "│     └─ v0 (above)",
            "└─ 14 grad 1 = multiply",
            "   ├─ 7 grad 2 = sum",
            "   │  └─ (2,) [3, 4] grad [2, 2] = getitem index=[3:5]",
            "   │     └─ w (40,) 0 … 39 grad 0 … 2",
            "   └─ float32 2",
        ]
    )


def test_tree_without_gradients() -> None:
    assert "grad" not in viz.to_text(example(), show_gradients=False)


def test_tree_of_doublings_is_linear() -> None:
    x = al.Value(1.0)
    for _ in range(36):
        x = x + x
    assert len(viz.to_text(x, fold=False, variables={}).splitlines()) == 1 + 2 * 36


def test_tree_of_a_folded_chain_names_the_fold() -> None:
    lines = viz.to_text(chain(2000), variables={}).splitlines()
    assert "├─ ×1,997 more (add)" in lines
    assert lines[-1] == "3,994 of 4,001 values and constants are inside of boxes"
    assert len(lines) < 12


def test_tree_says_what_was_cut() -> None:
    lines = viz.to_text(chain(2000), variables={}, fold=False, max_nodes=10).splitlines()
    assert sum(line.endswith("⋯ 2 not drawn") for line in lines) == 1
    assert lines[-1].startswith("⋯ 3,99")


def test_tree_shows_a_module_in_one_line() -> None:
    loss, modules = network()
    text = viz.to_text(loss, modules=modules, depth=0, variables={})
    assert text.count(" = MLP (3 operations)") == 1
    assert "weight" not in text


# JSON


def test_json_has_what_the_drawing_has() -> None:
    value = example()
    graph = json.loads(viz.to_json(value, variables={}))
    picture = taken_apart(viz.draw_graph(value, variables={}))
    assert {node["id"] for node in graph["nodes"]} == set(picture.texts)
    edges = [(edge["from"], edge["to"]) for edge in graph["edges"]]
    assert sorted(edges) == sorted(picture.edges)
    assert (graph["format"], graph["version"]) == ("autograd_lite.graph", 1)
    assert (graph["total"], graph["folded"], graph["left_out"]) == (9, 0, 0)


def test_json_nodes_are_whole() -> None:
    nodes = {n["name"] or n["id"]: n for n in nodes_of(example()) if n["kind"] == "value"}
    assert nodes["x"] == {
        "id": "v0",
        "kind": "value",
        "role": "variable",
        "name": "x",
        "shape": [2],
        "dtype": "float64",
        "data": [1.0, -2.0],
        "gradient": [2.0, -4.0],
        "inside": None,
    }
    assert nodes["w"]["data"] == {"min": 0.0, "max": 39.0}
    assert nodes["y"]["role"] == "result"
    (getitem,) = [n for n in nodes_of(example()) if n.get("title") == "getitem"]
    assert getitem["params"] == ["index=[3:5]"]


def nodes_of(value: al.Value, **options: object) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = json.loads(viz.to_json(value, variables={}, **options))[
        "nodes"
    ]
    return nodes


def test_json_keeps_the_positions_of_operands() -> None:
    a, b = al.Value(1.0, name="a"), al.Value(2.0, name="b")
    graph = json.loads(viz.to_json(b - a))
    names = {node["id"]: node.get("name") for node in graph["nodes"]}
    operands = {e["position"]: names[e["from"]] for e in graph["edges"] if "position" in e}
    assert operands == {0: "b", 1: "a"}


def test_json_has_strings_for_what_it_cannot_write() -> None:
    x = al.Value([np.nan, np.inf, 1.0])
    assert nodes_of(x)[0]["data"] == ["nan", "inf", 1.0]
    assert nodes_of(al.Value(np.full(20, np.nan)))[0]["data"] == {"min": "nan", "max": "nan"}
    assert nodes_of(al.Value(1 + 2j))[0]["data"] == "(1+2j)"
    assert nodes_of(al.Value(np.full(20, 3 + 4j)))[0]["data"] == {"min": 5.0, "max": 5.0}


def test_json_has_frames_and_folds() -> None:
    loss, modules = network()
    graph = json.loads(viz.to_json(loss, modules=modules, indent=1))
    titles = {frame["id"]: frame["title"] for frame in graph["frames"]}
    assert list(titles.values()) == ["MLP", "0 Linear", "1 ReLU", "2 Linear"]
    assert [frame["inside"] for frame in graph["frames"]] == [None, *["frame0"] * 3]
    (weight,) = [n for n in graph["nodes"] if n.get("name") == "2.weight"]
    assert titles[weight["inside"]] == "2 Linear"
    (fold,) = [n for n in nodes_of(chain(1000)) if n["kind"] == "fold"]
    assert (fold["title"], fold["note"]) == ("×997 more", "add")


# Mermaid


def test_mermaid_has_what_the_drawing_has() -> None:
    value = example()
    text = viz.to_mermaid(value, variables={}, direction="TB")
    picture = taken_apart(viz.draw_graph(value, variables={}))
    assert text.startswith("flowchart TB\n")
    assert set(re.findall(r"^    (\w+)\W+\".*:::\w+$", text, re.MULTILINE)) == set(picture.texts)
    edges = re.findall(r"^    (\w+) --> (\w+)$", text, re.MULTILINE)
    assert sorted(edges) == sorted(picture.edges)
    assert 'v0("x<br/>(2,)<br/>[1, -2]<br/>grad [2, -4]"):::variable' in text


def test_mermaid_escapes_names() -> None:
    x = al.Value(1.0, name='a "b" <c> #1 & `d`')
    text = viz.to_mermaid(x * 2.0)
    assert '"a #quot;b#quot; #lt;c#gt; #35;1 #amp; #96;d#96;<br/>1"' in text


def test_mermaid_has_frames_folds_cuts_and_themes() -> None:
    loss, modules = network()
    text = viz.to_mermaid(loss, modules=modules, theme="dark")
    assert text.count("subgraph ") == 4
    assert text.count("    end\n") == 4
    assert 'subgraph frame0["MLP"]' in text
    assert "#123c57" in text
    assert 'fold0[/"×997 more (add)"/]:::fold' in viz.to_mermaid(chain(1000), variables={})
    cut = viz.to_mermaid(chain(1000), variables={}, fold=False, max_nodes=10)
    assert re.search(r'cutop\d+\["⋯ 2"\] -\.-> op\d+', cut)
    assert "%% ⋯ 1,9" in cut


@pytest.mark.parametrize("options", [{"theme": "blue"}, {"direction": "left"}])
def test_mermaid_refuses_unknown_looks(options: dict[str, str]) -> None:
    with pytest.raises(ArgumentError):
        viz.to_mermaid(al.Value(1.0), **options)


# All


@pytest.mark.parametrize("write", [viz.to_text, viz.to_json, viz.to_mermaid])
def test_only_a_value_has_a_graph(write: object) -> None:
    with pytest.raises(ArgumentError, match="float"):
        write(1.0)


IN_ANOTHER_PROCESS = """
import sys
from autograd_lite import viz
from tests.viz.test_text_formats import example, network
sys.stdout.reconfigure(encoding="utf-8")
loss, modules = network()
for write in (viz.to_text, viz.to_json, viz.to_mermaid):
    print(write(example(), variables={}), write(loss, modules=modules, variables={}))
"""


def test_text_is_the_same_in_any_process() -> None:
    texts = [
        subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert texts[0] == texts[1]
    assert b"flowchart" in texts[0]
