"""Checks of gradients against numeric differences, for your own operations and functions.

>>> import numpy as np
>>> import autograd_lite as al
>>> report = al.testing.check_grads(np.tanh, [np.array([0.3, -1.2])])
>>> print(report.verdict)
right

`al.testing.laws` are statements that hold for every operation with right rules; `gradient_laws`
makes a test of them.

`al.testing.strategies` makes operands and whole programs to check, for property-based tests.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.testing.check_grads import check_grads, gradient_report
from autograd_lite.testing.verdicts import Check, GradientReport, Verdict

if TYPE_CHECKING:
    from autograd_lite.testing import domains, laws, strategies
    from autograd_lite.testing.laws import check_laws, gradient_laws

__all__ = [
    "Check",
    "GradientReport",
    "Verdict",
    "check_grads",
    "check_laws",
    "domains",
    "gradient_laws",
    "gradient_report",
    "laws",
    "strategies",
]


def __getattr__(name: str) -> Any:
    """Import the larger parts when they are asked for: the strategies need hypothesis."""
    if name in ("domains", "laws", "strategies"):
        return import_module(f"autograd_lite.testing.{name}")
    if name in ("check_laws", "gradient_laws"):
        return getattr(import_module("autograd_lite.testing.laws"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
