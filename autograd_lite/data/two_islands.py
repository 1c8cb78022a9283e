"""The article's data set: two islands of signals in a sea of noise, and its best classifier."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.arguments import check_count
from autograd_lite.data.dataset import DataSet, Floats, Seed, seeded
from autograd_lite.errors import ShapeError

__all__ = ["fresh_two_islands", "two_islands", "two_islands_likelihood_ratio"]


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
    rng: Seed = 0,
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
    n_noise = check_count("two_islands", "n_noise", n_noise, at_least=0)
    n_first = check_count("two_islands", "n_first", n_first, at_least=0)
    n_second = check_count("two_islands", "n_second", n_second, at_least=0)
    rng = seeded(rng)
    # 0.712 and 0.736 of the draws survive: half of 1200 or more lie 15 standard deviations below.
    draws = max(DRAWS, n_noise, 2 * n_first, 2 * n_second)
    noise = np.stack([rng.uniform(LOWEST[axis], HIGHEST[axis], draws) for axis in (0, 1)], axis=1)
    first = draw_island(FIRST, draws, rng)
    second = draw_island(SECOND, draws, rng)
    return DataSet(
        X=np.concatenate([noise[:n_noise], first[:n_first], second[:n_second]]),
        y=np.repeat([0.0, 1.0], [n_noise, n_first + n_second]),
    )


def fresh_two_islands(n: int = 100_000, rng: Seed = 1) -> DataSet:
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
    n = check_count("fresh_two_islands", "n", n, at_least=0)
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
