"""The operations that programs are made of, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from autograd_lite import ops
from autograd_lite.testing.strategies.arguments import einsum_subscripts
from autograd_lite.testing.strategies.draft import Draft
from autograd_lite.testing.strategies.families import (
    apart,
    broadcasting,
    changed,
    distinct,
    elementwise,
    is_square,
    of_one,
    on_axes,
    on_axis,
    positive_definite,
    regular,
)
from autograd_lite.testing.strategies.grids import Domain
from autograd_lite.testing.strategies.indices import indices
from autograd_lite.testing.strategies.operations import Arguments, Operation
from autograd_lite.testing.strategies.program import Operand
from autograd_lite.testing.strategies.shapes import Shape

__all__ = ["VOCABULARY"]

POSITIVE: Final[Domain] = (0.3, 8.0)
UNIT: Final[Domain] = (-0.9, 0.9)


def both_signs(low: float, high: float = 8.0) -> Domain:
    """Return the numbers of a size between `low` and `high`."""
    return ((-high, -low), (low, high))


def function_of(name: str) -> Callable[..., Any]:
    """Return numpy's function of a name: "tanh", "linalg.inv"."""
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    return function  # type: ignore[no-any-return]


def numpy_operation(
    name: str, arguments: Callable[[Draft], Arguments], text: str | None = None, **options: Any
) -> Operation:
    """Return an operation that calls numpy's function, with metadata by keyword."""
    return Operation(name, function_of(name), arguments, text, **options)


def own_operation(name: str, arguments: Callable[[Draft], Arguments]) -> Operation:
    """Return an operation that numpy has no function for."""
    return Operation(name, getattr(ops, name), arguments, f"al.ops.{name}({{0}}{{keywords}})")


# Element-wise

ELEMENTWISE: Final[dict[str, tuple[Domain | None, ...]]] = {
    "sin": (None,),
    "cos": (None,),
    "tanh": (None,),
    "square": (None,),
    "exp": ((-3.0, 2.5),),
    "log": (POSITIVE,),
    "sqrt": (POSITIVE,),
    "absolute": (both_signs(0.1),),
    "reciprocal": (both_signs(0.5),),
    "positive": (None,),
    "tan": ((-1.2, 1.2),),
    "arcsin": (UNIT,),
    "arccos": (UNIT,),
    "arctan": (None,),
    "sinh": ((-2.5, 2.5),),
    "cosh": ((-2.5, 2.5),),
    "arcsinh": (None,),
    "arccosh": ((1.3, 8.0),),
    "arctanh": (UNIT,),
    "exp2": ((-4.0, 3.0),),
    "expm1": ((-3.0, 2.5),),
    "log2": (POSITIVE,),
    "log10": (POSITIVE,),
    "log1p": ((-0.7, 8.0),),
    "cbrt": (both_signs(0.3),),
    "fabs": (both_signs(0.1),),
    "sinc": ((-2.5, 2.5),),
    "deg2rad": (None,),
    "rad2deg": (None,),
    "power": ((0.3, 3.0), (-2.5, 2.5)),
    "float_power": ((0.3, 3.0), (-2.5, 2.5)),
    "hypot": (both_signs(0.3), both_signs(0.3)),
    "arctan2": (both_signs(0.3), both_signs(0.3)),
    "logaddexp": (None, None),
    "logaddexp2": (None, None),
    "copysign": (both_signs(0.1), both_signs(0.1)),
    "remainder": ((3.3, 4.1), (1.4, 1.6)),
    "fmod": ((3.3, 4.1), (1.4, 1.6)),
}

OPERATORS: Final[dict[str, tuple[str, tuple[Domain | None, ...]]]] = {
    "add": ("{0} + {1}", (None, None)),
    "multiply": ("{0} * {1}", (None, None)),
    "subtract": ("{0} - {1}", (None, None)),
    "divide": ("{0} / {1}", (None, both_signs(0.5))),
    "negative": ("-{0}", (None,)),
}


def elementwise_operations() -> Iterable[Operation]:
    """Yield arithmetic, ufuncs, and functions of neural networks."""
    for name, (text, domains) in OPERATORS.items():
        yield numpy_operation(name, elementwise(*domains), text)
    for name, each in ELEMENTWISE.items():
        yield numpy_operation(name, elementwise(*each))
    for name in ("maximum", "minimum", "fmax", "fmin"):
        yield numpy_operation(name, elementwise(None, None), accepts=apart)
    yield own_operation("sigmoid", elementwise(None))
    yield own_operation("softplus", elementwise(None))
    yield own_operation("relu", elementwise(both_signs(0.1)))
    yield Operation(
        "where",
        lambda x, y, *, condition: np.where(condition, x, y),
        chosen,
        "np.where({condition}, {0}, {1})",
    )
    yield Operation(
        "clip",
        lambda x, *, low, high: np.clip(x, low, high),
        of_one(None, clip_bounds),
        "np.clip({0}, {low}, {high})",
        lambda x, *, low, high: apart(x, low) and apart(x, high),
    )


def chosen(draft: Draft) -> Arguments:
    """Draw two operands and a mask of their shape."""
    x = draft.operand()
    y = draft.operand(broadcasting(draft.shape_of(x)))
    shape = np.broadcast_shapes(draft.shape_of(x), draft.shape_of(y))
    size = int(np.prod(shape))
    flags = draft.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return [x, y], {"condition": np.array(flags, dtype=bool).reshape(shape)}


def clip_bounds(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw two bounds."""
    return {
        "low": draft.draw(st.sampled_from([-1.0, -0.3])),
        "high": draft.draw(st.sampled_from([1.0, 0.4])),
    }


# Reductions, and operations along an axis


def reductions() -> Iterable[Operation]:
    """Yield sums, means, extrema, spreads, and what runs along an axis."""
    yield numpy_operation("sum", on_axes())
    yield numpy_operation("mean", on_axes(fewest=1))
    yield numpy_operation("prod", on_axes(both_signs(0.5, 1.5)))
    for name in ("max", "min", "median", "ptp"):
        yield numpy_operation(name, on_axes(fewest=2), accepts=distinct)
    yield numpy_operation("var", on_axes(fewest=2, ddof=True))
    yield numpy_operation("std", on_axes(fewest=2, ddof=True), accepts=distinct)
    yield own_operation("logsumexp", on_axes(fewest=1))
    yield own_operation("softmax", on_axis(fewest=1))
    yield own_operation("log_softmax", on_axis(fewest=1))
    yield numpy_operation("cumsum", on_axis(default=None))
    yield numpy_operation("cumprod", on_axis(both_signs(0.5, 1.5), default=None))
    yield numpy_operation("sort", on_axis(), accepts=distinct)
    yield numpy_operation("diff", on_axis(fewest=2))
    yield numpy_operation("trapezoid", on_axis(fewest=2))
    yield numpy_operation("linalg.norm", on_axis(both_signs(0.3), default=None, fewest=1))


# Shapes


def shape_operations() -> Iterable[Operation]:
    """Yield operations that move elements."""
    yield Operation(
        "reshape",
        lambda x, *, shape: np.reshape(x, shape),
        of_one(None, another_shape),
        "np.reshape({0}, {shape})",
    )
    yield numpy_operation("transpose", of_one(None, permutation))
    yield numpy_operation("ravel", of_one())
    yield numpy_operation("swapaxes", of_one(None, two_axes("axis1", "axis2"), has_axes))
    yield numpy_operation("moveaxis", of_one(None, two_axes("source", "destination"), has_axes))
    yield numpy_operation("expand_dims", of_one(None, new_axis))
    yield numpy_operation("squeeze", of_one())
    yield Operation(
        "broadcast_to",
        lambda x, *, shape: np.broadcast_to(x, shape),
        of_one(None, larger_shape),
        "np.broadcast_to({0}, {shape})",
    )
    yield numpy_operation("flip", on_axis(default=None))
    yield numpy_operation(
        "roll", on_axis(default=None, more=lambda draft, side: {"shift": draft.draw(small())})
    )
    yield Operation(
        "repeat",
        lambda x, *, repeats, axis=None: np.repeat(x, repeats, axis=axis),
        on_axis(default=None, more=lambda draft, side: {"repeats": draft.draw(st.integers(0, 3))}),
        "np.repeat({0}, {repeats}{keywords})",
    )
    yield Operation(
        "tile",
        lambda x, *, reps: np.tile(x, reps),
        of_one(None, repetitions),
        "np.tile({0}, {reps})",
    )
    yield Operation(
        "pad",
        lambda x, *, width, mode: np.pad(x, width, mode=mode),
        of_one(None, padding, lambda shape: 0 not in shape and len(shape) > 0),
        "np.pad({0}, {width}, mode={mode})",
    )
    yield numpy_operation("tril", of_one(fits=is_square, otherwise=(2, 2)))
    yield numpy_operation("triu", of_one(fits=is_square, otherwise=(2, 2)))
    yield numpy_operation("diagonal", of_one(fits=is_square, otherwise=(2, 2)))
    yield numpy_operation("trace", of_one(fits=is_square, otherwise=(2, 2)))
    yield Operation(
        "getitem",
        lambda x, *, index: x[index],
        of_one(None, lambda draft, shape: {"index": draft.draw(indices(shape))}),
        "{0}[{index}]",
    )
    yield Operation(
        "take",
        lambda x, *, places, axis=None: np.take(x, places, axis=axis),
        on_axis(default=None, fewest=1, more=places),
        "np.take({0}, {places}{keywords})",
    )


def has_axes(shape: Shape) -> bool:
    """Return whether a shape has an axis."""
    return len(shape) > 0


def small() -> st.SearchStrategy[int]:
    """Return a strategy for shifts."""
    return st.integers(-3, 3)


def another_shape(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw a shape of as many elements, by moving factors between axes."""
    size = int(np.prod(shape))
    choices = [(size,), (-1,), (1, size), (size, 1), tuple(reversed(shape))]
    choices += [(n, size // n) for n in (2, 3, 4) if size and size % n == 0]
    choices += [()] if size == 1 else []
    choices = [c for c in choices if size or -1 not in c]
    return {"shape": draft.draw(st.sampled_from(choices))}


def permutation(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw an order of axes, or none."""
    reverse = tuple(reversed(range(len(shape))))
    order = draft.draw(st.just(reverse) | st.permutations(range(len(shape))).map(tuple))
    return changed(axes=(order, reverse))


def two_axes(first: str, second: str) -> Callable[[Draft, Shape], dict[str, Any]]:
    """Return how two axes are drawn, for arguments of these names."""

    def params(draft: Draft, shape: Shape) -> dict[str, Any]:
        axis = st.integers(0, len(shape) - 1) | st.integers(-len(shape), -1)
        return {first: draft.draw(axis), second: draft.draw(axis)}

    return params


def new_axis(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw the place of a new axis."""
    return {"axis": draft.draw(st.integers(0, len(shape)) | st.integers(-len(shape) - 1, -1))}


def larger_shape(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw a shape that the operand broadcasts to."""
    sides = [draft.draw(st.integers(0, 3)) if side == 1 else side for side in shape]
    lead = draft.draw(st.sampled_from([(), (2,), (1, 2)]))
    return {"shape": (*lead, *sides)}


def repetitions(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw how often each axis is repeated."""
    return {"reps": draft.draw(st.sampled_from([2, (2, 1), (1, 2), (1,), (2, 1, 2)]))}


def padding(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw how much each axis is padded by, and with what."""
    width = tuple(
        draft.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in range(len(shape))
    )
    mode = draft.draw(st.sampled_from(["constant", "edge", "wrap", "symmetric", "reflect"]))
    return {"width": width, "mode": mode}


def places(draft: Draft, side: int) -> dict[str, Any]:
    """Draw places along an axis, with repeats."""
    drawn = draft.draw(st.lists(st.integers(-side, side - 1), min_size=1, max_size=4))
    return {"places": np.array(drawn)}


# Joins


def joins() -> Iterable[Operation]:
    """Yield operations that join several operands, and that take them apart."""
    yield Operation(
        "concatenate",
        lambda *parts, axis=0: np.concatenate(parts, axis=axis),
        joined_along_an_axis,
        "np.concatenate([{operands}]{keywords})",
    )
    yield Operation(
        "stack",
        lambda *parts, axis=0: np.stack(parts, axis=axis),
        joined_along_a_new_axis,
        "np.stack([{operands}]{keywords})",
    )
    yield Operation(
        "split",
        lambda x, *, sections, part: np.split(x, sections)[part],
        of_one(None, sections, lambda shape: shape[:1] > (1,), otherwise=(2,)),
        "np.split({0}, {sections})[{part}]",
    )


def joined_along_an_axis(draft: Draft) -> Arguments:
    """Draw operands of one shape, but for the axis."""
    first = draft.operand(has_axes, otherwise=(2,))
    shape = draft.shape_of(first)
    axis = draft.draw(st.integers(0, len(shape) - 1) | st.integers(-len(shape), -1))

    def fits(other: Shape) -> bool:
        return len(other) == len(shape) and all(
            a == b or n == axis % len(shape)
            for n, (a, b) in enumerate(zip(shape, other, strict=True))
        )

    return [first, *several(draft, fits)], changed(axis=(axis, 0))


def joined_along_a_new_axis(draft: Draft) -> Arguments:
    """Draw operands of one shape."""
    first = draft.operand()
    shape = draft.shape_of(first)
    axis = new_axis(draft, shape)["axis"]
    return [first, *several(draft, lambda other: other == shape)], changed(axis=(axis, 0))


def several(draft: Draft, fits: Callable[[Shape], bool]) -> list[Operand]:
    """Draw up to two operands."""
    return [draft.operand(fits) for _ in range(draft.draw(st.integers(0, 2)))]


def sections(draft: Draft, shape: Shape) -> dict[str, Any]:
    """Draw places to cut at, and the part to keep."""
    cut = draft.draw(st.integers(1, shape[0] - 1))
    return {"sections": [cut], "part": draft.draw(st.integers(0, 1))}


# Products and linear algebra


def products() -> Iterable[Operation]:
    """Yield products of vectors, matrices and tensors."""
    yield numpy_operation("matmul", pair(has_axes, matmul_fits, (2, 2)), "{0} @ {1}")
    yield numpy_operation("dot", pair(has_axes, matmul_fits_dot, (2, 2)))
    yield numpy_operation("inner", pair(has_axes, lambda a, b: a[-1:] == b[-1:], (2,)))
    yield numpy_operation("outer", pair(lambda a: True, lambda a, b: True, ()))
    yield numpy_operation("kron", pair(has_axes, lambda a, b: len(b) > 0, (2,)))
    yield numpy_operation(
        "tensordot",
        pair(has_axes, lambda a, b: a[-1:] == b[:1], (2,), {"axes": 1}),
    )
    yield numpy_operation("cross", pair(lambda a: a == (3,), lambda a, b: b == (3,), (3,)))
    yield Operation(
        "einsum",
        lambda *operands, subscripts: np.einsum(subscripts, *operands),
        contraction,
        "np.einsum({subscripts}, {operands})",
    )


def matmul_fits(a: Shape, b: Shape) -> bool:
    """Return whether two shapes have a matrix product."""
    rows = b[-2] if len(b) > 1 else b[-1] if b else None
    return a[-1] == rows and broadcasting(a[:-2])(b[:-2])


def matmul_fits_dot(a: Shape, b: Shape) -> bool:
    """Return whether two shapes have a product of vectors or matrices."""
    return len(a) <= 2 and len(b) <= 2 and matmul_fits(a, b)


def pair(
    first: Callable[[Shape], bool],
    second: Callable[[Shape, Shape], bool],
    otherwise: Shape,
    params: dict[str, Any] | None = None,
) -> Callable[[Draft], Arguments]:
    """Return how two operands are drawn, the second of a shape that goes with the first."""

    def arguments(draft: Draft) -> Arguments:
        x = draft.operand(first, otherwise)
        shape = draft.shape_of(x)
        y = draft.operand(lambda other: second(shape, other), otherwise=shape[-1:])
        return [x, y], params or {}

    return arguments


def contraction(draft: Draft) -> Arguments:
    """Draw subscripts, and operands of the shapes: some that are there, or inputs."""
    subscripts, shapes = draft.draw(einsum_subscripts(max_dims=2))
    operands: list[Operand] = [draft.operand(shape.__eq__, otherwise=shape) for shape in shapes]
    return operands, {"subscripts": subscripts}


def linear_algebra() -> Iterable[Operation]:
    """Yield functions of matrices that are far from singular."""
    for name in ("linalg.inv", "linalg.det"):
        yield numpy_operation(name, lambda draft: ([regular(draft)], {}))
    yield Operation(
        "linalg.slogdet",
        lambda a: np.linalg.slogdet(a)[1],
        lambda draft: ([regular(draft)], {}),
        "np.linalg.slogdet({0})[1]",
    )
    yield numpy_operation("linalg.solve", system)
    yield Operation(
        "linalg.matrix_power",
        lambda a, *, n: np.linalg.matrix_power(a, n),
        lambda draft: ([regular(draft)], {"n": draft.draw(st.sampled_from([2, -1]))}),
        "np.linalg.matrix_power({0}, {n})",
    )
    yield numpy_operation("linalg.cholesky", lambda draft: ([positive_definite(draft)], {}))
    yield Operation(
        "linalg.eigvalsh",
        lambda a: np.linalg.eigh(a)[0],
        lambda draft: ([positive_definite(draft)], {}),
        "np.linalg.eigh({0})[0]",
    )
    yield Operation(
        "linalg.svdvals",
        lambda a: np.linalg.svd(a, full_matrices=False)[1],
        lambda draft: ([regular(draft)], {}),
        "np.linalg.svd({0}, full_matrices=False)[1]",
    )


def system(draft: Draft) -> Arguments:
    """Draw a matrix and right-hand sides."""
    matrix = regular(draft)
    shape = draft.shape_of(matrix)
    if len(shape) > 2:
        return [matrix, draft.operand(shape.__eq__, otherwise=shape)], {}
    rows = shape[-1:]
    return [matrix, draft.operand(lambda other: other[:1] == rows and len(other) < 3, rows)], {}


VOCABULARY: Final[dict[str, Operation]] = {
    operation.name: operation
    for operations in (
        elementwise_operations(),
        reductions(),
        shape_operations(),
        joins(),
        products(),
        linear_algebra(),
    )
    for operation in operations
}
"""Every operation that programs use unless they are told which, by name."""
