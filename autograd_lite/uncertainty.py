"""Uncertainties of fitted parameters, and of what is computed from them.

>>> import numpy as np
>>> from autograd_lite import uncertainty
>>> sides, covariance = np.array([3.0, 4.0]), np.diag([0.1, 0.2]) ** 2
>>> area, variance = uncertainty.propagate(lambda x: x[0] * x[1], sides, covariance)
>>> print(area, round(float(np.sqrt(variance)), 3))
12.0 0.721
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.arguments import check_number
from autograd_lite.errors import ArgumentError, CovarianceError, ShapeError
from autograd_lite.jacobians import hessian, jacobian
from autograd_lite.transforms import grad
from autograd_lite.tree_vectors import TreeVector
from autograd_lite.trees import flatten
from autograd_lite.value import data_of

__all__ = ["covariance", "propagate"]

Floats = NDArray[np.float64]

SINGULAR: Final = 1e-13
"""Eigenvalues of a Hessian with a diagonal of ones that are smaller come from rounding."""
NEGATIVE: Final = 1e-8
"""Eigenvalues of a covariance with a diagonal of ones this far below 0 come from rounding."""
FARTHEST: Final = 0.05
"""How many standard deviations a point may be from the minimum."""


def covariance(fun: Callable[..., Any], x: Any, *, errordef: float, args: Any = ()) -> Floats:
    """Return the covariance of parameters that minimise a likelihood or chi² function.

    It is ``2 errordef H⁻¹`` with the exact Hessian H of `fun` at its minimum: where `fun` is
    quadratic, it rises by `errordef` above its minimum when one parameter moves by one standard
    deviation and the others follow to stay as good as can be.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, one number: minus the logarithm of a likelihood, or a chi².
    x : array or tree
        The parameters at the minimum, as `al.optim.minimize` returns them.
    errordef : float
        By how much `fun` rises above its minimum at one standard deviation: 0.5 for minus the
        logarithm of a likelihood, 1 for a chi² (which is -2 times that logarithm). The name is
        that of MINUIT; there "up" says the same.
    args : tuple
        More arguments of `fun`.

    Returns
    -------
    ndarray of float64
        ``(n, n)``, the n elements of `x` in order, those of a tree one leaf after the other.

    Raises
    ------
    CovarianceError
        If `x` is not a minimum: the Hessian is not positive definite, or the gradient says that
        the minimum is more than 0.05 standard deviations away.

    Notes
    -----
    See F. James, "MINUIT reference manual", CERN Program Library D506, section 7. For chi² of a
    model that is not linear in `x`, other programs (`scipy.optimize.curve_fit`) leave out the
    second derivatives of the model (Gauss-Newton), so that the numbers differ a little.

    Examples
    --------
    Three measurements of one length, each ± 0.2: the mean is known to ± 0.2 / √3.

    >>> import numpy as np
    >>> from autograd_lite import uncertainty
    >>> measured = np.array([1.1, 0.9, 1.3])
    >>> chi2 = lambda x: np.sum(((measured - x) / 0.2) ** 2)
    >>> variance = uncertainty.covariance(chi2, 1.1, errordef=1)
    >>> round(float(np.sqrt(variance[0, 0])), 4)
    0.1155
    """
    parameters = TreeVector(x, "covariance", "x")
    return covariance_at(parameters, parameters.vector, parameters.of_vector(fun, *args), errordef)


def covariance_at(
    parameters: TreeVector, x: Floats, fun: Callable[[Any], Any], errordef: float
) -> Floats:
    """Return the covariance at a vector, for a function of vectors; see `covariance`."""
    errordef = check_number("covariance", "errordef", errordef)
    if errordef <= 0:
        raise ArgumentError(
            f"covariance got errordef={errordef!r}; give 0.5 for minus the logarithm of a "
            "likelihood, 1 for a chi²"
        )
    gradient = np.asarray(data_of(grad(fun)(x)))
    inverse = inverse_of(np.asarray(data_of(hessian(fun)(x))), parameters)
    distance = math.sqrt(gradient @ inverse @ gradient / (2 * errordef))
    if not distance <= FARTHEST:
        raise CovarianceError(
            f"covariance got a point that is not a minimum: by its gradient and Hessian it is "
            f"{distance:.3g} standard deviations away from it; minimise further, with a smaller "
            "tol or another method"
        )
    return 2 * errordef * inverse


def inverse_of(curvature: Floats, parameters: TreeVector) -> Floats:
    """Return the inverse of a Hessian, or raise if it is not that of a minimum."""
    curvature = (curvature + curvature.T) / 2  # equal but for rounding
    diagonal = np.diag(curvature)
    if not (np.isfinite(curvature).all() and (diagonal > 0).all()):
        bad = ~(np.isfinite(curvature).all(axis=0) & (diagonal > 0))
        names = ", ".join(parameters.place(int(i)) for i in np.flatnonzero(bad))
        raise CovarianceError(
            f"the Hessian has no positive second derivative by {names}: the function does not "
            "rise there, or is not finite, so that it says nothing of the uncertainty; fix the "
            "parameter, or see whether the minimisation succeeded"
        )
    scale = 1 / np.sqrt(diagonal)  # so that units do not matter
    eigenvalues, eigenvectors = np.linalg.eigh(curvature * np.outer(scale, scale))
    if eigenvalues[0] <= SINGULAR * len(scale):
        loose = np.argsort(-np.abs(eigenvectors[:, 0]))[:2]
        names = " and ".join(sorted(parameters.place(int(i)) for i in loose))
        raise CovarianceError(
            f"the Hessian is not positive definite (least eigenvalue {eigenvalues[0]:.2g}, scaled "
            f"to a diagonal of ones): the function does not rise in some direction of {names}. "
            "They cannot be told apart by the data, or this is no minimum; fix one of them"
        )
    rows = eigenvectors * scale[:, None]
    inverse: Floats = (rows / eigenvalues) @ rows.T
    return inverse


def propagate(fun: Callable[..., Any], x: Any, covariance: ArrayLike) -> tuple[Any, Any]:
    """Return ``fun(x)`` and its covariance, given that of `x`: ``J C Jᵀ`` with the Jacobian J.

    Parameters
    ----------
    fun : callable
        Any function of `x`: a number, an array or a tree of them.
    x : array or tree
        Values with uncertainties.
    covariance : array_like
        ``(n, n)``, the covariance C of the n elements of `x` in order, those of a tree one leaf
        after the other; the variance, for one number.

    Returns
    -------
    value : array or tree
        ``fun(x)``.
    covariance : ndarray of float64
        ``(*value.shape, *value.shape)``: the variance, if the result is a number; its square root
        is the uncertainty. For a tree ``(m, m)``, as that of `x`.

    Raises
    ------
    ShapeError
        If the covariance does not fit `x`.
    ArgumentError
        If it is not symmetric.
    CovarianceError
        If it has negative variances: it is not positive semi-definite.

    Notes
    -----
    This is the law of propagation of uncertainty: "Guide to the expression of uncertainty in
    measurement", JCGM 100:2008, eq. 13, and JCGM 102:2011, 6.2 for several results. It is exact for
    linear functions, and good where `fun` is nearly linear over a few standard deviations.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_lite import uncertainty
    >>> x, C = np.array([1.0, 2.0]), np.array([[0.04, 0.01], [0.01, 0.09]])
    >>> ratio, variance = uncertainty.propagate(lambda x: x[0] / x[1], x, C)
    >>> print(ratio, round(float(variance), 6))
    0.5 0.013125
    """
    inputs = TreeVector(x, "propagate", "x")
    given = as_covariance(covariance, inputs.size)
    value = fun(inputs.arguments(inputs.vector))
    outputs = TreeVector(value, "propagate", "a result of fun")

    def result_vector(vector: Any) -> Any:
        leaves = flatten(fun(inputs.arguments(vector))).values()
        return np.concatenate([np.reshape(leaf, (-1,)) for leaf in leaves])

    slopes = np.asarray(data_of(jacobian(result_vector)(inputs.vector)))
    result = slopes @ given @ slopes.T
    if list(outputs.leaves) == [()]:
        result = result.reshape(outputs.leaves[()].shape * 2)
    return outputs.tree(outputs.vector), result[()]


def as_covariance(covariance: ArrayLike, size: int) -> Floats:
    """Return a covariance as an array ``(size, size)``, or raise."""
    array = np.asarray(covariance, np.float64)
    if array.size != size**2 or array.shape[: array.ndim // 2] * 2 != array.shape:
        raise ShapeError(
            f"propagate got a covariance of shape {array.shape} for {size} numbers; give one of "
            f"shape ({size}, {size})"
        )
    array = array.reshape(size, size)
    if not np.allclose(array, array.T, rtol=1e-8, atol=0, equal_nan=True):
        raise ArgumentError("propagate got a covariance that is not symmetric")
    if np.isfinite(array).all():
        check_no_negative_variance(array)
    return array


def check_no_negative_variance(covariance: Floats) -> None:
    """Raise if some combination of the numbers would have a negative variance."""
    variances = np.diag(covariance)
    scale = 1 / np.sqrt(np.where(variances > 0, variances, 1.0))  # so that units do not matter
    least = np.linalg.eigvalsh(covariance * np.outer(scale, scale)).min(initial=0)
    if variances.min(initial=0) < 0 or least < -NEGATIVE:
        raise CovarianceError(
            "propagate got a covariance with negative variances (least eigenvalue "
            f"{least:.2g}, scaled to a diagonal of ones): it is that of no random numbers; see "
            "whether it comes from a minimum, and is not an inverse Hessian of the wrong sign"
        )
