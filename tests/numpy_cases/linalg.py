"""Linear algebra."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, A, B, Case, S, V, case

LA = np.linalg
TALL = A.T.copy()
BATCH = np.stack([S, S[::-1] + np.eye(3), S.T - 2 * np.eye(3)])
SYMMETRIC = S + S.T + np.diag([1.0, 3.0, 5.0])
POSITIVE = np.stack([S @ S.T + np.eye(3), A.T @ A + np.diag([1.0, 2.0, 3.0])])
T3 = np.cos(np.arange(24.0) ** 2).reshape(2, 3, 4)  # of full rank
T4 = np.cos(np.arange(36.0) ** 2).reshape(2, 3, 3, 2)

CASES: list[Case] = [
    *(
        case(function, x)
        for function in (LA.inv, LA.det, LA.slogdet, LA.eigvals, LA.eigvalsh, LA.eigh)
        for x in (S, BATCH, np.zeros((0, 0)))
    ),
    case(LA.eig, SYMMETRIC),
    *(case(LA.pinv, x) for x in (S, A, TALL, T3)),
    case(LA.pinv, A, 1e-3),
    case(LA.pinv, A, rcond=np.float32(1e-3).item()),
    case(LA.pinv, A, rtol=1e-3),
    case(LA.pinv, A, rtol=None),
    case(LA.pinv, SYMMETRIC, hermitian=True),
    *(case(LA.solve, S, b) for b in (V, TALL, T3[0], T3[:, :, :1])),
    case(LA.solve, BATCH, V),
    case(LA.solve, BATCH, [1.0, 2.0, 3.0]),
    case(LA.lstsq, TALL, V),
    case(LA.lstsq, TALL, S, None),
    case(LA.lstsq, TALL, S, rcond=-1),
    case(LA.lstsq, A, [1.0, 2.0], rcond=1e-10),
    case(LA.lstsq, S, V),
    case(LA.cholesky, POSITIVE),
    case(LA.cholesky, POSITIVE[0], upper=True),
    case(LA.eigh, S, "U"),
    case(LA.eigh, S, UPLO="l"),
    case(LA.eigvalsh, BATCH, UPLO="U"),
    *(case(LA.svd, x) for x in (S, A, TALL, BATCH, T3)),
    *(case(LA.svd, x, full_matrices=False) for x in (A, TALL, T3)),
    case(LA.svd, A, False),
    case(LA.svd, A, compute_uv=False),
    case(LA.svd, A, True, False),
    case(LA.svd, S, hermitian=True),
    case(LA.svd, BATCH, compute_uv=False, hermitian=True),
    case(LA.svdvals, T3),
    *(case(LA.qr, x) for x in (S, A, TALL, T3, BATCH)),
    case(LA.qr, TALL, "complete"),
    case(LA.qr, A, mode="complete"),
    case(LA.qr, TALL, mode="r"),
    case(LA.qr, A, "r"),
    *(case(LA.matrix_power, S, n) for n in (0, 1, 2, 3, 6, -1, -3)),
    case(LA.matrix_power, BATCH, 5),
    case(LA.trace, BATCH[None]),
    case(LA.matrix_power, BATCH, n=0),
    case(LA.multi_dot, [A, S]),
    case(LA.multi_dot, [A, S, TALL]),
    case(LA.multi_dot, (V, S, TALL, B)),
    case(LA.multi_dot, [V, S, S, V]),
    case(LA.multi_dot, [TALL, B, TALL, B, V]),
    case(LA.tensorinv, T4.reshape(6, 3, 2), ind=1),
    case(LA.tensorinv, T4),
    case(LA.tensorsolve, T4, A),
    case(LA.tensorsolve, T4.transpose(0, 2, 1, 3), A, axes=(1, 3)),
    case(LA.matrix_rank, S),
    case(LA.matrix_rank, T3, 0.1),
    case(LA.matrix_transpose, T3),
    case(LA.diagonal, T3),
    case(LA.diagonal, T3, offset=-1),
    case(LA.trace, T3),
    case(LA.trace, T3, offset=1),
    # norms
    *(case(LA.norm, x) for x in (np.float64(-2.0), V, A, T3)),
    case(LA.norm, A, keepdims=True),
    case(LA.norm, A, None, 0),
    case(LA.norm, T3, axis=-1, keepdims=True),
    case(LA.norm, T3, axis=(0, 2)),
    *(case(LA.norm, V, ord) for ord in (np.inf, -np.inf, 0, 1, -1, 2, -2, 3, 0.5)),
    *(case(LA.norm, A, ord, 1, True) for ord in (np.inf, -np.inf, 0, 1, -1, 2, 3.5)),
    *(case(LA.norm, A, ord) for ord in ("fro", "nuc", np.inf, -np.inf, 1, -1, 2, -2)),
    *(
        case(LA.norm, T3, ord=ord, axis=(2, 0), keepdims=True)
        for ord in ("fro", "nuc", np.inf, -np.inf, 1, -1, 2, -2)
    ),
    case(LA.norm, T3, axis=(-2, -1), ord=1),
    case(LA.vector_norm, A),
    case(LA.vector_norm, A, axis=1, ord=3),
    case(LA.vector_norm, T3, axis=(0, 2), keepdims=True, ord=1),
    case(LA.vector_norm, A, ord=np.inf),
    case(LA.vector_norm, A, ord=0),
    case(LA.vector_norm, A, ord=1.5),
    case(LA.matrix_norm, T3),
    case(LA.matrix_norm, T3, ord=-2, keepdims=True),
    case(LA.matrix_norm, T3, ord=None),
    *(case(LA.cond, S, p) for p in (None, 2, -2, 1, np.inf, "fro", "nuc")),
    case(LA.cond, SYMMETRIC, -1),
    case(LA.cond, BATCH),
]

ROUNDING |= {function: 1e-12 for function, _, _ in CASES}
