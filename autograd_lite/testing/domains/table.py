"""The domains of all primitives, by name, from one file a topic; the last one needs scipy."""

from __future__ import annotations

from autograd_lite.testing.domains import (
    arranging,
    complex,
    elementwise,
    fourier,
    index,
    linalg,
    logic,
    neural,
    products,
    ranges,
    reduce,
    sampled,
    shape,
    special,
)
from autograd_lite.testing.domains.build import Domain

__all__ = ["DOMAINS"]

DOMAINS: dict[str, Domain] = {
    **arranging.DOMAINS,
    **complex.DOMAINS,
    **elementwise.DOMAINS,
    **fourier.DOMAINS,
    **index.DOMAINS,
    **linalg.DOMAINS,
    **logic.DOMAINS,
    **neural.DOMAINS,
    **ranges.DOMAINS,
    **products.DOMAINS,
    **reduce.DOMAINS,
    **sampled.DOMAINS,
    **shape.DOMAINS,
    **special.DOMAINS,
}
