"""The arguments of a function to check, and the arrays among them to differentiate in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.primitive import Primitive
from autograd_lite.trees import Path, flatten, path_text, replace_leaves
from autograd_lite.value import Value, data_of

__all__ = ["Operands", "as_tuple", "behind_partial", "is_inexact"]


class Operands:
    """Positional arguments: arrays, numbers and trees of them.

    Attributes
    ----------
    paths : list of tuple
        Where the arrays of floats and of complex numbers stand.
    arrays : list of array or numpy scalar
        What they hold.
    """

    def __init__(self, fun: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if isinstance(behind_partial(fun), Primitive):  # to which a list is an array
            args = tuple(np.asarray(arg) if isinstance(arg, list) else arg for arg in args)
        self.args = args
        constant = operands_without_rule(fun)
        leaves = {
            path: leaf
            for path, leaf in flatten(self.args).items()
            if path[0] not in constant and is_inexact(leaf)
        }
        if not leaves:
            raise ArgumentError(
                f"check_grads got no operand to differentiate in among {len(self.args)}: give "
                "floats or arrays of floats"
            )
        self.paths: list[Path] = list(leaves)
        self.arrays = [np.array(data_of(leaf))[()] for leaf in leaves.values()]

    def filled(self, arrays: Sequence[Any]) -> Any:
        """Return the arguments with other arrays."""
        return replace_leaves(self.args, dict(zip(self.paths, arrays, strict=True)))

    def name(self, place: int) -> str:
        """Return what messages call one of the arrays: "operand 1['scale']"."""
        position, *rest = self.paths[place]
        return f"operand {position}{path_text(tuple(rest))}"


def as_tuple(args: Any) -> tuple[Any, ...]:
    """Return positional arguments as a tuple: one array needs no list around it."""
    return tuple(args) if isinstance(args, list | tuple) else (args,)


def behind_partial(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that others with some arguments filled in stand for."""
    while isinstance(fun, functools.partial):
        fun = fun.func
    return fun


def operands_without_rule(fun: Callable[..., Any]) -> set[int]:
    """Return the positions in which a primitive has no derivative, or none that is known."""
    if isinstance(fun, functools.partial) and fun.args:
        return set()
    fun = behind_partial(fun)
    if not isinstance(fun, Primitive) or fun.variadic:
        return set()
    return {position for position, rule in enumerate(fun.rules) if rule is None} | {*fun.missing}


def is_inexact(leaf: Any) -> bool:
    """Return whether a leaf is a float or a complex number, or an array of them."""
    if isinstance(leaf, Value | np.ndarray | np.generic):
        return leaf.dtype.kind in "fc"
    return isinstance(leaf, float | complex)
