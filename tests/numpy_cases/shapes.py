"""Functions that move elements."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import T3, A, B, Case, V, case

CASES: list[Case] = [
    case(np.reshape, A, (3, 2)),
    case(np.reshape, A, -1),
    case(np.reshape, A, (3, 2), "C"),
    case(np.ravel, A),
    case(np.ravel, A, "C"),
    case(np.transpose, A),
    case(np.transpose, A, (1, 0)),
    case(np.transpose, T3, [2, 0, 1]),
    case(np.transpose, T3, axes=(-1, 0, 1)),
    case(np.swapaxes, T3, 0, 2),
    case(np.swapaxes, T3, axis1=-1, axis2=1),
    case(np.moveaxis, T3, 0, -1),
    case(np.moveaxis, T3, (0, 1), (1, 2)),
    case(np.moveaxis, T3, source=0, destination=1),
    case(np.expand_dims, A, 1),
    case(np.expand_dims, A, axis=(0, 2)),
    case(np.squeeze, A.reshape(1, 6)),
    case(np.squeeze, A.reshape(1, 6, 1), 0),
    case(np.squeeze, A.reshape(1, 6, 1), axis=(0, 2)),
    case(np.broadcast_to, V, (2, 3)),
    case(np.broadcast_to, V, shape=(4, 3)),
    case(np.broadcast_to, np.float64(2), 3),
    case(np.flip, A),
    case(np.flip, A, 0),
    case(np.flip, A, axis=(0, 1)),
    case(np.atleast_2d, V),
    case(np.atleast_2d, A),
    case(np.atleast_2d, np.float64(2)),
    case(np.concatenate, [A, B]),
    case(np.concatenate, (A, B), 1),
    case(np.concatenate, (A, V), axis=None),
    case(np.stack, [A, B]),
    case(np.stack, (A, B), 1),
    case(np.stack, (A, B), axis=-1),
    case(np.vstack, [A, V]),
    case(np.vstack, [V, V]),
    case(np.vstack, [np.float64(1), np.float64(2)]),
    case(np.hstack, [A, B]),
    case(np.hstack, [V, V]),
    case(np.hstack, [np.float64(1), V]),
    case(np.split, A, 3, 1),
    case(np.split, A, 2),
    case(np.split, V, [1, 2]),
    case(np.split, V, [2, 1, -1]),
    case(np.split, V, [0, 5]),
    case(np.split, A, [1], axis=-1),
    case(np.diagonal, A),
    case(np.diagonal, A, 1),
    case(np.diagonal, A, -1),
    case(np.diagonal, A, 5),
    case(np.diagonal, T3, 0, 1, 2),
    case(np.diagonal, T3, offset=1, axis1=2, axis2=0),
    case(np.trace, A),
    case(np.trace, A, 1),
    case(np.trace, T3, 0, 1, 2),
    case(np.trace, T3, axis1=-1, axis2=0),
]

if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # which named this argument
    CASES += [case(np.reshape, A, shape=(6, 1))]
