"""Calls of numpy functions, by topic: tests compare Values with arrays, and derivatives."""

from __future__ import annotations

from tests.numpy_cases import (
    about,
    complex,
    elementwise,
    fourier,
    linalg,
    making,
    padding,
    products,
    reductions,
    sampled,
    selection,
    shapes,
)
from tests.numpy_cases.build import Case

CASES: list[Case] = [
    *elementwise.CASES,
    *linalg.CASES,
    *making.CASES,
    *reductions.CASES,
    *shapes.CASES,
    *products.CASES,
    *sampled.CASES,
    *selection.CASES,
    *padding.CASES,
    *about.CASES,
    *complex.CASES,
    *fourier.CASES,
]
