"""Diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import stands_for

__all__ = [
    "diagonal",
    "trace",
]


@stands_for(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of two axes as the last axis."""
    matrices = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = matrices.shape[-2:]
    places = np.diagonal(np.arange(rows * columns).reshape(rows, columns), offset)
    return np.reshape(matrices, (*matrices.shape[:-2], rows * columns))[..., places]


@stands_for(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum along the diagonal of two axes."""
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)
