"""Functional transforms: from a function to the function that computes its derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.backward import nodes_between, pull_back, recorded_nodes
from autograd_lite.errors import ArgumentError, GraphError
from autograd_lite.recording import change_mode, get_no_grad_depth, is_recording, is_transforming
from autograd_lite.value import Value, constant, data_of

__all__ = ["grad", "value_and_grad"]

Argnums = int | tuple[int, ...]


def grad(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the gradient of `fun`.

    Parameters
    ----------
    fun : callable
        A function of arrays or numbers with one number as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns the gradient, with the shape and the dtype of the
        argument; a tuple of them if `argnums` is a tuple. An argument that `fun` does not use has
        zeros. The result is an array or a numpy scalar; it is a Value if the argument is one, or
        if `fun` uses tracked Values from outside, which the gradient then depends on.

    Raises
    ------
    GraphError
        If the result of `fun` is not one number.
    DtypeError
        If an argument is an array of integers.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> float(al.grad(np.sin)(0.0))
    1.0
    >>> float(al.grad(al.grad(lambda x: x**3))(2.0))
    12.0
    """
    both = value_and_grad(fun, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def value_and_grad(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the result of `fun` and its gradient in one pass.

    Parameters
    ----------
    fun : callable
        A function of arrays or numbers with one number as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns ``(value, gradient)``; see `grad`.

    Raises
    ------
    GraphError
        If the result of `fun` is not one number.

    Examples
    --------
    >>> import autograd_lite as al
    >>> value, slope = al.value_and_grad(lambda x: x * x)(3.0)
    >>> print(value, slope)
    9.0 6.0
    """
    positions = argnums if isinstance(argnums, tuple) else (argnums,)

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        check_positions(positions, len(args))
        recording_outside = is_recording()
        depth = get_no_grad_depth()
        change_mode(no_grad_depth=0)
        token = is_transforming.set(True)
        try:
            variables = {i % len(args): variable(args[i], recording_outside) for i in positions}
            inner_args = [variables.get(i, arg) for i, arg in enumerate(args)]
            out = fun(*inner_args, **kwargs)
            check_scalar(out)
            targets = [variables[i % len(args)] for i in positions]
            gradients, connected = gradients_of(out, targets, recording_outside)
        finally:
            is_transforming.reset(token)
            change_mode(no_grad_depth=depth)
        results = tuple(
            gradient if connected or type(args[i]) is Value else data_of(gradient)
            for i, gradient in zip(positions, gradients, strict=True)
        )
        value = out if connected else data_of(out)
        return value, results if isinstance(argnums, tuple) else results[0]

    return value_and_gradient


def variable(arg: Any, recording_outside: bool) -> Value:
    """Return a new Value for an argument, connected to the argument where that is tracked."""
    if type(arg) is Value and arg._requires_grad and recording_outside:
        return ops.identity(arg)
    return Value(data_of(arg))


def gradients_of(
    out: Any, targets: list[Value], recording_outside: bool
) -> tuple[list[Value], bool]:
    """Return the gradients with respect to `targets`, and whether they depend on outer Values.

    The rules run on Values if tracked Values from outside take part, else on arrays.
    """
    if type(out) is not Value or not out._requires_grad:
        return [zeros_like(target) for target in targets], False
    recorded = recorded_nodes(out, since=min(target.number for target in targets))
    nodes = nodes_between(targets, recorded)
    connected = recording_outside and depends_on_others(recorded, targets)
    if not nodes or nodes[-1] is not out:  # made without any of the targets
        return [zeros_like(target) for target in targets], connected
    seed = np.ones(out.shape, out.dtype)[()]
    if connected:
        gradients = pull_back(nodes, constant(seed), on_values=True)
        return [gradients.get(target, zeros_like(target)) for target in targets], True
    gradients = pull_back(nodes, seed)
    return [
        constant(gradients[target].copy()) if target in gradients else zeros_like(target)
        for target in targets
    ], False


def depends_on_others(recorded: list[Value], targets: list[Value]) -> bool:
    """Return whether a result was made from tracked Values other than the targets.

    `recorded` are the Values behind it that are not older than the targets.
    """
    own, known = set(targets), set(recorded)
    for value in recorded:
        if value.operation is None and value not in own:
            return True
        for operand in value.operands:
            if type(operand) is Value and operand._requires_grad and operand not in known:
                return True
    return False


def zeros_like(target: Value) -> Value:
    """Return the gradient with respect to a Value that was not used."""
    return constant(np.zeros(target.shape, target.dtype)[()])


def check_positions(positions: tuple[int, ...], count: int) -> None:
    """Raise if an argument to differentiate with respect to was not given by position."""
    for position in positions:
        if not -count <= position < count:
            raise ArgumentError(
                f"argnums has {position}, but the function was called with {count} positional "
                "arguments; give the arguments to differentiate by position"
            )


def check_scalar(out: Any) -> None:
    """Raise if a function to differentiate did not return one number."""
    is_array = isinstance(out, Value | np.ndarray | np.generic)
    shape = np.shape(out) if is_array else None
    if out.dtype.kind == "c" if is_array else isinstance(out, complex):
        raise GraphError(
            "grad differentiates functions whose result is one real number; this one returned a "
            "complex result. Take np.real, np.imag or np.abs of it, or call backward(grad) with a "
            "seed"
        )
    if shape == () or isinstance(out, float | int):
        return
    received = f"an array of shape {shape}" if shape is not None else repr(type(out).__name__)
    raise GraphError(
        f"grad differentiates functions whose result is one number; this one returned {received}. "
        "Reduce it to a number, e.g. with np.sum or np.mean"
    )
