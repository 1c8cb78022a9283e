"""A tree of numbers and arrays as one vector, and back: what solvers and covariances work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError, DtypeError
from autograd_lite.trees import Path, flatten, path_text, rebuild, replace_leaves
from autograd_lite.value import data_of

__all__ = ["TreeVector"]


class TreeVector:
    """The elements of a tree in float64, in order, along one axis.

    Parameters
    ----------
    tree : tree
        Numbers, arrays, Values, and tuples, lists, dicts and modules of them.
    owner, what : str
        For messages: the function that was called, and the name of its argument.

    Attributes
    ----------
    vector : ndarray of float64
        The elements, ``(size,)``.
    """

    def __init__(self, tree: Any, owner: str, what: str) -> None:
        self.template = tree
        self.owner = owner
        self.leaves = {
            path: as_floats(leaf, f"{owner} got {what}{path_text(path)}")
            for path, leaf in flatten(tree).items()
        }
        if not self.size:
            raise ArgumentError(f"{owner} got {what} without a number in it; give at least one")
        self.vector = np.concatenate([leaf.reshape(-1) for leaf in self.leaves.values()])

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(leaf.size for leaf in self.leaves.values())

    def parts(self, vector: Any) -> dict[Path, Any]:
        """Return the elements of a vector, an array or a Value, in the shapes of the leaves."""
        parts, start = {}, 0
        for path, leaf in self.leaves.items():
            part = vector[start : start + leaf.size]
            parts[path] = np.reshape(part, leaf.shape)
            start += leaf.size
        return parts

    def arguments(self, vector: Any) -> Any:
        """Return the tree with the elements of a vector: a module stays a module."""
        return replace_leaves(self.template, self.parts(vector))

    def tree(self, vector: NDArray[np.float64]) -> Any:
        """Return the elements of a vector as a tree of fresh arrays: a module becomes a dict."""
        parts = self.parts(vector)
        return rebuild(self.template, lambda path: parts[path].copy()[()])

    def of_vector(self, fun: Callable[..., Any], *args: Any) -> Callable[[Any], Any]:
        """Return `fun`, which takes the tree and some more arguments, as a function of a vector."""
        return lambda vector: fun(self.arguments(vector), *args)

    def place(self, position: int) -> str:
        """Return what messages call an element of the vector: "x['width'][0, 2]"."""
        ends = np.cumsum([leaf.size for leaf in self.leaves.values()])
        number = int(np.searchsorted(ends, position, side="right"))
        path, leaf = list(self.leaves.items())[number]
        place = np.unravel_index(position - ends[number] + leaf.size, leaf.shape)
        index = ", ".join(map(str, place))
        return f"x{path_text(path)}" + (f"[{index}]" if index else "")


def as_floats(leaf: Any, what: str) -> NDArray[np.float64]:
    """Return a leaf as a float64 array, or raise."""
    array = np.asarray(data_of(leaf))
    if array.dtype.kind not in "fiu":
        raise DtypeError(f"{what} of dtype {array.dtype}; give real numbers")
    return array.astype(np.float64)
