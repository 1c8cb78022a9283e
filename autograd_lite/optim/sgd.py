"""Stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from autograd_lite.arguments import check_flag, check_number
from autograd_lite.errors import ArgumentError
from autograd_lite.optim.flat import Array, Update
from autograd_lite.optim.optimizer import Group, Optimizer
from autograd_lite.value import Value

__all__ = ["SGD", "sgd_update"]


def sgd_update(
    p: Array,
    g: Array,
    buffer: Array | None,
    step: int,
    *,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> tuple[Array | None, ...]:
    """Return the new parameters and momentum buffer: the equations of `SGD`.

    Parameters
    ----------
    p, g : ndarray, shape `(n,)`
        Parameters and gradients.
    buffer : ndarray, shape `(n,)`, or None
        The momentum buffer, zeros before the first step; None without momentum.
    step : int
        The number of this update, from 1.
    lr, momentum, dampening, weight_decay, nesterov, maximize
        As in `SGD`.

    Returns
    -------
    tuple
        New arrays ``(p, buffer)``; the given ones are left as they are.
    """
    if maximize:
        g = -g
    if weight_decay:
        g = g + weight_decay * p
    if buffer is not None:
        # The first gradient enters the buffer whole, as in torch.
        buffer = momentum * buffer + (1 - dampening * (step > 1)) * g
        g = g + momentum * buffer if nesterov else buffer
    return p - lr * g, buffer


class SGD(Optimizer):
    r"""Stochastic gradient descent: step against the gradient.

    With momentum the steps follow a running sum of the gradients, like a heavy ball: it keeps its
    direction along a narrow valley and averages out the swings across it. Nesterov's variant adds
    the momentum once more, as a look ahead.

    With the parameters :math:`p`, the gradient :math:`g`, the learning rate :math:`\eta`, the
    momentum :math:`\mu`, the dampening :math:`\tau` and the weight decay :math:`\lambda`:

    .. math::

        g_t &\leftarrow g_t + \lambda p_{t-1} \\
        b_1 &= g_1, \qquad b_t = \mu b_{t-1} + (1 - \tau) g_t \\
        d_t &= b_t \quad\text{or, with nesterov,}\quad g_t + \mu b_t \\
        p_t &= p_{t-1} - \eta d_t

    Without momentum :math:`d_t = g_t`.

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        Parameters, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate, :math:`\eta \ge 0`.
    momentum : float
        :math:`\mu \ge 0`; 0.9 is usual.
    dampening : float
        :math:`\tau`: how much of each gradient, after the first, is kept out of the momentum.
    weight_decay : float
        :math:`\lambda \ge 0`, the gradient of an L2 penalty :math:`\lambda p^2 / 2`.
    nesterov : bool
        Use Nesterov's variant; needs a momentum and no dampening.
    maximize : bool
        Step along the gradient instead of against it.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    This is torch.optim's variant: the learning rate multiplies the buffer when the step is taken.
    Sutskever et al. put it into the buffer, which differs once the learning rate changes.

    References
    ----------
    .. [1] I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and
       momentum in deep learning", ICML 2013.
    .. [2] B. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR
       Computational Mathematics and Mathematical Physics 4, 1964.

    Examples
    --------
    Thirty steps down a parabola:

    >>> import autograd_lite as al
    >>> theta = al.Value(-1.5)
    >>> optimizer = al.optim.SGD([theta], lr=0.05)
    >>> for _ in range(30):
    ...     optimizer.zero_grad()
    ...     loss = (theta - 3) ** 2
    ...     loss.backward()
    ...     optimizer.step()
    >>> print(f"{theta.item():.4f}")
    2.8092
    """

    saves_step: ClassVar[bool] = False  # as torch: what has a buffer has had its first step

    def __init__(
        self,
        params: Iterable[Value] | Iterable[Group],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, options: Group) -> Group:
        """Return the options of a group, checked."""
        for name in ("lr", "momentum", "weight_decay"):
            check_number("SGD", name, options[name], at_least=0)
        check_number("SGD", "dampening", options["dampening"])
        check_flag("SGD", "nesterov", options["nesterov"])
        check_flag("SGD", "maximize", options["maximize"])
        if options["nesterov"] and (options["momentum"] == 0 or options["dampening"] != 0):
            raise ArgumentError(
                f"SGD got nesterov=True with momentum={options['momentum']!r} and "
                f"dampening={options['dampening']!r}; it needs a momentum > 0 and no dampening"
            )
        return options

    def buffers(self, group: Group) -> dict[str, float | None]:
        """Return the names of the state vectors, with the values that they begin with."""
        return {"momentum_buffer": 0.0 if group["momentum"] else None}

    def rule(self, group: Group) -> Update:
        """Return the update rule with the options of `group`."""
        return partial(
            sgd_update,
            lr=group["lr"],
            momentum=group["momentum"],
            dampening=group["dampening"],
            weight_decay=group["weight_decay"],
            nesterov=group["nesterov"],
            maximize=group["maximize"],
        )
