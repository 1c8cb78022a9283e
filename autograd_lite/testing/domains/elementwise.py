"""Element-wise arithmetic."""

from __future__ import annotations

import numpy as np

from autograd_lite.testing.domains.build import (
    POSITIVE,
    REAL,
    SHAPES_OF_ONE,
    Call,
    Domain,
    between_steps,
    booleans,
    both_signs,
    integers,
    interval,
    of_one,
    of_three,
    of_two,
    predicate,
)

DOMAINS: dict[str, Domain] = {
    # arithmetic
    "add": of_two(analytic=True),
    "subtract": of_two(analytic=True),
    "multiply": of_two(analytic=True),
    "divide": of_two(y=both_signs(0.5, 2.0), analytic=True),
    "power": of_two(POSITIVE, REAL, analytic=True),
    "float_power": of_two(POSITIVE, REAL, analytic=True, dtype_kept=False),
    "negative": of_one(analytic=True),
    "positive": of_one(analytic=True),
    "absolute": of_one(both_signs(0.1, 2.0)),
    "fabs": of_one(both_signs(0.1, 2.0)),
    "reciprocal": of_one(both_signs(0.5, 2.0), analytic=True),
    "square": of_one(analytic=True),
    "sqrt": of_one(POSITIVE, analytic=True),
    "cbrt": of_one(both_signs(0.3, 2.0)),
    "floor_divide": of_two(interval(3.3, 4.1), both_signs(1.4, 1.6)),
    "remainder": of_two(interval(3.3, 4.1), both_signs(1.4, 1.6)),
    "fmod": of_two(both_signs(3.3, 4.1), both_signs(1.4, 1.6)),
    "fractional_part": of_one(between_steps),
    "binary_exponent": predicate(),
    "ldexp": Domain((REAL, integers(5)), of_two().calls),
    # exponentials and logarithms
    "exp": of_one(analytic=True),
    "exp2": of_one(analytic=True),
    "expm1": of_one(analytic=True),
    "log": of_one(POSITIVE, analytic=True),
    "log2": of_one(POSITIVE, analytic=True),
    "log10": of_one(POSITIVE, analytic=True),
    "log1p": of_one(interval(-0.7, 2.0), analytic=True),
    "logaddexp": of_two(),
    "logaddexp2": of_two(),
    # angles
    "sin": of_one(analytic=True),
    "cos": of_one(analytic=True),
    "tan": of_one(interval(-1.2, 1.2), analytic=True),
    "arcsin": of_one(interval(-0.9, 0.9), analytic=True),
    "arccos": of_one(interval(-0.9, 0.9), analytic=True),
    "arctan": of_one(analytic=True),
    "arctan2": of_two(both_signs(0.3, 2.0), both_signs(0.3, 2.0)),
    "hypot": of_two(both_signs(0.3, 2.0), both_signs(0.3, 2.0)),
    "deg2rad": of_one(interval(-200.0, 200.0)),
    "rad2deg": of_one(interval(-3.0, 3.0)),
    "i0": of_one(),
    "i0_derivative": Domain(
        (REAL,), tuple(Call((shape,), {"order": n}) for shape in SHAPES_OF_ONE for n in (1, 2, 5))
    ),
    "sinc": of_one(),
    "sinc_derivative": Domain(
        (REAL,), tuple(Call((shape,), {"order": n}) for shape in SHAPES_OF_ONE for n in (1, 2, 5))
    ),
    "sinh": of_one(analytic=True),
    "cosh": of_one(analytic=True),
    "tanh": of_one(analytic=True),
    "arcsinh": of_one(analytic=True),
    "arccosh": of_one(interval(1.3, 3.0), analytic=True),
    "arctanh": of_one(interval(-0.9, 0.9), analytic=True),
    # choices and steps
    "maximum": of_two(),
    "minimum": of_two(),
    "fmax": of_two(),
    "fmin": of_two(),
    "nan_to_num": of_one(),
    "where": of_three(booleans, REAL, REAL, analytic=True),
    "clip": of_three(REAL, interval(-1.0, -0.5), interval(0.5, 1.0)),
    "sign": of_one(between_steps),
    "floor": of_one(between_steps),
    "ceil": of_one(between_steps),
    "trunc": of_one(between_steps),
    "rint": of_one(between_steps),
    "fix": of_one(between_steps),
    "round": of_one(between_steps),
    "heaviside": of_two(both_signs(0.1, 2.0)),
    "copysign": of_two(both_signs(0.1, 2.0), both_signs(0.1, 2.0)),
    # copies
    "identity": of_one(analytic=True),
    "copy": of_one(analytic=True),
    "astype": Domain(
        (REAL,),
        (Call(((),), {"dtype": np.dtype("f8")}), Call(((2, 3),), {"dtype": np.dtype("f8")})),
        dtype_kept=False,
    ),
}
