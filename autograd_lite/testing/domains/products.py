"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from autograd_lite.testing.domains.build import REAL, Call, Domain

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
    "cross": Domain(
        (REAL,),
        (
            Call(((3,), (3,))),
            Call(((2, 3), (3,))),
            Call(((2, 1, 3), (4, 3))),
            Call(((0, 3), (3,))),
        ),
        analytic=True,
    ),
    "einsum": Domain(
        (REAL,),
        tuple(
            Call(shapes, {"subscripts": subscripts, **other})
            for subscripts, shapes, other in (
                ("->", ((),), {}),
                (",->", ((), ()), {}),
                ("i->", ((3,),), {}),
                ("ij->ji", ((2, 3),), {}),
                ("ij->i", ((2, 3),), {}),
                ("ii->i", ((3, 3),), {}),
                ("ii->", ((3, 3),), {}),
                ("iij->j", ((2, 2, 3),), {}),
                ("iji,j->i", ((2, 3, 2), (3,)), {}),
                ("i,j->ij", ((2,), (3,)), {}),
                ("i,i->i", ((3,), (3,)), {}),
                ("i,i->", ((1,), (3,)), {}),
                ("ij,j->", ((2, 3), (3,)), {}),
                ("ij,k->k", ((2, 3), (2,)), {}),
                ("ij,jk->ik", ((2, 3), (3, 2)), {"optimize": True}),
                ("ij,jk->ik", ((2, 1), (3, 2)), {}),
                ("ij,jk,kl->il", ((2, 3), (3, 2), (2, 2)), {"optimize": True}),
                ("ij,jk,kl->il", ((2, 3), (3, 2), (2, 2)), {"optimize": "greedy"}),
                (
                    "ij,jk,kl->il",
                    ((2, 3), (3, 2), (2, 2)),
                    {"optimize": ["einsum_path", (0, 1), (0, 1)]},
                ),
                ("ijk,kl,j->il", ((2, 3, 2), (2, 2), (3,)), {}),
                ("ij,jk->ik", ((0, 3), (3, 2)), {}),
                ("ij,jk->ik", ((2, 0), (0, 3)), {}),
            )
        ),
        analytic=True,
    ),
}
