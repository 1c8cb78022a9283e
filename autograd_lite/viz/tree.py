"""A graph as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd_lite.value import Value
from autograd_lite.viz.choosing import choose, notes_of
from autograd_lite.viz.facts import facts_of, title_of
from autograd_lite.viz.listing import Listing, listing_of
from autograd_lite.viz.picture import Box, Step
from autograd_lite.viz.selection import Part

__all__ = ["to_text"]


def to_text(value: Value, *, show_gradients: bool = True, **options: Any) -> str:
    """Return the graph of a Value as a tree to print: the result on top, its operands below.

    What is used more than once is written out once, and by its id in all other places.

    Parameters
    ----------
    value : Value
        The result.
    show_gradients : bool
        Show the gradients of Values that have one.
    **options
        ``parameters``, ``modules``, ``depth``, ``expand``, ``variables``, ``fold``,
        ``scalars``, ``notation`` and ``max_nodes`` as in `draw_graph`.

    Returns
    -------
    str
        Lines without one at the end.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x, w = al.Value(3.0, name="x"), al.Value(2.0, name="w")
    >>> y = (w * x).tanh() + x
    >>> print(al.viz.to_text(y))
    y 4 = add
    ├─ 1 = tanh
    │  └─ 6 = multiply
    │     ├─ w 2
    │     └─ v0: x 3
    └─ v0 (above)
    """
    picture, part = choose(value, **options)
    max_nodes = options.get("max_nodes", 300)
    lines = list(tree_lines(picture.result, part, listing_of(part), show_gradients))
    return "\n".join([*lines, *notes_of(picture, part, max_nodes)])


def tree_lines(result: Box, part: Part, listing: Listing, show_gradients: bool) -> Iterator[str]:
    """Yield the lines of a tree, without recursion: graphs are deep."""
    uses: dict[Box | Step, int] = {}
    for step in listing.steps:
        for source in step.inputs:
            uses[source] = uses.get(source, 0) + 1
    seen: set[Box | Step] = set()
    stack: list[tuple[str, str, Box | Step | str]] = [("", "", result)]
    while stack:
        before, indent, item = stack.pop()
        if isinstance(item, str):
            yield before + item
            continue
        mark = f"{listing.ids[item]}: " if uses.get(item, 0) > 1 else ""
        if item in seen:
            yield f"{before}{mark[:-2]} (above)"
            continue
        seen.add(item)
        made_by = item.step if isinstance(item, Box) else item
        text = " ".join(facts_of(item, show_gradients)) if isinstance(item, Box) else ""
        if made_by is not None:
            text = f"{text} = {title_of(made_by)}" if text else title_of(made_by)
        yield before + mark + text
        if made_by is None or (made_by is not item and made_by in seen):
            continue
        seen.add(made_by)
        below = operands_in_lines(made_by, part)
        branches = [("├─ ", "│  ")] * (len(below) - 1) + [("└─ ", "   ")]
        for operand, (branch, further) in zip(reversed(below), reversed(branches), strict=False):
            stack.append((indent + branch, indent + further, operand))


def operands_in_lines(step: Step, part: Part) -> list[Box | Step | str]:
    """Return the operands that are drawn, and how many are not."""
    drawn: list[Box | Step | str] = [source for source in step.inputs if source in part.items]
    missing = len(step.inputs) - len(drawn)
    return [*drawn, f"⋯ {missing:,} not drawn"] if missing else drawn
