"""Functions that make arrays of ends, weights and functions."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, T3, A, B, C, Case, V, case

CASES: list[Case] = [
    case(np.linspace, np.float64(0.3), np.float64(1.7)),
    case(np.linspace, np.float64(0.3), 2.0, 5),
    case(np.linspace, 1.0, np.float64(0.3), num=4, endpoint=False),
    case(np.linspace, np.float64(0.3), np.float64(1.7), 4, True, True),
    case(np.linspace, A, 1.0, 3),
    case(np.linspace, A, V, 3, axis=-1),
    case(np.linspace, 0.0, A, 3, axis=1),
    case(np.linspace, V, 2.0, 2, retstep=True),
    case(np.linspace, V, 2.0, 1),
    case(np.linspace, V, 2.0, 0),
    case(np.linspace, 0.0, A, 2, dtype=np.float64),
    case(np.logspace, np.float64(0.3), np.float64(1.7), 5),
    case(np.logspace, V, 2.0, 4, base=3.0),
    case(np.logspace, 0.0, 2.0, 4, False, np.float64(2.5)),
    case(np.logspace, V, 1.0, 4, base=C[0]),
    case(np.logspace, V, 1.0, 4, axis=1),
    case(np.geomspace, np.float64(0.3), np.float64(1.7), 5),
    case(np.geomspace, C, 2.0, 4, endpoint=False),
    case(np.geomspace, -C, -2.0, 4, axis=-1),
    case(np.bincount, np.array([0, 2, 2]), V),
    case(np.bincount, np.array([0, 2, 2]), weights=V, minlength=5),
    case(np.histogram, [0.1, 0.9, 0.5], weights=V),
    case(np.histogram, [0.1, 0.9, 0.5], 4, (0.2, 0.9), weights=V),
    case(np.histogram, [0.1, 0.9, 0.5], [0.0, 0.5, 1.0], None, None, V),
    case(np.histogram, [[0.1, 0.9, 0.5], [0.2, 0.3, 2.0]], 3, weights=C),
    case(np.histogram, [0.1, 0.9, 0.5], 2, density=True, weights=C[0]),
    case(np.apply_along_axis, np.sum, 0, A),
    case(np.apply_along_axis, np.cumsum, 0, A),
    case(np.apply_along_axis, np.cumsum, 0, V),
    case(np.apply_along_axis, lambda row, v: np.expand_dims(row, -1) * v, 1, T3, V),
    case(np.apply_along_axis, lambda row, scale: row[1:] * scale, -1, A, 2.0),
    case(np.apply_over_axes, np.sum, T3, [0, -1]),
    case(np.apply_over_axes, np.cumsum, A, 1),
    case(np.apply_over_axes, np.max, T3, 1),
    case(np.piecewise, A, [A < 0, A > 0.6], [np.negative, np.square]),
    case(np.piecewise, A, [A < 0, A < 0.6], [np.sin, 3.0, lambda x: x**2]),
    case(np.piecewise, B, [B > 5], [np.sin, lambda x: x * 2.0]),
    case(np.piecewise, np.float64(0.3), [True], [np.sin]),
]

ROUNDING[np.logspace] = ROUNDING[np.geomspace] = 1e-14
ROUNDING[np.histogram] = 1e-15
