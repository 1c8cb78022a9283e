"""What optimisers, clipping and averaging take for parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd_lite.errors import ArgumentError, DtypeError
from autograd_lite.value import Value

__all__ = ["values_of"]


def values_of(owner: str, parameters: Any) -> list[Value]:
    """Return one Value, or an iterable of Values, as a list.

    Raises
    ------
    ArgumentError
        If it is not an iterable, has no order that lasts (a set), or holds anything but Values.
    DtypeError
        If one is complex: update rules, and their squares of gradients, are for real numbers.
    """
    if type(parameters) is Value:  # not iterated: its rows are Values as well, but not leaves
        parameters = [parameters]
    if isinstance(parameters, set | frozenset):
        raise ArgumentError(
            f"{owner} got a set of parameters, whose order changes from run to run; give a list"
        )
    if not isinstance(parameters, Iterable):
        raise ArgumentError(
            f"{owner} got {type(parameters).__name__} for its parameters; give an iterable of "
            "Values, such as model.parameters()"
        )
    values = list(parameters)
    for position, value in enumerate(values):
        if type(value) is not Value:
            raise ArgumentError(
                f"{owner} got {type(value).__name__} as parameter {position}; parameters are "
                "Values, such as model.parameters() gives"
            )
        if value.dtype.kind == "c":
            name = f" ({value.name!r})" if value.name else ""
            raise DtypeError(
                f"{owner} got parameter {position}{name} of dtype {value.dtype}; parameters are "
                "real: make the real and the imaginary part one each, and z = x + 1j * y of them"
            )
    return values
