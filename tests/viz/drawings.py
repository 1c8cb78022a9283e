"""Drawings taken apart: nodes with their text, edges, and programs to draw."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from typing import NamedTuple

import graphviz
import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops, viz
from demos import graphs

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz program here")

NODE = re.compile(r"^\t+(\w+) \[(.*)\]$", re.DOTALL)
EDGE = re.compile(r"^\t(\w+) -> (\w+)")
DEFAULTS = ("graph", "node", "edge")


class Drawn(NamedTuple):
    """The nodes of a drawing with their text and attributes, and its edges in order."""

    texts: dict[str, str]
    attributes: dict[str, str]
    edges: list[tuple[str, str]]
    footer: str


def taken_apart(drawing: graphviz.Digraph) -> Drawn:
    texts, attributes, edges, footer = {}, {}, [], ""
    for line in lines_of(drawing):
        edge, node = EDGE.match(line), NODE.match(line)
        if edge:
            edges.append(edge.groups())
        elif node and node[1] not in DEFAULTS:
            texts[node[1]] = text_of(node[2])
            attributes[node[1]] = node[2]
        elif node and line.startswith("\tgraph") and "label=" in line:
            footer = text_of(node[2])
    return Drawn(texts, attributes, edges, footer)


def lines_of(drawing: graphviz.Digraph) -> list[str]:
    """Return the statements, those inside of frames as well."""
    return re.findall(r"^\t.*?(?=\n\t|\n\}|\Z)", "".join(drawing.body), re.DOTALL | re.MULTILINE)


def text_of(attributes: str) -> str:
    """Return the words of a label, without markup."""
    markup = re.search(r"label=<(.*?)>(?: \w+=|$)", attributes, re.DOTALL)
    if markup is None:
        plain = re.search(r'label="?([^"]*)"?', attributes)
        return plain[1] if plain else ""
    words = re.sub(r"<[^>]*>", " ", markup[1])
    return " ".join(html.unescape(words).split())


# Programs with one golden file each


def square() -> graphviz.Digraph:
    x = al.Value(3.0, name="x")
    y = x * x
    y.backward()
    return viz.draw_graph(y)


def matmul() -> graphviz.Digraph:
    a = al.Value([[0.5, -1.0, 2.0], [3.0, 4.0, 5.0]], name="A")
    b = al.Value(np.arange(15.0).reshape(3, 5), name="B")
    out = (a @ b).sum(axis=1).mean()
    out.backward()
    return viz.draw_graph(out, direction="TB")


def escapes() -> graphviz.Digraph:
    x = al.Value(1.0, name='a "b" <c> {d} | \\N & é∂\nsecond line')
    y = x * al.Value(2.0, name="<B>bold</B>")
    y.name = "bell \x07, \ud800"
    return viz.draw_graph(y)


def constants() -> graphviz.Digraph:
    x = al.Value([1.0, 2.0], name="x")
    mask = al.Value([True, False], requires_grad=False, name="mask")
    y = np.where(mask, 2 * x, np.array([3, 4])) ** 2
    return viz.draw_graph(y.sum(), legend=True)


def indexing() -> graphviz.Digraph:
    x = al.Value(np.arange(40.0, dtype=np.float32).reshape(5, 8), name="x")
    row = x[0, 1:7:2]
    several = row[np.array([0, 2, 2])]
    masked = x[..., 3][np.array([True, False, True, True, False])]
    out = np.concatenate([several, masked]).reshape(2, 3).max(axis=(0, 1), keepdims=True)
    out.backward(np.ones((1, 1)))
    return viz.draw_graph(out)


def cut_chain() -> graphviz.Digraph:
    x = al.Value(1.0, name="x")
    for _ in range(50):
        x = x * 2.0
    return viz.draw_graph(x, max_nodes=12, fold=False)


def folded_chain() -> graphviz.Digraph:
    x = al.Value(1.0, name="x")
    for _ in range(50):
        x = x * 2.0
    return viz.draw_graph(x, max_nodes=12, theme="dark")


def network_in_frames() -> graphviz.Digraph:
    model = al.nn.MLP([2, 3, 3, 1], rng=0)
    with viz.record_modules(model) as modules:
        out = model(np.array([[0.5, -1.0]]))
    loss = (out**2).sum()
    loss.backward()
    return viz.draw_graph(loss, modules=modules, depth=1, expand=["2"], legend=True)


def derivatives() -> graphviz.Digraph:
    x, w, b = al.Value(0.5, name="x"), al.Value(-0.8, name="w"), al.Value(0.1, name="b")
    y = (w * x + b).tanh() * x
    y.backward()
    return viz.draw_graph(y, show_derivatives=True, direction="TB")


PROGRAMS: dict[str, Callable[[], graphviz.Digraph]] = {
    "neuron": graphs.neuron,
    "micrograd_example": graphs.micrograd_example,
    "network_loss": graphs.network_loss,
    "square": square,
    "matmul": matmul,
    "escapes": escapes,
    "constants": constants,
    "indexing": indexing,
    "cut_chain": cut_chain,
    "folded_chain": folded_chain,
    "network_in_frames": network_in_frames,
    "derivatives": derivatives,
    "cross_entropy": lambda: viz.draw_graph(
        ops.cross_entropy(
            al.Value([[2.0, -1.0, 0.5]], name="logits"), np.array([2]), reduction="sum"
        )
    ),
}
