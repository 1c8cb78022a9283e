"""What domains are made of: samplers, shapes, and the usual kinds of operation.

An operand is described by a sampler, a function from points in (0, 1) to points of the domain.
All points of one call are distinct, each in a cell of its own of a grid and not near its walls, so
that no two elements tie and none lies within a finite-difference step of a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, cycle, islice
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Sampler = Callable[[Any], Any]


def interval(low: float, high: float) -> Sampler:
    """Return a sampler of the numbers from `low` to `high`."""
    return lambda u: low + (high - low) * u


def both_signs(low: float, high: float) -> Sampler:
    """Return a sampler of -high ... -low and low ... high."""
    return lambda u: np.where(u < 0.5, -high, low) + (high - low) * (2 * u % 1)


def between_steps(u: Any) -> Any:
    """Return numbers in (-3, 3) that keep 0.1 away from every integer and half-integer."""
    scaled = 12 * u
    return (np.floor(scaled) + 0.2 + 0.6 * (scaled % 1)) / 2 - 3


def booleans(u: Any) -> Any:
    """Return True for one half of the points."""
    return np.asarray(u) < 0.5


def integers(count: int) -> Sampler:
    """Return a sampler of the integers below `count`."""
    return lambda u: np.asarray(count * u).astype(int)


GRID = np.linspace(0.001, 0.999, 32 * 32).reshape(32, 32)
"""Points of (0, 1), as a sampler takes them: also one of matrices."""


def interval_of(sampler: Sampler) -> tuple[float, float]:
    """Return the interval of a sampler: of numbers of both signs, the positive one."""
    low, middle, high = map(float, sampler(np.array([1e-9, 0.5, 1 - 1e-9])))
    is_one_piece = abs(middle - (low + high) / 2) < 1e-6 * max(abs(low), abs(high))
    return (low if is_one_piece else middle), high


@dataclass(frozen=True)
class Call:
    """Shapes of the operands, and metadata."""

    shapes: tuple[Shape, ...]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Domain:
    """Where to test a primitive.

    `samplers` has one function for each operand (repeated from the start for a variadic one).
    `analytic`: the forward function takes complex numbers and has a complex derivative.
    `complex_operands`: it is to be tested on any complex operands that it takes.
    `half`: numpy computes it in float16, too.
    `dtype_kept`: the result has the dtype of the operands.
    `ties`: operands with equal elements, and with zeros, are operands like others; not so for
    matrices, which become singular.
    `interchangeable`: an operand may be given the numbers of those before it; default: where their
    ranges lie within its own.
    `arguments`: what hypothesis may vary, "broadcast" (element-wise) or "axis" (a reduction).
    """

    samplers: tuple[Sampler, ...]
    calls: tuple[Call, ...]
    analytic: bool = False
    complex_operands: bool = True
    half: bool = True
    dtype_kept: bool = True
    ties: bool = True
    interchangeable: bool | None = None
    arguments: str | None = None

    @property
    def intervals(self) -> list[tuple[float, float]]:
        """For each operand an interval of its domain, the right one of several: for programs."""
        return list(map(interval_of, self.samplers))

    def has_interchangeable_operands(self) -> bool:
        """Return whether an operand may be given the numbers of any operand before it."""
        if self.interchangeable is not None:
            return self.interchangeable
        ranges = [(np.min(x), np.max(x)) for x in (sampler(GRID) for sampler in self.samplers)]
        return all(
            low <= lowest and highest <= high
            for (lowest, highest), (low, high) in combinations(ranges, 2)
        )

    def operands(self, shapes: Sequence[Shape], rng: np.random.Generator) -> list[Any]:
        """Return operands of the given shapes, drawn from the domain without ties."""
        sizes = [prod(shape) for shape in shapes]
        places = rng.permutation(sum(sizes)) + rng.uniform(0.2, 0.8, sum(sizes))
        grid = places / max(sum(sizes), 1)
        parts = np.split(grid, np.cumsum(sizes)[:-1])
        samplers = islice(cycle(self.samplers), len(parts))
        return [
            np.asarray(sampler(part.reshape(shape)))[()]
            for sampler, part, shape in zip(samplers, parts, shapes, strict=True)
        ]


REAL = interval(-2.0, 2.0)
POSITIVE = interval(0.3, 2.5)

SHAPES_OF_ONE = ((), (3,), (2, 3), (1, 1), (0,), (2, 0))
SHAPES_OF_TWO = (
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((), (2, 3)),
    ((2, 3), ()),
    ((1,), ()),
    ((0,), (1,)),
    ((4, 0), (4, 1)),
    ((2, 1, 3), (4, 1)),
)
SHAPES_OF_THREE = (
    ((), (), ()),
    ((3,), (3,), (3,)),
    ((2, 3), (3,), ()),
    ((2, 1), (1, 3), (2, 3)),
    ((), (2, 1), (3,)),
    ((0, 2), (1, 2), (2,)),
)


def of_one(sampler: Sampler = REAL, **flags: Any) -> Domain:
    """Return the domain of an element-wise operation of one operand."""
    calls = tuple(Call((shape,)) for shape in SHAPES_OF_ONE)
    return Domain((sampler,), calls, arguments="broadcast", **flags)


def of_two(x: Sampler = REAL, y: Sampler = REAL, **flags: Any) -> Domain:
    """Return the domain of an element-wise operation of two operands."""
    calls = tuple(Call(shapes) for shapes in SHAPES_OF_TWO)
    return Domain((x, y), calls, arguments="broadcast", **flags)


def of_three(x: Sampler, y: Sampler, z: Sampler, **flags: Any) -> Domain:
    """Return the domain of an element-wise operation of three operands."""
    calls = tuple(Call(shapes) for shapes in SHAPES_OF_THREE)
    return Domain((x, y, z), calls, arguments="broadcast", **flags)


def reduction(
    sampler: Sampler = REAL, *, empty: bool = True, axis_of_none: bool = True, **flags: Any
) -> Domain:
    """Return the domain of a reduction.

    `empty`: it has a value for no elements; `axis_of_none`: it takes axis 0 of a number.
    """
    calls = [
        Call(((),)),
        Call(((4,),)),
        Call(((2, 3),)),
        Call(((2, 3),), {"axis": 0}),
        Call(((2, 3),), {"axis": -1, "keepdims": True}),
        Call(((2, 3),), {"keepdims": True}),
        Call(((2, 3, 2),), {"axis": 1}),
        Call(((2, 3, 2),), {"axis": (0, 2)}),
        Call(((2, 3, 2),), {"axis": (-1, 0), "keepdims": True}),
        Call(((2, 3),), {"axis": (1,)}),
        Call(((2, 3),), {"axis": ()}),
        Call(((1, 3),), {"axis": 0}),
        Call(((0, 3),), {"axis": 1}),
    ]
    if axis_of_none:
        calls += [Call(((),), {"axis": 0}), Call(((),), {"axis": -1, "keepdims": True})]
    if empty:
        calls += [Call(((0, 3),), {"axis": 0}), Call(((0,),)), Call(((2, 0),), {"axis": (0, 1)})]
    return Domain((sampler,), tuple(calls), arguments="axis", **flags)


def spread(sampler: Sampler = REAL) -> Domain:
    """Return the domain of a variance or a standard deviation."""
    calls = (
        Call(((4,),)),
        Call(((4,),), {"ddof": 1}),
        Call(((2, 3),), {"axis": 0}),
        Call(((2, 3),), {"axis": -1, "ddof": 1, "keepdims": True}),
        Call(((2, 3, 2),), {"axis": (0, 2), "ddof": 2}),
        Call(((2, 3),), {"axis": (0, -1), "keepdims": True}),
        Call(((0, 3),), {"axis": 1}),
    )
    return Domain((sampler,), calls, arguments="axis")


def running(sampler: Sampler = REAL) -> Domain:
    """Return the domain of a running sum or product."""
    calls = (
        Call(((),)),
        Call(((),), {"axis": 0}),
        Call(((1,),)),
        Call(((5,),)),
        Call(((2, 3),)),
        Call(((2, 3),), {"axis": 0}),
        Call(((2, 3),), {"axis": -1}),
        Call(((2, 4, 2),), {"axis": 1}),
        Call(((0,),)),
        Call(((2, 0),), {"axis": 1}),
        Call(((0, 2),), {"axis": -1}),
    )
    return Domain((sampler,), calls, analytic=True)


def normalised(analytic: bool = False) -> Domain:
    """Return the domain of softmax and its logarithm."""
    calls = (
        Call(((3,),)),
        Call(((2, 3),)),
        Call(((2, 3),), {"axis": 0}),
        Call(((2, 3, 2),), {"axis": (1, 2)}),
        Call(((0, 3),)),
        Call(((1,),)),
    )
    return Domain((REAL,), calls, analytic=analytic)


def moving(*calls: tuple[Shape, dict[str, Any]]) -> Domain:
    """Return the domain of an operation that moves elements of one operand."""
    return Domain((REAL,), tuple(Call((shape,), params) for shape, params in calls), analytic=True)


def joining(*calls: Call) -> Domain:
    """Return the domain of an operation that takes any number of operands."""
    return Domain((REAL,), calls, analytic=True)


def predicate(sampler: Sampler = REAL, *calls: Call) -> Domain:
    """Return the domain of an operation of one operand without a derivative."""
    return Domain((sampler,), calls or tuple(Call((s,)) for s in SHAPES_OF_ONE), dtype_kept=False)


def relation(x: Sampler = REAL, y: Sampler = REAL) -> Domain:
    """Return the domain of an operation of two operands without a derivative."""
    return Domain((x, y), tuple(Call(shapes) for shapes in SHAPES_OF_TWO), dtype_kept=False)


POSITIONS = (Call(((4,),)), Call(((2, 3),), {"axis": 0}), Call(((2, 3),), {"axis": -1}))
