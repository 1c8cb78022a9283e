"""What boxes and steps say in plain text, in one line each."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import Primitive
from autograd_lite.value import Value, content_of
from autograd_lite.viz.labels import describe_content, describe_params, printable
from autograd_lite.viz.picture import Box, Step

__all__ = ["describe_array", "facts_of", "title_of"]


def describe_array(x: Any) -> str:
    """Return the elements of an array of up to four, the range of a larger one, or a number."""
    array = np.asarray(content_of(x))
    if array.ndim == 1 and 0 < array.size <= 4:
        return f"[{', '.join(map(describe_content, array))}]"
    return describe_content(array)


def facts_of(box: Box, show_gradients: bool) -> list[str]:
    """Return the name of a box, the shape and dtype where they are not usual, and its content."""
    operand = box.operand
    data = np.asarray(content_of(operand))
    typed = type(operand) is Value or isinstance(operand, np.ndarray | np.generic)
    facts = [printable(box.name).replace("\n", " ")] if box.name else []
    if data.ndim:
        facts.append(str(data.shape))
    if typed and data.dtype != np.float64:
        facts.append(str(data.dtype))
    facts.append(describe_array(data))
    gradient = operand.grad if type(operand) is Value and show_gradients else None
    if gradient is not None:
        facts.append(f"grad {describe_array(gradient)}")
    return facts


def title_of(step: Step) -> str:
    """Return what a step is called, with metadata that is not at its default."""
    if step.value is None:
        return " ".join([printable(step.title), f"({step.note})"])
    operation: Primitive = step.value.operation  # type: ignore[assignment]
    return " ".join([printable(step.title), *describe_params(operation, step.value.params)])
