"""Learning-rate schedules: the learning rate as a function of the epoch, as torch.optim has them.

Each schedule is a closed form, `lrs_at(epoch)`; where PyTorch computes it by recursion, the two
agree up to rounding. ``scheduler.step()`` comes after ``optimizer.step()``, once for each epoch (or
for each batch: an epoch is whatever is counted).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from autograd_lite.arguments import check_count, check_number
from autograd_lite.errors import ArgumentError, StateDictError
from autograd_lite.optim.optimizer import Optimizer

__all__ = [
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "SequentialLR",
    "StepLR",
]


class LRScheduler(ABC):
    """The base of the schedules: sets the learning rate of each group of an optimiser.

    The constructor sets the learning rates of epoch 0, and each `step` those of the next epoch.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    last_epoch : int
        -1 to begin with the groups' learning rates. Otherwise the schedule goes on after this
        epoch, from the groups' ``"initial_lr"``.

    Attributes
    ----------
    last_epoch : int
        The epoch whose learning rates are set.
    base_lrs : list of float
        The learning rate of each group that the schedule scales.

    Raises
    ------
    ArgumentError
        If an argument is outside its range, or a group has no ``"initial_lr"`` to go on from.

    Notes
    -----
    A learning rate that was changed since the last step, by hand or by another scheduler, is taken
    over: the rest of the schedule is scaled to go through it, as PyTorch's recursions do.
    `LambdaLR` alone sets its own value whatever happened.

    Examples
    --------
    One's own schedule, ``1 / (1 + epoch)``:

    >>> import autograd_lite as al
    >>> class InverseLR(al.optim.lr_scheduler.LRScheduler):
    ...     def lrs_at(self, epoch):
    ...         return [base / (1 + epoch) for base in self.base_lrs]
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=0.6)
    >>> scheduler = InverseLR(optimizer)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.3]
    """

    options: ClassVar[tuple[str, ...]] = ()
    """The attributes that the state_dict has beside those of every schedule."""

    starts_from: ClassVar[str] = "lr"
    """The option of a group that epoch 0 scales."""

    eta_min: float = 0.0
    """What the learning rate is measured from when the schedule is scaled."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        owner = type(self).__name__
        if not isinstance(optimizer, Optimizer):
            raise ArgumentError(f"{owner} got {type(optimizer).__name__}; give an optimizer")
        last_epoch = check_count(owner, "last_epoch", last_epoch, at_least=-1)
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ArgumentError(
                    f"{owner} got last_epoch={last_epoch}, but group {number} has no initial_lr to "
                    "go on from; load the optimizer's state_dict first, or give last_epoch=-1"
                )
        start = self.starts_from if last_epoch == -1 else "initial_lr"
        self.optimizer = optimizer
        self.last_epoch = last_epoch
        self.base_lrs = [float(group[start]) for group in optimizer.param_groups]
        self._last_lr = [group["lr"] for group in optimizer.param_groups]
        self.step()

    @abstractmethod
    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""

    def step(self) -> None:
        """Go to the next epoch and set its learning rates.

        Raises
        ------
        ArgumentError
            If the optimiser was given another parameter group since.
        """
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            raise ArgumentError(
                f"the optimizer has {len(groups)} parameter groups, but had {len(self.base_lrs)} "
                f"when this {type(self).__name__} was made; make a new one"
            )
        for number, (group, last) in enumerate(zip(groups, self._last_lr, strict=True)):
            if group["lr"] != last:
                self.follow(number, float(group["lr"]), last)
        self.last_epoch += 1
        self._set(self.lrs_at(self.last_epoch))

    def follow(self, number: int, lr: float, last: float) -> None:
        """Scale the schedule of a group from `last`, which it was to have, to `lr`, which it has.

        Parameters
        ----------
        number : int
            Which group.
        lr, last : float
            Its learning rates.
        """
        height = last - self.eta_min
        if height:  # at the bottom, there is nothing to scale by
            scale = (lr - self.eta_min) / height
            self.base_lrs[number] = self.eta_min + scale * (self.base_lrs[number] - self.eta_min)

    def restart(self) -> None:
        """Scale the groups' initial learning rates again."""
        self.base_lrs = [float(group["initial_lr"]) for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group, as this schedule set it last."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state: plain numbers and lists."""
        names = ("last_epoch", "base_lrs", "_last_lr", *self.options)
        state = {name: getattr(self, name) for name in names}
        return {n: list(v) if isinstance(v, list) else v for n, v in state.items()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Load a copy of the state, and set the optimiser's learning rates.

        It does not matter whether the optimiser's state_dict is loaded before or after it. (Of
        several schedulers of one optimiser, load first the one that steps first.)

        Parameters
        ----------
        state_dict : dict
            What `state_dict` returned.

        Raises
        ------
        StateDictError
            If a key is missing or unexpected, or the number of groups differs.
        """
        self.check_state(state_dict)
        self.load_values(state_dict)
        self._set(self._last_lr)

    def check_state(self, state_dict: Mapping[str, Any]) -> None:
        """Raise a StateDictError unless `state_dict` fits."""
        owner = type(self).__name__
        if not isinstance(state_dict, Mapping):
            raise StateDictError(
                f"{owner} got {type(state_dict).__name__} for its state_dict; give a dict"
            )
        own = self.state_dict().keys()
        missing = sorted(own - state_dict.keys())
        unexpected = sorted(map(str, state_dict.keys() - own))
        if missing or unexpected:
            raise StateDictError(
                f"the state_dict does not fit this {owner}: missing {missing}, unexpected "
                f"{unexpected}; it must come from a {owner}"
            )
        for name in ("base_lrs", "_last_lr"):
            if len(state_dict[name]) != len(self.base_lrs):
                raise StateDictError(
                    f"the state_dict of this {owner} has {len(state_dict[name])} groups in {name}, "
                    f"the optimizer has {len(self.base_lrs)}"
                )

    def load_values(self, state_dict: Mapping[str, Any]) -> None:
        """Copy a state_dict that fits."""
        for name, saved in state_dict.items():
            setattr(self, name, list(saved) if isinstance(saved, list) else saved)

    def _set(self, lrs: Sequence[float]) -> None:
        """Set the learning rate of each group."""
        self._last_lr = [float(lr) for lr in lrs]
        for group, lr in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = lr


class StepLR(LRScheduler):
    r"""Multiply the learning rate by a factor every few epochs.

    .. math:: \eta_t = \eta_0 \, \gamma^{\lfloor t / s \rfloor}

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    step_size : int
        :math:`s`: the epochs between two changes.
    gamma : float
        :math:`\gamma`, the factor.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Examples
    --------
    >>> import autograd_lite as al
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> scheduler = al.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(5):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    1.0
    0.5
    0.5
    0.25
    """

    options = ("step_size", "gamma")

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = check_count("StepLR", "step_size", step_size)
        self.gamma = check_number("StepLR", "gamma", gamma, at_least=0)
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        return [base * self.gamma ** (epoch // self.step_size) for base in self.base_lrs]


class ExponentialLR(LRScheduler):
    r"""Multiply the learning rate by a factor every epoch.

    .. math:: \eta_t = \eta_0 \, \gamma^t

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    gamma : float
        :math:`\gamma`, the factor.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Examples
    --------
    >>> import autograd_lite as al
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> scheduler = al.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    options = ("gamma",)

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = check_number("ExponentialLR", "gamma", gamma, at_least=0)
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        return [base * self.gamma**epoch for base in self.base_lrs]


class LinearLR(LRScheduler):
    r"""Change the learning rate along a straight line, then keep it: a warm-up.

    .. math:: \eta_t = \eta_0 \left(a + (b - a) \min(t, n) / n \right)

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    start_factor : float
        :math:`a`, in ``(0, 1]``.
    end_factor : float
        :math:`b`, in ``[0, 1]``.
    total_iters : int
        :math:`n`: the epochs until :math:`b` is reached.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Examples
    --------
    >>> import autograd_lite as al
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> scheduler = al.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> for _ in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    0.5
    0.75
    1.0
    1.0
    """

    options = ("start_factor", "end_factor", "total_iters")

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        start_factor = check_number("LinearLR", "start_factor", start_factor, at_least=0, at_most=1)
        if start_factor == 0:
            raise ArgumentError("LinearLR got start_factor=0; give a number > 0 and <= 1")
        self.start_factor = start_factor
        self.end_factor = check_number("LinearLR", "end_factor", end_factor, at_least=0, at_most=1)
        self.total_iters = check_count("LinearLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        progress = min(epoch, self.total_iters) / self.total_iters
        factor = self.start_factor + (self.end_factor - self.start_factor) * progress
        return [base * factor for base in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    r"""Lower the learning rate along half a cosine; after `T_max` it rises again.

    .. math::

        \eta_t = \eta_{\min} + \tfrac12 (\eta_0 - \eta_{\min}) (1 + \cos(\pi t / T_{\max}))

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    T_max : int
        The epochs from the highest to the lowest learning rate.
    eta_min : float
        The lowest learning rate.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.

    Notes
    -----
    As in torch.optim there is no restart: beyond `T_max` the cosine goes on, with the period
    ``2 * T_max``.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "SGDR: Stochastic gradient descent with warm restarts",
       ICLR 2017, arXiv:1608.03983.

    Examples
    --------
    >>> import autograd_lite as al
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> scheduler = al.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> for _ in range(5):
    ...     print(f"{optimizer.param_groups[0]['lr']:.3f}")
    ...     optimizer.step()
    ...     scheduler.step()
    1.000
    0.854
    0.500
    0.146
    0.000
    """

    options = ("T_max", "eta_min")

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = check_count("CosineAnnealingLR", "T_max", T_max)
        self.eta_min = check_number("CosineAnnealingLR", "eta_min", eta_min, at_least=0)
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        height = (1 + math.cos(math.pi * epoch / self.T_max)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]


class LambdaLR(LRScheduler):
    r"""Scale the initial learning rate by a function of the epoch.

    .. math:: \eta_t = \eta_0 \, f(t)

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    lr_lambda : callable or list of callable
        :math:`f`: from the epoch to the factor; one for all groups, or one for each.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If an argument is not a function, or the number of functions is not that of the groups.

    Notes
    -----
    The functions are not part of the state_dict.

    Examples
    --------
    >>> import autograd_lite as al
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> scheduler = al.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    starts_from = "initial_lr"

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        groups = len(getattr(optimizer, "param_groups", ()))
        lambdas = list(lr_lambda) if isinstance(lr_lambda, Sequence) else [lr_lambda] * groups
        if len(lambdas) != groups:
            raise ArgumentError(
                f"LambdaLR got {len(lambdas)} functions for {groups} parameter groups; give one "
                "for all, or one for each"
            )
        for function in lambdas:
            if not callable(function):
                raise ArgumentError(f"LambdaLR got {function!r}; give a function of the epoch")
        self.lr_lambdas = lambdas
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * function(epoch) for base, function in pairs]

    def follow(self, number: int, lr: float, last: float) -> None:
        """Do nothing: the function alone decides."""


class SequentialLR(LRScheduler):
    """Run schedules one after the other, such as a warm-up and then a cosine.

    Each begins at its own epoch 0, with the groups' initial learning rates.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rates to set.
    schedulers : list of LRScheduler
        The schedules, made for the same optimiser. They are stepped here, not by the caller.
    milestones : list of int
        The epochs at which the second, third, ... begins.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If there is no schedule, one belongs to another optimiser, or the milestones are not rising
        or not one fewer than the schedules.

    Examples
    --------
    >>> import autograd_lite as al
    >>> from autograd_lite.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
    >>> optimizer = al.optim.SGD([al.Value(1.0)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> cosine = CosineAnnealingLR(optimizer, T_max=2)
    >>> scheduler = SequentialLR(optimizer, [warm_up, cosine], milestones=[2])
    >>> for _ in range(5):
    ...     print(f"{optimizer.param_groups[0]['lr']:.2f}")
    ...     optimizer.step()
    ...     scheduler.step()
    0.50
    0.75
    1.00
    0.50
    0.00
    """

    options = ("milestones",)

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        self.schedulers = list(schedulers)
        self.milestones = [
            check_count("SequentialLR", "milestones", milestone, at_least=0)
            for milestone in milestones
        ]
        if not self.schedulers or len(self.milestones) != len(self.schedulers) - 1:
            raise ArgumentError(
                f"SequentialLR got {len(self.schedulers)} schedulers and {len(self.milestones)} "
                "milestones; give at least one scheduler, and one milestone fewer than schedulers"
            )
        if self.milestones != sorted(set(self.milestones)):
            raise ArgumentError(
                f"SequentialLR got milestones={self.milestones}; each must be greater than the one "
                "before"
            )
        for position, scheduler in enumerate(self.schedulers):
            if getattr(scheduler, "optimizer", None) is not optimizer:
                raise ArgumentError(
                    f"SequentialLR got as scheduler {position} one that was not made for the same "
                    "optimizer; make all of them for it"
                )
        self.restart()
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        super().__init__(optimizer, last_epoch)

    def lrs_at(self, epoch: int) -> list[float]:
        """Return the learning rate of each group at `epoch`."""
        active = bisect_right(self.milestones, epoch)
        start = self.milestones[active - 1] if active else 0
        return self.schedulers[active].lrs_at(epoch - start)

    def follow(self, number: int, lr: float, last: float) -> None:
        """Scale the schedule that is active."""
        active = bisect_right(self.milestones, self.last_epoch)
        self.schedulers[active].follow(number, lr, last)

    def restart(self) -> None:
        """Scale the groups' initial learning rates again, in each schedule."""
        for scheduler in self.schedulers:
            scheduler.restart()

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state, with those of the schedules."""
        states = [scheduler.state_dict() for scheduler in self.schedulers]
        return {**super().state_dict(), "schedulers": states}

    def check_state(self, state_dict: Mapping[str, Any]) -> None:
        """Raise a StateDictError unless `state_dict` fits, all the way down."""
        super().check_state(state_dict)
        saved = state_dict["schedulers"]
        if len(saved) != len(self.schedulers):
            raise StateDictError(
                f"the state_dict has {len(saved)} schedulers, this SequentialLR has "
                f"{len(self.schedulers)}"
            )
        for scheduler, state in zip(self.schedulers, saved, strict=True):
            scheduler.check_state(state)

    def load_values(self, state_dict: Mapping[str, Any]) -> None:
        """Copy a state_dict that fits, and those of the schedules."""
        for scheduler, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            scheduler.load_values(state)
        super().load_values({name: v for name, v in state_dict.items() if name != "schedulers"})
