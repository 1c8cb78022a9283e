"""The drawing in a page that plays a graph: boxes with room for what the page writes into them."""

from __future__ import annotations

import re

import numpy as np

from autograd_lite.value import Value
from autograd_lite.viz.facts import describe_array, title_of
from autograd_lite.viz.labels import SYMBOLS, printable
from autograd_lite.viz.layout import lay_out
from autograd_lite.viz.listing import Listing
from autograd_lite.viz.picture import Box, Step
from autograd_lite.viz.style import check_direction

__all__ = ["dot_text", "svg_of"]


def dot_text(listing: Listing, direction: str) -> str:
    """Return DOT text whose boxes have room for what the page writes into them."""
    check_direction(direction)
    lines = [
        f'digraph page {{ rankdir={direction}; bgcolor="transparent"; nodesep=0.16; ranksep=0.3;',
        'node [fontname="Helvetica,Arial,sans-serif" fontsize=11 margin="0.1,0.05" height=0.3];',
        "edge [arrowsize=0.55 penwidth=1];",
    ]
    for item in listing.in_order():
        lines.append(box_line(item, listing) if isinstance(item, Box) else step_line(item, listing))
    for step in listing.steps:
        for position, source in enumerate(step.inputs):
            if source in listing.ids:
                ends = f"{listing.ids[source]}--{listing.ids[step]}--{position}"
                lines.append(f'{listing.ids[source]} -> {listing.ids[step]} [id="{ends}"];')
    for box in listing.boxes:
        if box.step in listing.ids:
            ends = f"{listing.ids[box.step]}--{listing.ids[box]}"
            lines.append(f'{listing.ids[box.step]} -> {listing.ids[box]} [id="{ends}" weight=4];')
    return "\n".join([*lines, "}"])


def box_line(box: Box, listing: Listing) -> str:
    """Return a box: a Value with its name, its number and its gradient."""
    node, operand = listing.ids[box], box.operand
    if type(operand) is not Value:
        look = 'class="constant" shape=box style=rounded'
        return f'{node} [id="{node}" {look} label={quoted(describe_array(operand))}];'
    rows = [printable(box.name) if box.name else node]
    number, gradient = "m" * 7, "m" * 8
    if np.ndim(operand.data):
        rows.append(str(np.shape(operand.data)))
        number = describe_array(operand.data)
        gradient = number if operand.grad is None else f"∂ {describe_array(operand.grad)}"
    rows += [number, gradient] if operand.requires_grad else [number]
    style = "rounded" if box.role != "parameter" else "solid"
    return (
        f'{node} [id="{node}" class="{box.role}" shape=box style={style} '
        f"label={quoted(chr(10).join(rows))}];"
    )


def step_line(step: Step, listing: Listing) -> str:
    """Return an operation, a module or a fold."""
    node = listing.ids[step]
    name = step.value.operation.name if step.value is not None and step.value.operation else ""
    if name in SYMBOLS:
        return (
            f'{node} [id="{node}" class="operation" shape=circle fixedsize=true width=0.34 '
            f"height=0.34 margin=0 fontsize=15 label={quoted(SYMBOLS[name])}];"
        )
    look = 'class="operation" shape=box style=rounded'
    return f'{node} [id="{node}" {look} label={quoted(title_of(step))}];'


def quoted(text: str) -> str:
    """Return text as a string of DOT, in which nothing has a meaning of its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def svg_of(text: str) -> str:
    """Return the drawing of DOT text, to stand inside of a page."""
    svg = lay_out(text, "svg").decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"<title>.*?</title>\s*", "", svg, flags=re.DOTALL)
