"""Products of vectors, matrices and tensors that are made of matmul, einsum and multiply."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, NoGradientRuleError, ShapeError
from autograd_lite.ops.elementwise import multiply
from autograd_lite.ops.matrices import conjugate_if_complex
from autograd_lite.ops.products import cross_primitive, einsum_primitive, matmul
from autograd_lite.primitive import stands_for

__all__ = [
    "cross",
    "dot",
    "einsum",
    "inner",
    "kron",
    "outer",
    "tensordot",
    "vdot",
    "vecdot",
]

LETTERS = string.ascii_uppercase + string.ascii_lowercase  # sorted, as an implicit output is


@stands_for(np.dot)
def dot(a: Any, b: Any) -> Any:
    """Return the sum of products over the last axis of `a` and the second to last of `b`."""
    if not np.ndim(a) or not np.ndim(b):
        return multiply(a, b)
    if np.ndim(b) <= 2:
        return matmul(a, b)
    columns = np.moveaxis(b, -2, 0)
    flat = matmul(a, np.reshape(columns, (columns.shape[0], math.prod(columns.shape[1:]))))
    return np.reshape(flat, np.shape(a)[:-1] + columns.shape[1:])


@stands_for(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """Return the sum of products of all elements, those of a complex `a` conjugated."""
    return matmul(conjugate_if_complex(np.reshape(a, (-1,))), np.reshape(b, (-1,)))


@stands_for(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Return the product of each element of `a` with each of `b`, as a matrix."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@stands_for(np.linalg.outer)
def outer_of_vectors(x1: Any, x2: Any, /) -> Any:
    """Return the outer product of two vectors."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ShapeError(
            f"np.linalg.outer takes two vectors, got shapes {np.shape(x1)} and {np.shape(x2)}; "
            "np.outer flattens"
        )
    return outer(x1, x2)


@stands_for(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Return the sum of products over the last axis of both."""
    if not np.ndim(a) or not np.ndim(b):
        return multiply(a, b)
    return tensordot(a, b, axes=(-1, -1))


@stands_for(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return the sum of products over `axes` of `a` and `b`.

    `axes` is how many of the last axes of `a` and the first of `b`, or a pair: those of `a`, those
    of `b`.
    """
    shape_a, shape_b = np.shape(a), np.shape(b)
    axes_a, axes_b = axes_of_both(axes, len(shape_a), len(shape_b))
    if [shape_a[i] for i in axes_a] != [shape_b[i] for i in axes_b]:
        raise ShapeError(
            f"np.tensordot got shapes {shape_a} and {shape_b}, whose lengths along axes {axes_a} "
            f"and {axes_b} differ"
        )
    kept_a = [i for i in range(len(shape_a)) if i not in axes_a]
    kept_b = [i for i in range(len(shape_b)) if i not in axes_b]
    count = math.prod(shape_a[i] for i in axes_a)
    rows = [shape_a[i] for i in kept_a]
    columns = [shape_b[i] for i in kept_b]
    matrix_a = np.reshape(np.transpose(a, (*kept_a, *axes_a)), (math.prod(rows), count))
    matrix_b = np.reshape(np.transpose(b, (*axes_b, *kept_b)), (count, math.prod(columns)))
    return np.reshape(matmul(matrix_a, matrix_b), (*rows, *columns))


@stands_for(np.linalg.tensordot)
def tensordot_of_arrays(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """Return the sum of products over `axes` of both, as `tensordot`."""
    return tensordot(x1, x2, axes)


def axes_of_both(axes: Any, ndim_a: int, ndim_b: int) -> tuple[list[int], list[int]]:
    """Return the axes that tensordot sums over, none negative."""
    if isinstance(axes, int | np.integer):
        pairs: Any = (range(-int(axes), 0), range(int(axes)))
    else:
        pairs = tuple(list(side) if np.ndim(side) else [side] for side in axes)
    both = []
    for side, ndim in zip(pairs, (ndim_a, ndim_b), strict=True):
        if any(not -ndim <= axis < ndim for axis in side):
            raise ShapeError(
                f"np.tensordot got axes {axes} for operands of {ndim_a} and {ndim_b} axes"
            )
        both.append([int(axis) % ndim for axis in side])
    return both[0], both[1]


@stands_for(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Return the blocks ``a[i, j, ...] * b``, joined along every axis."""
    shape_a, shape_b = np.shape(a), np.shape(b)
    ndim = max(len(shape_a), len(shape_b))
    shape_a = (1,) * (ndim - len(shape_a)) + shape_a
    shape_b = (1,) * (ndim - len(shape_b)) + shape_b
    spread_a = tuple(length for n in shape_a for length in (n, 1))
    spread_b = tuple(length for n in shape_b for length in (1, n))
    blocks = np.reshape(a, spread_a) * np.reshape(b, spread_b)
    return np.reshape(blocks, tuple(n * m for n, m in zip(shape_a, shape_b, strict=True)))


@stands_for(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Return the cross product of vectors of length 3, or 2 (their third component is 0).

    Of two vectors of length 2 it is a number, the third component.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    lengths = a.shape[-1], b.shape[-1]
    if not {*lengths} <= {2, 3}:
        raise ShapeError(
            f"np.cross takes vectors of length 2 or 3, got {lengths[0]} and {lengths[1]}"
        )
    if lengths == (2, 2):
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.moveaxis(cross_primitive(in_space(a), in_space(b)), -1, axisc)


def in_space(x: Any) -> Any:
    """Return vectors of length 3: those of length 2 with a 0 behind."""
    return np.concatenate([x, np.zeros_like(x[..., :1])], axis=-1) if x.shape[-1] < 3 else x


@stands_for(np.linalg.cross)
def cross_in_space(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Return the cross product of vectors of length 3 along `axis`."""
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ShapeError(
            f"np.linalg.cross takes vectors of length 3 along axis {axis}, got shapes "
            f"{np.shape(x1)} and {np.shape(x2)}"
        )
    return cross(x1, x2, axis=axis)


# Products of batches: the vectors of a batch stand along the last axis


def check_axes(ufunc: Any, *operands: Any) -> None:
    """Raise where an operand has fewer axes than the ufunc's signature ``(n),(n)->()`` names."""
    words = ufunc.signature.split("->")[0].strip("()").split("),(")
    counts = [len(word.split(",")) for word in words]
    shapes = [np.shape(x) for x in operands]
    if any(len(shape) < count for shape, count in zip(shapes, counts, strict=True)):
        raise ShapeError(
            f"np.{ufunc.__name__} takes operands of {counts[0]} and {counts[1]} axes or more, got "
            f"shapes {shapes[0]} and {shapes[1]}"
        )


@stands_for(np.vecdot)
def vecdot(x1: Any, x2: Any) -> Any:
    """Return the sums of products of vectors ``(..., n)``, those of a complex `x1` conjugated."""
    check_axes(np.vecdot, x1, x2)
    product = matmul(np.expand_dims(conjugate_if_complex(x1), -2), np.expand_dims(x2, -1))
    return np.squeeze(product, axis=(-2, -1))


@stands_for(np.linalg.vecdot)
def vecdot_along(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Return the sum of products along `axis`, of each pair of vectors."""
    return vecdot(np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1))


@stands_for(np.linalg.matmul)
def matmul_of_arrays(x1: Any, x2: Any, /) -> Any:
    """Return the matrix product."""
    return matmul(x1, x2)


if hasattr(np, "matvec"):  # numpy 2.2

    @stands_for(np.matvec)
    def matvec(x1: Any, x2: Any) -> Any:
        """Return the products of matrices ``(..., n, k)`` with vectors ``(..., k)``."""
        check_axes(np.matvec, x1, x2)
        return np.squeeze(matmul(x1, np.expand_dims(x2, -1)), axis=-1)

    @stands_for(np.vecmat)
    def vecmat(x1: Any, x2: Any) -> Any:
        """Return the products of vectors ``(..., n)``, conjugated, and matrices ``(..., n, k)``."""
        check_axes(np.vecmat, x1, x2)
        row = np.expand_dims(conjugate_if_complex(x1), -2)
        return np.squeeze(matmul(row, x2), axis=-2)


# einsum: the many ways of writing it become one, with a label for every axis


@stands_for(np.einsum)
def einsum(*operands: Any, optimize: Any = False, **other: Any) -> Any:
    """Return a sum of products over labelled axes.

    Takes ``"ij,jk->ik", a, b`` with or without the output, ellipses, and the form with lists of
    numbers: ``a, [0, 1], b, [1, 2], [0, 2]``.
    """
    defaults = {"out": None, "dtype": None, "order": "K", "casting": "safe"}
    for name, given in other.items():
        if name not in defaults or given != defaults[name]:
            raise NoGradientRuleError(
                f"np.einsum({name}=...) has no gradient rule for Value operands; leave it out, or "
                "use x.data for a constant"
            )
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0].replace(" ", ""), operands[1:]
    else:
        subscripts, arrays = subscripts_of_lists(operands)
    return einsum_primitive(
        *arrays, subscripts=every_axis_named(subscripts, arrays), optimize=optimize
    )


def subscripts_of_lists(operands: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return the subscripts, as a string, and the arrays of ``a, [0, 1], b, [1, 2], [0, 2]``."""
    count = len(operands) // 2
    words = [
        "".join("..." if label is Ellipsis else LETTERS[label] for label in labels)
        for labels in (*operands[1 : 2 * count : 2], *operands[2 * count :])
    ]
    subscripts = ",".join(words[:count]) + "".join(f"->{word}" for word in words[count:])
    return subscripts, tuple(operands[: 2 * count : 2])


def every_axis_named(subscripts: str, arrays: Sequence[Any]) -> str:
    """Return subscripts with letters in place of ellipses, and with the output written out."""
    inputs, arrow, output = subscripts.partition("->")
    words = inputs.split(",")
    if len(words) != len(arrays):
        raise ArgumentError(
            f"np.einsum got subscripts {subscripts!r} for {len(words)} operands, and {len(arrays)} "
            "operands"
        )
    missing = [np.ndim(x) - len(w.replace("...", "")) for w, x in zip(words, arrays, strict=True)]
    for word, count, array in zip(words, missing, arrays, strict=True):
        if count < 0 or (count > 0 and "..." not in word):
            raise ShapeError(
                f"np.einsum got subscripts {word!r} for an operand of shape {np.shape(array)}"
            )
    free = [letter for letter in LETTERS if letter not in subscripts]
    extra = "".join(free[: max(missing)])
    if extra and arrow and "..." not in output:
        raise ArgumentError(
            f"np.einsum got subscripts {subscripts!r}, whose ellipsis stands for {len(extra)} "
            "axes; write it in the output, too"
        )
    words = [
        word.replace("...", extra[len(extra) - count :])
        for word, count in zip(words, missing, strict=True)
    ]
    if not arrow:
        output = "..." + "".join(c for c in LETTERS if inputs.count(c) == 1)
    return f"{','.join(words)}->{output.replace('...', extra)}"
