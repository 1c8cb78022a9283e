"""Functions without parameters of their own: activations, dropout, losses.

They take Values and arrays, and return what they were given: arrays for arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from autograd_lite import ops
from autograd_lite.arguments import Rng, as_generator
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from autograd_lite.nn.losses import (
    as_numbers,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
    nll_loss,
)
from autograd_lite.randomness import uniform
from autograd_lite.value import content_of, data_of

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "gelu",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsumexp",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute ``x @ weight.T + bias``.

    Parameters
    ----------
    x : Value or array_like
        ``(..., in_features)``. Integers and booleans are converted to the dtype of `weight`.
    weight : Value or array
        ``(out_features, in_features)``.
    bias : Value or array, optional
        ``(out_features,)``.

    Returns
    -------
    Value or array
        ``(..., out_features)``.

    Raises
    ------
    ShapeError
        If the last axis of `x` is not ``in_features`` long.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> weight = al.Value([[1.0, 2.0]])
    >>> al.nn.functional.linear(np.ones((3, 2)), weight).shape
    (3, 1)
    """
    x = as_numbers(x)
    data = data_of(x)  # its attributes, past the properties of Value
    if data.shape[-1:] != data_of(weight).shape[1:]:
        raise wrong_features(x.shape, weight.shape)
    if data.dtype.kind in "iub":
        x = x.astype(weight.dtype)
    if bias is None:
        return ops.matmul(x, ops.transpose(weight))
    return ops.linear(x, weight, bias)


def wrong_features(x_shape: tuple[int, ...], weight_shape: tuple[int, ...]) -> ShapeError:
    """Return the error for an input that does not fit a weight."""
    if len(weight_shape) != 2:
        return ShapeError(f"a weight has shape (out_features, in_features), got {weight_shape}")
    in_features = weight_shape[1]
    advice = f"give it (..., {in_features})"
    if in_features == 1:
        advice = "use x.reshape(-1, 1) for a batch of single numbers"
    elif x_shape[:-1][-1:] == (in_features,):
        advice = "the last axis but one fits: use the transpose, x.swapaxes(-1, -2)"
    return ShapeError(
        f"a linear layer of {in_features} input features got an input of shape {x_shape}, whose "
        f"last axis is not {in_features} long; {advice}"
    )


def relu(x: Any) -> Any:
    """Compute ``max(x, 0)``; the derivative at 0 is 0.

    Parameters
    ----------
    x : Value or array
        Any shape.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.relu(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return ops.relu(x)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Compute `x` where it is positive, ``negative_slope * x`` elsewhere.

    The derivative at 0 is `negative_slope`.

    Parameters
    ----------
    x : Value or array
        Any shape.
    negative_slope : float
        The slope for negative numbers.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    References
    ----------
    A. Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.leaky_relu(np.array([-1.0, 2.0])).tolist()
    [-0.01, 2.0]
    """
    x = as_numbers(x)
    return ops.where(x > 0, x, float(negative_slope) * x)


def sigmoid(x: Any) -> Any:
    """Compute ``1 / (1 + exp(-x))``, without overflow.

    Parameters
    ----------
    x : Value or array
        Any shape.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.sigmoid(np.array([-1000.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    return ops.sigmoid(x)


def tanh(x: Any) -> Any:
    """Compute the hyperbolic tangent.

    Parameters
    ----------
    x : Value or array
        Any shape.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.tanh(np.array([0.0, 1000.0])).tolist()
    [0.0, 1.0]
    """
    return ops.tanh(x)


def softplus(x: Any) -> Any:
    """Compute ``log(1 + exp(x))``, without overflow.

    Parameters
    ----------
    x : Value or array
        Any shape.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.softplus(np.array([0.0, 1000.0])).round(4).tolist()
    [0.6931, 1000.0]
    """
    return ops.softplus(x)


def gelu(x: Any) -> Any:
    """Compute ``x Φ(x)`` with the tanh form of the normal distribution function Φ.

    It is ``0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))``: PyTorch's ``approximate="tanh"``,
    within 5e-4 of the exact function, which needs erf.

    Parameters
    ----------
    x : Value or array
        Any shape.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    References
    ----------
    D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.gelu(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.8412]
    """
    x = as_numbers(x)
    return 0.5 * x * (1 + ops.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def softmax(x: Any, axis: int = -1) -> Any:
    """Compute ``exp(x) / sum(exp(x))`` along an axis, without overflow.

    Parameters
    ----------
    x : Value or array
        Any shape.
    axis : int
        The axis of the classes. Default: the last.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.softmax(np.array([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    return ops.softmax(x, axis=axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Compute ``x - log(sum(exp(x)))`` along an axis, without overflow.

    Parameters
    ----------
    x : Value or array
        Any shape.
    axis : int
        The axis of the classes. Default: the last.

    Returns
    -------
    Value or array
        The shape and dtype of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.log_softmax(np.array([1000.0, 0.0])).tolist()
    [0.0, -1000.0]
    """
    return ops.log_softmax(x, axis=axis)


def logsumexp(
    x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, *, b: Any = None
) -> Any:
    """Compute ``log(sum(exp(x)))``, or ``log(sum(b exp(x)))``, without overflow.

    Parameters
    ----------
    x : Value or array
        Any shape.
    axis : int or tuple of int, optional
        The axes to sum over. Default: all.
    keepdims : bool
        Whether these axes stay, with length 1.
    b : Value or array, optional
        Weights of the exponentials, which broadcast against `x`. They may be negative as long as
        the sum is not; where one is 0, `x` may be anything.

    Returns
    -------
    Value or array
        `x` without these axes.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> float(al.nn.functional.logsumexp(np.array([1000.0, 0.0])))
    1000.0
    """
    if b is not None:
        return ops.weighted_logsumexp(x, b, axis, keepdims)
    return ops.logsumexp(x, axis=axis, keepdims=keepdims)


def dropout(x: Any, p: float = 0.5, *, training: bool = True, rng: Rng = None) -> Any:
    """Set elements to zero at random and scale up the others by ``1 / (1 - p)``.

    The expected value stays the same, so that nothing is left to do at evaluation.

    Parameters
    ----------
    x : Value or array
        Any shape; integers become float64.
    p : float
        The probability of an element to be set to zero, in [0, 1].
    training : bool
        False returns `x` itself.
    rng : numpy.random.Generator or int, optional
        Where the numbers come from. Default: a fresh generator.

    Returns
    -------
    Value or array
        The shape and float dtype of `x`.

    Raises
    ------
    ArgumentError
        If `p` is not in [0, 1].

    References
    ----------
    N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
    JMLR 15 (2014), in the inverted form.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.functional.dropout(np.ones(6), 0.5, rng=0).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """
    check_probability(p)
    if not training or p == 0:
        return x
    x = as_numbers(x)
    if x.dtype.kind in "iub":
        x = x.astype(float)
    scale = 1 / (1 - p) if p < 1 else 0.0
    mask = (uniform(as_generator(rng), x.shape) >= p) * x.dtype.type(scale)
    return ops.multiply(x, mask)


def check_probability(p: float) -> None:
    """Raise unless `p` is in [0, 1]."""
    if not 0 <= p <= 1:
        raise ArgumentError(f"dropout needs a probability p in [0, 1], got p={p!r}")


def one_hot(
    labels: ArrayLike, classes: int | None = None, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    """Return rows of zeros with a one at the place of the class.

    Parameters
    ----------
    labels : array_like of int
        Any shape: class numbers, from 0.
    classes : int, optional
        How many classes there are. Default: the largest label and one.
    dtype : dtype
        Of the result.

    Returns
    -------
    ndarray
        ``(*labels.shape, classes)``.

    Raises
    ------
    DtypeError
        If the labels are not integers.
    ArgumentError
        If a label is not in ``[0, classes)``.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.functional.one_hot([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    numbers = np.asarray(content_of(labels))
    if numbers.dtype.kind not in "iu":
        raise DtypeError(
            f"one_hot takes integer class numbers, got dtype {numbers.dtype}; use "
            "labels.astype(int)"
        )
    if classes is None:
        classes = int(numbers.max()) + 1 if numbers.size else 0
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < classes):
        raise ArgumentError(
            f"one_hot got labels from {numbers.min()} to {numbers.max()}; they go from 0 to "
            f"{classes - 1} for {classes} classes"
        )
    rows: NDArray[Any] = np.eye(classes, dtype=dtype)[numbers]
    return rows
