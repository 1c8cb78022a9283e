"""What of a picture is drawn: all of it, or the part nearest to the result that fits a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from autograd_lite.viz.picture import Box, Picture, Step

__all__ = ["Part", "nearest_part"]


class Part(NamedTuple):
    """The part of a picture that is drawn.

    Attributes
    ----------
    items : dict
        The boxes drawn, and the folds that lead to something without a box between, as keys.
    left_out : int
        How many boxes of the picture are not drawn.
    """

    items: dict[Box | Step, None]
    left_out: int

    def steps(self) -> dict[Step, None]:
        """Return the steps drawn, each once."""
        found = [item.step if isinstance(item, Box) else item for item in self.items]
        return dict.fromkeys(step for step in found if step is not None)


def nearest_part(picture: Picture, max_nodes: int) -> Part:
    """Return the largest part around the result that is drawn with `max_nodes` nodes."""
    nearest = nearest_items(picture.result, max_nodes)
    count = fitting_count(nearest, max_nodes)
    items = dict.fromkeys(nearest[:count])
    if count == len(nearest):
        return Part(items, 0)
    drawn = sum(isinstance(item, Box) for item in items)
    return Part(items, picture.total - picture.folded - drawn)


def step_of(item: Box | Step) -> Step | None:
    """Return what made a box; of a fold, itself."""
    return item.step if isinstance(item, Box) else item


def nearest_items(result: Box, limit: int) -> list[Box | Step]:
    """Return boxes and folds, the nearest to the result first, stopping above `limit`."""
    items: list[Box | Step] = [result]
    seen: set[Box | Step] = {result}
    for item in items:  # the list grows while it is walked
        step = step_of(item)
        for operand in step.inputs if step else ():
            if operand not in seen:
                seen.add(operand)
                items.append(operand)
        if len(items) > limit:
            break
    return items


def fitting_count(items: Sequence[Box | Step], max_nodes: int) -> int:
    """Return how many of the items fit, counted with their steps and the marks of the cut.

    A step has a mark until the last of its operands is drawn.
    """
    place = {item: i for i, item in enumerate(items)}
    steps = dict.fromkeys(step for item in items if (step := step_of(item)) and step.inputs)
    marks_gone = Counter(
        max(place.get(operand, len(items)) for operand in step.inputs) for step in steps
    )
    counted: set[Step] = set()
    nodes, fitting = 0, 1
    for i, item in enumerate(items):
        step = step_of(item)
        nodes += isinstance(item, Box)
        if step is not None and step not in counted:
            counted.add(step)
            nodes += 2 if step.inputs else 1
        nodes -= marks_gone[i]
        if nodes <= max_nodes:
            fitting = i + 1
    return fitting
