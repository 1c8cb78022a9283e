"""Fourier transforms, from real data (and, in test_complex_primitives.py, from complex ones)."""

from __future__ import annotations

from typing import Any

from autograd_lite.testing.domains.build import REAL, Call, Domain, Shape, moving


def transforms(*calls: tuple[Shape, dict[str, Any]]) -> Domain:
    """Return the domain of an operation whose result is complex, or complex of real numbers."""
    return Domain((REAL,), tuple(Call((s,), params) for s, params in calls), dtype_kept=False)


ALONG_SEVERAL: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((4,), {}),
    ((1,), {}),
    ((5,), {"norm": "ortho"}),
    ((4, 3), {"norm": "forward"}),
    ((4, 3), {"axes": (0,)}),
    ((2, 3, 4), {"axes": (-1, 0)}),
    ((4,), {"s": (6,), "axes": (-1,)}),
    ((4,), {"s": (3,), "axes": (0,), "norm": "backward"}),
    ((3, 4), {"s": (5, 2), "axes": (0, 1), "norm": "ortho"}),
    ((3, 4), {"s": (-1, 3), "axes": (1, 0)}),
    ((2, 4), {"s": (3, 5), "axes": (1, 1)}),
    ((2, 4), {"s": (5, 3), "axes": (1, -1)}),
    ((2, 3), {"axes": ()}),
    ((0, 3), {"axes": (1,)}),
    ((0,), {"s": (3,), "axes": (0,)}),
)
ALONG_ONE: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((5,), {}),
    ((6,), {"norm": "ortho"}),
    ((2,), {"norm": "forward"}),
    ((4, 3), {"axis": 0}),
    ((2, 4, 3), {"axis": -2, "norm": "backward"}),
    ((4,), {"n": 1}),
    ((4,), {"n": 2}),
    ((4,), {"n": 3}),
    ((4,), {"n": 6, "norm": "forward"}),
    ((4,), {"n": 9}),
    ((3, 4), {"n": 7, "axis": 0, "norm": "ortho"}),
    ((0, 3), {}),
)
SHIFTS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((5,), {}),
    ((4,), {"axes": 0}),
    ((3, 4), {}),
    ((3, 4), {"axes": -1}),
    ((3, 5, 2), {"axes": (0, 1)}),
    ((0, 3), {}),
)

DOMAINS: dict[str, Domain] = {
    "fftn": transforms(*ALONG_SEVERAL),
    "ifftn": transforms(*ALONG_SEVERAL),
    "rfft": transforms(
        *ALONG_ONE, ((1,), {}), ((0,), {"n": 4})
    ),  # numpy's irfft of nothing is noise
    "irfft": transforms(*ALONG_ONE),
    "fftshift": moving(*SHIFTS),
    "ifftshift": moving(*SHIFTS),
}
