"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, T3, T4, A, B, C, Case, S, V, case

TWO, THREE = np.float64(2), np.float64(3)
R3 = np.array([[0.2, -0.5, 0.7], [0.4, 0.1, -0.3]])

REORDERED = [
    np.dot,
    np.einsum,
    np.inner,
    np.tensordot,
    np.linalg.tensordot,
    np.vdot,
    np.vecdot,
    np.linalg.vecdot,
]
"""Functions whose sums may run in another order than numpy's."""

CASES: list[Case] = [
    case(np.matmul, A, S),
    case(np.matmul, A, V),
    case(np.matmul, T3, T4.swapaxes(2, 3)),
    *(
        case(np.dot, a, b)
        for a, b in (
            (np.float64(2), np.float64(3)),
            (np.float64(2), A),
            (A, 2.0),
            (V, V),
            (A, V),
            (V, S),
            (A, S),
            (T3, T3[0].T),
            (T3, np.ones(4)),
            (V, T3),
            (A, T3),
            (T3, np.ones((2, 4, 3))),
            (T4, np.ones((3, 4, 2))),
            (V, T4.reshape(5, 2, 3, 4)),
            (A, A.T),
            (np.ones((2, 0)), np.ones((3, 0, 4))),
            (np.ones((2, 3)), np.ones((0, 3, 4))),
        )
    ),
    *(case(np.vdot, a, b) for a, b in ((TWO, THREE), (V, V), (A, B), (A, B.ravel()), (TWO, [3.0]))),
    *(case(np.outer, a, b) for a, b in ((TWO, THREE), (V, A), (V, 2.0), ([1.0, 2.0], V))),
    case(np.outer, a=V, b=V),
    case(np.linalg.outer, V, V),
    *(
        case(np.inner, a, b)
        for a, b in ((TWO, THREE), (TWO, A), (A, 2.0), (V, V), (A, V), (V, A), (A, B), (T3, T4))
    ),
    case(np.tensordot, A, A),
    case(np.tensordot, A, B, 0),
    case(np.tensordot, A, S, 1),
    case(np.tensordot, A, V, axes=1),
    case(np.tensordot, A, A, axes=[0, 0]),
    case(np.tensordot, A, A, axes=(1, -1)),
    case(np.tensordot, T3, T4, axes=([1, 0], (-2, 1))),
    case(np.tensordot, T3, T4, axes=[(1, 0), (2, 1)]),
    case(np.tensordot, A, np.ones((0, 2)), axes=((), ())),
    case(np.tensordot, np.ones((2, 0)), np.ones((0, 3)), 1),
    case(np.linalg.tensordot, A, S, axes=1),
    case(np.linalg.tensordot, A, B),
    case(np.kron, A, B),
    case(np.kron, V, A),
    case(np.kron, A, V),
    case(np.kron, T3, A),
    case(np.kron, TWO, A),
    case(np.kron, 2.0, V),
    case(np.kron, np.ones((0, 2)), A),
    case(np.cross, V, V[::-1].copy()),
    case(np.cross, A, R3),
    case(np.cross, A, V),
    case(np.cross, V, A[:, None]),
    case(np.cross, A.T.copy(), R3, 0, 1, 0),
    case(np.cross, A.T.copy(), R3.T.copy(), axis=0),
    case(np.cross, A, R3.T.copy(), axisb=0, axisc=0),
    case(np.linalg.cross, A, R3),
    case(np.linalg.cross, A.T.copy(), R3.T.copy(), axis=0),
    case(np.vecdot, A, B),
    case(np.vecdot, A, V),
    case(np.vecdot, T3, T4),
    case(np.linalg.vecdot, A, B),
    case(np.linalg.vecdot, T3, T3),
    case(np.linalg.vecdot, A, B, axis=0),
    case(np.linalg.matmul, A, S),
    case(np.einsum, "ij,jk->ik", A, S),
    case(np.einsum, "ij,jk", A, S),
    case(np.einsum, "ij , kj -> ki", A, B),
    case(np.einsum, "ba", A),
    case(np.einsum, "aB", A),
    case(np.einsum, "ii", S),
    case(np.einsum, "ii->i", S),
    case(np.einsum, "ii,i", S, V),
    case(np.einsum, "ij->", A),
    case(np.einsum, "ij,ij,i->j", A, B, [1.0, 2.0]),
    case(np.einsum, "...", A),
    case(np.einsum, "...ij->...ji", T3),
    case(np.einsum, "i...->...", T3),
    case(np.einsum, "...i,...i", T3, T4),
    case(np.einsum, "...i,i...->...", A, V),
    case(np.einsum, "ij...,jk...->ik...", A, S, order="K"),
    case(np.einsum, "...,...->...", TWO, A),
    case(np.einsum, "i,i,i", V, V, V, optimize=True),
    case(np.einsum, "ij,jk,k->i", A, S, V, optimize="optimal"),
    case(np.einsum, "ij,jk,k->i", A, S, V, optimize=["einsum_path", (1, 2), (0, 1)]),
    case(np.einsum_path, "ij,jk,k->i", A, S, V),
    case(np.einsum_path, "ij,jk,k->i", A, S, V, optimize="optimal"),
    case(np.einsum, A, [0, 1], S, [1, 2], [0, 2]),
    case(np.einsum, A, [1, 0]),
    case(np.einsum, A, [27, 0], S, [0, 26]),
    case(np.einsum, A, [0, 1], S, [1, 2], [2, 0]),
    case(np.einsum, A, [0, 1], S, [1, 2], V, [2], [0]),
    case(np.einsum, A, [0, 1], S, [1, 2], V, [2], C, [0, 1], [2, 0]),
    case(np.einsum, T3, [Ellipsis, 1], T3[:, :1], [..., 1], [...]),
]

if hasattr(np, "matvec"):  # numpy 2.2
    CASES += [
        case(np.matvec, A, V),
        case(np.matvec, T3, T4[..., 0, :]),
        case(np.vecmat, V, S),
        case(np.vecmat, T4[..., 0, :3], T3),
    ]
    REORDERED += [np.matvec, np.vecmat]

ROUNDING |= dict.fromkeys(REORDERED, 1e-13)
