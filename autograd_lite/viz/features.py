"""The features of events: what they are called, where they lie, and how a model is given them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError

__all__ = ["Features", "Floats", "features_of", "one_each"]

Floats = NDArray[np.float64]


class Features(NamedTuple):
    """The features of events.

    Attributes
    ----------
    names, units : list of str
        A unit is "" where there is none.
    ranges : ndarray
        ``(n_features, 2)``, in these units.
    mean, scale : ndarray
        ``(n_features,)``: a model is given ``(feature - mean) / scale``.
    """

    names: list[str]
    units: list[str]
    ranges: Floats
    mean: Floats
    scale: Floats

    def titles(self) -> list[str]:
        """Return the names with their units."""
        pairs = zip(self.names, self.units, strict=True)
        return [f"{name} [{unit}]" if unit else name for name, unit in pairs]


def features_of(
    count: int,
    names: Sequence[str] | None,
    units: Sequence[str] | None,
    mean: ArrayLike,
    scale: ArrayLike,
    ranges: Sequence[tuple[float, float]] | None,
    events: Floats | None,
) -> Features:
    """Return the features, or raise if an argument does not fit their number.

    Without ranges they are those of events ``(n, count)``, and without these three scales around
    the mean.
    """
    center, width = numbers_of("mean", mean, count), numbers_of("scale", scale, count)
    return Features(
        names=one_each("feature_names", names, count, "x"),
        units=one_each("units", units, count, ""),
        ranges=checked_ranges(ranges, count, center, width, events),
        mean=center,
        scale=width,
    )


def one_each(argument: str, given: Sequence[str] | None, count: int, usual: str) -> list[str]:
    """Return one text for each feature or output, or raise."""
    if given is None:
        return [f"{usual}{i + 1}" if usual and count > 1 else usual for i in range(count)]
    if isinstance(given, str) or len(given) != count:
        raise ArgumentError(f"{argument} has one text for each of {count}; got {given!r}")
    return list(map(str, given))


def numbers_of(argument: str, given: ArrayLike, count: int) -> Floats:
    """Return one finite number for each feature, of which a scale is positive, or raise."""
    array = np.asarray(given, dtype=np.float64)
    if array.shape not in ((), (1,), (count,)) or not np.isfinite(array).all():
        raise ArgumentError(
            f"{argument} is one finite number, or one for each of {count} features; got {given!r}"
        )
    if argument == "scale" and not (array > 0).all():
        raise ArgumentError(f"scale must be greater than 0, got {array.tolist()}")
    return np.broadcast_to(array, (count,))


def checked_ranges(
    ranges: Sequence[tuple[float, float]] | None,
    count: int,
    mean: Floats,
    scale: Floats,
    events: Floats | None,
) -> Floats:
    """Return where the sliders begin and end, ``(n_features, 2)``, or raise."""
    if ranges is None and events is not None and len(events):
        ranges = list(zip(events.min(axis=0), events.max(axis=0), strict=True))
    if ranges is None:
        return np.stack([mean - 3 * scale, mean + 3 * scale], axis=1)
    limits = np.asarray(ranges, dtype=np.float64)
    if limits.shape != (count, 2) or not (limits[:, 0] < limits[:, 1]).all():
        raise ArgumentError(
            f"ranges has (low, high) for each of {count} features, low < high; got {ranges!r}"
        )
    return limits
