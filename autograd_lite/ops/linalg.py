"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.primitive import primitive

__all__ = [
    "matmul",
]


def matmul_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g @ y.T``; the driver sums over broadcast batches.

    `x` is ``(..., n, k)`` or ``(k,)``, `y` is ``(..., k, m)`` or ``(k,)``.
    """
    if y.ndim == 1:
        return np.expand_dims(g, -1) * y
    if x.ndim == 1:
        return np.squeeze(y @ np.expand_dims(g, -1), axis=-1)
    return g @ np.swapaxes(y, -1, -2)


def matmul_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``x.T @ g``; the driver sums over broadcast batches.

    `x` is ``(..., n, k)`` or ``(k,)``, `y` is ``(..., k, m)`` or ``(k,)``.
    """
    if x.ndim == 1:
        return x * g if y.ndim == 1 else np.expand_dims(x, -1) * np.expand_dims(g, -2)
    if y.ndim == 1:
        return np.squeeze(np.swapaxes(x, -1, -2) @ np.expand_dims(g, -1), axis=-1)
    return np.swapaxes(x, -1, -2) @ g


matmul = primitive(np.matmul, matmul_vjp_x, matmul_vjp_y)
