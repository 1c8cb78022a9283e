"""Laws about numbers: derivatives by rules are those by differences."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np

from autograd_lite.errors import GradientCheckError
from autograd_lite.testing.check_grads import check_grads, gradient_report
from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.trial import Trial
from autograd_lite.testing.verdicts import SEVERITY, Verdict

__all__ = [
    "agreement_at_kinks",
    "agreement_for_complex_operands",
    "first_order_agreement",
    "numeric_agreement",
]


ROUNDING: Final = 1e-12
"""Results that are smaller, of the operands, are rounding errors, such as those of x - x."""


def judged(trial: Trial, points: Sequence[Any], order: int) -> Verdict:
    """Return the verdict of `check_grads`, or raise if it does not pass."""
    largest = [np.max(np.abs(x), initial=0.0) for x in (*points, *trial.at(points).outs)]
    vanishes = max(largest[len(points) :]) < ROUNDING * max(largest[: len(points)])
    atol = 100 * ROUNDING if vanishes else None
    args = trial.operands.filled(points)
    return check_grads(trial.fun, args, order=order, atol=atol, rng=trial.rng).verdict


@law
def numeric_agreement(trial: Trial) -> Verdict | None:
    """First and second derivatives agree with differences.

    See `autograd_lite.testing.check_grads`, which checks them.
    """
    return judged(trial, trial.points, order=2)


@law
def first_order_agreement(trial: Trial) -> Verdict | None:
    """First derivatives agree with differences.

    For rules that run on arrays alone; see `numeric_agreement` for all others.
    """
    return judged(trial, trial.points, order=1)


@law
def agreement_for_complex_operands(trial: Trial) -> Verdict | None:
    """First and second derivatives agree with differences for complex operands, in any quadrant.

    All of the operands at once, and each alone. An operation that does not take them (TypeError, as
    most of numpy says) is let off, and so is one that only warns that it drops imaginary parts.
    """
    if not trial.complex_operands:
        return None
    verdicts = []
    for points in complex_points(trial):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error")
                trial.at(points).backward()
        except (TypeError, Warning, np.linalg.LinAlgError):
            continue
        verdicts.append(judged(trial, points, order=2))
    return max(verdicts, key=SEVERITY.__getitem__, default=None)


def complex_points(trial: Trial) -> Iterator[list[Any]]:
    """Yield the points with all of them complex, and with each alone."""
    real = [place for place, x in enumerate(trial.points) if not np.iscomplexobj(x)]
    rng = trial.rng
    for size in sorted({1, len(real)} & set(range(1, len(real) + 1))):
        for places in combinations(real, size):
            points = list(trial.points)
            for place in places:
                x = points[place]
                sign, up = rng.choice([-1, 1], size=(2, *np.shape(x)))
                points[place] = (sign * x + 1j * up * rng.uniform(0.2, 1.0, np.shape(x)))[()]
            yield points


@law
def agreement_at_kinks(trial: Trial) -> Verdict | None:
    """At ties and zeros, gradients are right, or some that the kink allows.

    Elements of the operands are made equal, within one and between them, and set to 0 where there
    are some of both signs. Where the operation is not defined there, or differences cannot tell,
    nothing is said.
    """
    if not trial.ties:
        return None
    verdicts = []
    for points in special_points(trial):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                at_points = trial.at(points)
                if not all(np.all(np.isfinite(out)) for out in at_points.outs):
                    continue
                report = gradient_report(trial.fun, at_points.operands.args, 1, rng=trial.rng)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            continue
        if report.verdict is Verdict.WRONG:
            message = f"wrong gradient where elements are equal, or 0\n{report}"
            raise GradientCheckError(message, report)
        if report.verdict is not Verdict.INCONCLUSIVE:
            verdicts.append(report.verdict)
    return max(verdicts, key=SEVERITY.__getitem__, default=None)


def special_points(trial: Trial) -> Iterator[list[Any]]:
    """Yield points with equal elements, and with zeros."""
    for place, x in enumerate(trial.points):
        if x.size > 1:
            yield replaced(trial.points, place, np.full_like(x, np.ravel(x)[0]))
        if has_both_signs(x):
            yield replaced(trial.points, place, np.zeros_like(x))
    pairs = combinations(range(len(trial.points)), 2) if trial.interchangeable else ()
    for place, other in pairs:
        if trial.points[place].shape == trial.points[other].shape:
            yield replaced(trial.points, other, trial.points[place])


def has_both_signs(x: Any) -> bool:
    """Return whether 0 lies between the elements: else it may be outside of the domain."""
    return bool(np.any(np.real(x) < 0) and np.any(np.real(x) > 0))


def replaced(points: list[Any], place: int, x: Any) -> list[Any]:
    """Return the points with another one at a place."""
    return [*points[:place], x, *points[place + 1 :]]
