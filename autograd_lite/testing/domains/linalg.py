"""Linear algebra: matrices far from singular, with distinct eigenvalues and singular values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd_lite.testing.domains.build import REAL, Call, Domain, Sampler, both_signs, predicate


def matrices(*diagonal: float) -> Sampler:
    """Return a sampler of elements in (-0.5, 0.5), with `diagonal` added, repeated as needed."""

    def sample(u: Any) -> Any:
        m, n = u.shape[-2:]
        return u - 0.5 + np.resize(diagonal, m)[:, None] * np.eye(m, n)

    return sample


REGULAR = matrices(2.0, -1.5)
DISTINCT = matrices(1.0, 3.0, 5.0, 7.0)

SQUARE = (
    Call(((1, 1),)),
    Call(((2, 2),)),
    Call(((3, 3),)),
    Call(((2, 3, 3),)),
    Call(((2, 1, 2, 2),)),
    Call(((0, 0),)),
    Call(((0, 2, 2),)),
)
SHAPES_OF_ANY = ((3, 3), (4, 3), (3, 4), (2, 3, 2), (2, 2, 3), (1, 1), (1, 3), (0, 3), (0, 2, 2))


def of_any(sampler: Sampler, *params: dict[str, Any], **flags: Any) -> Domain:
    """Return the domain of an operation on matrices of any shape."""
    calls = tuple(Call((shape,), p) for p in params or ({},) for shape in SHAPES_OF_ANY)
    return Domain((sampler,), calls, half=False, ties=False, **flags)


def of_square(sampler: Sampler = REGULAR, **flags: Any) -> Domain:
    """Return the domain of an operation of square matrices."""
    return Domain((sampler,), SQUARE, half=False, ties=False, **flags)


NORMS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((), {}),
    ((3,), {}),
    ((2, 3), {}),
    ((2, 3), {"keepdims": True}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3, 2), {"axis": (0, 2)}),
    ((2, 3, 2), {"axis": (2, 0), "keepdims": True}),
    ((2, 3), {"ord": 3}),
    ((2, 3), {"ord": 1.5}),
    ((2, 3), {"ord": 3.5, "axis": 1}),
    ((2, 3), {"ord": 0.5, "axis": (0, 1), "keepdims": True}),
    ((2, 3), {"ord": -1, "axis": 0, "keepdims": True}),
    ((2, 3), {"ord": -2.5, "axis": 1}),
    ((0,), {}),
    ((0, 3), {"axis": 1, "ord": 3}),
)

DOMAINS: dict[str, Domain] = {
    "inv": of_square(analytic=True),
    "pinv": of_any(REGULAR, {"rcond": 1e-15}),
    "det": of_square(analytic=True),
    "cofactors": of_square(analytic=True),
    "cofactor_slopes": Domain(
        (REGULAR, REAL),
        tuple(
            Call((shape, shape))
            for shape in ((1, 1), (2, 2), (3, 3), (4, 4), (2, 3, 3), (0, 0), (0, 3, 3))
        ),
        half=False,
        ties=False,
    ),
    "packed_slogdet": of_square(),
    "solve": Domain(
        (REGULAR, REAL),
        tuple(
            Call(shapes)
            for shapes in (
                ((3, 3), (3,)),
                ((3, 3), (3, 2)),
                ((2, 3, 3), (3,)),
                ((2, 3, 3), (3, 1)),
                ((3, 3), (2, 3, 2)),
                ((2, 1, 2, 2), (3, 2, 2)),
                ((0, 2, 2), (2,)),
                ((0, 0), (0,)),
            )
        ),
        analytic=True,
        half=False,
        ties=False,
    ),
    "packed_lstsq": Domain(
        (REGULAR, REAL),
        tuple(
            Call(shapes, {"rcond": 1e-12})
            for shapes in (
                ((4, 3), (4,)),
                ((4, 3), (4, 2)),
                ((3, 3), (3,)),
                ((2, 3), (2, 2)),
                ((1, 1), (1,)),
            )
        ),
        half=False,
        ties=False,
    ),
    "cholesky": of_square(matrices(3.0), complex_operands=False),
    "packed_eigh": Domain(
        (DISTINCT,),
        (*SQUARE, Call(((3, 3),), {"uplo": "U"}), Call(((2, 2, 2),), {"uplo": "U"})),
        half=False,
        ties=False,
        complex_operands=False,
    ),
    "packed_eig": replace(
        of_square(DISTINCT, complex_operands=False),
        calls=(*SQUARE, Call(((2, 3, 3),), {"values_only": True})),
    ),
    "packed_svd": of_any(DISTINCT, complex_operands=False),
    "packed_qr": of_any(DISTINCT, {"mode": "reduced"}),
    "power_norm": Domain(
        (both_signs(0.3, 2.0),), tuple(Call((shape,), params) for shape, params in NORMS)
    ),
    "matrix_rank": predicate(
        REAL, Call(((3, 3),)), Call(((2, 3, 2),)), Call(((2, 2),), {"tol": 0.1, "hermitian": True})
    ),
}
