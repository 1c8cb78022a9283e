"""What runs a program: numpy, or numba, with numpy for what numba does not take."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.compiler.loops import can_print, print_loops
from autograd_lite.compiler.machine_code import function_of
from autograd_lite.compiler.program import Equation, Program, Variable, references
from autograd_lite.compiler.source import print_numpy
from autograd_lite.primitive import Primitive

__all__ = ["Kernel", "build"]

FEWEST = 2
"""Equations that are worth a call of machine code."""


@dataclass(slots=True)
class Kernel:
    """A program, ready to run.

    Attributes
    ----------
    run : callable
        Takes the inputs in order, and returns the outputs.
    program : Program
        What it runs.
    loops : str
        What numba compiled, as Python source; "" where numpy runs all of it.
    backend : str
        What runs it.
    """

    run: Callable[..., Sequence[Any]]
    program: Program
    loops: str
    backend: str

    @property
    def source(self) -> str:
        """The program as Python source on numpy."""
        return print_numpy(self.program).text


def build(program: Program, backend: str) -> Kernel:
    """Return a program, ready to run."""
    if backend == "numba":
        taken = [equation for equation in program.equations if can_print(equation)]
        if len(taken) >= FEWEST:
            return build_with_numba(program)
        left = sorted({e.operation.name for e in program.equations if not can_print(e)})
        warnings.warn(
            f"numba takes nothing of {program.name}: "
            f"{', '.join(left) or 'there is nothing to compute'}; it runs on numpy",
            RuntimeWarning,
            stacklevel=6,
        )
    return Kernel(print_numpy(program).function(), program, "", "numpy")


def build_with_numba(program: Program) -> Kernel:
    """Return a program whose loops run as machine code."""
    whole = program
    early = [e for e in program.equations if e.checks and is_of_inputs(e, program)]
    rest = [equation for equation in program.equations if equation not in early]
    program = program.with_equations([*early, *rest], program.outputs)
    if all(map(can_print, rest)) and not early:
        run, text = machine_code(program)
        return Kernel(run, whole, text, "numba")
    outer, texts = with_kernels(program)
    return Kernel(print_numpy(outer).function(), whole, "\n".join(texts), "numba")


def is_of_inputs(equation: Equation, program: Program) -> bool:
    """Return whether an equation reads inputs of the program only."""
    return all(variable in program.inputs for variable in equation.reads())


def with_kernels(program: Program) -> tuple[Program, list[str]]:
    """Return a program in which runs of equations are calls of machine code, and its sources."""
    equations: list[Equation] = []
    texts: list[str] = []
    for run in runs_of(program.equations):
        if len(run) < FEWEST or not can_print(run[0]):
            equations += run
            continue
        part = as_program(run, program, f"{program.name}_{len(texts) + 1}")
        call, text = machine_code(part)
        texts.append(text)
        equations += call_of(call, part)
    return program.with_equations(equations, program.outputs), texts


def runs_of(equations: list[Equation]) -> list[list[Equation]]:
    """Return the equations in runs that numba takes, and runs that it does not."""
    runs: list[list[Equation]] = []
    for equation in equations:
        if runs and can_print(runs[-1][-1]) == can_print(equation):
            runs[-1].append(equation)
        else:
            runs.append([equation])
    return runs


def as_program(run: list[Equation], program: Program, name: str) -> Program:
    """Return a run of equations as a program of its own: it returns what others read."""
    made = {equation.out for equation in run}
    inputs = dict.fromkeys(x for equation in run for x in equation.reads() if x not in made)
    others = set(references(program.outputs))
    for equation in program.equations:
        if equation.out not in made:
            others.update(equation.reads())
    return Program(name, list(inputs), run, [e.out for e in run if e.out in others])


def call_of(function: Callable[..., Any], part: Program) -> list[Equation]:
    """Return the equations that call a function and take its results apart."""
    results = Variable((), np.dtype(object), f"results_{part.name}")
    operation = Primitive(function, (None,) * len(part.inputs), part.name, variadic=False)
    taken = [
        Equation(ops.getitem, (results,), {"index": place}, out)
        for place, out in enumerate(part.outputs)
    ]
    return [Equation(operation, tuple(part.inputs), {}, results), *taken]


def machine_code(program: Program) -> tuple[Callable[..., Sequence[Any]], str]:
    """Return a program as a function of machine code, and the source that it was made from."""
    printed = print_loops(program)
    constants = tuple(map(np.ascontiguousarray, printed.namespace.values()))
    kernel = function_of(printed, [*program.inputs, *constants])
    scalars = [
        (place, out.dtype.type)
        for place, out in enumerate(program.outputs)
        if isinstance(out, Variable) and not out.shape
    ]

    def run(*inputs: Any) -> Sequence[Any]:
        try:
            results = list(kernel(*inputs, *constants))
        except TypeError:  # arrays that do not lie in memory as machine code expects it
            inputs = tuple(map(as_machine_code_takes_it, inputs))
            results = list(kernel(*inputs, *constants))
        for place, argument in printed.given:
            results.insert(place, inputs[argument])
        for place, kind in scalars:
            results[place] = kind(results[place])
        return results

    return run, printed.text


def as_machine_code_takes_it(x: Any) -> Any:
    """Return an array in one piece that may be written to; a number as it is."""
    return np.array(x, order="C") if isinstance(x, np.ndarray) else x
