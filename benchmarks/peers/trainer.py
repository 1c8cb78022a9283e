"""What every peer gives: a training step to call, and what it has learnt, to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.networks import Array


class Trainer(NamedTuple):
    """A network in training.

    Attributes
    ----------
    step : callable
        Does one step, forward, backward and Adam, and returns the loss before it, in whatever
        form the peer has.
    parameters : callable
        Returns the parameters as arrays, in the order of `Problem.parameters`.
    number : callable
        Makes a Python number of what `step` returns.
    """

    step: Callable[[], Any]
    parameters: Callable[[], list[Array]]
    number: Callable[[Any], float] = float
