"""Toy sets in two dimensions: moons, rings, spirals, and the exclusive or."""

from __future__ import annotations

import math

import numpy as np

from autograd_lite.arguments import check_count
from autograd_lite.data.dataset import DataSet, Floats, Seed, seeded
from autograd_lite.errors import ArgumentError

__all__ = ["moons", "rings", "spirals", "xor"]


def moons(n: int = 200, noise: float = 0.1, rng: Seed = 0) -> DataSet:
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


def rings(n: int = 200, noise: float = 0.05, rng: Seed = 0) -> DataSet:
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
    rng: Seed = 0,
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


def xor(n: int = 200, noise: float = 0.0, rng: Seed = 0) -> DataSet:
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
    rng = seeded(rng)
    right = np.concatenate([np.arange(count) % 2 == 0 for count in class_sizes(y)])
    above = right == (y == 0)
    signs = np.where(np.stack([right, above], axis=1), 1.0, -1.0)
    return DataSet(scatter(signs * rng.uniform(0, 1, signs.shape), noise, rng), y)


def balanced_labels(n: int) -> Floats:
    """Return ``n // 2`` zeros, then ``n - n // 2`` ones."""
    n = check_count("a data set", "n", n, at_least=0)
    return np.repeat([0.0, 1.0], [n // 2, n - n // 2])


def class_sizes(y: Floats) -> tuple[int, int]:
    """Return the number of zeros and of ones."""
    ones = int(y.sum())
    return y.size - ones, ones


def scatter(points: Floats, noise: float, rng: Seed) -> Floats:
    """Return the points with N(0, noise) added to every coordinate."""
    if not 0 <= noise < math.inf:
        raise ArgumentError(
            f"noise must be a standard deviation, finite and not negative; received {noise!r}"
        )
    return points + noise * seeded(rng).standard_normal(points.shape)
