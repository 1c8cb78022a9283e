"""A graph as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np

from autograd_lite.value import Value, content_of
from autograd_lite.viz.choosing import choose
from autograd_lite.viz.labels import describe_params
from autograd_lite.viz.listing import Listing, frames_of, listing_of
from autograd_lite.viz.picture import Box, Step

__all__ = ["to_json"]

MOST_ELEMENTS: Final = 16
"""Arrays up to this size are whole in JSON; larger ones are their range."""


def to_json(value: Value, *, indent: int | None = None, **options: Any) -> str:
    """Return the graph of a Value as JSON, for programs that draw or examine it.

    The object has the keys ``format`` ("autograd_lite.graph"), ``version`` (1), ``result`` (the id
    of a node), ``total`` (the number of values and constants in the graph), ``folded`` (how many of
    them are inside of modules and folds), ``left_out`` (how many are not there for `max_nodes`)
    and:

    ``nodes``
        Each has an ``id``, a ``kind`` and ``inside``, the id of its frame or null. Of the kind
        "value": ``role``, ``name`` or null, ``shape``, ``dtype``, ``data`` and ``gradient``. Of the
        kind "operation": ``title`` and ``params``, a list of texts. Of "module" and "fold":
        ``title`` and ``note``.
    ``edges``
        Each has ``from``, ``to``, and ``position``, the number of the operand, where it leads to
        a step.
    ``frames``
        The calls of modules around nodes: ``id``, ``title`` and ``inside``.

    Data and gradients of up to 16 elements are nested lists, those of larger arrays are objects
    ``{"min": ..., "max": ...}``, absent gradients null. JSON has no infinite, NaN or complex
    numbers: they are strings.

    Parameters
    ----------
    value : Value
        The result.
    indent : int, optional
        Write it on many lines, indented by this.
    **options
        ``parameters``, ``modules``, ``depth``, ``expand``, ``variables``, ``fold``,
        ``scalars``, ``notation`` and ``max_nodes`` as in `draw_graph`.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> import json
    >>> import autograd_lite as al
    >>> x = al.Value(3.0, name="x")
    >>> graph = json.loads(al.viz.to_json(x * x))
    >>> graph["nodes"][0]["name"], graph["nodes"][0]["data"], graph["result"]
    ('x', 3.0, 'v1')
    """
    picture, part = choose(value, **options)
    listing = listing_of(part)
    frames = frames_of(listing)
    graph = {
        "format": "autograd_lite.graph",
        "version": 1,
        "result": listing.ids[picture.result],
        "total": picture.total,
        "folded": picture.folded,
        "left_out": part.left_out,
        "nodes": [
            {
                "id": listing.ids[item],
                **json_node(item),
                "inside": frames[item.scope] if item.scope else None,
            }
            for item in listing.in_order()
        ],
        "edges": json_edges(listing),
        "frames": [
            {
                "id": node,
                "title": call.title,
                "inside": frames[call.parent] if call.parent else None,
            }
            for call, node in frames.items()
        ],
    }
    return json.dumps(graph, indent=indent, ensure_ascii=False, allow_nan=False)


def json_node(item: Box | Step) -> dict[str, Any]:
    """Return what JSON says of a box or a step."""
    if isinstance(item, Step):
        if item.value is None:
            return {"kind": item.kind, "title": item.title, "note": item.note}
        operation: Any = item.value.operation
        params = describe_params(operation, item.value.params)
        return {"kind": "operation", "title": item.title, "params": params}
    operand = item.operand
    data = np.asarray(content_of(operand))
    gradient = operand.grad if type(operand) is Value else None
    if type(gradient) is Value:
        gradient = gradient.data
    return {
        "kind": "value",
        "role": item.role,
        "name": item.name,
        "shape": list(data.shape),
        "dtype": str(data.dtype),
        "data": json_array(data),
        "gradient": None if gradient is None else json_array(np.asarray(gradient)),
    }


def json_array(array: Any) -> Any:
    """Return a small array as nested lists, a large one as its range."""
    if array.size <= MOST_ELEMENTS:
        return json_numbers(array.tolist())
    if array.dtype.kind == "c":
        array = np.abs(array)
    with np.errstate(invalid="ignore"):
        return {
            "min": json_numbers(array.min().item()),
            "max": json_numbers(array.max().item()),
        }


def json_numbers(numbers: Any) -> Any:
    """Return numbers, or nested lists of them, with strings for those that JSON does not have."""
    if isinstance(numbers, list):
        return [json_numbers(number) for number in numbers]
    return numbers if not isinstance(numbers, complex) and np.isfinite(numbers) else str(numbers)


def json_edges(listing: Listing) -> list[dict[str, Any]]:
    """Return the edges: to steps in the order of their operands, and to the values they make."""
    edges: list[dict[str, Any]] = [
        {"from": listing.ids[source], "to": listing.ids[step], "position": position}
        for step in listing.steps
        for position, source in enumerate(step.inputs)
        if source in listing.ids
    ]
    edges += [
        {"from": listing.ids[box.step], "to": listing.ids[box]} for box in listing.boxes if box.step
    ]
    return edges
