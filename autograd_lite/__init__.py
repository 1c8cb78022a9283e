"""Reverse-mode automatic differentiation on numpy, small enough to read in an afternoon.

>>> import autograd_lite as al
>>> x = al.Value(3.0)
>>> y = x * x + 2 * x
>>> y.backward()
>>> float(x.grad)
8.0
"""

from autograd_lite.value import Value  # isort: skip  (first: Values and operations need each other)
from autograd_lite import errors, ops
from autograd_lite.primitive import primitive
from autograd_lite.recording import no_grad
from autograd_lite.transforms import grad, value_and_grad

__all__ = [
    "Value",
    "errors",
    "grad",
    "no_grad",
    "ops",
    "primitive",
    "value_and_grad",
]

__version__ = "0.1.0"
