"""Element-wise operations on single elements, as numba takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.compiler.program import Equation, Variable
from autograd_lite.compiler.tables import INFIX

__all__ = ["element_expression", "is_by_element", "typed_number"]

SAME = ("astype", "copy", "identity", "positive", "broadcast_to")
"""Operations that change the dtype or the shape of an element's array at most."""

COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")

ARITHMETIC = ("add", "subtract", "multiply", "divide", *COMPARISONS)

FLOAT_FUNCTIONS = frozenset(
    {
        *("absolute", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh"),
        *("ceil", "copysign", "cos", "cosh", "deg2rad", "exp", "exp2", "expm1", "fabs", "floor"),
        *("fmax", "fmin", "hypot", "isfinite", "isinf", "isnan", "log", "log10", "log1p", "log2"),
        *("logaddexp", "maximum", "minimum", "negative", "rad2deg", "reciprocal", "rint", "sign"),
        *("signbit", "sin", "sinh", "sqrt", "square", "tan", "tanh", "trunc"),
    }
)
"""Functions of floats that numba knows under numpy's names."""

LOGIC = {
    "logical_and": "({0} and {1})",
    "logical_or": "({0} or {1})",
    "logical_not": "(not {0})",
    "bitwise_and": "({0} and {1})",
    "bitwise_or": "({0} or {1})",
    "invert": "(not {0})",
}
"""Operations on booleans."""


def is_by_element(equation: Equation) -> bool:
    """Return whether an equation can be printed element by element."""
    name, out = equation.operation.name, equation.out
    kinds = [kind_of(x) for x in equation.operands]
    if name in SAME:
        return (kinds[0], out.dtype.kind) not in (("f", "i"), ("f", "u"), ("f", "b"))
    if name in ("where", "zero_where"):
        return kinds[0] == "b"
    if name in LOGIC:
        return all(kind == "b" for kind in kinds)
    if name in ARITHMETIC:
        return bool(calculating_dtype(equation).kind == "f")
    if name == "power":
        return out.dtype.kind == "f"
    if name in FLOAT_FUNCTIONS:
        return kinds[0] == "f" and bool(calculating_dtype(equation).kind == "f")
    return False


def kind_of(x: Any) -> str:
    """Return the kind of dtype of an operand."""
    if isinstance(x, Variable | np.ndarray | np.generic):
        return x.dtype.kind
    return {bool: "b", int: "i", float: "f"}.get(type(x), "O")


def calculating_dtype(equation: Equation) -> np.dtype[Any]:
    """Return the dtype that numpy casts the operands to before it computes."""
    operands = [representative(x) for x in equation.operands]
    return np.dtype(np.result_type(*operands))


def representative(x: Any) -> Any:
    """Return something that promotes dtypes as an operand does: Python numbers give way."""
    if isinstance(x, Variable):
        return 1.0 if x.weak else x.dtype
    return x.dtype if isinstance(x, np.ndarray | np.generic) else x


def element_expression(equation: Equation, atoms: Sequence[str]) -> str:
    """Return an operation on elements whose names, or numbers, are given."""
    name, out = equation.operation.name, equation.out
    if name in SAME:
        return cast(atoms[0], equation.operands[0], out.dtype)
    if name in LOGIC:
        return LOGIC[name].format(*atoms)
    if name == "zero_where":
        x = cast(atoms[1], equation.operands[1], out.dtype)
        return f"{typed_number(out.dtype.type(0))} if {atoms[0]} else {x}"
    if name == "where":
        x, y = (cast(atoms[i], equation.operands[i], out.dtype) for i in (1, 2))
        return f"{x} if {atoms[0]} else {y}"
    if out.weak:
        return weak_expression(name, atoms)
    if name == "power" and type(equation.operands[1]) is int:
        x = cast(atoms[0], equation.operands[0], out.dtype)
        return f"{x} ** {equation.operands[1]}"
    dtype = calculating_dtype(equation)
    values = [cast(a, x, dtype) for a, x in zip(atoms, equation.operands, strict=True)]
    if name == "negative":
        return f"-{values[0]}"
    if name in INFIX:
        return f"{values[0]} {INFIX[name]} {values[1]}"
    if name == "absolute":
        return f"abs({values[0]})"
    return f"np.{name}({', '.join(values)})"


def weak_expression(name: str, atoms: Sequence[str]) -> str:
    """Return arithmetic of Python numbers."""
    if len(atoms) == 1:
        return {"negative": f"-{atoms[0]}", "absolute": f"abs({atoms[0]})"}[name]
    return f"{atoms[0]} {INFIX[name]} {atoms[1]}"


def cast(text: str, x: Any, dtype: np.dtype[Any]) -> str:
    """Return an element in another dtype; as it is where it has that dtype."""
    own = None if isinstance(x, Variable) and x.weak else getattr(x, "dtype", None)
    if own == dtype:
        return text
    if own is None and dtype == np.float64 and kind_of(x) == "f":
        return text
    kind = "np.bool_" if dtype.kind == "b" else f"np.{dtype.name}"
    return f"{kind}({text})"


def typed_number(x: Any) -> str:
    """Return a number as it stands in source; one of numpy's keeps its dtype."""
    if isinstance(x, np.generic | np.ndarray):
        number = x.item()
        if x.dtype == np.float64:
            return float_text(number)
        if x.dtype.kind == "b":
            return repr(number)
        return f"np.{x.dtype.name}({float_text(number) if x.dtype.kind == 'f' else number})"
    return float_text(x) if isinstance(x, float) else f"({x!r})" if x < 0 else repr(x)


def float_text(number: float) -> str:
    """Return a float as it stands in source."""
    if number != number:
        return "np.nan"
    if number in (np.inf, -np.inf):
        return "np.inf" if number > 0 else "(-np.inf)"
    return f"({number!r})" if str(number)[0] == "-" else repr(number)
