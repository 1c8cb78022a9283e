"""Mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.arguments import check_count
from autograd_lite.errors import ArgumentError, ShapeError

__all__ = ["batches"]


def batches(
    *arrays: ArrayLike,
    batch_size: int,
    rng: np.random.Generator | None = None,
    drop_last: bool = False,
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Iterate once over `arrays` in mini-batches: one epoch.

    Parameters
    ----------
    *arrays : array_like
        Any number of arrays, one row per event: ``(n_events, ...)``.
    batch_size : int
        Rows of a batch; the last batch has what is left.
    rng : numpy.random.Generator, optional
        Shuffles the rows, all arrays alike; drawn from when `batches` is called. Without it the
        order is kept and the batches are views, not copies. A seed is not accepted: it would repeat
        the same order in each epoch.
    drop_last : bool
        Whether to leave out a last batch that is not full.

    Yields
    ------
    tuple of ndarray
        One array for each of `arrays`, ``(batch_size, ...)``, with its dtype.

    Raises
    ------
    ShapeError
        If the arrays differ in length or have no axes.
    ArgumentError
        If there are no arrays, `batch_size` is not a positive integer, or `rng` is not a generator.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> X, y = np.zeros((5, 2)), np.arange(5)
    >>> for inputs, labels in al.data.batches(X, y, batch_size=2):
    ...     print(inputs.shape, labels)
    (2, 2) [0 1]
    (2, 2) [2 3]
    (1, 2) [4]
    """
    columns = [np.asarray(array) for array in arrays]
    n = common_length(columns)
    size = check_count("batches", "batch_size", batch_size)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise ArgumentError(
            f"rng must be a numpy.random.Generator or None; received {rng!r}; make one before the "
            "first epoch, np.random.default_rng(seed), and pass the same one to every epoch"
        )
    order = None if rng is None else rng.permutation(n)
    end = n - n % size if drop_last else n
    # The work is done in a generator of its own, so that bad arguments raise here and now.
    return slices(columns, order, size, end)


def slices(
    columns: list[NDArray[Any]], order: NDArray[np.int64] | None, size: int, end: int
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield rows start:start + size of each column, taken in the given order."""
    for start in range(0, end, size):
        rows = slice(start, start + size)
        if order is None:
            yield tuple([column[rows] for column in columns])
        else:  # take: 0.4 times the time of column[order[rows]]
            index = order[rows]
            yield tuple([column.take(index, axis=0) for column in columns])


def common_length(columns: list[NDArray[Any]]) -> int:
    """Return the length that all arrays share, or raise."""
    if not columns:
        raise ArgumentError("batches needs at least one array; received none")
    shapes = [column.shape for column in columns]
    if () in shapes:
        raise ShapeError(
            f"batches needs arrays with one row per event; received shapes {shapes} (a batch size "
            "is given by name: batch_size=...)"
        )
    if len({shape[0] for shape in shapes}) > 1:
        raise ShapeError(
            f"batches needs arrays of equal length; received shapes {shapes}; pass one row per "
            "event in each"
        )
    return int(shapes[0][0])
