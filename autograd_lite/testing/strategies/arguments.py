"""Arguments that go with operands: axes, and subscripts for einsum."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from autograd_lite.errors import ArgumentError
from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["Axis", "Contraction", "axes", "einsum_subscripts"]

Axis = int | tuple[int, ...] | None

LETTERS = "ijkl"


def axes(
    ndim: int, *, none: bool = True, tuples: bool = True, min_count: int = 0
) -> st.SearchStrategy[Axis]:
    """Return a strategy for the argument `axis` of a reduction.

    None, numbers of either sign, and tuples of them in any order, the empty one included. They
    shrink to None.

    Parameters
    ----------
    ndim : int
        How many axes the operand has. Of a number (0-d), None and the empty tuple are drawn.
    none, tuples : bool
        Whether None and tuples are among them.
    min_count : int
        How many axes a tuple has at least.

    Returns
    -------
    strategy of None, int or tuple of int

    Raises
    ------
    ArgumentError
        If nothing is left to draw.

    Examples
    --------
    >>> from hypothesis import find
    >>> import numpy as np
    >>> from autograd_lite.testing import strategies
    >>> axes = find(strategies.axes(3), lambda axis: isinstance(axis, tuple) and len(axis) == 2)
    >>> np.sum(np.ones((2, 2, 2)), axis=axes).shape
    (2,)
    """
    one: st.SearchStrategy[Axis] = st.integers(0, max(ndim - 1, 0)) | st.integers(-ndim, -1)
    kinds: list[st.SearchStrategy[Axis]] = []
    if none:
        kinds.append(st.none())
    if ndim:
        kinds.append(one)
    if tuples and min_count <= ndim:
        kinds.append(tuples_of_axes(ndim, min_count))
    if not kinds:
        raise ArgumentError(f"axes() has nothing to draw for ndim={ndim}; allow None or tuples")
    return st.one_of(kinds)


@st.composite
def tuples_of_axes(draw: st.DrawFn, ndim: int, min_count: int) -> tuple[int, ...]:
    """Return a strategy for axes without repeats, some of them negative."""
    chosen = draw(st.permutations(range(ndim)))[: draw(st.integers(min_count, ndim))]
    return tuple(axis - ndim if draw(st.booleans()) else axis for axis in chosen)


class Contraction(NamedTuple):
    """What einsum is called with: subscripts, and the shapes of the operands."""

    subscripts: str
    shapes: tuple[Shape, ...]


@st.composite
def einsum_subscripts(
    draw: st.DrawFn,
    *,
    min_operands: int = 1,
    max_operands: int = 3,
    max_dims: int = 3,
    min_side: int = 0,
    max_side: int = 3,
    ellipsis: bool = True,
    implicit: bool = True,
) -> Contraction:
    """Return a strategy for subscripts of einsum, with shapes of operands that fit.

    Letters that repeat within an operand (diagonals), stand in several (products), or are dropped
    (sums); the result in any order, or left to einsum; an ellipsis in front, of shapes that
    broadcast. One contraction in 16 has an axis of length 0. They shrink to few letters.

    Parameters
    ----------
    min_operands, max_operands : int
        How many operands.
    max_dims : int
        How many letters an operand has at most.
    min_side, max_side : int
        How long the axes are.
    ellipsis, implicit : bool
        Whether there may be an ellipsis, and subscripts without ``->``.

    Returns
    -------
    strategy of Contraction
        A named tuple of `subscripts` and `shapes`.

    Examples
    --------
    >>> from hypothesis import find
    >>> import numpy as np
    >>> from autograd_lite.testing import strategies
    >>> found = find(strategies.einsum_subscripts(), lambda c: len(c.shapes) == 2)
    >>> np.einsum(found.subscripts, *map(np.ones, found.shapes)).dtype
    dtype('float64')
    """
    count = draw(st.integers(min_operands, max_operands))
    shortest = min(max(1, min_side), max_side)
    sides = {letter: draw(st.integers(shortest, max_side)) for letter in LETTERS}
    if min_side == 0 and draw(st.integers(0, 15)) == 15:
        sides[draw(st.sampled_from(LETTERS))] = 0
    batch: Shape = (draw(st.integers(1, max_side)),) if ellipsis and draw(st.booleans()) else ()
    terms: list[str] = []
    shapes: list[Shape] = []
    for _ in range(count):
        letters = draw(st.text(LETTERS, max_size=max_dims))
        dotted = bool(batch) and draw(st.booleans())
        lead = batch if dotted and draw(st.booleans()) else (1,) * dotted
        terms.append("..." * dotted + letters)
        shapes.append(lead + tuple(sides[letter] for letter in letters))
    dots = "..." * any(term.startswith("...") for term in terms)
    inputs = ",".join(terms)
    if implicit and draw(st.integers(0, 3)) == 3:
        return Contraction(inputs, tuple(shapes))
    used = sorted({letter for term in terms for letter in term.removeprefix("...")})
    kept = draw(st.permutations(used))[: draw(st.integers(0, len(used)))]
    return Contraction(f"{inputs}->{dots}{''.join(kept)}", tuple(shapes))
