"""Checks of gradients against numeric differences, for your own operations and functions.

>>> import numpy as np
>>> import autograd_lite as al
>>> report = al.testing.check_grads(np.tanh, [np.array([0.3, -1.2])])
>>> print(report.verdict)
right

`al.testing.strategies` makes operands and whole programs to check, for property-based tests.
"""

from importlib import import_module
from types import ModuleType

from autograd_lite.testing.check_grads import check_grads, gradient_report
from autograd_lite.testing.verdicts import Check, GradientReport, Verdict

__all__ = ["Check", "GradientReport", "Verdict", "check_grads", "gradient_report"]


def __getattr__(name: str) -> ModuleType:
    """Import the strategies when they are asked for: they need hypothesis."""
    if name == "strategies":
        return import_module("autograd_lite.testing.strategies")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
