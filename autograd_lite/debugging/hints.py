"""Known causes of NaN and infinities, and what to do about them: the last line of a message.

Each function takes a `Suspect` whose operation it knows and returns a sentence, or None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Suspect", "hint_for"]


class Suspect(NamedTuple):
    """An operation at the element where it failed.

    `operands` are numbers where the operation works element by element, else whole arrays. `g` is
    the gradient that came in and `position` the operand, if a rule failed; None in a forward pass.
    `left_out_by` tells of a later ``np.where`` in the graph.
    """

    name: str
    operands: tuple[Any, ...]
    params: dict[str, Any]
    result: Any
    elementwise: bool
    g: Any = None
    position: int | None = None
    left_out_by: str | None = None


DOUBLE_WHERE = "np.where(ok, f(np.where(ok, x, 1.0)), 0.0)"

LEAVE_OUT = (
    "If np.where leaves this element out later on, make the argument harmless before the function "
    f"sees it: {DOUBLE_WHERE}"
)


def hint_for(suspect: Suspect) -> str | None:
    """Return what is known about a failure, None if nothing is."""
    if suspect.elementwise:
        if suspect.position is not None and suspect.g == 0 and np.isnan(suspect.result):
            return zero_times_infinity(suspect)
        known = HINTS.get(suspect.name)
        sentence = known(suspect) if known else None
        if sentence:
            return sentence
    return from_infinities(suspect) or too_few(suspect) or singular(suspect) or overflow(suspect)


def zero_times_infinity(suspect: Suspect) -> str:
    """Explain 0 · inf in a rule: mostly a branch that np.where does not take."""
    since = (
        f", since {suspect.left_out_by} does not take this element," if suspect.left_out_by else ""
    )
    return (
        f"0 · inf = nan: the gradient that comes in is 0{since} and the slope of {suspect.name} is "
        f"infinite here. Make the argument harmless before the function sees it: {DOUBLE_WHERE}"
    )


def logarithm(suspect: Suspect) -> str | None:
    """Explain logarithms of zero and of negative numbers."""
    x = suspect.operands[0] + (1 if suspect.name == "log1p" else 0)
    if x == 0:
        return (
            "the logarithm of 0 is -inf. Keep its argument positive, e.g. np.maximum(x, 1e-12), or "
            "work with logarithms throughout: log_softmax, logsumexp, softplus, bce_with_logits. "
            + LEAVE_OUT
        )
    if np.isreal(x) and x < 0:
        return f"the logarithm of a negative number has no real value. {LEAVE_OUT}"
    return None


def square_root(suspect: Suspect) -> str | None:
    """Explain roots of negative numbers, and the slope of the root at zero."""
    x = suspect.operands[0]
    if x == 0:
        return (
            "the slope of the root at 0 is infinite; add a small number under the root, or use "
            "np.hypot or np.linalg.norm, whose gradient at 0 is 0"
        )
    if np.isreal(x) and x < 0:
        return (
            "the root of a negative number has no real value; is it a rounded 0? Then "
            f"np.sqrt(np.maximum(x, 0.0)). {LEAVE_OUT}"
        )
    return None


def cube_root(suspect: Suspect) -> str | None:
    """Explain the slope of the cube root at zero."""
    return "the slope of cbrt at 0 is infinite" if suspect.operands[0] == 0 else None


def division(suspect: Suspect) -> str | None:
    """Explain division by zero."""
    if suspect.operands[-1] != 0:
        return None
    return (
        "division by 0. Keep the divisor away from 0, or divide by "
        "np.where(y == 0, 1.0, y) and choose the result with np.where"
    )


def power(suspect: Suspect) -> str | None:
    """Explain powers of zero and of negative bases."""
    base, exponent = suspect.operands
    if base == 0 and np.real(exponent) < 0:
        return "0 to a negative power divides by 0"
    if base == 0 and np.real(exponent) < 1:
        return (
            f"the slope of x**{exponent} at x = 0 is infinite, as that of the root; add a small "
            "number to x"
        )
    if np.isreal(base) and np.real(base) < 0 and suspect.position == 1:
        return (
            "the derivative by the exponent is x**y log(x), which no negative x has; make the "
            "exponent a plain number if it is a constant"
        )
    if np.isreal(base) and base < 0 and exponent != np.round(exponent):
        return (
            "a negative number to a power that is not an integer has no real value; is "
            "np.abs(x)**y, or np.cbrt(x), meant?"
        )
    return None


def exponential(suspect: Suspect) -> str | None:
    """Explain the overflow of exponentials."""
    dtype = np.result_type(suspect.result)
    limit = float(np.log(np.finfo(dtype).max))
    if np.abs(suspect.operands[0]) < 0.69 * limit:  # exp2 overflows at limit / log(2)
        return None
    return (
        f"{suspect.name} overflows: exp(x) does beyond x = {limit:.4g} in {dtype}. Subtract the "
        "largest x first, or use what does so: logsumexp, softmax, log_softmax, softplus, sigmoid, "
        "bce_with_logits"
    )


def inverse_sine(suspect: Suspect) -> str | None:
    """Explain arcsin, arccos and arctanh outside of, and at the ends of, [-1, 1]."""
    x = suspect.operands[0]
    if np.abs(x) < 1:
        return None
    if np.abs(x) == 1:
        what = "value" if suspect.position is None else "slope"
        return (
            f"the {what} of {suspect.name} at {x} is infinite; keep x inside, e.g. "
            "np.clip(x, -1 + 1e-7, 1 - 1e-7)"
        )
    return (
        f"{suspect.name} takes numbers from -1 to 1; is this one rounded? Then "
        "np.clip(x, -1.0, 1.0)"
    )


def inverse_cosh(suspect: Suspect) -> str | None:
    """Explain arccosh below, and at, 1."""
    x = suspect.operands[0]
    if x == 1:
        return "the slope of arccosh at 1 is infinite"
    return "arccosh takes numbers from 1 on" if np.isreal(x) and x < 1 else None


HINTS: dict[str, Callable[[Suspect], str | None]] = {
    **dict.fromkeys(("log", "log2", "log10", "log1p"), logarithm),
    **dict.fromkeys(("divide", "reciprocal", "remainder", "fmod", "floor_divide"), division),
    **dict.fromkeys(("power", "float_power"), power),
    **dict.fromkeys(("exp", "exp2", "expm1", "sinh", "cosh"), exponential),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), inverse_sine),
    "sqrt": square_root,
    "cbrt": cube_root,
    "arccosh": inverse_cosh,
}


def from_infinities(suspect: Suspect) -> str | None:
    """Explain a NaN that was made from infinities: there is no other way for most operations."""
    inputs = suspect.operands if suspect.g is None else (suspect.g, *suspect.operands)
    if not any(np.isinf(x).any() for x in inputs if np.result_type(x).kind in "fc"):
        return None
    return "an operand is infinite: inf - inf, 0 · inf and inf / inf are nan"


def too_few(suspect: Suspect) -> str | None:
    """Explain averages of nothing, and deviations of as many numbers as `ddof`."""
    if suspect.name not in ("mean", "average", "var", "std", "nanmean", "nanvar", "nanstd"):
        return None
    ddof = suspect.params.get("ddof", 0)
    if not np.size(suspect.operands[0]):
        return f"{suspect.name} of no elements"
    return f"{suspect.name} divides by n - ddof, and ddof is {ddof}" if ddof else None


def singular(suspect: Suspect) -> str | None:
    """Explain the logarithm of a determinant that is 0."""
    if not suspect.name.endswith("slogdet"):
        return None
    return "a matrix is singular: its determinant is 0, and the logarithm of 0 is -inf"


def overflow(suspect: Suspect) -> str | None:
    """Explain an infinity from finite numbers: it is too large for its dtype."""
    inputs = suspect.operands if suspect.g is None else (suspect.g, *suspect.operands)
    floats = [x for x in inputs if np.result_type(x).kind in "fc"]
    dtype = np.result_type(suspect.result)
    if not np.isinf(suspect.result).any() or not any(is_large(x, dtype) for x in floats):
        return None
    wider = "" if dtype.itemsize > 4 else ", or compute in float64: x.astype(float)"
    return f"overflow: {dtype} ends at {np.finfo(dtype).max:.4g}. Scale the numbers down{wider}"


def is_large(x: Any, dtype: np.dtype[Any]) -> bool:
    """Return whether an array has a number whose square comes near the end of a dtype."""
    magnitudes = np.abs(x)
    return bool(np.size(x) and np.max(magnitudes) > 0.01 * np.sqrt(float(np.finfo(dtype).max)))
