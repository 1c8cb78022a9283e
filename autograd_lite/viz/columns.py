"""What there is to draw of a network: a column of units for the input and for each linear layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.nn import Dropout, Identity, Linear, Module, Sequential
from autograd_lite.nn.functional import sigmoid, softmax
from autograd_lite.recording import no_grad
from autograd_lite.value import Value, content_of

__all__ = ["OUTPUTS", "Column", "columns_of", "kind_of_output", "output_numbers"]

OUTPUTS = ("probability", "value")

Floats = NDArray[np.float64]


class Column(NamedTuple):
    """The units of one layer.

    Attributes
    ----------
    name : str
        "input", "hidden 1", "hidden 2", ..., "output".
    size : int
        The number of units.
    weight : ndarray
        ``(size, size of the column before)``; of the input, ``(size, 0)``.
    activations : tuple of str
        The names of the functions applied after the linear map; of the input, none.
    values : ndarray or None
        What the units hold, ``(size,)``; None where no input is given.
    """

    name: str
    size: int
    weight: Floats
    activations: tuple[str, ...] = ()
    values: Floats | None = None


class Stage(NamedTuple):
    """A linear layer and the functions applied after it."""

    linear: Linear
    functions: list[Callable[[Any], Any]]


def columns_of(module: Any, x: ArrayLike | Value | None) -> list[Column]:
    """Return the columns of a network, with their values if an input ``(in_features,)`` is given.

    Raises
    ------
    ArgumentError
        If the module is not made of linear layers and activations, or a weight or an input is not
        finite.
    ShapeError
        If layers do not fit together, or `x` does not fit the first.
    """
    stages = stages_of(module)
    check_weights(stages)
    n_inputs = stages[0].linear.in_features
    states: Sequence[Floats | None] = [None] * (len(stages) + 1)
    if x is not None:
        states = states_of(stages, as_input(x, n_inputs))
    columns = [Column("input", n_inputs, np.empty((n_inputs, 0)), values=states[0])]
    for place, (stage, values) in enumerate(zip(stages, states[1:], strict=True), start=1):
        columns.append(
            Column(
                name="output" if place == len(stages) else f"hidden {place}",
                size=stage.linear.out_features,
                weight=np.asarray(stage.linear.weight.data, dtype=np.float64),
                activations=tuple(map(name_of, stage.functions)),
                values=values,
            )
        )
    return columns


def stages_of(module: Any) -> list[Stage]:
    """Return the linear layers of a network, each with the functions after it."""
    stages: list[Stage] = []
    for layer in flattened(module):
        if isinstance(layer, Linear):
            stages.append(Stage(layer, []))
        elif not stages:
            raise ArgumentError(
                f"draw_network() draws networks that begin with a Linear layer, got "
                f"{name_of(layer)} first; apply it to the input instead, and pass the rest"
            )
        else:
            stages[-1].functions.append(layer)
    if not stages:
        raise ArgumentError("draw_network() got a network without a Linear layer; there is no unit")
    return stages


def flattened(module: Any) -> Iterator[Callable[[Any], Any]]:
    """Yield the layers in their order: Linear layers and functions without parameters.

    `Dropout` is left out, and `Identity`: in evaluation they change nothing.
    """
    if isinstance(module, Linear):
        yield module
    elif isinstance(module, Sequential) and type(module).forward is Sequential.forward:
        for layer in module:
            yield from flattened(layer)
    elif isinstance(module, Module) and (module.parameters() or module.children()):
        raise ArgumentError(
            f"draw_network() draws networks of Linear layers and activations in a row: MLP, "
            f"Sequential, Linear; got {type(module).__name__}, which has a forward() of its own; "
            "draw its parts, or the graph of its output with draw_graph()"
        )
    elif not callable(module) or isinstance(module, type):
        raise ArgumentError(
            f"draw_network() draws a module such as al.nn.MLP([2, 32, 32, 1]), got {module!r}"
        )
    elif not isinstance(module, Dropout | Identity):
        yield module


def name_of(layer: Any) -> str:
    """Return what an activation is called."""
    kind = type(layer).__name__
    return kind if isinstance(layer, Module) else getattr(layer, "__name__", kind)


def check_weights(stages: Sequence[Stage]) -> None:
    """Raise unless each layer takes what the one before gives, and all weights are numbers."""
    width = stages[0].linear.in_features
    for place, (linear, _) in enumerate(stages, start=1):
        if linear.in_features != width:
            raise ShapeError(
                f"linear layer {place} takes {linear.in_features} numbers, but the one before "
                f"gives {width}; make them equal"
            )
        if not np.isfinite(linear.weight.data).all():
            raise ArgumentError(
                f"linear layer {place} has weights that are NaN or infinite; a diverged training "
                "is a frequent cause: try a smaller learning rate"
            )
        width = linear.out_features


def as_input(x: ArrayLike | Value, n_inputs: int) -> Floats:
    """Return one event as an array of floats, or raise."""
    array = np.asarray(content_of(x))
    if array.shape != (n_inputs,):
        raise ShapeError(
            f"draw_network() takes one event, an array of shape ({n_inputs},) for this network; "
            f"got shape {array.shape}; pass one row, X[i], of a batch"
        )
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"x must be real numbers; got {array.dtype}")
    if not np.isfinite(array).all():
        raise ArgumentError(f"x must be finite numbers; got {array.tolist()}")
    return array.astype(np.float64)


def states_of(stages: Sequence[Stage], x: Floats) -> list[Floats]:
    """Return what the units of each column hold, the input first."""
    states = [x]
    with no_grad():
        batch: Any = Value(x[None].astype(stages[0].linear.weight.dtype), requires_grad=False)
        for linear, functions in stages:
            batch = linear(batch)
            shape = batch.shape
            for function in functions:
                batch = function(batch)
            if batch.shape != shape:
                raise ShapeError(
                    f"{' and '.join(map(name_of, functions))} turned shape {shape} into "
                    f"{batch.shape}; draw_network() draws one number for each unit of a layer"
                )
            states.append(np.array(batch.data[0], dtype=np.float64))
    return states


# The numbers that come out

PROBABILITIES = frozenset({"Sigmoid", "sigmoid", "Softmax", "softmax"})
LOG_PROBABILITIES = frozenset({"LogSoftmax", "log_softmax"})


def kind_of_output(columns: Sequence[Column], asked: str | None) -> str:
    """Return whether the outputs are shown as probabilities or as they are: "value"."""
    return kind_of_activations(columns[-1].activations, asked)


def kind_of_activations(activations: Sequence[str], asked: str | None) -> str:
    """Return how outputs are shown that come out of these activations."""
    if asked not in (None, *OUTPUTS):
        raise ArgumentError(f"output is one of {', '.join(OUTPUTS)} or None; got {asked!r}")
    last = activations[-1:]
    possible = not last or last[0] in PROBABILITIES | LOG_PROBABILITIES
    if asked == "probability" and not possible:
        raise ArgumentError(
            f"output='probability' needs logits, or Sigmoid or Softmax as the last layer; this "
            f"network ends with {last[0]}; pass output='value'"
        )
    return asked or ("probability" if possible else "value")


def output_numbers(column: Column, kind: str) -> Floats | None:
    """Return the outputs as they are shown, ``(size,)``, or None where no input is given.

    Logits become probabilities: by the sigmoid if there is one output, else by softmax.
    """
    values, last = column.values, column.activations[-1:]
    if values is None or kind == "value" or (last and last[0] in PROBABILITIES):
        return values
    if last:
        return np.exp(values)
    return np.asarray(sigmoid(values) if column.size == 1 else softmax(values))
