"""Random numbers that a compiled program draws anew each time it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.recording import get_tracer

__all__ = ["uniform"]


def uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Return numbers from [0, 1), float64, in an array of a shape.

    Where a function is compiled they are a Value: an input of the program, drawn from the same
    generator before each run, in the order in which the function would draw them.
    """
    tracer = get_tracer()
    if tracer is None:
        return rng.random(shape)
    return tracer.draw(lambda: rng.random(shape), shape, np.dtype(float))
