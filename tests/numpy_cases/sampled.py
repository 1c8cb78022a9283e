"""Differences, slopes, integrals, interpolation, convolutions, polynomials."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import ROUNDING, T3, A, B, C, Case, S, V, case

NUMBER = np.float64(0.7)
W = np.cos(np.arange(4.0) ** 2)
POINTS = np.array([-0.5, 0.1, 0.4, 1.1])  # of `interp`, none of them in A
HEIGHTS = np.array([1.3, -0.4, 0.6, 0.2])
ANGLES = np.array([0.5, 3.9, 6.6, 9.4])

CASES: list[Case] = [
    case(np.diff, V),
    case(np.diff, A, 2),
    case(np.diff, A, 0),
    case(np.diff, A, 1, 0),
    case(np.diff, T3, n=3, axis=1),
    case(np.diff, T3, n=3, axis=-1),
    case(np.diff, A, prepend=NUMBER, append=B[:, :2]),
    case(np.diff, A, 2, axis=0, append=1.0),
    case(np.diff, [1.0, 2.0], append=V),
    case(np.diff, A > 0),
    case(np.ediff1d, A),
    case(np.ediff1d, A, NUMBER),
    case(np.ediff1d, A, to_begin=B, to_end=[1.0, 2.0]),
    case(np.ediff1d, NUMBER),
    case(np.gradient, W),
    case(np.gradient, A),
    case(np.gradient, T3, NUMBER),
    case(np.gradient, T3, 2.0, W[:3] ** 2 + [0.0, 1.0, 3.0], NUMBER),
    case(np.gradient, T3, axis=1),
    case(np.gradient, T3, NUMBER, W + 3 * np.arange(4.0), axis=(1, -1), edge_order=2),
    case(np.gradient, W, edge_order=2),
    case(np.gradient, W, np.arange(4.0)),
    case(np.gradient, W, [0.0, 1.0, 3.0, 4.0]),
    case(np.gradient, W, ANGLES, edge_order=2),
    case(np.gradient, A, axis=()),
    case(np.trapezoid, V),
    case(np.trapezoid, T3, NUMBER * np.arange(3.0) ** 2, axis=1),
    case(np.trapezoid, T3, axis=0, dx=NUMBER),
    case(np.trapezoid, A, B, 1.0, 0),
    case(np.trapezoid, A, V),
    case(np.interp, A, POINTS, HEIGHTS),
    case(np.interp, A, POINTS, HEIGHTS, NUMBER, 2 * NUMBER),
    case(np.interp, NUMBER, POINTS, HEIGHTS),
    case(np.interp, -NUMBER, POINTS, HEIGHTS, left=NUMBER),
    case(np.interp, 0.2, [0.0, 1.0], C[0, :2]),
    case(np.interp, A, POINTS, HEIGHTS, period=1.3),
    case(np.interp, A, POINTS, HEIGHTS, period=-1.7),
    case(np.interp, A, POINTS[:1], HEIGHTS[:1]),
    case(np.interp, V, POINTS, HEIGHTS + 1j * W),
    *(
        case(function, a, v, mode)
        for function in (np.convolve, np.correlate)
        for mode in ("full", "same", "valid")
        for a, v in ((W, V), (V, W), (W, V[:2]), (V[:2], W), (W, HEIGHTS), (V[:1], W))
    ),
    case(np.convolve, NUMBER, V),
    *(case(np.convolve, V, [1.0, 2.0], mode) for mode in (0, 1, 2)),
    case(np.correlate, V, V),
    case(np.correlate, W + 1j * HEIGHTS, V - 1j * A[0], "same"),
    case(np.correlate, a=V, v=[1.0, 2.0], mode=2),
    case(np.polyval, W, A),
    case(np.polyval, W, NUMBER),
    case(np.polyval, [1.0, 2.0], A),
    case(np.polyval, V, 2.0),
    *(
        case(function, p, q)
        for function in (np.polyadd, np.polysub, np.polymul)
        for p, q in ((V, W), (W, V), (V, [2.0, 1.0]), (NUMBER, V))
    ),
    *(case(np.polyder, W, m) for m in (0, 1, 2, 5)),
    case(np.polyder, p=W),
    *(case(np.polyint, V, m) for m in (0, 1, 3)),
    case(np.polyint, V, 2, [1.0, 2.0]),
    case(np.polyint, V, m=2, k=3.0),
    case(np.polyfit, ANGLES, HEIGHTS, 2),
    case(np.polyfit, ANGLES, W, 3, None, False, HEIGHTS + 1.0),
    case(np.polyfit, x=POINTS, y=T3[0].T, deg=1, w=W + 2.0, rcond=1e-10),
    case(np.polyfit, [0.0, 1.0, 2.0], V, 0),
    case(np.vander, V),
    case(np.vander, V, 2),
    case(np.vander, V, N=4, increasing=True),
    case(np.vander, V, 0),
    case(np.unwrap, ANGLES),
    case(np.unwrap, S * 20, axis=0),
    case(np.unwrap, S * 20, discont=4.0, period=7.0),
]

ROUNDING |= dict.fromkeys((function for function, _, _ in CASES), 1e-13)
