"""Losses: how far outputs are from targets, as functions and as modules.

Outputs and targets have the same shape. They are never broadcast: ``(n, 1)`` against ``(n,)`` would
become ``(n, n)`` and train on nonsense. Targets may be integers or booleans; they are converted to
the dtype of the outputs, so that a float32 network has a float32 loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from autograd_lite import ops
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn.module import Module
from autograd_lite.ops.neural import REDUCTIONS, check_labels, reduced
from autograd_lite.value import Value, check_content, data_of

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "L1Loss",
    "MSELoss",
    "NLLLoss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "l1_loss",
    "mse_loss",
    "nll_loss",
]

LOWEST_LOG = -100.0
LOWEST_PROBABILITY = math.exp(LOWEST_LOG)


def mse_loss(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Compute the squared error ``(output - target)²``.

    Parameters
    ----------
    outputs : Value or array
        Any shape.
    targets : array_like or Value
        The same shape.
    reduction : {"mean", "sum", "none"}
        What to make of the losses: their mean over all elements, their sum, or nothing.

    Returns
    -------
    Value or array
        One number, or the shape of `outputs` with ``reduction="none"``; the dtype of `outputs`.

    Raises
    ------
    ShapeError
        If the shapes differ, or there is nothing to take a mean of.
    ArgumentError
        If `reduction` is something else.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.functional.mse_loss(al.Value([1.0, 2.0]), [1, 4]).item()
    2.0
    """
    outputs, targets = as_pair("mse_loss", outputs, targets)
    return reduced(ops.square(outputs - targets), reduction)


def l1_loss(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Compute the absolute error ``|output - target|``; its derivative is 0 where it is 0.

    Parameters
    ----------
    outputs, targets, reduction
        See `mse_loss`.

    Returns
    -------
    Value or array
        See `mse_loss`.

    Raises
    ------
    ShapeError, ArgumentError
        See `mse_loss`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.functional.l1_loss(al.Value([1.0, 2.0]), [1, 4]).item()
    1.0
    """
    outputs, targets = as_pair("l1_loss", outputs, targets)
    return reduced(ops.absolute(outputs - targets), reduction)


def binary_cross_entropy(probabilities: Any, targets: Any, reduction: str = "mean") -> Any:
    """Compute ``-t log(p) - (1 - t) log(1 - p)``: for outputs of a sigmoid.

    Logarithms are at least -100, as in PyTorch, so that a wrong certainty costs 100 and not
    infinity; their derivative is 0 there. `binary_cross_entropy_with_logits` needs no such limit:
    prefer it for training.

    Parameters
    ----------
    probabilities : Value or array
        Any shape, each in [0, 1].
    targets : array_like or Value
        The same shape; 0 and 1, or probabilities.
    reduction : {"mean", "sum", "none"}
        See `mse_loss`.

    Returns
    -------
    Value or array
        See `mse_loss`.

    Raises
    ------
    ArgumentError
        If a probability is NaN or outside [0, 1].
    ShapeError
        See `mse_loss`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> loss = al.nn.functional.binary_cross_entropy
    >>> loss(al.Value([0.5, 0.0]), [1, 1], reduction="none").data.round(4).tolist()
    [0.6931, 100.0]
    """
    p, t = as_pair("binary_cross_entropy", probabilities, targets)
    check_content(check_probabilities, p)
    return reduced(-(t * log_of_probability(p) + (1 - t) * log_of_complement(p)), reduction)


def binary_cross_entropy_with_logits(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    """Compute the binary cross-entropy of ``sigmoid(logits)``, in a form that cannot overflow.

    It is ``max(z, 0) - z t + log(1 + exp(-|z|))``, one node in the graph.

    Parameters
    ----------
    logits : Value or array
        Any shape: the outputs of the last linear layer.
    targets : array_like or Value
        The same shape; 0 and 1, or probabilities.
    reduction : {"mean", "sum", "none"}
        See `mse_loss`.

    Returns
    -------
    Value or array
        See `mse_loss`.

    Raises
    ------
    ShapeError, ArgumentError
        See `mse_loss`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> loss = al.nn.functional.binary_cross_entropy_with_logits
    >>> loss(al.Value([0.0, 1000.0]), [1, 0], reduction="none").data.round(4).tolist()
    [0.6931, 1000.0]
    """
    logits, targets = as_pair("binary_cross_entropy_with_logits", logits, targets)
    return ops.bce_with_logits(logits, targets, reduction=reduction)


def cross_entropy(logits: Any, labels: Any, reduction: str = "mean") -> Any:
    """Compute the cross-entropy of ``softmax(logits)``: ``logsumexp(z) - z[label]``.

    Parameters
    ----------
    logits : Value or array
        ``(n, classes)``: the outputs of the last linear layer.
    labels : array_like
        ``(n,)``: integer class numbers, from 0.
    reduction : {"mean", "sum", "none"}
        See `mse_loss`.

    Returns
    -------
    Value or array
        One number, or ``(n,)`` with ``reduction="none"``; the dtype of `logits`.

    Raises
    ------
    ShapeError
        If the shapes are others, or there is nothing to take a mean of.
    DtypeError
        If the labels are not integers.
    ArgumentError
        If a label is not a class number, or `reduction` is something else.

    Examples
    --------
    >>> import autograd_lite as al
    >>> logits = al.Value([[0.0, 0.0], [1000.0, 0.0]])
    >>> al.nn.functional.cross_entropy(logits, [0, 1], reduction="none").data.round(4).tolist()
    [0.6931, 1000.0]
    """
    logits = as_numbers(logits)
    check_not_empty("cross_entropy", logits)
    return ops.cross_entropy(logits, as_numbers(labels), reduction=reduction)


def nll_loss(log_probabilities: Any, labels: Any, reduction: str = "mean") -> Any:
    """Pick out the negative log-probabilities of the labels: for outputs of a `LogSoftmax`.

    Parameters
    ----------
    log_probabilities : Value or array
        ``(n, classes)``.
    labels : array_like
        ``(n,)``: integer class numbers, from 0.
    reduction : {"mean", "sum", "none"}
        See `mse_loss`.

    Returns
    -------
    Value or array
        One number, or ``(n,)`` with ``reduction="none"``.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        See `cross_entropy`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.nn.functional.nll_loss(al.Value([[-0.5, -2.0]]), [1]).item()
    2.0
    """
    log_probabilities, labels = as_numbers(log_probabilities), as_numbers(labels)
    check_not_empty("nll_loss", log_probabilities)
    check_content(check_labels, log_probabilities, labels)
    return reduced(-log_probabilities[np.arange(len(labels)), labels], reduction)


# As modules


class Loss(Module):
    """A loss function with its reduction.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What to make of the losses: their mean, their sum, or nothing.

    Raises
    ------
    ArgumentError
        If `reduction` is something else.
    """

    function: ClassVar[Callable[..., Any]]

    def __init__(self, reduction: str = "mean") -> None:
        if reduction not in REDUCTIONS:
            raise ArgumentError(f"reduction is one of {', '.join(REDUCTIONS)}; got {reduction!r}")
        self.reduction = reduction

    def forward(self, outputs: Any, targets: Any) -> Any:
        """Compute the loss.

        Parameters
        ----------
        outputs, targets
            What the function of the same name takes.

        Returns
        -------
        Value or array
            What the function returns.
        """
        return type(self).function(outputs, targets, self.reduction)

    def extra_repr(self) -> str:
        """Return the reduction."""
        return f"reduction={self.reduction!r}"


class MSELoss(Loss):
    """The squared error: `mse_loss` as a module."""

    function = staticmethod(mse_loss)


class L1Loss(Loss):
    """The absolute error: `l1_loss` as a module."""

    function = staticmethod(l1_loss)


class BCELoss(Loss):
    """The cross-entropy of probabilities: `binary_cross_entropy` as a module."""

    function = staticmethod(binary_cross_entropy)


class BCEWithLogitsLoss(Loss):
    """The cross-entropy of a sigmoid: `binary_cross_entropy_with_logits` as a module.

    Examples
    --------
    >>> import autograd_lite as al
    >>> loss = al.nn.BCEWithLogitsLoss(reduction="sum")
    >>> loss(al.Value([[0.0], [0.0]]), [[0], [1]]).data.round(4).item()
    1.3863
    """

    function = staticmethod(binary_cross_entropy_with_logits)


class CrossEntropyLoss(Loss):
    """The cross-entropy of a softmax: `cross_entropy` as a module."""

    function = staticmethod(cross_entropy)


class NLLLoss(Loss):
    """The negative log-likelihood: `nll_loss` as a module."""

    function = staticmethod(nll_loss)


# Arguments


def as_numbers(x: Any) -> Any:
    """Return a Value or an array as it is, anything else as an array."""
    if type(x) is Value or type(x) is np.ndarray:  # the usual types, without isinstance
        return x
    return x if isinstance(x, np.generic) else np.asarray(x)


def as_pair(function: str, outputs: Any, targets: Any) -> tuple[Any, Any]:
    """Return outputs and targets of the same shape and dtype, or raise."""
    outputs, targets = as_numbers(outputs), as_numbers(targets)
    x, y = data_of(outputs), data_of(targets)  # their attributes, past the properties of Value
    if x.shape != y.shape:
        raise ShapeError(
            f"{function} got outputs of shape {x.shape} and targets of shape {y.shape}; they must "
            f"be equal, nothing is broadcast: {remedy(x, y)}"
        )
    check_not_empty(function, x)
    if y.dtype != x.dtype and x.dtype.kind == "f":
        targets = targets.astype(x.dtype)
    return outputs, targets


def remedy(outputs: Any, targets: Any) -> str:
    """Return what to do about targets of another shape than the outputs."""
    if outputs.shape == (*targets.shape, 1):
        return "use targets.reshape(-1, 1), or outputs.squeeze(-1)"
    if targets.shape == (*outputs.shape, 1):
        return "use targets.squeeze(-1), or outputs.reshape(-1, 1)"
    if outputs.size == targets.size:
        return f"use targets.reshape({outputs.shape})"
    return "check that both belong to the same batch"


def check_not_empty(function: str, outputs: Any) -> None:
    """Raise if there is nothing to take the mean of."""
    if not outputs.size:
        raise ShapeError(
            f"{function} got outputs of shape {outputs.shape}: there is no loss of an empty batch; "
            "leave such batches out"
        )


def check_probabilities(p: Any) -> None:
    """Raise unless all numbers are in [0, 1]."""
    if not ((p >= 0) & (p <= 1)).all():
        raise ArgumentError(
            f"binary_cross_entropy takes probabilities in [0, 1], got values from {p.min()} to "
            f"{p.max()}; apply a sigmoid, or use binary_cross_entropy_with_logits"
        )


def log_of_probability(p: Any) -> Any:
    """Compute ``max(log(p), -100)``, without the logarithm of 0 being taken anywhere."""
    possible = p > LOWEST_PROBABILITY
    return ops.where(possible, ops.log(ops.where(possible, p, 1.0)), LOWEST_LOG)


def log_of_complement(p: Any) -> Any:
    """Compute ``max(log(1 - p), -100)``, in the same way, and exactly for small `p`."""
    possible = p < 1
    return ops.where(possible, ops.log1p(-ops.where(possible, p, 0.0)), LOWEST_LOG)
