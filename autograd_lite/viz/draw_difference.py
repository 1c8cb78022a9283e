"""Two graphs in one drawing: what was added, removed and changed, and what is around it."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Final

from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value
from autograd_lite.viz.difference import GraphDifference, compare_graphs, title_of_value
from autograd_lite.viz.graph import empty_drawing, html_label
from autograd_lite.viz.labels import cell, escape, legend_markup, styled, table
from autograd_lite.viz.picture import all_values
from autograd_lite.viz.style import Theme, check_direction, theme_named

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_difference"]

MARKS: Final = {"added": "+ ", "removed": "− ", "changed": "≠ ", "same": ""}
"""What stands before a title: colours alone would not tell everybody."""


def draw_difference(
    before: Value,
    after: Value,
    *,
    context: int = 1,
    direction: str = "LR",
    theme: str = "light",
    max_nodes: int = 200,
) -> graphviz.Digraph:
    """Draw two graphs as one, and mark what differs.

    Added Values have a bold border and a ``+``, removed ones a dashed border and a ``−``, changed
    ones a double border, ``≠`` and what differs. What is the same is drawn where it is near.

    Parameters
    ----------
    before, after : Value
        The results, as in `compare_graphs`, which this draws.
    context : int
        How many steps around a difference are drawn.
    direction : {"LR", "TB", "RL", "BT"}
        Where the results lie.
    theme : {"light", "dark"}
        Dark text on white, or light text on black.
    max_nodes : int
        The largest number of Values drawn: those nearest to a difference, then to the results. A
        note says how many are left out.

    Returns
    -------
    graphviz.Digraph
        As that of `draw_graph`.

    Raises
    ------
    ArgumentError
        If an argument is outside its choices.
    MissingDependencyError
        If the Python package ``graphviz`` is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> x = al.Value([1.0, 2.0], name="x")
    >>> drawing = al.viz.draw_difference((x * 2.0).sum(), np.tanh(x * 3.0).sum())
    >>> "+ tanh" in drawing.source, "≠ multiply" in drawing.source
    (True, True)
    """
    check_direction(direction)
    looks = theme_named(theme)
    if any(not isinstance(x, int) or x < 0 for x in (context, max_nodes)):
        raise ArgumentError(
            f"context and max_nodes are integers from 0 on, got {context!r} and {max_nodes!r}"
        )
    both = Both(before, after, compare_graphs(before, after))
    return both.drawn(both.nearby(context, max_nodes), direction, looks)


class Both:
    """Two graphs as one: Values of the graph after, and those of the graph before that are gone.

    Attributes
    ----------
    nodes : list of Value
        In order: what is gone, then all of the graph after.
    edges : list of (Value, Value)
        From operand to result, each once.
    """

    def __init__(self, before: Value, after: Value, difference: GraphDifference) -> None:
        self.after = after
        self.what = {change.after: change.what for change in difference.changed}
        now = {old: new for new, old in difference.pairs.items()}
        self.gone = set(difference.removed)
        self.added = set(difference.added)
        self.nodes = [*difference.removed, *all_values(after)]
        edges = [(x, value) for value in all_values(after) for x in value.operands]
        for value in all_values(before):
            for x in value.operands:
                if type(x) is Value and (value in self.gone or x in self.gone):
                    edges.append((now.get(x, x), now.get(value, value)))
        self.edges = list(dict.fromkeys((x, y) for x, y in edges if type(x) is Value))

    def status(self, value: Value) -> str:
        """Return whether a Value was added, removed, changed, or is the same."""
        if value in self.gone:
            return "removed"
        if value in self.added:
            return "added"
        return "changed" if value in self.what else "same"

    def nearby(self, context: int, most: int) -> list[Value]:
        """Return what differs, and what is up to `context` steps away from it; else the result.

        Of more than `most`, it is those nearest to a difference, and the latest of these.
        """
        neighbours = defaultdict(list)
        for one, other in self.edges:
            neighbours[one].append(other)
            neighbours[other].append(one)
        start = [value for value in self.nodes if self.status(value) != "same"] or [self.after]
        distance = dict.fromkeys(start, 0)
        queue = deque(start)
        while queue:
            value = queue.popleft()
            if distance[value] < context:
                for other in neighbours[value]:
                    if other not in distance:
                        distance[other] = distance[value] + 1
                        queue.append(other)
        latest_first = [value for value in reversed(self.nodes) if value in distance]
        kept = set(sorted(latest_first, key=distance.__getitem__)[:most])
        return [value for value in self.nodes if value in kept]

    def drawn(self, shown: list[Value], direction: str, looks: Theme) -> graphviz.Digraph:
        """Return the drawing of some of the nodes."""
        drawing = empty_drawing(direction, looks)
        ids = {value: f"v{i}" for i, value in enumerate(shown)}
        for value, node in ids.items():
            status = self.status(value)
            rows = [cell(styled(MARKS[status] + title_of_value(value), bold=status != "same"))]
            rows += [
                cell(styled(text, color=looks.faded, size=9)) for text in self.what.get(value, ())
            ]
            drawing.node(node, html_label(table(rows)), **looks.roles[status])
        for one, other in self.edges:
            if one in ids and other in ids:
                is_gone = one in self.gone or other in self.gone
                drawing.edge(ids[one], ids[other], style="dashed" if is_gone else "solid")
        total = len(self.nodes)
        statuses = dict.fromkeys(map(self.status, ids))
        legend = legend_markup(
            (MARKS[word] + word, looks.roles[word]) for word in MARKS if word in statuses
        )
        rows = [cell(legend, "left")]
        if len(ids) < total:
            note = f"{total - len(ids):,} of {total:,} values are not drawn: the same, or left out"
            rows.append(cell(escape(note), "left"))
        drawing.attr("graph", label=html_label(table(rows)))
        return drawing
