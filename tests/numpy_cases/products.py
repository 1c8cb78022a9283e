"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, T3, T4, A, Case, S, V, case

CASES: list[Case] = [
    case(np.matmul, A, S),
    case(np.matmul, A, V),
    case(np.matmul, T3, T4.swapaxes(2, 3)),
    *(
        case(np.dot, a, b)
        for a, b in (
            (np.float64(2), np.float64(3)),
            (np.float64(2), A),
            (A, 2.0),
            (V, V),
            (A, V),
            (V, S),
            (A, S),
            (T3, T3[0].T),
            (T3, np.ones(4)),
            (V, T3),
            (A, T3),
            (T3, np.ones((2, 4, 3))),
            (T4, np.ones((3, 4, 2))),
            (V, T4.reshape(5, 2, 3, 4)),
            (A, A.T),
            (np.ones((2, 0)), np.ones((3, 0, 4))),
            (np.ones((2, 3)), np.ones((0, 3, 4))),
        )
    ),
]

ROUNDING[np.dot] = 1e-13
