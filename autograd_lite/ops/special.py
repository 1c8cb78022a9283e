"""The ufuncs of scipy.special: imported when one of them meets a Value, and scipy is loaded.

The rules are written in scipy's own functions, so each is differentiable to any order. Functions of
scipy.special that are not ufuncs cannot act on Values; `polygamma` and `multigammaln` are here, and
logsumexp, softmax and log_softmax in `autograd_lite.nn.functional`.

Formulas: NIST Digital Library of Mathematical Functions, chapters 5 to 8, 10, 13, 15 and 19.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from autograd_lite.ops.masking import zero_where
from autograd_lite.primitive import Primitive, Rule, no_rule, primitive

__all__ = ["multigammaln", "polygamma"]

ROOT_2 = math.sqrt(2)
ROOT_PI = math.sqrt(math.pi)
ROOT_2_PI = math.sqrt(2 * math.pi)

NO_RULE_IN_ORDER = no_rule("the derivative with respect to the order is not implemented")
NO_RULE_IN_PARAMETER = no_rule("the derivative with respect to a parameter is not implemented")


def declare(
    name: str, *rules: Rule | None, kinks: str = "", real_only: bool = False
) -> Primitive | None:
    """Declare a ufunc of scipy.special, if this scipy has it."""
    ufunc = getattr(special, name, None)
    full_name = f"special.{name}"
    return ufunc and primitive(ufunc, *rules, name=full_name, kinks=kinks, real_only=real_only)


# The error function and the normal distribution


def bell(x: Any) -> Any:
    """Return ``exp(-x²) 2 / sqrt(pi)``."""
    return np.exp(-x * x) * (2 / ROOT_PI)


declare("erf", lambda g, out, x: g * bell(x))
declare("erfc", lambda g, out, x: -g * bell(x))
declare("erfi", lambda g, out, x: g * (np.exp(x * x) * (2 / ROOT_PI)))
declare("erfcx", lambda g, out, x: g * (2 * x * out - 2 / ROOT_PI))
declare("dawsn", lambda g, out, x: g * (1 - 2 * x * out))
declare("erfinv", lambda g, out, x: g / bell(out))
declare("erfcinv", lambda g, out, x: -g / bell(out))
declare("ndtr", lambda g, out, x: g * (np.exp(-0.5 * x * x) / ROOT_2_PI))
declare("ndtri", lambda g, out, x: g * (np.exp(0.5 * out * out) * ROOT_2_PI))
declare("ndtri_exp", lambda g, out, x: g * (np.exp(x + 0.5 * out * out) * ROOT_2_PI))

mills_ratio = primitive(
    lambda x: math.sqrt(2 / math.pi) / special.erfcx(-x / ROOT_2),
    lambda g, out, x: -g * out * (x + out),
    name="special.mills_ratio",
)
"""The density of the normal distribution over its integral: small numbers over small numbers."""

declare("log_ndtr", lambda g, out, x: g * mills_ratio(x))


# Logistic and logarithmic functions


def without_zero(x: Any, y: Any, zero: float) -> Any:
    """Return `y`, and ``zero + 1`` where `x` is 0 and `y` is `zero`: its logarithm is 0 there."""
    return np.where(np.logical_and(x == 0, y == zero), zero + 1, y)


def xlogy_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g log(y)``; 0 where both operands are 0."""
    return g * np.log(without_zero(x, y, 0))


def xlogy_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g x / y``; 0 where both operands are 0."""
    return g * (x / without_zero(x, y, 0))


def xlog1py_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g log(1 + y)``; 0 where `x` is 0 and `y` is -1."""
    return g * np.log1p(without_zero(x, y, -1))


def xlog1py_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Return ``g x / (1 + y)``; 0 where `x` is 0 and `y` is -1."""
    return g * (x / (1 + without_zero(x, y, -1)))


def expn_vjp(g: Any, out: Any, n: Any, x: Any) -> Any:
    """Return ``-g expn(n - 1, x)``; from the recurrence for order -1, which scipy does not have."""
    positive = np.greater(n, 0)
    below_zero = (np.exp(-x) + zero_where(positive, out)) / x
    return -g * np.where(positive, special.expn(np.maximum(n, 1) - 1, x), below_zero)


def entropy_ratio(x: Any, y: Any) -> Any:
    """Return ``x / y``, nan where one of them is negative: relative entropy is infinite there."""
    return np.where(np.logical_and(x >= 0, y >= 0), x / y, np.nan)


AT_ZERO = "0 where both operands are 0"
OUTSIDE = "nan where an operand is negative"

declare("expit", lambda g, out, x: g * (out * special.expit(-x)))
declare("logit", lambda g, out, x: g / (x * (1 - x)))
declare("log_expit", lambda g, out, x: g * special.expit(-x))
declare("xlogy", xlogy_vjp_x, xlogy_vjp_y, kinks=AT_ZERO)
declare("xlog1py", xlog1py_vjp_x, xlog1py_vjp_y, kinks="0 where x is 0 and y is -1")
declare("entr", lambda g, out, x: -g * (np.log(x) + 1), kinks="inf at 0")
declare(
    "rel_entr",
    lambda g, out, x, y: g * (np.log(entropy_ratio(x, y)) + 1),
    lambda g, out, x, y: -g * entropy_ratio(x, y),
    kinks=OUTSIDE,
)
declare(
    "kl_div",
    lambda g, out, x, y: g * np.log(entropy_ratio(x, y)),
    lambda g, out, x, y: g * (1 - entropy_ratio(x, y)),
    kinks=OUTSIDE,
)
declare("expm1", lambda g, out, x: g * np.exp(x))
declare("log1p", lambda g, out, x: g / (1 + x))
declare("exp2", lambda g, out, x: g * (out * math.log(2)))
declare("exp10", lambda g, out, x: g * (out * math.log(10)))
declare("cbrt", lambda g, out, x: g / (3 * out * out), kinks="inf at 0")
declare("cosm1", lambda g, out, x: -g * np.sin(x))
declare("exprel", lambda g, out, x: g * (0.5 * special.hyp1f1(2, 3, x)))
declare("expi", lambda g, out, x: g * (np.exp(x) / x))
declare("exp1", lambda g, out, x: -g * (np.exp(-x) / x))
declare("expn", NO_RULE_IN_ORDER, expn_vjp)


# Gamma and beta functions


def gammainc_vjp(g: Any, out: Any, a: Any, x: Any) -> Any:
    """Return ``g x**(a-1) exp(-x) / gamma(a)``: the density of the gamma distribution."""
    return g * np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def gammaincinv_vjp(g: Any, out: Any, a: Any, x: Any) -> Any:
    """Return `g` over the density of the gamma distribution at the result."""
    return g * np.exp(out + special.gammaln(a) - special.xlogy(a - 1, out))


def beta_density_exponent(a: Any, b: Any, x: Any) -> Any:
    """Return the logarithm of the density of the beta distribution."""
    powers = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x)
    return powers - special.betaln(a, b)


def betainc_vjp(g: Any, out: Any, a: Any, b: Any, x: Any) -> Any:
    """Return `g` times the density of the beta distribution."""
    return g * np.exp(beta_density_exponent(a, b, x))


def betaincinv_vjp(g: Any, out: Any, a: Any, b: Any, x: Any) -> Any:
    """Return `g` over the density of the beta distribution at the result."""
    return g * np.exp(-beta_density_exponent(a, b, out))


def beta_vjp_a(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return ``g beta(a, b) (psi(a) - psi(a + b))``."""
    return betaln_vjp_a(g * out, out, a, b)


def beta_vjp_b(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return ``g beta(a, b) (psi(b) - psi(a + b))``."""
    return betaln_vjp_a(g * out, out, b, a)


def betaln_vjp_a(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return ``g (psi(a) - psi(a + b))``."""
    return g * (special.psi(a) - special.psi(a + b))


def betaln_vjp_b(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return ``g (psi(b) - psi(a + b))``."""
    return betaln_vjp_a(g, out, b, a)


def binom_vjp_n(g: Any, out: Any, n: Any, k: Any) -> Any:
    """Return ``g binom(n, k) (psi(n + 1) - psi(n - k + 1))``."""
    return g * out * (special.psi(n + 1) - special.psi(n - k + 1))


def binom_vjp_k(g: Any, out: Any, n: Any, k: Any) -> Any:
    """Return ``g binom(n, k) (psi(n - k + 1) - psi(k + 1))``."""
    return g * out * (special.psi(n - k + 1) - special.psi(k + 1))


def poch_vjp_z(g: Any, out: Any, z: Any, m: Any) -> Any:
    """Return ``g poch(z, m) (psi(z + m) - psi(z))``."""
    return g * out * (special.psi(z + m) - special.psi(z))


def poch_vjp_m(g: Any, out: Any, z: Any, m: Any) -> Any:
    """Return ``g poch(z, m) psi(z + m)``."""
    return g * out * special.psi(z + m)


def polygamma_vjp(g: Any, out: Any, n: Any, x: Any) -> Any:
    """Return ``g psi^(n+1)(x)``."""
    return g * polygamma(n + 1, x)


polygamma = primitive(
    lambda n, x: special.polygamma(n, x),  # a function of its own: Values do not reach scipy's
    NO_RULE_IN_ORDER,
    polygamma_vjp,
    name="special.polygamma",
)

# scipy has no polygamma of complex numbers
declare("gamma", lambda g, out, x: g * (out * special.psi(x)), real_only=True)
declare("gammaln", lambda g, out, x: g * special.psi(x))
declare("loggamma", lambda g, out, x: g * special.psi(x), real_only=True)
declare("rgamma", lambda g, out, x: -g * (out * special.psi(x)), real_only=True)
declare("gammasgn", None)
declare("psi", lambda g, out, x: g * polygamma(1, x), real_only=True)
declare("beta", beta_vjp_a, beta_vjp_b)
declare("betaln", betaln_vjp_a, betaln_vjp_b)
declare("binom", binom_vjp_n, binom_vjp_k)
declare("poch", poch_vjp_z, poch_vjp_m)
declare("gammainc", NO_RULE_IN_PARAMETER, gammainc_vjp)
declare("gammaincc", NO_RULE_IN_PARAMETER, lambda g, out, a, x: gammainc_vjp(-g, out, a, x))
declare("gammaincinv", NO_RULE_IN_PARAMETER, gammaincinv_vjp)
declare("gammainccinv", NO_RULE_IN_PARAMETER, lambda g, out, a, x: gammaincinv_vjp(-g, out, a, x))
declare("betainc", NO_RULE_IN_PARAMETER, NO_RULE_IN_PARAMETER, betainc_vjp)
declare(
    "betaincc",
    NO_RULE_IN_PARAMETER,
    NO_RULE_IN_PARAMETER,
    lambda g, out, a, b, x: betainc_vjp(-g, out, a, b, x),
)
declare("betaincinv", NO_RULE_IN_PARAMETER, NO_RULE_IN_PARAMETER, betaincinv_vjp)


def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the multivariate gamma function of `d` dimensions."""
    halves = np.arange(d) / 2
    terms = special.gammaln(np.expand_dims(a, -1) - halves)
    return np.sum(terms, axis=-1) + d * (d - 1) / 4 * math.log(math.pi)


# Bessel functions. The recurrences hold at 0, where formulas with 1/x do not.


def jv_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``g (J(v-1) - J(v+1)) / 2``."""
    return g * (0.5 * (special.jv(v - 1, x) - special.jv(v + 1, x)))


def yv_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``g (Y(v-1) - Y(v+1)) / 2``."""
    return g * (0.5 * (special.yv(v - 1, x) - special.yv(v + 1, x)))


def iv_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``g (I(v-1) + I(v+1)) / 2``."""
    return g * (0.5 * (special.iv(v - 1, x) + special.iv(v + 1, x)))


def ive_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``g ((I(v-1) + I(v+1)) exp(-|x|) / 2 - sign(x) out)``."""
    slope = 0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x))
    return g * (slope - np.sign(x) * out)


def kv_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``-g (K(v-1) + K(v+1)) / 2``."""
    return g * (-0.5 * (special.kv(v - 1, x) + special.kv(v + 1, x)))


def kve_vjp(g: Any, out: Any, v: Any, x: Any) -> Any:
    """Return ``g (out - (K(v-1) + K(v+1)) exp(x) / 2)``."""
    return g * (out - 0.5 * (special.kve(v - 1, x) + special.kve(v + 1, x)))


declare("j0", lambda g, out, x: -g * special.j1(x))
declare("j1", lambda g, out, x: jv_vjp(g, out, 1, x))
declare("jv", NO_RULE_IN_ORDER, jv_vjp)
declare("y0", lambda g, out, x: -g * special.y1(x))
declare("y1", lambda g, out, x: yv_vjp(g, out, 1, x))
declare("yn", NO_RULE_IN_ORDER, yv_vjp)
declare("yv", NO_RULE_IN_ORDER, yv_vjp)
declare("i0", lambda g, out, x: g * special.i1(x))
declare("i1", lambda g, out, x: iv_vjp(g, out, 1, x))
declare("iv", NO_RULE_IN_ORDER, iv_vjp)
declare("i0e", lambda g, out, x: ive_vjp(g, out, 0, x), kinks="0 at 0")
declare("i1e", lambda g, out, x: ive_vjp(g, out, 1, x))
declare("ive", NO_RULE_IN_ORDER, ive_vjp, real_only=True)
declare("k0", lambda g, out, x: -g * special.k1(x))
declare("k1", lambda g, out, x: kv_vjp(g, out, 1, x))
declare("kn", NO_RULE_IN_ORDER, kv_vjp)
declare("kv", NO_RULE_IN_ORDER, kv_vjp)
declare("k0e", lambda g, out, x: kve_vjp(g, out, 0, x))
declare("k1e", lambda g, out, x: kve_vjp(g, out, 1, x))
declare("kve", NO_RULE_IN_ORDER, kve_vjp)


# Hypergeometric functions and elliptic integrals


def hyp0f1_vjp(g: Any, out: Any, b: Any, x: Any) -> Any:
    """Return ``g hyp0f1(b + 1, x) / b``."""
    return g * (special.hyp0f1(b + 1, x) / b)


def hyp1f1_vjp(g: Any, out: Any, a: Any, b: Any, x: Any) -> Any:
    """Return ``g (a / b) hyp1f1(a + 1, b + 1, x)``."""
    return g * (special.hyp1f1(a + 1, b + 1, x) * (a / b))


def hyp2f1_vjp(g: Any, out: Any, a: Any, b: Any, c: Any, x: Any) -> Any:
    """Return ``g (a b / c) hyp2f1(a + 1, b + 1, c + 1, x)``."""
    return g * (special.hyp2f1(a + 1, b + 1, c + 1, x) * (a * b / c))


declare("hyp0f1", NO_RULE_IN_PARAMETER, hyp0f1_vjp)
declare("hyp1f1", NO_RULE_IN_PARAMETER, NO_RULE_IN_PARAMETER, hyp1f1_vjp)
declare("hyp2f1", NO_RULE_IN_PARAMETER, NO_RULE_IN_PARAMETER, NO_RULE_IN_PARAMETER, hyp2f1_vjp)
declare("ellipk", lambda g, out, m: g * (math.pi / 8 * special.hyp2f1(1.5, 1.5, 2, m)))
declare("ellipe", lambda g, out, m: g * (-math.pi / 8 * special.hyp2f1(0.5, 1.5, 2, m)))
