"""Laws that hold for every operation whose gradient rules are right.

Each is a function of an operation and its operands, which raises a `GradientCheckError` where the
operation breaks it:

>>> import numpy as np
>>> import autograd_lite as al
>>> from autograd_lite.testing import laws
>>> square = al.primitive(lambda x: x * x, lambda g, out, x: g * g * 2 * x, name="squared")
>>> laws.linearity_in_the_cotangent(square, [np.array([1.0, 3.0])])  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
autograd_lite.errors.GradientCheckError: a law does not hold: Jᵀ(a u + b w) = a Jᵀu + b Jᵀw
  squared(float64[2])
  operand 0[...]: got ..., expected ...

`LAWS` holds all of them. `check_laws` tries them in turn, and `gradient_laws` makes a pytest test
of them.
"""

from autograd_lite.testing.laws.checks import (
    FIRST_ORDER,
    LAWS,
    check_law,
    check_laws,
    gradient_laws,
)
from autograd_lite.testing.laws.law import Law, law
from autograd_lite.testing.laws.linear import (
    adjoint_identity,
    linearity_in_the_cotangent,
    symmetry_of_second_derivatives,
)
from autograd_lite.testing.laws.memory import no_hidden_state, nothing_aliased, nothing_mutated
from autograd_lite.testing.laws.numeric import (
    agreement_at_kinks,
    agreement_for_complex_operands,
    first_order_agreement,
    numeric_agreement,
)
from autograd_lite.testing.laws.paths import (
    arrays_path_is_values_path,
    compiled_equals_eager,
    dtype_kept,
)
from autograd_lite.testing.laws.structure import (
    broadcasting_is_tiling,
    permutation_equivariance,
    repeated_operand,
)
from autograd_lite.testing.laws.trial import Trial

__all__ = [
    "FIRST_ORDER",
    "LAWS",
    "Law",
    "Trial",
    "adjoint_identity",
    "agreement_at_kinks",
    "agreement_for_complex_operands",
    "arrays_path_is_values_path",
    "broadcasting_is_tiling",
    "check_law",
    "check_laws",
    "compiled_equals_eager",
    "dtype_kept",
    "first_order_agreement",
    "gradient_laws",
    "law",
    "linearity_in_the_cotangent",
    "no_hidden_state",
    "nothing_aliased",
    "nothing_mutated",
    "numeric_agreement",
    "permutation_equivariance",
    "repeated_operand",
    "symmetry_of_second_derivatives",
]
