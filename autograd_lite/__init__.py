"""Reverse-mode automatic differentiation on numpy, small enough to read in an afternoon.

>>> import autograd_lite as al
>>> x = al.Value(3.0)
>>> y = x * x + 2 * x
>>> y.backward()
>>> float(x.grad)
8.0
"""

import typing

from autograd_lite.value import Value  # isort: skip  (first: Values and operations need each other)
from autograd_lite import errors, late, nn, ops, optim
from autograd_lite.debug import debug
from autograd_lite.jacobians import elementwise_grad, hessian, hvp, jacobian
from autograd_lite.ops import array, stack
from autograd_lite.primitive import primitive
from autograd_lite.recording import no_grad
from autograd_lite.transforms import grad, jvp, value_and_grad, vjp

if typing.TYPE_CHECKING:
    from autograd_lite import data, metrics, testing, uncertainty, viz
    from autograd_lite.checkpointing import checkpoint
    from autograd_lite.compiler import compile
    from autograd_lite.index_tricks import c_, r_
    from autograd_lite.serialization import load, save
    from autograd_lite.training import History, fit
else:  # with them, `import autograd_lite` would take three times as long
    __getattr__, __dir__ = late.late_names(
        __name__,
        {
            **{name: name for name in ("data", "metrics", "testing", "uncertainty", "viz")},
            **{"checkpoint": "checkpointing", "compile": "compiler"},
            **{"fit": "training", "History": "training"},
            **{"c_": "index_tricks", "r_": "index_tricks"},
            **{"load": "serialization", "save": "serialization"},
        },
    )

__all__ = [
    "History",
    "Value",
    "array",
    "c_",
    "checkpoint",
    "compile",
    "data",
    "debug",
    "elementwise_grad",
    "errors",
    "fit",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "load",
    "metrics",
    "nn",
    "no_grad",
    "ops",
    "optim",
    "primitive",
    "r_",
    "save",
    "stack",
    "testing",
    "uncertainty",
    "value_and_grad",
    "viz",
    "vjp",
]

__version__ = "0.1.0"
