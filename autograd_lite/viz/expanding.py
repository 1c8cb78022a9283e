"""Some operations of a graph written out in single numbers, the others left as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from autograd_lite import ops
from autograd_lite.backward import pull_back, recorded_nodes
from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value, content_of, next_number
from autograd_lite.viz.calls import Call
from autograd_lite.viz.picture import all_values
from autograd_lite.viz.scalars import Elements, array_of, as_elements, written_out

__all__ = ["Expanded", "expanded"]


class Expanded(NamedTuple):
    """A graph in which some operations are written out.

    Attributes
    ----------
    result : Value
        The result, made anew.
    made : dict
        For each Value of the graph before, what stands for it; a leaf stands for itself.
    calls : list of Call
        The modules' calls, with the intervals in which the Values were made anew.
    """

    result: Value
    made: dict[Value, Any]
    calls: list[Call]


def expanded(
    root: Value,
    chosen: Collection[Value],
    calls: Sequence[Call] = (),
    name_of: Callable[[Value], str | None] = lambda value: value.name,
) -> Expanded:
    """Make a graph anew, with some of its operations written out in single numbers.

    A chosen operation takes the elements of its operands, ``w[0,1]``, works with them one by one,
    and what comes out is put together again; all other operations are as before, and so are the
    gradients, of results and leaves alike. The numbers are those of now.

    Parameters
    ----------
    root : Value
        The result of the graph.
    chosen : collection of Value
        Results of the operations to write out: of those that `scalar_graph` can.
    calls : sequence of Call
        Of modules, in the order in which they began.
    name_of : callable
        What a Value is called. Default: its name.

    Raises
    ------
    ArgumentError
        If one of them is a leaf, or is made by an operation that cannot be written out.
    """
    for value in chosen:
        if value.operation is None:
            raise ArgumentError(
                f"expand takes results of operations, to write these out; {name_of(value) or value}"
                " is a leaf"
            )
    to_expand, intervals = set(chosen), Intervals(calls)
    made: dict[Value, Any] = {}
    for node in all_values(root):
        intervals.come_to(node.number)
        if node.operation is None:
            made[node] = node
            continue
        operands = [made[x] if type(x) is Value else x for x in node.operands]
        if node in to_expand:
            names = [name_of(x) if type(x) is Value else None for x in node.operands]
            made[node] = in_numbers(node, operands, names)
        else:
            made[node] = node.operation(*operands, **node.params)
    result: Value = made[root]
    if root.grad is not None:
        seed = content_of(root.grad)
        give_gradients(result, seed)
    return Expanded(result, made, intervals.finished())


def in_numbers(node: Value, operands: Sequence[Any], names: Sequence[str | None]) -> Any:
    """Return what an operation makes, number by number, as one array again."""
    operation: Any = node.operation
    elements = written_out(operation, [*map(apart, operands, names)], node.params)
    if not elements.ndim:
        return elements.item()
    return ops.reshape(ops.stack(list(elements.flat)), shape=node.shape)


def apart(operand: Any, name: str | None) -> Elements:
    """Return the elements of an array, each with its place as a name."""
    if type(operand) is not Value or not operand.ndim:
        return as_elements(operand)
    made = []
    for index in np.ndindex(operand.shape):
        element = operand[index]
        element.name = f"{name}[{','.join(map(str, index))}]" if name else None
        made.append(element)
    return array_of(made, operand.shape)


def give_gradients(result: Value, seed: Any) -> None:
    """Give the results of operations the gradients that follow from that of the last."""
    gradients = pull_back(
        recorded_nodes(result), {result: seed}, on_values=False, leaves_only=False
    )
    for node, gradient in gradients.items():
        if node.operation is not None:
            node.grad = gradient


class Intervals:
    """Finds the calls of modules again in numbers of creation that are new.

    Attributes
    ----------
    ends : list of (int, bool, Call)
        Where each call begins (False) and ends (True), in the numbers of before; the last first.
    """

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        ends = [(call.start, False, call) for call in calls]
        ends += [(call.stop, True, call) for call in calls]
        self.ends = sorted(ends, key=lambda end: -end[0])
        self.new: dict[tuple[Call, bool], int] = {}

    def come_to(self, number: int) -> None:
        """Take note of the calls that began and ended before a number of before."""
        while self.ends and self.ends[-1][0] < number:
            _, is_stop, call = self.ends.pop()
            self.new[call, is_stop] = next_number()

    def finished(self) -> list[Call]:
        """Return the calls anew."""
        self.come_to(next_number())
        found: dict[Call, Call] = {}
        for call in self.calls:
            start, stop = self.new[call, False], self.new[call, True]
            parent = found[call.parent] if call.parent else None
            found[call] = replace(call, start=start, stop=stop, parent=parent)
        return list(found.values())
