"""Indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.testing.domains.build import Domain, Shape, moving

INDICES: tuple[tuple[Shape, Any], ...] = (
    ((), ()),
    ((), ...),
    ((), None),
    ((4,), 2),
    ((4,), -1),
    ((4,), slice(1, 3)),
    ((4,), slice(None, None, -2)),
    ((4,), slice(2, 2)),
    ((4,), np.array([0, 0, 3, 0])),
    ((4,), np.array([-1, 3])),
    ((4,), np.array([], dtype=int)),
    ((4,), np.array(1)),
    ((4,), np.array([True, False, True, False])),
    ((3, 4), 1),
    ((3, 4), (1, 2)),
    ((3, 4), (..., 0)),
    ((3, 4), (slice(None), None, slice(1, None))),
    ((3, 4), (np.array([0, 0, 2]), np.array([1, 1, 3]))),
    ((3, 4), (slice(None), np.array([[0, 1], [1, 0]]))),
    ((3, 4), (np.array([[0], [2], [0]]), np.array([1, 1]))),
    ((3, 4), np.arange(12).reshape(3, 4) % 3 == 0),
    ((3, 4), (np.array([True, False, True]), slice(1, 3))),
    ((3, 4), (np.array([True, False, True]), np.array([1, 1]))),
    ((0, 4), slice(None)),
    ((0, 4), (slice(None), 1)),
)


def result_shape(shape: Shape, index: Any) -> Shape:
    """Return the shape of what an index takes from an array."""
    return np.shape(np.zeros(shape)[index])


DOMAINS: dict[str, Domain] = {
    "getitem": moving(*((shape, {"index": index}) for shape, index in INDICES)),
    "scatter_add": moving(
        *(
            (result_shape(shape, index), {"index": index, "shape": shape})
            for shape, index in INDICES
        )
    ),
}
