"""np.pad, in all of its modes."""

from __future__ import annotations

import numpy as np

from tests.numpy_cases.build import T3, A, Case, S, V, case

WIDTHS = [
    0,
    3,
    (3,),
    (3, 2),
    ((3, 2),),
    ((1, 2), (3, 4)),
    ((0, 0), (0, 0)),
    ((0, 7), (8, 0)),
    (1, 9),
]
LENGTHS = [None, 1, 2, (1, 2), ((1, 2), (3, 1)), 10]
NUMPY = np.lib.NumpyVersion(np.__version__)

CASES: list[Case] = [
    *(case(np.pad, A, width) for width in WIDTHS),
    *(case(np.pad, A, width, "edge") for width in WIDTHS),
    *(case(np.pad, A, width, mode="wrap") for width in WIDTHS),
    *(
        case(np.pad, A, width, mode, reflect_type=kind)
        for width in WIDTHS
        for mode in ("reflect", "symmetric")
        for kind in ("even", "odd")
    ),
    case(np.pad, V, 2, "reflect"),
    case(np.pad, V[:1], 2, "reflect", reflect_type="odd"),
    *(
        case(np.pad, A, ((1, 2), (0, 3)), mode, stat_length=length)
        for mode in ("mean", "median", "maximum", "minimum")
        for length in LENGTHS
    ),
    case(np.pad, A, 1, "mean"),
    *(
        case(np.pad, A, ((1, 2), (0, 3)), "linear_ramp", end_values=ends)
        for ends in (0.0, 2, (1.0, 2.0), ((1.0, 2.0), (3.0, 4.0)))
    ),
    case(np.pad, T3, 1, "linear_ramp"),
    *(
        case(np.pad, A, ((1, 2), (0, 3)), "constant", constant_values=values)
        for values in (1.5, (1, 2), ((1.0, 2.0), (3.0, 4.0)))
    ),
    case(np.pad, S[:0], ((1, 1), (0, 0)), "constant"),
    case(np.pad, S[:0], ((0, 0), (1, 1)), "edge"),
    case(np.pad, np.float64(2.0), 0),
]

if NUMPY >= "2.2.0":
    CASES += [case(np.pad, A, {-1: (1, 2)}), case(np.pad, A, {0: 1}, "edge")]
