"""Passes: from one program to another that computes the same with less work.

None of them changes a result by a single bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.compiler.program import (
    Equation,
    Program,
    Variable,
    map_references,
    references,
)
from autograd_lite.compiler.tables import is_elementwise, makes_new_array
from autograd_lite.primitive import registry

__all__ = ["optimized"]

RESHAPING = ("reshape", "transpose", "swapaxes", "squeeze", "expand_dims", "moveaxis")

Known = dict[Variable, Any]
"""What stands for a variable: another, or a constant."""


def optimized(program: Program) -> Program:
    """Return a program that returns the same, in elementary operations, none of them in vain."""
    for change in (taken_apart, simplified, without_repeats, without_dead_code, with_own_results):
        program = change(program)
    return program


def taken_apart(program: Program) -> Program:
    """Return a program with the parts of each operation in place of it."""
    equations: list[Equation] = []
    known: Known = {}
    for equation in program.equations:
        for part in flat_parts(equation, known):
            equations.append(with_known(part, known))
    return program.with_equations(equations, map_references(program.outputs, known))


def flat_parts(equation: Equation, known: Known) -> Iterable[Equation]:
    """Yield the parts of an equation, and theirs; `known` learns what stands for the results."""
    if not equation.parts:
        yield equation
        return
    for part in equation.parts:
        yield from flat_parts(part, known)
    known[equation.out] = map_references(equation.parts_out, known)


def with_known(equation: Equation, known: Known) -> Equation:
    """Return an equation with what is known in place of variables, without parts."""
    return replace(
        equation,
        operands=map_references(equation.operands, known),
        params=map_references(equation.params, known),
        parts=(),
        parts_out=None,
    )


def simplified(program: Program) -> Program:
    """Return a program without operations that change nothing, and means as sums and quotients."""
    known: Known = {}
    stretched: Known = {}
    equations: list[Equation] = []
    for original in program.equations:
        equation = with_known(original, known)
        if equation.checks:
            equations.append(equation)
            continue
        if is_elementwise(equation.operation):
            equation = with_plain_numbers(with_small_operands(equation, stretched))
        same = same_as(equation)
        if same is not None:
            known[equation.out] = same
            continue
        if equation.operation is ops.broadcast_to:
            stretched[equation.out] = equation.operands[0]
        equations += mean_as_quotient(equation) or [equation]
    return program.with_equations(equations, map_references(program.outputs, known))


def same_as(equation: Equation) -> Any:
    """Return the operand that the result of an equation is equal to, None if it is none."""
    name, out = equation.operation.name, equation.out
    x = equation.operands[0]
    if not isinstance(x, Variable):
        pairs = zip(equation.operands[1:], equation.operands, strict=False)
        swapped = next(pairs, None)
        return swapped[0] if swapped and name == "multiply" and is_neutral(out, *swapped) else None
    if (x.shape, x.dtype, x.weak) != (out.shape, out.dtype, out.weak):
        return None
    if name in ("identity", "copy", "positive", "astype", "reshape", "broadcast_to", "squeeze"):
        return x if equation.params.get("order", "C") == "C" else None
    if name == "transpose" and x.ndim < 2:
        return x
    if name in ("multiply", "divide") and is_neutral(out, x, equation.operands[1]):
        return x
    return None


def is_neutral(out: Variable, x: Any, one: Any) -> bool:
    """Return whether a product of `x` and `one`, or their quotient, is `x` itself."""
    return (
        isinstance(x, Variable)
        and (x.shape, x.dtype) == (out.shape, out.dtype)
        and isinstance(one, int | float | np.floating)
        and not isinstance(one, bool)
        and one == 1
    )


def with_small_operands(equation: Equation, stretched: Known) -> Equation:
    """Return an element-wise equation with operands that were not stretched to its shape yet."""
    operands = equation.operands
    for position, operand in enumerate(operands):
        small = stretched.get(operand) if isinstance(operand, Variable) else unstretched(operand)
        if small is None:
            continue
        tried = (*operands[:position], small, *operands[position + 1 :])
        if np.broadcast_shapes(*map(shape_of, tried)) == equation.out.shape:
            operands = tried
    return replace(equation, operands=operands)


def with_plain_numbers(equation: Equation) -> Equation:
    """Return an element-wise equation with its constant numbers as Python floats.

    So numpy converts them in no time: an int beside an array of floats costs it 1 µs. Only where
    neither the dtype of the result nor the numbers change.
    """
    out, name = equation.out, equation.operation.name
    others = [x.dtype for x in equation.operands if isinstance(x, Variable) and x.shape]
    if name in ("power", "float_power", "ldexp") or not others or out.weak:
        return equation
    if any(dtype != others[0] for dtype in others) or others[0].kind != "f":
        return equation
    operands = tuple(as_plain_number(x, others[0]) for x in equation.operands)
    return replace(equation, operands=operands)


def as_plain_number(x: Any, dtype: np.dtype[Any]) -> Any:
    """Return a number that has the given dtype, or none of its own, as a Python float."""
    if isinstance(x, np.floating) and x.dtype == dtype:
        return float(x)
    if type(x) is int and abs(x) < 2**20:
        return float(x)
    return x


def unstretched(x: Any) -> Any:
    """Return the number that a constant array repeats without storing it, None for others."""
    if isinstance(x, np.ndarray) and x.ndim and x.size and not any(x.strides):
        return x[(0,) * x.ndim]
    return None


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a variable, an array or a number."""
    return x.shape if isinstance(x, Variable) else np.shape(x)


def mean_as_quotient(equation: Equation) -> list[Equation]:
    """Return a mean as numpy computes it, a sum over a count; nothing for other operations."""
    if equation.operation is not MEAN or equation.out.dtype.char not in "fd":
        return []
    x = equation.operands[0]
    if not isinstance(x, Variable) or x.dtype != equation.out.dtype or not equation.out.shape:
        size = int(np.prod(shape_of(x)))
    else:
        size = int(np.prod(x.shape)) // max(int(np.prod(equation.out.shape)), 1)
    if not size or not isinstance(x, Variable) or x.dtype != equation.out.dtype:
        return []
    total = Variable(equation.out.shape, equation.out.dtype, layout=equation.out.layout)
    return [
        Equation(SUM, (x,), equation.params, total),
        Equation(ops.divide, (total, size), {}, equation.out),
    ]


MEAN = registry["mean"]
SUM = registry["sum"]


def without_repeats(program: Program) -> Program:
    """Return a program that computes nothing twice."""
    known: Known = {}
    seen: dict[Any, Variable] = {}
    equations: list[Equation] = []
    for original in program.equations:
        equation = with_known(original, known)
        key = key_of(equation)
        if key in seen:
            known[equation.out] = seen[key]
            seen[key].name = seen[key].name or equation.out.name
            continue
        seen[key] = equation.out
        equations.append(equation)
    return program.with_equations(equations, map_references(program.outputs, known))


def key_of(equation: Equation) -> Any:
    """Return what two equations have in common that compute the same."""
    return (
        id(equation.operation),
        hashable(equation.operands),
        hashable(equation.params),
    )


def hashable(tree: Any) -> Any:
    """Return operands or metadata as something that is equal where these are the same."""
    if isinstance(tree, tuple | list):
        return (type(tree), *map(hashable, tree))
    if isinstance(tree, dict):
        return tuple((name, hashable(tree[name])) for name in sorted(tree))
    if isinstance(tree, slice):
        return (slice, hashable([tree.start, tree.stop, tree.step]))
    if isinstance(tree, np.ndarray):
        return (id(tree), tree.shape)  # content may be changed from outside between runs
    if isinstance(tree, np.generic):
        return (tree.dtype, tree.tobytes())
    if isinstance(tree, float | complex):
        return (type(tree), repr(tree))  # 0.0 and -0.0 are equal, and not the same
    try:
        hash(tree)
    except TypeError:
        return id(tree)
    return (type(tree), tree)


def without_dead_code(program: Program) -> Program:
    """Return a program without equations that neither a result nor a check depends on."""
    needed = set(references(program.outputs))
    equations: list[Equation] = []
    for equation in reversed(program.equations):
        if equation.checks or equation.out in needed:
            needed.update(equation.reads())
            equations.append(equation)
    equations.reverse()
    return program.with_equations(equations, program.outputs)


def with_own_results(program: Program) -> Program:
    """Return a program whose results share no memory with its inputs or with each other."""
    equations = list(program.equations)
    makers = {equation.out: equation for equation in equations}
    taken: set[Variable] = set()
    outputs: list[Any] = []
    for out in program.outputs:
        if not isinstance(out, Variable) or not out.shape:
            outputs.append(out)
            continue
        roots = memory_of(out, makers.get)
        if roots <= makers.keys() and not roots & taken and is_reshaped(out, makers):
            outputs.append(out)
        else:
            own = Variable(out.shape, out.dtype, out.name, layout=out.layout)
            equations.append(Equation(ops.copy, (out,), {}, own))
            outputs.append(own)
        taken |= roots
    return program.with_equations(equations, outputs)


def is_reshaped(variable: Variable, makers: dict[Variable, Equation]) -> bool:
    """Return whether a result is a new array, or all of one in another shape."""
    equation = makers[variable]
    while not makes_new_array(equation.operation):
        x = equation.operands[0]
        if equation.operation.name not in RESHAPING or x not in makers or not x.shape:
            return False
        equation = makers[x]
    return True


def memory_of(variable: Variable, maker: Callable[[Variable], Equation | None]) -> set[Variable]:
    """Return the variables whose memory a variable may share: itself, unless it is a view."""
    found: set[Variable] = set()
    waiting = [variable]
    while waiting:
        one = waiting.pop()
        equation = maker(one)
        if equation is None or makes_new_array(equation.operation):
            found.add(one)
        else:
            waiting += list(references(equation.operands))
    return found
