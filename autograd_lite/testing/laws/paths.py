"""Laws of the two ways to run a rule: on arrays and on Values; and of dtypes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from autograd_lite.compiler import compile
from autograd_lite.errors import AutogradError, GradientCheckError
from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.trial import Trial, bits, largest
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.transforms import value_and_grad
from autograd_lite.trees import flatten, replace_leaves
from autograd_lite.value import Value, data_of

__all__ = ["arrays_path_is_values_path", "compiled_equals_eager", "dtype_kept"]

NEARBY: Final = 1e-3
"""So far away, of their size, are the operands that a program is made with."""

DRAWS: Final = 4
"""So many changes are drawn to see how much a gradient depends on last digits."""


@law
def arrays_path_is_values_path(trial: Trial) -> Verdict | None:
    """A rule gives the same bits on arrays and on Values, and so does the operation itself."""
    if not trial.tracked():
        return None
    _, outs, on_arrays = trial.backward()
    for plain, out in zip(trial.outs, outs, strict=True):
        if bits(plain) != bits(out.data):
            trial.broken(
                "the operation gives the same bits on arrays and on Values",
                f"got {out.data!r} on Values, {plain!r} on arrays",
            )
    statement = "a rule gives the same bits on arrays and on Values"
    try:
        _, _, on_values = trial.backward(on_values=True)
    except Exception as error:
        trial.broken(statement, f"on Values it raises {type(error).__name__}: {error}", error)
    for place, (one, other) in enumerate(zip(on_arrays, on_values, strict=True)):
        if bits(one) != bits(other):
            trial.broken(
                statement,
                f"{trial.operands.name(place)}: got {other!r} on Values, {one!r} on arrays",
            )
    return Verdict.RIGHT


@law
def compiled_equals_eager(trial: Trial) -> Verdict | None:
    """What `autograd_lite.compile` makes of an operation and its rules gives the same bits.

    The program is made at other operands close by, so that a number which it keeps from there
    shows. Where what is computed depends on the operands' content, there is no program.
    """

    def derivative(*points: Any) -> Any:
        return value_and_grad(trial.total, trial.argnums)(*points)

    compiled = compile(derivative)
    with np.errstate(all="ignore"):
        try:
            compiled(*(nudged(x, NEARBY, trial.rng) for x in trial.points))
        except AutogradError:
            return None
        got = flatten(compiled(*trial.points))
        expected = flatten(derivative(*trial.points))
    for path, one in expected.items():
        if bits(one) != bits(got[path]):
            what = trial.operands.name(path[1]) if path[0] else "the total of the result"
            trial.broken(
                "a compiled program gives the same bits as eager mode",
                f"{what}: got {got[path]!r} compiled, {one!r} eagerly",
            )
    return Verdict.RIGHT


@law
def dtype_kept(trial: Trial) -> Verdict | None:
    """Results and gradients have the dtype of the operands, and the right numbers in it.

    For float16 (with ``half``), float32 and float64, and the complex dtypes of these. The numbers
    are compared with those in float64 at the same operands.
    """
    dtypes: list[Any] = [np.float32, np.float64]
    if trial.half and not any(np.iscomplexobj(x) for x in trial.points):
        dtypes.insert(0, np.float16)
    applies = False
    for dtype in dtypes:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                narrow = trial.of(cast_all(trial.operands.filled(trial.points), dtype))
        except TypeError:  # numpy.linalg does not know float16
            continue
        applies = True
        check_dtype(trial, narrow, dtype)
    return Verdict.RIGHT if applies else None


def check_dtype(trial: Trial, narrow: Trial, dtype: Any) -> None:
    """Raise if a result or a gradient has another dtype, or other numbers than in float64."""
    outs = narrow.results(*map(Value, narrow.points))
    for out, plain in zip(outs, narrow.outs, strict=True):
        if trial.dtype_kept and plain.dtype not in (dtype, cast(plain, dtype).dtype):
            trial.broken(
                "the result has the dtype of the operands",
                f"got {plain.dtype} for {dtype.__name__}",
            )
        if out.dtype != plain.dtype:
            trial.broken(
                "the result has the same dtype on arrays and on Values",
                f"got {out.dtype} on Values, {plain.dtype} on arrays",
            )
    wide = trial.of(cast_all(narrow.operands.args, np.float64))
    wide.weights = [w.astype(out.dtype) for w, out in zip(narrow.weights, wide.outs, strict=True)]
    gradients = narrow.gradients()
    for place, (gradient, x) in enumerate(zip(gradients, narrow.points, strict=True)):
        if gradient.dtype != x.dtype:
            trial.broken(
                "a gradient has the dtype of its operand",
                f"{trial.operands.name(place)}: got {gradient.dtype} for {x.dtype}",
            )
    statement = "a gradient is the same in all dtypes"
    expected = wide.gradients()
    sizes = [largest(x) for x in expected]
    try:
        narrow.compare(statement, gradients, expected, allowed_in(dtype, sizes))
    except GradientCheckError:
        terms = sizes_of_terms(wide, expected, dtype)
        narrow.compare(statement, gradients, expected, allowed_in(dtype, map(max, sizes, terms)))


def allowed_in(dtype: Any, sizes: Iterable[float]) -> list[float]:
    """Return how far numbers in a dtype may be apart, given the sizes of what they are made of.

    Below the smallest normal number, there is no precision.
    """
    epsilon, least = float(np.finfo(dtype).eps), float(np.finfo(dtype).smallest_normal)
    return [min(epsilon**0.5, 1000 * epsilon) * size + least for size in sizes]


def sizes_of_terms(wide: Trial, gradients: Sequence[Any], dtype: Any) -> list[float]:
    """Return how large the terms are that gradients are sums of, and that may cancel.

    Seen by how much the gradients change with the last digits of operands and weights in a dtype.
    """
    epsilon = float(np.finfo(dtype).eps)
    sizes = [0.0] * len(gradients)
    for _ in range(DRAWS):
        try:
            near = wide.at([nudged(x, epsilon, wide.rng) for x in wide.points])
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):  # outside of the domain
            continue
        moved = near.gradients([nudged(w, epsilon, wide.rng) for w in wide.weights])
        with np.errstate(all="ignore"):
            changes = [largest(x - y) / epsilon for x, y in zip(moved, gradients, strict=True)]
        sizes = list(map(max, sizes, changes))
    return sizes


def nudged(x: Any, epsilon: float, rng: np.random.Generator) -> Any:
    """Return an array with each element a little larger or smaller."""
    return (x * (1 + epsilon * rng.choice([-1, 1], size=np.shape(x))))[()]


def cast_all(args: Any, dtype: Any) -> Any:
    """Return the arguments with all arrays of floats in a dtype; Python's numbers stay."""
    arrays = {
        path: cast(array, dtype)
        for path, leaf in flatten(args).items()
        if isinstance(array := data_of(leaf), np.ndarray | np.inexact) and array.dtype.kind in "fc"
    }
    return replace_leaves(args, arrays)


def cast(x: Any, dtype: Any) -> Any:
    """Return an array in a float dtype, or the complex one with parts of this dtype."""
    return x.astype(np.result_type(dtype, np.complex64) if np.iscomplexobj(x) else dtype)
