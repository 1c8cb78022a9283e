"""A graph as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from autograd_lite.value import Value
from autograd_lite.viz.choosing import choose, notes_of
from autograd_lite.viz.facts import facts_of, title_of
from autograd_lite.viz.labels import SYMBOLS, printable
from autograd_lite.viz.listing import Listing, frames_of, listing_of
from autograd_lite.viz.picture import Box
from autograd_lite.viz.selection import Part
from autograd_lite.viz.style import Look, check_direction, theme_named

__all__ = ["to_mermaid"]

SHAPES: Final = {
    "variable": ("(", ")"),
    "parameter": ("[", "]"),
    "constant": ("([", "])"),
    "intermediate": ("(", ")"),
    "result": ("[[", "]]"),
    "operation": ("{{", "}}"),
    "module": ("[", "]"),
    "fold": ("[/", "/]"),
}
"""How Mermaid writes the shape of each role."""


def to_mermaid(
    value: Value,
    *,
    direction: str = "LR",
    theme: str = "light",
    show_gradients: bool = True,
    **options: Any,
) -> str:
    r"""Return the graph of a Value as a Mermaid flowchart, which GitHub and many editors show.

    Parameters
    ----------
    value : Value
        The result.
    direction : {"LR", "TB", "RL", "BT"}
        Where the result lies.
    theme : {"light", "dark"}
        Dark text on light boxes, or the other way round.
    show_gradients : bool
        Show the gradients of Values that have one.
    **options
        ``parameters``, ``modules``, ``depth``, ``expand``, ``variables``, ``fold``,
        ``scalars``, ``notation`` and ``max_nodes`` as in `draw_graph`.

    Returns
    -------
    str
        The text of a block ```` ```mermaid ````.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x = al.Value(3.0, name="x")
    >>> y = x * x
    >>> print("\n".join(al.viz.to_mermaid(y).splitlines()[:6]))
    flowchart LR
        v0("x<br/>3"):::variable
        op1{{"×"}}:::operation
        v1[["y<br/>9"]]:::result
        v0 --> op1
        v0 --> op1
    """
    check_direction(direction)
    looks = theme_named(theme)
    picture, part = choose(value, **options)
    listing = listing_of(part)
    lines = [f"flowchart {direction}", *mermaid_nodes(listing, show_gradients)]
    lines += mermaid_edges(listing, part)
    lines += mermaid_frames(listing)
    lines += [mermaid_class(role, looks.roles[role], looks.node) for role in SHAPES]
    lines += [f"%% {note}" for note in notes_of(picture, part, options.get("max_nodes", 300))]
    return "\n    ".join(lines) + "\n"


def mermaid_nodes(listing: Listing, show_gradients: bool) -> Iterator[str]:
    """Yield a line for each box and step, the shape and the class by its role."""
    for item in listing.in_order():
        if isinstance(item, Box):
            role, texts = item.role, facts_of(item, show_gradients)
        else:
            role, texts = item.kind, [SYMBOLS.get(item.title, title_of(item))]
        left, right = SHAPES[role]
        label = "<br/>".join(map(mermaid_text, texts))
        yield f'{listing.ids[item]}{left}"{label}"{right}:::{role}'


def mermaid_text(text: str) -> str:
    """Return text as Mermaid takes it between quotes."""
    codes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
    return "".join(codes.get(c, c) for c in text)


def mermaid_edges(listing: Listing, part: Part) -> Iterator[str]:
    """Yield a line for each use of an operand and for each result."""
    for step in listing.steps:
        node = listing.ids[step]
        missing = 0
        for source in step.inputs:
            if source in part.items:
                yield f"{listing.ids[source]} --> {node}"
            else:
                missing += 1
        if missing:
            yield f'cut{node}["⋯ {missing:,}"] -.-> {node}'
    for box in listing.boxes:
        if box.step:
            yield f"{listing.ids[box.step]} --> {listing.ids[box]}"


def mermaid_frames(listing: Listing) -> Iterator[str]:
    """Yield the frames of modules with what is in each of them."""
    frames = frames_of(listing)
    for call in sorted(frames, key=lambda call: -call.level):
        yield f'subgraph {frames[call]}["{mermaid_text(printable(call.title))}"]'
        yield from (f"    {node}" for item, node in listing.ids.items() if item.scope is call)
        yield from (f"    {node}" for inner, node in frames.items() if inner.parent is call)
        yield "end"


def mermaid_class(role: str, look: Look, node: Look) -> str:
    """Return the colours of a role."""
    return (
        f"classDef {role} fill:{look['fillcolor']},stroke:{look['color']},color:{node['fontcolor']}"
    )
