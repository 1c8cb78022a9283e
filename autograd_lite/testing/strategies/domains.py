"""Operations for programs out of a table of domains: any primitive of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any, Protocol

import numpy as np
from hypothesis import strategies as st

from autograd_lite import ops
from autograd_lite.primitive import Primitive, registry
from autograd_lite.testing.strategies.draft import Draft
from autograd_lite.testing.strategies.families import elementwise, on_axes
from autograd_lite.testing.strategies.grids import Domain
from autograd_lite.testing.strategies.operations import Arguments, Operation
from autograd_lite.testing.strategies.program import Operand
from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["DomainOfPrimitive", "operation_of", "operations_of"]


class CallOfPrimitive(Protocol):
    """Shapes of operands, with metadata that goes with them."""

    @property
    def shapes(self) -> Sequence[Shape]:
        """One shape for each operand."""

    @property
    def params(self) -> Mapping[str, Any]:
        """Metadata, by keyword."""


class DomainOfPrimitive(Protocol):
    """Where a primitive is smooth, and what it may be called with."""

    @property
    def intervals(self) -> Sequence[Domain | None]:
        """One domain for each operand, repeated from the start; None for all real numbers."""

    @property
    def calls(self) -> Sequence[CallOfPrimitive]:
        """What it may be called with, where `arguments` is None."""

    @property
    def arguments(self) -> str | None:
        """``"broadcast"``: element-wise; ``"axis"``: a reduction; None: as in `calls`."""


def operation_of(primitive: str | Primitive, domain: DomainOfPrimitive) -> Operation:
    """Return a primitive as an operation that programs may use.

    Parameters
    ----------
    primitive : str or Primitive
        The primitive, or its name in the registry.
    domain : Domain
        Where it is smooth: a `Domain` of `autograd_lite.testing.domains`, or anything with its
        ``intervals``, ``calls`` and ``arguments``. Of numbers of both signs, the positive are
        drawn.

    Returns
    -------
    Operation

    Examples
    --------
    >>> import autograd_lite as al
    >>> from autograd_lite.testing import domains, strategies
    >>> cube = al.primitive(lambda x: x**3, lambda g, out, x: 3 * g * x**2, name="cube")
    >>> strategies.operation_of(cube, domains.of_one(domains.interval(-2, 2)))
    <operation cube>
    """
    name = primitive if isinstance(primitive, str) else primitive.name
    call = f"{where_to_find(name)}({{operands}}{{keywords}})"
    return Operation(name, registry[name], arguments_of(domain), call)


def where_to_find(name: str) -> str:
    """Return what code calls a primitive: one of the package, of numpy, or of the user's own."""
    if getattr(ops, name, None) is registry[name]:
        return f"al.ops.{name}"
    return f"np.{name}" if hasattr(np, name) else name


def operations_of(domains: Mapping[str, DomainOfPrimitive]) -> list[Operation]:
    """Return the operations for a table of domains, those without any rule left out."""
    return [
        operation_of(name, domain)
        for name, domain in domains.items()
        if any(rule is not None for rule in registry[name].rules)
    ]


def arguments_of(domain: DomainOfPrimitive) -> Callable[[Draft], Arguments]:
    """Return how arguments within a domain are drawn."""
    if domain.arguments == "broadcast":
        return elementwise(*domain.intervals)
    if domain.arguments == "axis":
        return on_axes(domain.intervals[0], fewest=2)

    def arguments(draft: Draft) -> Arguments:
        call = draft.draw(st.sampled_from(list(domain.calls)))
        operands: list[Operand] = [
            draft.inside(draft.operand(shape.__eq__, otherwise=shape), interval)
            for shape, interval in zip(call.shapes, cycle(domain.intervals), strict=False)
        ]
        return operands, dict(call.params)

    return arguments
