"""Operations without a derivative."""

from __future__ import annotations

from autograd_lite.testing.domains.build import (
    POSITIONS,
    REAL,
    Call,
    Domain,
    booleans,
    predicate,
    relation,
)

DOMAINS: dict[str, Domain] = {
    "less": relation(),
    "less_equal": relation(),
    "greater": relation(),
    "greater_equal": relation(),
    "equal": relation(),
    "not_equal": relation(),
    "logical_and": relation(),
    "logical_or": relation(),
    "logical_xor": relation(),
    "logical_not": predicate(),
    "bitwise_and": relation(booleans, booleans),
    "bitwise_or": relation(booleans, booleans),
    "bitwise_xor": relation(booleans, booleans),
    "invert": predicate(booleans),
    "isnan": predicate(),
    "isinf": predicate(),
    "isfinite": predicate(),
    "signbit": predicate(),
    "argmax": predicate(REAL, *POSITIONS),
    "argmin": predicate(REAL, *POSITIONS),
    "nanargmax": predicate(REAL, *POSITIONS),
    "nanargmin": predicate(REAL, *POSITIONS),
    "argsort": predicate(REAL, *POSITIONS),
    "all": predicate(REAL, *POSITIONS),
    "any": predicate(REAL, *POSITIONS),
    "count_nonzero": predicate(REAL, *POSITIONS),
    "zeros_like": predicate(),
    "ones_like": predicate(),
    "empty_like": predicate(REAL, Call(((0,),)), Call(((2, 0),))),
}
