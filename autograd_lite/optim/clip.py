"""Gradient clipping, between backward() and the optimiser's step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_lite.arguments import check_number, plain
from autograd_lite.errors import ArgumentError
from autograd_lite.optim.parameters import values_of
from autograd_lite.value import Value, data_of

__all__ = ["clip_grad_norm", "clip_grad_value"]


def clip_grad_norm(
    parameters: Value | Iterable[Value],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    r"""Scale all gradients down together if their norm is larger than `max_norm`.

    The norm is that of all gradients as one vector, so that its direction stays. With the total
    norm :math:`n`,

    .. math:: g \leftarrow g \cdot \min\left(1, \frac{n_{\max}}{n + 10^{-6}}\right).

    Parameters
    ----------
    parameters : Value or iterable of Value
        Whose gradients to scale; those without one are left out.
    max_norm : float
        :math:`n_{\max} \ge 0`; ``inf`` only measures.
    norm_type : float
        The order of the norm, greater than 0; ``inf`` for the largest magnitude.
    error_if_nonfinite : bool
        Raise if the norm is infinite or NaN, instead of scaling by it.

    Returns
    -------
    float
        The norm before the scaling.

    Raises
    ------
    ArgumentError
        If an argument is outside its range, or the norm is not finite and `error_if_nonfinite`.

    Notes
    -----
    As ``torch.nn.utils.clip_grad_norm_``, the 1e-6 included: a clipped norm is a little below
    `max_norm`. Unlike there, ``p.grad`` is rebound to a new array (never a Value), and the old
    array is left as it is. The norm is computed in float64, from gradients divided by the largest
    of them, so that squares neither overflow nor vanish. With an infinite gradient the
    others become 0 and it becomes NaN; with a NaN all do.

    Examples
    --------
    >>> import autograd_lite as al
    >>> w = al.Value([1.0, 1.0])
    >>> (w * [3.0, 4.0]).sum().backward()
    >>> al.optim.clip_grad_norm([w], max_norm=1.0)
    5.0
    >>> w.grad.round(4).tolist()
    [0.6, 0.8]
    """
    owner = "clip_grad_norm"
    params = [p for p in values_of(owner, parameters) if p.grad is not None]
    if plain(max_norm) != math.inf:
        max_norm = check_number(owner, "max_norm", max_norm, at_least=0)
    if plain(norm_type) != math.inf:
        norm_type = check_number(owner, "norm_type", norm_type, at_least=0)
        if norm_type == 0:
            raise ArgumentError(f"{owner} got norm_type=0; give a number > 0, or inf")
    total = total_norm([numbers_of(p) for p in params], float(norm_type))
    if error_if_nonfinite and not math.isfinite(total):
        raise ArgumentError(
            f"{owner} got gradients whose norm is {total}; look for the operation that made them "
            "infinite or NaN, or give error_if_nonfinite=False"
        )
    factor = max_norm / (total + 1e-6)
    if factor >= 1 or max_norm == math.inf:  # inf / inf is NaN
        return total
    for p in params:
        g = numbers_of(p)
        # In float64: in float16 a factor of 1e-8 would be 0. NaN is announced by `total`.
        with np.errstate(invalid="ignore"):
            p.grad = np.multiply(g, np.float64(factor)).astype(g.dtype)
    return total


def clip_grad_value(parameters: Value | Iterable[Value], clip_value: float) -> None:
    """Limit each element of the gradients to ``[-clip_value, clip_value]``.

    Parameters
    ----------
    parameters : Value or iterable of Value
        Whose gradients to limit; those without one are left out.
    clip_value : float
        The limit, at least 0.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    As ``torch.nn.utils.clip_grad_value_``, but ``p.grad`` is rebound to a new array (never a
    Value), and the old array is left as it is. NaN stays NaN.

    Examples
    --------
    >>> import autograd_lite as al
    >>> w = al.Value([1.0, 1.0])
    >>> (w * [3.0, -0.5]).sum().backward()
    >>> al.optim.clip_grad_value([w], 1.0)
    >>> w.grad.tolist()
    [1.0, -0.5]
    """
    limit = check_number("clip_grad_value", "clip_value", clip_value, at_least=0)
    for p in values_of("clip_grad_value", parameters):
        if p.grad is not None:
            g = numbers_of(p)
            largest = min(float(limit), float(np.finfo(g.dtype).max))  # 1e6 is no float16
            p.grad = np.clip(g, -largest, largest)


def numbers_of(p: Value) -> Any:
    """Return the gradient as an array or numpy scalar of floats, also where it is a Value."""
    g = np.asarray(data_of(p.grad))[()]
    return g if g.dtype.kind == "f" else g.astype(p.dtype)


def total_norm(grads: list[Any], norm_type: float) -> float:
    """Return the norm of all gradients as one vector, without overflow."""
    if not any(g.size for g in grads):
        return 0.0
    flat = np.concatenate([np.asarray(g, dtype=np.float64) for g in grads], axis=None)
    largest = float(np.max(np.abs(flat)))
    if largest == 0 or not math.isfinite(largest) or norm_type == math.inf:
        return largest
    return largest * float(np.sum(np.abs(flat / largest) ** norm_type) ** (1 / norm_type))
