"""Backpropagation: the driver that walks the graph and runs the rules.

The topological order is the order of creation: a result is made after its operands. So the walk
collects the nodes, sorts them by creation number and goes through them from the last to the first,
without recursion.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from autograd_lite.errors import CompileError, DtypeError, GraphError, ShapeError
from autograd_lite.recording import get_tracer, get_watcher, transforming
from autograd_lite.value import NUMPY_TYPES, Value, constant

__all__ = ["backward"]

creation_number = attrgetter("number")
float64, ndarray = np.float64, np.ndarray  # globals that the walk looks up at every step


def backward(
    root: Value, grad: Any = None, *, create_graph: bool = False, leaves_only: bool = False
) -> None:
    """Compute the gradients of `root` with respect to every Value on the way.

    Leaves accumulate over calls; an intermediate's `grad` is that of the latest call. If a rule
    raises, no gradient has changed.

    Parameters
    ----------
    root : Value
        The result to differentiate.
    grad : array_like, optional
        The seed: the gradient of some final scalar with respect to `root`, of its shape. Default:
        1, if `root` has one element and is real.
    create_graph : bool
        Run the rules on Values, so that the gradients can be differentiated again. The leaves'
        `grad` are Values then. They refer to the graph that refers to the leaf: set them to None
        when done, or use `autograd_lite.grad`, which stores nothing.
    leaves_only : bool
        Keep the gradients of leaves only.

    Raises
    ------
    GraphError
        If `root` is not tracked, or has several elements or is complex and there is no seed, or
        with `create_graph`, if an operand was rebound since it was used.
    ShapeError
        If the seed has another shape, or a rule returns a gradient of a wrong shape.
    DtypeError
        If the seed is complex and `root` is real.

    Notes
    -----
    With respect to a complex ``z = x + iy``, the gradient of a real result L is
    ``dL/dx - i dL/dy``: so it is ``f'(z)`` for ``L = real(f(z))`` of an analytic f. Steepest
    descent goes along its conjugate.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x = al.Value([1.0, 2.0])
    >>> (x * x).sum().backward()
    >>> x.grad.tolist()
    [2.0, 4.0]
    """
    if get_tracer() is not None:
        raise CompileError(
            "backward() was called inside a function that is being compiled, which can store no "
            "gradients; return the loss and call backward() on the result, or compile "
            "al.value_and_grad(fun)"
        )
    if not root._requires_grad:
        raise GraphError(
            "backward() of a Value that no gradient is tracked for: it depends on no Value with "
            "requires_grad=True, or was computed under no_grad()"
        )
    seed = seed_value_for(root, grad) if create_graph else seed_for(root, grad)
    with transforming() if create_graph else nullcontext():
        gradients = pull_back(
            recorded_nodes(root), {root: seed}, on_values=create_graph, leaves_only=leaves_only
        )
    store(gradients)


def recorded_nodes(*roots: Value, since: int = 0) -> list[Value]:
    """Return the tracked Values that `roots` were made from, and these, in order of creation.

    Those created before number `since` are left out, and not walked through.
    """
    nodes = list(dict.fromkeys(roots))
    seen = set(nodes)
    append, add = nodes.append, seen.add  # with local names, 0.8 times the time
    for value in nodes:  # the list grows while it is walked
        for operand in value.operands:
            if (
                type(operand) is Value
                and operand._requires_grad
                and operand not in seen
                and (not since or operand.number >= since)
            ):
                add(operand)
                append(operand)
    nodes.sort(key=creation_number)
    return nodes


def nodes_between(targets: Iterable[Value], nodes: list[Value]) -> list[Value]:
    """Return those of `nodes` that depend on `targets`, and the targets, in order of creation."""
    reached = set(targets)
    for value in nodes:
        for operand in value.operands:
            if type(operand) is Value and operand in reached:
                reached.add(value)
                break
    return [value for value in nodes if value in reached]


def pull_back(
    nodes: list[Value],
    seeds: Mapping[Value, Any],
    *,
    targets: Sequence[Value] = (),
    on_values: bool,
    leaves_only: bool,
) -> dict[Value, Any]:
    """Return the gradients of `nodes` that follow from those of some of them.

    Parameters
    ----------
    nodes : list of Value
        The part of the graph to go through, in order of creation. Operands outside of it get no
        gradient, and their rules do not run.
    seeds : mapping of Value to array or Value
        The gradients of the results. Where one is a Value, so are the gradients that follow.
    targets : sequence of Value
        Operands from outside of `nodes` that get gradients all the same; it ends there.
    on_values : bool
        Give the rules Values in place of arrays.
    leaves_only : bool
        Leave out the gradients of results of operations.
    """
    gradients: dict[Value, Any] = dict.fromkeys(nodes)  # None: nothing has arrived there yet
    gradients.update(dict.fromkeys(targets))
    gradients.update(seeds)
    watcher = get_watcher()
    if watcher is not None:
        watcher.before_backward(nodes)
    is_plain = watcher is None and not on_values
    for value in reversed(nodes):
        operation = value.operation
        g = gradients[value]
        if operation is None or g is None:
            continue
        if leaves_only:
            gradients[value] = None
        arrays, params = value._arrays, value.params
        rules: Sequence[Callable[..., Any] | None] = operation.rules
        if is_plain and len(rules) == 2 and not params:
            # What the loop below does, written out, since a scalar graph is made of nothing else:
            # 0.7 times the time of the loop.
            out, x, y = arrays
            operand_x, operand_y = value.operands
            rule_x, rule_y = rules
            if type(operand_x) is Value and operand_x in gradients and rule_x:
                gradient = rule_x(g, out, x, y)
                if type(gradient) is not float64 or type(x) is not float64:
                    gradient = fit_to_operand(gradient, operand_x, x, value)
                earlier = gradients[operand_x]
                gradients[operand_x] = gradient if earlier is None else earlier + gradient
            if type(operand_y) is Value and operand_y in gradients and rule_y:
                gradient = rule_y(g, out, x, y)
                if type(gradient) is not float64 or type(y) is not float64:
                    gradient = fit_to_operand(gradient, operand_y, y, value)
                earlier = gradients[operand_y]
                gradients[operand_y] = gradient if earlier is None else earlier + gradient
            continue
        arguments = (g, *operands_as_recorded(value)) if on_values else (g, *arrays)
        if watcher is not None:
            rules = watcher.watched_rules(value, nodes)
        if operation.variadic:
            rules = rules_with_results(rules[0], value, arguments, gradients)
            arguments, params = (), {}
        for place, operand in enumerate(value.operands, 1):
            if type(operand) is not Value or operand not in gradients:
                continue
            rule = rules[place - 1]
            if rule is None:
                continue
            gradient = rule(*arguments, **params) if params else rule(*arguments)
            x = arrays[place]
            if (
                type(gradient) is not ndarray
                or gradient.dtype is not x.dtype
                or gradient.shape != x.shape
                or not x.ndim
                or operation.variadic
            ):
                gradient = fit_to_operand(gradient, operand, x, value)
            else:  # what that does in the usual case, without the call: 0.7 times its time
                for array in arrays:
                    if gradient is array:
                        gradient = gradient.copy()
            earlier = gradients[operand]
            if earlier is not None:
                add_up = operator.add if watcher is None else partial(watcher.add_up, operand)
                gradient = add_up(earlier, gradient)
            gradients[operand] = gradient
    for value in [value for value, gradient in gradients.items() if gradient is None]:
        del gradients[value]
    return gradients


def rules_with_results(
    rule: Callable[..., Any] | None,
    value: Value,
    arguments: tuple[Any, ...],
    wanted: Container[Value],
) -> list[Callable[..., Any] | None]:
    """Run the one rule of a variadic operation, and return its results as a rule per operand.

    One run for all operands: a rule that was called for each would look at all of them each time.
    """
    rules: list[Callable[..., Any] | None] = [None] * len(value.operands)
    positions = [i for i, x in enumerate(value.operands) if type(x) is Value and x in wanted]
    gradients = rule(*arguments, positions=positions, **value.params) if rule else ()
    for position, gradient in zip(positions, gradients, strict=True):
        rules[position] = lambda result=gradient: result
    return rules


def operands_as_recorded(value: Value) -> tuple[Any, ...]:
    """Return ``(out, *operands)`` as Values, for the rules to record their own work."""
    for operand, array in zip((value, *value.operands), value._arrays, strict=True):
        if type(operand) is Value and operand._data is not array:
            name = f" {operand.name!r}" if operand.name else ""
            raise GraphError(
                f"the Value{name} of shape {operand.shape} was rebound (`.data = ...`) since it "
                "was used, so the graph can no longer be differentiated on Values; compute the "
                "result again"
            )
    return (value, *value.operands)


def fit_to_operand(gradient: Any, operand: Value, x: Any, value: Value) -> Any:
    """Return a gradient in its operand's shape and dtype: summed where `x` was broadcast."""
    if type(gradient) not in NUMPY_TYPES and type(gradient) is not Value:
        gradient = as_numbers(gradient, operand, value)
    if gradient.shape != x.shape:
        gradient = unbroadcast(gradient, x.shape, operand, value)
    if gradient.dtype != x.dtype:
        if gradient.dtype.kind == "c" and x.dtype.kind != "c":
            gradient = gradient.real  # x moves along the real axis only
        gradient = gradient.astype(x.dtype)
    if type(gradient) is np.ndarray:
        if not gradient.ndim:
            return gradient[()]
        for array in (x,) if value.operation.variadic else value._arrays:  # type: ignore[union-attr]
            if gradient is array:
                return gradient.copy()  # a rule that returns an operand must not share it
    return gradient


def as_numbers(gradient: Any, operand: Value, value: Value) -> Any:
    """Return what a rule returned as an array, or raise where it holds no numbers."""
    array = np.asarray(gradient)
    if array.dtype.kind not in "fciub":  # None would become nan
        raise DtypeError(
            f"the rule for {place_of(operand, value)} returned {type(gradient).__name__}, no "
            "numbers; a rule returns the gradient of its operand (is its `return` missing?)"
        )
    return array


def unbroadcast(gradient: Any, shape: tuple[int, ...], operand: Value, value: Value) -> Any:
    """Sum a gradient over the axes that broadcasting added to, or stretched in, an operand."""
    extra = len(gradient.shape) - len(shape)
    stretched = [
        extra + axis
        for axis, length in enumerate(shape)
        if extra >= 0 and length == 1 and gradient.shape[extra + axis] != 1
    ]
    axes = (*range(extra), *stretched)
    # Broadcasting gives an operand no more axes than the result has: a Jacobian is not summed up.
    fits = extra <= 0 or len(gradient.shape) <= value.ndim
    summed = np.sum(gradient, axis=axes, keepdims=True) if axes and fits else gradient
    if not fits or summed.shape[max(extra, 0) :] != shape:
        raise ShapeError(
            f"the rule for {place_of(operand, value)} returned a gradient of shape "
            f"{gradient.shape}; expected the operand's shape {shape}, or the result's {value.shape}"
        )
    return np.reshape(summed, shape) if extra else summed


def place_of(operand: Value, value: Value) -> str:
    """Return where an operand stands in the operation that made a Value, for messages."""
    position = next(i for i, other in enumerate(value.operands) if other is operand)
    return f"operand {position} of {value.operation.name if value.operation else 'a leaf'}"


def seed_for(root: Value, grad: Any) -> Any:
    """Return a fresh seed of the shape and dtype of `root`, or raise."""
    if grad is None:
        if root.size != 1:
            raise GraphError(
                f"backward() of a result of shape {root.shape} needs a seed of that shape: call "
                "backward(grad), or reduce the result to one number, e.g. with .sum()"
            )
        if root.dtype.kind == "c":
            raise GraphError(
                "backward() of a complex result needs a seed, or a real result: take np.real, "
                "np.imag or np.abs of it first, or call backward(grad)"
            )
        return np.ones(root.shape, root.dtype) if root.ndim else root.dtype.type(1)
    if type(grad) is Value:
        grad = grad._data
    if np.iscomplexobj(grad) and root.dtype.kind != "c":
        raise DtypeError(
            "backward() got a complex seed for a real result; give a real one, e.g. np.real(grad)"
        )
    seed = np.array(grad, dtype=root.dtype)[()]
    if seed.shape != root.shape:
        raise ShapeError(
            f"backward() got a seed of shape {seed.shape} for a result of shape {root.shape}; they "
            "must be equal"
        )
    return seed


def seed_value_for(root: Value, grad: Any) -> Value:
    """Return a seed as a Value: a tracked one stays in the graph."""
    seed = constant(seed_for(root, grad))
    if type(grad) is Value and grad._requires_grad:
        return grad.astype(root.dtype)
    return seed


def store(gradients: dict[Value, Any]) -> None:
    """Put gradients into `.grad`, added up on leaves; no two of them share memory."""
    stored: set[int] = set()
    for value, gradient in gradients.items():
        if value.operation is None:
            if value.grad is not None and np.shape(value.grad) == gradient.shape:
                value.grad = value.grad + gradient
                continue
        elif type(gradient) is Value:  # in place of a cycle: a result's grad is a bare array
            gradient = gradient._data
        if type(gradient) is not float64:  # which shares no memory: 0.4 times the time for each
            array = gradient._data if type(gradient) is Value else gradient
            if type(array) is np.ndarray:
                if array.base is not None or id(array) in stored:
                    gradient = np.copy(gradient)
                else:
                    stored.add(id(array))
        value.grad = gradient
