"""numpy.fft, of real and of complex arrays."""

from __future__ import annotations

from numpy import fft

from tests.numpy_cases.build import ROUNDING, T3, A, Case, V, case
from tests.numpy_cases.complex import Z

BOX = T3 * (1 + T3**2) + 1j * T3[:, ::-1]

CASES: list[Case] = [
    *(case(f, x) for f in (fft.fft, fft.ifft, fft.fftn, fft.ifftn) for x in (V, A, Z, BOX)),
    *(case(f, x) for f in (fft.rfft, fft.rfftn, fft.ihfft) for x in (V, A, T3)),
    *(case(f, x) for f in (fft.irfft, fft.irfftn, fft.hfft) for x in (V, A, Z, BOX)),
    *(case(f, x) for f in (fft.fft2, fft.ifft2, fft.irfft2) for x in (A, Z, BOX)),
    *(case(f, x) for f in (fft.rfft2,) for x in (A, T3)),
    *(case(f, Z, 2, 1, "forward") for f in (fft.fft, fft.ifft, fft.irfft, fft.hfft)),
    *(case(f, Z, n=5, axis=0, norm="ortho") for f in (fft.fft, fft.ifft, fft.irfft, fft.hfft)),
    *(case(f, A, 2, 1, "forward") for f in (fft.rfft, fft.ihfft)),
    *(case(f, A, n=5, axis=0, norm="ortho") for f in (fft.rfft, fft.ihfft)),
    *(case(f, BOX, (3, 5), (0, 2), "ortho") for f in (fft.fft2, fft.ifft2, fft.irfft2)),
    *(case(f, T3, (3, 5), (0, 2), "ortho") for f in (fft.rfft2, fft.rfftn)),
    *(case(f, BOX, s=[4, 2, 6], axes=[2, 0, 1]) for f in (fft.fftn, fft.ifftn, fft.irfftn)),
    *(case(f, BOX, s=(3, -1), axes=(0, 1)) for f in (fft.fftn, fft.irfftn)),
    *(case(f, BOX, s=(3, 2), axes=(1, 1)) for f in (fft.fftn, fft.ifftn, fft.irfftn)),
    *(case(f, T3, s=(3, -1), axes=(0, 1), norm="forward") for f in (fft.rfftn, fft.rfft2)),
    *(case(f, T3, axes=(1, 1)) for f in (fft.rfftn, fft.rfft2)),
    *(case(f, T3, axes=(2,)) for f in (fft.rfftn, fft.irfftn, fft.fftn)),
    *(
        case(f, x, axes)
        for f in (fft.fftshift, fft.ifftshift)
        for x in (V, Z)
        for axes in (None, 0)
    ),
    *(case(f, BOX, axes=(0, 2)) for f in (fft.fftshift, fft.ifftshift)),
]

ROUNDING[fft.rfftn] = 1e-14  # numpy 2.0 goes through the axes in another order
