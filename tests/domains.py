"""A domain for every primitive: where it is smooth, and calls that try shapes and parameters.

An operand is described by a sampler, a function from points in (0, 1) to points of the domain.
All points of one call are distinct and stand on a grid, so that no two elements tie and none lies
within a finite-difference step of a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Sampler = Callable[[Any], Any]


def interval(low: float, high: float) -> Sampler:
    return lambda u: low + (high - low) * u


def both_signs(low: float, high: float) -> Sampler:
    """Return a sampler of -high ... -low and low ... high."""
    return lambda u: np.where(u < 0.5, -high, low) + (high - low) * (2 * u % 1)


def between_steps(u: Any) -> Any:
    """Return numbers in (-3, 3) that keep 0.1 away from every integer and half-integer."""
    scaled = 12 * u
    return (np.floor(scaled) + 0.2 + 0.6 * (scaled % 1)) / 2 - 3


def booleans(u: Any) -> Any:
    return np.asarray(u) < 0.5


def integers(count: int) -> Sampler:
    return lambda u: np.asarray(count * u).astype(int)


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
    `dtype_kept`: the result has the dtype of the operands.
    `arguments`: what hypothesis may vary, "broadcast" (element-wise) or "axis" (a reduction).
    """

    samplers: tuple[Sampler, ...]
    calls: tuple[Call, ...]
    analytic: bool = False
    dtype_kept: bool = True
    arguments: str | None = None

    def operands(self, shapes: Sequence[Shape], rng: np.random.Generator) -> list[Any]:
        """Return operands of the given shapes, drawn from the domain without ties."""
        sizes = [prod(shape) for shape in shapes]
        grid = (rng.permutation(sum(sizes)) + 0.37) / max(sum(sizes), 1)
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
    calls = tuple(Call((shape,)) for shape in SHAPES_OF_ONE)
    return Domain((sampler,), calls, arguments="broadcast", **flags)


def of_two(x: Sampler = REAL, y: Sampler = REAL, **flags: Any) -> Domain:
    calls = tuple(Call(shapes) for shapes in SHAPES_OF_TWO)
    return Domain((x, y), calls, arguments="broadcast", **flags)


def of_three(x: Sampler, y: Sampler, z: Sampler, **flags: Any) -> Domain:
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
    return Domain((REAL,), calls, analytic=True)


def predicate(sampler: Sampler = REAL, *calls: Call) -> Domain:
    return Domain((sampler,), calls or tuple(Call((s,)) for s in SHAPES_OF_ONE), dtype_kept=False)


def relation(x: Sampler = REAL, y: Sampler = REAL) -> Domain:
    return Domain((x, y), tuple(Call(shapes) for shapes in SHAPES_OF_TWO), dtype_kept=False)


POSITIONS = (Call(((4,),)), Call(((2, 3),), {"axis": 0}), Call(((2, 3),), {"axis": -1}))

INDICES: tuple[tuple[Shape, Any], ...] = (
    ((), ()),
    ((), ...),
    ((), None),
    ((4,), 2),
    ((4,), -1),
    ((4,), slice(1, 3)),
    ((4,), slice(None, None, -2)),
    ((4,), slice(2, 2)),
    ((4,), np.array([0, 0, 3, 0])),
    ((4,), np.array([-1, 3])),
    ((4,), np.array([], dtype=int)),
    ((4,), np.array(1)),
    ((4,), np.array([True, False, True, False])),
    ((3, 4), 1),
    ((3, 4), (1, 2)),
    ((3, 4), (..., 0)),
    ((3, 4), (slice(None), None, slice(1, None))),
    ((3, 4), (np.array([0, 0, 2]), np.array([1, 1, 3]))),
    ((3, 4), (slice(None), np.array([[0, 1], [1, 0]]))),
    ((3, 4), (np.array([[0], [2], [0]]), np.array([1, 1]))),
    ((3, 4), np.arange(12).reshape(3, 4) % 3 == 0),
    ((3, 4), (np.array([True, False, True]), slice(1, 3))),
    ((3, 4), (np.array([True, False, True]), np.array([1, 1]))),
    ((0, 4), slice(None)),
    ((0, 4), (slice(None), 1)),
)


def result_shape(shape: Shape, index: Any) -> Shape:
    return np.shape(np.zeros(shape)[index])


DOMAINS: dict[str, Domain] = {
    # arithmetic
    "add": of_two(analytic=True),
    "subtract": of_two(analytic=True),
    "multiply": of_two(analytic=True),
    "divide": of_two(y=both_signs(0.5, 2.0), analytic=True),
    "power": of_two(POSITIVE, REAL, analytic=True),
    "float_power": of_two(POSITIVE, REAL, analytic=True, dtype_kept=False),
    "negative": of_one(analytic=True),
    "positive": of_one(analytic=True),
    "absolute": of_one(both_signs(0.1, 2.0)),
    "fabs": of_one(both_signs(0.1, 2.0)),
    "reciprocal": of_one(both_signs(0.5, 2.0), analytic=True),
    "square": of_one(analytic=True),
    "sqrt": of_one(POSITIVE, analytic=True),
    "cbrt": of_one(both_signs(0.3, 2.0)),
    "floor_divide": of_two(interval(3.3, 4.1), both_signs(1.4, 1.6)),
    "remainder": of_two(interval(3.3, 4.1), both_signs(1.4, 1.6)),
    # exponentials and logarithms
    "exp": of_one(analytic=True),
    "exp2": of_one(analytic=True),
    "expm1": of_one(analytic=True),
    "log": of_one(POSITIVE, analytic=True),
    "log2": of_one(POSITIVE, analytic=True),
    "log10": of_one(POSITIVE, analytic=True),
    "log1p": of_one(interval(-0.7, 2.0), analytic=True),
    "logaddexp": of_two(),
    # angles
    "sin": of_one(analytic=True),
    "cos": of_one(analytic=True),
    "tan": of_one(interval(-1.2, 1.2), analytic=True),
    "arcsin": of_one(interval(-0.9, 0.9), analytic=True),
    "arccos": of_one(interval(-0.9, 0.9), analytic=True),
    "arctan": of_one(analytic=True),
    "arctan2": of_two(both_signs(0.3, 2.0), both_signs(0.3, 2.0)),
    "hypot": of_two(both_signs(0.3, 2.0), both_signs(0.3, 2.0)),
    "deg2rad": of_one(interval(-200.0, 200.0)),
    "rad2deg": of_one(interval(-3.0, 3.0)),
    "sinh": of_one(analytic=True),
    "cosh": of_one(analytic=True),
    "tanh": of_one(analytic=True),
    "arcsinh": of_one(analytic=True),
    "arccosh": of_one(interval(1.3, 3.0), analytic=True),
    "arctanh": of_one(interval(-0.9, 0.9), analytic=True),
    # choices and steps
    "maximum": of_two(),
    "minimum": of_two(),
    "where": of_three(booleans, REAL, REAL, analytic=True),
    "clip": of_three(REAL, interval(-1.0, -0.5), interval(0.5, 1.0)),
    "sign": of_one(between_steps),
    "floor": of_one(between_steps),
    "ceil": of_one(between_steps),
    "trunc": of_one(between_steps),
    "rint": of_one(between_steps),
    # copies
    "identity": of_one(analytic=True),
    "copy": of_one(analytic=True),
    "astype": Domain(
        (REAL,),
        (Call(((),), {"dtype": np.dtype("f8")}), Call(((2, 3),), {"dtype": np.dtype("f8")})),
        dtype_kept=False,
    ),
    # linear algebra
    "matmul": Domain(
        (REAL,),
        tuple(
            Call(shapes)
            for shapes in (
                ((3,), (3,)),
                ((2, 3), (3,)),
                ((3,), (3, 2)),
                ((2, 3), (3, 4)),
                ((2, 3, 3), (3, 2)),
                ((3,), (2, 3, 2)),
                ((2, 2, 3), (3,)),
                ((2, 1, 2, 3), (4, 3, 2)),
                ((1, 2, 3), (2, 3, 1)),
                ((0, 3), (3, 2)),
                ((2, 0), (0, 3)),
                ((0,), (0,)),
            )
        ),
        analytic=True,
    ),
    # shapes
    "reshape": moving(
        ((), {"shape": (1, 1)}),
        ((6,), {"shape": (2, 3)}),
        ((2, 3), {"shape": -1}),
        ((2, 3), {"shape": (3, -1)}),
        ((1,), {"shape": ()}),
        ((0, 3), {"shape": (3, 0, 2)}),
    ),
    "transpose": moving(
        ((), {}),
        ((3,), {}),
        ((2, 3), {}),
        ((2, 3, 4), {}),
        ((2, 3, 4), {"axes": (1, 2, 0)}),
        ((2, 3, 4), {"axes": (-1, 0, 1)}),
        ((2, 0), {"axes": None}),
    ),
    "swapaxes": moving(
        ((2, 3), {"axis1": 0, "axis2": 1}),
        ((2, 3, 4), {"axis1": -1, "axis2": 0}),
        ((2, 3), {"axis1": 1, "axis2": 1}),
    ),
    "moveaxis": moving(
        ((2, 3, 4), {"source": 0, "destination": -1}),
        ((2, 3, 4), {"source": (0, 1), "destination": (2, 0)}),
        ((2, 3, 4), {"source": (-1, 0), "destination": (0, 1)}),
    ),
    "expand_dims": moving(
        ((), {"axis": 0}),
        ((2, 3), {"axis": 1}),
        ((2, 3), {"axis": (0, -1)}),
        ((0,), {"axis": -1}),
    ),
    "squeeze": moving(
        ((), {}),
        ((1,), {}),
        ((1, 3, 1), {}),
        ((1, 3, 1), {"axis": 0}),
        ((1, 3, 1), {"axis": (0, -1)}),
        ((1, 0), {"axis": 0}),
    ),
    "broadcast_to": moving(
        ((), {"shape": ()}),
        ((), {"shape": (2, 3)}),
        ((3,), {"shape": (2, 3)}),
        ((2, 1), {"shape": (2, 3)}),
        ((1,), {"shape": 4}),
        ((1, 3), {"shape": (2, 0, 3)}),
        ((1,), {"shape": (0,)}),
    ),
    "flip": moving(
        ((3,), {}),
        ((2, 3), {}),
        ((2, 3), {"axis": 0}),
        ((2, 3), {"axis": -1}),
        ((2, 3, 2), {"axis": (0, 2)}),
        ((0, 2), {"axis": 0}),
    ),
    "concatenate": joining(
        Call(((2,),)),
        Call(((2,), (3,))),
        Call(((2, 3), (1, 3), (2, 3))),
        Call(((2, 1), (2, 3)), {"axis": -1}),
        Call(((2, 3), (2,), ()), {"axis": None}),
        Call(((0,), (2,))),
    ),
    "stack": joining(
        Call(((), ())),
        Call(((2,),)),
        Call(((2, 3), (2, 3), (2, 3))),
        Call(((2, 3), (2, 3)), {"axis": 1}),
        Call(((2, 3), (2, 3)), {"axis": -1}),
        Call(((0,), (0,))),
    ),
    # indexing
    "getitem": moving(*((shape, {"index": index}) for shape, index in INDICES)),
    "scatter_add": moving(
        *(
            (result_shape(shape, index), {"index": index, "shape": shape})
            for shape, index in INDICES
        )
    ),
    # neural networks
    "relu": of_one(both_signs(0.1, 2.0)),
    "sigmoid": of_one(interval(-4.0, 4.0)),
    "softplus": of_one(interval(-4.0, 4.0)),
    "softmax": normalised(),
    "log_softmax": normalised(),
    "linear": Domain(
        (REAL,),
        tuple(
            Call(shapes)
            for shapes in (
                ((2, 3), (4, 3), (4,)),
                ((3,), (4, 3), (4,)),
                ((2, 2, 3), (4, 3), (4,)),
                ((1, 1), (1, 1), (1,)),
                ((0, 3), (4, 3), (4,)),
                ((2, 0), (3, 0), (3,)),
                ((2, 3), (0, 3), (0,)),
            )
        ),
        analytic=True,
    ),
    "bce_with_logits": Domain(
        (both_signs(0.1, 3.0), interval(0.0, 1.0)),
        (
            Call(((), ())),
            Call(((3,), (3,))),
            Call(((3, 2), (3, 2)), {"reduction": "mean"}),
            Call(((3, 2), (3, 2)), {"reduction": "sum"}),
            Call(((3, 1), (3, 1)), {"reduction": "none"}),
            Call(((0,), (0,)), {"reduction": "none"}),
        ),
    ),
    "cross_entropy": Domain(
        (REAL, integers(3)),
        (
            Call(((4, 3), (4,))),
            Call(((4, 3), (4,)), {"reduction": "mean"}),
            Call(((4, 3), (4,)), {"reduction": "sum"}),
            Call(((4, 3), (4,)), {"reduction": "none"}),
            Call(((1, 3), (1,))),
            Call(((0, 3), (0,)), {"reduction": "none"}),
        ),
    ),
    # reductions
    "sum": reduction(analytic=True),
    "mean": reduction(empty=False, axis_of_none=False, analytic=True),
    "max": reduction(empty=False),
    "min": reduction(empty=False),
    "var": spread(),
    "std": spread(),
    "prod": reduction(both_signs(0.5, 1.5), analytic=True),
    "cumsum": running(),
    "cumprod": running(both_signs(0.5, 1.5)),
    "logsumexp": reduction(empty=False),
    # without a derivative
    "less": relation(),
    "less_equal": relation(),
    "greater": relation(),
    "greater_equal": relation(),
    "equal": relation(),
    "not_equal": relation(),
    "logical_and": relation(),
    "logical_or": relation(),
    "logical_xor": relation(),
    "logical_not": predicate(),
    "bitwise_and": relation(booleans, booleans),
    "bitwise_or": relation(booleans, booleans),
    "bitwise_xor": relation(booleans, booleans),
    "invert": predicate(booleans),
    "isnan": predicate(),
    "isinf": predicate(),
    "isfinite": predicate(),
    "signbit": predicate(),
    "argmax": predicate(REAL, *POSITIONS),
    "argmin": predicate(REAL, *POSITIONS),
    "argsort": predicate(REAL, *POSITIONS),
    "all": predicate(REAL, *POSITIONS),
    "any": predicate(REAL, *POSITIONS),
    "count_nonzero": predicate(REAL, *POSITIONS),
    "zeros_like": predicate(),
    "ones_like": predicate(),
    "full_like": Domain(
        (REAL,), (Call(((), ())), Call(((2, 3), ())), Call(((2, 3), (3,)))), dtype_kept=False
    ),
    "empty_like": predicate(REAL, Call(((0,),)), Call(((2, 0),))),
}
