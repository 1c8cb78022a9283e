"""The boxes and steps of a part of a picture in the order of creation, each with an id."""

from __future__ import annotations

from typing import NamedTuple

from autograd_lite.value import Value
from autograd_lite.viz.calls import Call
from autograd_lite.viz.picture import Box, Step
from autograd_lite.viz.selection import Part

__all__ = ["Listing", "frames_of", "listing_of"]


class Listing(NamedTuple):
    """What is drawn, in order.

    Attributes
    ----------
    boxes : list of Box
        Values, in order of creation.
    steps : list of Step
        In order of creation.
    ids : dict
        Of boxes and steps, and of the arrays and numbers between them: ``v0``, ``op1``, ``c1_1``,
        ``module0``, ``fold0``. They are numbers in the drawing.
    """

    boxes: list[Box]
    steps: list[Step]
    ids: dict[Box | Step, str]

    def in_order(self) -> list[Box | Step]:
        """Return arrays and numbers, then Values and steps in order of creation."""

        def place(item: Box | Step) -> float:
            if isinstance(item, Step):
                return item.number - 0.5
            number: int = item.operand.number if type(item.operand) is Value else -1
            return number

        return sorted(self.ids, key=place)


def listing_of(part: Part) -> Listing:
    """Return the boxes and steps of a part in order, with ids."""
    boxes = [item for item in part.items if isinstance(item, Box) and type(item.operand) is Value]
    boxes.sort(key=lambda box: box.operand.number)
    steps = sorted(part.steps(), key=lambda step: step.number)
    ids: dict[Box | Step, str] = {box: f"v{i}" for i, box in enumerate(boxes)}
    for i, box in enumerate(boxes):
        if box.step and box.step.kind == "operation":
            ids[box.step] = f"op{i}"
    others = [step for step in steps if step not in ids]
    ids.update((step, f"{step.kind}{i}") for i, step in enumerate(others))
    for step in steps:
        for position, source in enumerate(step.inputs):
            if source in part.items and source not in ids:
                ids[source] = f"c{ids[step].removeprefix('op')}_{position}"
    return Listing(boxes, steps, ids)


def frames_of(listing: Listing) -> dict[Call, str]:
    """Return the calls of modules that something is drawn inside of, the outer first, with ids."""
    found: set[Call] = set()
    for item in listing.ids:
        scope = item.scope
        while scope is not None and scope not in found:
            found.add(scope)
            scope = scope.parent
    return {call: f"frame{i}" for i, call in enumerate(sorted(found, key=lambda c: c.start))}
