"""The errors that `al.debug` raises: what happened, with which numbers, where in the code."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.backward import nodes_between
from autograd_lite.debugging.call_sites import (
    CallSite,
    names_in,
    names_written,
    site_of,
    user_frame,
)
from autograd_lite.debugging.hints import Suspect, hint_for
from autograd_lite.debugging.nonfinite import (
    Birth,
    describe_operand,
    describe_place,
    elements_at,
    first_index,
)
from autograd_lite.debugging.notes import differences, rule_of, site_of_recording
from autograd_lite.errors import GraphError, NonFiniteError
from autograd_lite.value import Value, constant, node

if TYPE_CHECKING:
    from autograd_lite.primitive import Primitive

__all__ = [
    "add_place_of_forward",
    "add_place_of_rule",
    "backward_failure",
    "changed_array",
    "forward_failure",
    "sum_failure",
]


def forward_failure(
    operation: Primitive,
    operands: Sequence[Any],
    arrays: Sequence[Any],
    params: dict[str, Any],
    out: Any,
    birth: Birth,
) -> NonFiniteError:
    """Return the error for a NaN or infinity that a forward function made."""
    site = site_of(user_frame())
    names = names_of(operation.name, operands, site)
    elements = elements_at(birth.index, arrays, out.shape) if birth.elementwise else None
    hint = hint_for(
        Suspect(
            operation.name,
            elements or tuple(arrays),
            params,
            out[birth.index],
            birth.elementwise,
        )
    )
    error = NonFiniteError(
        joined(
            f"{operation.name} gave {describe_place(birth, out)}",
            *operand_lines(names, arrays, elements),
            *place_lines(site),
            *hint_lines(hint),
        )
    )
    error.value = result_of(operation, operands, arrays, params, out)
    return with_attributes(error, operation, operands, birth, hint)


def backward_failure(
    value: Value, nodes: Sequence[Value], position: int, g: Any, gradient: Any, birth: Birth
) -> NonFiniteError:
    """Return the error for a NaN or infinity that a rule made."""
    operation = value.operation
    assert operation is not None
    out, *arrays = value._arrays
    names = recorded_names(value)
    elements = elements_at(birth.index, arrays, gradient.shape) if birth.elementwise else None
    incoming = elements_at(birth.index, (g, out), gradient.shape) if elements else (None, None)
    hint = hint_for(
        Suspect(
            operation.name,
            elements or tuple(arrays),
            value.params,
            gradient[birth.index],
            birth.elementwise,
            g if incoming[0] is None else incoming[0],
            position,
            later_where(value, nodes),
        )
    )
    error = NonFiniteError(
        joined(
            f"the gradient of {operation.name} with respect to {labels(names)[position]} is "
            f"{describe_place(birth, gradient)}",
            *operand_lines(names, arrays, elements),
            f"    result: {describe_operand(out, incoming[1])}",
            f"    gradient that came in: {describe_operand(g, incoming[0])}",
            *recording_lines(value),
            *hint_lines(hint),
        )
    )
    error.value, error.position, error.gradient = value, position, gradient
    return with_attributes(error, operation, value.operands, birth, hint)


def sum_failure(operand: Value, total: Any, birth: Birth) -> NonFiniteError:
    """Return the error for a gradient that overflows where it is added up."""
    (name,) = names_of("", [operand], None)
    hint = "overflow: scale the loss down, or compute in float64: x.astype(float)"
    what = f"a Value of shape {operand.shape}" if name is None else name
    error = NonFiniteError(
        joined(
            f"the gradient of {what} overflows where it is added up, or changes its dtype: "
            f"{describe_place(birth, total)}",
            *recording_lines(operand),
            *hint_lines(hint),
        )
    )
    error.value, error.gradient = operand, total
    return with_attributes(error, operand.operation, operand.operands, birth, hint)


def changed_array(value: Value, place: int | str, array: Any, copy: Any) -> GraphError:
    """Return the error for an array that was written into between forward and backward."""
    name = value.operation.name if value.operation else "?"
    what = labels(recorded_names(value))[place] if isinstance(place, int) else "the result"
    changed = differences(copy, array)
    index = first_index(changed)
    element = f" at element {index}" if array.ndim else ""
    return GraphError(
        joined(
            f"{what} of {name} was changed between forward and backward, behind the graph's back",
            f"    it was {copy[index]} and is {array[index]} now{element}",
            f"    {np.count_nonzero(changed)} of {array.size} elements differ  "
            f"({array.dtype}, shape {array.shape})",
            *recording_lines(value),
            *hint_lines(
                "the gradient would be computed from the new numbers. Make a new array (x.data = "
                "x.data - step; a = a + 1) in place of writing into this one, or use a copy"
            ),
        )
    )


def add_place_of_forward(
    error: Exception, operation: Primitive, operands: Sequence[Any], arrays: Sequence[Any]
) -> None:
    """Add to an error of a forward function which operation failed, and on what."""
    site = site_of(user_frame())
    names = names_of(operation.name, operands, site)
    error.add_note(
        joined(
            f"in {operation.name}, with",
            *operand_lines(names, arrays, None),
            *place_lines(site),
        )
    )
    error.operation, error.operands = operation, tuple(operands)  # type: ignore[attr-defined]


def add_place_of_rule(error: Exception, value: Value, position: int) -> None:
    """Add to an error of a rule where the operation was recorded."""
    if isinstance(error, NonFiniteError):
        return
    name = value.operation.name if value.operation else "?"
    error.add_note(joined(f"in the rule of {name} for operand {position}", *recording_lines(value)))


# Parts


def result_of(
    operation: Primitive,
    operands: Sequence[Any],
    arrays: Sequence[Any],
    params: dict[str, Any],
    out: Any,
) -> Any:
    """Return the result of a failing operation as the last node of the graph so far."""
    if any(type(operand) is Value and operand._requires_grad for operand in operands):
        return node(operation, tuple(operands), (out, *arrays), params)
    return constant(out)


def with_attributes(
    error: NonFiniteError,
    operation: Primitive | None,
    operands: Sequence[Any],
    birth: Birth,
    hint: str | None,
) -> NonFiniteError:
    """Return the error with what a program, or a debugger, wants to look at."""
    error.operation, error.operands, error.hint = operation, tuple(operands), hint
    error.index, error.count = birth.index, birth.count
    return error


def joined(*lines: str) -> str:
    """Return lines as one text."""
    return "\n".join(lines)


def place_lines(site: CallSite | None, *title: str) -> list[str]:
    """Return a place in the user's code with a title before it, or nothing if it is not known."""
    return [] if site is None else [*(f"  {line}" for line in title), str(site)]


def recording_lines(value: Value) -> list[str]:
    """Return the place where an operation was recorded, by the user or in a gradient."""
    if value.operation is None:
        return []
    rule = rule_of(value)
    by = f", in the gradient of {rule}" if rule else ""
    return place_lines(site_of_recording(value), f"{value.operation.name} was recorded here{by}:")


def hint_lines(hint: str | None) -> list[str]:
    """Return what to do, as the last lines."""
    return (
        []
        if hint is None
        else textwrap.wrap(f"hint: {hint}", 96, subsequent_indent=" " * 6, break_on_hyphens=False)
    )


def recorded_names(value: Value) -> list[str | None]:
    """Return what to call the operands of an operation that was recorded earlier."""
    name = value.operation.name if value.operation and not rule_of(value) else ""
    return names_of(name, value.operands, site_of_recording(value))


def names_of(operation: str, operands: Sequence[Any], site: CallSite | None) -> list[str | None]:
    """Return what to call operands: their own names, else what the code calls them."""
    written = names_written(site, operation, len(operands))
    variables = names_in(user_frame(), operands)
    return [
        (operand.name if type(operand) is Value else None) or text or variable or source_of(operand)
        for operand, text, variable in zip(operands, written, variables, strict=True)
    ]


def source_of(operand: Any) -> str | None:
    """Return what made a Value that has no name; a transform's wrapping is nobody's operation."""
    operation = operand.operation if type(operand) is Value else None
    if operation is None or operation.name == "identity":
        return None
    return f"a result of {operation.name}"


def labels(names: Sequence[str | None]) -> list[str]:
    """Return what to call each operand: its position, and its name if it has one."""
    return [
        f"operand {position}" + (f" ({name})" if name else "")
        for position, name in enumerate(names)
    ]


def operand_lines(
    names: Sequence[str | None], arrays: Sequence[Any], elements: Sequence[Any] | None
) -> list[str]:
    """Return a line for each operand: the element that counts, or what there is."""
    return [
        f"    {label}: {describe_operand(array, None if elements is None else elements[position])}"
        for position, (label, array) in enumerate(zip(labels(names), arrays, strict=True))
    ]


def later_where(value: Value, nodes: Sequence[Value]) -> str | None:
    """Return where an ``np.where`` that a Value went into was recorded, if there is one."""
    for later in nodes_between([value], list(nodes)):
        if later.operation is not None and later.operation.name == "where" and later is not value:
            site = site_of_recording(later)
            return (
                f"np.where at {Path(site.code.co_filename).name}:{site.line}"
                if site
                else "np.where"
            )
    return None
