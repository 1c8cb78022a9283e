"""A function of arrays as one number, order by order: what differences can be taken of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import GradientCheckError
from autograd_lite.testing.operands import Operands, is_inexact
from autograd_lite.transforms import grad
from autograd_lite.trees import flatten
from autograd_lite.value import Value, data_of

__all__ = ["Level", "first_level", "random_weights"]

Function = Callable[..., list[Any]]


class Level:
    """A function of the operands with several arrays as its result, for one order.

    At order 1 it is the function to check, at each further order the gradient of the one before.
    The results are added up to one number, with random weights.

    Attributes
    ----------
    fun : callable
        Takes the float arrays among the operands, and returns a list of arrays.
    weights : list of array
        Those of the results.
    """

    def __init__(self, fun: Function, operands: Operands, rng: np.random.Generator) -> None:
        self.fun = fun
        self.operands = operands
        self.rng = rng
        parts = self.values(operands.arrays)
        if sum(part.size for part in parts) == 1:
            self.weights = [np.ones_like(part) for part in parts]
        else:
            self.weights = [random_weights(part, rng) for part in parts]

    @property
    def mixed(self) -> bool:
        """Whether there are several results, which the weights mix."""
        return len(self.weights) > 1 or self.weights[0].size > 1

    def values(self, points: Sequence[Any]) -> list[Any]:
        """Return the results at some points, as plain arrays."""
        constants = [Value(point, requires_grad=False) for point in points]
        with np.errstate(all="ignore"):
            return [np.asarray(data_of(part)) for part in self.fun(*constants)]

    def number(self, points: Sequence[Any], weights: Sequence[Any]) -> float:
        """Return the sum of the results with some weights."""
        return float(weighted_sum(self.values(points), weights))

    def size(self, points: Sequence[Any], weights: Sequence[Any]) -> float:
        """Return the sum of the magnitudes of the results, with those of the weights."""
        return float(weighted_sum(map(np.abs, self.values(points)), map(np.abs, weights)))

    def gradients(self, weights: Sequence[Any], *points: Any) -> list[Any]:
        """Return the gradient of the sum in each operand; raise if a rule wrote into one."""
        variables: list[Any] = []

        def total(*given: Any) -> Any:
            variables[:] = given
            return weighted_sum(self.fun(*given), weights)

        with np.errstate(all="ignore"):
            found = list(grad(total, tuple(range(len(points))))(*points))
        for place, (variable, point) in enumerate(zip(variables, points, strict=True)):
            before, after = data_of(point), data_of(variable)
            if not np.array_equal(before, after, equal_nan=True):
                raise GradientCheckError(
                    f"{self.operands.name(place)} was changed while the gradient was computed: a "
                    f"rule, or the function, writes into what it is given\nbefore {before}\nafter  "
                    f"{after}"
                )
        return found

    def next(self) -> Level:
        """Return the level of the next order."""

        def gradients(*points: Any) -> list[Any]:
            return float_parts(self.gradients(self.weights, *points))

        return Level(gradients, self.operands, self.rng)


def first_level(fun: Callable[..., Any], operands: Operands, rng: np.random.Generator) -> Level:
    """Return a function to check, as the level of order 1."""

    def parts(*points: Any) -> list[Any]:
        return float_parts(fun(*operands.filled(points)))

    return Level(parts, operands, rng)


def float_parts(result: Any) -> list[Any]:
    """Return the float arrays of a result or a tree; of complex ones, both parts."""
    parts = []
    for leaf in flatten(result).values():
        if is_inexact(leaf):
            array = leaf if type(leaf) is Value else np.asarray(leaf)[()]
            parts += [np.real(array), np.imag(array)] if array.dtype.kind == "c" else [array]
    return parts


def random_weights(array: Any, rng: np.random.Generator) -> Any:
    """Return numbers of either sign that are not small, in the shape and dtype of an array."""
    magnitudes = rng.uniform(0.5, 1.5, np.shape(array))
    return np.where(rng.random(np.shape(array)) < 0.5, -magnitudes, magnitudes).astype(array.dtype)


def weighted_sum(parts: Iterable[Any], weights: Iterable[Any]) -> Any:
    """Return the sum over all elements, with their weights."""
    return sum((np.sum(w * part) for w, part in zip(weights, parts, strict=True)), 0.0)
