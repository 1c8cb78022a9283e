"""Which NaN or infinity was born in an operation, and how messages speak of elements and operands.

A NaN is born where no operand is NaN, an infinity where all operands are finite. What was handed in
as data, and only passed on, is not born.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Birth", "describe_operand", "describe_place", "elements_at", "find_birth"]


@dataclass(frozen=True)
class Birth:
    """The first NaN or infinity that is born in a result, and how many there are.

    `elementwise` says that the elements of the operands at `index` alone explain it.
    """

    index: tuple[int, ...]
    count: int
    elementwise: bool


def find_birth(
    result: Any,
    inputs: Sequence[Any],
    alone: Callable[[tuple[int, ...]], Any],
    params: dict[str, Any],
) -> Birth | None:
    """Return where a NaN or infinity was born, None if none was.

    Parameters
    ----------
    result : array
        What was computed.
    inputs : sequence of arrays
        What it was computed from.
    alone : callable
        Takes an index and computes once more, from the elements at that index alone, to see
        whether they explain the result there.
    params : dict
        Metadata; NaN and infinities among them were handed in.
    """
    bad = ~np.isfinite(result)
    if not bad.any() or not all(map(is_finite, params.values())):
        return None
    if all(map(is_finite, inputs)):
        index = first_index(bad)
        explained = elements_explain(index, result, inputs, alone)
        return Birth(index, int(np.count_nonzero(bad)), explained)
    if has_shape_of_operands(result, inputs):
        had_nan, had_any = nonfinite_among(inputs, bad.shape)
        births = bad & np.where(np.isnan(result), ~had_nan, ~had_any)
        index = first_index(births)
        if births[index] and elements_explain(index, result, inputs, alone):
            return Birth(index, int(np.count_nonzero(births)), True)
    nan = np.isnan(result)
    if nan.any() and not any(holds_floats(x) and np.isnan(x).any() for x in inputs):
        return Birth(first_index(nan), int(np.count_nonzero(nan)), False)
    return None


def is_finite(x: Any) -> bool:
    """Return whether something holds no NaN and no infinity; what holds no floats does not."""
    return not holds_floats(x) or bool(np.isfinite(x).all())


def holds_floats(x: Any) -> bool:
    """Return whether something is a real or complex number, or an array of them."""
    return isinstance(x, float | complex) or getattr(x, "dtype", np.dtype(bool)).kind in "fc"


def has_shape_of_operands(result: Any, inputs: Sequence[Any]) -> bool:
    """Return whether a result has the shape that its operands broadcast to."""
    try:
        return bool(np.broadcast_shapes(*map(np.shape, inputs)) == np.shape(result))
    except ValueError:
        return False


def nonfinite_among(inputs: Sequence[Any], shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Return, for each element, whether an input is NaN there, and whether one is not finite."""
    had_nan, had_any = np.zeros(shape, bool), np.zeros(shape, bool)
    for x in inputs:
        if holds_floats(x):
            had_nan |= np.isnan(x)
            had_any |= ~np.isfinite(x)
    return had_nan, had_any


def elements_explain(
    index: tuple[int, ...],
    result: Any,
    inputs: Sequence[Any],
    alone: Callable[[tuple[int, ...]], Any],
) -> bool:
    """Return whether computing with the elements at an index alone gives what the result has."""
    if not has_shape_of_operands(result, inputs):
        return False
    try:
        with np.errstate(all="ignore"):
            number = alone(index)
        return bool(
            np.shape(number) == () and np.array_equal(number, result[index], equal_nan=True)
        )
    except Exception:  # whatever a function of arrays says about numbers: it needs the arrays
        return False


def elements_at(
    index: tuple[int, ...], inputs: Sequence[Any], shape: tuple[int, ...]
) -> tuple[Any, ...]:
    """Return the elements of the inputs that an element of their broadcast shape is made from.

    Numbers stay as they are: a Python number does not widen what it meets, and numpy's would.
    """
    return tuple(np.broadcast_to(x, shape)[index] if np.ndim(x) else x for x in inputs)


def first_index(mask: Any) -> tuple[int, ...]:
    """Return the index of the first element that is true, of the first one if none is."""
    return tuple(int(i) for i in np.unravel_index(np.argmax(mask), np.shape(mask)))


# Text


def describe_place(birth: Birth, result: Any) -> str:
    """Return the number that was born, where, and how many there are."""
    number = f"{result[birth.index]}"
    if not np.ndim(result):
        return number
    place = f"{number} at element {birth.index} of shape {result.shape}"
    return place + (f", the first of {birth.count}" if birth.count > 1 else "")


def describe_operand(x: Any, element: Any = None) -> str:
    """Return the element that counts, or what there is in an array."""
    if not np.ndim(x):
        return f"{x}"
    kind = f"{x.dtype}, shape {x.shape}"
    if element is not None:
        return f"{element}  ({kind})"
    if not x.size:
        return f"no elements  ({kind})"
    if x.dtype.kind not in "fiu":
        return kind
    finite = x[np.isfinite(x)]
    extent = f"from {finite.min():.6g} to {finite.max():.6g}" if finite.size else "nothing finite"
    others = "".join(
        f", {count} {name}"
        for name, count in (("nan", np.isnan(x).sum()), ("infinite", np.isinf(x).sum()))
        if count
    )
    return f"{extent}{others}  ({kind})"
