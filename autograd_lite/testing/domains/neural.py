"""Neural networks."""

from __future__ import annotations

from autograd_lite.testing.domains.build import (
    REAL,
    Call,
    Domain,
    both_signs,
    integers,
    interval,
    normalised,
    of_one,
)

DOMAINS: dict[str, Domain] = {
    "relu": of_one(both_signs(0.1, 2.0)),
    "sigmoid": of_one(interval(-4.0, 4.0)),
    "softplus": of_one(interval(-4.0, 4.0)),
    "softmax": normalised(),
    "log_softmax": normalised(),
    "linear": Domain(
        (REAL,),
        tuple(
            Call(shapes)
            for shapes in (
                ((2, 3), (4, 3), (4,)),
                ((3,), (4, 3), (4,)),
                ((2, 2, 3), (4, 3), (4,)),
                ((1, 1), (1, 1), (1,)),
                ((0, 3), (4, 3), (4,)),
                ((2, 0), (3, 0), (3,)),
                ((2, 3), (0, 3), (0,)),
            )
        ),
        analytic=True,
    ),
    "bce_with_logits": Domain(
        (both_signs(0.1, 3.0), interval(0.0, 1.0)),
        (
            Call(((), ())),
            Call(((3,), (3,))),
            Call(((3, 2), (3, 2)), {"reduction": "mean"}),
            Call(((3, 2), (3, 2)), {"reduction": "sum"}),
            Call(((3, 1), (3, 1)), {"reduction": "none"}),
            Call(((0,), (0,)), {"reduction": "none"}),
        ),
    ),
    "cross_entropy": Domain(
        (REAL, integers(3)),
        (
            Call(((4, 3), (4,))),
            Call(((4, 3), (4,)), {"reduction": "mean"}),
            Call(((4, 3), (4,)), {"reduction": "sum"}),
            Call(((4, 3), (4,)), {"reduction": "none"}),
            Call(((1, 3), (1,))),
            Call(((0, 3), (0,)), {"reduction": "none"}),
        ),
    ),
}
