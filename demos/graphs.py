"""Three graphs as pictures: a neuron, micrograd's example, and the loss of a small network.

Run ``python -m demos.graphs``. Where there is no Graphviz it saves the DOT text instead.
"""

from __future__ import annotations

from pathlib import Path

import graphviz

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import RenderError
from demos.command_line import run

__all__ = ["main", "micrograd_example", "network_loss", "neuron"]


def neuron() -> graphviz.Digraph:
    """Draw one neuron: a weighted sum of its inputs and a bias, through a sigmoid."""
    w1, x1 = al.Value(0.8, name="w1"), al.Value(0.5, name="x1")
    w2, x2 = al.Value(-0.4, name="w2"), al.Value(-1.2, name="x2")
    b = al.Value(0.1, name="b")
    z = w1 * x1 + w2 * x2 + b
    z.name = "z"
    a = ops.sigmoid(z)
    a.name = "a"
    a.backward()
    return viz.draw_graph(a, parameters=[w1, w2, b], legend=True)


def micrograd_example() -> graphviz.Digraph:
    """Draw the expression in micrograd's README: g = 24.70, its gradients 138.8 and 645.6."""
    a = al.Value(-4.0, name="a")
    b = al.Value(2.0, name="b")
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    for value, name in ((c, "c"), (d, "d"), (e, "e"), (f, "f"), (g, "g")):
        value.name = name
    g.backward()
    return viz.draw_graph(g, legend=True)


def network_loss() -> graphviz.Digraph:
    """Draw the loss of a network 2 → 3 → 1 on one event, with the gradients of its weights."""
    weight1 = al.Value([[0.9, -0.3], [-0.5, 0.7], [0.2, 0.4]], name="W1")
    bias1 = al.Value([0.1, 0.0, -0.2], name="b1")
    weight2 = al.Value([[1.1, -0.6, 0.5]], name="W2")
    bias2 = al.Value([0.05], name="b2")
    event = al.Value([[0.5, -1.2]], requires_grad=False, name="x")
    target = al.Value([[1.0]], requires_grad=False, name="y")
    hidden = ops.relu(ops.linear(event, weight1, bias1))
    hidden.name = "h"
    logit = ops.linear(hidden, weight2, bias2)
    logit.name = "z"
    loss = ops.bce_with_logits(logit, target)
    loss.name = "loss"
    loss.backward()
    return viz.draw_graph(loss, parameters=[weight1, bias1, weight2, bias2], legend=True)


def main(out: Path) -> None:
    """Save the drawings in a folder: as SVG, or as DOT text where there is no Graphviz."""
    for draw in (neuron, micrograd_example, network_loss):
        try:
            path = viz.save(draw(), out / f"graph_{draw.__name__}.svg")
        except RenderError as error:
            print(error)
        else:
            print(f"figure: {path}")


if __name__ == "__main__":
    run(main, __doc__)
