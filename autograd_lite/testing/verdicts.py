"""What a check of gradients says: a verdict for each operand and order, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from autograd_lite.testing.differences import Estimate

__all__ = ["Check", "GradientReport", "Verdict"]


class Verdict(StrEnum):
    """What a check says of a gradient."""

    RIGHT = "right"
    NOT_DIFFERENTIABLE = "not differentiable here"
    INCONCLUSIVE = "inconclusive"
    WRONG = "wrong"


SEVERITY: Final = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class Check:
    """The verdict on one operand at one order.

    Attributes
    ----------
    verdict : Verdict
        RIGHT; NOT_DIFFERENTIABLE: the slopes from the two sides differ, and the gradient lies
        between them; INCONCLUSIVE: the numeric error is too large to tell; WRONG.
    order : int
        1 for the gradient, 2 for the derivative of the gradient.
    operand : str
        Which argument: "operand 0", or "operand 1['scale']" in a tree.
    element : tuple of int or None
        The element that shows it; None where the derivative along a random direction was enough.
    at : float or complex
        The content of that element.
    part : str
        Which part of a complex element moves: "" for the real part, " (imaginary part)".
    result : tuple of int or None
        The element of the result that shows it, where one was singled out.
    weighted : bool
        Whether the derivative is that of all results together, added up with random weights.
    got : float
        The derivative by the rules.
    expected, left, right : Estimate
        The derivative by differences: over both sides, from the left and from the right.
    """

    verdict: Verdict
    order: int
    operand: str
    got: float
    expected: Estimate
    left: Estimate
    right: Estimate
    element: tuple[int, ...] | None = None
    at: complex = math.nan
    part: str = ""
    result: tuple[int, ...] | None = None
    weighted: bool = False

    @property
    def passed(self) -> bool:
        """Whether the gradient is right, or one of those that a kink allows."""
        return self.verdict in (Verdict.RIGHT, Verdict.NOT_DIFFERENTIABLE)

    @property
    def side(self) -> str:
        """From where there is a slope: "both sides" where they agree, or "left", "right", ...

        "each side" where both have one and they differ; "neither side" where there is none.
        """
        if self.left.known and self.right.known:
            return "each side" if self.two_sided else "both sides"
        known = [side for side in ("left", "right") if getattr(self, side).known]
        return f"the {known[0]}" if known else "neither side"

    @property
    def two_sided(self) -> bool:
        """Whether the slopes from the left and from the right tell more than the one over both."""
        difference = abs(self.left.value - self.right.value)
        return not difference <= 3 * (self.left.error + self.right.error)  # nan included

    def __str__(self) -> str:
        place = self.operand
        if self.element is not None:
            place += f"{list(self.element) or ''} = {self.at:.6g}{self.part}"
        lines = [f"order {self.order}, {place}: {self.verdict}"]
        if self.result is not None:
            lines.append(f"  in element {list(self.result)} of the result")
        elif self.weighted:
            lines.append("  in the sum of the results with random weights")
        lines.append(f"  got       {self.got:.10g}")
        lines.append(f"  expected  {text(self.expected)}")
        if self.two_sided or not self.expected.known:
            lines.append(f"  from the left {text(self.left)}, from the right {text(self.right)}")
        hint = self.hint()
        return "\n".join([*lines, hint] if hint else lines)

    def hint(self) -> str:
        """Return what the two numbers suggest, where they suggest something."""
        if self.verdict is Verdict.INCONCLUSIVE:
            if not (self.expected.known or self.left.known or self.right.known):
                return "  the function has no finite values about here: give another point"
            return (
                "  the differences are too noisy here: give rtol (atol beside 0), or another point"
            )
        if math.isnan(self.got):
            return "  got = nan: 0 times infinity, in a rule or along a path through the graph"
        if self.verdict is not Verdict.WRONG or not self.expected.value:
            return ""
        ratio = self.got / self.expected.value
        if abs(ratio + 1) < 1e-6:
            return "  got = -expected: a wrong sign"
        if ratio == 0:
            return "  got = 0: a path through the graph is cut, or a rule leaves a term out"
        for factor in (2, 3, 4, math.pi):
            if min(abs(abs(ratio) / factor - 1), abs(abs(ratio) * factor - 1)) < 1e-6:
                return f"  got = {ratio:.4g} times expected: a constant factor"
        return ""


def by_severity(check: Check) -> tuple[int, float]:
    """Return how bad a check came out: the verdict, then how far from the truth."""
    difference = abs(check.got - check.expected.value)
    return SEVERITY[check.verdict], difference if math.isfinite(difference) else math.inf


def text(estimate: Estimate) -> str:
    """Return a number with its error."""
    if not estimate.known:
        return "no limit"
    return f"{estimate.value:.10g} ± {estimate.error:.1g}"


@dataclass(frozen=True)
class GradientReport:
    """The verdicts on all operands of a function, to all orders.

    Attributes
    ----------
    function : str
        The name of the function.
    checks : tuple of Check
        One for each operand and order.
    smallest : tuple or None
        The smallest arguments that show a wrong gradient, from `check_grads`.
    """

    function: str
    checks: tuple[Check, ...]
    smallest: tuple[Any, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def verdict(self) -> Verdict:
        """The worst of the verdicts."""
        return max((check.verdict for check in self.checks), key=SEVERITY.__getitem__)

    @property
    def passed(self) -> bool:
        """Whether all gradients are right, or allowed where there is a kink."""
        return all(check.passed for check in self.checks)

    def __str__(self) -> str:
        return "\n".join([f"gradients of {self.function}:", *map(str, self.checks)])
