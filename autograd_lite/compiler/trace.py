"""Tracing: run a function once on Values, and write down what it does as a program.

The tracer watches every operation, whether its result needs a gradient or not: comparisons and
masks in rules are part of a program, too. A number becomes part of it by the Value that holds it.
What is read out of a Value in any other way (``if x > 0``, ``x.data``) would be frozen, so it
raises. What is computed without Values is a constant of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.compiler.program import Equation, Program, Variable, layout_of, references
from autograd_lite.debugging.call_sites import site_of, user_frame
from autograd_lite.errors import CompileError
from autograd_lite.primitive import Primitive, as_numpy
from autograd_lite.recording import change_mode, current_mode, no_grad
from autograd_lite.value import NUMPY_TYPES, Value, constant, next_number

__all__ = ["Tracer", "WeakNumber"]

PYTHON_ARITHMETIC = "_operator"
"""The module of Python's operators: on Python numbers they make Python numbers."""

COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")

INDEXING = ("getitem", "scatter_add")


class WeakNumber(float):
    """A Python number that a Value may hold while a program is traced.

    numpy lets it take the dtype of an array that it meets, as any Python number, while
    `numpy.float64` has a dtype of its own.
    """

    dtype = np.dtype(float)
    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1


class Tracer:
    """Writes down operations on Values.

    Attributes
    ----------
    equations : list of Equation
        What was done, in order.
    captured : dict of Value to Variable
        The Values from outside that took part, besides the inputs.
    draws : dict of Variable to callable
        The random numbers that were drawn, each with the function that draws it anew.
    modules : dict
        The modules that were called, by id.
    """

    def __init__(self) -> None:
        self.equations: list[Equation] = []
        self.captured: dict[Value, Variable] = {}
        self.draws: dict[Variable, Callable[[], Any]] = {}
        self.modules: dict[int, Any] = {}
        self.since = next_number()
        self.known: dict[Value, Variable] = {}
        self.held: dict[int, tuple[Any, Variable]] = {}
        self.latest: Variable | None = None
        self.open: list[Primitive] = []  # being taken apart: some call themselves on Values

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Write down what is done in this block."""
        before = current_mode.get()
        change_mode(watcher=self, tracer=self)
        try:
            yield
        finally:
            current_mode.set(before)

    # What stands for what

    def name(self, value: Value, variable: Variable) -> Variable:
        """Let a Value stand for a variable, and its array, too, wherever it is met."""
        self.known[value] = variable
        if not isinstance(value._data, np.bool_):  # there are only two of these objects
            self.held[id(value._data)] = value._data, variable
        if value.name is not None and variable.name is None:
            variable.name = value.name
        return variable

    def input(self, data: Any, name: str | None = None, weak: bool = False) -> Value:
        """Return a constant Value for an input of the program."""
        value = constant(WeakNumber(data) if weak else as_numpy(data))
        self.name(value, Variable(value.shape, value.dtype, name, weak))
        return value

    def variable_of(self, value: Value) -> Variable | None:
        """Return what a Value stands for: None for a constant that was made on the way."""
        if value in self.known:
            return self.known[value]
        if id(value._data) in self.held:
            return self.held[id(value._data)][1]
        if value.number >= self.since:
            return None
        variable = Variable(value.shape, value.dtype, value.name)
        self.captured[value] = variable
        return self.name(value, variable)

    def refer(self, operand: Any) -> Any:
        """Return the variable that an operand, or metadata, stands for, or itself."""
        if type(operand) is Value:
            variable = self.variable_of(operand)
            return operand._data if variable is None else variable
        if type(operand) in (tuple, list):
            return type(operand)([self.refer(part) for part in operand])
        if isinstance(operand, slice):
            return slice(*map(self.refer, (operand.start, operand.stop, operand.step)))
        if id(operand) in self.held:
            return self.held[id(operand)][1]
        return operand

    # What the operations tell

    def run_forward(
        self,
        operation: Primitive,
        operands: Sequence[Any],
        arrays: Sequence[Any],
        params: dict[str, Any],
    ) -> Any:
        """Run an operation, and write it down if it depends on the program's inputs."""
        plain = {name: plain_param(x) for name, x in params.items()}
        refs = tuple(map(self.refer, operands))
        settings = {name: self.refer(x) for name, x in params.items()}
        self.latest = None
        if next(references((refs, settings)), None) is None:
            return operation.forward(*arrays, **plain)
        if operation.name in INDEXING:
            check_shape_is_known(operation, settings)
        parts, parts_out = self.taken_apart(operation, refs, arrays, params)
        weak = is_weak(operation, refs)
        if weak:
            out: Any = WeakNumber(operation.forward(*map(as_float, arrays)))
        else:
            out = operation.forward(*arrays, **plain)
            if type(out) not in NUMPY_TYPES or not out.ndim:
                out = as_numpy(out)
        if parts and not same(out, parts_out[0]):
            parts, parts_out = [], (None, None)
        variable = Variable(out.shape, out.dtype, weak=weak, layout=layout_of(out))
        self.equations.append(
            Equation(operation, refs, settings, variable, tuple(parts), parts_out[1])
        )
        self.latest = variable
        return out

    def recorded(self, value: Value) -> None:
        """Name the result of the latest operation."""
        if self.latest is None:
            return
        if self.latest.weak:
            number: Any = WeakNumber(value._data)
            value._data = number
        self.name(value, self.latest)
        self.latest = None

    def taken_apart(
        self,
        operation: Primitive,
        refs: tuple[Any, ...],
        arrays: Sequence[Any],
        params: dict[str, Any],
    ) -> tuple[list[Equation], tuple[Any, Any]]:
        """Return what the forward function does, in equations, and its result twice.

        The result is given as data and as it stands in the program. There are no equations where
        the function is elementary, or does more than operations on Values.
        """
        forward = operation.forward
        if is_elementary(forward) or operation in self.open:
            return [], (None, None)
        outside, self.equations = self.equations, []
        self.open.append(operation)
        try:
            with no_grad():
                result = forward(*map(self.stand_in, refs, arrays), **params)
            known = type(result) is Value and self.variable_of(result) is not None
            parts = self.equations if known else []
            return parts, (result._data, self.variable_of(result)) if known else (None, None)
        except Exception:  # it is written for arrays: they get it as it is
            return [], (None, None)
        finally:
            self.equations = outside
            self.open.pop()

    def stand_in(self, ref: Any, array: Any) -> Any:
        """Return a constant Value for a variable, anything else as it is."""
        if not isinstance(ref, Variable):
            return array
        value = constant(array)
        self.name(value, ref)
        return value

    def before_backward(self, nodes: Sequence[Value]) -> None:
        """Nothing is looked at."""

    def watched_rules(
        self, value: Value, nodes: Sequence[Value]
    ) -> Sequence[Callable[..., Any] | None]:
        """Return the rules as they are: what they do on Values is written down."""
        return value.operation.rules if value.operation else ()

    def add_up(self, operand: Value, earlier: Any, gradient: Any) -> Any:
        """Return the sum of two gradients."""
        return earlier + gradient

    # What else may happen in a function

    def same(self, copy: Value, value: Value) -> None:
        """Let a Value stand for what another does."""
        variable = self.variable_of(value)
        if variable is not None:
            self.known[copy] = variable

    def variable(self, value: Value) -> Value:
        """Return a new variable, to differentiate with respect to, that stands for a Value."""
        variable = Value(value._data, name=value.name)
        known = self.variable_of(value)
        if known is not None:
            inside = Variable(known.shape, known.dtype, known.name)
            self.equations.append(Equation(ops.identity, (known,), {}, inside))
            self.name(variable, inside)
        return variable

    def refuse_to_read(self, value: Value, what: str) -> None:
        """Raise if the content of a Value is other numbers each time."""
        if self.variable_of(value) is None:
            return
        site = site_of(user_frame())
        raise CompileError(
            f"{what} reads the content of a Value of shape {value.shape} inside a function that is "
            "being compiled: the program would keep what it was this time. Use operations on "
            "Values (np.where in place of if), x.detach() for a constant, or pass what is decided "
            "as an argument" + (f"\n{site}" if site else "")
        )

    def check(self, function: Callable[..., None], operands: Sequence[Any]) -> None:
        """Write down a check of numbers; it is made whenever the program runs."""
        check = Primitive(function, (None,) * len(operands), function.__name__, False)
        refs = tuple(map(self.refer, operands))
        nothing = Variable((), np.dtype(bool))
        self.equations.append(Equation(check, refs, {}, nothing, checks=True))

    def called(self, module: Any) -> None:
        """Take note of a module, whose attributes are part of the program."""
        self.modules[id(module)] = module

    def draw(self, function: Callable[[], Any], shape: tuple[int, ...], dtype: Any) -> Any:
        """Write down random numbers: an input that is drawn anew for each run."""
        value = constant(np.full(shape, 0.5, dtype))
        self.draws[self.name(value, Variable(value.shape, value.dtype, "random"))] = function
        return value

    def program(self, name: str, inputs: Sequence[Value], outputs: Sequence[Any]) -> Program:
        """Return what was written down; captured Values and random numbers are inputs, too."""
        variables = [self.known[value] for value in inputs]
        return Program(
            name,
            [*variables, *self.captured.values(), *self.draws],
            self.equations,
            [self.refer(out) for out in outputs],
        )


def is_elementary(forward: Callable[..., Any]) -> bool:
    """Return whether a function is numpy's or Python's own, or does what none of these can do."""
    if isinstance(forward, np.ufunc) or forward is ops.zero_where.forward:
        return True
    module = getattr(forward, "__module__", None) or ""
    return module == PYTHON_ARITHMETIC or module.partition(".")[0] == "numpy"


def is_weak(operation: Primitive, refs: Sequence[Any]) -> bool:
    """Return whether an operation computes a Python number: Python's operators on such numbers."""
    is_python = getattr(operation.forward, "__module__", "") == PYTHON_ARITHMETIC
    return (is_python or operation.name in COMPARISONS) and all(
        ref.weak if isinstance(ref, Variable) else type(ref) in (int, float) for ref in refs
    )


def as_float(x: Any) -> Any:
    """Return a weak number as a Python float, for Python's own arithmetic."""
    return float(x) if type(x) is WeakNumber else x


def plain_param(x: Any) -> Any:
    """Return metadata with the data of Values in their place."""
    if type(x) is Value:
        return x._data
    if type(x) in (tuple, list):
        return type(x)([plain_param(part) for part in x])
    if isinstance(x, slice):
        return slice(*map(plain_param, (x.start, x.stop, x.step)))
    return x


def same(out: Any, other: Any) -> bool:
    """Return whether two results are equal bit for bit, with equal dtypes."""
    return (
        out.dtype == other.dtype
        and out.shape == other.shape
        and np.array_equal(out, other, equal_nan=out.dtype.kind in "fc")
    )


def check_shape_is_known(operation: Primitive, settings: dict[str, Any]) -> None:
    """Raise if an index is a mask that is computed: how many elements it takes is not known."""
    for variable in references(settings):
        if variable.dtype.kind == "b":
            raise CompileError(
                "a mask that is computed was used as an index inside a function that is being "
                "compiled: the shape of the result would depend on its content. Use np.where(mask, "
                "x, 0.0), or pass the mask as a constant"
            )
