"""Averages of the weights along a training run."""

from __future__ import annotations

from typing import Any

from autograd_lite.errors import ArgumentError
from autograd_lite.optim.parameters import values_of

__all__ = ["WeightAverage"]


class WeightAverage:
    """The mean of the parameters over the points of a training run at which it was updated.

    Near a minimum the steps of stochastic gradient descent scatter around it, and the more so the
    higher the learning rate is. Their mean lies closer to the centre than any of them: it does what
    lowering the learning rate does, and generalises better [1]_ [2]_::

        mean ← mean + (p - mean) / n

    Parameters
    ----------
    parameters : iterable of Value
        The parameters to average, as given to the optimiser.

    Attributes
    ----------
    count : int
        How many points the mean is over.

    Raises
    ------
    ArgumentError
        If `parameters` are not Values, or `apply` comes before the first `update`.

    References
    ----------
    .. [1] B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging",
       SIAM J. Control Optim. 30 (1992) 838-855.
    .. [2] P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization",
       UAI 2018; the mean over equal weights, without its cyclic learning rate.

    Examples
    --------
    >>> import autograd_lite as al
    >>> p = al.Value(0.0)
    >>> average = al.optim.WeightAverage([p])
    >>> for step in (1.0, 2.0, 6.0):
    ...     p.data = step
    ...     average.update()
    >>> average.apply()
    >>> float(p.data)
    3.0
    """

    def __init__(self, parameters: Any) -> None:
        self.parameters = values_of("WeightAverage", parameters)
        self.count = 0
        self.means = [parameter.data for parameter in self.parameters]

    def update(self) -> None:
        """Take the parameters as they are now into the mean."""
        self.count += 1
        self.means = [
            mean + (parameter.data - mean) / self.count
            for mean, parameter in zip(self.means, self.parameters, strict=True)
        ]

    def apply(self) -> None:
        """Rebind the parameters to their means."""
        if not self.count:
            raise ArgumentError("WeightAverage.apply() has nothing to average; call update() first")
        for parameter, mean in zip(self.parameters, self.means, strict=True):
            parameter.data = mean.copy()
