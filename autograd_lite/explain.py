"""Explain a gradient: the paths through the graph that it is the sum of, the largest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from autograd_lite.backward import nodes_between, pull_back, recorded_nodes, seed_for
from autograd_lite.debugging.paths import (
    Edge,
    Edges,
    count_paths,
    edges_of,
    largest_paths,
    norm,
    pull_back_along,
    push_forward_along,
)
from autograd_lite.debugging.zero_reasons import zero_reason
from autograd_lite.errors import ArgumentError, GraphError
from autograd_lite.value import Value, content_of

__all__ = ["Explanation", "Path", "explain"]

FEW_STEPS = 20_000
"""So many steps, over all paths, are taken to look at every path of a graph of arrays."""


@dataclass(frozen=True)
class Path:
    """One way that a gradient takes, from a Value to the result.

    Attributes
    ----------
    values : tuple of Value
        The Values on the way, from the one that is explained to the result.
    positions : tuple of int
        Which operand of its successor each of them is, but for the last.
    factors : tuple of float
        What each operation does to the gradient on its way back: its derivative, in a graph of
        single numbers, else by how much it changes the norm of the gradient that comes along.
    contribution : ndarray or numpy scalar
        What this path adds to the gradient.
    reason : str or None
        Why it adds nothing, if it adds nothing.
    """

    values: tuple[Value, ...]
    positions: tuple[int, ...]
    factors: tuple[float, ...]
    contribution: Any
    reason: str | None = None


@dataclass(frozen=True, repr=False)
class Explanation:
    """How a gradient comes about; print it.

    Attributes
    ----------
    result, x : Value
        What was differentiated, and with respect to what.
    total : ndarray or numpy scalar
        The gradient: the sum over all paths.
    paths : list of Path
        The largest, the largest first.
    path_count : int
        How many paths there are (at most 10**300: counting stops there).
    rest : ndarray or numpy scalar
        What the paths that are not in `paths` add up to.
    is_exact : bool
        Whether no other path is larger than those in `paths`. False for graphs of arrays with so
        many paths that an estimate had to choose which to look at.
    dead_ends : dict
        For each reason why paths add nothing, how many of them do so for it: of all paths, or of
        those that were looked at if `is_exact` is False.
    index : tuple or None
        The elements of `x` that paths are sorted by.
    """

    result: Value
    x: Value
    total: Any
    paths: list[Path]
    path_count: int
    rest: Any
    is_exact: bool
    dead_ends: dict[str, int]
    index: Any = None

    def __str__(self) -> str:
        from autograd_lite.debugging.path_table import path_table

        return path_table(self)

    __repr__ = __str__


def explain(
    result: Value, x: Value, *, grad: Any = None, index: Any = None, limit: int = 10
) -> Explanation:
    """Return how the gradient of a result with respect to a Value comes about, path by path.

    The gradient is a sum over the paths that lead from `x` to the result through the graph; each
    path adds the product of the derivatives along it. See `Value.explain`.

    Parameters
    ----------
    result : Value
        What to differentiate.
    x : Value
        With respect to what: a leaf or an intermediate result.
    grad : array_like, optional
        The seed, of the shape of `result`. Default: 1, if it has one element.
    index : int, tuple or slice, optional
        An index into `x`: sort paths by what they add to these elements, not to the whole of it.
    limit : int
        How many paths to return.

    Returns
    -------
    Explanation
        Its text is a table; its attributes hold the paths and numbers.

    Raises
    ------
    GraphError
        If there is no path from `x` to `result`, with the reason; if `result` needs a seed.
    ArgumentError
        If `limit` is not positive, or `x` is not a Value.
    """
    if type(x) is not Value:
        raise ArgumentError(f"explain(x) takes a Value, got {type(x).__name__}")
    if limit < 1:
        raise ArgumentError(f"explain(limit=...) is at least 1, got {limit}")
    nodes = connecting_nodes(result, x)
    edges = edges_of(nodes)
    if nodes[-1] is not x and not edges[nodes[-1]]:
        raise GraphError(f"{no_path(result, x)}: it goes where operations have no derivative")
    seed = seed_for(result, grad)
    with np.errstate(all="ignore"):
        gradients = pull_back(nodes, {result: seed}, on_values=False, leaves_only=False)
        search = Search(result, x, seed, index, nodes, edges, gradients)
        paths, is_exact, dead_ends = search.run(limit)
        total = gradients[x]
        rest = total - sum((path.contribution for path in paths), start=np.zeros_like(total))
    count = count_paths(nodes, edges)[result]
    adding = sum(path.reason is None for path in paths)
    if count in (len(paths), adding + sum(dead_ends.values())):
        rest = np.zeros_like(total)[()]  # not what rounding leaves: the others add nothing
    return Explanation(
        result, x, total, paths, count, rest, is_exact or count == len(paths), dead_ends, index
    )


def connecting_nodes(result: Value, x: Value) -> list[Value]:
    """Return the Values between, in order of creation, or raise where there are none."""
    if not x.requires_grad:
        raise GraphError(
            f"{no_path(result, x)}: x needs no gradient. It is a constant, made with "
            "requires_grad=False, by detach() or under no_grad()"
        )
    if not result.requires_grad:
        raise GraphError(
            f"{no_path(result, x)}: the result is a constant. It depends on no variable, or was "
            "computed under no_grad(), or detached"
        )
    nodes = nodes_between([x], recorded_nodes(result, since=x.number))
    if not nodes or nodes[-1] is not result:
        raise GraphError(f"{no_path(result, x)}: {reason_for_no_path(result, x)}")
    return nodes


def no_path(result: Value, x: Value) -> str:
    """Return the beginning of the messages for a missing path."""
    names = [f" {value.name!r}" if value.name else "" for value in (x, result)]
    return f"there is no path from x{names[0]} to the result{names[1]}"


def reason_for_no_path(result: Value, x: Value) -> str:
    """Return why a result does not depend on a variable, as far as the graph tells."""
    nodes = recorded_nodes(result)
    for value in nodes:
        for position, operand in enumerate(value.operands):
            if type(operand) is Value and operand.requires_grad:
                continue
            if holds_data_of(operand, x) and value.operation:
                how = "x.detach()" if type(operand) is Value else "x.data"
                return (
                    f"operand {position} of {value.operation.name} is {how}, which cuts the graph"
                )
    leaves = [value.name or f"a leaf of shape {value.shape}" for value in nodes if value.is_leaf]
    shown = ", ".join(leaves[:10]) + (", ..." if len(leaves) > 10 else "")
    return f"it depends on {shown} only"


def holds_data_of(operand: Any, x: Value) -> bool:
    """Return whether an operand is the data of a Value, without its graph."""
    data = content_of(operand)
    return data is x.data or (isinstance(data, np.ndarray) and np.may_share_memory(data, x.data))


class Search:
    """The search for the largest paths between two Values."""

    def __init__(
        self,
        result: Value,
        x: Value,
        seed: Any,
        index: Any,
        nodes: list[Value],
        edges: Edges,
        gradients: dict[Value, Any],
    ) -> None:
        self.result, self.x, self.seed, self.index = result, x, seed, index
        self.nodes, self.edges, self.gradients = nodes, edges, gradients
        self.is_scalar = all(value.size == 1 and value.dtype.kind == "f" for value in nodes)
        self.derivatives: dict[Edge, float] = {}
        if self.is_scalar:
            for edge in (edge for value in nodes for edge in edges[value]):
                one = np.ones_like(edge.value.data)[()]
                self.derivatives[edge] = float(np.sum(pull_back_along(edge, one)))

    def run(self, limit: int) -> tuple[list[Path], bool, dict[str, int]]:
        """Return the largest paths, whether there are none larger, and why others are 0."""
        found = largest_paths(self.result, self.nodes, self.edges, self.gain)
        if self.is_scalar:
            return [self.path(edges) for edges in islice(found, limit)], True, self.dead_ends()
        few = self.steps_of_all_paths() <= FEW_STEPS
        paths = [self.path(edges) for edges in (found if few else islice(found, 10 * limit))]
        paths.sort(key=lambda path: norm(path.contribution, self.index), reverse=True)
        reasons = Counter(path.reason for path in paths if path.reason is not None)
        return paths[:limit], few, dict(reasons.most_common())

    def gain(self, edge: Edge) -> float:
        """Return by how much an edge changes the size of a gradient that comes to it.

        Exact in a graph of numbers. For arrays, that of the whole gradient, or of a random one
        where that is 0: an estimate, since on one path another gradient comes.
        """
        if self.is_scalar:
            return abs(self.derivatives[edge])
        g = self.gradients[edge.value]
        if not np.any(g):
            g = np.random.default_rng(0).normal(size=np.shape(g)).astype(g.dtype)[()]
        return norm(pull_back_along(edge, g)) / norm(g) if np.size(g) else 0.0

    def path(self, edges: Iterable[Edge]) -> Path:
        """Return a path with its numbers: the rules, run along these edges alone."""
        g = self.seed
        values, positions, factors = [self.result], [], []
        reason = None if np.any(g) else "the seed is 0"
        for edge in edges:
            before, g = g, pull_back_along(edge, g)
            if self.is_scalar:
                factors.append(self.derivatives[edge])
            else:
                factors.append(norm(g) / norm(before) if np.any(before) else 0.0)
            values.append(edge.operand)
            positions.append(edge.position)
            if reason is None and not np.any(g):
                reason = reason_at(edge, before)
        path = Path(tuple(values[::-1]), tuple(positions[::-1]), tuple(factors[::-1]), g, reason)
        if reason is None and self.index is not None and not np.any(g[self.index]):
            return replace(path, reason=reason_at_index(path, self.index))
        return path

    def dead_ends(self) -> dict[str, int]:
        """Return how many paths of a graph of numbers end for each reason, counted at each edge.

        A path belongs to the first edge of derivative 0 that it comes to from the result.
        """
        to_x = count_paths(self.nodes, self.edges)
        alive = Counter({self.result: 1})
        reasons: Counter[str] = Counter()
        for value in reversed(self.nodes):
            for edge in self.edges[value]:
                if self.derivatives[edge] == 0 and alive[value]:
                    arrives = np.ones(value.shape, bool)
                    reasons[zero_reason(edge, arrives)] += alive[value] * to_x[edge.operand]
                else:
                    alive[edge.operand] += alive[value]
        return dict(reasons.most_common())

    def steps_of_all_paths(self) -> int:
        """Return how many operations all paths have together."""
        counts = count_paths(self.nodes, self.edges)
        steps = {self.x: 0}
        for value in self.nodes[1:]:
            operands = [edge.operand for edge in self.edges[value]]
            steps[value] = sum(steps[operand] + counts[operand] for operand in operands)
        return steps[self.result]


def reason_at(edge: Edge, g: Any) -> str:
    """Return why nothing of a gradient comes through an edge."""
    if not edge.operand.size:
        return "there are no elements"
    if np.any(pull_back_along(edge, g / norm(g))):
        return f"what arrives is too small for {g.dtype}: it rounds to 0"
    arrives = np.not_equal(g, 0)
    other = np.random.default_rng(0).normal(size=np.shape(g)) * arrives
    if np.any(pull_back_along(edge, other.astype(g.dtype)[()])):
        return "what arrives cancels"
    return zero_reason(edge, arrives)


def reason_at_index(path: Path, index: Any) -> str:
    """Return why a path adds nothing to the elements at an index: where their influence ends."""
    tangent = np.zeros_like(path.contribution)
    tangent[index] = 1.0
    for value, position in zip(path.values[1:], path.positions, strict=True):
        edge = Edge(value, position)
        before, tangent = tangent, push_forward_along(edge, tangent)
        if not np.any(tangent):
            arrives = np.not_equal(before, 0)
            fits = np.shape(arrives) == value.shape
            return zero_reason(edge, arrives if fits else np.ones(value.shape, bool))
    return "the seed is 0 where it arrives"
