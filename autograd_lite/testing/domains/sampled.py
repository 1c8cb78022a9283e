"""Sequences of samples: convolutions, polynomials, angles."""

from __future__ import annotations

from autograd_lite.testing.domains.build import REAL, Call, Domain, interval

DOMAINS: dict[str, Domain] = {
    "convolve": Domain(
        (REAL,),
        tuple(
            Call(shapes, {"mode": mode})
            for mode in ("full", "valid")
            for shapes in (((3,), (3,)), ((5,), (2,)), ((2,), (4,)), ((1,), (3,)), ((1,), (1,)))
        ),
        analytic=True,
    ),
    "polyval": Domain(
        (REAL,),
        tuple(
            Call(shapes)
            for shapes in (
                ((4,), ()),
                ((4,), (3,)),
                ((3,), (2, 3)),
                ((2,), (2,)),
                ((1,), (2,)),
                ((3,), (0,)),
            )
        ),
        analytic=True,
    ),
    "unwrap": Domain(
        (interval(-6.0, 6.0),),
        (
            Call(((5,),)),
            Call(((2, 3),), {"axis": 0}),
            Call(((2, 3),), {"axis": -1, "period": 2.0, "discont": 1.5}),
            Call(((0,),)),
        ),
    ),
}
