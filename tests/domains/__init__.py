"""A domain for every primitive: where it is smooth, and calls that try shapes and parameters."""

from __future__ import annotations

from tests.domains import elementwise, index, linalg, logic, neural, ranges, reduce, shape
from tests.domains.build import Domain

DOMAINS: dict[str, Domain] = {
    **elementwise.DOMAINS,
    **index.DOMAINS,
    **linalg.DOMAINS,
    **logic.DOMAINS,
    **neural.DOMAINS,
    **ranges.DOMAINS,
    **reduce.DOMAINS,
    **shape.DOMAINS,
}
