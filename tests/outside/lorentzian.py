"""A spectral line, with its derivatives."""

import autograd_lite as al

__all__ = ["lorentzian"]

lorentzian = al.primitive(
    lambda x, width: width**2 / (x**2 + width**2),
    lambda g, out, x, width: g * -2 * x * out**2 / width**2,
    lambda g, out, x, width: g * 2 * x**2 * out**2 / width**3,
    name="lorentzian",
)
