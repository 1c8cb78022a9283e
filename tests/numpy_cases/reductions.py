"""Reductions: metadata by position, by keyword, by the first argument's name."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, T3, A, B, C, Case, M, S, V, case

ROUNDING[np.prod] = 5e-16  # an initial factor comes last
ROUNDING[np.cov] = 5e-16  # a sum by matmul

REDUCING = [np.sum, np.mean, np.max, np.min, np.prod, np.all, np.any, np.var, np.std]
SUMMING = [np.sum, np.prod]
AVERAGING = [np.mean, np.var, np.std]
EXTREMA = [np.max, np.min]
RUNNING = [np.cumsum, np.cumprod]
ROWS = np.array([True, False, True])

NAN_REDUCING = [np.nansum, np.nanprod, np.nanmax, np.nanmin, np.nanmean, np.nanvar, np.nanstd]
WITH_NAN = np.array([[0.31, np.nan, 0.93, -0.27], [1.24, 0.53, np.nan, np.nan]])
METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]
QS = np.array([[0, 10, 25], [40, 75, 100]])

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
    *(case(function, A, where=C > 0.25) for function in (*SUMMING, *AVERAGING)),
    *(case(function, A, 1, where=ROWS, keepdims=True) for function in (*SUMMING, *AVERAGING)),
    *(case(function, A, dtype=np.float64) for function in (*SUMMING, *AVERAGING)),
    *(case(function, A, 0, None, None, True) for function in SUMMING),
    *(case(function, A, 0, None, None, 1, True) for function in (np.var, np.std)),
    *(case(function, A, initial=np.float64(0.7)) for function in SUMMING),
    *(case(function, A, 1, initial=2.0, where=M) for function in SUMMING),
    *(case(function, A, initial=initial) for function in EXTREMA for initial in (-3.0, 0.2, 3.0)),
    *(case(function, A, 1, initial=0.2, where=M) for function in EXTREMA),
    *(case(function, A[:0], 0, initial=0.2) for function in EXTREMA),
    *(case(function, A, axis) for function in (np.ptp, np.amax, np.amin) for axis in (None, 0, -1)),
    case(np.ptp, A, axis=(0, 1), keepdims=True),
    *(case(function, A, mean=np.mean(A)) for function in (np.var, np.std)),
    *(case(function, A, 1, mean=V[:2, None], ddof=1) for function in (np.var, np.std)),
    *(case(function, A, 1, correction=1, keepdims=True) for function in (np.var, np.std)),
    *(case(function, A, 0, where=M, ddof=0.5) for function in (np.var, np.std)),
    *(case(function, A, axis, np.float64) for function in RUNNING for axis in (None, 1)),
    case(np.cumsum, A),
    case(np.cumsum, A, 0),
    case(np.cumsum, A, axis=1),
    case(np.cumprod, A),
    case(np.cumprod, A, 1),
    *(case(function, np.where(M, A, np.nan), 1) for function in (np.nancumsum, np.nancumprod)),
    *(case(function, A) for function in (np.nancumsum, np.nancumprod)),
    *(case(function, A) for function in NAN_REDUCING),
    *(case(function, WITH_NAN) for function in NAN_REDUCING),
    *(case(function, WITH_NAN, 1) for function in NAN_REDUCING),
    *(case(function, WITH_NAN, axis=(1, 0), keepdims=True) for function in NAN_REDUCING),
    *(case(function, WITH_NAN, dtype=np.float64) for function in (np.nansum, np.nanmean)),
    *(case(function, WITH_NAN, 1, None, None, 1) for function in (np.nanvar, np.nanstd)),
    *(case(function, WITH_NAN, 1, correction=0.5) for function in (np.nanvar, np.nanstd)),
    *(case(function, WITH_NAN, mean=np.mean(A)) for function in (np.nanvar, np.nanstd)),
    *(
        case(function, WITH_NAN, 1, where=[True, True, True, False])
        for function in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd)
    ),
    *(
        case(function, WITH_NAN, 0, initial=0.7, where=[True, True, False, True])
        for function in NAN_REDUCING[:4]
    ),
    *(
        case(function, array, *args, **kwargs)
        for function in (np.median, np.nanmedian)
        for array in (A, A[:, :2], T3)
        for args, kwargs in (((), {}), ((0,), {}), ((), {"axis": (0, -1), "keepdims": True}))
    ),
    case(np.nanmedian, WITH_NAN, 1),
    case(np.nanmedian, WITH_NAN),
    case(np.median, A, overwrite_input=True),
    *(
        case(function, A, (QS * scale).tolist(), axis, method=method)
        for function, scale in (
            (np.quantile, 0.01),
            (np.percentile, 1),
            (np.nanquantile, 0.01),
            (np.nanpercentile, 1),
        )
        for method in METHODS
        for axis in (None, 1)
    ),
    *(case(np.quantile, A, q, axis=(0, 1), keepdims=True) for q in (0.3, [0.1, 0.9])),
    *(case(np.nanquantile, WITH_NAN, q, axis=1, keepdims=True) for q in (0.3, [0.1, 0.9])),
    case(np.nanpercentile, WITH_NAN, 30, 1),
    case(np.average, A),
    case(np.average, A, 1, returned=True),
    case(np.average, A, weights=C),
    case(np.average, A, 1, C, True),
    case(np.average, A, 1, V + 2, True),
    case(np.average, A, axis=0, weights=np.array([1, 2]), keepdims=True),
    case(np.average, T3, axis=(2, 0), weights=T3[:, 0].T + 2),
    case(np.cov, A),
    case(np.cov, V),
    case(np.cov, V, C[0]),
    case(np.cov, A, B, False),
    case(np.cov, A, V, bias=True),
    case(np.cov, A, rowvar=False, ddof=0, dtype=np.float64),
    case(np.cov, V, C[0], rowvar=False),
    case(np.cov, A, fweights=np.array([1, 2, 2])),
    case(np.cov, A, aweights=C[0]),
    case(np.cov, A, fweights=np.array([1, 2, 2]), aweights=C[0]),
    case(np.cov, A, aweights=C[0], ddof=0),
    case(np.corrcoef, A),
    case(np.corrcoef, A, V, dtype=np.float64),
    case(np.corrcoef, S, rowvar=False),
    case(np.corrcoef, V),
    case(np.nanargmax, WITH_NAN, 1),
    case(np.nanargmin, WITH_NAN),
    case(np.argmax, A),
    case(np.argmax, A, 0),
    case(np.argmin, A, axis=1),
    case(np.argsort, A),
    case(np.argsort, A, 0),
    case(np.count_nonzero, A),
    case(np.count_nonzero, M, 0),
]

if hasattr(np, "cumulative_sum"):  # numpy 2.1
    CASES += [
        case(function, x, axis=axis, include_initial=include_initial)
        for function in (np.cumulative_sum, np.cumulative_prod)
        for x, axis in ((V, None), (A, 0), (A, -1))
        for include_initial in (False, True)
    ]
    CASES += [case(np.cumulative_sum, V), case(np.cumulative_prod, V)]
