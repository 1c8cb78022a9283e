"""Checks of gradients against numeric differences, for your own operations and functions.

>>> import numpy as np
>>> import autograd_lite as al
>>> report = al.testing.check_grads(np.tanh, [np.array([0.3, -1.2])])
>>> print(report.verdict)
right
"""

from autograd_lite.testing.check_grads import check_grads, gradient_report
from autograd_lite.testing.verdicts import Check, GradientReport, Verdict

__all__ = ["Check", "GradientReport", "Verdict", "check_grads", "gradient_report"]
