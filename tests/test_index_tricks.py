"""r_ and c_ of Values join as numpy's own join arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from tests.helpers import gradient

V = np.array([0.3, -0.6, 0.9])
A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize("trick", ["r_", "c_"])
@pytest.mark.parametrize(
    "key",
    [
        (V,),
        (V, V),
        (A, A),
        (A, A, A[:, ::-1]),
        ("0,2", V, V),
        ("1,2,0", V, V),
        ("0,2,1", V, V),
        ("-1", A, A),
        ("0,3,-1", A, A),
    ],
)
def test_parts_are_joined_as_numpy_joins_them(trick: str, key: Any) -> None:
    values = tuple(al.Value(part) if isinstance(part, np.ndarray) else part for part in key)
    joined = getattr(al, trick)[values]
    np.testing.assert_array_equal(joined.data, getattr(np, trick)[key])


def test_numbers_slices_and_lists_among_the_parts() -> None:
    x = al.Value(V)
    np.testing.assert_array_equal(al.r_[1:4, 0.0, x, [5.0]].data, np.r_[1:4, 0.0, V, [5.0]])
    np.testing.assert_array_equal(al.r_[0:1:3j, x].data, np.r_[0:1:3j, V])
    np.testing.assert_array_equal(al.c_[np.ones(3), x].data, np.c_[np.ones(3), V])
    np.testing.assert_array_equal(al.r_[x].data, V)
    assert isinstance(al.r_[V, 1.0], np.ndarray)


def test_gradients_reach_each_part() -> None:
    weights = np.arange(1.0, 9.0)
    got = gradient(lambda x: np.sum(al.r_[x, 0.0, x, 2.0] * weights), V)
    np.testing.assert_array_equal(got, weights[:3] + weights[4:7])


@pytest.mark.parametrize("directive", ["r", "c", "0,1,2,3", "x"])
def test_other_directives_are_refused(directive: str) -> None:
    with pytest.raises(al.errors.ArgumentError, match=repr(directive)):
        al.r_[directive, al.Value(V)]
