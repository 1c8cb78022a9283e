"""Every numpy function that is called in the cases, of complex arrays: right, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.exceptions import ComplexWarning

from tests.numpy_cases import CASES
from tests.numpy_cases.build import ROUNDING
from tests.test_numpy_functions import (
    assert_same,
    check_derivatives,
    float_arrays,
    with_arrays,
    with_values,
)

REAL = [
    (number, case)
    for number, case in enumerate(CASES)
    if any(array.dtype.kind == "f" for array in float_arrays([*case[1], *case[2].values()]))
]

# The phases of their vectors are chosen anew at each point: test_linalg.py has what is independent
# of them.
PHASES = {np.linalg.eig, np.linalg.eigh, np.linalg.svd, np.linalg.qr}


def with_complex_arrays(part: Any, rng: np.random.Generator) -> Any:
    """Return an argument with imaginary parts, away from 0, added to its real arrays."""
    arrays = []
    for x in float_arrays(part):
        sign, size = rng.choice([-1, 1], x.shape), rng.uniform(0.2, 0.9, x.shape)
        arrays.append((x + 1j * sign * size)[()] if x.dtype.kind == "f" else x)
    return with_arrays(part, iter(arrays))


@pytest.mark.parametrize(
    ("function", "args", "kwargs"),
    [case for _, case in REAL],
    ids=[f"{number}-{case[0].__name__}" for number, case in REAL],
)
def test_a_numpy_function_of_complex_arrays_is_right_or_refused(
    function: Any, args: Any, kwargs: Any
) -> None:
    rng = np.random.default_rng(0)
    args = [with_complex_arrays(arg, rng) for arg in args]
    kwargs = {name: with_complex_arrays(arg, rng) for name, arg in kwargs.items()}
    named = {name: with_values(arg) for name, arg in kwargs.items()}
    try:
        expected = function(*args, **kwargs)
        got = function(*map(with_values, args), **named)
    except (TypeError, ComplexWarning):
        return
    if function is np.linalg.cond:
        expected = np.real(expected)  # numpy 2.0 returns it as a complex number
    assert_same(got, expected, max(ROUNDING.get(function, 0), 1e-12))
    if not (function in PHASES and isinstance(got, tuple)):
        check_derivatives(function, args, kwargs)
