"""How ufuncs are called on Values: their keywords, and their methods reduce, accumulate, outer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd_lite.errors import NoGradientRuleError
from autograd_lite.primitive import refusals
from autograd_lite.value import function_for_values

__all__ = ["call_ufunc"]

DEFAULTS: Final[dict[str, Any]] = {
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "subok": True,
}
"""The keywords of ufuncs that may be given if they say what numpy does anyway."""

REDUCE: Final[dict[Any, Callable[..., Any]]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
ACCUMULATE: Final[dict[Any, Callable[..., Any]]] = {np.add: np.cumsum, np.multiply: np.cumprod}

ADVICE: Final[dict[str, str]] = {
    "np.logaddexp.reduce": "al.nn.functional.logsumexp(x, axis)",
    "reduce": "functools.reduce({name}, x)",
    "accumulate": "np.stack(list(itertools.accumulate(x, {name})))",
    "reduceat": "np.stack of {name}.reduce of each part, x[start:stop]",
    "np.add.at": "a + np.bincount(places, weights=x, minlength=len(a))",
    "at": "a new array, with np.where(mask, {name}(a, x), a)",
    "where": "np.where(mask, {name}(...), a)",
    "dtype": "x.astype(dtype) for the operands",
    "np.vecdot.axis": "np.linalg.vecdot(x, y, axis=axis)",
    "axis": "np.moveaxis(x, axis, -1) for the operands",
    "axes": "np.moveaxis for the operands and the result",
    "keepdims": "np.expand_dims(..., -1) of the result",
}
"""What to write in place of a method or a keyword of a ufunc, or of one ufunc's."""

refusals.update(
    {
        np.nextafter: "it steps to a neighbouring float",
        np.spacing: "it measures the distance between floats",
        np.gcd: "it is defined on integers",
        np.lcm: "it is defined on integers",
        np.left_shift: "it is defined on integers",
        np.right_shift: "it is defined on integers",
    }
)


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a ufunc, or a method of one, gives for Values; `keywords` are numpy's."""
    if keywords.get("out") is not None:
        raise NoGradientRuleError(
            f"np.{ufunc.__name__} got out= (or an in-place operator) with a Value: an array "
            "cannot hold a Value; write a = a + value instead of a += value"
        )
    keywords = {name: x for name, x in keywords.items() if not is_default(name, x)}
    if method == "__call__" and not keywords:
        return function_for_values(ufunc)(*inputs)
    if method == "outer" and not keywords:
        return outer(ufunc, *inputs)
    function = {"reduce": REDUCE, "accumulate": ACCUMULATE}.get(method, {}).get(ufunc)
    if function is not None:
        return along_axis(function, *inputs, **keywords)
    name = f"np.{ufunc.__name__}"
    what = f".{method}" if method != "__call__" else f"({', '.join(keywords)}=...)"
    raise NoGradientRuleError(
        f"{name}{what} has no gradient rule for Value operands; "
        f"{advice(name, method, keywords)}, or use x.data for a constant"
    )


def advice(name: str, method: str, keywords: dict[str, Any]) -> str:
    """Return what to write in place of a call that is refused."""
    asked = [method] if method != "__call__" else list(keywords)
    for one in asked:
        text = ADVICE.get(f"{name}.{one}") or ADVICE.get(one)
        if text:
            return f"write {text.format(name=name)}"
    return f"leave {', '.join(keywords) or method} out"


def is_default(name: str, option: Any) -> bool:
    """Return whether a keyword says what numpy does anyway: axis=None means all axes."""
    if option is None:
        return name != "axis"
    return isinstance(option, bool | str) and option == DEFAULTS.get(name)


def along_axis(function: Any, array: Any, axis: Any = 0, **keywords: Any) -> Any:
    """Return ``function(array, axis)``: a ufunc goes along the first axis unless told."""
    return function(array, axis=axis, **keywords)


def outer(ufunc: Any, x: Any, y: Any) -> Any:
    """Return a ufunc of two operands for all pairs: the axes of `x`, then those of `y`."""
    rows = np.reshape(x, np.shape(x) + (1,) * np.ndim(y))
    return function_for_values(ufunc)(rows, y)
