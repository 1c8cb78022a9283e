"""Functions that tell of an array."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import A, B, Case, V, case

CASES: list[Case] = [
    case(np.shape, A),
    case(np.diag_indices_from, A @ A.T),
    case(np.tril_indices_from, A, 1),
    case(np.triu_indices_from, A, k=-1),
    case(np.ix_, np.array([1, 0]), np.array([True, False])),
    case(np.unravel_index, np.array([5, 0]), (2, 3)),
    case(np.ravel_multi_index, (np.array([1, 0]), np.array([2, 2])), (2, 3)),
    case(np.ndim, A),
    case(np.size, A),
    case(np.size, A, 1),
    case(np.size, A, axis=0),
    case(np.iscomplexobj, A),
    case(np.isrealobj, A),
    case(np.allclose, A, A + 1e-9, atol=1e-6),
    case(np.min_scalar_type, np.float64(1.5)),
    case(np.can_cast, A, np.float32),
    case(np.array_equiv, A, B),
    case(np.isclose, A, B, rtol=1.0),
    case(np.isin, A, V),
    case(np.isposinf, np.array([np.inf, -np.inf, 1.0])),
    case(np.isneginf, np.array([np.inf, -np.inf, 1.0])),
    case(np.einsum_path, "ij,jk", A, A.T),
    case(np.array2string, A, precision=2),
    case(np.array_repr, A),
    case(np.array_str, A),
]
