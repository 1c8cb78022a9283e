"""What differs between two graphs: before and after a change, a student's and the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value
from autograd_lite.viz.facts import describe_array
from autograd_lite.viz.labels import describe_params, printable
from autograd_lite.viz.picture import all_values

__all__ = ["Change", "GraphDifference", "compare_graphs"]


class Change(NamedTuple):
    """A Value that is in both graphs, but not the same.

    Attributes
    ----------
    before, after : Value
        The two.
    what : tuple of str
        What differs: ``"axis=0 → axis=1"``, ``"shape (3,) → (4,)"``.
    """

    before: Value
    after: Value
    what: tuple[str, ...]


class GraphDifference(NamedTuple):
    """What differs between two graphs. Printed, it is a list, a line for each.

    Attributes
    ----------
    added, removed : list of Value
        Those that are in the graph after, or before, only; in order of creation.
    changed : list of Change
        Those that are in both, but not the same.
    pairs : dict
        For each Value of the graph after that is in both, the one of the graph before.
    """

    added: list[Value]
    removed: list[Value]
    changed: list[Change]
    pairs: dict[Value, Value]

    def __str__(self) -> str:
        lines = [f"+ {title_of_value(value)}" for value in self.added]
        lines += [f"− {title_of_value(value)}" for value in self.removed]
        lines += [
            f"≠ {title_of_value(change.after)}: {'; '.join(change.what)}" for change in self.changed
        ]
        return "\n".join(lines) or "no difference"


def compare_graphs(before: Value, after: Value) -> GraphDifference:
    """Compare two graphs: which Values were added, removed or changed.

    Values are the same if they come by the same operations from the same leaves; leaves are told by
    name, shape and dtype. What is left is compared from the results on: one operation in both
    places is the same one, changed; where only one graph has it, it was added or removed. The time
    is linear in the size of the graphs.

    Parameters
    ----------
    before, after : Value
        The results of the two.

    Returns
    -------
    GraphDifference
        ``print`` shows it; `draw_difference` draws it.

    Raises
    ------
    ArgumentError
        If one is not a Value.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> x = al.Value([[1.0, 2.0], [3.0, 4.0]], name="x")
    >>> print(al.viz.compare_graphs((x * 2.0).sum(axis=0), np.tanh(x * 3.0).sum(axis=1)))
    + tanh (2, 2)
    ≠ multiply (2, 2): operand 1: 2 → 3
    ≠ sum axis=1 (2,): axis=0 → axis=1
    """
    for value in (before, after):
        if type(value) is not Value:
            raise ArgumentError(
                f"compare_graphs() compares the graphs of two Values, got {type(value).__name__}"
            )
    nodes_before, nodes_after = all_values(before), all_values(after)
    pairs = equal_pairs(nodes_before, nodes_after)
    pair_from_results(before, after, pairs)
    known = set(pairs.values())
    changes = [
        Change(pairs[a], a, tuple(changes_of(pairs[a], a))) for a in nodes_after if a in pairs
    ]
    return GraphDifference(
        added=[value for value in nodes_after if value not in pairs],
        removed=[value for value in nodes_before if value not in known],
        changed=[change for change in changes if change.what],
        pairs=pairs,
    )


def equal_pairs(before: Sequence[Value], after: Sequence[Value]) -> dict[Value, Value]:
    """Return pairs of Values that come by the same operations from the same leaves."""
    signatures: dict[Any, int] = {}
    known: dict[Value, int] = {}
    for value in (*before, *after):
        known[value] = signatures.setdefault(signature_of(value, known), len(signatures))
    candidates: dict[int, list[Value]] = defaultdict(list)
    for value in reversed(before):
        candidates[known[value]].append(value)
    return {value: candidates[known[value]].pop() for value in after if candidates[known[value]]}


def signature_of(value: Value, known: dict[Value, int]) -> Any:
    """Return what two Values have in common if they are the same."""
    operation = value.operation
    if operation is None:
        return value.name, value.shape, value.dtype, value.requires_grad
    operands = tuple(
        known[x] if type(x) is Value else ("constant", describe_array(x), np.shape(x))
        for x in value.operands
    )
    return operation.name, tuple(describe_params(operation, value.params)), operands


def pair_from_results(before: Value, after: Value, pairs: dict[Value, Value]) -> None:
    """Add pairs that stand in the same place, seen from the results."""
    taken = set(pairs.values())
    seen = set()
    places = [(before, after)]
    while places:
        b, a = places.pop()
        if (b, a) in seen or pairs.get(a) is b:
            continue
        seen.add((b, a))
        free = a not in pairs and b not in taken
        if free and is_alike(b, a):
            pairs[a] = b
            taken.add(b)
            places += value_pairs(b.operands, a.operands)
        elif b in taken or any(is_alike(b, x) for x in values_in(a.operands)):
            places += [(b, x) for x in values_in(a.operands) if is_alike(b, x)]
        elif a in pairs or any(is_alike(x, a) for x in values_in(b.operands)):
            places += [(x, a) for x in values_in(b.operands) if is_alike(x, a)]
        else:
            places += value_pairs(b.operands, a.operands)


def is_alike(before: Value, after: Value) -> bool:
    """Return whether one may be the other, changed: leaves of one name, or one operation."""
    if before.operation is None or after.operation is None:
        return before.operation is after.operation and before.name == after.name
    return before.operation.name == after.operation.name and len(before.operands) == len(
        after.operands
    )


def values_in(operands: Sequence[Any]) -> list[Value]:
    """Return the Values among operands."""
    return [x for x in operands if type(x) is Value]


def value_pairs(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[Value, Value]]:
    """Return the pairs of operands in the same place that are Values."""
    pairs = zip(before, after, strict=False)
    return [(b, a) for b, a in pairs if type(b) is Value and type(a) is Value]


def changes_of(before: Value, after: Value) -> Iterator[str]:
    """Yield what differs between two Values themselves, not in what they come from."""
    if before.operation is not None and after.operation is not None:
        first = describe_params(before.operation, before.params)
        second = describe_params(after.operation, after.params)
        for place in range(max(len(first), len(second))):
            one, other = (
                "".join(texts[place : place + 1]) or "default" for texts in (first, second)
            )
            if one != other:
                yield f"{one} → {other}"
        for place, (one, other) in enumerate(zip(before.operands, after.operands, strict=True)):
            if type(one) is not Value and type(other) is not Value and not same_numbers(one, other):
                yield f"operand {place}: {describe_array(one)} → {describe_array(other)}"
    elif before.shape == after.shape and not same_numbers(before.data, after.data):
        yield f"numbers {describe_array(before.data)} → {describe_array(after.data)}"
    if before.shape != after.shape:
        yield f"shape {before.shape} → {after.shape}"
    if before.dtype != after.dtype:
        yield f"dtype {before.dtype} → {after.dtype}"


def same_numbers(one: Any, other: Any) -> bool:
    """Return whether two arrays hold the same numbers; NaN equals NaN."""
    one, other = np.asarray(one), np.asarray(other)
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in other.dtype.kind in "fc"))


def title_of_value(value: Value) -> str:
    """Return what a Value is called in a line: its name, how it was made, and its shape."""
    parts = [printable(value.name)] if value.name else []
    if value.operation is not None:
        parts += [printable(value.operation.name), *describe_params(value.operation, value.params)]
    elif not parts:
        parts = ["variable" if value.requires_grad else "constant"]
    return " ".join([*parts, *([str(value.shape)] if value.ndim else [])])
