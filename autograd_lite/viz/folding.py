"""Repetitions in a graph: layers of one shape, the steps of a recurrence, a chain.

Operations stand in the order of their creation, each with a signature: its name, its shape, and for
each operand how many operations before it was made. A graph repeats itself with a period p where
each signature equals the one p places before. All periods are tried, with numpy, so that the time
is linear in the number of operations.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.value import Value
from autograd_lite.viz.calls import Call

__all__ = ["Fold", "Units", "common_call", "find_folds", "units_of"]

LONGEST_PERIOD: Final = 256
"""Operations, or modules drawn as one box, in a repetition."""

NEAR: Final = 32
"""An operand made longer ago is told by its own signature: the distance need not be the same."""

FEWEST: Final = 4
"""So many repetitions are folded: the first and the last are drawn."""


class Units(NamedTuple):
    """What is drawn as one step each, in order of creation: operations, and calls of modules.

    There may be a million operations: they take one list, and calls alone take more.

    Attributes
    ----------
    items : sequence
        The result of an operation, or the list of those of a call.
    calls : dict
        The calls, by their place in `items`.
    scopes : dict
        The call that an item is drawn inside of, by its place; none where it is in none.
    """

    items: Sequence[Value | list[Value]]
    calls: dict[int, Call]
    scopes: dict[int, Call]

    def values(self, i: int) -> Sequence[Value]:
        """Return the results of the operations of an item."""
        item = self.items[i]
        return item if isinstance(item, list) else (item,)


class Fold(NamedTuple):
    """Repetitions of which the first and the last are drawn: units `start` to `stop` are not."""

    start: int
    stop: int
    period: int

    @property
    def repetitions(self) -> int:
        """How many repetitions are not drawn."""
        return (self.stop - self.start) // self.period


def units_of(results: Sequence[Value], calls: Sequence[Call], is_open: Container[Call]) -> Units:
    """Return the units of a graph, given the results of its operations in order of creation."""
    if not calls:
        return Units(results, {}, {})
    closed: dict[Call, Call | None] = {}  # each call's outermost call that is not open
    for call in calls:
        outer = closed[call.parent] if call.parent else None
        closed[call] = outer or (None if call in is_open else call)
    units = Units([], {}, {})
    items: Any = units.items
    scope: Call | None = None
    begun = 0
    for value in results:
        while begun < len(calls) and calls[begun].start < value.number:
            scope = calls[begun]
            begun += 1
        while scope and scope.stop < value.number:
            scope = scope.parent
        drawn_as = closed[scope] if scope else None
        if drawn_as and items and units.calls.get(len(items) - 1) is drawn_as:
            items[-1].append(value)
            continue
        around = drawn_as.parent if drawn_as else scope
        if around:
            units.scopes[len(items)] = around
        if drawn_as:
            units.calls[len(items)] = drawn_as
        items.append([value] if drawn_as else value)
    return units


def find_folds(units: Units, unit_of: Mapping[int, int]) -> list[Fold]:
    """Return the repetitions not to draw, in their order; `unit_of` a Value's creation number."""
    signatures = signatures_of(units, unit_of)
    hidden = np.zeros(len(signatures), dtype=bool)
    folds = []
    for start, period, count in candidates(signatures):
        shift = shift_to_call(units, start, period)
        first = start + shift + period
        last = first + (count - 2 - (shift > 0)) * period
        if last > first and not hidden[first - period : last + period].any():
            hidden[first:last] = True
            folds.append(Fold(first, last, period))
    return sorted(folds)


def signatures_of(units: Units, unit_of: Mapping[int, int]) -> NDArray[np.int64]:
    """Return a number for each unit, equal for those that could stand for each other."""
    known: dict[Any, int] = {}
    signatures: list[int] = []
    last_use: dict[int, int] = {}
    kinds = kinds_of_places(units)
    for i, item in enumerate(units.items):
        key: list[Any] = [kinds.get(i)]
        for value in item if type(item) is list else (item,):
            key += (value.operation, value.shape)  # type: ignore[union-attr]
            for operand in value.operands:  # type: ignore[union-attr]
                if type(operand) is not Value:
                    key.append(getattr(operand, "shape", ()))
                    continue
                number = operand.number
                if operand.operation is None:
                    before = last_use.get(number)
                    last_use[number] = i
                    key.append(operand.shape if before is None else place_before(i - before))
                else:
                    maker = unit_of[number]
                    far = signatures[maker] if maker < i - NEAR else 0
                    key.append(~far if far else i - maker)
        signatures.append(known.setdefault(tuple(key), len(known) + 1))
    return np.array(signatures)


def kinds_of_places(units: Units) -> dict[int, tuple[Any, ...]]:
    """Return what calls are and what they are inside of, by place."""
    kinds: dict[int, tuple[Any, ...]] = {i: (call.kind,) for i, call in units.calls.items()}
    for i, scope in units.scopes.items():
        kinds[i] = (*kinds.get(i, ("",)), scope.level, scope.kind)
    return kinds


def place_before(distance: int) -> int:
    """Return how far a leaf's last use is back, the same for all that are far."""
    return min(distance, NEAR + 1)


def candidates(signatures: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Return ``(start, period, count)`` of all repetitions, those that hide most first."""
    found = []
    for period in range(1, min(LONGEST_PERIOD, len(signatures) // FEWEST) + 1):
        same = signatures[period:] == signatures[:-period]
        ends = np.flatnonzero(np.diff(same, prepend=False, append=False))
        starts, stops = ends[::2], ends[1::2]
        counts = (stops - starts) // period + 1
        enough = counts >= FEWEST
        found += [
            (start, period, count)
            for start, count in zip(starts[enough].tolist(), counts[enough].tolist(), strict=True)
        ]
    return sorted(found, key=lambda it: (-(it[2] - 2) * it[1], it[1], it[0]))


def shift_to_call(units: Units, start: int, period: int) -> int:
    """Return where in a period to begin, so that repetitions begin where an outer call does."""
    if not units.scopes:
        return 0

    def levels_shared(shift: int) -> float:
        i = start + shift
        before, here = units.scopes.get(i - 1), units.scopes.get(i)
        if before is here:
            return np.inf
        shared = common_call(before, here)
        return shared.level if shared else -1

    return min(range(period), key=levels_shared)


def common_call(one: Call | None, other: Call | None) -> Call | None:
    """Return the innermost call that both are inside of, or are."""
    while one is not other:
        if one is None or other is None:
            return None
        if one.level >= other.level:
            one = one.parent
        else:
            other = other.parent
    return one
