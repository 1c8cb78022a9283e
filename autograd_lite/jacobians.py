"""Derivatives of several results: the Jacobian, the Hessian, and its products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.recorded_call import Argnums, PullBack, RecordedCall, as_positions, seeds_for
from autograd_lite.transforms import grad, number_leaves, one_or_all, split_last
from autograd_lite.trees import Path, flatten, rebuild
from autograd_lite.value import Value, data_of

__all__ = ["hessian", "hvp", "jacobian"]


def jacobian(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the derivative of each element of the result of `fun`.

    Parameters
    ----------
    fun : callable
        A function with any numbers, arrays or trees of them as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns an array of shape ``(*out.shape, *arg.shape)``: at
        ``[i, j]`` the derivative of element i of the result with respect to element j of the
        argument. For trees, a tree like the result with trees like the argument at its leaves; a
        tuple of these if `argnums` is one.

    Raises
    ------
    GraphError
        If the result holds something that is not a number.

    Notes
    -----
    `fun` runs once. There is one pass backwards for each element of the result; or one forwards
    (see `jvp`) for each element of the arguments, where these are much fewer.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.jacobian(lambda x: np.stack([x[0] * x[1], x[0] + x[1]]))(np.array([2.0, 3.0])).tolist()
    [[3.0, 2.0], [1.0, 1.0]]
    """
    positions = as_positions(argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = RecordedCall(fun, positions, args, kwargs)
        number_leaves(call.out)
        leaves = flatten(call.out)

        def block(path: Path) -> Any:
            back = PullBack(call, [leaves[path]])
            rows = derivatives(call, back, leaves[path])
            return one_or_all(call.results(rows, back.connected), argnums)

        return rebuild(call.out, block)

    return derivative


def hessian(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the second derivatives of `fun`.

    It is ``jacobian(grad(fun, argnums), argnums)``.

    Parameters
    ----------
    fun : callable
        A function with one real number as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to, twice.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns an array of shape ``(*arg.shape, *arg.shape)``; for
        trees, a tree like the argument with trees like the argument at its leaves. If `argnums` is
        a tuple, a tuple of tuples: at ``[i][j]`` the derivatives by argument i and by argument j.

    Raises
    ------
    GraphError
        If the result of `fun` is not one real number.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0])).tolist()
    [[10.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(grad(fun, argnums), argnums)


def hvp(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes products of the Hessian of `fun` with vectors.

    The Hessian H itself is never formed: H v is the gradient of the inner product of v with the
    gradient of `fun`, whose cost is a small multiple of that of `fun`, whatever the number of
    elements. (Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994,
    does the same forwards.)

    Parameters
    ----------
    fun : callable
        A function with one real number as its result.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to, twice.

    Returns
    -------
    callable
        Takes the arguments of `fun` and, last, the vector: of the form and shapes of the argument,
        a tuple if `argnums` is one. Returns the product, of the same form.

    Raises
    ------
    GraphError
        If the result of `fun` is not one real number.
    ArgumentError, ShapeError, DtypeError
        If the vector is missing or does not fit the argument.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> x, v = np.array([3.0, 5.0]), np.array([1.0, 0.0])
    >>> al.hvp(lambda x: x[0] ** 2 * x[1])(x, v).tolist()
    [10.0, 6.0]
    """
    positions = as_positions(argnums)

    def product(*args: Any, **kwargs: Any) -> Any:
        args, vector = split_last(args, "hvp", "vector")
        call = RecordedCall(grad(fun, argnums), positions, args, kwargs)
        back = PullBack(call, list(flatten(call.out).values()))
        gradients = back(seeds_for(call.out, vector, "the vector"))
        return one_or_all(call.results(gradients, back.connected), argnums)

    return product


def derivatives(call: RecordedCall, back: PullBack, out: Any) -> dict[Value, Any]:
    """Return the derivative of one array of the result by each variable."""
    variables = list(call.all_variables())
    count = sum(variable.size for variable in variables)
    if not back.reaches(out):
        shape = np.shape(data_of(out))
        return {x: np.zeros(shape + x.shape, x.dtype) for x in variables}
    if count < out.size and not back.connected:
        return by_columns(back, out, variables)
    return by_rows(back, out, variables)


def by_rows(back: PullBack, out: Value, variables: list[Value]) -> dict[Value, Any]:
    """Return the derivatives, by one pass backwards for each element of `out`."""
    rows: dict[Value, list[Any]] = {x: [] for x in variables}
    for element in np.ndindex(out.shape):
        seed = np.zeros(out.shape, out.dtype)
        seed[element] = 1
        gradients = back([(out, seed[()])])
        for x in variables:
            rows[x].append(gradients[x] if x in gradients else np.zeros(x.shape, x.dtype))
    return {
        x: np.reshape(np.stack(rows[x]), out.shape + x.shape)
        if out.size
        else np.zeros(out.shape + x.shape, x.dtype)
        for x in variables
    }


def by_columns(back: PullBack, out: Value, variables: list[Value]) -> dict[Value, Any]:
    """Return the derivatives, by one pass forwards for each element of the variables.

    A pass forwards is a pass backwards through the linear function that `back` is.
    """

    def pulled_back(seed: Value) -> list[Any]:
        gradients = back([(out, seed)])
        return [gradients.get(x) for x in variables]

    call = RecordedCall(pulled_back, (0,), (np.zeros(out.shape, out.dtype),), {})
    (seed,) = call.all_variables()
    derivatives = {}
    for x, gradient in zip(variables, call.out, strict=True):
        if gradient is None:
            derivatives[x] = np.zeros(out.shape + x.shape, x.dtype)
            continue
        columns = by_rows(PullBack(call, [gradient]), gradient, [seed])[seed]
        columns = np.moveaxis(columns, range(x.ndim), range(-x.ndim, 0))
        derivatives[x] = columns.astype(x.dtype)
    return derivatives
