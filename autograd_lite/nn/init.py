"""Initial weights: functions ``(shape, rng, dtype) -> array``, one formula each.

All draw in float64 and round to `dtype`, so that one seed gives a float32 network the same weights
as a float64 one, to the digits that float32 has.

A weight has the shape ``(out_features, in_features, ...)``, as in PyTorch. Its fan-in, the number
of inputs that are summed up for one output, is the product of all lengths but the first; its
fan-out is the first length times all but the second.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from autograd_lite.arguments import Rng, as_generator
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError

__all__ = [
    "constant",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "uniform",
    "zeros",
]

Shape = int | Sequence[int]
Initializer = Callable[..., NDArray[Any]]
"""``initializer(shape, rng, dtype) -> array``: any function here, or one of your own."""


def uniform(
    shape: Shape,
    rng: Rng = None,
    dtype: DTypeLike = np.float64,
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> NDArray[Any]:
    """Draw from the uniform distribution on ``[low, high)``.

    Parameters
    ----------
    shape : int or sequence of int
        The shape of the result.
    rng : numpy.random.Generator or int, optional
        Where the numbers come from: a generator or a seed. Default: a fresh generator.
    dtype : dtype
        The float dtype of the result.
    low, high : float
        The bounds; finite, ``low <= high``.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ArgumentError
        If the bounds are not finite or in the wrong order.
    ShapeError, DtypeError
        If `shape` has a negative length, or `dtype` is not a float dtype.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.uniform((32, 2), rng=0, low=-1, high=1).shape
    (32, 2)
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ArgumentError(f"uniform() needs finite low <= high, got low={low}, high={high}")
    drawn = as_generator(rng).uniform(low, high, as_shape(shape))
    return drawn.astype(as_float_dtype(dtype))


def normal(
    shape: Shape,
    rng: Rng = None,
    dtype: DTypeLike = np.float64,
    *,
    mean: float = 0.0,
    std: float = 1.0,
) -> NDArray[Any]:
    """Draw from the normal distribution.

    Parameters
    ----------
    shape, rng, dtype
        See `uniform`.
    mean : float
        The mean.
    std : float
        The standard deviation, not negative.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ArgumentError
        If `std` is negative, or a parameter is not finite.
    ShapeError, DtypeError
        See `uniform`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.normal(3, rng=0, std=0.0).tolist()
    [0.0, 0.0, 0.0]
    """
    if not (math.isfinite(mean) and math.isfinite(std) and std >= 0):
        raise ArgumentError(f"normal() needs finite mean and std >= 0, got mean={mean}, std={std}")
    drawn = as_generator(rng).normal(mean, std, as_shape(shape))
    return drawn.astype(as_float_dtype(dtype))


def constant(
    shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64, *, value: float = 0.0
) -> NDArray[Any]:
    """Return an array filled with `value`; `rng` is not used.

    Parameters
    ----------
    shape, rng, dtype
        See `uniform`.
    value : float
        The content.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError, DtypeError
        See `uniform`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.constant(2, value=0.1).tolist()
    [0.1, 0.1]
    """
    return np.full(as_shape(shape), value, as_float_dtype(dtype))


def zeros(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return zeros: right for biases. Weights of zero would keep all neurons of a layer equal.

    Parameters
    ----------
    shape, rng, dtype
        See `constant`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.zeros(2).tolist()
    [0.0, 0.0]
    """
    return constant(shape, rng, dtype, value=0.0)


def ones(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return ones: right for scales.

    Parameters
    ----------
    shape, rng, dtype
        See `constant`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.ones(2).tolist()
    [1.0, 1.0]
    """
    return constant(shape, rng, dtype, value=1.0)


def glorot_uniform(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from U(-a, a), ``a = sqrt(6 / (fan_in + fan_out))``: for tanh and sigmoid.

    The variance ``2 / (fan_in + fan_out)`` is the compromise between keeping the variance of
    activations going forward and that of gradients going backward.

    Parameters
    ----------
    shape : sequence of int
        ``(out_features, in_features, ...)``.
    rng, dtype
        See `uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        If `shape` has fewer than two axes, or an empty one.

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, equation 16.

    Examples
    --------
    >>> import autograd_lite as al
    >>> weight = al.nn.init.glorot_uniform((3, 3), rng=0)
    >>> bool(abs(weight).max() < 1)
    True
    """
    fan_in, fan_out = fans(shape)
    return uniform_of_variance(2 / (fan_in + fan_out), shape, rng, dtype)


def glorot_normal(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from N(0, ``2 / (fan_in + fan_out)``): for tanh and sigmoid.

    Parameters
    ----------
    shape, rng, dtype
        See `glorot_uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        See `glorot_uniform`.

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, equation 12.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.glorot_normal((32, 2), rng=0).shape
    (32, 2)
    """
    fan_in, fan_out = fans(shape)
    return normal(shape, rng, dtype, std=math.sqrt(2 / (fan_in + fan_out)))


def he_uniform(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from U(-a, a), ``a = sqrt(6 / fan_in)``: for ReLU.

    The variance ``2 / fan_in`` makes up for the half of the activations that ReLU sets to zero.

    Parameters
    ----------
    shape, rng, dtype
        See `glorot_uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        See `glorot_uniform`.

    References
    ----------
    K. He et al., "Delving Deep into Rectifiers", ICCV 2015, equation 10.

    Examples
    --------
    >>> import autograd_lite as al
    >>> weight = al.nn.init.he_uniform((100, 6), rng=0)
    >>> bool(abs(weight).max() < 1)
    True
    """
    fan_in, _ = fans(shape)
    return uniform_of_variance(2 / fan_in, shape, rng, dtype)


def he_normal(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from N(0, ``2 / fan_in``): for ReLU.

    Parameters
    ----------
    shape, rng, dtype
        See `glorot_uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        See `glorot_uniform`.

    References
    ----------
    K. He et al., "Delving Deep into Rectifiers", ICCV 2015, equation 10.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.he_normal((32, 2), rng=0).shape
    (32, 2)
    """
    fan_in, _ = fans(shape)
    return normal(shape, rng, dtype, std=math.sqrt(2 / fan_in))


def lecun_uniform(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from U(-a, a), ``a = sqrt(3 / fan_in)``: for linear and self-normalising layers.

    The variance ``1 / fan_in`` gives a weighted sum the variance of its inputs.

    Parameters
    ----------
    shape, rng, dtype
        See `glorot_uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        See `glorot_uniform`.

    References
    ----------
    Y. LeCun et al., "Efficient BackProp", in Neural Networks: Tricks of the Trade, 1998,
    equation 16.

    Examples
    --------
    >>> import autograd_lite as al
    >>> weight = al.nn.init.lecun_uniform((100, 3), rng=0)
    >>> bool(abs(weight).max() < 1)
    True
    """
    fan_in, _ = fans(shape)
    return uniform_of_variance(1 / fan_in, shape, rng, dtype)


def lecun_normal(shape: Shape, rng: Rng = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Draw from N(0, ``1 / fan_in``): for linear and self-normalising layers.

    Parameters
    ----------
    shape, rng, dtype
        See `glorot_uniform`.

    Returns
    -------
    ndarray
        An array of `shape` and `dtype`.

    Raises
    ------
    ShapeError
        See `glorot_uniform`.

    References
    ----------
    Y. LeCun et al., "Efficient BackProp", in Neural Networks: Tricks of the Trade, 1998,
    equation 16.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.init.lecun_normal((32, 2), rng=0).shape
    (32, 2)
    """
    fan_in, _ = fans(shape)
    return normal(shape, rng, dtype, std=math.sqrt(1 / fan_in))


def uniform_of_variance(variance: float, shape: Shape, rng: Rng, dtype: DTypeLike) -> NDArray[Any]:
    """Draw from U(-a, a), whose variance is a²/3."""
    bound = math.sqrt(3 * variance)
    return uniform(shape, rng, dtype, low=-bound, high=bound)


def fans(shape: Shape) -> tuple[int, int]:
    """Return fan-in and fan-out of a weight ``(out_features, in_features, ...)``, or raise."""
    lengths = as_shape(shape)
    if len(lengths) < 2 or 0 in lengths:
        raise ShapeError(
            f"fan-in and fan-out need a weight of shape (out_features, in_features, ...) without "
            f"empty axes, got {lengths}; use uniform, normal or zeros for other shapes"
        )
    window = math.prod(lengths[2:])
    return lengths[1] * window, lengths[0] * window


def as_shape(shape: Shape) -> tuple[int, ...]:
    """Return `shape` as a tuple of lengths, or raise."""
    try:
        lengths = (
            tuple(map(operator.index, shape))
            if isinstance(shape, Sequence)
            else (operator.index(shape),)
        )
    except TypeError:
        lengths = (-1,)
    if any(length < 0 for length in lengths):
        raise ShapeError(f"a shape is an integer >= 0 or a tuple of them, got {shape!r}")
    return lengths


def as_float_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return `dtype` as a numpy dtype, or raise unless it is one of floats."""
    result = np.dtype(dtype)
    if result.kind != "f":
        raise DtypeError(f"parameters are floats, got dtype {result}; use float64 or float32")
    return result
