"""Why a gradient ends at an operation: what a rule that returns 0 depends on, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.debugging.paths import Edge

__all__ = ["zero_reason"]


def zero_reason(edge: Edge, arrives: Any) -> str:
    """Return why nothing comes through one use of an operand.

    Parameters
    ----------
    edge : Edge
        The use.
    arrives : array of bool
        Where, in the result of the operation, there is something to come through. Elsewhere the
        operands do not matter.
    """
    operation = edge.value.operation
    assert operation is not None
    out, *operands = (those_at(arrives, array) for array in edge.value._arrays)
    known = REASONS.get(operation.name)
    reason = known(edge.position, operands, out) if known else None
    reason = reason or f"its slope is 0 at {describe(operands[edge.position])}"
    name = f" {edge.value.name}" if edge.value.name else ""
    return f"{operation.name}{name}{place(arrives)}: {reason}"


def those_at(mask: Any, array: Any) -> Any:
    """Return the elements that stand at a mask, all of them if the shapes do not fit."""
    try:
        return np.broadcast_to(array, np.shape(mask))[mask]
    except ValueError:
        return np.asarray(array)


def place(mask: Any) -> str:
    """Return where elements are, in brackets: the coordinates that they have in common."""
    if np.size(mask) == 1 or np.all(mask):
        return ""
    shared = [str(axis[0]) if np.ptp(axis) == 0 else ":" for axis in np.nonzero(mask)]
    return "" if set(shared) == {":"} else f"[{', '.join(shared)}]"


def describe(x: Any) -> str:
    """Return a number, or the range of an array."""
    if not np.size(x) or not np.isrealobj(x):
        return "these numbers"
    low, high = f"{np.min(x):.4g}", f"{np.max(x):.4g}"
    return low if low == high else f"{low} … {high}"


def relu(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain a unit that is off, or a layer of them."""
    x = operands[0]
    units = "the unit is off" if np.size(x) == 1 else f"all {np.size(x)} units are off"
    return f"{units}: input {describe(x)}" if not np.any(x > 0) else None


def clip(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain a number outside of its interval."""
    x, low, high = operands
    if position == 0:
        outside = not np.any((x >= low) & (x <= high))
        interval = f"[{describe(low)}, {describe(high)}]"
        return f"{describe(x)} is outside of {interval}" if outside else None
    return f"the bound {describe(operands[position])} is not in force: {describe(x)} is inside"


def extremum_of_two(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain the operand that maximum or minimum does not take."""
    mine, other = operands[position], operands[1 - position]
    return f"the other operand is taken: {describe(other)}, not {describe(mine)}"


def where(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain the branch that is not taken."""
    return f"this branch is not taken: the condition is {position != 1}"


def product(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain a factor of 0."""
    return None if np.any(operands[1 - position]) else "the other operand is 0"


def linear(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain inputs or weights of 0."""
    inputs, weight, _ = operands
    if position == 0 and not np.any(weight):
        return "all weights are 0"
    return "all inputs are 0" if position == 1 and not np.any(inputs) else None


def division(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain a numerator of 0, which no divisor changes."""
    return "0 divided by anything is 0" if position == 1 and not np.any(operands[0]) else None


def power(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain exponents and bases that make a power constant."""
    base, exponent = operands
    if position == 0 and not np.any(exponent):
        return "x**0 is 1 for every x"
    if position == 0 and not np.any(base):
        return f"x**{describe(exponent)} is flat at x = 0"
    if position == 1 and not np.any(base):
        return "0**y is 0 for every y > 0"
    return "1**y is 1 for every y" if position == 1 and np.all(base == 1) else None


def steps(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain functions that are flat between jumps."""
    return "a step function: flat wherever it is continuous"


def saturated(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain a slope that rounds to 0 far out."""
    return f"saturated at {describe(operands[0])}: its slope rounds to 0"


def extremum(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain an element that is not the extremum."""
    return "it is not the element that is taken"


def getitem(position: int, operands: list[Any], out: Any) -> str | None:
    """Explain elements that an index leaves out."""
    return "the index does not take it"


REASONS: dict[str, Callable[[int, list[Any], Any], str | None]] = {
    "relu": relu,
    "clip": clip,
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), extremum_of_two),
    "where": where,
    **dict.fromkeys(("multiply", "matmul"), product),
    "linear": linear,
    "divide": division,
    **dict.fromkeys(("power", "float_power"), power),
    **dict.fromkeys(("sign", "floor", "ceil", "trunc", "rint", "floor_divide"), steps),
    **dict.fromkeys(("sigmoid", "tanh", "softplus", "exp"), saturated),
    **dict.fromkeys(("max", "min"), extremum),
    "getitem": getitem,
}
