"""Functions that choose elements."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import T3, A, B, C, Case, M, S, V, case

N = np.array([[0, 1, 2], [2, 1, 0]])
NUMPY = np.lib.NumpyVersion(np.__version__)

CASES: list[Case] = [
    case(np.where, M, A, B),
    case(np.where, A, B, 0.0),
    case(np.where, M, 1.0, A),
    case(np.where, A[:, :1] > 0, V, 2.0),
    case(np.where, A),
    case(np.where, M),
    case(np.nonzero, A),
    case(np.clip, A, -0.2, 0.4),
    case(np.clip, A, None, 0.4),
    case(np.clip, A, 0.1, None),
    case(np.clip, A, a_min=0.1, a_max=0.4),
    case(np.clip, A, a_min=0.1, a_max=None),
    case(np.clip, A, B, C),
    case(np.clip, A, 1.0, B),
    case(np.full_like, A, 2.0),
    case(np.full_like, A, np.float64(2.0)),
    case(np.clip, np.array([1, 5]), None, 3),
    case(np.flatnonzero, M),
    case(np.argwhere, A),
    case(np.choose, N, [A, B, C[:1], 7.0]),
    case(np.choose, N + 2, (A, B, C), mode="clip"),
    case(np.choose, N - 3, [A, B, C], mode="wrap"),
    case(np.choose, np.array([0, 1, 0]), S[:2]),
    case(np.choose, 1, [V, 2 * V]),
    case(np.select, [M, A < -0.2], [A, B]),
    case(np.select, [M, A < -0.2], [A, B], 1.1),
    case(np.select, [M, M], [A, 2.0], default=V),
    case(np.select, [V > 0], [A]),
    case(np.take, A, 4),
    case(np.take, A, [[0, 1], [5, 0]]),
    case(np.take, A, np.array([0, 0, -1]), 1),
    case(np.take, A, 1, axis=0),
    case(np.take, T3, [[0, 1], [2, 0]], axis=1),
    case(np.take, A, indices=[7, -9], mode="wrap"),
    case(np.take, A, [7, -9], axis=-1, mode="clip"),
    case(np.take, A, np.arange(0), 1),
    case(np.take_along_axis, A, np.argsort(A, 1), 1),
    case(np.take_along_axis, A, np.array([[0, 0, -1, 2]]), axis=1),
    case(np.take_along_axis, A, np.array([[0, 1, 0]]), axis=0),
    case(np.take_along_axis, A, np.array([5, 0]), axis=None),
    case(np.compress, [False, True], A, 0),
    case(np.compress, M[0], A, axis=1),
    case(np.compress, [True, False, True], A),
    case(np.compress, [True], V, axis=-1),
    case(np.extract, M, A),
    case(np.extract, [True, False, True], V),
    case(np.sort, A),
    case(np.sort, A, 0),
    case(np.sort, A, axis=None),
    case(np.sort, T3[:, ::-1], axis=1, kind="stable"),
    case(np.sort, V, stable=True),
    case(np.sort_complex, A),
    case(np.sort_complex, A * (1 + 1j)),
    case(np.partition, V, 1),
    case(np.partition, A, kth=(0, 1, 2)),
    case(np.partition, A.T, [1], axis=0),
    case(np.argpartition, A, 1),
    case(np.argpartition, A, 0, axis=None),
    case(np.argsort, A, kind="stable"),
    case(np.argsort, A, stable=True),
    case(np.lexsort, (A, B)),
    case(np.lexsort, A),
    case(np.lexsort, (A, B), axis=0),
    case(np.searchsorted, V[[1, 0, 2]], A),
    case(np.searchsorted, V[[1, 0, 2]], 0.3, side="right"),
    case(np.searchsorted, V, A, "left", np.array([1, 0, 2])),
    case(np.digitize, A, [0.0, 0.5, 1.0]),
    case(np.digitize, A, V[[1, 0, 2]], right=True),
]

if NUMPY >= "2.1.0":  # which gave these arguments their names
    CASES += [
        case(np.clip, A, min=0.1),
        case(np.clip, A, max=0.4),
        case(np.clip, A, min=0.1, max=0.4),
    ]
