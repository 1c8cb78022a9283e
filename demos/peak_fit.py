"""A peak over background: parameters with uncertainties, beside scipy's curve_fit.

Run ``python -m demos.peak_fit``. The mass of muon pairs is simulated: a resonance at 3.097 GeV on
a falling background, 1,200 events in all. A Gaussian on a straight line is fitted to the counts in
bins (chi²), and to the events themselves (extended likelihood: no bins). Gradients and Hessians are
exact. The two fits differ, most in the background: with errors √n, a bin that holds few events by
chance counts for more, which pulls chi² down. The covariance of the parameters is carried on to the
significance, to the share of the peak, and to the curve itself: the band in the figure.

`scipy.optimize.curve_fit` leaves the second derivatives of the model out of its covariance
(Gauss-Newton). The same formula by `al.jacobian` agrees with it; the whole Hessian gives slightly
different uncertainties.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import curve_fit

import autograd_lite as al
from autograd_lite.uncertainty import propagate
from demos.command_line import run
from demos.style import BLUE, GREY, ORANGE, RED, new_figure, save

__all__ = ["Spectrum", "chi2", "gauss_newton", "main", "negative_log_likelihood", "simulated"]

Floats = NDArray[np.float64]
Parameters = dict[str, Any]

LOW, HIGH, BINS = 2.8, 3.4, 40
WIDTH_OF_BIN = (HIGH - LOW) / BINS
MIDDLE = (LOW + HIGH) / 2

TRUTH = {"events": 300.0, "mass": 3.097, "width": 0.035, "background": 900.0, "slope": -1.1}
START = {"events": 200.0, "mass": 3.12, "width": 0.05, "background": 1000.0, "slope": 0.0}
"""Events in the peak; mass and width in GeV; background events, and their relative slope by GeV."""

UNITS = {"events": "", "mass": "GeV", "width": "GeV", "background": "", "slope": "1/GeV"}


class Spectrum(NamedTuple):
    """Simulated masses of muon pairs, in GeV.

    Attributes
    ----------
    masses : ndarray of float64
        One for each event.
    centres, counts, errors : ndarray of float64
        The bins: where they are, how many events they hold, and the square root of that.
    """

    masses: Floats
    centres: Floats
    counts: Floats
    errors: Floats


def simulated(seed: int = 2) -> Spectrum:
    """Draw Poisson numbers of peak and background events, and sort them into bins."""
    rng = np.random.default_rng(seed)
    peak = rng.normal(TRUTH["mass"], TRUTH["width"], size=rng.poisson(TRUTH["events"]))
    everywhere = rng.uniform(LOW, HIGH, size=rng.poisson(2 * TRUTH["background"]))
    relative = 1 + TRUTH["slope"] * (everywhere - MIDDLE)
    kept = everywhere[2 * rng.uniform(size=everywhere.size) < relative]
    masses = np.concatenate([peak, kept])
    counts, edges = np.histogram(masses, bins=BINS, range=(LOW, HIGH))
    centres = (edges[1:] + edges[:-1]) / 2
    return Spectrum(masses, centres, counts.astype(float), np.sqrt(counts))


# The model: events by GeV


def peak(m: Any, p: Parameters) -> Any:
    """Compute the density of peak events."""
    distance = (m - p["mass"]) / p["width"]
    return p["events"] * np.exp(-0.5 * distance**2) / (np.sqrt(2 * np.pi) * p["width"])


def background(m: Any, p: Parameters) -> Any:
    """Compute the density of background events: a straight line."""
    return p["background"] / (HIGH - LOW) * (1 + p["slope"] * (m - MIDDLE))


def expected_counts(m: Any, p: Parameters) -> Any:
    """Compute how many events a bin at `m` should hold."""
    return WIDTH_OF_BIN * (peak(m, p) + background(m, p))


def chi2(p: Parameters, data: Spectrum) -> Any:
    """Compute the sum of the squared deviations of the counts, by their errors."""
    return np.sum(((data.counts - expected_counts(data.centres, p)) / data.errors) ** 2)


def negative_log_likelihood(p: Parameters, data: Spectrum) -> Any:
    """Compute minus the logarithm of the extended likelihood of the events.

    It is ν - Σ log f(m) for the density f and its integral ν, the expected number of events (the
    peak is far from the ends of the range): R. Barlow, Nucl. Instrum. Meth. A 297 (1990) 496.
    """
    density = peak(data.masses, p) + background(data.masses, p)
    return p["events"] + p["background"] - np.sum(np.log(density))


def significance(p: Parameters) -> Any:
    """Compute S / √B: the peak within two widths, by the fluctuation of what lies under it."""
    within = 0.9545 * p["events"]
    return within / np.sqrt(4 * p["width"] * background(p["mass"], p))


# Fits


def fit_bins(data: Spectrum) -> al.optim.Minimum:
    """Minimise chi²."""
    return al.optim.minimize(chi2, START, "trust-exact", args=(data,), tol=1e-10, errordef=1)


def fit_events(data: Spectrum, start: Parameters) -> al.optim.Minimum:
    """Maximise the likelihood, from a point near to where it is largest."""
    return al.optim.minimize(
        negative_log_likelihood, start, "trust-exact", args=(data,), tol=1e-6, errordef=0.5
    )


def fit_with_scipy(data: Spectrum) -> tuple[Floats, Floats]:
    """Return the parameters and the covariance of `scipy.optimize.curve_fit`."""

    def model(m: Floats, *values: float) -> Any:
        return expected_counts(m, dict(zip(START, values, strict=True)))

    values, covariance = curve_fit(
        model,
        data.centres,
        data.counts,
        p0=list(START.values()),
        sigma=data.errors,
        absolute_sigma=True,
        method="trf",
        jac="3-point",
        x_scale="jac",
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    return values, covariance


def gauss_newton(p: Parameters, data: Spectrum) -> Floats:
    """Return the covariance without the second derivatives of the model: ``(Jᵀ J)⁻¹``.

    J is the Jacobian of the expected counts by their errors.
    """
    slopes = al.jacobian(lambda p: expected_counts(data.centres, p) / data.errors)(p)
    J = np.stack(list(slopes.values()), axis=1)
    return np.asarray(np.linalg.inv(J.T @ J))


# What is printed


def text_of_parameters(data: Spectrum, bins: al.optim.Minimum, events: al.optim.Minimum) -> str:
    """Return a table: the parameters with uncertainties by each fit, and how far they agree."""
    values, covariance = fit_with_scipy(data)
    ours = np.sqrt(np.diag(gauss_newton(bins.x, data)))
    theirs = np.sqrt(np.diag(covariance))
    lines = [
        f"{'':<18}{'truth':>10}{'chi²':>12}{'±':>9}{'± (JᵀJ)':>10}"
        f"{'curve_fit':>12}{'±':>9}{'likelihood':>12}{'±':>9}"
    ]
    for i, name in enumerate(START):
        lines.append(
            f"{name + ' ' + UNITS[name]:<18}{TRUTH[name]:>10.6g}"
            f"{bins.x[name]:>12.6g}{bins.uncertainties[name]:>9.3g}{ours[i]:>10.3g}"
            f"{values[i]:>12.6g}{theirs[i]:>9.3g}"
            f"{events.x[name]:>12.6g}{events.uncertainties[name]:>9.3g}"
        )
    apart = np.max(np.abs(np.array(list(bins.x.values())) / values - 1))
    spread = np.max(np.abs(gauss_newton(bins.x, data) - covariance) / np.outer(theirs, theirs))
    exact = np.max(np.abs(np.sqrt(np.diag(bins.covariance)) / theirs - 1))
    return "\n".join(
        [
            *lines,
            "",
            f"chi² = {bins.fun:.1f} for {BINS} bins and {len(START)} parameters",
            f"largest difference from curve_fit: of the parameters {apart:.0e}, relative; of "
            f"(JᵀJ)⁻¹ {spread:.0e}, by its diagonal",
            f"the exact Hessian changes the uncertainties by up to {100 * exact:.1f} %",
        ]
    )


def text_of_results(fit: al.optim.Minimum) -> str:
    """Return what the parameters say of the peak, with uncertainties."""
    ratio, variance = propagate(significance, fit.x, fit.covariance)
    fraction, of_fraction = propagate(
        lambda p: p["events"] / (p["events"] + p["background"]), fit.x, fit.covariance
    )
    sigmas = fit.x["events"] / fit.uncertainties["events"]
    return (
        f"S / √B within two widths: {ratio:.1f} ± {np.sqrt(variance):.1f}\n"
        f"share of the peak in all events: {fraction:.4f} ± {np.sqrt(of_fraction):.4f}\n"
        f"events in the peak: {sigmas:.1f} standard deviations from none"
    )


# The figure


def draw_spectrum(ax: Axes, data: Spectrum, fit: al.optim.Minimum) -> None:
    """Draw the counts, the fitted curve with its 1σ band, and the background."""
    m = np.linspace(LOW, HIGH, 400)
    curve, covariance = propagate(lambda p: expected_counts(m, p), fit.x, fit.covariance)
    sigma = np.sqrt(np.diag(covariance))
    ax.errorbar(
        data.centres, data.counts, data.errors, fmt=".", color="black", lw=1, ms=4, label="data"
    )
    ax.plot(m, curve, color=BLUE, lw=1.2, label="fit")
    ax.fill_between(m, curve - sigma, curve + sigma, color=BLUE, alpha=0.35, lw=0, label="± 1σ")
    under = WIDTH_OF_BIN * background(m, fit.x)
    ax.plot(m, under, "--", color=RED, lw=1.2, label="background")
    ax.set(ylabel=f"events / ({1000 * WIDTH_OF_BIN:.0f} MeV)", ylim=(0, None))
    ax.legend(loc="upper right")
    lines = [
        rf"$N = {fit.x['events']:.0f} \pm {fit.uncertainties['events']:.0f}$",
        rf"$m = {fit.x['mass']:.4f} \pm {fit.uncertainties['mass']:.4f}$ GeV",
        rf"$\sigma = {1000 * fit.x['width']:.1f} \pm {1000 * fit.uncertainties['width']:.1f}$ MeV",
    ]
    ax.text(0.03, 0.95, "\n".join(lines), transform=ax.transAxes, va="top")


def draw_pulls(ax: Axes, data: Spectrum, fit: al.optim.Minimum) -> None:
    """Draw the deviations of the counts from the fit, by their errors."""
    pulls = (data.counts - expected_counts(data.centres, fit.x)) / data.errors
    ax.axhspan(-1, 1, color=GREY, alpha=0.2, lw=0)
    ax.axhline(0, color=GREY, lw=1)
    ax.bar(data.centres, pulls, width=0.8 * WIDTH_OF_BIN, color=ORANGE)
    ax.set(xlabel="mass of the muon pair [GeV]", ylabel="pull", xlim=(LOW, HIGH), ylim=(-3.5, 3.5))
    ax.set_yticks([-2, 0, 2])


def draw_figure(data: Spectrum, fit: al.optim.Minimum) -> Figure:
    """Draw the spectrum, and the pulls below it."""
    figure, (above, below) = new_figure(2, 1, figsize=(6.4, 5.2), sharex=True, height_ratios=(3, 1))
    draw_spectrum(above, data, fit)
    draw_pulls(below, data, fit)
    above.set_title("a Gaussian peak on a straight line")
    figure.align_ylabels()
    return figure


def main(out: Path) -> None:
    """Print the parameters and what follows from them, and save the figure."""
    data = simulated()
    bins = fit_bins(data)
    events = fit_events(data, start=bins.x)
    print(text_of_parameters(data, bins, events))
    print("\nBy the likelihood of the events:\n" + text_of_results(events))
    save(draw_figure(data, bins), out, "peak_fit")


if __name__ == "__main__":
    run(main, __doc__)
