"""Reductions."""

from __future__ import annotations

from tests.domains.build import Domain, both_signs, reduction, running, spread

DOMAINS: dict[str, Domain] = {
    "sum": reduction(analytic=True),
    "mean": reduction(empty=False, axis_of_none=False, analytic=True),
    "max": reduction(empty=False),
    "min": reduction(empty=False),
    "var": spread(),
    "std": spread(),
    "prod": reduction(both_signs(0.5, 1.5), analytic=True),
    "cumsum": running(),
    "cumprod": running(both_signs(0.5, 1.5)),
    "logsumexp": reduction(empty=False),
}
