"""Convolutions and correlations of sequences."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.ops.matrices import conjugate_if_complex
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "convolve",
    "correlate",
]

MODES: Final = ("valid", "same", "full")  # numpy also takes their numbers


def convolve_forward(x: Any, y: Any, *, mode: Any = "full") -> Any:
    """Compute ``sum(x[i] y[k - i])``, all of it or, "valid", where the shorter is inside."""
    return np.convolve(x, y, mode)


def convolve_vjp_x(g: Any, out: Any, x: Any, y: Any, *, mode: Any = "full") -> Any:
    """Return ``sum(g[i + k] y[k])``: a convolution of as many products as the result had."""
    if mode == "full":
        return convolve_primitive(g, y[::-1], mode="valid")
    if x.size >= y.size:
        return convolve_primitive(g, y[::-1], mode="full")
    return convolve_primitive(y, g[::-1], mode="valid")[::-1]


def convolve_vjp_y(g: Any, out: Any, x: Any, y: Any, *, mode: Any = "full") -> Any:
    """Return the same with the operands exchanged: a convolution is symmetric in them."""
    return convolve_vjp_x(g, out, y, x, mode=mode)


@stands_for(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """Return the convolution of two sequences: full, valid, or as long as the longer one."""
    mode = name_of(mode)
    a, v = (x if np.ndim(x) else np.reshape(x, (1,)) for x in (a, v))
    if mode != "same":
        return convolve_primitive(a, v, mode=mode)
    lengths = len(a), len(v)
    start = (min(lengths) - 1) // 2
    return convolve_primitive(a, v, mode="full")[start : start + max(lengths)]


@stands_for(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """Return ``sum(a[i + k] conj(v[i]))``: full, valid, or as long as the longer sequence."""
    mode = name_of(mode)
    if 0 in (np.ndim(a), np.ndim(v)):
        raise ShapeError(
            f"np.correlate takes two sequences, got shapes {np.shape(a)} and {np.shape(v)}"
        )
    turned = np.flip(conjugate_if_complex(v))
    if mode != "same":
        return convolve_primitive(a, turned, mode=mode)
    start = (len(v) - 1) // 2 if len(a) >= len(v) else len(a) // 2
    return convolve_primitive(a, turned, mode="full")[start : start + max(len(a), len(v))]


def name_of(mode: Any) -> str:
    """Return the name of a mode that is given by name or by number."""
    if mode in MODES:
        return str(mode)
    if mode in (0, 1, 2):
        return MODES[mode]
    raise ArgumentError(f"the mode is one of {', '.join(MODES)}; got {mode!r}")


convolve_primitive = primitive(convolve_forward, convolve_vjp_x, convolve_vjp_y, name="convolve")
