"""Adagrad: steps scaled by the sum of all squared gradients so far."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from autograd_lite.arguments import check_flag, check_number
from autograd_lite.optim.flat import Array, Update
from autograd_lite.optim.optimizer import Group, Optimizer
from autograd_lite.value import Value

__all__ = ["Adagrad", "adagrad_update"]


def adagrad_update(
    p: Array,
    g: Array,
    total: Array,
    step: int,
    *,
    lr: float,
    lr_decay: float,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> tuple[Array | None, ...]:
    """Return the new parameters and sum of squares: the equations of `Adagrad`.

    Parameters
    ----------
    p, g : ndarray, shape `(n,)`
        Parameters and gradients.
    total : ndarray, shape `(n,)`
        The sum of the squared gradients.
    step : int
        The number of this update, from 1.
    lr, lr_decay, weight_decay, eps, maximize
        As in `Adagrad`.

    Returns
    -------
    tuple
        New arrays ``(p, total)``; the given ones are left as they are.
    """
    if maximize:
        g = -g
    if weight_decay:
        g = g + weight_decay * p
    total = total + g * g
    rate = lr / (1 + (step - 1) * lr_decay)
    return p - rate * g / (np.sqrt(total) + eps), total


class Adagrad(Optimizer):
    r"""Adagrad: divide each gradient by the root of the sum of its squares so far.

    Parameters with rare gradients keep taking large steps, the others' steps shrink like
    :math:`1/\sqrt t`; the learning rate needs no schedule.

    With the parameters :math:`p`, the gradient :math:`g`, the learning rate :math:`\eta`, its decay
    :math:`\gamma` and the weight decay :math:`\lambda`:

    .. math::

        g_t &\leftarrow g_t + \lambda p_{t-1} \\
        s_t &= s_{t-1} + g_t^2 \\
        p_t &= p_{t-1} - \frac{\eta}{1 + (t - 1) \gamma} \, \frac{g_t}{\sqrt{s_t} + \epsilon}

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        Parameters, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate, :math:`\eta \ge 0`.
    lr_decay : float
        :math:`\gamma \ge 0`.
    weight_decay : float
        :math:`\lambda \ge 0`, the gradient of an L2 penalty :math:`\lambda p^2 / 2`.
    initial_accumulator_value : float
        :math:`s_0 \ge 0`.
    eps : float
        :math:`\epsilon \ge 0`, outside the square root.
    maximize : bool
        Step along the gradient instead of against it.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    This is the diagonal variant of [1]_, with torch.optim's :math:`\epsilon` outside the root and
    its decay of the learning rate.

    References
    ----------
    .. [1] J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and
       stochastic optimization", Journal of Machine Learning Research 12, 2011.

    Examples
    --------
    For a gradient that stays the same, step number t is ``lr / sqrt(t)``:

    >>> import autograd_lite as al
    >>> w = al.Value(0.0)
    >>> optimizer = al.optim.Adagrad([w], lr=1.0)
    >>> for _ in range(4):
    ...     optimizer.zero_grad()
    ...     (5 * w).backward()
    ...     optimizer.step()
    ...     print(f"{w.item():.4f}")
    -1.0000
    -1.7071
    -2.2845
    -2.7845
    """

    def __init__(
        self,
        params: Iterable[Value] | Iterable[Group],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, options: Group) -> Group:
        """Return the options of a group, checked."""
        for name in ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"):
            check_number("Adagrad", name, options[name], at_least=0)
        check_flag("Adagrad", "maximize", options["maximize"])
        return options

    def buffers(self, group: Group) -> dict[str, float | None]:
        """Return the names of the state vectors, with the values that they begin with."""
        return {"sum": float(group["initial_accumulator_value"])}

    def rule(self, group: Group) -> Update:
        """Return the update rule with the options of `group`."""
        return partial(
            adagrad_update,
            lr=group["lr"],
            lr_decay=group["lr_decay"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=group["maximize"],
        )
