"""Activations as modules: what stands between linear layers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, ClassVar

from autograd_lite.errors import ArgumentError
from autograd_lite.nn import functional, init
from autograd_lite.nn.init import Initializer
from autograd_lite.nn.module import Module

__all__ = [
    "GELU",
    "Identity",
    "LeakyReLU",
    "LogSoftmax",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]

Activation = str | type[Module] | Callable[[Any], Any]
"""What names an activation: see `as_layer`."""


class ElementwiseActivation(Module):
    """A function of each element, as a module. See the function for formula and conventions."""

    function: ClassVar[Callable[..., Any]]

    def forward(self, x: Any) -> Any:
        """Apply the function to each element.

        Parameters
        ----------
        x : Value or array
            Any shape.

        Returns
        -------
        Value or array
            The same shape and dtype.
        """
        return type(self).function(x)


class Identity(ElementwiseActivation):
    """Return the input itself."""

    function = staticmethod(lambda x: x)


class ReLU(ElementwiseActivation):
    """``max(x, 0)``; the derivative at 0 is 0. See `functional.relu`."""

    function = staticmethod(functional.relu)


class Sigmoid(ElementwiseActivation):
    """``1 / (1 + exp(-x))``. See `functional.sigmoid`."""

    function = staticmethod(functional.sigmoid)


class Tanh(ElementwiseActivation):
    """The hyperbolic tangent. See `functional.tanh`."""

    function = staticmethod(functional.tanh)


class Softplus(ElementwiseActivation):
    """``log(1 + exp(x))``. See `functional.softplus`."""

    function = staticmethod(functional.softplus)


class GELU(ElementwiseActivation):
    """``x Φ(x)`` in its tanh form. See `functional.gelu`."""

    function = staticmethod(functional.gelu)


class LeakyReLU(Module):
    """`x` where it is positive, else ``negative_slope * x``. See `functional.leaky_relu`.

    Parameters
    ----------
    negative_slope : float
        The slope for negative numbers, and the derivative at 0.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Apply to each element.

        Parameters
        ----------
        x : Value or array
            Any shape.

        Returns
        -------
        Value or array
            The same shape and dtype.
        """
        return functional.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """Return the slope."""
        return f"negative_slope={self.negative_slope}"


class Softmax(Module):
    """``exp(x) / sum(exp(x))`` along an axis. See `functional.softmax`.

    Parameters
    ----------
    axis : int
        The axis of the classes. Default: the last.
    """

    function: ClassVar[Callable[..., Any]] = staticmethod(functional.softmax)

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """Apply along the axis.

        Parameters
        ----------
        x : Value or array
            Any shape.

        Returns
        -------
        Value or array
            The same shape and dtype.
        """
        return type(self).function(x, self.axis)

    def extra_repr(self) -> str:
        """Return the axis."""
        return f"axis={self.axis}"


class LogSoftmax(Softmax):
    """The logarithm of `Softmax`, without overflow. See `functional.log_softmax`."""

    function = staticmethod(functional.log_softmax)


BY_NAME: dict[str, type[Module]] = {
    "gelu": GELU,
    "identity": Identity,
    "leaky_relu": LeakyReLU,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "softplus": Softplus,
    "tanh": Tanh,
}

INITIALIZERS: dict[Any, Initializer] = {
    GELU: init.he_uniform,
    LeakyReLU: init.he_uniform,
    ReLU: init.he_uniform,
    Sigmoid: init.glorot_uniform,
    Softplus: init.he_uniform,
    Tanh: init.glorot_uniform,
}
"""Which initial weights keep the variance through layers with an activation."""


def as_layer(activation: Activation) -> Callable[[Any], Any]:
    """Return a new layer for an activation's name, class or instance; a function as it is."""
    if isinstance(activation, str):
        if activation not in BY_NAME:
            raise ArgumentError(
                f"unknown activation {activation!r}; the names are {', '.join(BY_NAME)}; or pass a "
                "class such as ReLU, a module or a function"
            )
        return BY_NAME[activation]()
    if isinstance(activation, type):
        layer: Callable[[Any], Any] = activation()
        return layer
    return copy.deepcopy(activation) if isinstance(activation, Module) else activation
