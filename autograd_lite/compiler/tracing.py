"""From a call of a function to the programs of its value and of its gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.backward import pull_back, recorded_nodes
from autograd_lite.compiler.program import Program, Variable
from autograd_lite.compiler.signature import with_leaves
from autograd_lite.compiler.source import readable
from autograd_lite.compiler.trace import Tracer
from autograd_lite.errors import CompileError
from autograd_lite.nn.module import Module
from autograd_lite.recording import no_grad, transforming
from autograd_lite.trees import flatten
from autograd_lite.value import Value, data_of

__all__ = ["Traced", "check_same_program", "name_of", "trace"]


@dataclass(slots=True)
class Traced:
    """A call that was traced.

    Attributes
    ----------
    name : str
        What the function is called.
    tracer : Tracer
        With what was written down.
    inputs : list of Value
        What stood for the numbers in the arguments, in order.
    out : tree
        What the function returned.
    """

    name: str
    tracer: Tracer
    inputs: list[Value]
    out: Any

    def wanted(self) -> list[Value]:
        """Return the tracked Values that the function got, or took from outside."""
        values = [*self.inputs, *self.tracer.captured]
        return [value for value in values if value._requires_grad]

    def reached(self, leaf: Any) -> set[Value]:
        """Return those of `wanted` that a leaf of the result can be differentiated by."""
        if type(leaf) is not Value or not leaf._requires_grad:
            return set()
        nodes = recorded_nodes(leaf, since=self.tracer.since)
        found = {x for n in nodes for x in (n, *n.operands) if type(x) is Value}
        return found.intersection(self.wanted())

    def program(self, outputs: Sequence[Any]) -> Program:
        """Return the program whose results are these."""
        return self.tracer.program(self.name, self.inputs, outputs)

    def gradients(self, leaf: Value, seed: Any) -> dict[Value, Any]:
        """Return the gradients by the `wanted` Values, as Values that were traced in their turn."""
        since = self.tracer.since
        nodes = [n for n in recorded_nodes(leaf, since=since) if n.number >= since]
        targets = [value for value in self.wanted() if value.number < since]
        with self.tracer.watching(), transforming(), no_grad():
            found = pull_back(
                nodes, {leaf: seed}, targets=targets, on_values=True, leaves_only=True
            )
        for value, gradient in found.items():
            self.name_gradient(value, gradient)
        return {value: found[value] for value in self.wanted() if value in found}

    def name_gradient(self, value: Value, gradient: Any) -> None:
        """Name a gradient after what it is the gradient of."""
        result = self.tracer.variable_of(gradient) if type(gradient) is Value else None
        of = self.tracer.variable_of(value)
        if result is not None and of is not None and result.name is None and of.name is not None:
            result.name = f"d_{readable(of.name)}"

    def seed_input(self, leaf: Value) -> Value:
        """Return a new input: the gradient of some final number by a leaf of the result."""
        seed = self.tracer.input(np.ones(leaf.shape, leaf.dtype), "g")
        self.inputs.append(seed)
        return seed


def trace(
    fun: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], leaves: Sequence[Any]
) -> Traced:
    """Run a function on Values that stand for the numbers in its arguments."""
    tracer = Tracer()
    inputs = []
    for leaf, name in zip(leaves, argument_names(fun, args, kwargs, len(leaves)), strict=True):
        data = data_of(leaf)
        own = leaf.name if type(leaf) is Value else None
        stand_in = tracer.input(data, own or name)
        if type(leaf) is Value and leaf._requires_grad:
            stand_in._requires_grad = True
        inputs.append(stand_in)
    with tracer.watching(), transforming():
        args, kwargs = with_leaves((args, kwargs), inputs)
        out = fun(*args, **kwargs)
    name_captured(fun, tracer)
    return Traced(name_of(fun), tracer, inputs, out)


def argument_names(
    fun: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], count: int
) -> list[str | None]:
    """Return what the function calls the numbers in its arguments."""
    try:
        bound = inspect.signature(fun).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):  # a builtin, or a call that will raise by itself
        return [None] * count
    names: list[str | None] = []
    for name, argument in bound.items():
        for path, leaf in flatten(argument).items():
            if isinstance(leaf, Value | np.ndarray | np.generic):
                names.append("_".join([name, *map(str, path)]))
    return names if len(names) == count else [None] * count


def name_of(fun: Callable[..., Any]) -> str:
    """Return what a function is called, as a name in Python."""
    name = getattr(fun, "__name__", type(fun).__name__)
    return name if name.isidentifier() else "compiled"


def name_captured(fun: Callable[..., Any], tracer: Tracer) -> None:
    """Name the captured Values that have no name as the function's own variables call them."""
    for name, thing in variables_in(fun):
        named = thing.named_parameters() if isinstance(thing, Module) else [(name, thing)]
        for path, value in named:
            if type(value) is Value and value in tracer.captured:
                variable = tracer.captured[value]
                if variable.name is None:
                    variable.name = path


def variables_in(fun: Any) -> list[tuple[str, Any]]:
    """Return the names and the content of variables from outside that a function uses."""
    if isinstance(fun, Module):
        return [("", fun)]
    owner = getattr(fun, "__self__", None)
    function = getattr(fun, "__func__", fun)
    code = getattr(function, "__code__", None)
    if code is None:
        return []
    found = [("self", owner)] if owner is not None else []
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # not assigned yet
            continue
    found += [(n, function.__globals__[n]) for n in code.co_names if n in function.__globals__]
    for _, thing in list(found):
        if callable(thing) and hasattr(thing, "__closure__") and thing.__closure__:
            found += [
                (name, cell.cell_contents)
                for name, cell in zip(thing.__code__.co_freevars, thing.__closure__, strict=True)
                if isinstance(cell.cell_contents, Module | Value)
            ]
    return found


def check_same_program(first: Program, second: Program) -> None:
    """Raise if two traces of one call differ: what is in the program is not always the same."""
    known = dict(zip(first.inputs, second.inputs, strict=False))
    if len(first.equations) != len(second.equations) or len(first.inputs) != len(second.inputs):
        raise CompileError(
            "the function does not do the same each time it is called: two traces of one call have "
            f"{len(first.equations)} and {len(second.equations)} operations. Pass what it depends "
            "on as an argument"
        )
    for one, other in zip(first.equations, second.equations, strict=True):
        if one.operation.forward is not other.operation.forward or not alike(
            (one.operands, one.params), (other.operands, other.params), known
        ):
            raise CompileError(
                f"{other.operation.name} gets other numbers each time the function is called, "
                "which would be frozen in the program: random numbers that the function draws, or "
                "something that it counts. Draw them outside and pass them as an argument (dropout "
                "of al.nn may stay)"
            )
        known[one.out] = other.out


def alike(one: Any, other: Any, known: dict[Variable, Variable]) -> bool:
    """Return whether operands or metadata are the same in two traces."""
    if isinstance(one, Variable):
        return known.get(one) is other
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(
            alike(x, y, known) for x, y in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k], known) for k in one)
    if isinstance(one, slice):
        return alike([one.start, one.stop, one.step], [other.start, other.stop, other.step], known)
    if isinstance(one, np.ndarray | np.generic):
        return one is other or (
            isinstance(other, np.ndarray | np.generic)
            and one.dtype == other.dtype
            and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
        )
    return one is other or (type(one) is type(other) and bool(one == other or one != one))
