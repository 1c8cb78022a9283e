"""Hypothesis strategies made for gradients: operands, arguments, and whole random programs.

Numbers stand apart, so that no two tie and none lies at a kink; shapes include numbers (0-d) and
arrays without elements; what fails shrinks to few elements and simple numbers.

>>> from hypothesis import find
>>> from autograd_lite.testing import strategies
>>> find(strategies.arrays(shape=(2, 2)), lambda x: True)
array([[ 0. ,  1. ],
       [-1. ,  0.5]])

They need the extra ``testing``: ``pip install 'autograd_lite[testing]'``.
"""

from importlib.util import find_spec

from autograd_lite.errors import MissingDependencyError

if find_spec("hypothesis") is None:
    raise MissingDependencyError(
        "al.testing.strategies needs the package hypothesis; "
        "install it with `pip install 'autograd_lite[testing]'`"
    )

from autograd_lite.testing.strategies.arguments import axes, einsum_subscripts
from autograd_lite.testing.strategies.arrays import arrays, broadcastable, floats, values
from autograd_lite.testing.strategies.domains import operation_of, operations_of
from autograd_lite.testing.strategies.failures import check_program, report_failure
from autograd_lite.testing.strategies.families import elementwise, on_axes, on_axis
from autograd_lite.testing.strategies.indices import indices
from autograd_lite.testing.strategies.matrices import (
    matrices,
    orthogonal_matrices,
    positive_definite_matrices,
)
from autograd_lite.testing.strategies.operations import Operation
from autograd_lite.testing.strategies.program import Constant, Program, Step
from autograd_lite.testing.strategies.programs import programs
from autograd_lite.testing.strategies.shapes import broadcastable_shapes, shapes
from autograd_lite.testing.strategies.vocabulary import VOCABULARY

__all__ = [
    "VOCABULARY",
    "Constant",
    "Operation",
    "Program",
    "Step",
    "arrays",
    "axes",
    "broadcastable",
    "broadcastable_shapes",
    "check_program",
    "einsum_subscripts",
    "elementwise",
    "floats",
    "indices",
    "matrices",
    "on_axes",
    "on_axis",
    "operation_of",
    "operations_of",
    "orthogonal_matrices",
    "positive_definite_matrices",
    "programs",
    "report_failure",
    "shapes",
    "values",
]
