"""Functions without a derivative: comparisons, tests, positions, and what tells of an array.

Their results are constants. They are declared so that numpy's functions accept Values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.primitive import numpy_functions, primitive
from autograd_lite.value import content_of, data_of

__all__ = [
    "all",
    "any",
    "argmax",
    "argmin",
    "argsort",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "count_nonzero",
    "empty_like",
    "equal",
    "greater",
    "greater_equal",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "nanargmax",
    "nanargmin",
    "not_equal",
    "ones_like",
    "signbit",
    "zeros_like",
]

less = primitive(np.less, None, None)
less_equal = primitive(np.less_equal, None, None)
greater = primitive(np.greater, None, None)
greater_equal = primitive(np.greater_equal, None, None)
equal = primitive(np.equal, None, None)
not_equal = primitive(np.not_equal, None, None)
logical_and = primitive(np.logical_and, None, None)
logical_or = primitive(np.logical_or, None, None)
logical_xor = primitive(np.logical_xor, None, None)
logical_not = primitive(np.logical_not, None)
bitwise_and = primitive(np.bitwise_and, None, None)
bitwise_or = primitive(np.bitwise_or, None, None)
bitwise_xor = primitive(np.bitwise_xor, None, None)
invert = primitive(np.invert, None)
isnan = primitive(np.isnan, None)
isinf = primitive(np.isinf, None)
isfinite = primitive(np.isfinite, None)
signbit = primitive(np.signbit, None)
argmax = primitive(np.argmax, None)
argmin = primitive(np.argmin, None)
nanargmax = primitive(np.nanargmax, None)
nanargmin = primitive(np.nanargmin, None)
argsort = primitive(np.argsort, None)
all = primitive(np.all, None)
any = primitive(np.any, None)
count_nonzero = primitive(np.count_nonzero, None)
zeros_like = primitive(np.zeros_like, None)
ones_like = primitive(np.ones_like, None)
empty_like = primitive(np.empty_like, None)


def on_data(function: Callable[..., Any], data: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return `function` acting on the data of Values; its results are plain arrays or Python."""

    def describe(*args: Any, **kwargs: Any) -> Any:
        return function(*map(data, args), **{name: data(x) for name, x in kwargs.items()})

    return describe


for describing in (
    np.shape,
    np.ndim,
    np.size,
    np.result_type,
    np.iscomplexobj,
    np.isrealobj,
    np.min_scalar_type,
    np.can_cast,
    np.diag_indices_from,
    np.tril_indices_from,
    np.triu_indices_from,
    np.einsum_path,
):
    numpy_functions[describing] = on_data(describing, data_of)

for deciding in (
    np.array_equal,
    np.array_equiv,
    np.allclose,
    np.isclose,
    np.isin,
    np.isposinf,
    np.isneginf,
    np.array2string,
    np.array_repr,
    np.array_str,
    np.shares_memory,
    np.may_share_memory,
):
    numpy_functions[deciding] = on_data(deciding, content_of)
