"""The operations of neural networks: activations, the linear layer, and fused losses.

A fused operation is one node with one rule where its parts would be several: faster, and stable
where the parts overflow.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from autograd_lite.ops.masking import zero_where
from autograd_lite.primitive import primitive

__all__ = [
    "bce_with_logits",
    "cross_entropy",
    "linear",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
]

REDUCTIONS = ("mean", "sum", "none")


def sigmoid_forward(x: Any) -> Any:
    """Compute ``1 / (1 + exp(-x))`` without overflow: exp sees no positive (real part of an) x."""
    right = x >= 0.0  # of complex numbers, numpy compares the real parts first
    small = np.exp(np.where(right, -x, x) if np.iscomplexobj(x) else -np.abs(x))
    return np.where(right, 1.0, small) / (1.0 + small)


def softplus_forward(x: Any) -> Any:
    """Compute ``log(1 + exp(x))`` without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def below_zero(x: Any, axis: Any) -> Any:
    """Return `x` less its largest (real part) along `axis`: exp of it does not overflow."""
    return x - np.max(np.real(x), axis=axis, keepdims=True)


def softmax_forward(x: Any, *, axis: Any = -1) -> Any:
    """Compute ``exp(x) / sum(exp(x))`` along `axis` without overflow."""
    unscaled = np.exp(below_zero(x, axis))
    return unscaled / np.sum(unscaled, axis=axis, keepdims=True)


def softmax_vjp(g: Any, out: Any, x: Any, *, axis: Any = -1) -> Any:
    """Return ``out (g - sum(g out))``."""
    return out * (g - np.sum(g * out, axis=axis, keepdims=True))


def log_softmax_forward(x: Any, *, axis: Any = -1) -> Any:
    """Compute ``x - log(sum(exp(x)))`` along `axis` without overflow."""
    shifted = below_zero(x, axis)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def log_softmax_vjp(g: Any, out: Any, x: Any, *, axis: Any = -1) -> Any:
    """Return ``g - softmax(x) sum(g)``."""
    return g - np.exp(out) * np.sum(g, axis=axis, keepdims=True)


def linear_forward(x: Any, weight: Any, bias: Any) -> Any:
    """Compute ``x @ weight.T + bias``: x ``(..., in)``, weight ``(out, in)``, bias ``(out,)``."""
    out = times_matrix(x, weight.T)
    if out.dtype is bias.dtype:
        out += bias  # in place: one array of the batch's size less
        return out
    return out + bias


def times_matrix(x: Any, matrix: Any) -> Any:
    """Return ``x @ matrix``: of two matrices by the method, which takes less time."""
    return x.dot(matrix) if x.ndim == 2 else x @ matrix


def linear_vjp_x(g: Any, out: Any, x: Any, weight: Any, bias: Any) -> Any:
    """Return ``g @ weight``."""
    return times_matrix(g, weight)


def linear_vjp_weight(g: Any, out: Any, x: Any, weight: Any, bias: Any) -> Any:
    """Return ``g.T @ x``, summed over the batch."""
    return as_rows(g).T.dot(as_rows(x))


def linear_vjp_bias(g: Any, out: Any, x: Any, weight: Any, bias: Any) -> Any:
    """Return `g` summed over the batch: as a product with ones, 3 times faster than np.sum."""
    rows = as_rows(g)
    ones = np.empty(rows.shape[0], rows.dtype)
    ones.fill(1.0)  # np.ones takes three times as long, 2 µs
    return rows.T.dot(ones)


def as_rows(x: Any) -> Any:
    """Return an array ``(..., n)`` as a matrix ``(batch, n)``."""
    return x if x.ndim == 2 else np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def reduced(losses: Any, reduction: str) -> Any:
    """Return the mean or the sum of losses, or the losses."""
    if reduction == "mean":
        return mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction == "none":
        return losses
    raise ArgumentError(f"reduction is one of {', '.join(REDUCTIONS)}; got {reduction!r}")


def mean(losses: Any) -> Any:
    """Return np.mean: of large floats in a third of its time, 3 µs, which small networks notice."""
    if type(losses) is not np.ndarray or losses.dtype.itemsize < 4:
        return np.mean(losses)  # which adds up float16 as float32
    return np.add.reduce(losses, axis=None) / losses.size


def per_loss(g: Any, count: int, reduction: str) -> Any:
    """Return the gradient of each of `count` losses, given that of the reduced loss."""
    return g / count if reduction == "mean" else g


def bce_with_logits_forward(logits: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """Compute ``max(z, 0) - z t + log(1 + exp(-|z|))``: the cross-entropy of sigmoid(z)."""
    if np.shape(logits) != np.shape(targets):
        raise ShapeError(
            "bce_with_logits takes logits and targets of one shape, got "
            f"{np.shape(logits)} and {np.shape(targets)}; reshape one of them"
        )
    losses = np.maximum(logits, 0.0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return reduced(losses, reduction)


def bce_with_logits_vjp_logits(
    g: Any, out: Any, logits: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """Return ``g (sigmoid(z) - t)``, over the number of losses for their mean."""
    return per_loss(g, logits.size, reduction) * (sigmoid(logits) - targets)


def bce_with_logits_vjp_targets(
    g: Any, out: Any, logits: Any, targets: Any, *, reduction: str = "mean"
) -> Any:
    """Return ``-g z``, over the number of losses for their mean."""
    return per_loss(g, logits.size, reduction) * -logits


def cross_entropy_forward(logits: Any, labels: Any, *, reduction: str = "mean") -> Any:
    """Compute ``logsumexp(z) - z[label]``: logits ``(n, classes)``, labels ``(n,)`` integers."""
    check_labels(logits, labels)
    losses = -log_softmax_forward(logits)[np.arange(len(labels)), labels]
    return reduced(losses, reduction)


def cross_entropy_vjp(
    g: Any, out: Any, logits: Any, labels: Any, *, reduction: str = "mean"
) -> Any:
    """Return ``g (softmax(z) - onehot(label))``, over the number of losses for their mean."""
    is_label = np.reshape(labels, (-1, 1)) == np.arange(logits.shape[1])
    weight = np.reshape(per_loss(g, len(labels), reduction), (-1, 1))
    return weight * (softmax(logits, axis=1) - is_label.astype(logits.dtype))


def check_labels(logits: Any, labels: Any) -> None:
    """Raise unless labels are class numbers, one for each row of logits."""
    if labels.dtype.kind not in "iu":
        raise DtypeError(
            f"cross_entropy takes integer class numbers as labels, got dtype {labels.dtype}; use "
            "labels.astype(int)"
        )
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ShapeError(
            f"cross_entropy takes logits (n, classes) and labels (n,), got {logits.shape} and "
            f"{labels.shape}"
        )
    classes = logits.shape[1]
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise ArgumentError(
            f"cross_entropy got labels from {labels.min()} to {labels.max()}; they go from 0 to "
            f"{classes - 1} for {classes} classes"
        )


relu = primitive(
    lambda x: np.maximum(x, 0.0),
    lambda g, out, x: zero_where(out <= 0.0, g),
    name="relu",
    kinks="0 at 0; passes to nan",
    real_only=True,
)
sigmoid = primitive(sigmoid_forward, lambda g, out, x: g * (out * (1.0 - out)), name="sigmoid")
softplus = primitive(
    softplus_forward, lambda g, out, x: g * sigmoid(x), name="softplus", real_only=True
)
softmax = primitive(softmax_forward, softmax_vjp, name="softmax")
log_softmax = primitive(log_softmax_forward, log_softmax_vjp, name="log_softmax")
linear = primitive(linear_forward, linear_vjp_x, linear_vjp_weight, linear_vjp_bias, name="linear")
bce_with_logits = primitive(
    bce_with_logits_forward,
    bce_with_logits_vjp_logits,
    bce_with_logits_vjp_targets,
    name="bce_with_logits",
    real_only=True,
)
cross_entropy = primitive(
    cross_entropy_forward, cross_entropy_vjp, None, name="cross_entropy", real_only=True
)
