"""``r_[...]`` and ``c_[...]``: rows and columns written out, with Values among the parts.

numpy's own turn every part into a plain array, which a Value refuses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.ops.joining import concatenate

__all__ = ["c_", "r_"]


class Concatenator:
    """Joins what stands between its brackets: numbers, arrays, Values and slices.

    The parts are brought to `ndim` axes and joined along `axis`. The axes of a part with fewer of
    them start at place `first` among the axes added; -1 puts them last.
    """

    def __init__(self, axis: int, ndim: int, first: int) -> None:
        self.axis = axis
        self.ndim = ndim
        self.first = first

    def __getitem__(self, key: Any) -> Any:
        """Return the parts joined; a string in front, ``"axis,ndim,first"``, changes the rule."""
        parts = key if isinstance(key, tuple) else (key,)
        if isinstance(parts[0], str):
            return self.with_directive(parts[0])[parts[1:]]
        arrays = [np.r_[part] if isinstance(part, slice) else part for part in parts]
        return concatenate([self.with_axes(array) for array in arrays], axis=self.axis)

    def with_directive(self, directive: str) -> Concatenator:
        """Return the rule that a string such as "0,2" stands for."""
        numbers = directive.split(",")
        if len(numbers) > 3 or not all(n.strip().lstrip("-").isdigit() for n in numbers):
            raise ArgumentError(
                f"r_ and c_ take up to three whole numbers in front, 'axis,ndim,first', got "
                f"{directive!r}; use np.concatenate for other joins"
            )
        given = [int(number) for number in numbers]
        return Concatenator(*given, *[self.axis, self.ndim, self.first][len(given) :])

    def with_axes(self, part: Any) -> Any:
        """Return a part with the axes that it lacks."""
        shape = np.shape(part)
        lacking = max(self.ndim - len(shape), 0)
        before = self.first if self.first >= 0 else self.first + lacking + 1
        return np.reshape(part, (1,) * before + shape + (1,) * (lacking - before))


r_ = Concatenator(axis=0, ndim=1, first=-1)
"""`numpy.r_` for Values: ``r_[0.0, x, 1.0]`` joins numbers and arrays along the first axis.

Examples
--------
>>> import autograd_lite as al
>>> x = al.Value([1.0, 2.0])
>>> al.r_[0.0, x, 3:5].data.tolist()
[0.0, 1.0, 2.0, 3.0, 4.0]
"""

c_ = Concatenator(axis=-1, ndim=2, first=0)
"""`numpy.c_` for Values: ``c_[np.ones(n), x]`` makes vectors the columns of a matrix.

Examples
--------
>>> import autograd_lite as al
>>> x = al.Value([1.0, 2.0])
>>> al.c_[[0.0, 5.0], x].data.tolist()
[[0.0, 1.0], [5.0, 2.0]]
"""
