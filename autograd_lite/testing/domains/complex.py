"""Parts of complex numbers: here of real operands, in test_complex.py of complex ones."""

from __future__ import annotations

from autograd_lite.testing.domains.build import Domain, of_one, predicate

DOMAINS: dict[str, Domain] = {
    "real": of_one(),
    "imag": of_one(),
    "conjugate": of_one(),
    "real_if_close": of_one(),
    "iscomplex": predicate(),
    "isreal": predicate(),
}
