"""A film of a training: what a model says of the plane of its features, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.arguments import check_count
from autograd_lite.errors import ShapeError
from autograd_lite.nn.functional import sigmoid
from autograd_lite.recording import no_grad
from autograd_lite.transforms import value_and_grad
from autograd_lite.value import Value
from autograd_lite.viz.features import Features, Floats, features_of
from autograd_lite.viz.picture import all_values

if TYPE_CHECKING:
    from autograd_lite.nn import Module

__all__ = ["Frame", "TrainingFilm"]

PRODUCTS: Final = ("linear", "matmul")
"""Operations whose first operand, where it was computed, is a layer of hidden units. The copies of
parameters that derivatives are taken of are computed as well, by ``identity``."""


class Frame(NamedTuple):
    """A model after so many epochs.

    Attributes
    ----------
    epoch : int
        How many epochs were finished: 0 before the training.
    loss : float
        Over all events, in evaluation mode.
    gradient_norms : tuple of float
        Of that loss, for each layer with parameters.
    dead : tuple of float
        For each layer of hidden units, the share that gives the same number for every event.
    boundary : ndarray of float32 or None
        The answer on a grid, ``(grid, grid)``, the lowest row of the second feature first; None
        where the model has not two features.
    """

    epoch: int
    loss: float
    gradient_norms: tuple[float, ...]
    dead: tuple[float, ...]
    boundary: NDArray[np.float32] | None


class TrainingFilm:
    """Records a training: boundary, loss, gradient norms by layer, dead units.

    It is a callback of `fit`; in a loop of one's own, call it after each epoch with the number of
    the epoch, from 0. A frame is taken before the training, too. For each frame the loss of all
    events and its gradients are computed once, in evaluation mode and on a copy: the model and its
    gradients are left alone, and the training is the same bit for bit.

    Parameters
    ----------
    model : Module
        What is trained.
    loss : callable
        ``loss(model(X), y)``, a Value of one number.
    data : (X, y)
        Events as the model takes them: ``(n, ...)`` features, and targets. A part of the training
        events will do.
    every : int
        Take a frame after so many epochs.
    max_frames : int
        The largest number of frames, at least 2. Where it is exceeded, every second one is dropped,
        and `every` doubles: a film of any length takes ``max_frames * grid**2 * 4`` bytes at most.
    grid : int
        Points of the grid along each feature.
    predict : callable, optional
        ``predict(X)`` of events ``(n, 2)``, numbers ``(n,)``: what the map shows. Default: the
        sigmoid of the model's first output.
    feature_names, units : sequence of str, optional
        What the features are called, and their units.
    mean, scale : array_like
        The model is given ``(feature - mean) / scale``: axes have features in their own units.
    ranges : sequence of (float, float), optional
        What the map covers, in these units. Default: that of the events.

    Attributes
    ----------
    frames : list of Frame
        In order of epochs.
    layers : list of str
        What `gradient_norms` are of: the path and the class of each module with parameters.

    Raises
    ------
    ArgumentError
        If an argument is out of range or does not fit the features.

    Examples
    --------
    >>> import autograd_lite as al
    >>> X, y = al.data.two_islands()
    >>> X, y = (X - X.mean(axis=0)) / X.std(axis=0), y[:, None]
    >>> model = al.nn.MLP([2, 8, 1], rng=0)
    >>> optimizer = al.optim.Adam(model.parameters(), lr=1e-2)
    >>> loss = al.nn.functional.binary_cross_entropy_with_logits
    >>> film = al.viz.TrainingFilm(model, loss, (X, y), every=2)
    >>> history = al.fit(model, loss, optimizer, (X, y), epochs=6, callback=film)
    >>> [frame.epoch for frame in film.frames], film.layers
    ([0, 2, 4, 6], ['0 Linear', '2 Linear'])
    >>> film.frames[-1].loss < film.frames[0].loss
    True
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Value],
        data: tuple[ArrayLike, ArrayLike],
        *,
        every: int = 1,
        max_frames: int = 200,
        grid: int = 60,
        predict: Callable[[Any], Any] | None = None,
        feature_names: Sequence[str] | None = None,
        units: Sequence[str] | None = None,
        mean: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        ranges: Sequence[tuple[float, float]] | None = None,
    ) -> None:
        self.model = model
        self.loss = loss
        self.X, self.y = (np.asarray(array) for array in data)
        if self.X.ndim == 0 or len(self.X) != len(self.y):
            raise ShapeError(
                f"data is (X, y) with as many targets as events; got {self.X.shape} and "
                f"{self.y.shape}"
            )
        self.every = check_count("TrainingFilm", "every", every)
        self.max_frames = check_count("TrainingFilm", "max_frames", max_frames, at_least=2)
        self.grid = check_count("TrainingFilm", "grid", grid, at_least=2)
        self.predict = predict or self.probability
        self.features: Features | None = None
        if self.X.ndim == 2 and self.X.shape[1] == 2:
            events = self.X * np.asarray(scale, dtype=float) + np.asarray(mean, dtype=float)
            self.features = features_of(2, feature_names, units, mean, scale, ranges, events)
        self.layers = list(layers_with_parameters(model).values())
        self.frames: list[Frame] = []
        self.record(0)

    def __call__(self, epoch: int, history: object = None) -> None:
        """Take a frame after an epoch, counted from 0, if it is its turn: a callback of `fit`."""
        if (epoch + 1) % self.every == 0:
            self.record(epoch + 1)

    def record(self, epoch: int) -> None:
        """Take a frame after so many epochs, whatever `every` says."""
        loss, norms, dead = self.look()
        self.frames.append(Frame(epoch, loss, norms, dead, self.boundary()))
        if len(self.frames) > self.max_frames:
            self.frames = self.frames[::2]
            self.every *= 2

    def look(self) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
        """Return the loss, the gradient norms, and the shares of dead units, of now."""
        dead: list[float] = []

        def of_all_events(model: Any) -> Value:
            value = self.loss(model.eval()(self.X), self.y)
            dead.extend(shares_of_dead_units(value))
            return value

        loss, gradients = value_and_grad(of_all_events)(self.model)
        squares = dict.fromkeys(layers_with_parameters(self.model), 0.0)
        for name, gradient in gradients.items():
            squares[path_of(name)] += float(np.sum(np.abs(gradient.data) ** 2))
        return loss.item(), tuple(math.sqrt(square) for square in squares.values()), tuple(dead)

    def events(self) -> Floats:
        """Return features in their units and the first target, ``(n, 3)``, of a film with maps."""
        if self.features is None:
            return np.empty((0, 3))
        X = self.X * self.features.scale + self.features.mean
        return np.column_stack([X, self.y.reshape(len(X), -1)[:, 0]])

    def limits(self) -> tuple[float, float]:
        """Return what the first and the last colour of maps stand for: 0 and 1 if all is there."""
        maps = [frame.boundary for frame in self.frames if frame.boundary is not None]
        numbers = np.array(maps)[np.isfinite(maps)]
        low, high = float(numbers.min(initial=1)), float(numbers.max(initial=0))
        return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)

    def boundary(self) -> NDArray[np.float32] | None:
        """Return the answer on the grid."""
        if self.features is None:
            return None
        first, second = (np.linspace(low, high, self.grid) for low, high in self.features.ranges)
        points = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
        scaled = (points - self.features.mean) / self.features.scale
        answers = np.asarray(self.predict(scaled.astype(self.X.dtype)))
        return answers.astype(np.float32).reshape(self.grid, self.grid)

    def probability(self, X: Floats) -> Floats:
        """Return the sigmoid of the first output, ``(n,)``, in evaluation mode."""
        modes = [(module, module.training) for _, module in self.model.named_modules()]
        self.model.eval()
        with no_grad():
            outputs: Any = self.model(X)
        for module, training in modes:
            module.training = training
        return np.asarray(sigmoid(outputs.data.reshape(len(X), -1)[:, 0]))


def path_of(parameter: str) -> str:
    """Return the path of the module that a parameter belongs to."""
    return parameter.rpartition(".")[0]


def layers_with_parameters(model: Module) -> dict[str, str]:
    """Return the modules that have parameters of their own: the path and the class, by path."""
    kinds = {path: type(module).__name__ for path, module in model.named_modules()}
    paths = dict.fromkeys(path_of(name) for name, _ in model.named_parameters())
    return {path: f"{path} {kinds.get(path, '')}".strip() for path in paths}


def shares_of_dead_units(value: Value) -> list[float]:
    """Return for each layer of hidden units the share that gives one number for all events.

    Hidden units are what products take that was computed from events: see `PRODUCTS`.
    """
    layers: dict[int, Value] = {}
    for node in all_values(value):
        if node.operation is None or node.operation.name not in PRODUCTS:
            continue
        hidden = node.operands[0]
        if is_computed(hidden) and hidden.operation.name != "identity" and hidden.ndim > 1:
            layers.setdefault(hidden.number, hidden)
    return [share_of_constant_columns(layer.data) for layer in layers.values()]


def is_computed(operand: Any) -> bool:
    """Return whether an operand is the result of an operation."""
    return type(operand) is Value and operand.operation is not None


def share_of_constant_columns(activations: NDArray[Any]) -> float:
    """Return the share of units, along the last axis, that give one number for all events."""
    rows = activations.reshape(-1, activations.shape[-1])
    return float(np.mean(np.all(rows == rows[:1], axis=0)))
