"""Products that are operations of their own: matmul, cross and einsum.

What is made of them (inner, tensordot, kron, ...) stands in contractions.py. Gradients of complex
operands follow the convention without conjugates: a product is linear in each operand, and its
rules are the same for real and complex numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.ops.index import scatter_add
from autograd_lite.primitive import primitive

__all__ = [
    "matmul",
]


def matmul_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g @ y.T``; the driver sums over broadcast batches.

    `x` is ``(..., n, k)`` or ``(k,)``, `y` is ``(..., k, m)`` or ``(k,)``.
    """
    if y.ndim < 2:
        return np.expand_dims(g, -1) * y
    if x.ndim < 2:
        return np.squeeze(y @ np.expand_dims(g, -1), axis=-1)
    return g @ np.swapaxes(y, -1, -2)


def matmul_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``x.T @ g``; the driver sums over broadcast batches.

    `x` is ``(..., n, k)`` or ``(k,)``, `y` is ``(..., k, m)`` or ``(k,)``.
    """
    if x.ndim < 2:
        return x * g if y.ndim < 2 else np.expand_dims(x, 1) * np.expand_dims(g, -2)
    if y.ndim < 2:
        return np.squeeze(np.swapaxes(x, -1, -2) @ np.expand_dims(g, -1), axis=-1)
    return np.swapaxes(x, -1, -2) @ g


def cross_forward(x: Any, y: Any) -> Any:
    """Compute the cross product of vectors of length 3, along the last axis."""
    return np.cross(x, y)


def cross_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``y x g``."""
    return cross_primitive(y, g)


def cross_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g x x``."""
    return cross_primitive(g, x)


def einsum_forward(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    """Compute a sum of products over labelled axes, ``"ij,jk->ik"``."""
    return np.einsum(subscripts, *operands, optimize=optimize)


def einsum_vjp(
    g: Any,
    out: Any,
    *operands: Any,
    positions: list[int],
    subscripts: str,
    optimize: Any = False,
) -> list[Any]:
    """Return, for an operand, the sum of products of `g` and the other operands.

    Its output has the operand's labels. `subscripts` name every axis and the output: no ellipsis.
    """
    inputs, output = subscripts.split("->")
    labels = inputs.split(",")
    lengths: dict[str, int] = {}
    for names, operand in zip(labels, operands, strict=True):
        for name, length in zip(names, operand.shape, strict=True):
            if lengths.get(name, 1) == 1:  # a length of 1 is broadcast to the others' length
                lengths[name] = length
    optimize = bool(optimize)  # a path of contractions holds for the forward product alone
    gradients = []
    for i in positions:
        others = [operands[j] for j in range(len(operands)) if j != i]
        known = [output, *(labels[j] for j in range(len(operands)) if j != i)]
        own = "".join(dict.fromkeys(labels[i]))
        summed = "".join(name for name in own if any(name in names for names in known))
        product = einsum_primitive(
            g, *others, subscripts=f"{','.join(known)}->{summed}", optimize=optimize
        )
        gradients.append(spread_over(product, summed, own, labels[i], lengths))
    return gradients


def spread_over(product: Any, summed: str, own: str, labels: str, lengths: dict[str, int]) -> Any:
    """Return a product with the axes `summed` as a gradient with the axes `labels`.

    It is constant along axes that only the operand has (``"ij->i"``), and stands on the diagonal
    of a label that the operand repeats (``"ii->i"``). `own` are the labels, each once.
    """
    kept = iter(product.shape)
    product = np.reshape(product, tuple(next(kept) if name in summed else 1 for name in own))
    gradient = np.broadcast_to(product, tuple(lengths[name] for name in own))
    if own == labels:
        return gradient
    places = np.indices(gradient.shape, sparse=True)
    index = tuple(places[own.index(name)] for name in labels)
    return scatter_add(gradient, index=index, shape=tuple(lengths[name] for name in labels))


matmul = primitive(np.matmul, matmul_vjp_x, matmul_vjp_y)
cross_primitive = primitive(
    cross_forward,
    cross_vjp_x,
    cross_vjp_y,
    name="cross",
)
einsum_primitive = primitive(einsum_forward, einsum_vjp, name="einsum", variadic=True)
