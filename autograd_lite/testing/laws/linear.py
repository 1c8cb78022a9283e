"""Laws of linear algebra: what every vector-Jacobian product obeys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.testing.differences import Slopes, slopes
from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.trial import Trial, draw_like, pairing
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.transforms import grad, jvp
from autograd_lite.value import data_of

__all__ = ["adjoint_identity", "linearity_in_the_cotangent", "symmetry_of_second_derivatives"]


@law
def adjoint_identity(trial: Trial) -> Verdict | None:
    """⟨u, J v⟩ = ⟨Jᵀ u, v⟩: the rules, run backwards and forwards, are one linear map.

    J v comes from `jvp`, and once more from differences along all operands at once.
    """
    statement = "⟨u, J v⟩ = ⟨Jᵀ u, v⟩"
    gradients = trial.gradients()
    if not is_finite(gradients):
        return None
    backwards = float(pairing(gradients, trial.directions))
    sizes = [np.abs(x) for x in (*gradients, *trial.directions)]
    scale = float(pairing(sizes[: len(gradients)], sizes[len(gradients) :]))
    with np.errstate(all="ignore"):
        _, tangents = jvp(trial.results, trial.argnums)(*trial.points, tuple(trial.directions))
    forwards = float(pairing(trial.weights, tangents))
    allowed = trial.epsilon**0.5 * scale + 1e-300
    if not abs(backwards - forwards) <= allowed:
        trial.broken(statement, f"⟨u, J v⟩ = {forwards:.10g} by jvp, ⟨Jᵀ u, v⟩ = {backwards:.10g}")
    if trial.epsilon > 1e-10:
        return Verdict.RIGHT
    return compare_with_differences(trial, statement, backwards, allowed)


def compare_with_differences(
    trial: Trial, statement: str, backwards: float, allowed: float
) -> Verdict:
    """Compare a slope with that of differences, along the directions of all operands."""

    def number(step: float) -> float:
        moved = [x + step * d for x, d in zip(trial.points, trial.directions, strict=True)]
        with np.errstate(all="ignore"):
            return float(pairing(trial.weights, [data_of(out) for out in trial.results(*moved)]))

    sizes = [np.abs(out) for out in trial.outs]
    size = float(pairing([np.abs(w) for w in trial.weights], sizes))

    def far(found: Slopes) -> bool:
        bar = allowed + 10 * found.central.error + 1e-11 * size
        return found.central.known and not abs(found.central.value - backwards) <= bar

    found = slopes(number, size, lambda slope: allowed + 1e-11 * size, lambda found: not far(found))
    if found.jumps or found.gap(allowed) or not found.central.known:
        return Verdict.NOT_DIFFERENTIABLE
    if far(found):
        trial.broken(
            statement,
            f"⟨u, J v⟩ = {found.central.value:.10g} by differences, ⟨Jᵀ u, v⟩ = {backwards:.10g}",
        )
    return Verdict.RIGHT


@law
def linearity_in_the_cotangent(trial: Trial) -> Verdict | None:
    """Jᵀ(a u + b w) = a Jᵀu + b Jᵀw, and Jᵀ 0 = 0: a rule is linear in the gradient it gets."""
    others = [draw_like(out, trial.rng) for out in trial.outs]
    a, b = 0.75, -1.5
    both = trial.gradients(
        [(a * u + b * w).astype(u.dtype) for u, w in zip(trial.weights, others, strict=True)]
    )
    one, other = trial.gradients(), trial.gradients(others)
    trial.compare(
        "Jᵀ(a u + b w) = a Jᵀu + b Jᵀw",
        both,
        [a * x + b * y for x, y in zip(one, other, strict=True)],
    )
    if is_finite(one):
        zeros = trial.gradients([np.zeros_like(u) for u in trial.weights])
        trial.compare("Jᵀ 0 = 0", zeros, [np.zeros_like(x) for x in one])
    return Verdict.RIGHT


@law
def symmetry_of_second_derivatives(trial: Trial) -> Verdict | None:
    """D_v D_w = D_w D_v: second derivatives do not depend on the order, between operands either."""
    others = [draw_like(x, trial.rng) for x in trial.points]
    found = []
    with np.errstate(all="ignore"):
        for inner, outer in ((trial.directions, others), (others, trial.directions)):
            second = grad(lambda *points, v=inner: trial.slope(v, *points), trial.argnums)(
                *trial.points
            )
            found.append((float(pairing(second, outer)), size_of(second, outer)))
    (one, scale), (other, _) = found
    if not np.isfinite([one, other]).all():
        return None
    first = size_of(trial.gradients(), trial.directions)
    if not abs(one - other) <= trial.epsilon**0.5 * scale + 1e4 * trial.epsilon * first + 1e-300:
        trial.broken("D_v D_w = D_w D_v", f"D_v D_w f = {one:.10g}, D_w D_v f = {other:.10g}")
    return Verdict.RIGHT


def size_of(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """Return the sum of the magnitudes of all products of elements."""
    return float(pairing([np.abs(x) for x in xs], [np.abs(y) for y in ys]))


def is_finite(arrays: Sequence[Any]) -> bool:
    """Return whether all elements of all arrays are finite."""
    return all(bool(np.all(np.isfinite(x))) for x in arrays)
