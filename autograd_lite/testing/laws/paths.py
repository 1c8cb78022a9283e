"""Laws of the two ways to run a rule: on arrays and on Values; and of dtypes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.trial import Trial, bits
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.trees import flatten, replace_leaves
from autograd_lite.value import Value, data_of

__all__ = ["arrays_path_is_values_path", "dtype_kept"]


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
                narrow = trial.of(cast_all(trial.operands.args, dtype))
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
    epsilon = float(np.finfo(dtype).eps)
    tolerance = min(epsilon**0.5, 1000 * epsilon)
    narrow.compare("a gradient is the same in all dtypes", gradients, wide.gradients(), tolerance)


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
