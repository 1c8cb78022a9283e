"""What a drawing is made of, whatever it is written in: boxes, and the steps between them.

A box is a Value, an array or a number. A step is an operation, a module's call drawn as one, or a
fold: repetitions of the same operations, which are drawn once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from autograd_lite.value import Value
from autograd_lite.viz.calls import Call
from autograd_lite.viz.folding import Fold, Units, common_call, find_folds, units_of

__all__ = ["Box", "Names", "Picture", "Step", "all_values", "picture_of"]

MOST_TITLES: Final = 4
"""Operations of a repetition that are told."""


@dataclass(eq=False)
class Step:
    """What leads from some boxes to others.

    Attributes
    ----------
    kind : {"operation", "module", "fold"}
        What it stands for.
    number : int
        The creation number of the first Value that it makes.
    inputs : list of Box or Step
        In the order of the operands, with repeats, for an operation; a Step where folded
        repetitions lead here.
    value : Value or None
        The result of an operation.
    title : str
        The name of the operation, the module, or what is repeated.
    note : str
        What else is written on a module or a fold.
    scope : Call or None
        The module's call that it is drawn inside of.
    """

    kind: str
    number: int
    title: str
    note: str = ""
    value: Value | None = None
    scope: Call | None = None
    inputs: list[Box | Step] = field(default_factory=list)


@dataclass(eq=False)
class Box:
    """A Value, an array or a number.

    Attributes
    ----------
    operand : Value, array or number
        What it is.
    name : str or None
        What it is called.
    role : str
        One of `autograd_lite.viz.style.ROLE_NAMES`.
    step : Step or None
        What made it.
    scope : Call or None
        The module's call that it is drawn inside of.
    """

    operand: Any
    name: str | None
    role: str
    step: Step | None = None
    scope: Call | None = None


@dataclass
class Picture:
    """All that there is to draw.

    Attributes
    ----------
    result : Box
        Where all leads to.
    total : int
        How many Values, arrays and numbers the graph has.
    folded : int
        How many of them are inside of modules and folds.
    size : int
        How many boxes and steps there are.
    """

    result: Box
    total: int
    folded: int
    size: int


class Names(NamedTuple):
    """What Values are called, by creation number, and which of them are parameters."""

    parameters: dict[int, str | None]
    variables: dict[int, str]
    notation: Mapping[int, str] = MappingProxyType({})

    def name_of(self, value: Value) -> str | None:
        """Return a Value's own name, else its path in a module, else that of a variable.

        The path goes first where the own name is its last part: all layers call theirs "weight".
        A name of the notation goes before them all.
        """
        if value.number in self.notation:
            return self.notation[value.number]
        path = self.parameters.get(value.number)
        if path and (not value.name or path.endswith(f".{value.name}")):
            return path
        return value.name or self.variables.get(value.number)


def all_values(root: Value) -> list[Value]:
    """Return all Values that a result was made from, and itself, in order of creation."""
    found = [root]
    seen = {root.number}
    for value in found:  # the list grows while it is walked
        for operand in value.operands:
            if type(operand) is Value and operand.number not in seen:
                seen.add(operand.number)
                found.append(operand)
    return sorted(found, key=attrgetter("number"))


def picture_of(
    values: Sequence[Value],
    names: Names,
    *,
    calls: Sequence[Call] = (),
    is_open: Container[Call] = (),
    fold: bool = False,
) -> Picture:
    """Return what there is to draw of a graph.

    Parameters
    ----------
    values : sequence of Value
        All of it in order of creation, the result last: see `all_values`.
    names : Names
        What Values are called.
    calls : sequence of Call
        The calls of modules in the order in which they began.
    is_open : container of Call
        Those to draw around their operations; each of the others is one box.
    fold : bool
        Whether to draw repetitions once.
    """
    results = [value for value in values if value.operation is not None]
    units = units_of(results, calls, is_open)
    return Builder(units, names, values[-1], fold).build(len(values), results)


class Builder:
    """Makes boxes and steps of units, each once."""

    def __init__(self, units: Units, names: Names, root: Value, fold: bool) -> None:
        self.units = units
        self.names = names
        self.root = root
        self.unit_of = unit_places(units)
        self.folds = find_folds(units, self.unit_of) if fold else []
        self.boxes: dict[int, Box] = {}  # of Values, by creation number
        self.raw_boxes = 0
        self.steps: dict[int, Step] = {}  # by the unit, or the first unit of a fold
        self.fold_starts = [fold.start for fold in self.folds]

    def build(self, value_count: int, results: Sequence[Value]) -> Picture:
        """Go through the units in order of creation, and past those that are folded."""
        folds = {fold.start: fold for fold in self.folds}
        i = 0
        while i < len(self.units.items):
            if i in folds:
                self.steps[i] = self.fold_step(folds[i])
                i = folds[i].stop
            else:
                self.add_unit(i)
                i += 1
        result = self.box_of(self.root, None)
        for fold in self.folds:  # last, since leaves that only a fold has are not drawn
            self.add_inputs_of_fold(fold)
        raw = sum(type(x) is not Value for value in results for x in value.operands)
        drawn = len(self.boxes) + self.raw_boxes
        total = value_count + raw
        return Picture(result, total, total - drawn, drawn + len(self.steps))

    def add_unit(self, i: int) -> None:
        """Add an operation, or the call of a module, with its operands."""
        values = self.units.values(i)
        call, scope = self.units.calls.get(i), self.units.scopes.get(i)
        if call is None:
            (value,) = values
            operation: Any = value.operation
            step = Step("operation", value.number, operation.name, value=value, scope=scope)
            step.inputs = [self.node_of(operand, scope) for operand in value.operands]
        else:
            step = Step("module", values[0].number, call.title, scope=scope)
            step.note = counted(len(values), "operation")
            step.inputs = self.inputs_of_call(i, call)
        self.steps[i] = step
        if call is None:
            self.box_of(values[0], scope)

    def fold_step(self, fold: Fold) -> Step:
        """Return the step that stands for repetitions."""
        number = self.units.values(fold.start)[0].number
        step = Step("fold", number, f"×{fold.repetitions:,} more", what_repeats(self.units, fold))
        if self.units.scopes:
            step.scope = self.units.scopes.get(fold.start)
            for i in range(fold.start, fold.stop):
                step.scope = common_call(step.scope, self.units.scopes.get(i))
        return step

    def node_of(self, operand: Any, scope: Call | None) -> Box | Step:
        """Return what an operand is drawn as: a box, or the fold that it is in."""
        if type(operand) is not Value:
            self.raw_boxes += 1
            return Box(operand, None, "constant", scope=scope)
        if operand.operation is not None:
            fold = self.fold_at(self.unit_of[operand.number])
            if fold is not None:
                return self.steps[fold.start]
        return self.box_of(operand, scope)

    def fold_at(self, unit: int) -> Fold | None:
        """Return the fold that a unit is in."""
        place = bisect_right(self.fold_starts, unit) - 1
        if place >= 0 and unit < self.folds[place].stop:
            return self.folds[place]
        return None

    def box_of(self, value: Value, scope: Call | None) -> Box:
        """Return the box of a Value; one that stands free is inside of what all its uses are in."""
        box = self.boxes.get(value.number)
        if box is None:
            step = None
            if value.operation is not None:
                step = self.steps[self.unit_of[value.number]]
                scope = step.scope
            box = Box(value, self.names.name_of(value), self.role_of(value), step, scope)
            self.boxes[value.number] = box
        elif box.step is None:
            box.scope = common_call(box.scope, scope)
        return box

    def role_of(self, value: Value) -> str:
        """Return the role that a Value plays."""
        if value.operation is not None:
            return "result" if value is self.root else "intermediate"
        if value.number in self.names.parameters:
            return "parameter"
        return "variable" if value.requires_grad else "constant"

    def inputs_of_call(self, i: int, call: Call) -> list[Box | Step]:
        """Return what a module was given, each once: not its parameters, nor what it made."""
        inputs: dict[int, Box | Step] = {}
        for value in self.units.values(i):
            for operand in value.operands:
                if type(operand) is not Value:
                    if any(operand is array for array in call.arrays) and id(operand) not in inputs:
                        inputs[id(operand)] = self.node_of(operand, call.parent)
                elif operand.operation is not None:
                    if self.unit_of[operand.number] != i:
                        node = self.node_of(operand, call.parent)
                        inputs[id(node)] = node
                elif operand.number < call.start and operand.number not in self.names.parameters:
                    node = self.node_of(operand, call.parent)
                    inputs[id(node)] = node
        return list(inputs.values())

    def add_inputs_of_fold(self, fold: Fold) -> None:
        """Add what leads into repetitions from outside, each once."""
        start, stop, _ = fold
        inputs: dict[int, Box | Step] = {}
        for item in self.units.items[start:stop]:
            for value in item if isinstance(item, list) else (item,):
                for operand in value.operands:
                    if type(operand) is not Value:
                        continue
                    if operand.operation is None:  # leaves that only the fold has are not drawn
                        node: Box | Step | None = self.boxes.get(operand.number)
                    elif start <= self.unit_of[operand.number] < stop:
                        continue
                    else:
                        node = self.node_of(operand, None)
                    if node is not None:
                        inputs[id(node)] = node
        self.steps[start].inputs = list(inputs.values())


def unit_places(units: Units) -> dict[int, int]:
    """Return the place of each operation's unit, by the creation number of its result."""
    if not units.calls:
        return {value.number: i for i, value in enumerate(units.items)}  # type: ignore[union-attr]
    return {value.number: i for i in range(len(units.items)) for value in units.values(i)}


def what_repeats(units: Units, fold: Fold) -> str:
    """Return the operations and modules of one repetition."""
    titles = []
    for i in range(fold.start, fold.start + fold.period):
        call = units.calls.get(i)
        titles.append(call.kind if call else name_of_operation(units.values(i)[0]))
    if len(titles) > MOST_TITLES:
        titles = [*titles[: MOST_TITLES - 1], "…", titles[-1]]
    return " → ".join(titles)


def name_of_operation(value: Value) -> str:
    """Return the name of the operation that made a Value."""
    return value.operation.name if value.operation else ""


def counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"
