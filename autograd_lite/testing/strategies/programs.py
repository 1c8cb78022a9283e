"""Random programs: typed expression graphs of operations on operands that they are smooth for."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from autograd_lite.errors import ArgumentError
from autograd_lite.testing.strategies.draft import Draft
from autograd_lite.testing.strategies.operations import Operation
from autograd_lite.testing.strategies.program import Program
from autograd_lite.testing.strategies.shapes import shapes
from autograd_lite.testing.strategies.vocabulary import VOCABULARY

__all__ = ["programs"]

MOST_FIRST_INPUTS = 3


def programs(
    min_nodes: int = 5,
    max_nodes: int = 50,
    operations: Iterable[str | Operation] | None = None,
) -> st.SearchStrategy[Program]:
    """Return a strategy for random programs.

    Each is a graph of operations on up to 6 inputs: element-wise ones that broadcast, reductions,
    operations on shapes, indices of every kind, joins, products and linear algebra, with operands
    that are shared (``x * x``), inputs that nothing uses, numbers (0-d) and arrays without
    elements. Where an operand lies outside of the domain of an operation, a smooth map onto an
    interval is put in front, and where results or derivatives grow large, a factor behind. Both
    count as operations. So the derivatives are finite and well-conditioned, and no step is near to
    a kink or a tie.

    What fails shrinks to few operations, below `min_nodes` as well, on small inputs of simple
    numbers.

    Parameters
    ----------
    min_nodes, max_nodes : int
        How many operations. Few of the programs that are drawn at random, one in a hundred, are
        smaller: those that hypothesis shrinks to.
    operations : iterable of str or Operation, optional
        Which ones, the simplest first. Default: all of `VOCABULARY`. `operation_of` makes one out
        of a primitive and its domain.

    Returns
    -------
    strategy of Program

    Raises
    ------
    ArgumentError
        If the limits make no sense, or an operation is not known.

    Examples
    --------
    >>> from hypothesis import find
    >>> from autograd_lite.testing import strategies
    >>> small = strategies.programs(1, 4, operations=["tanh"])
    >>> print(find(small, lambda program: True).source)
    import numpy as np
    import autograd_lite as al
    <BLANKLINE>
    def program(v0):
        v1 = np.tanh(v0)
        return [v1]
    <BLANKLINE>
    v0 = np.array(0.0)
    al.testing.check_grads(program, [v0])
    """
    if not 1 <= min_nodes <= max_nodes:
        raise ArgumentError(
            f"programs have 1 <= min_nodes <= max_nodes operations, got {min_nodes} and {max_nodes}"
        )
    known = [known_operation(x) for x in (VOCABULARY if operations is None else operations)]
    if not known:
        raise ArgumentError("programs() got no operations; give at least one, or None for all")
    return drafted(min_nodes, max_nodes, known)


def known_operation(operation: str | Operation) -> Operation:
    """Return the operation of a name."""
    if isinstance(operation, Operation):
        return operation
    if operation not in VOCABULARY:
        raise ArgumentError(
            f"programs() does not know the operation {operation!r}; known: "
            f"{', '.join(sorted(VOCABULARY))}; give an Operation for one of your own"
        )
    return VOCABULARY[operation]


@st.composite
def drafted(draw: st.DrawFn, least: int, most: int, operations: list[Operation]) -> Program:
    """Return a strategy for programs that draws one operation after the other."""
    draft = Draft(draw, most)
    for shape in draw(st.lists(shapes(), min_size=1, max_size=MOST_FIRST_INPUTS)):
        draft.new_input(shape)
    size = draw(sizes(least, most))
    # One more than there is room for: a list of a fixed size could not be shrunk.
    draw(st.lists(steps(draft, operations), min_size=size, max_size=most + 1))
    return draft.program()


@st.composite
def sizes(draw: st.DrawFn, least: int, most: int) -> int:
    """Return a strategy for how many operations are drawn at least: any number, or rarely 1.

    A failing program shrinks to the second, so that operations can be left out.
    """
    smallest = draw(st.integers(0, 2**31)) == 0
    size = draw(st.integers(least, most))
    return 1 if smallest else size


@st.composite
def steps(draw: st.DrawFn, draft: Draft, operations: list[Operation]) -> None:
    """Return a strategy that adds an operation to a draft, where there is room."""
    operation = draw(st.sampled_from(operations))
    if draft.room:
        draft.attempt(operation)
