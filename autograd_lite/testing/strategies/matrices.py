"""Matrices that linear algebra is well-conditioned for: singular values and eigenvalues apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd_lite.errors import ArgumentError
from autograd_lite.testing.strategies.arrays import arrays
from autograd_lite.testing.strategies.grids import Domain
from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["matrices", "orthogonal_matrices", "positive_definite_matrices"]

SIZES: Domain = (0.5, 2.5)
"""Singular values and eigenvalues: condition numbers are 5 at most."""


@st.composite
def orthogonal_matrices(draw: st.DrawFn, side: int | None = None, *, batch: Shape = ()) -> Any:
    """Return a strategy for orthogonal matrices; they shrink to the identity.

    Made by Cayley's transform of a skew-symmetric S: ``(I - S)⁻¹ (I + S)``, a rotation.

    Parameters
    ----------
    side : int, optional
        How many rows and columns. Default: 1 to 4.
    batch : tuple of int
        The axes in front.

    Returns
    -------
    strategy of array, of shape ``(*batch, side, side)``

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.orthogonal_matrices(2), lambda q: True).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    n = draw(sides(side))
    turn = np.zeros((*batch, n, n))
    if n > 1 and draw(st.booleans()):
        turn = draw(arrays((-1.0, 1.0), shape=(*batch, n, n)))
    skew = turn - np.swapaxes(turn, -1, -2)
    one = np.eye(n)
    return np.linalg.solve(one - skew, one + skew)


@st.composite
def matrices(
    draw: st.DrawFn,
    shape: Shape | None = None,
    *,
    batch: Shape = (),
    symmetric: bool = False,
) -> Any:
    """Return a strategy for matrices of full rank, well-conditioned.

    Their singular values lie between 0.5 and 2.5, and no two are the same; of symmetric ones, the
    eigenvalues do so but for their signs. They shrink to simple diagonal matrices.

    Parameters
    ----------
    shape : (int, int), optional
        Rows and columns. Default: square, of 1 to 4 rows.
    batch : tuple of int
        The axes in front.
    symmetric : bool
        Whether they are symmetric.

    Returns
    -------
    strategy of array, of shape ``(*batch, rows, columns)``

    Raises
    ------
    ArgumentError
        If symmetric ones are to have more rows than columns, or less.

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.matrices((2, 3)), lambda a: True).tolist()
    [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """
    side = draw(sides(None))
    rows, columns = (side, side) if shape is None else shape
    if symmetric and rows != columns:
        raise ArgumentError(f"a symmetric matrix is square, got shape {(rows, columns)}")
    left = draw(orthogonal_matrices(rows, batch=batch))
    right = left if symmetric else draw(orthogonal_matrices(columns, batch=batch))
    rank = min(rows, columns)
    sizes = draw(spectra(rank, batch))
    if symmetric:
        signs = draw(st.lists(st.sampled_from([1.0, -1.0]), min_size=rank, max_size=rank))
        sizes = sizes * np.array(signs)
    product = left[..., :, :rank] * sizes[..., None, :] @ np.swapaxes(right[..., :, :rank], -1, -2)
    return symmetrised(product) if symmetric else product


@st.composite
def positive_definite_matrices(
    draw: st.DrawFn, side: int | None = None, *, batch: Shape = ()
) -> Any:
    """Return a strategy for symmetric positive definite matrices, well-conditioned.

    Their eigenvalues lie between 0.5 and 2.5, and no two are the same. They shrink to simple
    diagonal matrices.

    Parameters
    ----------
    side : int, optional
        How many rows and columns. Default: 1 to 4.
    batch : tuple of int
        The axes in front.

    Returns
    -------
    strategy of array, of shape ``(*batch, side, side)``

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> find(strategies.positive_definite_matrices(2), lambda a: True).tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    n = draw(sides(side))
    basis = draw(orthogonal_matrices(n, batch=batch))
    sizes = draw(spectra(n, batch))
    return symmetrised(basis * sizes[..., None, :] @ np.swapaxes(basis, -1, -2))


def sides(side: int | None) -> st.SearchStrategy[int]:
    """Return a strategy for a number of rows, where it is not given."""
    return st.integers(1, 4) if side is None else st.just(side)


def spectra(rank: int, batch: Shape) -> st.SearchStrategy[Any]:
    """Return a strategy for singular values that keep apart."""
    return arrays(SIZES, shape=(*batch, rank))


def symmetrised(matrix: Any) -> Any:
    """Return the symmetric part, exactly symmetric."""
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2
