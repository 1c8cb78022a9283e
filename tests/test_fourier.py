"""Fourier transforms: closed forms, half spectra, precision, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import NoGradientRuleError
from autograd_lite.primitive import numpy_functions
from tests.helpers import gradient

rng = np.random.default_rng(0)
X = rng.normal(size=(3, 6))
Z = X + 1j * rng.normal(size=(3, 6))


def test_every_transform_of_numpy_has_a_rule() -> None:
    theirs = {getattr(np.fft, name) for name in np.fft.__all__} - {np.fft.fftfreq, np.fft.rfftfreq}
    assert theirs <= numpy_functions.keys()


@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_parsevals_theorem(norm: Any) -> None:
    """The sum of |fft(z)|² is a multiple of that of |z|²: its gradient of 2 conj(z)."""
    factor = {"backward": 6, "ortho": 1, "forward": 1 / 6}[norm]
    slope = al.grad(lambda z: np.sum(np.abs(np.fft.fft(z, norm=norm)) ** 2))
    np.testing.assert_allclose(slope(Z), factor * 2 * np.conj(Z), rtol=1e-13)
    np.testing.assert_allclose(slope(X), factor * 2 * X, rtol=1e-13)


def test_the_hessian_of_a_convolution_by_fft_is_the_convolution_with_itself_twice() -> None:
    """L = |k * x|²/2 has the Hessian KᵀK, K the circulant matrix of k."""
    kernel, x, direction = X

    def loss(x: Any) -> Any:
        blurred = np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(kernel), 6)
        return 0.5 * np.sum(blurred**2)

    circulant = np.stack([np.roll(kernel, shift) for shift in range(6)], axis=1)
    product = al.grad(lambda x: np.sum(al.grad(loss)(x) * direction))(x)
    np.testing.assert_allclose(product, circulant.T @ circulant @ direction, rtol=1e-12)


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_imaginary_parts_that_irfft_ignores_have_no_gradient(n: int) -> None:
    """Those of the mean and, for an even length, of the highest frequency."""
    z = rng.normal(size=n // 2 + 1) + 1j * rng.normal(size=n // 2 + 1)
    slope = gradient(lambda z: np.fft.irfft(z, n), z, rng.normal(size=n))
    ignored = [0, n // 2] if n % 2 == 0 else [0]
    assert np.flatnonzero(slope.imag == 0).tolist() == ignored


def test_what_is_cut_off_has_no_gradient() -> None:
    slope = al.grad(lambda x: np.sum(np.abs(np.fft.fft(x, 4)) ** 2))(X)
    assert np.all(slope[:, 4:] == 0)
    assert np.all(slope[:, :4] != 0)


@pytest.mark.parametrize(
    "transform", [np.fft.fft, np.fft.rfft, np.fft.ifftn, np.fft.rfft2, np.fft.ihfft]
)
def test_float32_stays_in_single_precision(transform: Any) -> None:
    for create_graph in (False, True):
        x = al.Value(X.astype(np.float32))
        out = transform(x)
        np.sum(np.abs(out) ** 2).backward(create_graph=create_graph)
        assert (out.dtype, x.grad.dtype) == (np.complex64, np.float32)
        assert out.grad.dtype == np.complex64


@pytest.mark.parametrize("transform", [np.fft.irfft, np.fft.hfft, np.fft.irfftn])
def test_complex64_stays_in_single_precision(transform: Any) -> None:
    z = al.Value(Z.astype(np.complex64))
    out = transform(z)
    np.sum(out**2).backward()
    assert (out.dtype, out.grad.dtype, z.grad.dtype) == (np.float32, np.float32, np.complex64)


def test_transforms_agree_with_jax() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)

    def loss(lib: Any, x: Any, z: Any) -> Any:
        spectrum = lib.fft.rfft2(x, (5, 8), norm="ortho")
        wave = lib.fft.irfftn(z * lib.fft.fftshift(z), (4, 7), (0, 1))
        other = lib.fft.hfft(z, axis=0) * lib.sum(lib.fft.ihfft(x, 3))
        parts = lib.abs(spectrum) ** 3, lib.sin(wave), lib.real(other) ** 2
        return lib.sum(parts[0]) + lib.sum(parts[1]) + lib.real(lib.sum(other) * lib.sum(parts[2]))

    ours = al.grad(lambda x, z: loss(np, x, z), (0, 1))(X, Z)
    theirs = jax.grad(lambda x, z: loss(jax.numpy, x, z), (0, 1))(X, Z)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


# Refusals


def test_real_transforms_refuse_complex_data() -> None:
    with pytest.raises(TypeError):
        np.fft.rfft(al.Value(Z))


@pytest.mark.parametrize("transform", [np.fft.fft, np.fft.rfft, np.fft.irfftn, np.fft.hfft])
def test_results_into_a_given_array_are_refused(transform: Any) -> None:
    with pytest.raises(NoGradientRuleError, match=r"out=\.\.\."):
        transform(al.Value(X), out=np.zeros((3, 6), complex))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.fft.fft(x, 0),
        lambda x: np.fft.rfft(x, norm="other"),
        lambda x: np.fft.hfft(x, norm="other"),
        lambda x: np.fft.fftn(x, (3,), (0, 1)),
        lambda x: np.fft.rfftn(x, (3,), (0, 1)),
    ],
)
def test_numpys_own_errors_come_through(call: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (numpy's words, not ours)
        call(al.Value(X))
