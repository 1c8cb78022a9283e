"""A call of a function on fresh variables: what every transform starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.backward import nodes_between, pull_back, recorded_nodes
from autograd_lite.errors import ArgumentError, DtypeError, GraphError, ShapeError
from autograd_lite.nn.module import Module
from autograd_lite.ops.elementwise import as_dtype
from autograd_lite.recording import (
    enable_recording,
    get_tracer,
    is_recording,
    is_transforming,
    transforming,
)
from autograd_lite.trees import Path, flatten, flatten_like, path_text, rebuild, replace_leaves
from autograd_lite.value import Value, constant, data_of, next_number

__all__ = ["Argnums", "PullBack", "RecordedCall", "as_positions", "modules_in", "seeds_for"]

Argnums = int | tuple[int, ...] | list[int]


class RecordedCall:
    """A call of a function in which some arguments are variables made for it alone.

    That every call has its own variables is what excludes perturbation confusion: gradients are
    pulled back to these, and to no Value that an outer derivative knows.

    Attributes
    ----------
    out : tree
        What the function returned; the Values in it depend on the variables.
    arguments : tuple
        The arguments to differentiate with respect to, as they were given.
    variables : tuple of dict
        What stood for them: for each argument, its variables by path.
    """

    __slots__ = ("arguments", "out", "own_parameters", "recording_outside", "since", "variables")

    def __init__(
        self,
        fun: Callable[..., Any],
        positions: tuple[int, ...],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> None:
        check_positions(positions, len(args))
        self.recording_outside = is_recording() or get_tracer() is not None
        self.since = next_number()
        known = {i % len(args): self.variables_for(args[i], i % len(args)) for i in positions}
        self.arguments = tuple(args[i] for i in positions)
        self.variables = tuple(known[i % len(args)] for i in positions)
        self.own_parameters = self.parameters_of_arguments()
        inner_args = [
            replace_leaves(arg, known[i]) if i in known else arg for i, arg in enumerate(args)
        ]
        with transforming(), enable_recording():
            self.out = fun(*inner_args, **kwargs)

    def variables_for(self, argument: Any, position: int) -> dict[Path, Value]:
        """Return a new Value for each leaf, connected to it where it is itself tracked."""
        if argument is None:
            raise untold(f"argument {position}", None)  # a None to leave out is in a container
        return {
            path: self.variable_for(leaf, f"argument {position}{path_text(path)}", bool(path))
            for path, leaf in flatten(argument).items()
        }

    def variable_for(self, leaf: Any, place: str, in_container: bool) -> Value:
        """Return a new Value for a leaf; `place` says where it is."""
        name = leaf.name if type(leaf) is Value else None
        tracer = get_tracer()
        if tracer is not None and type(leaf) is Value and not leaf._requires_grad:
            return tracer.variable(leaf)
        if type(leaf) is Value and leaf._requires_grad and self.recording_outside:
            variable = ops.identity(leaf)
            variable.name = name
            return variable
        try:
            return Value(data_of(leaf), name=name)
        except (DtypeError, ValueError) as error:  # ValueError: a ragged list of lists
            if np.asarray(leaf).dtype.kind not in "fciub":
                raise untold(place, leaf) from error
            if not in_container:
                raise
            raise DtypeError(
                f"{place} cannot be differentiated: {error}; a container to differentiate with "
                "respect to holds floats and None, pass the rest as another argument"
            ) from error

    def parameters_of_arguments(self) -> frozenset[Value]:
        """Return the parameters that variables stand for, unless an outer transform made them."""
        if is_transforming.get():
            return frozenset()
        return frozenset(
            value
            for argument in self.arguments
            for module in modules_in(argument)
            for value in flatten(module).values()
        )

    def results(self, gradients: Mapping[Value, Any], keep_values: bool) -> tuple[Any, ...]:
        """Return gradients as trees like the arguments.

        They are plain data, except for arguments that are Values, unless `keep_values`.
        """

        def tree_for(argument: Any, variables: dict[Path, Value]) -> Any:
            given = flatten(argument)

            def leaf(path: Path) -> Any:
                gradient = gradients.get(variables[path])
                if gradient is None:
                    gradient = zeros_like(variables[path])
                if type(gradient) is not Value:
                    gradient = constant(gradient.copy()[()])  # numbers, not arrays of no axes
                as_value = keep_values or gradient._requires_grad or type(given[path]) is Value
                return gradient if as_value else data_of(gradient)

            return rebuild(argument, leaf)

        return tuple(map(tree_for, self.arguments, self.variables))

    def made_with_others(self, leaves: list[Any]) -> set[Value]:
        """Return those leaves of the result that depend on tracked Values from outside."""
        if not self.recording_outside:
            return set()
        if get_tracer() is not None:
            return {leaf for leaf in leaves if type(leaf) is Value}
        roots = [leaf for leaf in leaves if type(leaf) is Value and leaf._requires_grad]
        recorded = recorded_nodes(*roots, since=self.since)
        return made_with_older(recorded, self.since).intersection(roots)

    def all_variables(self) -> set[Value]:
        """Return the variables of all arguments."""
        return {value for values in self.variables for value in values.values()}


class PullBack:
    """The way back from results of a recorded call to its variables: a linear function.

    Parameters
    ----------
    call : RecordedCall
        The call.
    outs : list
        Leaves of its result. What is not a tracked Value there depends on nothing.

    Attributes
    ----------
    connected : bool
        Whether tracked Values from outside take part, on which the gradients depend then.
    """

    __slots__ = ("connected", "nodes", "reached")

    def __init__(self, call: RecordedCall, outs: list[Any]) -> None:
        roots = [out for out in outs if type(out) is Value and out._requires_grad]
        variables = call.all_variables()
        recorded = recorded_nodes(*roots, since=call.since)
        check_own_parameters(recorded, variables, call.own_parameters)
        self.connected = get_tracer() is not None or (
            call.recording_outside and bool(made_with_older(recorded, call.since))
        )
        self.nodes = nodes_between(variables, recorded)
        self.reached = set(self.nodes)

    def reaches(self, out: Any) -> bool:
        """Return whether a leaf of the result depends on the variables."""
        return type(out) is Value and out in self.reached

    def __call__(self, seeds: list[tuple[Any, Any]]) -> dict[Value, Any]:
        """Return the gradients of everything on the way.

        The rules run on Values if Values from outside take part and recording is on, else on
        arrays. A seed may be a Value, on which the gradients depend then.

        Parameters
        ----------
        seeds : list of (leaf, gradient)
            The gradients of leaves of the result, of their shapes and dtypes.
        """
        on_values = self.connected and (is_recording() or get_tracer() is not None)
        start: dict[Value, Any] = {}
        for out, seed in seeds:
            if not self.reaches(out):
                continue
            if on_values and type(seed) is not Value:
                seed = constant(seed)
            start[out] = start[out] + seed if out in start else seed
        with transforming():
            return pull_back(self.nodes, start, on_values=on_values, leaves_only=not self.connected)


def seeds_for(outs: Any, seed: Any, what: str) -> list[tuple[Any, Any]]:
    """Return the pairs of leaf and seed for a tree and a tree of seeds like it."""
    leaves = flatten(outs)
    given = flatten_like(seed, outs, what)
    return [
        (leaf, fitted(given[path], data_of(leaf), f"{what}{path_text(path)}"))
        for path, leaf in leaves.items()
    ]


def fitted(given: Any, like: Any, what: str) -> Any:
    """Return a seed or tangent in the dtype of what it belongs to; its shape must be the same."""
    array = given if type(given) is Value else np.asarray(given)
    like = np.asarray(like)
    if array.shape != like.shape:
        raise ShapeError(f"{what} has shape {array.shape}; expected {like.shape}")
    dtype = like.dtype if like.dtype.kind in "fc" else np.dtype(float)
    if not np.can_cast(array.dtype, dtype, "same_kind"):
        raise DtypeError(f"{what} has dtype {array.dtype}; expected {dtype}")
    if type(array) is not Value:
        return np.array(array, dtype=dtype)[()]
    return as_dtype(array, dtype)


def made_with_older(recorded: list[Value], since: int) -> set[Value]:
    """Return those Values that were made from tracked ones older than the variables, or are so.

    `recorded` are in order of creation, from number `since` on. Leaves among them that are not
    variables were made in the course of the call: by the function, or by a transform inside of it.
    """
    found: set[Value] = set()
    for result in recorded:
        for value in (result, *result.operands):
            if type(value) is Value and (
                (value._requires_grad and value.number < since) or value in found
            ):
                found.add(result)
                break
    return found


def check_own_parameters(
    recorded: list[Value], variables: set[Value], parameters: frozenset[Value]
) -> None:
    """Raise if a function of a module used that module's parameters past its argument."""
    if not parameters:
        return
    for value in recorded:
        operands = () if value in variables else (value, *value.operands)
        for operand in operands:
            if type(operand) is Value and operand in parameters:
                name = f" {operand.name!r}" if operand.name else ""
                raise GraphError(
                    f"the function used the parameter{name} of shape {operand.shape} directly, and "
                    "also gets its module as the argument to differentiate; use the module that "
                    "is passed in, or parameter.detach() for a constant"
                )


def untold(place: str, leaf: Any) -> DtypeError:
    """Return the error for an argument whose type does not tell what the numbers in it are."""
    return DtypeError(
        f"{place} cannot be differentiated: a variable holds floats or complex numbers, got one of "
        f"type {type(leaf).__name__}; give the numbers in it as a dict, tuple, list or named tuple "
        "(of an object with attributes: vars(x)); a container to differentiate with respect to "
        "holds floats and None, pass the rest as another argument"
    )


def modules_in(tree: Any) -> list[Module]:
    """Return the modules that stand in a tree."""
    if isinstance(tree, Module):
        return [tree]
    children: Any = tree.values() if isinstance(tree, dict) else tree
    if not isinstance(tree, dict | list | tuple):
        return []
    return [module for child in children for module in modules_in(child)]


def zeros_like(value: Value) -> Value:
    """Return the gradient with respect to a Value that was not used."""
    return constant(np.zeros(value.shape, value.dtype)[()])


def as_positions(argnums: Argnums) -> tuple[int, ...]:
    """Return the positions of the arguments to differentiate, or raise."""
    numbers = argnums if isinstance(argnums, tuple | list) else (argnums,)
    if any(isinstance(number, bool) or not hasattr(number, "__index__") for number in numbers):
        raise ArgumentError(
            f"argnums got {argnums!r}; give the position of an argument, an int, or a tuple of them"
        )
    return tuple(index(number) for number in numbers)


def check_positions(positions: tuple[int, ...], count: int) -> None:
    """Raise if an argument to differentiate with respect to was not given by position."""
    for position in positions:
        if not -count <= position < count:
            raise ArgumentError(
                f"argnums has {position}, but the function was called with {count} positional "
                "arguments; give the arguments to differentiate by position"
            )
