"""How good a classifier is: the ROC curve, the area under it, accuracy.

The arguments and results follow `sklearn.metrics`. Values are read as the arrays they hold: a
metric is not differentiated.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.value import Value, content_of

__all__ = ["RocCurve", "accuracy", "roc_auc", "roc_curve"]


class RocCurve(NamedTuple):
    """The points of a ROC curve, from (0, 0) to (1, 1); unpacks as ``fpr, tpr, thresholds``.

    Attributes
    ----------
    fpr : ndarray of float64
        False positive rate, ``(n_points,)``: the share of the noise with score >= threshold.
    tpr : ndarray of float64
        True positive rate, ``(n_points,)``: the share of the signal with score >= threshold.
    thresholds : ndarray of float64
        Decreasing, ``(n_points,)``; the first is infinite: nothing is accepted.
    """

    fpr: NDArray[np.float64]
    tpr: NDArray[np.float64]
    thresholds: NDArray[np.float64]


def roc_auc(y_true: ArrayLike | Value, scores: ArrayLike | Value) -> float:
    """Return the area under the ROC curve: P(a signal scores higher than noise), ties one half.

    Parameters
    ----------
    y_true : array_like or Value
        Labels, ``(n_events,)`` or ``(n_events, 1)``: 0 and 1, False and True, or -1 and 1.
    scores : array_like or Value
        Logits, probabilities or any other score, ``(n_events,)`` or ``(n_events, 1)``; only their
        order matters. Infinities are allowed.

    Returns
    -------
    float
        1 for perfect order, 0.5 for scores that know nothing, 0 for reversed order.

    Raises
    ------
    ShapeError
        If there is not one score per label.
    ArgumentError
        If a label is none of the above, all labels are equal, or a score is NaN or not a number.

    Notes
    -----
    The statistic of Mann and Whitney: with the ranks of the scores (equal scores share the mean of
    their ranks), R the sum over the P positive events and N negative ones, the area is
    (R - P(P+1)/2) / (P N). One sort, O(n log n). It is counted in integers, in halves of a rank, so
    that one division is all that rounds.

    References
    ----------
    J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", Radiology 143 (1982) 29-36.

    Examples
    --------
    >>> import autograd_lite as al
    >>> al.metrics.roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    positive, ordered, inverse = by_score(y_true, scores)
    counts = np.bincount(inverse, minlength=ordered.size)
    twice_rank = 2 * np.cumsum(counts) - counts + 1
    n_positive = int(positive.sum())
    n_negative = positive.size - n_positive
    twice_sum = int(twice_rank[inverse[positive]].sum())
    return (twice_sum - n_positive * (n_positive + 1)) / (2 * n_positive * n_negative)


def roc_curve(
    y_true: ArrayLike | Value, scores: ArrayLike | Value, *, drop_intermediate: bool = True
) -> RocCurve:
    """Return the true against the false positive rate as the threshold falls.

    Parameters
    ----------
    y_true : array_like or Value
        Labels, ``(n_events,)`` or ``(n_events, 1)``: 0 and 1, False and True, or -1 and 1.
    scores : array_like or Value
        Logits, probabilities or any other score, ``(n_events,)`` or ``(n_events, 1)``.
    drop_intermediate : bool
        Whether to leave out points where the steps before and after are equal, in the middle of a
        straight line: the curve stays the same.

    Returns
    -------
    RocCurve
        ``fpr, tpr, thresholds``, each ``(n_points,)`` and float64: one point for each distinct
        score, highest first, after the point (0, 0). The area under it by the trapezoidal rule is
        `roc_auc`.

    Raises
    ------
    ShapeError
        If there is not one score per label.
    ArgumentError
        If a label is none of the above, all labels are equal, or a score is NaN or not a number.

    Examples
    --------
    >>> import autograd_lite as al
    >>> fpr, tpr, thresholds = al.metrics.roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> print(fpr, tpr, thresholds)
    [0.  0.  0.5 0.5 1. ] [0.  0.5 0.5 1.  1. ] [ inf 0.8  0.4  0.35 0.1 ]
    """
    positive, ordered, inverse = by_score(y_true, scores)
    true_positives = accepted(inverse[positive], ordered.size)
    false_positives = accepted(inverse[~positive], ordered.size)
    thresholds = ordered[::-1].astype(np.float64)
    if drop_intermediate and ordered.size > 2:
        bends = (np.diff(true_positives, 2) != 0) | (np.diff(false_positives, 2) != 0)
        keep = np.concatenate([[True], bends, [True]])
        true_positives, false_positives = true_positives[keep], false_positives[keep]
        thresholds = thresholds[keep]
    return RocCurve(
        fpr=np.concatenate([[0.0], false_positives / false_positives[-1]]),
        tpr=np.concatenate([[0.0], true_positives / true_positives[-1]]),
        thresholds=np.concatenate([[np.inf], thresholds]),
    )


def accuracy(y_true: ArrayLike | Value, predictions: ArrayLike | Value) -> float:
    """Return the share of predicted labels that are right.

    Parameters
    ----------
    y_true : array_like or Value
        Labels, ``(n_events,)`` or ``(n_events, 1)``: whole numbers or booleans.
    predictions : array_like or Value
        Predicted labels, ``(n_events,)`` or ``(n_events, 1)``: ``probabilities > 0.5``,
        ``logits > 0`` or, with several classes, ``logits.argmax(axis=1)``.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ShapeError
        If there is not one prediction per label.
    ArgumentError
        If there are no events, or a label or a prediction is not a whole number: probabilities are
        not rounded here.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> probabilities = np.array([0.2, 0.7, 0.6, 0.1])
    >>> al.metrics.accuracy([0, 1, 0, 0], probabilities > 0.5)
    0.75
    """
    labels, predicted = as_pair(y_true, predictions, "predictions")
    for name, array in (("y_true", labels), ("predictions", predicted)):
        # isfinite too: infinity is equal to its own rounding.
        if not np.all(np.isfinite(array) & (array == np.rint(array))):
            raise ArgumentError(
                f"{name} must be labels, whole numbers or booleans; received other numbers; make "
                "labels first: probabilities > 0.5, or logits.argmax(axis=1)"
            )
    return float(np.mean(labels == predicted))


def by_score(
    y_true: ArrayLike | Value, scores: ArrayLike | Value
) -> tuple[NDArray[np.bool_], NDArray[Any], NDArray[np.intp]]:
    """Return who is positive, the distinct scores in rising order, and each event's place there."""
    labels, ranked = as_pair(y_true, scores, "scores")
    if np.isnan(ranked).any():
        raise ArgumentError(
            f"scores must be numbers; received {int(np.isnan(ranked).sum())} NaN among "
            f"{ranked.size}; a diverged training is a frequent cause: try a smaller learning rate"
        )
    ordered, inverse = np.unique(ranked, return_inverse=True)
    return is_positive(labels), ordered, inverse


def is_positive(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which labels are 1, after checking that they are two classes in a usual coding."""
    found = np.unique(labels)
    if not (np.isin(found, [0, 1]).all() or np.isin(found, [-1, 1]).all()):
        raise ArgumentError(
            f"y_true must hold two classes, coded 0 and 1 or -1 and 1; received {found[:5]}; "
            "compare with the class that counts as signal: y_true == label"
        )
    if found.size < 2:
        raise ArgumentError(
            f"y_true must hold both classes; received {labels.size} labels, all equal to "
            f"{found[0]}; an ROC curve needs signal and noise: split the data with stratify=y"
        )
    return np.asarray(labels == 1)


def accepted(places: NDArray[np.intp], n_scores: int) -> NDArray[np.intp]:
    """Return how many events lie at or above each score, ``(n_scores,)``, highest score first."""
    return np.cumsum(np.bincount(places, minlength=n_scores)[::-1])


def as_pair(
    y_true: ArrayLike | Value, other: ArrayLike | Value, name: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as vectors of one length, not empty."""
    labels, column = as_vector(y_true, "y_true"), as_vector(other, name)
    if labels.size != column.size:
        raise ShapeError(
            f"y_true and {name} must have one entry per event; received {labels.size} and "
            f"{column.size}"
        )
    if labels.size == 0:
        raise ArgumentError(f"y_true and {name} are empty; pass at least one event")
    return labels, column


def as_vector(x: ArrayLike | Value, name: str) -> NDArray[Any]:
    """Return the array, or the array in a Value, of shape ``(n,)`` or ``(n, 1)`` as ``(n,)``."""
    array = np.asarray(content_of(x))
    if array.ndim != 1 and not (array.ndim == 2 and array.shape[1] == 1):
        raise ShapeError(
            f"{name} must have shape (n_events,) or (n_events, 1); received {array.shape}"
        )
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"{name} must be real numbers or booleans; received {array.dtype}")
    return array.ravel()
