"""A program: the equations that a function performs, in order; what the compiler works on.

An equation names an operation of the table, so that a program can be printed as source and also
run again on Values (`Program.replay`), where the rules of the same operations differentiate it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd_lite.primitive import Primitive

__all__ = ["Equation", "Program", "Variable", "layout_of", "map_references", "references"]


@dataclass(eq=False, slots=True)
class Variable:
    """A number or an array of a program.

    Attributes
    ----------
    shape, dtype
        Those that it has whenever the program runs.
    name : str or None
        What its author calls it.
    weak : bool
        Whether it is a Python number, which takes the dtype of what it meets.
    layout : tuple of int
        Its strides when it was traced, with 0 for an axis of one element: sums depend on the order
        of elements in memory, in the last bits. None is for one that is laid out in order.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    name: str | None = None
    weak: bool = False
    layout: tuple[int, ...] | None = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)


def layout_of(array: Any) -> tuple[int, ...] | None:
    """Return the strides of an array as a `Variable` has them."""
    if not array.ndim or array.flags.c_contiguous:
        return None
    return tuple(s if n > 1 else 0 for n, s in zip(array.shape, array.strides, strict=True))


@dataclass(eq=False, slots=True)
class Equation:
    """One operation: ``out = operation(*operands, **params)``.

    Attributes
    ----------
    operation : Primitive
        What is computed.
    operands : tuple
        Variables, arrays and numbers.
    params : dict
        Metadata. Variables may stand in it too: positions that are computed.
    out : Variable
        The result.
    parts : tuple of Equation
        What the operation's own forward function does, in elementary operations; empty where it is
        elementary itself, or could not be taken apart.
    parts_out : Variable, array or number
        Which of the parts' results is the operation's.
    checks : bool
        Whether it looks at numbers and raises where they will not do; it has no result then.
    """

    operation: Primitive
    operands: tuple[Any, ...]
    params: dict[str, Any]
    out: Variable
    parts: tuple[Equation, ...] = ()
    parts_out: Any = None
    checks: bool = False

    def reads(self) -> Iterator[Variable]:
        """Yield the variables that it depends on, as often as they stand in it."""
        yield from references(self.operands)
        if self.params:
            yield from references(self.params)


@dataclass(eq=False, slots=True)
class Program:
    """A straight line of equations.

    Attributes
    ----------
    name : str
        What the function is called.
    inputs : list of Variable
        What it takes, in order.
    equations : list of Equation
        What it does, in order.
    outputs : list
        What it returns: variables, and arrays and numbers that depend on nothing.
    donated : tuple of Variable
        Those of the inputs whose memory is the program's own, to put results into.
    """

    name: str
    inputs: list[Variable]
    equations: list[Equation]
    outputs: list[Any] = field(default_factory=list)
    donated: tuple[Variable, ...] = ()

    def replay(self, operands: Sequence[Any]) -> list[Any]:
        """Run the operations on Values or arrays in place of the inputs, and return the outputs.

        On Values the run is recorded like any other, and can be differentiated.
        """
        known: dict[Variable, Any] = dict(zip(self.inputs, operands, strict=True))
        for equation in self.equations:
            if not equation.checks:  # which were made when the numbers came in
                operands = map_references(equation.operands, known)
                params = map_references(equation.params, known)
                known[equation.out] = equation.operation(*operands, **params)
        return [known[out] if isinstance(out, Variable) else out for out in self.outputs]

    def with_equations(self, equations: list[Equation], outputs: list[Any]) -> Program:
        """Return a program of the same inputs that does something else."""
        return replace(self, equations=equations, outputs=outputs)


def references(tree: Any) -> Iterator[Variable]:
    """Yield the variables in operands or metadata."""
    if isinstance(tree, Variable):
        yield tree
    elif isinstance(tree, tuple | list):
        for part in tree:
            yield from references(part)
    elif isinstance(tree, dict):
        yield from references(list(tree.values()))
    elif isinstance(tree, slice):
        yield from references([tree.start, tree.stop, tree.step])


def map_references(tree: Any, known: dict[Variable, Any]) -> Any:
    """Return operands or metadata with other things in place of the variables that are `known`."""
    if isinstance(tree, Variable):
        return known.get(tree, tree)
    if isinstance(tree, tuple | list):
        return type(tree)([map_references(part, known) for part in tree])
    if isinstance(tree, dict):
        return {name: map_references(part, known) for name, part in tree.items()}
    if isinstance(tree, slice):
        return slice(*(map_references(end, known) for end in (tree.start, tree.stop, tree.step)))
    return tree
