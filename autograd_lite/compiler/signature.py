"""What a call must have in common with an earlier one to run the same program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from autograd_lite.nn.module import Module
from autograd_lite.primitive import as_operand
from autograd_lite.trees import container_like, flatten, replace_leaves
from autograd_lite.value import Value

__all__ = ["ModuleStates", "arguments_of", "spec_of", "with_leaves", "without_numbers"]

Leaf = Any
"""A Value, an array or a numpy scalar: an input of the program. Anything else is part of it."""


PLAIN = frozenset({Value, np.ndarray})


def arguments_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Sequence[Leaf]]:
    """Return the form of arguments, to compare with another, and the numbers in them.

    Containers, Python numbers, strings and whatever else is no array belong to the form. So does a
    module, whose parameters are among the numbers.
    """
    if not kwargs and PLAIN.issuperset(map(type, args)):  # 3 µs earlier
        return len(args), args
    leaves: list[Leaf] = []
    return form_of((args, kwargs), leaves), leaves


def form_of(tree: Any, leaves: list[Leaf]) -> Any:
    """Return the form of a tree, and add its numbers to `leaves`."""
    kind = type(tree)
    if kind is Value or kind is np.ndarray or isinstance(tree, np.ndarray | np.generic):
        leaves.append(tree if kind is Value or kind is np.ndarray else as_operand(tree))
        return None
    if isinstance(tree, tuple | list):
        return kind, tuple([form_of(child, leaves) for child in tree])
    if isinstance(tree, dict):
        return kind, tuple([(key, form_of(child, leaves)) for key, child in tree.items()])
    if isinstance(tree, Module):
        leaves += flatten(tree).values()
        return Same(tree)
    if kind is float:
        return kind, repr(tree)  # -0.0 is not 0.0, nan is nan
    try:
        hash(tree)
    except TypeError:
        return Same(tree)
    return kind, tree


class Same:
    """Equal for one object only, which it keeps alive."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


def spec_of(leaf: Leaf) -> tuple[Any, ...]:
    """Return what of a number a program depends on: shape, dtype, and whether it is tracked."""
    if type(leaf) is Value:
        return leaf._data.shape, leaf._data.dtype, True, leaf._requires_grad
    return leaf.shape, leaf.dtype, False, False


def with_leaves(tree: Any, leaves: Iterable[Leaf]) -> Any:
    """Return arguments with other numbers in place of theirs, in the same order."""
    remaining = iter(leaves)

    def replaced(part: Any) -> Any:
        if isinstance(part, Value | np.ndarray | np.generic):
            return next(remaining)
        if isinstance(part, Module):
            return replace_leaves(part, {path: next(remaining) for path in flatten(part)})
        if isinstance(part, dict):
            return container_like(part, {key: replaced(child) for key, child in part.items()})
        if isinstance(part, tuple | list):
            return container_like(part, {i: replaced(child) for i, child in enumerate(part)})
        return part

    return replaced(tree)


def without_numbers(tree: Any) -> Any:
    """Return arguments with empty arrays in place of theirs: what to keep of a call."""
    if isinstance(tree, Value | np.ndarray | np.generic):
        return np.empty(0)
    if isinstance(tree, dict):
        return container_like(tree, {key: without_numbers(x) for key, x in tree.items()})
    if isinstance(tree, tuple | list):
        return container_like(tree, {i: without_numbers(x) for i, x in enumerate(tree)})
    return tree


class ModuleStates:
    """What the modules that a function called looked like: their attributes, one by one.

    A program has their settings in it, such as `training` or a probability, and knows their
    parameters. An attribute that is another object now is another program.
    """

    __slots__ = ("contents", "held")

    def __init__(self, modules: Iterable[Module]) -> None:
        members = [member for module in modules for member in holders(module)]
        self.contents = [x.values() if isinstance(x, dict) else x for x in members]
        self.held = list(chain.from_iterable(self.contents))

    def unchanged(self) -> bool:
        """Return whether every attribute is still the same object."""
        now = list(chain.from_iterable(self.contents))
        return len(now) == len(self.held) and all(map(is_, now, self.held))


def holders(module: Module) -> list[Any]:
    """Return the dict of a module's attributes, and the lists and dicts among these."""
    own = vars(module)
    return [own, *(x for x in own.values() if isinstance(x, list | dict))]
