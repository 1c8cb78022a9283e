"""Printing for numba: a program as loops over elements, which a compiler turns into machine code.

Shapes are known, so every loop has constant bounds. Element-wise operations of one shape that can
run at the same time share a loop, and what is read inside of it only is a number there, not an
array. Matrix products stay with BLAS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.compiler.elements import element_expression, is_by_element, typed_number
from autograd_lite.compiler.program import Equation, Program, Variable, references
from autograd_lite.compiler.source import Names, Source, index_text, is_plain_index

__all__ = ["can_print", "print_loops"]

CHUNK = 128
"""Numbers that are added up one after the other before a sum of sums: rounding stays small."""

VIEWS = ("reshape", "squeeze", "expand_dims", "transpose", "swapaxes", "moveaxis", "getitem")

KINDS = "fbiu"


def can_print(equation: Equation) -> bool:
    """Return whether an equation can be printed as loops."""
    arrays = [x for x in equation.operands if isinstance(x, Variable | np.ndarray | np.generic)]
    dtypes = [x.dtype for x in arrays] + [equation.out.dtype]
    if equation.checks or any(d.kind not in KINDS or d.char in "eg" for d in dtypes):
        return False
    if not all(dtype.isnative for dtype in dtypes):
        return False
    name, params = equation.operation.name, equation.params
    if is_by_element(equation):
        return True
    if name == "matmul":
        ndims = [len(np.shape(x)) if not isinstance(x, Variable) else x.ndim for x in arrays]
        same = len(set(dtypes)) == 1
        return len(arrays) == 2 and same and dtypes[0].char in "fd" and set(ndims) <= {1, 2}
    if name in ("sum", "max", "min", "prod"):
        x = equation.operands[0]
        return (
            isinstance(x, Variable)
            and x.dtype == equation.out.dtype
            and x.dtype.kind == "f"
            and x.ndim > 0
            and math.prod(x.shape) > 0
            and not params.keys() - {"axis", "keepdims"}
        )
    if not isinstance(equation.operands[0], Variable):
        return bool(name == "concatenate" and is_plain_join(equation))
    if name == "getitem":
        return is_plain_index(params["index"])
    if name == "scatter_add":
        return bool(is_plain_index(params["index"]) and no_new_axes(params["index"]))
    if name == "reshape":
        return bool(params.get("order", "C") == "C")
    if name == "concatenate":
        return is_plain_join(equation)
    return name in VIEWS


def is_plain_join(equation: Equation) -> bool:
    """Return whether arrays are joined as they are: variables, of the dtype of the result."""
    return all(
        isinstance(x, Variable) and x.dtype == equation.out.dtype for x in equation.operands
    ) and not any(
        value not in (None, "same_kind")
        for name, value in equation.params.items()
        if name != "axis"
    )


def no_new_axes(index: Any) -> bool:
    """Return whether an index has integers and slices only."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(part, int | slice) for part in parts)


@dataclass
class Loop:
    """Element-wise equations that share a loop over `shape`."""

    shape: tuple[int, ...]
    equations: list[Equation] = field(default_factory=list)


Step = Loop | Equation


def steps_of(program: Program) -> list[Step]:
    """Return the equations in an order that shares loops where it can."""
    steps: list[Step] = []
    made: dict[Variable, int] = {}
    for equation in program.equations:
        ready = max((made[x] for x in equation.reads() if x in made), default=-1)
        if not is_by_element(equation):
            steps.append(equation)
            made[equation.out] = len(steps) - 1
            continue
        shape = equation.out.shape
        place = next(
            (
                i
                for i in range(len(steps) - 1, max(ready, 0) - 1, -1)
                if isinstance(steps[i], Loop) and steps[i].shape == shape  # type: ignore[union-attr]
            ),
            None,
        )
        if place is None:
            steps.append(Loop(shape))
            place = len(steps) - 1
        steps[place].equations.append(equation)  # type: ignore[union-attr]
        made[equation.out] = place
    return steps


def print_loops(program: Program) -> Source:
    """Return a program as the source of a function for numba.

    Constant arrays are arguments after the inputs: the namespace has them by name, in order.
    """
    return LoopPrinter(with_outer_products(program)).source()


def with_outer_products(program: Program) -> Program:
    """Return a program in which products of a column and a row are element-wise.

    They share a loop with what follows then: 0.9 times the time of a whole step of 2-32-32-1.
    """
    equations = [
        replace(equation, operation=ops.multiply) if is_outer_product(equation) else equation
        for equation in program.equations
    ]
    return program.with_equations(equations, program.outputs)


def is_outer_product(equation: Equation) -> bool:
    """Return whether an equation is the matrix product of a column and a row."""
    if equation.operation.name != "matmul" or equation.out.ndim != 2:
        return False
    column, row = equation.operands
    return bool(np.shape(column)[1] == np.shape(row)[0] == 1)


class LoopPrinter:
    """Prints one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = Names()
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self.constant_names: dict[int, str] = {}
        self.layout: dict[Variable, str] = dict.fromkeys(program.inputs, "C")
        self.free = list(program.donated)
        self.given: dict[Variable, int] = {}
        self.steps = steps_of(program)
        self.read_by = self.readers()

    def readers(self) -> dict[Variable, set[int]]:
        """Return by which steps each variable is read; the results, by one after the last."""
        found: dict[Variable, set[int]] = {}
        for place, step in enumerate(self.steps):
            equations = step.equations if isinstance(step, Loop) else [step]
            for equation in equations:
                for variable in equation.reads():
                    found.setdefault(variable, set()).add(place)
        for variable in references(self.program.outputs):
            found.setdefault(variable, set()).add(len(self.steps))
        return found

    def source(self) -> Source:
        """Return the source of the function."""
        name = self.names.unique(self.program.name)
        arguments = [self.names.give(variable) for variable in self.program.inputs]
        for place, step in enumerate(self.steps):
            if isinstance(step, Loop):
                self.loop(place, step)
            else:
                self.statement(step)
        outputs = self.program.outputs
        results = [self.result(out) for out in outputs if out not in self.given]
        comma = "," if len(results) == 1 else ""
        body = [*self.lines, f"return ({', '.join(results)}{comma})"]
        arguments += self.constants
        text = "\n    ".join([f"def {name}({', '.join(arguments)}):", *body]) + "\n"
        given = [(place, self.given[x]) for place, x in enumerate(outputs) if x in self.given]
        return Source(name, text, self.constants, given)

    def result(self, out: Any) -> str:
        """Return a result: a variable, or a number."""
        if isinstance(out, Variable):
            return self.names.of[out]
        return self.operand(out)

    # Loops

    def loop(self, place: int, loop: Loop) -> None:
        """Print element-wise equations."""
        stored = []
        for equation in loop.equations:
            name = self.names.give(equation.out)
            self.layout[equation.out] = "C"
            if loop.shape and self.read_by.get(equation.out, set()) - {place}:
                stored.append(equation.out)
                given = self.donated_to(equation.out, place)
                self.lines.append(f"{name} = {given or empty(equation.out)}")
        inside = {equation.out for equation in loop.equations}
        indent = self.open_loops(loop.shape)
        for equation in loop.equations:
            element = self.element_name(equation.out, loop.shape)
            atoms = [
                self.element(x, loop.shape, inside and isinstance(x, Variable) and x in inside)
                for x in equation.operands
            ]
            self.lines.append(f"{indent}{element} = {element_expression(equation, atoms)}")
            if equation.out in stored:
                target = self.names.of[equation.out]
                self.lines.append(f"{indent}{target}{index_of(loop.shape, loop.shape)} = {element}")

    def donated_to(self, out: Variable, place: int) -> str | None:
        """Return an input whose memory a result may have: nobody reads it after this loop."""
        for variable in self.free:
            same = (variable.shape, variable.dtype) == (out.shape, out.dtype)
            if same and max(self.read_by.get(variable, {-1})) <= place:
                self.free.remove(variable)
                self.given[out] = self.program.inputs.index(variable)
                return self.names.of[variable]
        return None

    def open_loops(self, shape: tuple[int, ...]) -> str:
        """Print the heads of loops over a shape, and return the indent of what is inside."""
        for axis, length in enumerate(shape):
            self.lines.append(f"{'    ' * axis}for i{axis} in range({length}):")
        return "    " * len(shape)

    def element_name(self, variable: Variable, shape: tuple[int, ...]) -> str:
        """Return the name of one element of a result; a number is its own."""
        name = self.names.of[variable]
        return f"{name}_" if shape else name

    def element(self, x: Any, shape: tuple[int, ...], is_inside: Any) -> str:
        """Return an element of an operand, at the place where the loop is."""
        if isinstance(x, Variable):
            if is_inside:
                return self.element_name(x, shape)
            return self.names.of[x] + index_of(x.shape, shape)
        if isinstance(x, np.ndarray) and x.ndim:
            return self.operand(x) + index_of(x.shape, shape)
        return typed_number(x)

    # Other operations

    def statement(self, equation: Equation) -> None:
        """Print an operation that is not element-wise."""
        name = self.names.give(equation.out)
        operation = equation.operation.name
        self.layout[equation.out] = "C"
        if operation == "matmul":
            left, right = (self.contiguous(x) for x in equation.operands)
            self.lines.append(f"{name} = np.dot({left}, {right})")
        elif operation in REDUCE:
            self.reduction(equation, name)
        elif operation == "concatenate":
            self.join(equation, name)
        elif operation == "scatter_add":
            self.scatter(equation, name)
        else:
            self.view(equation, name)

    def operand(self, x: Any) -> str:
        """Return the name of an operand."""
        if isinstance(x, Variable):
            return self.names.of[x]
        if not isinstance(x, np.ndarray) or not x.ndim:
            return typed_number(x)
        if id(x) not in self.constant_names:
            name = self.names.unique(f"c{len(self.constants)}")
            self.constant_names[id(x)] = name
            self.constants[name] = x
        return self.constant_names[id(x)]

    def contiguous(self, x: Any, layouts: str = "CF") -> str:
        """Return an operand as it lies in memory in one piece, copied where it does not."""
        name = self.operand(x)
        layout = self.layout.get(x, "C") if isinstance(x, Variable) else "C"
        return name if layout in layouts else f"np.ascontiguousarray({name})"

    def reduction(self, equation: Equation, name: str) -> None:
        """Print a sum, product, maximum or minimum over axes."""
        x, out = equation.operands[0], equation.out
        axes = reduced_axes(x.ndim, equation.params.get("axis"))
        start, combine = REDUCE[equation.operation.name]
        zero = typed_number(out.dtype.type(start))
        source = self.names.of[x]
        here = index_of(x.shape, x.shape)
        if len(axes) == x.ndim:
            self.total(equation, name, source, zero, combine)
            return
        kept = out.shape
        flat = tuple(length for axis, length in enumerate(x.shape) if axis not in axes)
        target = "".join(f"i{axis}, " for axis in range(x.ndim) if axis not in axes)[:-2]
        self.lines.append(f"{name} = np.full({flat}, {zero})")
        indent = self.open_loops(x.shape)
        place = f"{name}[{target}]"
        self.lines.append(f"{indent}{place} = {combine(place, source + here)}")
        if kept != flat:
            self.lines.append(f"{name} = {name}.reshape({kept})")

    def total(self, equation: Equation, name: str, source: str, zero: str, combine: Any) -> None:
        """Print a reduction over all axes: in rows, or in chunks, whose results are combined."""
        x, out = equation.operands[0], equation.out
        total, row = (name, f"{name}_row") if not out.shape else (f"{name}_all", f"{name}_row")
        self.lines.append(f"{total} = {zero}")
        if x.ndim == 1 and x.shape[0] > CHUNK:
            length = x.shape[0]
            self.lines += [
                f"for start in range(0, {length}, {CHUNK}):",
                f"    {row} = {zero}",
                f"    for i0 in range(start, min(start + {CHUNK}, {length})):",
                f"        {row} = {combine(row, f'{source}[i0]')}",
                f"    {total} = {combine(total, row)}",
            ]
        else:
            indent = self.open_loops(x.shape[:-1])
            last = x.ndim - 1
            place = source + index_of(x.shape, x.shape)
            self.lines += [
                f"{indent}{row} = {zero}",
                f"{indent}for i{last} in range({x.shape[-1]}):",
                f"{indent}    {row} = {combine(row, place)}",
                f"{indent}{total} = {combine(total, row)}",
            ]
        if out.shape:
            self.lines.append(f"{name} = np.full({out.shape}, {total})")

    def join(self, equation: Equation, name: str) -> None:
        """Print a concatenation: each part is copied to its place."""
        out, axis = equation.out, equation.params.get("axis", 0)
        self.lines.append(f"{name} = {empty(out)}")
        start = 0
        for part in equation.operands:
            if axis is None:
                place, length = flat_place(part.shape, start), math.prod(part.shape)
            else:
                length = part.shape[axis % out.ndim]
                place = shifted_place(out.ndim, axis % out.ndim, start)
            self.copy_elements(part, f"{name}[{place}]")
            start += length

    def scatter(self, equation: Equation, name: str) -> None:
        """Print zeros with an operand at a plain index."""
        x, out = equation.operands[0], equation.out
        self.lines.append(f"{name} = np.zeros({out.shape}, {dtype_text(out.dtype)})")
        index = index_text(equation.params["index"])
        if not x.shape:
            self.lines.append(f"{name}[{index}] = {self.operand(x)}")
            return
        self.lines.append(f"{name}_part = {name}[{index}]")
        self.copy_elements(x, f"{name}_part{loop_index(x.shape)}")

    def copy_elements(self, x: Variable, target: str) -> None:
        """Print a copy, element by element: numba takes 6 s to compile ``out[a:b] = x``."""
        indent = self.open_loops(x.shape)
        self.lines.append(f"{indent}{target} = {self.operand(x)}{loop_index(x.shape)}")

    def view(self, equation: Equation, name: str) -> None:
        """Print an operation that gives the same elements another shape."""
        x, out = equation.operands[0], equation.out
        operation, params = equation.operation.name, equation.params
        if operation == "getitem":
            self.item(equation, name)
        elif operation in ("transpose", "swapaxes", "moveaxis"):
            order = axes_order(operation, x.ndim, params)
            text = ".T" if order == tuple(reversed(range(x.ndim))) else f".transpose({order})"
            self.lines.append(f"{name} = {self.names.of[x]}{text if x.ndim > 1 else ''}")
            flipped = {"C": "F", "F": "C"}.get(self.layout[x], "A")
            self.layout[out] = flipped if text == ".T" and x.ndim > 1 else "A"
            if x.ndim < 2:
                self.layout[out] = self.layout[x]
        elif not x.shape:
            self.lines.append(f"{name} = {name_or_full(self.names.of[x], out)}")
        elif not out.shape:
            self.lines.append(f"{name} = {self.names.of[x]}{index_of((1,) * x.ndim, x.shape)}")
        else:
            self.lines.append(f"{name} = {self.contiguous(x, 'C')}.reshape({out.shape})")

    def item(self, equation: Equation, name: str) -> None:
        """Print a plain index."""
        x, out, index = equation.operands[0], equation.out, equation.params["index"]
        parts = index if isinstance(index, tuple) else (index,)
        parts = with_ellipsis_spelt(parts, x.ndim)
        taken = tuple(part for part in parts if part is not None)
        if not x.shape or not taken:
            self.lines.append(f"{name} = {name_or_full(self.names.of[x], out)}")
            return
        only_first = len(taken) == 1 and isinstance(taken[0], slice) and taken[0].step is None
        self.layout[out] = "C" if only_first and self.layout[x] == "C" else "A"
        self.lines.append(f"{name} = {self.names.of[x]}[{index_text(taken)}]")
        if any(part is None for part in parts):
            self.lines.append(f"{name} = np.ascontiguousarray({name}).reshape({out.shape})")
            self.layout[out] = "C"


REDUCE: dict[str, tuple[float, Any]] = {
    "sum": (0.0, lambda total, x: f"{total} + {x}"),
    "prod": (1.0, lambda total, x: f"{total} * {x}"),
    "max": (-np.inf, lambda total, x: f"np.maximum({total}, {x})"),
    "min": (np.inf, lambda total, x: f"np.minimum({total}, {x})"),
}
"""What a reduction starts with, and how it goes on."""


def reduced_axes(ndim: int, axis: Any) -> tuple[int, ...]:
    """Return the axes of a reduction, counted from 0."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def axes_order(operation: str, ndim: int, params: dict[str, Any]) -> tuple[int, ...]:
    """Return the order of axes after a transposition of any kind."""
    axes = np.empty((0,) * 0 if not ndim else tuple(range(2, 2 + ndim)))
    forward: dict[str, Any] = {
        "transpose": np.transpose,
        "swapaxes": np.swapaxes,
        "moveaxis": np.moveaxis,
    }
    return tuple(length - 2 for length in forward[operation](axes, **params).shape)


def index_of(shape: Sequence[int], loop: Sequence[int]) -> str:
    """Return the index of an operand in a loop over the shape that it is broadcast to."""
    if not shape:
        return ""
    extra = len(loop) - len(shape)
    parts = ["0" if length == 1 else f"i{extra + axis}" for axis, length in enumerate(shape)]
    return f"[{', '.join(parts)}]"


def loop_index(shape: Sequence[int]) -> str:
    """Return the index of an element in a loop over all of an array."""
    return f"[{', '.join(f'i{axis}' for axis in range(len(shape)))}]" if shape else ""


def flat_place(shape: Sequence[int], start: int) -> str:
    """Return where an element goes if an array is laid out in a vector, from `start` on."""
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    terms = [f"i{axis} * {step}" if step != 1 else f"i{axis}" for axis, step in enumerate(steps)]
    return " + ".join([str(start), *terms])


def shifted_place(ndim: int, axis: int, start: int) -> str:
    """Return where an element goes if an array is put at `start` along an axis."""
    return ", ".join(f"{start} + i{a}" if a == axis else f"i{a}" for a in range(ndim))


def with_ellipsis_spelt(parts: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """Return the parts of an index with slices in place of the ellipsis."""
    if Ellipsis not in parts:
        return parts
    place = parts.index(Ellipsis)
    taken = sum(part is not None for part in parts) - 1
    return (*parts[:place], *(slice(None),) * (ndim - taken), *parts[place + 1 :])


def empty(variable: Variable) -> str:
    """Return a new array for a result."""
    return f"np.empty({variable.shape}, {dtype_text(variable.dtype)})"


def name_or_full(name: str, out: Variable) -> str:
    """Return a number as it is, or in an array of one element."""
    return f"np.full({out.shape}, {name})" if out.shape else name


def dtype_text(dtype: np.dtype[Any]) -> str:
    """Return a dtype as it stands in source."""
    return "np.bool_" if dtype.kind == "b" else f"np.{dtype.name}"
