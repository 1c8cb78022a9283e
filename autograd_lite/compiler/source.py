"""Printing: a program as the source of a Python function on numpy arrays.

One line is one equation. Where an operand is not needed any more, the result goes into its memory:
``v *= y`` in place of ``w = v * y`` saves a new array.
"""

from __future__ import annotations

import keyword
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_lite.compiler.passes import memory_of, shape_of
from autograd_lite.compiler.program import Equation, Program, Variable, references
from autograd_lite.compiler.tables import (
    INFIX,
    PREFIX,
    REDUCTIONS,
    is_elementwise,
    writes_into_memory,
)

__all__ = ["Source", "print_numpy"]

LARGE = 1 << 20
"""Bytes of an array that is freed as soon as it is not needed any more: smaller ones end with the
function, since a statement takes time and room on the page."""


@dataclass
class Source:
    """The text of a function, and what its names stand for.

    Attributes
    ----------
    name : str
        The function's name.
    text : str
        Its source.
    namespace : dict
        The constants and functions that it refers to.
    given : list of (int, int)
        Which of the program's results the function does not return, and in which of its arguments
        they are: memory that it was given for them.
    """

    name: str
    text: str
    namespace: dict[str, Any] = field(default_factory=dict)
    given: list[tuple[int, int]] = field(default_factory=list)

    def function(self) -> Any:
        """Return the function itself."""
        namespace = {"np": np, **self.namespace}
        exec(compile(self.text, f"<compiled {self.name}>", "exec"), namespace)
        return namespace[self.name]


def print_numpy(program: Program) -> Source:
    """Return a program as the source of a function that runs on numpy."""
    return NumpyPrinter(program).source()


class Names:
    """Names for variables and constants, each once."""

    def __init__(self) -> None:
        self.taken: set[str] = {"np"}
        self.of: dict[Variable, str] = {}
        self.count = 0

    def give(self, variable: Variable, wish: str | None = None) -> str:
        """Return a name for a variable: what its author calls it, or a number."""
        self.of[variable] = self.unique(wish or variable.name)
        return self.of[variable]

    def unique(self, wish: str | None) -> str:
        """Return a name that is not taken yet, like `wish` if there is one."""
        if wish is None:
            self.count += 1
            wish = f"v{self.count}"
        base = re.sub(r"\W+", "_", readable(wish)).strip("_") or "v"
        if base[0].isdigit() or keyword.iskeyword(base):
            base = f"v_{base}"
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def readable(name: str) -> str:
    """Return the name of a parameter for source: ``0.weight`` is ``weight.0``."""
    parts = name.split(".")
    numbers = [part for part in parts if part.isdigit()]
    return ".".join([part for part in parts if not part.isdigit()] + numbers)


class NumpyPrinter:
    """Prints one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = Names()
        self.namespace: dict[str, Any] = {}
        self.constants: dict[int, tuple[Any, str]] = {}
        makers = {equation.out: equation for equation in program.equations}
        self.last_use = last_uses(program)
        self.memory = {
            equation.out: memory_of(equation.out, makers.get) for equation in program.equations
        }
        self.memory |= {variable: {variable} for variable in program.donated}
        self.spare = [variable for variable in program.donated if variable not in self.last_use]
        self.results = set(references(program.outputs))
        self.donated: set[str] = set()
        self.holders: dict[Variable, set[str]] = defaultdict(set)

    def source(self) -> Source:
        """Return the source of the function."""
        name = self.names.unique(self.program.name)
        arguments = [self.names.give(variable) for variable in self.program.inputs]
        self.donated = {self.names.of[variable] for variable in self.program.donated}
        lines = [line for i, eq in enumerate(self.program.equations) for line in self.lines(i, eq)]
        results = ", ".join(self.atom(out) for out in self.program.outputs)
        comma = "," if len(self.program.outputs) == 1 else ""
        body = [*lines, f"return {results}{comma}" if results else "return ()"]
        text = "\n    ".join([f"def {name}({', '.join(arguments)}):", *body]) + "\n"
        return Source(name, text, self.namespace)

    def lines(self, place: int, equation: Equation) -> list[str]:
        """Return the lines of an equation."""
        out = equation.out
        if equation.checks:
            return [self.expression(equation)]
        if is_transposed(equation) and isinstance(equation.operands[0], Variable):
            self.names.of[out] = f"{self.names.of[equation.operands[0]]}.T"
            return []
        reused = self.reusable(place, equation)
        if reused is None:
            name = self.names.give(out)
            line = f"{name} = {self.expression(equation)}"
        else:
            name = self.names.of[out] = self.names.of[reused]
            line = self.in_place(equation, reused, name)
        lines = [f"{line:<47} # {shape_text(out)}"]
        for root in self.memory[out]:
            self.holders[root].add(name)
        freed = self.freed(place, equation) - {name}
        return [*lines, f"del {', '.join(sorted(freed))}"] if freed else lines

    def freed(self, place: int, equation: Equation) -> set[str]:
        """Return the names of large arrays whose memory is read here for the last time."""
        if place == len(self.program.equations) - 1:
            return set()  # the function ends here
        read = [x for x in equation.reads() if x in self.memory]
        return {
            name
            for root in {root for x in read for root in self.memory[x]}
            if self.last_use[root] == place and is_large(root)
            for name in self.holders[root]
        }

    def reusable(self, place: int, equation: Equation) -> Variable | None:
        """Return a variable whose memory the result may have, None if there is none.

        It is an operand, or for a result of the program, an input that is there to be written to.
        """
        out = equation.out
        if not writes_into_memory(equation.operation) or not out.shape:
            return None
        free = [
            operand
            for operand in references(equation.operands)
            if (operand.shape, operand.dtype, operand.layout) == (out.shape, out.dtype, out.layout)
            and self.memory.get(operand) == {operand}
            and self.last_use.get(operand, -1) <= place
        ]
        given = [operand for operand in free if self.names.of[operand] in self.donated]
        if given or out not in self.results:
            return next(iter(given or free), None)
        for spare in self.spare:
            if (spare.shape, spare.dtype) == (out.shape, out.dtype):
                self.spare.remove(spare)
                return spare
        return free[0] if free else None

    def in_place(self, equation: Equation, reused: Variable, name: str) -> str:
        """Return an equation as a statement that writes into the memory of an operand."""
        operands = equation.operands
        symbol = INFIX.get(equation.operation.name)
        if symbol in ("+", "*") and operands[0] is not reused:
            operands = operands[::-1]
        if symbol in ("+", "-", "*", "/") and operands[0] is reused:
            return f"{name} {symbol}= {self.atom(operands[1])}"
        atoms = ", ".join(map(self.atom, operands))
        return f"{self.function(equation)}({atoms}, out={name})"

    def expression(self, equation: Equation) -> str:
        """Return the right-hand side of an equation."""
        operation, params = equation.operation, equation.params
        atoms = [self.atom(x) for x in equation.operands]
        name = operation.name
        if name == "matmul" and all(0 < len(shape_of(x)) < 3 for x in equation.operands):
            return f"{atoms[0]}.dot({atoms[1]})"  # matmul takes 1 to 2 µs more
        if name in INFIX:
            return f"{atoms[0]} {INFIX[name]} {atoms[1]}"
        if name == "absolute":
            return f"abs({atoms[0]})"
        if name in PREFIX:
            return f"{PREFIX[name]}{atoms[0]}"
        if name in REDUCTIONS:
            given = {"axis": None, **params}
            if not given.get("keepdims"):
                given.pop("keepdims", None)
            return self.call(REDUCTIONS[name], atoms, given)
        if name == "getitem" and is_plain_index(params["index"]):
            return f"{atoms[0]}[{index_text(params['index'])}]"
        if name == "reshape" and params.get("order", "C") == "C":
            return f"{atoms[0]}.reshape({tuple_text(equation.out.shape)})"
        if name == "concatenate" and params.get("dtype") is None:
            return f"np.concatenate(({', '.join(atoms)},), axis={params.get('axis', 0)})"
        if name == "astype":
            return f"{atoms[0]}.astype({self.param(params['dtype'])})"
        return self.call(self.function(equation), atoms, params)

    def function(self, equation: Equation) -> str:
        """Return the name of the function that computes an operation."""
        forward, name = equation.operation.forward, equation.operation.name
        own = getattr(forward, "__name__", "")
        if getattr(np, own, None) is forward:
            return f"np.{own}"
        if is_elementwise(equation.operation) and not isinstance(forward, np.ufunc):
            return f"np.{name}"  # the ufunc that Python's operator calls
        return self.constant(forward, name)

    def call(self, function: str, atoms: Sequence[str], params: dict[str, Any]) -> str:
        """Return the call of a function."""
        settings = [f"{name}={self.param(x)}" for name, x in params.items()]
        return f"{function}({', '.join([*atoms, *settings])})"

    def atom(self, x: Any) -> str:
        """Return an operand: a name or a number."""
        if isinstance(x, Variable):
            return self.names.of[x]
        if type(x) in (int, float) and np.isfinite(x):
            return repr(x) if x >= 0 and repr(x)[0] != "-" else f"({x!r})"
        return self.constant(x, "c")

    def param(self, x: Any) -> str:
        """Return metadata."""
        if isinstance(x, Variable):
            return self.names.of[x]
        if x is None or type(x) in (bool, int, str) or (type(x) is float and np.isfinite(x)):
            return repr(x)
        if isinstance(x, tuple | list):
            parts = ", ".join(map(self.param, x))
            left, right = "()" if isinstance(x, tuple) else "[]"
            return f"{left}{parts}{',' if len(x) == 1 and left == '(' else ''}{right}"
        if isinstance(x, slice):
            return f"slice({', '.join(map(self.param, (x.start, x.stop, x.step)))})"
        if isinstance(x, np.dtype) and hasattr(np, x.name):
            return f"np.{x.name}"
        return self.constant(x, "c")

    def constant(self, x: Any, wish: str) -> str:
        """Return the name of a constant of the program."""
        if id(x) not in self.constants:
            name = self.names.unique(f"c{len(self.constants)}" if wish == "c" else wish)
            self.constants[id(x)] = x, name
            self.namespace[name] = x
        return self.constants[id(x)][1]


def is_transposed(equation: Equation) -> bool:
    """Return whether an operation reverses all axes: it is written where it is read."""
    name, params = equation.operation.name, equation.params
    if name == "swapaxes" and equation.out.ndim == 2:
        return bool((params["axis1"] - params["axis2"]) % 2)
    return name == "transpose" and params.get("axes") is None


def is_large(variable: Variable) -> bool:
    """Return whether an array takes so much memory that it is freed as early as possible."""
    return math.prod(variable.shape) * variable.dtype.itemsize >= LARGE


def last_uses(program: Program) -> dict[Variable, int]:
    """Return where the memory of each variable is read last; results are read after the end."""
    makers = {equation.out: equation for equation in program.equations}
    last: dict[Variable, int] = {}
    for place, equation in enumerate(program.equations):
        for variable in equation.reads():
            for root in memory_of(variable, makers.get):
                last[root] = place
    for variable in references(program.outputs):
        for root in memory_of(variable, makers.get):
            last[root] = len(program.equations)
    return last


def shape_text(variable: Variable) -> str:
    """Return what a comment says of a result: its shape, and its dtype where it is no float64."""
    kind = "" if variable.dtype == np.float64 else f" {variable.dtype}"
    return f"{tuple_text(variable.shape)}{kind}"


def tuple_text(shape: tuple[int, ...]) -> str:
    """Return a shape as Python writes it."""
    return repr(tuple(shape))


def is_plain_index(index: Any) -> bool:
    """Return whether an index is made of integers, slices of these, None and the ellipsis."""
    if isinstance(index, tuple):
        return all(map(is_plain_index, index))
    if isinstance(index, slice):
        return all(map(is_whole, (index.start, index.stop, index.step)))
    return index is Ellipsis or is_whole(index)


def is_whole(x: Any) -> bool:
    """Return whether something is None or a whole number; a boolean is none."""
    return x is None or (isinstance(x, int | np.integer) and type(x) is not bool)


def index_text(index: Any) -> str:
    """Return a plain index as it stands in brackets."""
    if isinstance(index, tuple):
        return ", ".join(map(index_text, index)) if index else "()"
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop, index.step)]
        return ":".join(ends if ends[2] else ends[:2])
    return "..." if index is Ellipsis else str(index)
