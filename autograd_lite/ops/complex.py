"""Complex numbers: their parts, conjugates and angles.

The gradient of a real L with respect to ``z = x + iy`` is ``dL/dx - i dL/dy``. So an analytic f
has the rule ``g f'(z)``, as on the real line; what is not analytic is here, and says its own rule.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.ops.trigonometric import arctan2
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "angle",
    "conjugate",
    "imag",
    "iscomplex",
    "isreal",
    "real",
    "real_if_close",
]


def imag_vjp(g: Any, out: Any, x: Any) -> Any:
    """Return ``-i g``: a step ``i h`` of x changes its imaginary part by h."""
    return g * -1j if x.dtype.kind == "c" else np.zeros_like(g)


@stands_for(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Return the angle of each element with the positive real axis; its gradient at 0 is 0."""
    radians = arctan2(np.imag(z), np.real(z))
    return radians * (180 / math.pi) if deg else radians


real = primitive(np.real, lambda g, out, x: g)
imag = primitive(np.imag, imag_vjp)
conjugate = primitive(np.conjugate, lambda g, out, x: np.conj(g))
real_if_close = primitive(np.real_if_close, lambda g, out, x, tol=None: g)
iscomplex = primitive(np.iscomplex, None)
isreal = primitive(np.isreal, None)
