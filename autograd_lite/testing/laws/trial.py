"""A trial: an operation at some operands, with directions and weights drawn for it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd_lite.arguments import Rng, as_generator
from autograd_lite.errors import ArgumentError, GradientCheckError
from autograd_lite.testing.check_grads import name_of
from autograd_lite.testing.operands import Operands, is_inexact
from autograd_lite.transforms import grad, vjp
from autograd_lite.trees import flatten
from autograd_lite.value import Value, data_of

__all__ = ["Trial", "bits", "draw_like", "largest", "pairing"]


class Trial:
    """One call of an operation.

    Parameters
    ----------
    operation : callable
        A `Primitive`, or a function of Values.
    operands : sequence
        Its positional arguments.
    params : mapping, optional
        Its metadata, by keyword.
    rng : Generator or int, optional
        For directions and weights. Default: the seed 0.
    half, dtype_kept, complex_operands, ties, interchangeable : bool
        Whether float16 is one of its dtypes, whether the result has the dtype of the operands,
        whether it may get complex operands, and such with ties and zeros, and whether an operand
        may be given the numbers of one before it: what `Domain` says of it.

    Attributes
    ----------
    points : list of array
        The operands to differentiate in.
    outs : list of array
        The arrays of floats or complex numbers in the result.
    directions, weights : list of array
        Random numbers like `points` and like `outs`.
    """

    def __init__(
        self,
        operation: Callable[..., Any],
        operands: Sequence[Any],
        params: Mapping[str, Any] | None = None,
        rng: Rng = None,
        *,
        half: bool = True,
        dtype_kept: bool = True,
        complex_operands: bool = True,
        ties: bool = True,
        interchangeable: bool = True,
    ) -> None:
        self.operation = operation
        self.params = dict(params or {})
        self.fun = functools.partial(operation, **self.params)
        self.operands = Operands(self.fun, tuple(operands))
        self.points = self.operands.arrays
        self.rng = as_generator(0 if rng is None else rng)
        self.half, self.dtype_kept = half, dtype_kept
        self.complex_operands, self.ties = complex_operands, ties
        self.interchangeable = interchangeable
        copies = [np.array(x)[()] for x in self.points]  # it may write into what it gets
        with np.errstate(all="ignore"):
            self.outs = [np.asarray(data_of(out))[()] for out in self.results(*copies)]
        if not self.outs:
            raise ArgumentError(f"{self.name} returned no array of floats: it obeys no law")
        self.directions = [draw_like(x, self.rng) for x in self.points]
        self.weights = [draw_like(out, self.rng) for out in self.outs]

    @property
    def name(self) -> str:
        """What messages call the operation."""
        return name_of(self.operation)

    @property
    def epsilon(self) -> float:
        """The precision of the least precise operand."""
        return max(float(np.finfo(x.dtype).eps) for x in (*self.points, *self.outs))

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions of all points."""
        return tuple(range(len(self.points)))

    def at(self, points: Sequence[Any]) -> Trial:
        """Return a trial of the same operation at other points."""
        return self.of(self.operands.filled(points))

    def of(self, operands: Sequence[Any]) -> Trial:
        """Return a trial of the same operation with other operands."""
        return Trial(
            self.operation,
            operands,
            self.params,
            self.rng,
            half=self.half,
            dtype_kept=self.dtype_kept,
            complex_operands=self.complex_operands,
            ties=self.ties,
            interchangeable=self.interchangeable,
        )

    def results(self, *points: Any) -> list[Any]:
        """Return the float arrays, or Values, in the result."""
        result = self.fun(*self.operands.filled(points))
        return [leaf for leaf in flatten(result).values() if is_inexact(leaf)]

    def total(self, *points: Any) -> Any:
        """Return one real number: the results times their weights."""
        return pairing(self.weights, self.results(*points))

    def gradients(self, cotangents: Sequence[Any] | None = None) -> list[Any]:
        """Return what the rules make of the weights, or other cotangents, on arrays."""
        cotangents = self.weights if cotangents is None else cotangents
        with np.errstate(all="ignore"):
            _, pull_back = vjp(self.results, self.argnums)(*self.points)
            return list(pull_back(list(cotangents)))

    def slope(self, directions: Sequence[Any], *points: Any) -> Any:
        """Return the derivative of the total along some directions."""
        return pairing(directions, grad(self.total, self.argnums)(*points))

    def backward(self, *, on_values: bool = False) -> tuple[list[Value], list[Value], list[Any]]:
        """Return fresh leaves, the results, and the gradients of the leaves."""
        leaves = [Value(x) for x in self.points]
        with np.errstate(all="ignore"):
            outs = self.results(*leaves)
            pairing(self.weights, outs).backward(create_graph=on_values)
        gradients = [np.zeros_like(x.data) if x.grad is None else data_of(x.grad) for x in leaves]
        return leaves, outs, gradients

    def tracked(self) -> bool:
        """Return whether the results depend on the points at all, as Values."""
        outs = self.results(*map(Value, self.points))
        return any(type(out) is Value and out.requires_grad for out in outs)

    def broken(self, statement: str, details: str, cause: Exception | None = None) -> NoReturn:
        """Raise: a law does not hold."""
        operands = ", ".join(
            f"{np.asarray(x).dtype}{list(np.shape(x))}"
            for x in map(data_of, flatten(self.operands.args).values())
        )
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        raise GradientCheckError(
            f"a law does not hold: {statement}\n  {self.name}({operands}{params})\n  {details}"
        ) from cause

    def compare(
        self,
        statement: str,
        got: Sequence[Any],
        expected: Sequence[Any],
        allowed: Sequence[float] | None = None,
    ) -> None:
        """Raise where two gradients differ by more than is `allowed`, one number for each operand.

        Default: the square root of the precision, of the largest element. Where both are nan or
        infinite they agree.
        """
        if allowed is None:
            allowed = [self.epsilon**0.5 * largest(x) + 1e-300 for x in expected]
        for place, (one, other, bar) in enumerate(zip(got, expected, allowed, strict=True)):
            one, other = np.asarray(one), np.asarray(other)
            if one.shape != other.shape:
                self.broken(
                    statement,
                    f"{self.operands.name(place)}: got shape {one.shape}, expected {other.shape}",
                )
            known = np.isfinite(one) & np.isfinite(other)
            with np.errstate(all="ignore"):
                gap = np.where(known, np.abs(one - other), 0.0)
            gap = np.where(np.isfinite(one) == np.isfinite(other), gap, np.inf)
            if np.max(gap, initial=0.0) > bar:
                where = np.unravel_index(np.argmax(gap), gap.shape)
                element = list(map(int, where)) or ""
                self.broken(
                    statement,
                    f"{self.operands.name(place)}{element}: got {one[where]:.10g}, "
                    f"expected {other[where]:.10g}",
                )


def largest(x: Any) -> float:
    """Return the largest magnitude of the finite elements of an array."""
    return float(np.max(np.abs(np.where(np.isfinite(x), x, 0)), initial=0.0))


def draw_like(x: Any, rng: np.random.Generator) -> Any:
    """Return normal random numbers in the shape and dtype of an array."""
    drawn = np.asarray(rng.normal(size=np.shape(x)))
    if np.iscomplexobj(x):
        drawn = drawn + 1j * rng.normal(size=np.shape(x))
    return drawn.astype(x.dtype)[()]


def pairing(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """Return the real part of the sum of all products of elements."""
    terms = [np.sum(x * y) for x, y in zip(xs, ys, strict=True)]
    return sum((np.real(term) if term.dtype.kind == "c" else term for term in terms), 0.0)


def bits(array: Any) -> tuple[Any, ...]:
    """Return what makes two arrays equal to the last bit."""
    array = np.asarray(array)
    return array.dtype, array.shape, array.tobytes()
