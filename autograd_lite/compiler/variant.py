"""The program of a function for arguments of one form, and the Values that come of running it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.compiler.backends import build
from autograd_lite.compiler.conditions import Conditions
from autograd_lite.compiler.passes import optimized
from autograd_lite.compiler.program import Program, Variable
from autograd_lite.compiler.signature import without_numbers
from autograd_lite.compiler.tracing import Traced, check_same_program, trace
from autograd_lite.errors import GraphError
from autograd_lite.primitive import Primitive
from autograd_lite.trees import flatten, rebuild
from autograd_lite.value import Value, constant, data_of, node

__all__ = ["Variant"]


class Variant:
    """A function's program for arguments of one form, and all that must stay as it was.

    Attributes
    ----------
    kernel : Kernel
        The program, ready to run. Its results are the leaves of the function's result, and where
        that is one number that can be differentiated, the gradients.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        backend: str,
        recording: bool,
        form: Any,
        leaves: Sequence[Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.fun = fun
        self.backend = backend
        self.call = without_numbers((args, kwargs))
        traced = self.trace(leaves)
        self.conditions = Conditions(recording, form, leaves, traced.tracer)
        self.specs, self.captured = self.conditions.specs, self.conditions.captured
        self.draws = list(traced.tracer.draws.values())
        check_same_program(traced.program([]), self.trace(leaves).program([]))
        results = flatten(traced.out)
        self.out = rebuild(traced.out, lambda path: None if results[path] is None else 0)
        self.results = [Result(self, i, traced, x) for i, x in enumerate(results.values())]
        outputs = list(results.values())
        self.is_loss = len(outputs) == 1 and self.results[0].is_loss
        if self.is_loss:
            one = constant(np.ones(outputs[0].shape, outputs[0].dtype)[()])
            outputs += self.results[0].gradients(traced, outputs[0], one)
        self.kernel = build(optimized(traced.program(outputs)), backend)

    def trace(self, leaves: Sequence[Any]) -> Traced:
        """Return a trace of the function for numbers like these."""
        args, kwargs = self.call
        return trace(self.fun, args, kwargs, leaves)

    def __call__(self, leaves: Sequence[Any]) -> Any:
        """Run the program."""
        arrays = [leaf._data if type(leaf) is Value else leaf for leaf in leaves]
        arrays += [value._data for value in self.captured]
        drawn = [draw() for draw in self.draws]
        results = self.kernel.run(*arrays, *drawn)
        if self.is_loss:
            return self.results[0].wrapped(results[0], leaves, arrays, drawn, results[1:])
        wrapped = iter(
            [
                result.wrapped(x, leaves, arrays, drawn)
                for result, x in zip(self.results, results, strict=True)
            ]
        )
        return rebuild(self.out, lambda path: next(wrapped))


class Result:
    """One leaf of a function's result: what its Value is to be.

    Attributes
    ----------
    is_value : bool
        Whether it depends on a Value, and so is one.
    positions : list of int
        Which of the Values that the function gets or takes it can be differentiated by.
    is_loss : bool
        Whether it is one real number that can be differentiated.
    """

    def __init__(self, variant: Variant, place: int, traced: Traced, leaf: Any) -> None:
        self.variant = variant
        self.place = place
        values = [*traced.inputs, *traced.tracer.captured]
        reached = traced.reached(leaf) if variant.conditions.recording else set()
        self.positions = [i for i, value in enumerate(values) if value in reached]
        self.is_value = bool(self.positions) or self.depends_on_values(traced, leaf)
        self.is_loss = bool(self.positions) and leaf.size == 1 and leaf.dtype.kind == "f"
        name = f"compiled {traced.name}"
        self.primitive = Primitive(None, (self.rule,), name, variadic=True)  # type: ignore[arg-type]
        self.pull_back: tuple[Program, Callable[..., Any]] | None = None

    def depends_on_values(self, traced: Traced, leaf: Any) -> bool:
        """Return whether a leaf depends on a Value among the arguments, or on a captured one."""
        if type(leaf) is not Value:
            return False
        program = traced.program([leaf])
        given = [x for x, spec in zip(program.inputs, self.variant.specs, strict=False) if spec[2]]
        reached: set[Variable] = {*given, *traced.tracer.captured.values()}
        for equation in program.equations:
            if any(variable in reached for variable in equation.reads()):
                reached.add(equation.out)
        out = program.outputs[0]
        return isinstance(out, Variable) and out in reached

    def gradients(self, traced: Traced, leaf: Value, seed: Any) -> list[Any]:
        """Return the gradients by the Values at `positions`."""
        captured = list(traced.tracer.captured)
        found = traced.gradients(leaf, seed)
        inputs = traced.inputs[: len(self.variant.specs)]
        values = [(*inputs, *captured)[i] for i in self.positions]
        return [found[x] if x in found else np.zeros(x.shape, x.dtype)[()] for x in values]

    def wrapped(
        self,
        out: Any,
        leaves: Sequence[Any],
        arrays: Sequence[Any],
        drawn: Sequence[Any],
        gradients: Sequence[Any] | None = None,
    ) -> Any:
        """Return what the program computed for this leaf, as the function would return it."""
        if not self.is_value:
            return out
        if not self.positions:
            return constant(out)
        values = (*leaves, *self.variant.captured)
        operands = list(arrays)
        for position in self.positions:
            operands[position] = values[position]
        saved = Saved(gradients, drawn)
        return node(self.primitive, tuple(operands), (out, *arrays), {"saved": saved})

    def rule(
        self, g: Any, out: Any, *operands: Any, positions: Sequence[int], saved: Saved
    ) -> list[Any]:
        """Return the gradients by the operands at `positions`."""
        if type(g) is Value or type(out) is Value:
            program, _ = self.pull_back_for(operands)
            found: Sequence[Any] = program.replay(self.ordered(operands, g, saved.drawn))
        elif saved.gradients is not None:
            found = saved.taken(g)
        else:
            _, run = self.pull_back_for(operands)
            found = run(*self.ordered(operands, g, saved.drawn))
        by_position = dict(zip(self.positions, found, strict=True))
        return [by_position[position] for position in positions]

    def ordered(self, operands: Sequence[Any], g: Any, drawn: Sequence[Any]) -> list[Any]:
        """Return the inputs of the program that pulls back: the seed comes after the arguments."""
        count = len(self.variant.specs)
        return [*operands[:count], g, *operands[count:], *drawn]

    def pull_back_for(self, operands: Sequence[Any]) -> tuple[Program, Callable[..., Any]]:
        """Return the program from a gradient of this leaf to those of the function's Values."""
        if self.pull_back is None:
            variant = self.variant
            if not variant.conditions.hold_outside():
                raise GraphError(
                    "what a compiled function took from outside has another shape or dtype now, "
                    "so that its result cannot be differentiated; call the function again"
                )
            leaves = []
            for x, spec in zip(operands, variant.specs, strict=False):
                data = data_of(x)
                leaves.append(Value(data) if spec[3] else data)
            traced = variant.trace(leaves)
            leaf = list(flatten(traced.out).values())[self.place]
            seed = traced.seed_input(leaf)
            program = traced.program(self.gradients(traced, leaf, seed))
            kernel = build(optimized(program), variant.backend)
            self.pull_back = program, kernel.run
        return self.pull_back


class Saved:
    """What the run of a program leaves for backward: gradients and random numbers.

    Attributes
    ----------
    gradients : sequence of arrays, or None
        The gradients of a loss, computed with it; None if they are still to be computed, or were
        handed out.
    drawn : sequence of arrays
        The random numbers of the run.
    """

    __slots__ = ("drawn", "gradients")

    def __init__(self, gradients: Sequence[Any] | None, drawn: Sequence[Any]) -> None:
        self.gradients = gradients
        self.drawn = drawn

    def taken(self, g: Any) -> Sequence[Any]:
        """Return the gradients times `g`; they are handed out once, and then belong to others."""
        gradients = self.gradients or ()
        self.gradients = None
        return gradients if g == 1 else [g * gradient for gradient in gradients]
