"""The ufuncs of scipy.special, where scipy is."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

from autograd_lite.testing.domains.build import (
    POSITIVE,
    REAL,
    Domain,
    Sampler,
    both_signs,
    integers,
    interval,
    of_one,
    of_three,
    of_two,
)

UNIT = interval(0.1, 0.9)
ABOVE_ONE = interval(1.2, 3.0)
ORDER = integers(4)


def one(sampler: Sampler = REAL) -> Domain:
    """Return the domain of a special function of one operand."""
    return of_one(sampler, dtype_kept=False)  # scipy computes float16 in float32


def two(x: Sampler = POSITIVE, y: Sampler = POSITIVE) -> Domain:
    """Return the domain of a special function of two operands."""
    return of_two(x, y, dtype_kept=False)


def three(x: Sampler, y: Sampler, z: Sampler) -> Domain:
    """Return the domain of a special function of three operands."""
    return of_three(x, y, z, dtype_kept=False)


def four(x: Sampler, y: Sampler, z: Sampler, u: Sampler) -> Domain:
    """Return the domain of a special function of four operands."""
    calls = tuple(
        replace(call, shapes=(*call.shapes, call.shapes[0])) for call in three(x, y, z).calls
    )
    return Domain((x, y, z, u), calls, dtype_kept=False)


SPECIAL: dict[str, Domain] = {
    # the error function and the normal distribution
    "erf": one(),
    "erfc": one(),
    "erfi": one(),
    "erfcx": one(),
    "dawsn": one(),
    "erfinv": one(interval(-0.9, 0.9)),
    "erfcinv": one(interval(0.1, 1.9)),
    "ndtr": one(),
    "ndtri": one(UNIT),
    "ndtri_exp": one(interval(-2.0, -0.1)),
    "log_ndtr": one(),
    "mills_ratio": one(),
    # logistic and logarithmic functions
    "expit": one(),
    "logit": one(UNIT),
    "log_expit": one(),
    "xlogy": two(),
    "xlog1py": two(POSITIVE, interval(-0.7, 2.0)),
    "entr": one(POSITIVE),
    "rel_entr": two(),
    "kl_div": two(),
    "expm1": one(),
    "log1p": one(interval(-0.7, 2.0)),
    "exp2": one(),
    "exp10": one(interval(-1.0, 1.0)),
    "cbrt": one(both_signs(0.3, 2.0)),
    "cosm1": one(),
    "exprel": one(),
    "expi": one(both_signs(0.3, 2.0)),
    "exp1": one(POSITIVE),
    "expn": two(integers(3), POSITIVE),
    # gamma and beta functions
    "gamma": one(ABOVE_ONE),
    "gammaln": one(POSITIVE),
    "loggamma": one(POSITIVE),
    "rgamma": one(POSITIVE),
    "gammasgn": one(POSITIVE),
    "psi": one(POSITIVE),
    "polygamma": two(ORDER, interval(0.8, 2.5)),
    "beta": two(interval(0.8, 2.5), interval(0.8, 2.5)),
    "betaln": two(interval(0.8, 2.5), interval(0.8, 2.5)),
    "binom": two(interval(2.2, 4.0), interval(0.3, 1.9)),
    "poch": two(),
    "gammainc": two(),
    "gammaincc": two(),
    "gammaincinv": two(ABOVE_ONE, UNIT),
    "gammainccinv": two(ABOVE_ONE, UNIT),
    "betainc": three(ABOVE_ONE, ABOVE_ONE, UNIT),
    "betaincc": three(ABOVE_ONE, ABOVE_ONE, UNIT),
    "betaincinv": three(ABOVE_ONE, ABOVE_ONE, UNIT),
    # Bessel functions
    **dict.fromkeys(("j0", "j1", "i0", "i1"), one()),
    **dict.fromkeys(("i0e", "i1e"), one(both_signs(0.1, 2.0))),
    **dict.fromkeys(("y0", "y1", "k0", "k1", "k0e", "k1e"), one(interval(0.8, 3.0))),
    **dict.fromkeys(("jv", "iv"), two(ORDER, REAL)),
    **dict.fromkeys(("ive",), two(ORDER, both_signs(0.1, 2.0))),
    **dict.fromkeys(("yn", "yv", "kn", "kv", "kve"), two(ORDER, interval(1.2, 3.0))),
    # hypergeometric functions and elliptic integrals
    "hyp0f1": two(POSITIVE, REAL),
    "hyp1f1": three(POSITIVE, POSITIVE, REAL),
    "hyp2f1": four(POSITIVE, POSITIVE, POSITIVE, interval(-0.6, 0.6)),
    "ellipk": one(interval(-0.8, 0.8)),
    "ellipe": one(interval(-0.8, 0.8)),
}

DOMAINS: dict[str, Domain] = {}
if find_spec("scipy"):
    special = import_module("scipy.special")
    DOMAINS = {
        f"special.{name}": domain
        for name, domain in SPECIAL.items()
        if hasattr(special, name) or name == "mills_ratio"
    }
