"""RMSprop: steps scaled by a running average of the squared gradient."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from autograd_lite.arguments import check_flag, check_number
from autograd_lite.optim.flat import Array, Update
from autograd_lite.optim.optimizer import Group, Optimizer
from autograd_lite.value import Value

__all__ = ["RMSprop", "rmsprop_update"]


def rmsprop_update(
    p: Array,
    g: Array,
    v: Array,
    m: Array | None,
    buffer: Array | None,
    step: int,
    *,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    maximize: bool,
) -> tuple[Array | None, ...]:
    """Return the new parameters and averages: the equations of `RMSprop`.

    Parameters
    ----------
    p, g : ndarray, shape `(n,)`
        Parameters and gradients.
    v : ndarray, shape `(n,)`
        The running average of the squared gradient, zeros before the first step.
    m : ndarray, shape `(n,)`, or None
        The running average of the gradient; None unless centered.
    buffer : ndarray, shape `(n,)`, or None
        The momentum buffer; None without momentum.
    step : int
        The number of this update; not used.
    lr, alpha, eps, weight_decay, momentum, maximize
        As in `RMSprop`.

    Returns
    -------
    tuple
        New arrays ``(p, v, m, buffer)``; the given ones are left as they are.
    """
    if maximize:
        g = -g
    if weight_decay:
        g = g + weight_decay * p
    v = alpha * v + (1 - alpha) * (g * g)
    variance = v
    if m is not None:
        m = alpha * m + (1 - alpha) * g
        # Zero for a gradient that stays the same, and rounding can take it below: sqrt(-1e-17).
        variance = np.maximum(v - m * m, 0.0)
    d = g / (np.sqrt(variance) + eps)
    if buffer is not None:
        d = buffer = momentum * buffer + d
    return p - lr * d, v, m, buffer


class RMSprop(Optimizer):
    r"""RMSprop: divide each gradient by its usual size.

    The usual size is the root of a running average of the squared gradient; centered, it is the
    standard deviation, from which the average gradient has been taken out.

    With the parameters :math:`p`, the gradient :math:`g`, the learning rate :math:`\eta`, the
    momentum :math:`\mu` and the weight decay :math:`\lambda`:

    .. math::

        g_t &\leftarrow g_t + \lambda p_{t-1} \\
        v_t &= \alpha v_{t-1} + (1 - \alpha) g_t^2 \\
        \tilde v_t &= v_t \quad\text{or, centered,}\quad
            v_t - m_t^2 \text{ with } m_t = \alpha m_{t-1} + (1 - \alpha) g_t \\
        b_t &= \mu b_{t-1} + g_t / (\sqrt{\tilde v_t} + \epsilon) \\
        p_t &= p_{t-1} - \eta b_t

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        Parameters, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate, :math:`\eta \ge 0`.
    alpha : float
        The memory of the averages, in ``[0, 1)``.
    eps : float
        :math:`\epsilon \ge 0`, outside the square root.
    weight_decay : float
        :math:`\lambda \ge 0`, the gradient of an L2 penalty :math:`\lambda p^2 / 2`.
    momentum : float
        :math:`\mu \ge 0`.
    centered : bool
        Divide by the standard deviation.
    maximize : bool
        Step along the gradient instead of against it.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    This is torch.optim's variant: :math:`\epsilon` is outside the square root, the averages begin
    at zero without bias correction, and the learning rate multiplies the buffer when the step is
    taken. One difference: a variance that rounding makes negative counts as zero, where torch
    returns NaN. The algorithm is from [1]_, the centered variant from [2]_.

    References
    ----------
    .. [1] T. Tieleman, G. Hinton, "Lecture 6.5: RMSprop", Neural Networks for Machine Learning,
       Coursera, 2012.
    .. [2] A. Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850.

    Examples
    --------
    The first average is ``1 - alpha`` of the squared gradient, so the first step is
    ``lr / sqrt(1 - alpha)``:

    >>> import autograd_lite as al
    >>> w = al.Value([1.0, 1.0])
    >>> optimizer = al.optim.RMSprop([w], lr=0.01, alpha=0.99)
    >>> (w * [1.0, -1e3]).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6).tolist()
    [0.9, 1.1]
    """

    def __init__(
        self,
        params: Iterable[Value] | Iterable[Group],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, options: Group) -> Group:
        """Return the options of a group, checked."""
        for name in ("lr", "eps", "weight_decay", "momentum"):
            check_number("RMSprop", name, options[name], at_least=0)
        check_number("RMSprop", "alpha", options["alpha"], at_least=0, below=1)
        check_flag("RMSprop", "centered", options["centered"])
        check_flag("RMSprop", "maximize", options["maximize"])
        return options

    def buffers(self, group: Group) -> dict[str, float | None]:
        """Return the names of the state vectors, with the values that they begin with."""
        return {
            "square_avg": 0.0,
            "grad_avg": 0.0 if group["centered"] else None,
            "momentum_buffer": 0.0 if group["momentum"] else None,
        }

    def rule(self, group: Group) -> Update:
        """Return the update rule with the options of `group`."""
        return partial(
            rmsprop_update,
            lr=group["lr"],
            alpha=group["alpha"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            maximize=group["maximize"],
        )
