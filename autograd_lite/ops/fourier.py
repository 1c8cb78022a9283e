"""Discrete Fourier transforms: numpy.fft.

Four primitives carry them all. A transform along an axis is a product with a symmetric matrix, cut
or padded with zeros to the length asked for; so its rule is the same transform of the gradient, put
back to the operand's length. The transforms of real data are in one another's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from autograd_lite.ops.index import scatter_add
from autograd_lite.primitive import primitive, stands_for

__all__ = [
    "fft",
    "fft2",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftn",
]

Lengths = Sequence[int] | None
Axes = Sequence[int] | None
Norm = Literal["backward", "ortho", "forward"] | None

# A transform without its factor, and with all of it, go along opposite directions.
OPPOSITE: Final[dict[Norm, Norm]] = {
    None: "forward",
    "backward": "forward",
    "ortho": "ortho",
    "forward": "backward",
}


def resized(x: Any, shape: tuple[int, ...]) -> Any:
    """Return `x` cut at the ends of its axes, or padded with zeros there, to a shape."""
    if x.shape == shape:
        return x
    common = tuple(slice(min(pair)) for pair in zip(x.shape, shape, strict=True))
    return scatter_add(x[common], index=common, shape=shape)


def lengths_and_axes(shape: tuple[int, ...], s: Lengths, axes: Axes) -> tuple[list[int], list[int]]:
    """Return the axes to transform, and the length asked for along each, as numpy reads them."""
    if axes is None:
        axes = range(-len(shape if s is None else s), 0)
    if s is None:
        s = [-1] * len(axes)
    lengths = [shape[axis] if n == -1 else n for n, axis in zip(s, axes, strict=True)]
    return lengths, list(axes)


def transposed(
    transform: Any, g: Any, shape: tuple[int, ...], s: Lengths, axes: Axes, norm: Norm
) -> Any:
    """Return the transforms of `g` along `axes`, each put back to the length that it came from.

    numpy goes from the last axis to the first, so this goes from the first to the last. An axis may
    come several times.
    """
    lengths, order = lengths_and_axes(shape, s, axes)
    shapes = [list(shape)]
    for n, axis in zip(reversed(lengths), reversed(order), strict=True):
        after = shapes[-1].copy()
        after[axis] = n
        shapes.append(after)
    for axis, before in zip(order, reversed(shapes[:-1]), strict=True):
        g = resized(transform(g, axis=axis, norm=norm), tuple(before))
    return g


def fftn_vjp(
    g: Any, out: Any, x: Any, *, s: Lengths = None, axes: Axes = None, norm: Norm = None
) -> Any:
    """Return the transform of `g` with the same sign and factor, in the operand's shape."""
    return transposed(np.fft.fft, g, x.shape, s, axes, norm)


def ifftn_vjp(
    g: Any, out: Any, x: Any, *, s: Lengths = None, axes: Axes = None, norm: Norm = None
) -> Any:
    """Return the inverse transform of `g` with the same factor, in the operand's shape."""
    return transposed(np.fft.ifft, g, x.shape, s, axes, norm)


def multiplicity(n: int, ndim: int, axis: int) -> Any:
    """Return how often each of the ``n // 2 + 1`` coefficients of `n` real numbers stands for.

    Once at frequency 0 and, for an even `n`, at the highest; elsewhere also for its conjugate. The
    integers are so small that they leave float32 as it is.
    """
    counts = np.full(n // 2 + 1, 2, np.int8)
    counts[0] = 1
    if not n % 2:
        counts[-1] = 1
    return np.expand_dims(counts, tuple(a for a in range(ndim) if a != axis % ndim))


def rfft_vjp(
    g: Any, out: Any, x: Any, *, n: int | None = None, axis: int = -1, norm: Norm = None
) -> Any:
    """Return the real part of the transform of `g`: irfft of its conjugate, each term once."""
    length = x.shape[axis] if n is None else n
    halves = np.conj(g) / multiplicity(length, g.ndim, axis)
    return resized(np.fft.irfft(halves, length, axis, OPPOSITE.get(norm, norm)), x.shape)


def irfft_vjp(
    g: Any, out: Any, x: Any, *, n: int | None = None, axis: int = -1, norm: Norm = None
) -> Any:
    """Return the conjugate of the rfft of `g`, twice where a coefficient stands for two.

    The imaginary part of the first coefficient, and for an even length of the last, does not
    change the result: the gradient is real there.
    """
    length = g.shape[axis]
    spectrum = np.conj(np.fft.rfft(g, length, axis, OPPOSITE.get(norm, norm)))
    return resized(spectrum * multiplicity(length, g.ndim, axis), x.shape)


fftn = primitive(np.fft.fftn, fftn_vjp)
ifftn = primitive(np.fft.ifftn, ifftn_vjp)
rfft = primitive(np.fft.rfft, rfft_vjp)
irfft = primitive(np.fft.irfft, irfft_vjp)
fftshift = primitive(
    np.fft.fftshift, lambda g, out, x, *, axes=None: np.fft.ifftshift(g, axes=axes)
)
ifftshift = primitive(
    np.fft.ifftshift, lambda g, out, x, *, axes=None: np.fft.fftshift(g, axes=axes)
)


@stands_for(np.fft.fft)
def fft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None, **other: Any) -> Any:
    """Return the discrete Fourier transform along one axis."""
    return fftn(a, s=None if n is None else (n,), axes=(axis,), norm=norm, **other)


@stands_for(np.fft.ifft)
def ifft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None, **other: Any) -> Any:
    """Return the inverse discrete Fourier transform along one axis."""
    return ifftn(a, s=None if n is None else (n,), axes=(axis,), norm=norm, **other)


@stands_for(np.fft.fft2)
def fft2(a: Any, s: Lengths = None, axes: Axes = (-2, -1), norm: Norm = None, **other: Any) -> Any:
    """Return the discrete Fourier transform along two axes."""
    return fftn(a, s=s, axes=axes, norm=norm, **other)


@stands_for(np.fft.ifft2)
def ifft2(a: Any, s: Lengths = None, axes: Axes = (-2, -1), norm: Norm = None, **other: Any) -> Any:
    """Return the inverse discrete Fourier transform along two axes."""
    return ifftn(a, s=s, axes=axes, norm=norm, **other)


@stands_for(np.fft.rfftn)
def rfftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None, **other: Any) -> Any:
    """Return the transform of real data: rfft along the last of `axes`, fft along the others."""
    lengths, axes = lengths_and_axes(np.shape(a), s, axes)
    out = rfft(a, n=lengths[-1], axis=axes[-1], norm=norm, **other)
    return fftn(out, s=lengths[:-1], axes=axes[:-1], norm=norm) if axes[:-1] else out


@stands_for(np.fft.irfftn)
def irfftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None, **other: Any) -> Any:
    """Return the inverse of rfftn: ifft along all of `axes` but the last, irfft along the last."""
    lengths, axes = lengths_and_axes(np.shape(a), s, axes)
    if axes[:-1]:  # in the order of numpy, which goes from the first to the last here
        a = ifftn(a, s=lengths[-2::-1], axes=axes[-2::-1], norm=norm)
    return irfft(a, n=None if s is None else lengths[-1], axis=axes[-1], norm=norm, **other)


@stands_for(np.fft.rfft2)
def rfft2(a: Any, s: Lengths = None, axes: Axes = (-2, -1), norm: Norm = None, **other: Any) -> Any:
    """Return the transform of real data along two axes."""
    return rfftn(a, s, axes, norm, **other)


@stands_for(np.fft.irfft2)
def irfft2(
    a: Any, s: Lengths = None, axes: Axes = (-2, -1), norm: Norm = None, **other: Any
) -> Any:
    """Return the inverse of rfft2."""
    return irfftn(a, s, axes, norm, **other)


@stands_for(np.fft.hfft)
def hfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None, **other: Any) -> Any:
    """Return the transform, which is real, of data whose other half is the conjugate of this."""
    return irfft(np.conj(a), n=n, axis=axis, norm=OPPOSITE.get(norm, norm), **other)


@stands_for(np.fft.ihfft)
def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None, **other: Any) -> Any:
    """Return the inverse of hfft."""
    return np.conj(rfft(a, n=n, axis=axis, norm=OPPOSITE.get(norm, norm), **other))
