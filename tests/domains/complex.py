"""Parts of complex numbers: here of real operands, in test_complex.py of complex ones."""

from __future__ import annotations

from tests.domains.build import Domain, of_one, predicate

DOMAINS: dict[str, Domain] = {
    "real": of_one(complex_operands=True),
    "imag": of_one(complex_operands=True),
    "conjugate": of_one(complex_operands=True),
    "real_if_close": of_one(complex_operands=True),
    "iscomplex": predicate(),
    "isreal": predicate(),
}
