"""A program of single numbers, as data: a web page runs it with the functions of arithmetic.js.

The compiler traces what is computed, gradients included, and prints straight lines of elementary
operations. A page knows numpy's forward functions of single numbers, and no rule: the derivatives
in it are what our own rules did on Values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_lite.compiler.passes import optimized
from autograd_lite.compiler.program import Equation, Program, Variable
from autograd_lite.compiler.tracing import trace
from autograd_lite.errors import ArgumentError
from autograd_lite.value import Value, constant

__all__ = ["number_program", "replayed"]

ARITHMETIC: Final = Path(__file__).parent / "pages" / "arithmetic.js"

Data = dict[str, Any]


@cache
def known_functions() -> frozenset[str]:
    """Return the operations that a page can run: the names in its table of functions."""
    return frozenset(re.findall(r"^  (\w+): ", ARITHMETIC.read_text(encoding="utf-8"), re.M))


def number_program(
    inputs: Sequence[Value], compute: Callable[[Sequence[Value]], Sequence[Any]]
) -> Data:
    """Trace a computation on single numbers, and return it as data.

    Parameters
    ----------
    inputs : sequence of Value
        One number each: what the page may change.
    compute : callable
        Takes stand-ins of the inputs, of which those that were variables are, and returns
        Values and numbers.

    Returns
    -------
    dict
        ``inputs``: their numbers now. ``constants``: the numbers that follow them. ``operations``:
        ``[name, place, ...]``, each with the places of its operands among inputs, constants and
        earlier results. ``outputs``: the places of the results.

    Raises
    ------
    ArgumentError
        If there is an operation that a page has no function for.
    """
    numbers = [float(value.item()) for value in inputs]
    leaves = [Value(x, requires_grad=v.requires_grad) for x, v in zip(numbers, inputs, strict=True)]
    traced = trace(compute, (leaves,), {}, leaves)
    return Printer(optimized(traced.program(traced.out)), numbers).data()


def replayed(nodes: Sequence[Value], known: Mapping[Value, Any]) -> dict[Value, Any]:
    """Compute recorded results again, from what stands for some of the Values.

    Parameters
    ----------
    nodes : sequence of Value
        In order of creation.
    known : mapping
        What stands for leaves. Others stand for themselves, as constants.
    """
    found = dict(known)
    for node in nodes:
        if node not in found:
            operands = [operand_in(found, operand) for operand in node.operands]
            operation = node.operation
            again = operation(*operands, **node.params) if operation else constant(node._data)
            found[node] = again
    return found


def operand_in(found: Mapping[Value, Any], operand: Any) -> Any:
    """Return what stands for an operand."""
    return found[operand] if type(operand) is Value else operand


class Printer:
    """Turns a program into data."""

    def __init__(self, program: Program, inputs: list[float]) -> None:
        self.program = program
        self.inputs = inputs
        self.constants: dict[str, int] = {}
        self.places: dict[Variable, int] = {x: i for i, x in enumerate(program.inputs)}

    def data(self) -> Data:
        """Return the program as data."""
        equations = self.program.equations
        for equation in equations:
            check(equation)
            for operand in equation.operands:
                self.note_constant(operand)
        for out in self.program.outputs:
            self.note_constant(out)
        start = len(self.inputs) + len(self.constants)
        self.places |= {equation.out: start + i for i, equation in enumerate(equations)}
        return {
            "inputs": list(map(json_number, self.inputs)),
            "constants": [json_number(float(text)) for text in self.constants],
            "operations": [
                [equation.operation.name, *map(self.place, equation.operands)]
                for equation in equations
            ],
            "outputs": list(map(self.place, self.program.outputs)),
        }

    def note_constant(self, x: Any) -> None:
        """Give a number a place."""
        if not isinstance(x, Variable):
            self.constants.setdefault(repr(as_number(x)), len(self.inputs) + len(self.constants))

    def place(self, x: Any) -> int:
        """Return the place of an operand."""
        return self.places[x] if isinstance(x, Variable) else self.constants[repr(as_number(x))]


def check(equation: Equation) -> None:
    """Raise unless a page can run an equation."""
    name = equation.operation.name
    if name not in known_functions() or equation.out.dtype.kind not in "fb":
        raise ArgumentError(
            f"{name} cannot be computed in a page; its functions of single real numbers are: "
            f"{', '.join(sorted(known_functions()))}"
        )


def as_number(x: Any) -> float:
    """Return a constant as a Python float."""
    return float(np.asarray(x).item())


def json_number(x: float) -> float | str:
    """Return a number as JSON has it: text for what is not finite, which JSON knows nothing of."""
    return x if math.isfinite(x) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(x, "NaN")
