"""Layers, and networks made of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike

from autograd_lite.arguments import Rng, as_generator, check_count
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn import functional, init
from autograd_lite.nn.activations import INITIALIZERS, Activation, as_layer
from autograd_lite.nn.init import Initializer
from autograd_lite.nn.module import Module
from autograd_lite.value import Value

__all__ = [
    "MLP",
    "Dropout",
    "Flatten",
    "Linear",
    "Sequential",
]


class Linear(Module):
    """The map ``x @ weight.T + bias``.

    Parameters
    ----------
    in_features, out_features : int
        How many numbers go in and come out, at least 1 each.
    bias : bool
        Whether there is a bias.
    rng : numpy.random.Generator or int, optional
        Where the initial weights come from. Default: a fresh generator.
    dtype : dtype
        Of weight and bias: a float dtype.
    weight_init, bias_init : callable, optional
        ``f(shape, rng, dtype) -> array``: one of `autograd_lite.nn.init`, or your own. Default, as
        in PyTorch: uniform on ±1/sqrt(in_features), for both.

    Attributes
    ----------
    weight : Value
        ``(out_features, in_features)``: one row per neuron.
    bias : Value or None
        ``(out_features,)``.

    Raises
    ------
    ArgumentError
        If a number of features is not a positive integer.
    ShapeError
        If an initialiser returns an array of another shape.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> layer = al.nn.Linear(2, 3, rng=0)
    >>> layer
    Linear(in_features=2, out_features=3, bias=True)
    >>> layer(np.ones((5, 2))).shape
    (5, 3)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: Rng = None,
        dtype: DTypeLike = np.float64,
        weight_init: Initializer | None = None,
        bias_init: Initializer | None = None,
    ) -> None:
        self.in_features = check_count("Linear", "in_features", in_features)
        self.out_features = check_count("Linear", "out_features", out_features)
        rng = as_generator(rng)
        shape = (self.out_features, self.in_features)
        default = uniform_within(1 / math.sqrt(self.in_features))
        self.weight = parameter("weight", shape, weight_init or default, rng, dtype)
        self.bias: Value | None = None
        if bias:
            self.bias = parameter("bias", shape[:1], bias_init or default, rng, dtype)

    def forward(self, x: Any) -> Any:
        """Compute ``x @ weight.T + bias``.

        Parameters
        ----------
        x : Value or array_like
            ``(..., in_features)``.

        Returns
        -------
        Value
            ``(..., out_features)``.

        Raises
        ------
        ShapeError
            If the last axis of `x` is not ``in_features`` long.
        """
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the sizes."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Sequential(Module):
    """Layers one after the other.

    Parameters
    ----------
    *layers : Module or callable
        Each takes what the one before returned. Functions such as ``np.tanh`` will do. Parameters
        are named by the place of their layer, as in PyTorch: ``"0.weight"``.

    Attributes
    ----------
    layers : list
        The layers. It may be changed.

    Raises
    ------
    ArgumentError
        If a layer is not callable.

    Examples
    --------
    >>> import autograd_lite as al
    >>> net = al.nn.Sequential(al.nn.Linear(2, 3, rng=0), al.nn.Tanh())
    >>> net
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
    )
    >>> len(net), list(net.state_dict())
    (2, ['0.weight', '0.bias'])
    """

    def __init__(self, *layers: Callable[..., Any]) -> None:
        for layer in layers:
            if not callable(layer) or isinstance(layer, type):
                raise ArgumentError(
                    f"Sequential takes layers one by one, got {layer!r}; write "
                    "Sequential(Linear(2, 3), ReLU()), or Sequential(*layers) for a list"
                )
        self.layers = list(layers)

    def forward(self, x: Any) -> Any:
        """Apply the layers in order.

        Parameters
        ----------
        x : Value or array_like
            What the first layer takes.

        Returns
        -------
        Value
            What the last layer returns.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def named_members(self) -> Iterator[tuple[str, Any]]:
        """Yield the layers by their places, then the other attributes.

        Yields
        ------
        tuple of (str, object)
            ``("0", layer)`` and so on.
        """
        for place, layer in enumerate(self.layers):
            yield str(place), layer
        for name, member in super().named_members():
            if name != "layers":
                yield name, member

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(self.layers)

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Sequential: ...
    def __getitem__(self, place: int | slice) -> Any:
        """Return a layer, or a `Sequential` of the layers in a slice, which it shares."""
        if isinstance(place, slice):
            return Sequential(*self.layers[place])
        return self.layers[place]


class MLP(Sequential):
    """A multi-layer perceptron: linear layers with an activation between them.

    Parameters
    ----------
    sizes : sequence of int
        The numbers of inputs, of units in each hidden layer, and of outputs: ``[2, 32, 32, 1]``.
    activation : str, class, Module, callable or None
        What follows each hidden layer: a name ("relu", "tanh", "sigmoid", "softplus", "gelu",
        "leaky_relu"), a class such as `ReLU`, a module to copy, such as ``LeakyReLU(0.2)``, or a
        function. With None, the layers collapse to one linear map.
    output_activation : str, class, Module, callable or None
        What follows the last layer. Default: nothing, so that the outputs are logits, or the
        prediction of a regression.
    bias : bool
        Whether the layers have biases.
    dtype : dtype
        Of the parameters.
    rng : numpy.random.Generator or int, optional
        Where the initial weights come from. Default: a fresh generator.
    weight_init : callable, optional
        ``f(shape, rng, dtype) -> array``. Default: `init.he_uniform` for ReLU, leaky ReLU, GELU and
        softplus, `init.glorot_uniform` for tanh and sigmoid, in all layers; with other activations
        that of `Linear`.
    bias_init : callable, optional
        Default: that of `Linear`. Unlike zeros, it does not let the kinks of all ReLUs of the first
        layer meet at the origin: with few inputs, training gets further in as many steps.

    Attributes
    ----------
    sizes : tuple of int
        As given.

    Raises
    ------
    ArgumentError
        If there are fewer than two sizes, one is not a positive integer, or the activation is
        unknown.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> net = al.nn.MLP([2, 32, 32, 1], activation="relu", rng=0)
    >>> net(np.zeros((5, 2))).shape
    (5, 1)
    >>> net.summary().total
    1185
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Activation | None = "relu",
        output_activation: Activation | None = None,
        *,
        bias: bool = True,
        dtype: DTypeLike = np.float64,
        rng: Rng = None,
        weight_init: Initializer | None = None,
        bias_init: Initializer | None = None,
    ) -> None:
        self.sizes = tuple(check_count("MLP", "one of its sizes", size) for size in sizes)
        if len(self.sizes) < 2:
            raise ArgumentError(
                f"MLP needs the numbers of inputs and of outputs at least, got sizes={sizes!r}; "
                "for example [2, 32, 32, 1]"
            )
        rng = as_generator(rng)
        between = None if activation is None else as_layer(activation)
        weight_init = weight_init or INITIALIZERS.get(type(between))
        layers: list[Callable[..., Any]] = []
        for n_in, n_out in pairwise(self.sizes):
            if layers and between is not None:
                layers.append(as_layer(between))
            layer = Linear(
                n_in,
                n_out,
                bias,
                rng=rng,
                dtype=dtype,
                weight_init=weight_init,
                bias_init=bias_init,
            )
            layers.append(layer)
        if output_activation is not None:
            layers.append(as_layer(output_activation))
        super().__init__(*layers)
        self.name_parameters()


# Layers without parameters


class Dropout(Module):
    """In training, set elements to zero at random; nothing at evaluation. See `functional.dropout`.

    Parameters
    ----------
    p : float
        The probability of an element to be set to zero, in [0, 1].
    rng : numpy.random.Generator or int, optional
        Where the numbers come from; it is kept, so that a seed makes a run repeatable. Default: a
        fresh generator.

    Raises
    ------
    ArgumentError
        If `p` is not in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> layer = al.nn.Dropout(0.5, rng=0)
    >>> layer(np.ones(6)).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    >>> layer.eval()(np.ones(6)).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        functional.check_probability(p)
        self.p = p
        self.rng = as_generator(rng)

    def forward(self, x: Any) -> Any:
        """Drop elements if `training` is set.

        Parameters
        ----------
        x : Value or array
            Any shape.

        Returns
        -------
        Value or array
            The same shape.
        """
        return functional.dropout(x, self.p, training=self.training, rng=self.rng)

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"p={self.p}"


class Flatten(Module):
    """Make one axis of all axes but the first.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> al.nn.Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    def forward(self, x: Any) -> Any:
        """Reshape.

        Parameters
        ----------
        x : Value or array
            ``(n, ...)``.

        Returns
        -------
        Value or array
            ``(n, k)``, with the product of the other lengths as `k`.
        """
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


# Making layers


def parameter(
    name: str, shape: tuple[int, ...], initializer: Initializer, rng: Rng, dtype: DTypeLike
) -> Value:
    """Return a new parameter, or raise if the initialiser returns another shape."""
    data = np.asarray(initializer(shape, rng, dtype), dtype=init.as_float_dtype(dtype))
    if data.shape != shape:
        raise ShapeError(
            f"the initialiser of {name} returned shape {data.shape} when asked for {shape}; write "
            "it as f(shape, rng, dtype)"
        )
    return Value(data, name=name)


def uniform_within(bound: float) -> Initializer:
    """Return the initialiser that draws from U(-bound, bound)."""
    return partial(init.uniform, low=-bound, high=bound)
