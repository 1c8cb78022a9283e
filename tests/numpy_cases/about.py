"""Functions that tell of an array."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import A, Case, case

CASES: list[Case] = [
    case(np.shape, A),
    case(np.ndim, A),
    case(np.size, A),
    case(np.size, A, 1),
    case(np.size, A, axis=0),
    case(np.iscomplexobj, A),
    case(np.isrealobj, A),
    case(np.allclose, A, A + 1e-9, atol=1e-6),
]
