"""Reductions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd_lite.testing.domains.build import (
    REAL,
    Call,
    Domain,
    Shape,
    both_signs,
    reduction,
    running,
    spread,
)

AT = {"axis": 1, "keepdims": False, "method": "linear"}
QUANTILES: tuple[tuple[Shape, dict[str, Any]], ...] = (
    ((5,), AT | {"q": 0.3, "axis": None}),
    ((5,), AT | {"q": 0.5, "axis": 0, "keepdims": True}),
    ((), AT | {"q": 0.5, "axis": None}),
    ((2, 4), AT | {"q": np.array([0.0, 0.35, 1.0])}),
    ((4, 2), AT | {"q": np.array([[0.1, 0.7]]), "axis": (-2,), "keepdims": True}),
    ((2, 3, 2), AT | {"q": 0.6, "axis": (0, -1)}),
    ((2, 3, 2), AT | {"q": 0.6, "axis": (2, 0), "keepdims": True}),
    ((0, 3), AT | {"q": 0.6}),
    ((3, 4), AT | {"q": 0.6, "method": "inverted_cdf"}),
    ((3, 4), AT | {"q": 0.6, "method": "median_unbiased"}),
)


def quantile() -> Domain:
    """Return the domain of quantiles."""
    calls = tuple(Call((shape,), params) for shape, params in QUANTILES)
    return Domain((REAL,), calls, dtype_kept=False)  # an array of fractions brings its own


def spread_over_ranks(shape: Shape, params: dict[str, Any]) -> Call:
    """Return a call with the gradient of quantiles, and their operand."""
    result = np.quantile(np.zeros(shape), **params).shape
    return Call((result, shape), params | {"ignore_nan": shape == (2, 4)})


def extremum(initial: float) -> Domain:
    """Return the domain of a maximum or a minimum; `initial` lets it take no elements."""
    domain = reduction(empty=False)
    calls = (
        Call(((2, 3),), {"initial": 0.1}),
        Call(((2, 3),), {"initial": initial, "axis": 1, "keepdims": True}),
        Call(((0, 3),), {"initial": initial, "axis": 0}),
        Call(((0,),), {"initial": initial}),
    )
    return replace(domain, calls=domain.calls + calls)


DOMAINS: dict[str, Domain] = {
    "sum": reduction(analytic=True),
    "mean": reduction(empty=False, axis_of_none=False, analytic=True),
    "max": extremum(-3.0),
    "min": extremum(3.0),
    "nanmax": extremum(-3.0),
    "nanmin": extremum(3.0),
    "nanmean": reduction(empty=False, axis_of_none=False),
    "nanvar": spread(),
    "nanstd": spread(),
    "median": reduction(empty=False, axis_of_none=False),
    "nanmedian": reduction(empty=False, axis_of_none=False),
    "quantile": quantile(),
    "nanquantile": quantile(),
    "spread_over_ranks": Domain((REAL, REAL), tuple(spread_over_ranks(*q) for q in QUANTILES)),
    "mean_at_ranks": Domain(
        (REAL, REAL),
        tuple(
            Call((shape, shape), params | {"ignore_nan": shape == (2, 4)})
            for shape, params in QUANTILES
        ),
    ),
    "var": spread(),
    "std": spread(),
    "prod": reduction(both_signs(0.5, 1.5), analytic=True),
    "cumsum": running(),
    "cumprod": running(both_signs(0.5, 1.5)),
    "logsumexp": reduction(empty=False),
}
