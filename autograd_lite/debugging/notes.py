"""Notes of what was recorded: kept beside the graph, and gone when their Values are."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.debugging.call_sites import CallSite, site_of, user_frame
from autograd_lite.value import Value

__all__ = [
    "differences",
    "held_arrays",
    "notes",
    "rule_in_progress",
    "rule_of",
    "same_numbers",
    "site_of_recording",
    "take_note",
]


class Note(NamedTuple):
    """What is remembered of an operation: for messages, and to see whether its arrays changed.

    `rule_of` names the operation whose rule recorded it, if one did: a gradient that is a Value.
    """

    reference: weakref.ref[Value]
    site: CallSite | None
    rule_of: str | None
    copies: tuple[Any, ...]


notes: dict[int, Note] = {}
"""Notes by the creation number of the Value, which no other Value ever has.

Not a WeakKeyDictionary: it would compare Values with ==, which is element-wise.
"""

copies: dict[int, tuple[weakref.ref[Any], Any]] = {}
"""A copy of each array of the graph, by its id: an array that several operations use has one."""

rule_in_progress: ContextVar[Value | None] = ContextVar("rule_in_progress", default=None)
"""The Value one of whose rules is running: what the rule computes on the way is its own business,
since it may choose among it with np.where. Only what it returns is checked."""


def take_note(value: Value, stop: CodeType) -> None:
    """Remember where an operation was recorded, and what its arrays hold.

    `stop` is the code that runs rules. An operation that a rule records has the place of the
    operation that the rule belongs to.
    """
    frame = user_frame(stop)
    origin = rule_in_progress.get()
    site = site_of_recording(origin) if frame is None else site_of(frame)
    rule_of = origin.operation.name if origin is not None and origin.operation else None
    reference = weakref.ref(value, partial(forget, value.number))
    held = tuple(copy_of(array) for _, array in held_arrays(value))
    notes[value.number] = Note(reference, site, rule_of, held)


def site_of_recording(value: Value | None) -> CallSite | None:
    """Return where the operation that made a Value was recorded, if that is known."""
    note = None if value is None else notes.get(value.number)
    return note.site if note else None


def rule_of(value: Value) -> str | None:
    """Return the name of the operation whose rule recorded a Value, if one did."""
    note = notes.get(value.number)
    return note.rule_of if note else None


def forget(number: int, reference: Any) -> None:
    """Drop the note of a Value that is gone."""
    notes.pop(number, None)


def held_arrays(value: Value) -> Iterator[tuple[int | str, Any]]:
    """Yield the arrays that the rules of an operation see, each with its position.

    Numbers cannot change, and metadata is copied when it is recorded. The result comes last: it
    may share memory with an operand.
    """
    if not value._arrays:
        return
    out, *operands = value._arrays
    for position, array in enumerate(operands):
        if type(array) is np.ndarray:
            yield position, array
    if type(out) is np.ndarray:
        yield "result", out


def copy_of(array: Any) -> Any:
    """Return a copy of an array, one for all operations that see the same numbers in it."""
    key = id(array)
    known = copies.get(key)
    if known is not None and known[0]() is array and same_numbers(known[1], array):
        return known[1]
    copy = array.copy()
    copies[key] = (weakref.ref(array, partial(forget_copy, key)), copy)
    return copy


def forget_copy(key: int, reference: Any) -> None:
    """Drop the copy of an array that is gone."""
    copies.pop(key, None)


def same_numbers(x: Any, y: Any) -> bool:
    """Return whether two arrays hold the same, NaN included."""
    return x.shape == y.shape and not differences(x, y).any()


def differences(x: Any, y: Any) -> Any:
    """Return where two arrays of one shape differ; NaN equals NaN."""
    return np.not_equal(x, y) & ((x == x) | (y == y))
