"""Programs printed as numpy code that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograd_lite.testing.strategies.program import Operand, Program, Step

__all__ = ["literal", "name_of", "program_source", "step_source"]


def name_of(number: int) -> str:
    """Return the name of a variable."""
    return f"v{number}"


def program_source(program: Program) -> str:
    """Return a program as a function, the values of its inputs, and a check of its gradients."""
    names = [name_of(n) for n in range(len(program.inputs))]
    steps = [step_source(step, len(names) + n) for n, step in enumerate(program.steps)]
    results = ", ".join(name_of(n) for n in program.results)
    inputs = [f"{name} = {literal(x)}" for name, x in zip(names, program.inputs, strict=True)]
    arguments = ", ".join(names)
    imports = dict.fromkeys(step.operation.imports for step in program.steps)
    return "\n".join(
        [
            "import numpy as np",
            "import autograd_lite as al",
            *filter(None, imports),
            "",
            f"def program({arguments}):",
            *(f"    {step}" for step in steps),
            f"    return [{results}]",
            "",
            *inputs,
            f"al.testing.check_grads(program, [{arguments}])",
        ]
    )


def step_source(step: Step, number: int) -> str:
    """Return a step as an assignment."""
    operands = [operand_source(operand) for operand in step.operands]
    params = {
        name: index_source(x) if name == "index" else literal(x) for name, x in step.params.items()
    }
    text = step.operation.text or f"np.{step.operation.name}({{operands}}{{keywords}})"
    keywords = "".join(f", {name}={x}" for name, x in params.items() if f"{{{name}}}" not in text)
    call = text.format(*operands, operands=", ".join(operands), keywords=keywords, **params)
    return f"{name_of(number)} = {call}"


def operand_source(operand: Operand) -> str:
    """Return an operand as an expression that may stand beside any operator."""
    if isinstance(operand, int):
        return name_of(operand)
    text = literal(operand.data)
    return f"({text})" if text.startswith("-") else text


def literal(x: Any) -> str:
    """Return an expression for a number, an array, or a tuple of them."""
    if isinstance(x, np.ndarray | np.generic):
        return array_source(np.asarray(x))
    if isinstance(x, tuple):
        return f"({', '.join(map(literal, x))}{',' * (len(x) == 1)})"
    if isinstance(x, list):
        return f"[{', '.join(map(literal, x))}]"
    return repr(x)


def array_source(x: Any) -> str:
    """Return an expression for an array."""
    dtype = "" if x.dtype in (float, int, bool) else f", dtype={x.dtype.name!r}"
    if not x.size:
        return f"np.zeros({x.shape}, dtype={x.dtype.name!r})"
    return f"np.array({x.tolist()}{dtype})"


def index_source(index: Any) -> str:
    """Return what stands between brackets for an index."""
    if isinstance(index, tuple):
        return ", ".join(map(index_source, index)) + "," * (len(index) == 1) if index else "()"
    if isinstance(index, slice):
        parts = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(parts) + (f":{index.step}" if index.step is not None else "")
    return "..." if index is ... else literal(index)
