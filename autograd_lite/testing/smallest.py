"""The smallest operands that show a mistake: axes cut down, numbers rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from autograd_lite.trees import Path, flatten, path_text, replace_leaves
from autograd_lite.value import data_of

__all__ = ["operands_text", "smallest_args"]

MOST_TRIES: Final = 80

Arrays = Mapping[Path, Any]


def smallest_args(
    args: tuple[Any, ...], shows: Callable[[tuple[Any, ...]], bool]
) -> tuple[Any, ...]:
    """Return arguments, as small and as plain as possible, that show what others show.

    Parameters
    ----------
    args : tuple
        Arrays, numbers and trees of them.
    shows : callable
        Whether arguments show it. Where it raises, they do not.
    """
    arrays: Arrays = {
        path: np.asarray(data_of(leaf))
        for path, leaf in flatten(args).items()
        if getattr(data_of(leaf), "dtype", np.dtype(object)).kind in "biufc"
    }
    tries = 0
    found = True
    while found:
        found = False
        for candidate in smaller(arrays):
            tries += 1
            if tries > MOST_TRIES:
                break
            if holds(shows, with_arrays(args, candidate)):
                arrays, found = candidate, True
                break
    return with_arrays(args, arrays)


def with_arrays(args: tuple[Any, ...], arrays: Arrays) -> tuple[Any, ...]:
    """Return the arguments with other arrays."""
    replaced: tuple[Any, ...] = replace_leaves(args, {p: x[()] for p, x in arrays.items()})
    return replaced


def holds(shows: Callable[[tuple[Any, ...]], bool], args: tuple[Any, ...]) -> bool:
    """Return whether arguments show it; they may not even fit together."""
    try:
        return shows(args)
    except Exception:  # whatever a function does with operands that it is not made for
        return False


def smaller(arrays: Arrays) -> Iterator[Arrays]:
    """Yield operands that are a little smaller: the large steps first."""
    lengths = sorted({n for x in arrays.values() for n in x.shape if n > 1}, reverse=True)
    for length in lengths:
        half = length // 2
        for part in (slice(0, half), slice(half, None), slice(0, -1), slice(1, None)):
            yield {path: cut(x, length, part) for path, x in arrays.items()}
    for path, x in arrays.items():
        for axis, length in enumerate(x.shape):
            if length > 1:
                for part in (slice(0, 1), slice(-1, None)):
                    yield {**arrays, path: x[(slice(None),) * axis + (part,)]}
    if any(x.ndim for x in arrays.values()):
        yield {path: without_first_axis(x) for path, x in arrays.items()}
    for path, x in arrays.items():
        if x.shape[:1] == (1,):
            yield {**arrays, path: without_first_axis(x)}
    yield from plainer(arrays)


def plainer(arrays: Arrays) -> Iterator[Arrays]:
    """Yield operands whose numbers are shorter to write."""
    for path, x in arrays.items():
        if x.dtype.kind in "fc":
            for digits in (0, 1, 2):
                rounded = np.round(x, digits)
                if not np.array_equal(x, np.round(x, 2)) and not np.array_equal(x, rounded):
                    yield {**arrays, path: rounded}


def cut(x: Any, length: int, part: slice) -> Any:
    """Return a part of every axis of some length."""
    return x[tuple(part if n == length else slice(None) for n in x.shape)]


def without_first_axis(x: Any) -> Any:
    """Return an array without its first axis, if that has the length 1."""
    return x[0] if x.shape[:1] == (1,) else x


def operands_text(args: tuple[Any, ...]) -> str:
    """Return the operands, a line for each, as one would write them."""
    with np.printoptions(threshold=50, linewidth=88):
        lines = [
            f"  operand {path[0]}{path_text(path[1:])} = {np_text(leaf)}"
            for path, leaf in flatten(args).items()
        ]
    return "\n".join(lines)


def np_text(leaf: Any) -> str:
    """Return how to write a leaf: numpy's scalars as plain numbers, where they are doubles."""
    leaf = data_of(leaf)
    if isinstance(leaf, np.float64 | np.complex128):
        return repr(leaf.item())
    text = repr(leaf).replace("\n", "\n" + " " * 14)
    return f"np.{text}" if isinstance(leaf, np.ndarray) else text
