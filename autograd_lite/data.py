"""Data sets that the demos and the tests share, and mini-batches.

Every data set is a formula and a random generator: nothing is downloaded or read from a file.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError, ShapeError

__all__ = [
    "DataSet",
    "batches",
    "fresh_two_islands",
    "moons",
    "rings",
    "spirals",
    "two_islands",
    "two_islands_likelihood_ratio",
    "xor",
]

Floats = NDArray[np.float64]


class DataSet(NamedTuple):
    """Features and labels; unpacks as ``X, y = ...``.

    Attributes
    ----------
    X : ndarray of float64
        Features, ``(n_events, 2)``.
    y : ndarray of float64
        Labels, ``(n_events,)``: 0.0 or 1.0. An output of shape ``(n_events, 1)`` is compared with
        ``y[:, None]``.
    """

    X: Floats
    y: Floats


class Island(NamedTuple):
    """A Gaussian with independent axes, kept inside an ellipse around its own centre."""

    centre: tuple[float, float]
    sigma: tuple[float, float]
    half_axes: tuple[float, float]


LOWEST: Final = (4.0, 3.0)
HIGHEST: Final = (20.0, 70.0)
"""The box of the noise: signal-to-noise ratio, and chirp mass in solar masses."""

FIRST: Final = Island(centre=(11.0, 28.0), sigma=(1.5, 6.0), half_axes=(2.5, 9.0))
SECOND: Final = Island(centre=(13.0, 50.0), sigma=(1.2, 5.0), half_axes=(2.0, 8.0))

DRAWS: Final = 1200
"""Draws of each coordinate of each population before the cut, for up to 600 events an island."""


def two_islands(
    n_noise: int = 600,
    n_first: int = 300,
    n_second: int = 150,
    rng: np.random.Generator | int = 0,
) -> DataSet:
    """Draw gravitational-wave candidates: uniform noise and two islands of signals.

    The features are the signal-to-noise ratio (SNR) and the chirp mass in solar masses (M☉).

    ============  ======================  ==========================================  =====
    population    (SNR, chirp mass)       kept where                                  label
    ============  ======================  ==========================================  =====
    noise         U(4, 20) × U(3, 70)     everywhere                                  0
    island 1      N(11, 1.5) × N(28, 6)   ((SNR - 11)/2.5)² + ((mass - 28)/9)² < 1    1
    island 2      N(13, 1.2) × N(50, 5)   ((SNR - 13)/2)² + ((mass - 50)/8)² < 1      1
    ============  ======================  ==========================================  =====

    Parameters
    ----------
    n_noise, n_first, n_second : int
        Events of each population.
    rng : numpy.random.Generator or int
        The generator, which is advanced, or the seed of a new one.

    Returns
    -------
    DataSet
        `X` of shape ``(n_noise + n_first + n_second, 2)`` and `y` of shape ``(n_noise + n_first +
        n_second,)``, float64; the noise first, then island 1, then island 2.

    Raises
    ------
    ArgumentError
        If a number of events is negative or not an integer, or `rng` neither generator nor seed.

    Notes
    -----
    The defaults give the article's own data set. Its order of draws is: noise SNR, noise mass,
    island-1 SNR, island-1 mass, island-2 SNR, island-2 mass, 1200 of each before the cut, of which
    the first that survive are kept. Requests for more than 1200 noise events or 600 events of an
    island draw more of each.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.two_islands()
    >>> X.shape, int(y.sum())
    ((1050, 2), 450)
    >>> print(X[0].round(3))
    [14.191 23.604]
    """
    n_noise = as_count(n_noise, "n_noise")
    n_first = as_count(n_first, "n_first")
    n_second = as_count(n_second, "n_second")
    rng = as_generator(rng)
    # 0.712 and 0.736 of the draws survive: half of 1200 or more lie 15 standard deviations below.
    draws = max(DRAWS, n_noise, 2 * n_first, 2 * n_second)
    noise = np.stack([rng.uniform(LOWEST[axis], HIGHEST[axis], draws) for axis in (0, 1)], axis=1)
    first = draw_island(FIRST, draws, rng)
    second = draw_island(SECOND, draws, rng)
    return DataSet(
        X=np.concatenate([noise[:n_noise], first[:n_first], second[:n_second]]),
        y=np.repeat([0.0, 1.0], [n_noise, n_first + n_second]),
    )


def fresh_two_islands(n: int = 100_000, rng: np.random.Generator | int = 1) -> DataSet:
    """Draw `n` new events of `two_islands`, its three populations in the article's proportions.

    Parameters
    ----------
    n : int
        Number of events: 4/7 noise, 2/7 island 1, 1/7 island 2, to the nearest event.
    rng : numpy.random.Generator or int
        The generator or a seed. Not 0, which is the seed of the data set that models are trained
        on: small requests with it return the training events themselves.

    Returns
    -------
    DataSet
        `X` of shape ``(n, 2)`` and `y` of shape ``(n,)``, float64, in the order of `two_islands`.

    Raises
    ------
    ArgumentError
        If `n` is negative or not an integer, or `rng` neither generator nor seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.fresh_two_islands(70_000, rng=1)
    >>> X.shape, float(y.sum())
    ((70000, 2), 30000.0)
    """
    n = as_count(n, "n")
    n_first = round(2 * n / 7)
    n_second = round(n / 7)
    return two_islands(n - n_first - n_second, n_first, n_second, rng)


def two_islands_likelihood_ratio(X: ArrayLike) -> Floats:
    """Return p(x | signal) / p(x | noise): the best score that any classifier can give.

    By the lemma of Neyman and Pearson no other score accepts more of the signal at any rate of
    false alarms, so its AUC is the limit of every model: 0.9565, with both densities integrated on
    a grid. On a finite test set the ratio itself, and any model, can lie above that, by luck.

    Parameters
    ----------
    X : array_like
        SNR and chirp mass in M☉, ``(..., 2)``; not standardised.

    Returns
    -------
    ndarray of float64
        The ratio, ``(...)``: 0 outside both islands (and outside the box of the noise, where both
        densities are 0).

    Raises
    ------
    ShapeError
        If the last axis of `X` does not hold two features.

    Notes
    -----
    The signal's density is 2/3 of island 1's and 1/3 of island 2's, the shares in `two_islands`.
    An island's density is its Gaussian's, divided by the probability of the ellipse with half-axes
    a, b, and 0 outside. In polar coordinates of the ellipse the radial integral of that probability
    is elementary, and what remains is an average over the angle::

        P = (a/σ₁)(b/σ₂) · mean over φ of (1 - exp(-q/2))/q,   q = (a cos φ/σ₁)² + (b sin φ/σ₂)²

    A smooth periodic function is averaged by equidistant points with an error that falls
    exponentially: 64 of them reach rounding. P = 0.71225465 and 0.73620768.

    References
    ----------
    J. Neyman and E. S. Pearson, "On the Problem of the Most Efficient Tests of Statistical
    Hypotheses", Phil. Trans. R. Soc. A 231 (1933) 289-337.

    Examples
    --------
    >>> import autograd_lite as al
    >>> ratio = al.data.two_islands_likelihood_ratio([[11.0, 28.0], [13.0, 50.0], [5.0, 5.0]])
    >>> print(ratio.round(1))
    [17.7 12.9  0. ]
    """
    X = np.asarray(X, dtype=np.float64)
    if X.ndim == 0 or X.shape[-1] != 2:
        raise ShapeError(
            f"X needs SNR and chirp mass on its last axis, (..., 2); received shape {X.shape}"
        )
    signal = (2 * island_density(FIRST, X) + island_density(SECOND, X)) / 3
    box = (HIGHEST[0] - LOWEST[0]) * (HIGHEST[1] - LOWEST[1])
    # The noise's density is 1/box wherever the signal's is not 0: the islands lie inside the box.
    return signal * box


def moons(n: int = 200, noise: float = 0.1, rng: np.random.Generator | int = 0) -> DataSet:
    """Draw two interleaving half circles.

    Class 0 is (cos t, sin t), class 1 is (1 - cos t, 1/2 - sin t), with t in equal steps from 0 to
    π, ends included; then N(0, noise) is added to every coordinate. Scikit-learn's `make_moons`
    has the same points.

    Parameters
    ----------
    n : int
        Number of events: ``n // 2`` of class 0, then ``n - n // 2`` of class 1.
    noise : float
        Standard deviation of the scatter around the curves.
    rng : numpy.random.Generator or int
        The generator, which is advanced, or the seed of a new one.

    Returns
    -------
    DataSet
        `X` of shape ``(n, 2)`` and `y` of shape ``(n,)``, float64.

    Raises
    ------
    ArgumentError
        If `n` is negative or not an integer, `noise` negative or not finite, or `rng` neither
        generator nor seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.moons(4, noise=0)
    >>> print(X.round(3) + 0.0)
    [[ 1.   0. ]
     [-1.   0. ]
     [ 0.   0.5]
     [ 2.   0.5]]
    """
    y = balanced_labels(n)
    t = math.pi * np.concatenate([np.linspace(0, 1, count) for count in class_sizes(y)])
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    inner = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    return DataSet(scatter(np.where(y[:, None] == 0, outer, inner), noise, rng), y)


def rings(n: int = 200, noise: float = 0.05, rng: np.random.Generator | int = 0) -> DataSet:
    """Draw two concentric circles, of radius 1 (class 0) and 1/2 (class 1).

    A point is (r cos t, r sin t) with t in equal steps around the circle; then N(0, noise) is added
    to every coordinate. Scikit-learn's ``make_circles(factor=0.5)`` has the same points.

    Parameters
    ----------
    n : int
        Number of events: ``n // 2`` of class 0, then ``n - n // 2`` of class 1.
    noise : float
        Standard deviation of the scatter around the circles.
    rng : numpy.random.Generator or int
        The generator, which is advanced, or the seed of a new one.

    Returns
    -------
    DataSet
        `X` of shape ``(n, 2)`` and `y` of shape ``(n,)``, float64.

    Raises
    ------
    ArgumentError
        If `n` is negative or not an integer, `noise` negative or not finite, or `rng` neither
        generator nor seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.rings(6, noise=0)
    >>> print((X**2).sum(axis=1).round(3), y)
    [1.   1.   1.   0.25 0.25 0.25] [0. 0. 0. 1. 1. 1.]
    """
    y = balanced_labels(n)
    sizes = class_sizes(y)
    t = 2 * math.pi * np.concatenate([np.linspace(0, 1, k, endpoint=False) for k in sizes])
    radius = np.where(y == 0, 1.0, 0.5)
    points = np.stack([radius * np.cos(t), radius * np.sin(t)], axis=1)
    return DataSet(scatter(points, noise, rng), y)


def spirals(
    n: int = 200,
    noise: float = 0.02,
    rng: np.random.Generator | int = 0,
    *,
    turns: float = 1.5,
) -> DataSet:
    """Draw the two arms of an Archimedean spiral.

    With t in equal steps from 0 (left out, where the arms meet) to 1, class k is the point at
    radius t and angle 2π·turns·t + kπ; then N(0, noise) is added to every coordinate.

    Parameters
    ----------
    n : int
        Number of events: ``n // 2`` of class 0, then ``n - n // 2`` of class 1.
    noise : float
        Standard deviation of the scatter around the arms, which end at radius 1.
    rng : numpy.random.Generator or int
        The generator, which is advanced, or the seed of a new one.
    turns : float
        Turns of each arm; neighbouring arms are 1 / (2 turns) apart.

    Returns
    -------
    DataSet
        `X` of shape ``(n, 2)`` and `y` of shape ``(n,)``, float64.

    Raises
    ------
    ArgumentError
        If `n` is negative or not an integer, `noise` negative or not finite, `turns` not finite, or
        `rng` neither generator nor seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.spirals(4, noise=0, turns=1)
    >>> print(X.round(3) + 0.0)
    [[-0.5  0. ]
     [ 1.   0. ]
     [ 0.5  0. ]
     [-1.   0. ]]
    """
    if not math.isfinite(turns):
        raise ArgumentError(f"turns must be a finite number; received {turns!r}")
    y = balanced_labels(n)
    t = np.concatenate([np.arange(1, count + 1) / max(count, 1) for count in class_sizes(y)])
    angle = 2 * math.pi * turns * t + math.pi * y
    points = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)
    return DataSet(scatter(points, noise, rng), y)


def xor(n: int = 200, noise: float = 0.0, rng: np.random.Generator | int = 0) -> DataSet:
    """Draw the square [-1, 1)² with label 1 where the two coordinates differ in sign.

    Magnitudes are uniform on [0, 1); the four quadrants take turns within each class, so that they
    are as balanced as the classes. Then N(0, noise) is added to every coordinate: with noise,
    points cross the axes and keep the label they were drawn with.

    Parameters
    ----------
    n : int
        Number of events: ``n // 2`` of class 0, then ``n - n // 2`` of class 1.
    noise : float
        Standard deviation of the scatter.
    rng : numpy.random.Generator or int
        The generator, which is advanced, or the seed of a new one.

    Returns
    -------
    DataSet
        `X` of shape ``(n, 2)`` and `y` of shape ``(n,)``, float64.

    Raises
    ------
    ArgumentError
        If `n` is negative or not an integer, `noise` negative or not finite, or `rng` neither
        generator nor seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.xor(4)
    >>> print((X > 0).tolist(), y)
    [[True, True], [False, False], [True, False], [False, True]] [0. 0. 1. 1.]
    """
    y = balanced_labels(n)
    rng = as_generator(rng)
    right = np.concatenate([np.arange(count) % 2 == 0 for count in class_sizes(y)])
    above = right == (y == 0)
    signs = np.where(np.stack([right, above], axis=1), 1.0, -1.0)
    return DataSet(scatter(signs * rng.uniform(0, 1, signs.shape), noise, rng), y)


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
    size = as_count(batch_size, "batch_size")
    if size == 0:
        raise ArgumentError("batch_size must be at least 1; received 0")
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
        index = rows if order is None else order[rows]
        yield tuple(column[index] for column in columns)


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


def draw_island(island: Island, draws: int, rng: np.random.Generator) -> Floats:
    """Return those of `draws` points of the Gaussian that lie in the ellipse, ``(n_kept, 2)``."""
    points = np.stack(
        [rng.normal(island.centre[axis], island.sigma[axis], draws) for axis in (0, 1)], axis=1
    )
    return points[inside(island, points)]


def inside(island: Island, X: Floats) -> NDArray[np.bool_]:
    """Return which points ``(..., 2)`` lie in the island's ellipse, its rim excluded."""
    distance: Floats = (((X - island.centre) / island.half_axes) ** 2).sum(axis=-1)
    return distance < 1


def island_density(island: Island, X: Floats) -> Floats:
    """Return the density of the truncated Gaussian at the points ``(..., 2)``."""
    u = (X - island.centre) / island.sigma
    normalisation = 2 * math.pi * math.prod(island.sigma) * ellipse_probability(island)
    density = np.exp(-0.5 * (u**2).sum(axis=-1)) / normalisation
    return np.where(inside(island, X), density, 0.0)


def ellipse_probability(island: Island) -> float:
    """Return the probability of the ellipse under the Gaussian before the cut.

    The formula is derived in `two_islands_likelihood_ratio`.
    """
    a, b = np.divide(island.half_axes, island.sigma)
    angle = 2 * math.pi * np.arange(64) / 64
    q = (a * np.cos(angle)) ** 2 + (b * np.sin(angle)) ** 2
    return float(a * b * np.mean(-np.expm1(-q / 2) / q))


def balanced_labels(n: int) -> Floats:
    """Return ``n // 2`` zeros, then ``n - n // 2`` ones."""
    n = as_count(n, "n")
    return np.repeat([0.0, 1.0], [n // 2, n - n // 2])


def class_sizes(y: Floats) -> tuple[int, int]:
    """Return the number of zeros and of ones."""
    ones = int(y.sum())
    return y.size - ones, ones


def scatter(points: Floats, noise: float, rng: np.random.Generator | int) -> Floats:
    """Return the points with N(0, noise) added to every coordinate."""
    if not 0 <= noise < math.inf:
        raise ArgumentError(
            f"noise must be a standard deviation, finite and not negative; received {noise!r}"
        )
    return points + noise * as_generator(rng).standard_normal(points.shape)


def as_count(n: int, name: str) -> int:
    """Return `n` as a Python integer, or raise if it does not count anything."""
    try:
        count = operator.index(n)
    except TypeError:
        count = -1
    if count < 0 or isinstance(n, bool):
        raise ArgumentError(f"{name} must be an integer that is not negative; received {n!r}")
    return count


def as_generator(rng: np.random.Generator | int) -> np.random.Generator:
    """Return `rng`, or a new generator of that seed."""
    if isinstance(rng, np.random.Generator):
        return rng
    # None would mean a seed from the operating system, and no run could be repeated.
    return np.random.default_rng(as_count(rng, "rng, where it is not a numpy.random.Generator,"))
