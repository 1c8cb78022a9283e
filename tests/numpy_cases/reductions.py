"""Reductions: metadata by position, by keyword, by the first argument's name."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import A, Case, M, case

REDUCING = [np.sum, np.mean, np.max, np.min, np.prod, np.all, np.any, np.var, np.std]

CASES: list[Case] = [
    *(case(function, A) for function in REDUCING),
    *(case(function, np.float64(0.4)) for function in REDUCING),
    *(case(function, A, 0) for function in REDUCING),
    *(case(function, A, -1) for function in REDUCING),
    *(case(function, A, axis=(0, 1)) for function in REDUCING),
    *(case(function, A, axis=1, keepdims=True) for function in REDUCING),
    *(case(function, a=A, axis=0) for function in REDUCING),
    case(np.std, A, 0, ddof=1),
    case(np.var, A, axis=None, ddof=1, keepdims=True),
    case(np.cumsum, A),
    case(np.cumsum, A, 0),
    case(np.cumsum, A, axis=1),
    case(np.cumprod, A),
    case(np.cumprod, A, 1),
    case(np.argmax, A),
    case(np.argmax, A, 0),
    case(np.argmin, A, axis=1),
    case(np.argsort, A),
    case(np.argsort, A, 0),
    case(np.count_nonzero, A),
    case(np.count_nonzero, M, 0),
]
