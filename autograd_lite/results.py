"""What functions to differentiate return: checks of it, and what of it the caller gets."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import DtypeError, GraphError
from autograd_lite.recorded_call import RecordedCall, modules_in
from autograd_lite.trees import Path, flatten, path_text, rebuild
from autograd_lite.value import Value, data_of

__all__ = ["check_scalar", "floats_of", "number_and_aux", "number_leaves", "released_tree"]


def released_tree(call: RecordedCall, tree: Any) -> Any:
    """Return a result, or what came with it, as data, except for what depends on outer Values."""
    check_no_modules(tree)
    leaves = flatten(tree)
    connected = call.made_with_others(list(leaves.values()))

    def released(path: Path) -> Any:
        leaf = leaves[path]
        return leaf if type(leaf) is Value and leaf in connected else data_of(leaf)

    return rebuild(tree, released)


def number_leaves(out: Any) -> list[Any]:
    """Return the leaves of a result, or raise if one is not a number or an array of numbers."""
    check_no_modules(out)
    leaves = flatten(out)
    for path, leaf in leaves.items():
        if np.asarray(data_of(leaf)).dtype.kind not in "fciub":
            where = f" at {path_text(path)}" if path else ""
            raise GraphError(
                f"the function to differentiate returned {leaf!r}{where}; return numbers, arrays, "
                "or tuples, lists and dicts of them"
            )
    return list(leaves.values())


def check_no_modules(tree: Any) -> None:
    """Raise if a result holds a module, whose parameters may be the variables of this call."""
    if modules_in(tree):
        raise GraphError(
            "the function to differentiate returned a module; return the numbers that are wanted "
            "of it"
        )


def number_and_aux(out: Any) -> tuple[Any, Any]:
    """Return the two parts of the result of a function with `has_aux`, or raise."""
    if not isinstance(out, tuple) or len(out) != 2:
        raise GraphError(
            f"with has_aux=True the function returns (number, aux); this one returned {out!r}"
        )
    return out


def check_scalar(out: Any) -> None:
    """Raise if a function to differentiate did not return one real number."""
    is_array = isinstance(out, Value | np.ndarray | np.generic)
    if out.dtype.kind == "c" if is_array else isinstance(out, complex):
        raise GraphError(
            "grad differentiates functions whose result is one real number; this one returned a "
            "complex result. Take np.real, np.imag or np.abs of it, or try jacobian, vjp or jvp"
        )
    if out.dtype.kind == "b" if is_array else isinstance(out, bool):
        raise DtypeError(
            "grad differentiates functions whose result is one number; this one returned a "
            "boolean, which has no derivative. Return the numbers that were compared"
        )
    if (is_array and np.size(out) == 1) or isinstance(out, float | int):
        return
    received = f"an array of shape {np.shape(out)}" if is_array else repr(type(out).__name__)
    raise GraphError(
        f"grad differentiates functions whose result is one number; this one returned {received}. "
        "Reduce it to a number, e.g. with np.sum or np.mean, or try jacobian"
    )


def floats_of(leaf: Any) -> Any:
    """Return the data of a result, as floats where it is integers."""
    array = np.asarray(data_of(leaf))
    return (array if array.dtype.kind in "fc" else array.astype(float))[()]
