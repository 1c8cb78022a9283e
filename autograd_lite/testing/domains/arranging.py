"""Elements in another order."""

from __future__ import annotations

from autograd_lite.testing.domains.build import REAL, Call, Domain, moving

DOMAINS: dict[str, Domain] = {
    "roll": moving(
        ((), {"shift": 2}),
        ((4,), {"shift": 1}),
        ((2, 3), {"shift": 2}),
        ((2, 3), {"shift": -4, "axis": -1}),
        ((2, 3), {"shift": (1, 2), "axis": (0, 1)}),
        ((2, 3), {"shift": 1, "axis": (0, 1)}),
        ((2, 3), {"shift": (1, 2), "axis": 1}),
        ((0, 3), {"shift": 1, "axis": 1}),
    ),
    "rot90": moving(
        ((2, 3), {}),
        ((2, 3), {"k": 2}),
        ((2, 3), {"k": -1}),
        ((2, 3, 4), {"k": 3, "axes": (2, 0)}),
        ((0, 3), {"k": 1}),
    ),
    "tril": moving(
        ((3,), {}),
        ((3, 4), {}),
        ((3, 4), {"k": 1}),
        ((2, 3, 3), {"k": -1}),
        ((0, 3), {}),
    ),
    "triu": moving(
        ((3,), {}),
        ((3, 4), {}),
        ((3, 4), {"k": 1}),
        ((2, 3, 3), {"k": -1}),
        ((0, 3), {}),
    ),
    "sort": moving(
        ((1,), {}),
        ((5,), {}),
        ((3, 4), {}),
        ((3, 4), {"axis": 0}),
        ((3, 4), {"axis": None, "kind": "stable"}),
        ((2, 3, 2), {"axis": 1, "stable": True}),
        ((), {"axis": None}),
        ((0, 3), {"axis": 0}),
        ((0,), {}),
    ),
    "partition": moving(  # into parts of one element: the order of others is not defined
        ((1,), {"kth": 0}),
        ((3,), {"kth": 1}),
        ((5,), {"kth": (1, -2)}),
        ((2, 3), {"kth": 1}),
        ((3, 4), {"kth": 1, "axis": 0}),
        ((2, 2), {"kth": (1, 2), "axis": None}),
        ((0, 3), {"kth": 1, "axis": 1}),
    ),
    "argpartition": Domain(
        (REAL,),
        (Call(((5,),), {"kth": 2}), Call(((3, 4),), {"kth": 1, "axis": 0})),
        dtype_kept=False,
    ),
    "lexsort": Domain(
        (REAL,), (Call(((4,),)), Call(((4,), (4,))), Call(((2, 3), (2, 3)), {"axis": 0}))
    ),
    "searchsorted": Domain((lambda u: 4 * u, REAL), (Call(((3,), ())), Call(((3,), (2, 2))))),
    "digitize": Domain((REAL, lambda u: u.round()), (Call(((3,), (1,))), Call(((2, 2), (1,))))),
}
