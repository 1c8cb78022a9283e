"""A program in the making: what is computed so far, and what may still be added to it.

The draft is run while it is drawn, so that each operation gets operands that it is smooth for:
where they lie outside of its domain, an operation in front brings them there. It is run three
times, on inputs that differ by a small step, to see how strongly each result depends on them:
where that grows, a factor makes it smaller. So the derivatives of a long program stay of moderate
size, and can be compared to many digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.arrays import arrays
from autograd_lite.testing.strategies.grids import Domain, Intervals, as_intervals
from autograd_lite.testing.strategies.operations import Operation, scale, squash
from autograd_lite.testing.strategies.program import Constant, Operand, Program, Step
from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["DoesNotFit", "Draft"]

STEP: Final = 1e-4
"""How far apart the inputs of the three runs are."""

LARGEST: Final = 8.0
STEEPEST: Final = 20.0
MOST_CURVED: Final = 100.0
"""The largest results, first and second derivatives along a direction; beyond, they are scaled."""

TOO_MUCH: Final = 1e3
"""So many times larger, they are those of a place where an operation is not smooth."""

MOST_ELEMENTS: Final = 48
MOST_INPUTS: Final = 6

NEAR: Final = 4
MOST_NEAR: Final = 32
"""Two operands in three are among the last four results, so that programs are deep."""

MOST_BACK: Final = 49
BACK: Final = st.integers(0, MOST_BACK)
BACK_OR_CONSTANT: Final = st.integers(0, MOST_BACK + 8)
"""How many results back an operand is, modulo how many there are.

One choice for each operand: hypothesis leaves out up to 5 choices at a time, the simple steps.
"""

Runs = tuple[Any, Any, Any]


class DoesNotFit(Exception):  # noqa: N818  (no error: another operation is taken)
    """An operation cannot be added to a draft."""


class Node(NamedTuple):
    """An input, or the result of a step: for inputs a step below, in the middle, a step above.

    `large` says that it is too large to go on with: a factor follows.
    """

    runs: Runs
    step: Step | None
    large: bool = False


class Draft:
    """A program in the making.

    Parameters
    ----------
    draw : callable
        Hypothesis' function that draws from a strategy.
    max_nodes : int
        The largest number of steps.
    """

    def __init__(self, draw: st.DrawFn, max_nodes: int) -> None:
        self.draw = draw
        self.max_nodes = max_nodes
        self.nodes: list[Node] = []

    @property
    def room(self) -> int:
        """How many steps may be added."""
        return self.max_nodes - sum(node.step is not None for node in self.nodes)

    def new_input(self, shape: Shape) -> int:
        """Add an input of a shape, and return its number."""
        count = sum(node.step is None for node in self.nodes)
        if count >= MOST_INPUTS or math.prod(shape) > MOST_ELEMENTS:
            raise DoesNotFit
        x = self.draw(of_shape(shape))[()]
        direction = np.random.default_rng(count).uniform(0.5, 1.5, shape)
        self.nodes.append(Node((x - STEP * direction, x, x + STEP * direction), None))
        return len(self.nodes) - 1

    def operand(
        self, fits: Callable[[Shape], bool] = lambda shape: True, otherwise: Shape | None = None
    ) -> int:
        """Return the number of a result so far, counted backwards among those of a shape that fits.

        Where there is none, return a new input of the shape `otherwise`.
        """
        return self.counted_back(self.draw(BACK), fits, otherwise)

    def counted_back(
        self, back: int, fits: Callable[[Shape], bool], otherwise: Shape | None = None
    ) -> int:
        """Return the number of a result that fits, or of a new input."""
        fitting = [
            n
            for n in reversed(range(len(self.nodes)))
            if not self.nodes[n].large and fits(self.shape_of(n))
        ]
        if fitting:
            return fitting[(back % NEAR if back < MOST_NEAR else back) % len(fitting)]
        if otherwise is None:
            raise DoesNotFit
        return self.new_input(otherwise)

    def operand_or(self, numbers: Sequence[float], fits: Callable[[Shape], bool]) -> Operand:
        """Return the number of a result so far, as `operand` does, or one of some constants."""
        back = self.draw(BACK_OR_CONSTANT)
        if back > MOST_BACK:
            return Constant(numbers[back % len(numbers)])
        return self.counted_back(back, fits)

    def inside(self, operand: Operand, domain: Domain | None) -> Operand:
        """Return an operand within a domain: itself, or its smooth map onto an interval."""
        if domain is None:
            return operand
        intervals = as_intervals(domain)
        runs = self.runs_of(operand)
        if all(is_inside(run, intervals) for run in runs):
            return operand
        low, high = nearest_interval(runs[1], intervals)
        return self.append(squash, [operand], center=(low + high) / 2, radius=(high - low) / 2)

    def shape_of(self, operand: Operand) -> Shape:
        """Return the shape of an operand."""
        return np.shape(self.runs_of(operand)[1])

    def runs_of(self, operand: Operand) -> Runs:
        """Return what an operand holds in each of the runs."""
        if isinstance(operand, Constant):
            return operand.data, operand.data, operand.data
        return self.nodes[operand].runs

    def append(self, operation: Operation, operands: list[Operand], **params: Any) -> int:
        """Add a step, and a factor behind it where its result is too large; return its number.

        Raises
        ------
        DoesNotFit
            If there is no room, or the operation is not smooth there.
        """
        runs = [self.runs_of(operand) for operand in operands]
        if not self.room or not operation.accepts(*(run[1] for run in runs), **params):
            raise DoesNotFit
        with np.errstate(all="ignore"):
            below, here, above = (
                np.asarray(operation.function(*arrays, **params))[()]
                for arrays in zip(*runs, strict=True)
            )
        excess = excess_of(below, here, above)
        if not (is_usable(below) and is_usable(here) and is_usable(above) and excess < TOO_MUCH):
            raise DoesNotFit
        step = Step(operation, tuple(operands), params)
        self.nodes.append(Node((below, here, above), step, large=excess > 1))
        number = len(self.nodes) - 1
        if not self.nodes[number].large:
            return number
        return self.append(scale, [number], factor=2.0 ** -math.ceil(math.log2(excess)))

    def attempt(self, operation: Operation) -> None:
        """Add an operation; where it does not fit, half of a result."""
        count = len(self.nodes)
        try:
            operands, params = operation.arguments(self)
            self.append(operation, operands, **params)
        except DoesNotFit:
            added = self.nodes[count:]
            self.nodes[count:] = [node for node in added if node.step is None]
            self.append(scale, [self.operand()], factor=0.5)

    def program(self) -> Program:
        """Return the program, its results numbered in order, inputs first."""
        order = sorted(range(len(self.nodes)), key=lambda n: self.nodes[n].step is not None)
        numbers = {old: new for new, old in enumerate(order)}
        steps = [
            Step(
                step.operation,
                tuple(numbers[x] if isinstance(x, int) else x for x in step.operands),
                step.params,
            )
            for step in (self.nodes[n].step for n in order)
            if step is not None
        ]
        inputs = [node.runs[1] for node in self.nodes if node.step is None]
        return Program(tuple(inputs), tuple(steps))


@cache
def of_shape(shape: Shape) -> st.SearchStrategy[Any]:
    """Return a strategy for inputs."""
    return arrays(shape=shape)


def is_usable(x: Any) -> bool:
    """Return whether an array is one of few, finite floats."""
    return x.dtype == np.float64 and x.size <= MOST_ELEMENTS and bool(np.isfinite(x).all())


def is_inside(x: Any, intervals: Intervals) -> bool:
    """Return whether all elements lie within some of the intervals."""
    return bool(np.all(np.any([(low <= x) & (x <= high) for low, high in intervals], axis=0)))


def nearest_interval(x: Any, intervals: Intervals) -> tuple[float, float]:
    """Return the interval that is nearest to the middle of the elements."""
    middle = float(np.mean(x)) if np.size(x) else 0.0
    return min(intervals, key=lambda ends: max(ends[0] - middle, middle - ends[1]))


def excess_of(below: Any, here: Any, above: Any) -> float:
    """Return how many times a result or its derivatives are larger than they should be."""
    size = np.max(np.abs(here), initial=0.0)
    slope = np.max(np.abs(above - below), initial=0.0) / (2 * STEP)
    bend = np.max(np.abs(above - 2 * here + below), initial=0.0) / STEP**2
    return float(max(size / LARGEST, slope / STEEPEST, bend / MOST_CURVED))
