"""The chain rule at one edge: a derivative, and what an operand's gradient got from this use."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.debugging.paths import Edge, pull_back_along
from autograd_lite.value import Value, content_of
from autograd_lite.viz.labels import describe_content

__all__ = ["contribution_of", "derivative_of", "describe_contribution"]


def derivative_of(value: Value, position: int) -> Any:
    """Return the derivative of an operation by an operand; None where it is not one number."""
    operand = value.operands[position]
    if not has_rule(value, position) or value.size != 1 or operand.size != 1:
        return None
    return pull_back_along(Edge(value, position), np.ones(value.shape, value.dtype)[()])


def contribution_of(value: Value, position: int) -> Any:
    """Return what `backward` added to an operand's gradient for this use; None before it."""
    g = value.grad
    if g is None or not has_rule(value, position):
        return None
    return pull_back_along(Edge(value, position), content_of(g))


def has_rule(value: Value, position: int) -> bool:
    """Return whether a gradient goes to an operand."""
    operand, operation = value.operands[position], value.operation
    if type(operand) is not Value or not operand.requires_grad or operation is None:
        return False
    return operation.rules[0 if operation.variadic else position] is not None


def describe_contribution(value: Value, position: int) -> str:
    """Return what to write on an edge: ``× derivative``, and what it adds to the gradient."""
    with np.errstate(all="ignore"):
        derivative, added = derivative_of(value, position), contribution_of(value, position)
    texts = [] if derivative is None else [f"× {describe_content(derivative)}"]
    if added is not None:
        texts.append(f"adds {describe_content(added)}")
    return "\n".join(texts)
