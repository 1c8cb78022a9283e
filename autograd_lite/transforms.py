"""Functional transforms: from a function to the function that computes its derivative.

Arguments and results are numbers, arrays, Values, or trees of them: tuples, lists, dicts and
modules; see `autograd_lite.trees`. A gradient has the form of its argument, and is plain data,
except where it depends on tracked Values from outside: those given as arguments and those that the
function uses besides. Then it is a Value, so that a gradient may be part of what is differentiated
further.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.recorded_call import (
    Argnums,
    PullBack,
    RecordedCall,
    as_positions,
    seeds_for,
)
from autograd_lite.results import (
    check_scalar,
    floats_of,
    number_and_aux,
    number_leaves,
    released_tree,
)
from autograd_lite.trees import Path, flatten, rebuild
from autograd_lite.value import Value, data_of

__all__ = ["grad", "jvp", "value_and_grad", "vjp"]


def grad(
    fun: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the gradient of `fun`.

    Parameters
    ----------
    fun : callable
        A function with one real number as its result, or an array of one.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.
    has_aux : bool
        Whether `fun` returns ``(number, aux)``, of which only the number is differentiated.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns the gradient, of the form, the shapes and the
        dtypes of the argument; a tuple of them if `argnums` is a tuple or a list. An argument that
        `fun` does not use has zeros. For a module it is a dict from the names of the parameters.
        With `has_aux` it returns ``(gradient, aux)``.

    Raises
    ------
    GraphError
        If the result of `fun` is not one real number.
    DtypeError
        If an argument, or a leaf of it, is not a float or an array of floats, or the result of
        `fun` is a boolean.
    ArgumentError
        If `argnums` is not a position of an argument.

    Notes
    -----
    For a real function of complex numbers z = x + iy the gradient is ∂f/∂x − i ∂f/∂y: its conjugate
    is the direction of steepest ascent.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> float(al.grad(np.sin)(0.0))
    1.0
    >>> float(al.grad(al.grad(lambda x: x**3))(2.0))
    12.0
    >>> slopes = al.grad(lambda p: p["a"] * p["b"][0])({"a": 2.0, "b": [3.0]})
    >>> print(slopes["a"], slopes["b"][0])
    3.0 2.0
    """
    both = value_and_grad(fun, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, slope = both(*args, **kwargs)
        return (slope, value[1]) if has_aux else slope

    return gradient


def value_and_grad(
    fun: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the result of `fun` and its gradient in one pass.

    Parameters
    ----------
    fun : callable
        A function with one real number as its result, or an array of one.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.
    has_aux : bool
        Whether `fun` returns ``(number, aux)``, of which only the number is differentiated.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns ``(value, gradient)``; see `grad`. With `has_aux`
        it returns ``((value, aux), gradient)``.

    Raises
    ------
    GraphError
        If the result of `fun` is not one real number.

    Examples
    --------
    >>> import autograd_lite as al
    >>> value, slope = al.value_and_grad(lambda x: x * x)(3.0)
    >>> print(value, slope)
    9.0 6.0
    """
    positions = as_positions(argnums)

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = RecordedCall(fun, positions, args, kwargs)
        out, aux = number_and_aux(call.out) if has_aux else (call.out, None)
        check_scalar(out)
        back = PullBack(call, [out])
        gradients = back([(out, np.ones_like(data_of(out)))]) if back.nodes else {}
        value = out if back.connected else data_of(out)
        if has_aux:
            value = value, released_tree(call, aux)
        return value, one_or_all(call.results(gradients, back.connected), argnums)

    return value_and_gradient


def vjp(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the result of `fun` and the way back from it.

    Parameters
    ----------
    fun : callable
        A function with any numbers, arrays or trees of them as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns ``(out, pull_back)``. ``pull_back(g)`` takes a
        gradient with respect to the result, of its form and shapes, and returns the one with
        respect to the argument, a tuple if `argnums` is one. It may be called any number of times.

    Raises
    ------
    GraphError
        If the result holds something that is not a number.
    ArgumentError, ShapeError, DtypeError
        If `g` does not fit the result.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> out, pull_back = al.vjp(lambda x: (x[0] * x[1], x + 1.0))(np.array([2.0, 3.0]))
    >>> pull_back((1.0, np.zeros(2))).tolist()
    [3.0, 2.0]
    """
    positions = as_positions(argnums)

    def out_and_pull_back(*args: Any, **kwargs: Any) -> tuple[Any, Callable[[Any], Any]]:
        call = RecordedCall(fun, positions, args, kwargs)
        back = PullBack(call, number_leaves(call.out))

        def pull_back(g: Any) -> Any:
            gradients = back(seeds_for(call.out, g, "the gradient given to pull_back"))
            return one_or_all(call.results(gradients, back.connected), argnums)

        return released_tree(call, call.out), pull_back

    return out_and_pull_back


def jvp(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the derivative of `fun` along a direction.

    The way back from the result to the arguments is linear in the gradient it starts with; its
    own gradient with respect to that is the way forward.

    Parameters
    ----------
    fun : callable
        A function with any numbers, arrays or trees of them as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and, last, the tangent: the direction in which the argument
        moves, of its form and shapes; a tuple if `argnums` is one. Returns ``(out, tangent_out)``.

    Raises
    ------
    GraphError
        If the result holds something that is not a number.
    ArgumentError, ShapeError, DtypeError
        If the tangent is missing or does not fit the argument.

    Examples
    --------
    >>> import autograd_lite as al
    >>> out, tangent = al.jvp(lambda x: (x**2, 3.0 * x))(5.0, 1.0)
    >>> print(*out, *tangent)
    25.0 15.0 10.0 3.0
    """
    positions = as_positions(argnums)

    def out_and_tangent(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        args, tangent = split_last(args, "jvp", "tangent")
        call = RecordedCall(fun, positions, args, kwargs)
        leaves = flatten(call.out)
        back = PullBack(call, number_leaves(call.out))
        tangents = tangents_for(call, one_or_all(call.arguments, argnums), tangent)

        def pairing(seeds: dict[Path, Any]) -> Any:
            """Return the sum of the tangents times what the seeds pull back to."""
            gradients = back([(leaves[path], seed) for path, seed in seeds.items()])
            terms = [np.sum(gradients[x] * t) for x, t in tangents if x in gradients]
            return sum(np.real(term) if term.dtype.kind == "c" else term for term in terms)

        anywhere = {path: np.ones_like(floats_of(leaf)) for path, leaf in leaves.items()}
        moved = grad(pairing)(anywhere)
        return released_tree(call, call.out), rebuild(call.out, lambda path: moved[path])

    return out_and_tangent


def tangents_for(call: RecordedCall, arguments: Any, tangent: Any) -> list[tuple[Value, Any]]:
    """Return the pairs of variable and tangent."""
    variables = [value for values in call.variables for value in values.values()]
    pairs = seeds_for(arguments, tangent, "the tangent")
    return [(value, given) for value, (_, given) in zip(variables, pairs, strict=True)]


def split_last(args: tuple[Any, ...], owner: str, what: str) -> tuple[tuple[Any, ...], Any]:
    """Return the arguments of the function, and the vector that comes after them."""
    if len(args) < 2:
        raise ArgumentError(
            f"{owner} got {len(args)} positional arguments; give those of the function and, last, "
            f"the {what}"
        )
    return args[:-1], args[-1]


def one_or_all(results: tuple[Any, ...], argnums: Argnums) -> Any:
    """Return a tuple if `argnums` asked for several arguments, else the only result."""
    return results if isinstance(argnums, tuple | list) else results[0]
