"""Laws of structure: what follows from how an operation treats its operands."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from autograd_lite.errors import GradientCheckError, ShapeError
from autograd_lite.testing.check_grads import gradient_report
from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.numeric import replaced
from autograd_lite.testing.laws.trial import Trial
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.transforms import vjp
from autograd_lite.trees import flatten
from autograd_lite.value import data_of

__all__ = ["broadcasting_is_tiling", "permutation_equivariance", "repeated_operand"]


@law
def repeated_operand(trial: Trial) -> Verdict | None:
    """The derivative of f(x, x) is ∂₁f + ∂₂f.

    For each pair of operands of one shape and dtype. It is compared with differences as well: where
    x is at a tie with itself, both partial derivatives may be allowed and their sum is not.
    """
    applies = False
    pairs = combinations(trial.argnums, 2) if trial.interchangeable else ()
    for first, second in pairs:
        x, y = trial.points[first], trial.points[second]
        if x.shape != y.shape or x.dtype != y.dtype or not x.size:
            continue
        same = defined(trial, replaced(trial.points, second, x))
        if same is None:
            continue
        applies = True

        def twice(v: Any, same: Trial = same, places: tuple[int, int] = (first, second)) -> Any:
            points = [v if place in places else p for place, p in enumerate(same.points)]
            return same.results(*points)

        apart = same.gradients()
        with np.errstate(all="ignore"):
            together = vjp(twice)(x)[1](same.weights)
            expected = apart[first] + apart[second]
            report = gradient_report(twice, [x], 1, rng=trial.rng)
        same.compare("the derivative of f(x, x) is ∂₁f + ∂₂f", [together], [expected])
        if report.verdict is Verdict.WRONG:
            raise GradientCheckError(
                f"wrong gradient of {trial.name}(x, x), operands {first} and {second}\n{report}",
                report,
            )
    return Verdict.RIGHT if applies else None


@law
def broadcasting_is_tiling(trial: Trial) -> Verdict | None:
    """A broadcast operand's gradient is that of its tiled copy, summed over the copies.

    For operations that broadcast their operands against each other: the result has the shape that
    these have together, and is the same for operands tiled by hand.
    """
    applies = False
    for at_points in stretched(trial):
        tiled = tiled_trial(at_points)
        if tiled is None:
            continue
        tiled.weights = at_points.weights
        try:
            gradients = tiled.gradients()
        except ShapeError:  # it may take operands of fewer axes only
            continue
        applies = True
        expected = [
            sum_to(gradient, np.shape(x))
            for gradient, x in zip(gradients, at_points.points, strict=True)
        ]
        at_points.compare(
            "the gradient of a broadcast operand is that of its tiled copy, summed",
            at_points.gradients(),
            expected,
        )
    return Verdict.RIGHT if applies else None


@law
def permutation_equivariance(trial: Trial) -> Verdict | None:
    """Permuting the elements of all operands permutes the gradients, for element-wise operations.

    Applies where the result itself is permuted like the operands, once these have one shape.
    """
    trial = tiled_trial(trial) or trial
    shape = np.shape(trial.outs[0])
    order = trial.rng.permutation(trial.outs[0].size)
    if len(trial.outs) > 1 or order.size < 2:
        return None
    leaves = flatten(trial.operands.args).values()
    if any(np.shape(data_of(leaf)) != shape for leaf in leaves):
        return None

    def permuted(x: Any) -> Any:
        return np.reshape(np.ravel(x)[order], shape)

    args = [permuted(data_of(leaf)) for leaf in leaves]
    if len(trial.operands.args) != len(args):
        return None
    moved = tried(trial, args)
    if moved is None or not close(moved.outs[0], permuted(trial.outs[0])):
        return None
    moved.weights = [permuted(trial.weights[0])]
    trial.compare(
        "permuting the elements of all operands permutes the gradients",
        moved.gradients(),
        [permuted(gradient) for gradient in trial.gradients()],
    )
    return Verdict.RIGHT


def stretched(trial: Trial) -> Iterator[Trial]:
    """Yield the trial, and trials in which one of several operands of a shape is a single row."""
    yield trial
    shapes = {x.shape for x in trial.points}
    if len(trial.points) > 1 and len(shapes) == 1 and trial.points[0].shape[:1] > (1,):
        for place, x in enumerate(trial.points):
            row = defined(trial, replaced(trial.points, place, x[:1]))
            if row is not None:
                yield row


def tiled_trial(trial: Trial) -> Trial | None:
    """Return a trial with all operands in the shape of the result; None where that means nothing.

    That is: where they have it already, or the result is another one then.
    """
    arrays = [np.asarray(data_of(leaf)) for leaf in flatten(trial.operands.args).values()]
    shapes = [x.shape for x in arrays]
    if len(trial.outs) > 1 or len(arrays) != len(trial.operands.args) or len(set(shapes)) == 1:
        return None
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        return None
    if trial.outs[0].shape != shape:
        return None
    copies = [np.array(np.broadcast_to(x, shape)) for x in arrays]
    tiled = tried(trial, copies)
    same = tiled is not None and len(tiled.outs) == 1 and close(tiled.outs[0], trial.outs[0])
    return tiled if same else None


def tried(trial: Trial, args: Sequence[Any]) -> Trial | None:
    """Return a trial with other operands, None where the operation does not take them."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return Trial(trial.operation, args, trial.params, trial.rng)
    except Exception:  # not what it is made for
        return None


def defined(trial: Trial, points: Sequence[Any]) -> Trial | None:
    """Return a trial at other points, None where the operation is not defined there."""
    moved = tried(trial, trial.operands.filled(points))
    return moved if moved and all(np.all(np.isfinite(out)) for out in moved.outs) else None


def sum_to(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Return a gradient summed over the axes that broadcasting added or stretched."""
    extra = gradient.ndim - len(shape)
    stretched = [
        extra + axis
        for axis, length in enumerate(shape)
        if length == 1 and gradient.shape[extra + axis] != 1
    ]
    summed = np.sum(gradient, axis=(*range(extra), *stretched), keepdims=True)
    return np.reshape(summed, shape)


def close(one: Any, other: Any) -> bool:
    """Return whether two results are the same but for rounding."""
    if one.shape != other.shape:
        return False
    tolerance = 100 * float(np.finfo(one.dtype).eps)
    return bool(np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True))
