"""The paths of a graph from a Value to a result: how many, which are the largest.

The number of paths may be exponential in the size of the graph, so none of this goes through all
of them. Counting goes once through the graph. The search for the largest follows, from the result
on, what is left of the best that can still be had, and goes back to the next best.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import fit_to_operand, operands_as_recorded
from autograd_lite.recording import enable_recording
from autograd_lite.value import Value

__all__ = [
    "MOST",
    "Edge",
    "Edges",
    "count_paths",
    "edges_of",
    "largest_paths",
    "norm",
    "pull_back_along",
    "push_forward_along",
]

MOST = 10**300
"""Where counting stops: sums of such numbers would cost more than the rest."""

ZERO = 1e12
"""What a factor of 0 counts against a path in the search, in logarithms: more than all others."""


class Edge(NamedTuple):
    """One use of an operand in an operation that has a rule for it."""

    value: Value
    position: int

    @property
    def operand(self) -> Value:
        """The operand that the gradient goes to."""
        operand: Value = self.value.operands[self.position]
        return operand


Edges = Mapping[Value, list[Edge]]


def edges_of(nodes: list[Value]) -> Edges:
    """Return, for each of `nodes`, the edges by which a gradient gets to the first of them."""
    edges: dict[Value, list[Edge]] = {nodes[0]: []}
    for value in nodes[1:]:
        operation = value.operation
        assert operation is not None
        edges[value] = [
            Edge(value, position)
            for position, operand in enumerate(value.operands)
            if type(operand) is Value
            and (operand is nodes[0] or edges.get(operand))
            and operation.rules[0 if operation.variadic else position] is not None
        ]
    return edges


def count_paths(nodes: list[Value], edges: Edges) -> dict[Value, int]:
    """Return how many paths lead from each of `nodes` to the first of them, at most `MOST`."""
    counts = {nodes[0]: 1}
    for value in nodes[1:]:
        counts[value] = min(MOST, sum(counts[edge.operand] for edge in edges[value]))
    return counts


def pull_back_along(edge: Edge, g: Any, on_values: bool = False) -> Any:
    """Return what one use of an operand contributes to its gradient; `on_values`: as a Value."""
    value, position = edge
    operation = value.operation
    assert operation is not None
    x = value._arrays[position + 1]
    arguments = operands_as_recorded(value) if on_values else value._arrays
    rule: Any = operation.rules[0 if operation.variadic else position]
    if operation.variadic:
        (gradient,) = rule(g, *arguments, positions=[position], **value.params)
    else:
        gradient = rule(g, *arguments, **value.params)
    return fit_to_operand(gradient, edge.operand, x, value)


def push_forward_along(edge: Edge, tangent: Any) -> Any:
    """Return how the result of an operation changes with one use of an operand.

    A rule is linear in `g`: its derivative by `g` is its transpose, which goes forward.
    """
    with enable_recording():
        g = Value(np.zeros_like(edge.value.data))
        change = np.sum(pull_back_along(edge, g) * tangent)
        change.backward()
    return g.grad


def largest_paths(
    result: Value, nodes: list[Value], edges: Edges, gain: Callable[[Edge], float]
) -> Iterator[list[Edge]]:
    """Yield the paths from `result` to the first of `nodes`, those of the largest product first.

    Parameters
    ----------
    result : Value
        Where paths begin.
    nodes : list of Value
        In order of creation.
    edges : mapping
        See `edges_of`.
    gain : callable
        The size of an edge's factor.

    Notes
    -----
    `loss` is how much less, in logarithms, the best path through an edge is than the best path from
    its node: 0 for one edge of each node. A path that is begun costs what it lost so far, whatever
    comes after, so that the cheapest of those begun can be completed at no cost: k paths take k
    times their length. Among equals the latest is gone on with, else 2**n equal paths would all be
    begun before one of them ended.
    """
    best = {nodes[0]: 0.0}
    losses: dict[Edge, float] = {}
    for value in nodes[1:]:
        reach = {edge: logarithm(gain(edge)) + best[edge.operand] for edge in edges[value]}
        best[value] = max(reach.values(), default=0.0)
        losses.update((edge, best[value] - reach[edge]) for edge in edges[value])
    begun: list[tuple[float, int, Value, Any]] = [(0.0, 0, result, None)]
    order = 0
    while begun:
        lost, _, value, path = heapq.heappop(begun)
        if value is nodes[0]:
            yield edges_from(path)
        for edge in edges[value]:
            order -= 1
            heapq.heappush(begun, (lost + losses[edge], order, edge.operand, (edge, path)))


def logarithm(size: float) -> float:
    """Return a logarithm that is finite: 0 costs most; infinity and nan come first, 0 or not."""
    if not math.isfinite(size):
        return 2 * ZERO
    return math.log(size) if size > 0 else -ZERO


def edges_from(path: Any) -> list[Edge]:
    """Return the edges of a path that is linked from its end, from its beginning."""
    edges = []
    while path is not None:
        edge, path = path
        edges.append(edge)
    return edges[::-1]


def norm(gradient: Any, index: Any = None) -> float:
    """Return the size of a gradient: its Euclidean norm, or that of the elements at an index."""
    return float(np.linalg.norm(np.ravel(gradient if index is None else gradient[index])))
