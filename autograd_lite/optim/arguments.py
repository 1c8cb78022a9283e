"""Checks of the arguments that optimisers, schedulers and clipping share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, Final

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value

__all__ = ["check_count", "check_flag", "check_number", "plain", "values_of"]

PYTHON_NUMBERS: Final = frozenset({float, int, bool})


def plain(option: Any) -> Any:
    """Return numpy numbers as Python numbers: np.float64(0.1) would turn float32 into float64."""
    if type(option) in PYTHON_NUMBERS:  # the usual case, at every step
        return option
    if isinstance(option, np.generic) or (isinstance(option, np.ndarray) and option.ndim == 0):
        return option.item()
    if isinstance(option, tuple):
        return tuple(plain(part) for part in option)
    return option


def check_number(
    owner: str,
    name: str,
    number: Any,
    *,
    at_least: float = -math.inf,
    below: float = math.inf,
    at_most: float = math.inf,
) -> Any:
    """Return `number` as a Python number.

    Raises
    ------
    ArgumentError
        If it is not a finite number in ``[at_least, below)`` and at most `at_most`.
    """
    number = plain(number)
    is_number = isinstance(number, Real) and not isinstance(number, bool)
    if is_number and math.isfinite(number) and at_least <= number < below and number <= at_most:
        return number
    limits = [
        f">= {at_least:g}" if at_least > -math.inf else "",
        f"< {below:g}" if below < math.inf else "",
        f"<= {at_most:g}" if at_most < math.inf else "",
    ]
    allowed = " and ".join(limit for limit in limits if limit)
    raise ArgumentError(f"{owner} got {name}={number!r}; give a finite number {allowed}".rstrip())


def check_count(owner: str, name: str, count: Any, *, at_least: int = 1) -> int:
    """Return `count` as a Python int.

    Raises
    ------
    ArgumentError
        If it is not a whole number, or is below `at_least`.
    """
    count = plain(count)
    if not isinstance(count, Integral) or isinstance(count, bool) or count < at_least:
        raise ArgumentError(f"{owner} got {name}={count!r}; give a whole number >= {at_least}")
    return int(count)


def check_flag(owner: str, name: str, flag: Any) -> bool:
    """Return `flag` as a Python bool.

    Raises
    ------
    ArgumentError
        If it is anything but True or False.
    """
    flag = plain(flag)
    if not isinstance(flag, bool):
        raise ArgumentError(f"{owner} got {name}={flag!r}; give True or False")
    return flag


def values_of(owner: str, parameters: Any) -> list[Value]:
    """Return one Value, or an iterable of Values, as a list.

    Raises
    ------
    ArgumentError
        If it is not an iterable, has no order that lasts (a set), or holds anything but Values.
    """
    if type(parameters) is Value:  # not iterated: its rows are Values as well, but not leaves
        return [parameters]
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
                f"{owner} got {type(value).__name__} as parameter {position}; parameters are Values"
            )
    return values
