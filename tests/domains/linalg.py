"""Linear algebra."""

from __future__ import annotations

from tests.domains.build import REAL, Call, Domain

DOMAINS: dict[str, Domain] = {
    "matmul": Domain(
        (REAL,),
        tuple(
            Call(shapes)
            for shapes in (
                ((3,), (3,)),
                ((2, 3), (3,)),
                ((3,), (3, 2)),
                ((2, 3), (3, 4)),
                ((2, 3, 3), (3, 2)),
                ((3,), (2, 3, 2)),
                ((2, 2, 3), (3,)),
                ((2, 1, 2, 3), (4, 3, 2)),
                ((1, 2, 3), (2, 3, 1)),
                ((0, 3), (3, 2)),
                ((2, 0), (0, 3)),
                ((0,), (0,)),
            )
        ),
        analytic=True,
    ),
}
