"""Minimisation by scipy with exact derivatives, and the uncertainties of what was fitted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError, CovarianceError, MissingDependencyError
from autograd_lite.jacobians import hessian, hvp, jacobian
from autograd_lite.recording import no_grad
from autograd_lite.transforms import value_and_grad
from autograd_lite.tree_vectors import TreeVector
from autograd_lite.trees import Path, flatten_like
from autograd_lite.uncertainty import covariance_at
from autograd_lite.value import data_of

__all__ = ["Minimum", "minimize"]

Floats = NDArray[np.float64]

WITHOUT_GRADIENT: Final = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
WITH_PRODUCTS: Final = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
WITH_HESSIAN: Final = frozenset({"dogleg", "trust-exact"})
WITH_BOUNDS: Final = frozenset(
    {"nelder-mead", "powell", "l-bfgs-b", "tnc", "slsqp", "trust-constr", "cobyla", "cobyqa"}
)
WITH_CONSTRAINTS: Final = frozenset({"slsqp", "trust-constr", "cobyla", "cobyqa"})


@dataclass(frozen=True)
class Minimum:
    """What `minimize` found.

    Attributes
    ----------
    x : array or tree
        The parameters, of the form of `x0`, in float64; for a module, a dict by their names.
    fun : float
        The function there.
    success : bool
        Whether the method says that it converged.
    message : str
        What it says.
    result : scipy.optimize.OptimizeResult
        All that scipy returned, for the parameters as one vector: nit, nfev, jac, ...
    """

    x: Any
    fun: float
    success: bool
    message: str
    result: Any = field(repr=False)
    function: Callable[[Any], Any] = field(repr=False)
    parameters: TreeVector = field(repr=False)
    limits: tuple[Floats, Floats] = field(repr=False)
    constrained: bool = field(repr=False)
    errordef: float | None = None

    @cached_property
    def covariance(self) -> Floats:
        """The covariance of the parameters, ``2 errordef H⁻¹``, ``(n, n)``.

        The n elements of `x` in order, those of a tree one leaf after the other; see
        `autograd_lite.uncertainty.covariance`.

        Raises
        ------
        ArgumentError
            If `minimize` was not told `errordef`.
        CovarianceError
            If there is no covariance that the Hessian could tell: it is not positive definite, this
            is not a minimum, a parameter is at its bound, or there are constraints.
        """
        if self.errordef is None:
            raise ArgumentError(
                "the covariance needs to know what the function is: give minimize errordef=0.5 for "
                "minus the logarithm of a likelihood, errordef=1 for a chi²"
            )
        if self.constrained:
            raise CovarianceError(
                "there is no covariance by the Hessian under constraints: the parameters cannot "
                "move freely; express the constraints in fewer parameters"
            )
        self.check_bounds()
        return covariance_at(self.parameters, self.result.x, self.function, self.errordef)

    def check_bounds(self) -> None:
        """Raise if a parameter is at its bound, where the function need not be flat."""
        x, (low, high) = self.result.x, self.limits
        slack = 1e-8 * np.maximum(1.0, np.abs(x))
        at_bound = (x - low <= slack) | (high - x <= slack)
        if at_bound.any():
            names = ", ".join(self.parameters.place(int(i)) for i in np.flatnonzero(at_bound))
            raise CovarianceError(
                f"there is no covariance by the Hessian: {names} is at a bound, where the function "
                "may rise on one side alone; fix the parameter there, or widen the bound"
            )

    @cached_property
    def uncertainties(self) -> Any:
        """The standard deviations of the parameters, of the form of `x`; see `covariance`."""
        return self.parameters.tree(np.sqrt(np.diag(self.covariance)))


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    method: str | Callable[..., Any] | None = None,
    *,
    args: Any = (),
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    errordef: float | None = None,
) -> Minimum:
    """Minimise a function by `scipy.optimize.minimize` with exact derivatives.

    Gradients come by backpropagation, Hessians as products with vectors (`al.hvp`) for the methods
    that use them, Jacobians of constraints by `al.jacobian`: nothing is approximated by
    differences. Needs the extra ``scipy``.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, written in numpy, with one real number as its result.
    x0 : array or tree
        Where to start: a number, an array of any shape, or a tuple, list, dict or module of them.
        Computed with in float64.
    method : str or callable, optional
        As in scipy. Default: BFGS; L-BFGS-B with bounds; SLSQP with constraints. Hessians are used
        by Newton-CG, trust-ncg, trust-krylov, trust-constr, trust-exact and dogleg; no derivatives
        by Nelder-Mead, Powell, COBYLA and COBYQA.
    args : tuple
        More arguments of `fun`, and of nothing else; one alone need not be a tuple.
    bounds : tree, sequence or scipy.optimize.Bounds, optional
        For an array `x0`, as in scipy, one pair ``(low, high)`` for each element in order, or
        Bounds. For a tree or a number, for each leaf a pair, of numbers or of arrays that broadcast
        to the leaf, or None. None in a pair leaves its side open.
    constraints : dict, scipy constraint, or sequence of them
        As in scipy, without derivatives, which are exact: ``{"type": "eq", "fun": ...}`` or
        NonlinearConstraint, with functions of `x` as `fun` is; LinearConstraint for `x` as one
        vector.
    tol : float, optional
        When to stop; its meaning depends on the method.
    callback : callable, optional
        ``callback(x)`` after each iteration, whatever the method; raising StopIteration stops. With
        the one parameter ``intermediate_result`` it takes scipy's result so far.
    options : dict, optional
        Those of the method: ``{"maxiter": 100}``.
    errordef : float, optional
        By how much `fun` rises above its minimum at one standard deviation: 0.5 for minus the
        logarithm of a likelihood, 1 for a chi². For `covariance` and `uncertainties` of the result.

    Returns
    -------
    Minimum
        With ``x`` of the form of `x0`, ``fun``, ``success``, ``message``, scipy's ``result``, and,
        computed when asked for, ``covariance`` and ``uncertainties``.

    Raises
    ------
    MissingDependencyError
        If scipy is not installed.
    ArgumentError
        If the method does not take bounds or constraints that are given.
    DtypeError
        If `x0` holds something that is not a real number.

    Examples
    --------
    A straight line through points with errors of 0.1:

    >>> import numpy as np
    >>> import autograd_lite as al
    >>> t, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.1, 2.9, 5.2, 6.8])
    >>> def chi2(line):
    ...     return np.sum(((y - line["offset"] - line["slope"] * t) / 0.1) ** 2)
    >>> fit = al.optim.minimize(chi2, {"offset": 0.0, "slope": 1.0}, errordef=1)
    >>> for name in fit.x:
    ...     print(f"{name}: {fit.x[name]:.3f} ± {fit.uncertainties[name]:.3f}")
    offset: 1.090 ± 0.084
    slope: 1.940 ± 0.045
    """
    optimize = import_optimize()
    parameters = TreeVector(x0, "minimize", "x0")
    args = args if isinstance(args, tuple) else (args,)  # as in scipy
    function = parameters.of_vector(fun, *args)
    limits = limits_of(bounds, parameters)
    constraints = list(constraints) if isinstance(constraints, list | tuple) else [constraints]
    name = chosen(method, bounds is not None, bool(constraints))
    check_method(name, bounds is not None, bool(constraints))
    result = optimize.minimize(
        plain(function) if name in WITHOUT_GRADIENT else with_gradient(function),
        parameters.vector,
        method=method,
        bounds=None if bounds is None else optimize.Bounds(*limits),
        constraints=[vector_constraint(each, parameters, name, optimize) for each in constraints],
        tol=tol,
        callback=callback_of_vector(callback, parameters),
        options=None if options is None else dict(options),
        **derivatives_for(name, function),
    )
    return Minimum(
        x=parameters.tree(result.x),
        fun=float(result.fun),
        success=bool(result.success),
        message=str(result.message),
        result=result,
        function=function,
        parameters=parameters,
        limits=limits,
        constrained=bool(constraints),
        errordef=errordef,
    )


def import_optimize() -> Any:
    """Return scipy.optimize, or raise."""
    try:
        from scipy import optimize
    except ImportError:
        raise MissingDependencyError(
            "minimize() needs scipy, which is not installed: pip install 'autograd_lite[scipy]'"
        ) from None
    return optimize


def chosen(method: Any, bounded: bool, constrained: bool) -> str:
    """Return the name of the method that scipy will use, in lower case; "" for a callable."""
    if method is None:
        return "slsqp" if constrained else "l-bfgs-b" if bounded else "bfgs"
    return method.lower() if isinstance(method, str) else ""


def check_method(name: str, bounded: bool, constrained: bool) -> None:
    """Raise if the method would leave out bounds or constraints (scipy only warns)."""
    for given, able, what in (
        (bounded, WITH_BOUNDS, "bounds"),
        (constrained, WITH_CONSTRAINTS, "constraints"),
    ):
        if given and name and name not in able:
            raise ArgumentError(
                f"minimize got {what}, which the method {name!r} does not take; choose one of "
                f"{', '.join(sorted(able))}, or leave method out"
            )


# Functions of vectors, as scipy calls them


def plain(function: Callable[[Any], Any]) -> Callable[[Floats], Any]:
    """Return a function of a vector with plain data as its result."""

    def compute(x: Floats) -> Any:
        with no_grad():
            return data_of(function(x))

    return compute


def with_gradient(function: Callable[[Any], Any]) -> Callable[[Floats], tuple[Any, Any]]:
    """Return a function of a vector that returns a number and its gradient."""
    both = value_and_grad(function)

    def compute(x: Floats) -> tuple[Any, Any]:
        value, gradient = both(x)
        return data_of(value), data_of(gradient)

    return compute


def derivatives_for(name: str, function: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what scipy is given besides the function, by method; all there is, for a callable."""
    given: dict[str, Any] = {}
    if name not in WITHOUT_GRADIENT:
        given["jac"] = True  # the function returns its gradient as well
    if name in WITH_PRODUCTS or not name:
        product = hvp(function)
        given["hessp"] = lambda x, v: data_of(product(x, v))
    if name in WITH_HESSIAN:
        matrix = hessian(function)
        given["hess"] = lambda x: data_of(matrix(x))
    return given


def callback_of_vector(
    callback: Callable[..., Any] | None, parameters: TreeVector
) -> Callable[..., Any] | None:
    """Return a callback that takes vectors, for one that takes trees."""
    if callback is None or list(inspect.signature(callback).parameters) == ["intermediate_result"]:
        return callback

    def call(x: Floats, *state: Any) -> Any:  # trust-constr adds its state
        return callback(parameters.tree(x))

    return call


# Bounds


def limits_of(bounds: Any, parameters: TreeVector) -> tuple[Floats, Floats]:
    """Return the lower and the upper bounds of the vector; infinite where there are none."""
    size = parameters.size
    if bounds is None:
        return np.full(size, -np.inf), np.full(size, np.inf)
    if hasattr(bounds, "lb"):
        low, high = (np.broadcast_to(np.ravel(side), size) for side in (bounds.lb, bounds.ub))
        return low.astype(float), high.astype(float)
    shape = parameters.leaves[()].shape if () in parameters.leaves else None
    if shape:  # one array: as in scipy
        bounds = tuple(zip(*pairs_for(bounds, size), strict=True))
        sides = [limits_of_leaf(bounds, (size,), ())]
    else:
        given = flatten_like(bounds, parameters.template, "bounds of minimize")
        sides = [
            limits_of_leaf(given[path], leaf.shape, path)
            for path, leaf in parameters.leaves.items()
        ]
    low, high = (np.concatenate([np.ravel(side[i]) for side in sides]) for i in (0, 1))
    return low, high


def pairs_for(bounds: Sequence[Any], size: int) -> list[tuple[Any, Any]]:
    """Return bounds as one pair for each element, or raise."""
    pairs = [(None, None) if pair is None else tuple(pair) for pair in bounds]
    if len(pairs) != size or any(len(pair) != 2 for pair in pairs):
        raise ArgumentError(
            f"minimize got bounds {bounds!r} for {size} elements; give one pair (low, high) for "
            "each, with None for an open side"
        )
    return [(pair[0], pair[1]) for pair in pairs]


def limits_of_leaf(entry: Any, shape: tuple[int, ...], path: Path) -> tuple[Floats, Floats]:
    """Return the lower and the upper bounds of one leaf."""
    low, high = (None, None) if entry is None else entry
    return side_of(low, -np.inf, shape), side_of(high, np.inf, shape)


def side_of(side: Any, open_side: float, shape: tuple[int, ...]) -> Floats:
    """Return one side of the bounds of a leaf in its shape; None is open."""
    closed = np.asarray(side, np.float64)  # None, alone or in a sequence, becomes nan
    return np.broadcast_to(np.where(np.isnan(closed), open_side, closed), shape)


# Constraints


def vector_constraint(constraint: Any, parameters: TreeVector, method: str, optimize: Any) -> Any:
    """Return a constraint of vectors with its exact derivatives, for a constraint of trees."""
    if isinstance(constraint, optimize.LinearConstraint):
        return constraint
    if isinstance(constraint, dict):
        check_no_derivative(constraint.get("jac"))
        of_vector = as_vectors(constraint["fun"], parameters, constraint.get("args", ()))
        return {
            "type": constraint["type"],
            "fun": plain(of_vector),
            "jac": jacobian_of(of_vector),
        }
    if not isinstance(constraint, optimize.NonlinearConstraint):
        raise ArgumentError(
            f"minimize got the constraint {constraint!r}; give a dict with type and fun, a "
            "LinearConstraint or a NonlinearConstraint of scipy.optimize"
        )
    check_no_derivative(constraint.jac)
    of_vector = as_vectors(constraint.fun, parameters)

    def curvature(x: Floats, multipliers: Floats) -> Any:
        """Return the Hessian of the sum of the constraints with multipliers."""
        return data_of(hessian(lambda v: np.sum(of_vector(v) * multipliers))(x))

    with_hessian = {} if method in WITH_CONSTRAINTS - {"trust-constr"} else {"hess": curvature}
    return optimize.NonlinearConstraint(
        plain(of_vector),
        constraint.lb,
        constraint.ub,
        jac=jacobian_of(of_vector),
        keep_feasible=constraint.keep_feasible,
        **with_hessian,
    )


def as_vectors(
    fun: Callable[..., Any], parameters: TreeVector, args: Any = ()
) -> Callable[[Any], Any]:
    """Return a function of a tree as one from vectors to vectors."""
    function = parameters.of_vector(fun, *args)
    return lambda vector: np.reshape(function(vector), (-1,))


def jacobian_of(of_vector: Callable[[Any], Any]) -> Callable[[Floats], Any]:
    """Return the exact Jacobian of a function from vectors to vectors, as plain data."""
    derivative = jacobian(of_vector)
    return lambda x: data_of(derivative(x))


def check_no_derivative(jac: Any) -> None:
    """Raise if a constraint comes with a Jacobian of its own, which would go unused."""
    if callable(jac):
        raise ArgumentError(
            "minimize got a constraint with jac=...; leave it out: the exact Jacobian is computed"
        )
