"""Ranges between two ends."""

from __future__ import annotations

import numpy as np

from autograd_lite.testing.domains.build import REAL, Call, Domain

DOMAINS: dict[str, Domain] = {
    "linspace": Domain(
        (REAL, REAL),
        (
            Call(((), ())),
            Call(((), ()), {"num": 4, "endpoint": False}),
            Call(((3,), ()), {"num": 2}),
            Call(((2, 1), (3,)), {"num": 3, "axis": 1}),
            Call(((), (2, 3)), {"num": 3, "axis": -1}),
            Call(((2,), (2,)), {"num": 1}),
            Call(((2,), (2,)), {"num": 0}),
            Call(((0,), ()), {"num": 3}),
            Call(((2,), (2,)), {"num": 3, "dtype": np.dtype("f8")}),
        ),
        dtype_kept=False,
    ),
}
