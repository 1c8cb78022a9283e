"""Derivatives of several results: the Jacobian, the Hessian, and its products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autograd_lite.errors import ConversionError, GraphError, NoGradientRuleError
from autograd_lite.recorded_call import Argnums, PullBack, RecordedCall, as_positions, seeds_for
from autograd_lite.results import number_leaves
from autograd_lite.transforms import grad, one_or_all, split_last
from autograd_lite.trees import Path, flatten, rebuild
from autograd_lite.value import Value, data_of

__all__ = ["elementwise_grad", "hessian", "hvp", "jacobian"]


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
    (see `jvp`) for each element of the arguments, where these are fewer.

    The derivative of a real result by a complex z = x + iy is ∂f/∂x − i ∂f/∂y, as for `grad`; that
    of a complex result by a real x is ∂f/∂x, complex; that of a complex result by a complex z is
    df/dz, and f must be analytic, else a GraphError says so.

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


def elementwise_grad(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the gradient of the sum of the results of `fun`.

    Where each element of the result depends on one element of the argument alone, as for
    ``np.tanh``, that is the derivative of each element. Where the elements mix, as in ``np.cumsum``
    or ``x / np.sum(x)``, it is not: use `jacobian` then.

    Parameters
    ----------
    fun : callable
        A function that acts on arrays element by element.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns the derivative, of the argument's form.

    Notes
    -----
    See `jacobian` for complex numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0])).tolist()
    [3.0, 12.0]
    """
    positions = as_positions(argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = RecordedCall(fun, positions, args, kwargs)
        leaves = number_leaves(call.out)
        back = PullBack(call, leaves)
        total: dict[Value, Any] = {}
        for kind in "fc":
            units = [
                (leaf, np.ones(leaf.shape, leaf.dtype)[()])
                for leaf in leaves
                if back.reaches(leaf) and leaf.dtype.kind == kind
            ]
            for x, slope in derivatives_of_sum(back, units, list(call.all_variables())).items():
                total[x] = total[x] + slope if x in total else slope
        return one_or_all(call.results(total, back.connected), argnums)

    return derivative


def derivatives(call: RecordedCall, back: PullBack, out: Any) -> dict[Value, Any]:
    """Return the derivative of one array of the result by each variable."""
    variables = list(call.all_variables())
    count = sum(variable.size for variable in variables)
    if not back.reaches(out):
        shape = np.shape(data_of(out))
        return {x: np.zeros(shape + x.shape, x.dtype) for x in variables}
    is_complex = any(value.dtype.kind == "c" for value in (out, *variables))
    if 2 * count <= out.size and not is_complex:
        with suppress(ConversionError, NoGradientRuleError):  # a rule that runs on arrays alone
            return by_columns(back, out, variables)
    return by_rows(back, out, variables)


def by_rows(back: PullBack, out: Value, variables: list[Value]) -> dict[Value, Any]:
    """Return the derivatives, by one pass backwards for each element of `out`."""
    rows: dict[Value, list[Any]] = {x: [] for x in variables}
    for element in np.ndindex(out.shape):
        seed = np.zeros(out.shape, out.dtype)
        seed[element] = 1
        for x, row in derivatives_of_sum(back, [(out, seed[()])], variables).items():
            rows[x].append(row)
    return {
        x: np.reshape(np.stack(rows[x]), out.shape + x.shape)
        if out.size
        else np.zeros(out.shape + x.shape, x.dtype)
        for x in variables
    }


def derivatives_of_sum(
    back: PullBack, units: list[tuple[Value, Any]], variables: list[Value]
) -> dict[Value, Any]:
    """Return the derivatives of the sum of those elements whose seed is one, of one kind."""
    gradients = back(units)
    slopes = {x: gradients.get(x, np.zeros(x.shape, x.dtype)) for x in variables}
    if not units or units[0][0].dtype.kind != "c":
        return slopes
    turned = back([(out, -1j * unit) for out, unit in units])
    return {x: complex_slope(x, slope, turned.get(x, 0.0)) for x, slope in slopes.items()}


def complex_slope(x: Value, slope: Any, turned: Any) -> Any:
    """Return the derivative of a complex result from what the seeds 1 and -i pull back to.

    For ``df = A dz + B conj(dz)`` these are ``A + conj(B)`` and ``-i (A - conj(B))``; a real x gets
    their real parts, those of df/dx and of ``-i df/dx``.
    """
    if x.dtype.kind != "c":
        return slope + 1j * turned
    gap, size = np.abs(data_of(slope) - 1j * data_of(turned)), np.abs(data_of(slope))
    tolerance = np.sqrt(np.finfo(x.dtype).eps)
    if np.max(gap, initial=0) > tolerance * max(np.max(size, initial=0), np.max(gap, initial=0)):
        raise GraphError(
            "a complex function of complex numbers has one derivative only if it is analytic, and "
            "this one is not: differentiate its real and imaginary parts, or use jvp"
        )
    return slope


def by_columns(back: PullBack, out: Value, variables: list[Value]) -> dict[Value, Any]:
    """Return the derivatives, by one pass forwards for each element of the variables.

    A pass forwards is a pass backwards through the linear function that `back` is. That is the same
    everywhere; ones as its arguments, since a rule may look for zeros.
    """

    def pulled_back(seed: Value) -> list[Any]:
        gradients = back([(out, seed)])
        return [gradients.get(x) for x in variables]

    call = RecordedCall(pulled_back, (0,), (np.ones(out.shape, out.dtype),), {})
    (seed,) = call.all_variables()
    blocks = {}
    for x, gradient in zip(variables, call.out, strict=True):
        if gradient is None:
            blocks[x] = np.zeros(out.shape + x.shape, x.dtype)
            continue
        columns = by_rows(PullBack(call, [gradient]), gradient, [seed])[seed]
        columns = np.moveaxis(columns, range(x.ndim), range(-x.ndim, 0))
        blocks[x] = columns.astype(x.dtype)
    return blocks
