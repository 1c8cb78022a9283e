"""Adam and AdamW: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

import numpy as np

from autograd_lite.arguments import check_flag, check_number
from autograd_lite.errors import ArgumentError
from autograd_lite.optim.flat import Array, Update
from autograd_lite.optim.optimizer import Group, Optimizer
from autograd_lite.value import Value

__all__ = ["Adam", "AdamW", "adam_update"]


def adam_update(
    p: Array,
    g: Array,
    m: Array,
    v: Array,
    v_max: Array | None,
    step: int,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
    maximize: bool,
) -> tuple[Array | None, ...]:
    """Return the new parameters and moments: the equations of `Adam` and `AdamW`.

    Parameters
    ----------
    p, g : ndarray, shape `(n,)`
        Parameters and gradients.
    m, v : ndarray, shape `(n,)`
        The running averages of the gradient and of its square, zeros before the first step.
    v_max : ndarray, shape `(n,)`, or None
        The largest `v` so far; None without amsgrad.
    step : int
        The number of this update, from 1.
    lr, beta1, beta2, eps, weight_decay, maximize
        As in `Adam`.
    decoupled : bool
        Shrink the parameters themselves (AdamW), instead of adding the decay to the gradient.

    Returns
    -------
    tuple
        New arrays ``(p, m, v, v_max)``; the given ones are left as they are.
    """
    if maximize:
        g = -g
    if weight_decay and decoupled:
        p = p * (1 - lr * weight_decay)
    elif weight_decay:
        g = g + weight_decay * p
    m = beta1 * m
    m += (1 - beta1) * g
    v = beta2 * v
    v += (1 - beta2) * (g * g)
    v_used = v
    if v_max is not None:
        v_max = v_used = np.maximum(v_max, v)
    # The corrections for the start go to the numbers, not to m and v: two passes less over them.
    root = (1 - beta2**step) ** 0.5  # not math.sqrt, which a program that is compiled cannot take
    rate = lr * root / (1 - beta1**step)
    scale = np.sqrt(v_used)
    scale += eps * root
    change = m / scale
    change *= -rate
    return p + change, m, v, v_max


class Adam(Optimizer):
    r"""Adam: each parameter's step is its average gradient over that gradient's usual size.

    The average of past gradients gives the direction, the average of their squares the scale, so
    that the steps are of the size of the learning rate however large the gradients are. Both
    averages begin at zero; the division by :math:`1 - \beta^t` makes up for that.

    With the parameters :math:`p`, the gradient :math:`g`, the learning rate :math:`\eta` and the
    weight decay :math:`\lambda`:

    .. math::

        g_t &\leftarrow g_t + \lambda p_{t-1} \\
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        \hat m_t &= m_t / (1 - \beta_1^t), \qquad \hat v_t = v_t / (1 - \beta_2^t) \\
        p_t &= p_{t-1} - \eta \, \hat m_t / (\sqrt{\hat v_t} + \epsilon)

    With amsgrad, :math:`\max_{s \le t} v_s` stands for :math:`v_t` in :math:`\hat v_t`.

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        Parameters, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate, :math:`\eta \ge 0`.
    betas : tuple of float
        :math:`(\beta_1, \beta_2)`, each in ``[0, 1)``.
    eps : float
        :math:`\epsilon \ge 0`, outside the square root.
    weight_decay : float
        :math:`\lambda \ge 0`, the gradient of an L2 penalty :math:`\lambda p^2 / 2`.
    amsgrad : bool
        Let the scale never shrink.
    maximize : bool
        Step along the gradient instead of against it.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    This is Algorithm 1 of [1]_, not the reordered form of its section 2, whose :math:`\epsilon` is
    scaled. For AMSGrad, as torch.optim does, the maximum is taken before the bias correction (the
    paper [2]_ has none). For float16 parameters, see `Optimizer`.

    References
    ----------
    .. [1] D. Kingma, J. Ba, "Adam: A method for stochastic optimization", ICLR 2015,
       arXiv:1412.6980.
    .. [2] S. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", ICLR 2018,
       arXiv:1904.09237.

    Examples
    --------
    The first step is as long as the learning rate, for gradients of any size:

    >>> import autograd_lite as al
    >>> w = al.Value([1.0, 1.0])
    >>> optimizer = al.optim.Adam([w], lr=0.1)
    >>> (w * [1e-3, 1e3]).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6).tolist()
    [0.900001, 0.9]
    """

    decoupled: ClassVar[bool] = False

    def __init__(
        self,
        params: Iterable[Value] | Iterable[Group],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check_options(self, options: Group) -> Group:
        """Return the options of a group, checked."""
        owner = type(self).__name__
        for name in ("lr", "eps", "weight_decay"):
            check_number(owner, name, options[name], at_least=0)
        check_flag(owner, "amsgrad", options["amsgrad"])
        check_flag(owner, "maximize", options["maximize"])
        betas = options["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ArgumentError(f"{owner} got betas={betas!r}; give two numbers: (0.9, 0.999)")
        checked = tuple(
            check_number(owner, f"betas[{i}]", beta, at_least=0, below=1)
            for i, beta in enumerate(betas)
        )
        return {**options, "betas": checked}

    def buffers(self, group: Group) -> dict[str, float | None]:
        """Return the names of the state vectors, with the values that they begin with."""
        return {
            "exp_avg": 0.0,
            "exp_avg_sq": 0.0,
            "max_exp_avg_sq": 0.0 if group["amsgrad"] else None,
        }

    def rule(self, group: Group) -> Update:
        """Return the update rule with the options of `group`."""
        beta1, beta2 = group["betas"]
        return partial(
            adam_update,
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            decoupled=self.decoupled,
            maximize=group["maximize"],
        )


class AdamW(Adam):
    r"""Adam with decoupled weight decay: the decay bypasses the scaling by gradients.

    In `Adam`, a weight decay added to the gradient is divided by the gradient's usual size as well,
    so that weights with large gradients hardly decay. Here all weights shrink by the same factor,

    .. math::

        p_{t-1} \leftarrow (1 - \eta \lambda) \, p_{t-1},

    and then take the step of `Adam`, without :math:`\lambda`.

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        Parameters, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate, :math:`\eta \ge 0`.
    betas : tuple of float
        :math:`(\beta_1, \beta_2)`, each in ``[0, 1)``.
    eps : float
        :math:`\epsilon \ge 0`, outside the square root.
    weight_decay : float
        :math:`\lambda \ge 0`.
    amsgrad : bool
        Let the scale never shrink.
    maximize : bool
        Step along the gradient instead of against it; the weights still shrink.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    This is torch.optim's variant: the decay is multiplied by the learning rate. In Algorithm 2 of
    [1]_ it is not, but by the schedule's factor alone; divide its :math:`\lambda` by the initial
    learning rate.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019,
       arXiv:1711.05101.

    Examples
    --------
    Without a gradient to follow, the weights shrink by ``1 - lr * weight_decay``:

    >>> import autograd_lite as al
    >>> w = al.Value([2.0, -1.0])
    >>> optimizer = al.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * 0.0).sum().backward()
    >>> optimizer.step()
    >>> w.data.tolist()
    [1.9, -0.95]
    """

    decoupled: ClassVar[bool] = True

    def __init__(
        self,
        params: Iterable[Value] | Iterable[Group],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
