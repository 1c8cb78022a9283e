"""A page that plays a recorded graph: forward, then backward, one operation at a time."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.backward import pull_back, recorded_nodes
from autograd_lite.debugging.paths import Edge, pull_back_along
from autograd_lite.errors import ArgumentError
from autograd_lite.recording import no_grad
from autograd_lite.value import Value, constant, data_of
from autograd_lite.viz.calls import ModuleCalls
from autograd_lite.viz.choosing import Parameters, choose
from autograd_lite.viz.contributions import contribution_of, derivative_of, has_rule
from autograd_lite.viz.facts import describe_array, title_of
from autograd_lite.viz.labels import SYMBOLS, printable
from autograd_lite.viz.listing import Listing, listing_of
from autograd_lite.viz.number_program import number_program, replayed
from autograd_lite.viz.page import Page, make_page
from autograd_lite.viz.page_drawing import dot_text, svg_of
from autograd_lite.viz.picture import Box, Step, all_values

__all__ = ["explore"]

BODY = """\
<p class="keys">Each step is one operation: forward in the order of the computation, then backward.
Keys: ← → Home End. Point at a box, or move to it with Tab, to see how its gradient comes about.</p>
<div class="player" id="player"></div>
<div class="status numbers" id="status" role="status" aria-live="polite"></div>
<details id="leaves" hidden><summary>Numbers of the leaves</summary>
<form class="fields" id="fields"></form></details>
<div class="figure" id="figure" tabindex="0" role="group" aria-label="Computation graph">{svg}</div>
<div class="status numbers" id="details">A box tells its gradient here.</div>
<p class="keys">{note}</p>
"""

EDITABLE = "The numbers of leaves can be changed: everything is computed again in this page."
FIXED = (
    "There are arrays in this graph: their numbers are shown as they were. "
    "explore(value, scalars=True) writes them out as single numbers, which can be changed here."
)
DECIDED = (
    "There are conditions in this graph that were decided when it was recorded: its numbers are "
    "shown as they were."
)


def explore(
    value: Value,
    *,
    title: str = "Computation graph",
    direction: str = "LR",
    parameters: Parameters = (),
    modules: ModuleCalls | None = None,
    depth: int | None = None,
    expand: Collection[str | Value] = (),
    variables: Mapping[str, Any] | None = None,
    scalars: bool = False,
    notation: str = "paths",
    max_nodes: int = 150,
) -> Page:
    """Make a page that plays a graph: each operation forward, then backward, with its numbers.

    Buttons, a scrubber and the arrow keys go from step to step. Each step shows its equation in
    numbers; pointing at a box shows the sum of products that its gradient is. In a graph of single
    numbers the leaves can be changed, and the page computes everything again, gradients included:
    in float64, with numpy's functions and the derivatives that the rules gave here. A graph with
    comparisons in it, whose branches were chosen when it was recorded, keeps its numbers.

    Parameters
    ----------
    value : Value
        The result.
    title : str
        The heading of the page.
    direction, parameters, modules, depth, expand, variables, scalars, notation, max_nodes
        As in `draw_graph`, whose drawing it is. Of larger graphs, the steps that are drawn are
        played.

    Returns
    -------
    Page
        ``save("graph.html")`` writes one file, which needs no network. A notebook shows it.

    Raises
    ------
    ArgumentError
        If `value` is not a Value, or an argument is outside its choices.
    RenderError
        If there is no Graphviz, neither the program nor the package pygraphviz.

    Examples
    --------
    >>> import autograd_lite as al
    >>> a, b = al.Value(2.0, name="a"), al.Value(-3.0, name="b")
    >>> page = al.viz.explore((a * b).tanh(), title="a product")
    >>> "<title>a product</title>" in page.html
    True
    """
    picture, part = choose(
        value,
        parameters=parameters,
        modules=modules,
        depth=depth,
        expand=expand,
        variables=variables,
        scalars=scalars,
        notation=notation,
        max_nodes=max_nodes,
    )
    listing = listing_of(part)
    root = picture.result.operand
    nodes = all_values(root)
    graph = Playable(listing, root)
    data = graph.data()
    note = why_fixed(nodes)
    if not note:
        try:
            data |= changeable(graph, nodes)
            note = EDITABLE
        except ArgumentError as error:  # an operation that a page does not have
            note = f"The numbers are shown as they were: {html.escape(str(error).split(';')[0])}."
    svg = svg_of(dot_text(listing, direction))
    body = BODY.format(svg=svg, note=note)
    return make_page(title, body, data, ["arithmetic.js", "player.js", "explore.js"])


def why_fixed(nodes: Sequence[Value]) -> str:
    """Return why a page cannot compute a graph again; "" where it may."""
    if any(is_condition(x) for node in nodes for x in (node, *node.operands)):
        return DECIDED
    return "" if all(is_number(node) for node in nodes) else FIXED


def is_condition(x: Any) -> bool:
    """Return whether an operand is true or false: what a comparison gave."""
    return bool(np.asarray(data_of(x)).dtype.kind == "b")


def is_number(node: Value) -> bool:
    """Return whether a Value, and what went into it, are single real numbers."""
    parts = [np.asarray(data_of(part)) for part in (node, *node.operands)]
    return all(part.ndim == 0 and part.dtype.kind in "fiu" for part in parts)


class Playable:
    """The boxes and steps of a drawing, as a page plays them.

    Attributes
    ----------
    ids : dict
        The id of each drawn Value.
    steps : list of Value
        The results of the operations that are drawn, in order of creation.
    edges : list of (Value, int)
        The uses of operands that a gradient goes along, in the order of the backward pass.
    """

    def __init__(self, listing: Listing, root: Value) -> None:
        self.listing = listing
        self.root = root
        self.ids = {box.operand: listing.ids[box] for box in listing.boxes}
        self.names = names_of(listing)
        self.steps = [
            box.operand for box in listing.boxes if box.step and box.step.kind == "operation"
        ]
        tracked = recorded_nodes(root) if root.requires_grad else []
        self.on_the_way = set(tracked)
        self.edges = [
            (node, position)
            for node in reversed(self.steps)
            if node in self.on_the_way
            for position in range(len(node.operands))
            if has_rule(node, position)
        ]

    def data(self) -> dict[str, Any]:
        """Return boxes, steps and edges, with their numbers as text."""
        steps = {box.operand: box.step for box in self.listing.boxes if box.step}
        return {
            "boxes": [self.box_data(box) for box in self.listing.boxes],
            "steps": [self.step_data(node, steps[node]) for node in self.steps],
            "edges": [self.edge_data(node, position) for node, position in self.edges],
            "root": self.ids[self.root],
            "tracked": self.root.requires_grad,
        }

    def box_data(self, box: Box) -> dict[str, Any]:
        """Return one Value."""
        value = box.operand
        return {
            "id": self.ids[value],
            "name": self.names[value],
            "role": box.role,
            "tracked": value in self.on_the_way,
            "value": describe_array(value.data),
            "gradient": None if value.grad is None else describe_array(value.grad),
        }

    def step_data(self, node: Value, step: Step) -> dict[str, Any]:
        """Return one operation: its sign or name, and its operands."""
        name = node.operation.name if node.operation else ""
        return {
            "id": self.ids[node],
            "operation": self.listing.ids[step],
            "symbol": SYMBOLS.get(name),
            "title": title_of(step),
            "operands": [self.operand_data(operand) for operand in node.operands],
        }

    def operand_data(self, operand: Any) -> dict[str, Any]:
        """Return an operand: a box, or a number or array that has none."""
        if type(operand) is Value and operand in self.ids:
            return {"id": self.ids[operand], "name": self.names[operand]}
        text = describe_array(operand)
        return {"id": None, "name": text, "value": text}

    def edge_data(self, node: Value, position: int) -> dict[str, Any]:
        """Return one use of an operand: from which box a gradient goes to which."""
        operand = node.operands[position]
        with np.errstate(all="ignore"):
            derivative, added = derivative_of(node, position), contribution_of(node, position)
        return {
            "from": self.ids[node],
            "to": self.ids.get(operand),
            "derivative": None if derivative is None else describe_array(derivative),
            "added": None if added is None else describe_array(added),
        }


def names_of(listing: Listing) -> dict[Value, str]:
    """Return what each Value is called: its name, or ``v3`` as in the drawing's text."""
    return {
        box.operand: printable(box.name) if box.name else listing.ids[box] for box in listing.boxes
    }


def changeable(graph: Playable, nodes: Sequence[Value]) -> dict[str, Any]:
    """Return the program that computes all numbers of a page, and its inputs."""
    leaves = [node for node in nodes if node.operation is None and node in graph.ids]

    def compute(inputs: Sequence[Value]) -> list[Any]:
        found = replayed(nodes, dict(zip(leaves, inputs, strict=True)))
        values = [found[box.operand] for box in graph.listing.boxes]
        gradients, derivatives, added = chain_rule(graph, found)
        return [*values, *gradients, *derivatives, *added]

    return {
        "program": number_program(leaves, compute),
        "leaves": [graph.ids[leaf] for leaf in leaves],
    }


def chain_rule(graph: Playable, found: Mapping[Value, Any]) -> tuple[list[Any], ...]:
    """Return the gradients of boxes, and the derivatives and contributions of edges, as Values."""
    root = found[graph.root]
    gradients: dict[Value, Any] = {}
    zero, one = constant(np.float64(0.0)), constant(np.float64(1.0))
    if type(root) is Value and root.requires_grad:
        with no_grad():
            gradients = pull_back(
                recorded_nodes(root), {root: one}, on_values=True, leaves_only=False
            )
    boxes = [gradients.get(found[box.operand], 0.0) for box in graph.listing.boxes]
    with no_grad():
        edges = [Edge(found[node], position) for node, position in graph.edges]
        derivatives = [pull_back_along(edge, one, on_values=True) for edge in edges]
        added = [
            pull_back_along(edge, gradients.get(edge.value, zero), on_values=True) for edge in edges
        ]
    return boxes, derivatives, added
