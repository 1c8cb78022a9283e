"""Sums of weights by bin: bincount and histogram, whose derivative is that of the weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import DtypeError, NoGradientRuleError, ShapeError
from autograd_lite.ops.index import plain_index, scatter_add
from autograd_lite.primitive import stands_for
from autograd_lite.value import Value, content_of

__all__ = ["bincount", "histogram"]


@stands_for(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Return the sum of the weights of each whole number in `x`, or how often it occurs.

    The sums have the dtype of the weights: float32 stays float32, where numpy has float64.
    """
    places = plain_index(x)
    if weights is None:
        return np.bincount(places, minlength=minlength)
    if np.iscomplexobj(weights):
        raise DtypeError(
            "np.bincount takes real weights, got complex ones; count np.real and np.imag of them"
        )
    if np.shape(weights) != np.shape(places):
        raise ShapeError(
            f"np.bincount takes one weight for each number, got weights of shape "
            f"{np.shape(weights)} for {np.shape(places)}"
        )
    return sums_at(places, weights, np.bincount(places, minlength=minlength).size)


def sums_at(places: Any, weights: Any, length: int) -> Any:
    """Return the sum of the weights at each place."""
    return scatter_add(weights, index=np.asarray(places), shape=(length,))


@stands_for(np.histogram)
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Any, Any]:
    """Return the sum of the weights in each bin, and the edges of the bins.

    The last bin includes both of its edges. The counts jump where an event crosses an edge, so
    `a` and the edges must be constants.
    """
    for name, argument in (("a", a), ("bins", bins)):
        if type(argument) is Value and argument.requires_grad:
            raise NoGradientRuleError(
                f"np.histogram counts, and has no derivative with respect to {name}; use "
                f"{name}.data for constants, or a smooth estimate such as a sum of Gaussians"
            )
    events, weights = np.ravel(content_of(a)), np.ravel(weights)
    edges = np.histogram_bin_edges(events, content_of(bins), range)
    inside = (events >= edges[0]) & (events <= edges[-1])
    places = np.searchsorted(edges, events[inside], side="right") - 1
    count = len(edges) - 1
    sums = sums_at(np.minimum(places, count - 1), weights[inside], count)
    return (sums / (np.diff(edges) * np.sum(sums)) if density else sums), edges
