"""Data sets that the demos and the tests share, and mini-batches.

Every data set is a formula and a random generator: nothing is downloaded or read from a file.
"""

from autograd_lite.data.batches import batches
from autograd_lite.data.dataset import DataSet
from autograd_lite.data.toys import moons, rings, spirals, xor
from autograd_lite.data.two_islands import (
    fresh_two_islands,
    two_islands,
    two_islands_likelihood_ratio,
)

__all__ = [
    "DataSet",
    "batches",
    "fresh_two_islands",
    "moons",
    "rings",
    "spirals",
    "two_islands",
    "two_islands_likelihood_ratio",
    "xor",
]
