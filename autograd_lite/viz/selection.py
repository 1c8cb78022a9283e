"""What of a graph is drawn: all of it, or the part nearest to the result that fits a budget.

The walks are iterative and linear in the size of the graph.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from autograd_lite.value import Value

__all__ = ["Part", "key_of", "nearest_part"]

Key = int | tuple[int, int]
"""What tells boxes apart: a Value's creation number; an array's consumer and position."""


class Part(NamedTuple):
    """The part of a graph that is drawn.

    Attributes
    ----------
    boxes : dict
        The Values, arrays and numbers drawn.
    left_out : int
        How many boxes of the whole graph are not drawn.
    """

    boxes: dict[Key, Any]
    left_out: int


def key_of(operand: Any, consumer: Value, position: int) -> Key:
    """Return what tells an operand's box from all others."""
    return operand.number if type(operand) is Value else (consumer.number, position)


def nearest_part(root: Value, max_nodes: int) -> Part:
    """Return the largest part around the result that is drawn with `max_nodes` nodes."""
    nearest = nearest_boxes(root, max_nodes)
    count = fitting_count(nearest, max_nodes)
    boxes = dict(list(nearest.items())[:count])
    if count == len(nearest):
        return Part(boxes, 0)
    return Part(boxes, count_boxes(root) - count)


def nearest_boxes(root: Value, limit: int) -> dict[Key, Any]:
    """Return the boxes of a graph, the nearest to the result first, stopping above `limit`."""
    boxes: dict[Key, Any] = {root.number: root}
    queue = [root]
    for value in queue:  # the list grows while it is walked
        for position, operand in enumerate(value.operands):
            key = key_of(operand, value, position)
            if key in boxes:
                continue
            boxes[key] = operand
            if type(operand) is Value:
                queue.append(operand)
        if len(boxes) > limit:
            break
    return boxes


def fitting_count(boxes: dict[Key, Any], max_nodes: int) -> int:
    """Return how many of the boxes fit, counted with their operations and the marks of the cut.

    An operation has a mark until the last of its operands is drawn.
    """
    place = {key: i for i, key in enumerate(boxes)}
    marks_gone = Counter(
        max(
            place.get(key_of(operand, value, position), len(boxes))
            for position, operand in enumerate(value.operands)
        )
        for value in boxes.values()
        if type(value) is Value and value.operands
    )
    nodes, fitting = 0, 1
    for i, box in enumerate(boxes.values()):
        nodes += 3 if type(box) is Value and box.operands else 1
        nodes -= marks_gone[i]
        if nodes <= max_nodes:
            fitting = i + 1
    return fitting


def count_boxes(root: Value) -> int:
    """Return how many Values, arrays and numbers a graph has."""
    queue = [root]
    seen = {root.number}
    others = 0
    for value in queue:  # the list grows while it is walked
        for operand in value.operands:
            if type(operand) is not Value:
                others += 1
            elif operand.number not in seen:
                seen.add(operand.number)
                queue.append(operand)
    return len(queue) + others
