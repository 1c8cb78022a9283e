"""What the rules of linear algebra share: adjoints, triangles, and several results in one array.

A matrix is the last two axes of an array; all axes before are a batch. Rules that hold for real
matrices only in the form with adjoints are written for the conjugate of the gradient: in this
package ``g`` is ``dL/dx - i dL/dy``, textbooks have ``dL/dx + i dL/dy``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__: list[str] = []  # helpers: no operations


def conjugate_if_complex(x: Any) -> Any:
    """Return the complex conjugate; real numbers as they are, without a copy or a node."""
    return np.conjugate(x) if np.iscomplexobj(x) else x


def real_if_complex(x: Any) -> Any:
    """Return the real part; real numbers as they are."""
    return np.real(x) if np.iscomplexobj(x) else x


def transposed(x: Any) -> Any:
    """Return the matrices with rows and columns exchanged."""
    return np.swapaxes(x, -1, -2)


def adjoint(x: Any) -> Any:
    """Return the conjugate of the transpose."""
    return conjugate_if_complex(transposed(x))


def half_triangle(n: int, dtype: Any, uplo: str = "L") -> Any:
    """Return a mask ``(n, n)`` of ones in a triangle, halves on the diagonal, zeros elsewhere."""
    lower = np.tri(n, dtype=dtype) - np.eye(n, dtype=dtype) / 2
    return lower if uplo == "L" else lower.T


def hermitian_of_triangle(x: Any, uplo: str = "L") -> Any:
    """Return the Hermitian matrix that a function means that reads one triangle of `x`."""
    mask = half_triangle(x.shape[-1], x.dtype, uplo)
    half = np.where(mask > 0, mask * x, 0.0)  # the other triangle may hold nan
    return half + adjoint(half)


def gradient_of_triangle(gradient: Any, uplo: str = "L") -> Any:
    """Return the gradient for the triangle that was read; the other one has none."""
    mask = half_triangle(gradient.shape[-1], gradient.dtype, uplo)
    return mask * (gradient + adjoint(gradient))


# Several results of one decomposition. A primitive has one result, so its forward function lays
# them out in one array, matrix after matrix along the last axis, and `unpack` takes views of it.
# The decomposition runs once however many results are used; the rule sees all of their gradients
# together, as its formula needs them; and to the graph it is one operation with some views.


def pack(batch: tuple[int, ...], *parts: Any) -> Any:
    """Return arrays of shapes ``(*batch, ...)`` as one array ``(*batch, n)``."""
    flat = [part.reshape(*batch, math.prod(part.shape[len(batch) :])) for part in parts]
    return np.concatenate(flat, axis=-1)


def unpack(packed: Any, *shapes: tuple[int, ...]) -> list[Any]:
    """Return the arrays of the given `shapes` (after the batch) that were packed."""
    parts = []
    start = 0
    for shape in shapes:
        stop = start + math.prod(shape)
        parts.append(np.reshape(packed[..., start:stop], (*packed.shape[:-1], *shape)))
        start = stop
    return parts
