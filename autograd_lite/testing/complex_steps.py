"""Slopes of analytic functions by the complex step, which subtracts nothing and loses no digits.

For an analytic f that is real on the real axis, ``f'(x) = imag(f(x + ih)) / h + O(h²)``, with an h
as small as one likes (Squire and Trapp, SIAM Review 40 (1998) 110). Few functions say whether they
are analytic: abs, a comparison or a cast gives a wrong number silently. So this is tried where
differences are too noisy, and believed where it confirms what they tell.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from autograd_lite.testing.differences import EPSILON, UNKNOWN, Estimate

__all__ = ["complex_step"]

STEPS: Final = (1e-30, 1e-12)
"""A branch cut, or a function that rounds to few digits, makes the two disagree."""


def complex_step(
    results: Callable[[complex], Sequence[Any]], weights: Sequence[Any], epsilon: float
) -> Estimate:
    """Return the slope at 0 of the weighted sum of the results of a function of one number.

    Parameters
    ----------
    results : callable
        ``results(t)`` is a list of arrays, real for a real t. For a complex one it may raise, or
        return whatever it likes.
    weights : list of array
        Those of the elements of the results.
    epsilon : float
        The precision in which `results` computes.

    Returns
    -------
    Estimate
        UNKNOWN where the function does not take complex numbers.
    """
    found = []
    for step in STEPS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                parts = results(1j * step)
        except Exception:  # whatever a function does with numbers that it is not made for
            return UNKNOWN
        # A complex array counts as two parts: if not, something has dropped the imaginary one.
        if len(parts) != 2 * len(weights):
            return UNKNOWN
        terms = [np.sum(w * part) for w, part in zip(weights, parts[1::2], strict=True)]
        found.append(float(sum(terms)) / step)
    first, second = found
    error = 100 * max(epsilon, EPSILON) * abs(first)
    if not abs(first - second) <= error:  # nan included
        return UNKNOWN
    return Estimate(first, error)
