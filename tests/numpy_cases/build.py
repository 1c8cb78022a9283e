"""What the cases are made of: arrays without ties or zeros, and `case`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

A = np.array([[0.31, -0.62, 0.93], [1.24, 0.53, -0.11]])
B = np.array([[-0.43, 0.64, 0.27], [0.82, 0.45, 0.71]])
C = np.array([[0.1, 0.2, 0.3], [0.5, 0.6, 0.4]])
V = np.array([0.3, -0.6, 0.9])
S = np.array([[0.4, 0.3, 0.2], [0.1, 0.6, 0.5], [0.9, 0.8, 0.7]])
T3 = np.arange(24.0).reshape(2, 3, 4) / 10 - 1
T4 = np.arange(120.0).reshape(5, 2, 3, 4) / 100 - 0.5
M = A > 0

Case = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def case(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Case:
    return function, args, kwargs


ROUNDING: dict[Callable[..., Any], float] = {
    np.power: 3e-16,  # numpy 2.0 squares by another loop
}
"""Relative errors that are allowed where Values compute in another order than numpy; else none.

Each topic adds its own.
"""
