"""What the compiler knows of single operations: which are element-wise, how they are written."""

from __future__ import annotations

import numpy as np

from autograd_lite.primitive import Primitive

__all__ = [
    "INFIX",
    "PREFIX",
    "REDUCTIONS",
    "is_elementwise",
    "makes_new_array",
    "writes_into_memory",
]

INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "power": "**",
    "matmul": "@",
    "floor_divide": "//",
    "remainder": "%",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
}
"""Operations that Python has an operator for."""

PREFIX = {"negative": "-", "invert": "~"}

REDUCTIONS = {
    "sum": "np.add.reduce",
    "prod": "np.multiply.reduce",
    "max": "np.maximum.reduce",
    "min": "np.minimum.reduce",
}
"""What numpy's reductions come down to: 1 µs less than their front doors."""

ARITHMETIC = frozenset(
    {"add", "subtract", "multiply", "divide", "power", "negative", "absolute", "where"}
)
"""Element-wise operations whose forward functions are no ufuncs."""

NEW_ARRAYS = frozenset(
    {
        *REDUCTIONS,
        *("concatenate", "copy", "cumsum", "matmul", "mean", "scatter_add", "stack", "zero_where"),
    }
)
"""Other operations whose results share no memory with their operands."""


def is_elementwise(operation: Primitive) -> bool:
    """Return whether the operands are broadcast to the shape of the result."""
    forward = operation.forward
    is_ufunc = isinstance(forward, np.ufunc) and forward.signature is None
    return is_ufunc or operation.name in ARITHMETIC


def writes_into_memory(operation: Primitive) -> bool:
    """Return whether the result can be written into memory that is there (``out=``)."""
    return is_elementwise(operation) and operation.name != "where"


def makes_new_array(operation: Primitive) -> bool:
    """Return whether the result is sure to share no memory with an operand."""
    return is_elementwise(operation) or operation.name in NEW_ARRAYS
