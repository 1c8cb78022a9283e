"""Checks of arguments: numbers, counts, flags and random generators."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, Final, TypeAlias

import numpy as np

from autograd_lite.errors import ArgumentError

__all__ = ["Rng", "as_generator", "check_count", "check_flag", "check_number", "plain"]

Rng: TypeAlias = "np.random.Generator | int | None"  # text: numpy.random is loaded when it is used
"""A generator, a seed, or None for a fresh generator."""

PYTHON_NUMBERS: Final = frozenset({float, int, bool})


def plain(option: Any) -> Any:
    """Return numpy numbers as Python numbers: np.float64(0.1) would turn float32 into float64."""
    if type(option) in PYTHON_NUMBERS:
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


def as_generator(rng: Rng) -> np.random.Generator:
    """Return a generator for a generator, a seed, or None (then a fresh one)."""
    if isinstance(rng, np.random.Generator):
        return rng
    is_seed = isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0
    if rng is None or is_seed:
        return np.random.default_rng(rng)
    raise ArgumentError(
        f"rng is a numpy.random.Generator, a seed >= 0 or None, got {rng!r}; make one with "
        "np.random.default_rng(seed)"
    )
