"""Functions that choose elements."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import A, B, C, Case, M, V, case

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
]

if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # which gave these arguments their names
    CASES += [
        case(np.clip, A, min=0.1),
        case(np.clip, A, max=0.4),
        case(np.clip, A, min=0.1, max=0.4),
    ]
