"""The two islands, split and standardised as in the article, and the network trained on them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import autograd_lite as al
from demos.island_network import train_network

__all__ = ["Split", "prepared", "probabilities", "trained_network"]

Floats = NDArray[np.float64]


class Split(NamedTuple):
    """Training and test events: 787 and 263 of the article's 1050.

    Attributes
    ----------
    X_train, X_test : ndarray of float64
        SNR and chirp mass, ``(n_events, 2)``, standardised: over the training events each has the
        mean 0 and the standard deviation 1.
    y_train, y_test : ndarray of float64
        Labels, ``(n_events,)``: 0 for noise, 1 for signal.
    scaler : StandardScaler
        Standardises raw features with `transform`, and back with `inverse_transform`.
    X_test_raw : ndarray of float64
        The test events in SNR and solar masses, ``(n_events, 2)``.
    """

    X_train: Floats
    X_test: Floats
    y_train: Floats
    y_test: Floats
    scaler: StandardScaler
    X_test_raw: Floats


@cache
def prepared() -> Split:
    """Return the article's data set, split 75/25 by class and standardised on the training part."""
    X, y = al.data.two_islands()
    X_train_raw, X_test_raw, y_train, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=1
    )
    scaler = StandardScaler().fit(X_train_raw)
    return Split(
        X_train=scaler.transform(X_train_raw),
        X_test=scaler.transform(X_test_raw),
        y_train=y_train,
        y_test=y_test,
        scaler=scaler,
        X_test_raw=X_test_raw,
    )


@cache
def trained_network() -> al.nn.Module:
    """Return the network of the main demo, with its first seed; its output is a logit."""
    return train_network(prepared().X_train, prepared().y_train, seed=0).model


def probabilities(network: al.nn.Module, X: ArrayLike) -> Floats:
    """Return P(signal) of standardised events ``(n_events, 2)``, as ``(n_events,)``."""
    with al.no_grad():
        return al.nn.functional.sigmoid(network(np.asarray(X))).data[:, 0]
