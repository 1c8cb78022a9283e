"""Trees: tuples, lists, dicts and modules with numbers at the leaves, as arguments and results.

A path is the tuple of the keys that lead to a leaf: positions in tuples and lists, keys of dicts,
names of a module's parameters. None is a tree without leaves. Whatever else is not a container is
a leaf: a Value, an array, a number, a string. A module's leaves are those of its parameters that
are variables; what is frozen stays what it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from autograd_lite.errors import ArgumentError
from autograd_lite.nn.module import Module, by_name
from autograd_lite.value import Value

__all__ = ["Path", "flatten", "flatten_like", "path_text", "rebuild", "replace_leaves"]

Path = tuple[Any, ...]


def children_of(tree: Any) -> Mapping[Any, Any] | None:
    """Return what is in a container, by key; None for a leaf."""
    if tree is None:
        return {}
    if isinstance(tree, dict):
        return tree
    if isinstance(tree, tuple | list):
        return dict(enumerate(tree))
    if isinstance(tree, Module):
        return {name: value for name, value in by_name(tree).items() if value.requires_grad}
    return None


def flatten(tree: Any, path: Path = ()) -> dict[Path, Any]:
    """Return the leaves of a tree by their paths, in order.

    Parameters
    ----------
    tree : tree
        Anything; see the module's docstring for what is a container.
    path : tuple
        What the paths begin with.

    Examples
    --------
    >>> from autograd_lite.trees import flatten
    >>> flatten({"w": [1.0, 2.0], "b": None})
    {('w', 0): 1.0, ('w', 1): 2.0}
    """
    children = children_of(tree)
    if children is None:
        return {path: tree}
    leaves: dict[Path, Any] = {}
    for key, child in children.items():
        leaves.update(flatten(child, (*path, key)))
    return leaves


def flatten_like(tree: Any, like: Any, what: str, path: Path = ()) -> dict[Path, Any]:
    """Return the parts of a tree at the paths of the leaves of another.

    Tuples, lists and named tuples stand for each other, and so do a module and a dict of its
    parameters. What stands at a leaf is not looked into: a list there is an array.

    Raises
    ------
    ArgumentError
        If the two differ in their containers; `what` says in the message what `tree` is.
    """
    children = children_of(like)
    if like is None:
        return {}
    if children is None:
        return {path: tree}
    own = children_of(tree)
    if own is None or own.keys() != children.keys():
        received = f"keys {list(own)}" if own is not None else repr(type(tree).__name__)
        raise ArgumentError(
            f"{what}{path_text(path)} has {received}; expected a {type(like).__name__} with keys "
            f"{list(children)}: give one entry for each leaf"
        )
    leaves: dict[Path, Any] = {}
    for key, child in children.items():
        leaves.update(flatten_like(own[key], child, what, (*path, key)))
    return leaves


def rebuild(tree: Any, leaf: Callable[[Path], Any], path: Path = ()) -> Any:
    """Return a tree of the same containers with other leaves.

    Parameters
    ----------
    tree : tree
        The containers. A module becomes a dict of its parameters.
    leaf : callable
        ``leaf(path)`` returns the new leaf.
    path : tuple
        What the paths begin with.

    Examples
    --------
    >>> from autograd_lite.trees import rebuild
    >>> rebuild({"w": [1.0, 2.0], "b": None}, lambda path: path[-1])
    {'w': [0, 1], 'b': None}
    """
    children = children_of(tree)
    if children is None:
        return leaf(path)
    return container_like(
        tree, {key: rebuild(child, leaf, (*path, key)) for key, child in children.items()}
    )


def replace_leaves(tree: Any, leaves: Mapping[Path, Any], path: Path = ()) -> Any:
    """Return a tree with some leaves replaced; a module is replaced by one with other parameters.

    Nothing is changed in place: a module stays what it is, so that a function of one can be
    differentiated while another is.
    """
    if isinstance(tree, Module):
        parameters = by_name(tree)
        stand_ins: dict[int, Any] = {
            id(parameters[place[len(path)]]): leaf
            for place, leaf in leaves.items()
            if place[: len(path)] == path
        }
        return replaced(tree, stand_ins) if stand_ins else tree
    children = children_of(tree)
    if children is None:
        return leaves.get(path, tree)
    return container_like(
        tree, {key: replace_leaves(child, leaves, (*path, key)) for key, child in children.items()}
    )


def container_like(tree: Any, children: dict[Any, Any]) -> Any:
    """Return a container of the type of another; a module becomes a dict."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        new = copy.copy(tree)  # keeps the order and, for a defaultdict, the default
        new.update(children)
        return new
    if isinstance(tree, Module):
        return children
    if isinstance(tree, list):
        new_list = copy.copy(tree)
        new_list[:] = children.values()
        return new_list
    if hasattr(tree, "_make"):  # a named tuple, whose constructor takes its fields one by one
        return tree._make(children.values())
    return type(tree)(children.values())


def replaced(thing: Any, stand_ins: dict[int, Any]) -> Any:
    """Return a module, or a part of one, with other Values in place of its parameters.

    `stand_ins` holds the replacements by the id of what they replace. The modules on the way are
    copied, and added to it: one that is used twice, or refers to its owner, is copied once. Arrays,
    generators and constants are shared with the original.
    """
    if id(thing) in stand_ins:
        return stand_ins[id(thing)]
    if isinstance(thing, Module):
        stand_in = object.__new__(type(thing))
        stand_ins[id(thing)] = stand_in
        for name, member in vars(thing).items():
            vars(stand_in)[name] = replaced(member, stand_ins)
        return stand_in
    if type(thing) is Value or not isinstance(thing, dict | list | tuple):
        return thing
    children = children_of(thing) or {}
    new = {key: replaced(child, stand_ins) for key, child in children.items()}
    if all(new[key] is children[key] for key in new):
        return thing
    return container_like(thing, new)


def path_text(path: Path) -> str:
    """Return a path as Python would write it: ``['w'][0]``."""
    return "".join(f"[{key!r}]" for key in path)
