"""A function of plain arrays with a gradient function that somebody wrote for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, GradientCheckError, ShapeError
from autograd_lite.testing.levels import Level, float_parts
from autograd_lite.testing.operands import Operands, is_inexact
from autograd_lite.trees import Path, flatten, flatten_like, path_text, replace_leaves

__all__ = ["pair_level"]


class PairLevel(Level):
    """A function on plain arrays, whose derivative another function computes.

    Parameters
    ----------
    fun : Untouched
        The function.
    derivative : Untouched
        The gradient function, or the vector-Jacobian product.
    with_cotangent : bool
        Whether `derivative` takes the gradient of the result, before the arguments.
    """

    def __init__(
        self,
        fun: Untouched,
        derivative: Untouched,
        with_cotangent: bool,
        operands: Operands,
        rng: np.random.Generator,
    ) -> None:
        self.derivative = derivative
        self.with_cotangent = with_cotangent
        self.result = fun(operands.arrays)
        super().__init__(lambda *points: float_parts(fun(points)), operands, rng)
        if not with_cotangent and [part.shape for part in self.weights] != [()]:
            shapes = [np.shape(leaf) for leaf in flatten(self.result).values()]
            raise ArgumentError(
                "gradient= belongs to a function whose result is one real number, and this one "
                f"returned arrays of shapes {shapes}; give vjp=, a function of the gradient of the "
                "result and the arguments"
            )

    def values(self, points: Sequence[Any]) -> list[Any]:
        """Return the results at some points."""
        with np.errstate(all="ignore"):
            return [np.asarray(part) for part in self.fun(*points)]

    def gradients(self, weights: Sequence[Any], *points: Any) -> list[Any]:
        """Return the gradient of the weighted sum in each operand."""
        with np.errstate(all="ignore"):
            if self.with_cotangent:
                return self.in_order(self.derivative(points, self.cotangent(weights)))
            return [weights[0] * part for part in self.in_order(self.derivative(points))]

    def cotangent(self, weights: Sequence[Any]) -> Any:
        """Return the weights in the form of the result; those of both parts for a complex array."""
        remaining = iter(weights)
        leaves: dict[Path, Any] = {}
        for path, leaf in flatten(self.result).items():
            if is_inexact(leaf):
                is_complex = np.iscomplexobj(leaf)
                weight = next(remaining)
                leaves[path] = weight - 1j * next(remaining) if is_complex else weight
        return replace_leaves(self.result, leaves)

    def in_order(self, gradients: Any) -> list[Any]:
        """Return the gradients of the operands, from what the user's function returned."""
        operands = self.operands
        if len(operands.args) == 1 and not (isinstance(gradients, tuple) and len(gradients) == 1):
            gradients = (gradients,)
        found = flatten_like(gradients, operands.args, "what the gradient function returned")
        listed = []
        for place, (path, x) in enumerate(zip(operands.paths, operands.arrays, strict=True)):
            gradient = np.asarray(found[path])
            if gradient.shape != x.shape or gradient.dtype.kind not in "biufc":
                raise ShapeError(
                    f"the gradient function returned {type(found[path]).__name__} of shape "
                    f"{gradient.shape} for {operands.name(place)}; expected an array of the "
                    f"operand's shape {x.shape}"
                )
            listed.append((gradient if x.dtype.kind == "c" else gradient.real).astype(x.dtype))
        return listed


class Untouched:
    """A function that gets copies of its arguments, and must not write into them."""

    def __init__(self, function: Callable[..., Any], operands: Operands) -> None:
        self.function = function
        self.operands = operands

    def __call__(self, points: Sequence[Any], *first: Any) -> Any:
        """Call with some other arrays among the arguments, after `first`."""
        given = (*first, *self.operands.filled(points))
        arrays = {
            path: leaf for path, leaf in flatten(given).items() if isinstance(leaf, np.ndarray)
        }
        copies = {path: leaf.copy() for path, leaf in arrays.items()}
        result = self.function(*replace_leaves(given, copies))
        for path, copied in copies.items():
            if copied.tobytes() != arrays[path].tobytes():
                name = getattr(self.function, "__name__", repr(self.function))
                raise GradientCheckError(
                    f"{name} writes into its argument {path[0]}{path_text(path[1:])}: it was "
                    "changed in place"
                )
        return result


def pair_level(
    fun: Callable[..., Any],
    gradient: Callable[..., Any] | None,
    vjp: Callable[..., Any] | None,
    operands: Operands,
    rng: np.random.Generator,
) -> Level:
    """Return a function and its gradient function as the level of order 1."""
    if gradient is not None and vjp is not None:
        raise ArgumentError("check_grads got gradient= and vjp=; give one of them")
    derivative: Any = vjp if gradient is None else gradient
    return PairLevel(
        Untouched(fun, operands), Untouched(derivative, operands), vjp is not None, operands, rng
    )
