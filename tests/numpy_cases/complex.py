"""Complex numbers: parts, angles, and functions of complex arrays."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import A, B, C, Case, V, case

Z = A + 1j * B
W = B - 0.7j * C

PARTS = [np.real, np.imag, np.conj, np.real_if_close, np.angle, np.iscomplex, np.isreal]
ANALYTIC = [np.exp, np.log, np.sqrt, np.sin, np.tanh, np.arcsin, np.arccosh, np.arctan, np.square]
OTHER = [np.absolute, np.sign, np.sum, np.mean, np.var, np.std, np.prod, np.cumprod, np.max, np.min]

CASES: list[Case] = [
    *(case(function, A) for function in PARTS),
    *(case(function, np.float64(0.4)) for function in PARTS),
    *(case(function, Z) for function in (*PARTS, *ANALYTIC, *OTHER)),
    *(case(function, np.complex128(0.4 - 0.3j)) for function in (*PARTS, *ANALYTIC, *OTHER)),
    case(np.angle, Z, True),
    case(np.angle, Z, deg=True),
    case(np.real_if_close, Z, 1000),
    case(np.real_if_close, Z, tol=1),
    *(case(function, Z, W) for function in (np.add, np.multiply, np.divide, np.power)),
    *(case(function, Z, V) for function in (np.subtract, np.multiply, np.divide, np.power)),
    case(np.power, A, W),
    case(np.power, -1.5, W),
    case(np.power, 2j, A),
    case(np.power, Z, 3),
    case(np.power, Z, 0),
    case(np.multiply, A, 2j),
    case(np.matmul, Z, W.T),
    case(np.dot, Z, V),
    case(np.where, A > 0, Z, B),
    case(np.maximum, Z, W),
    case(np.minimum, Z, V),
    case(np.std, Z, 0, ddof=1),
]
