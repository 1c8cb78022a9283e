"""Operations that move elements."""

from __future__ import annotations

from autograd_lite.testing.domains.build import REAL, Call, Domain, joining, moving

DOMAINS: dict[str, Domain] = {
    "full_like": Domain(
        (REAL, REAL),
        (Call(((), ())), Call(((2, 3), ())), Call(((2, 3), (3,))), Call(((0,), ()))),
    ),
    "reshape": moving(
        ((), {"shape": (1, 1)}),
        ((6,), {"shape": (2, 3)}),
        ((2, 3), {"shape": -1}),
        ((2, 3), {"shape": (3, -1)}),
        ((1,), {"shape": ()}),
        ((0, 3), {"shape": (3, 0, 2)}),
        ((2, 3), {"shape": (3, 2), "order": "F"}),
        ((2, 3, 2), {"shape": (4, -1), "order": "F"}),
    ),
    "transpose": moving(
        ((), {}),
        ((3,), {}),
        ((2, 3), {}),
        ((2, 3, 4), {}),
        ((2, 3, 4), {"axes": (1, 2, 0)}),
        ((2, 3, 4), {"axes": (-1, 0, 1)}),
        ((2, 0), {"axes": None}),
    ),
    "swapaxes": moving(
        ((2, 3), {"axis1": 0, "axis2": 1}),
        ((2, 3, 4), {"axis1": -1, "axis2": 0}),
        ((2, 3), {"axis1": 1, "axis2": 1}),
    ),
    "moveaxis": moving(
        ((2, 3, 4), {"source": 0, "destination": -1}),
        ((2, 3, 4), {"source": (0, 1), "destination": (2, 0)}),
        ((2, 3, 4), {"source": (-1, 0), "destination": (0, 1)}),
    ),
    "expand_dims": moving(
        ((), {"axis": 0}),
        ((2, 3), {"axis": 1}),
        ((2, 3), {"axis": (0, -1)}),
        ((0,), {"axis": -1}),
    ),
    "squeeze": moving(
        ((), {}),
        ((1,), {}),
        ((1, 3, 1), {}),
        ((1, 3, 1), {"axis": 0}),
        ((1, 3, 1), {"axis": (0, -1)}),
        ((1, 0), {"axis": 0}),
    ),
    "broadcast_to": moving(
        ((), {"shape": ()}),
        ((), {"shape": (2, 3)}),
        ((3,), {"shape": (2, 3)}),
        ((2, 1), {"shape": (2, 3)}),
        ((1,), {"shape": 4}),
        ((1, 3), {"shape": (2, 0, 3)}),
        ((1,), {"shape": (0,)}),
    ),
    "flip": moving(
        ((3,), {}),
        ((2, 3), {}),
        ((2, 3), {"axis": 0}),
        ((2, 3), {"axis": -1}),
        ((2, 3, 2), {"axis": (0, 2)}),
        ((0, 2), {"axis": 0}),
    ),
    "concatenate": joining(
        Call(((2,),)),
        Call(((2,), (3,))),
        Call(((2, 3), (1, 3), (2, 3))),
        Call(((2, 1), (2, 3)), {"axis": -1}),
        Call(((2, 3), (2,), ()), {"axis": None}),
        Call(((0,), (2,))),
    ),
    "stack": joining(
        Call(((), ())),
        Call(((2,),)),
        Call(((2, 3), (2, 3), (2, 3))),
        Call(((2, 3), (2, 3)), {"axis": 1}),
        Call(((2, 3), (2, 3)), {"axis": -1}),
        Call(((0,), (0,))),
    ),
}
