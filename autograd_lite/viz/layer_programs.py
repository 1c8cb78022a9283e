"""What a page computes of a network: weights, and programs of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, Final

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.nn.functional import sigmoid
from autograd_lite.recording import no_grad
from autograd_lite.value import Value
from autograd_lite.viz.columns import PROBABILITIES, Stage, name_of
from autograd_lite.viz.number_program import number_program

__all__ = ["layer_data", "output_program"]


def layer_data(stage: Stage, *, is_last: bool) -> dict[str, Any]:
    """Return a linear layer and what is applied after it, with its program."""
    linear, functions = stage
    names = [name_of(function) for function in functions]
    weight = np.asarray(linear.weight.data, dtype=np.float64)
    bias = np.zeros(len(weight)) if linear.bias is None else np.asarray(linear.bias.data)
    if is_last and functions:
        functions = [*functions[:-1], JOINT_FUNCTIONS.get(names[-1], functions[-1])]
    is_joint = any(function in JOINT_FUNCTIONS.values() for function in functions)
    return {
        "weight": weight.tolist(),
        "bias": bias.astype(np.float64).tolist(),
        "activation": " ".join(names),
        "program": program_of(functions, len(weight) if is_joint else 1),
    }


def program_of(functions: Sequence[Callable[[Any], Any]], size: int) -> dict[str, Any] | None:
    """Return the program of functions applied one after the other; None where there is none.

    It takes one number, for each unit by itself, or as many as there are units where a function
    takes all of them together.
    """
    if not functions:
        return None
    if size == 1:
        check_elementwise(functions)
    inputs = [Value(0.5, requires_grad=False) for _ in range(size)]

    def compute(numbers: Sequence[Value]) -> list[Any]:
        columns: Any = list(numbers)
        for function in functions:
            if function in JOINT_FUNCTIONS.values():
                columns = function(columns)
            else:
                columns = [function(number) for number in columns]
        return list(columns)

    return number_program(inputs, compute)


def check_elementwise(functions: Sequence[Callable[[Any], Any]]) -> None:
    """Raise unless functions give for each number of an array what they give for it alone."""
    trial = np.array([-1.5, -0.25, 0.0, 0.75, 2.0])
    together: Any = Value(trial[None], requires_grad=False)
    alone: list[Any] = [Value(np.array([[number]]), requires_grad=False) for number in trial]
    with no_grad():
        for function in functions:
            together = function(together)
            alone = [function(number) for number in alone]
    expected = np.array([number.data.flat[0] for number in alone])
    if together.shape != trial[None].shape or not np.allclose(together.data, expected, rtol=1e-12):
        raise ArgumentError(
            f"explore_network() shows activations that are element-wise, and softmax at the end; "
            f"got {' and '.join(map(name_of, functions))}"
        )


def softmax_of(numbers: Sequence[Any]) -> list[Any]:
    """Return exponentials over their sum; the largest is taken off first, against overflow."""
    top = reduce(np.maximum, numbers)
    powers = [np.exp(number - top) for number in numbers]
    total = reduce(np.add, powers)
    return [power / total for power in powers]


def log_softmax_of(numbers: Sequence[Any]) -> list[Any]:
    """Return the logarithms of `softmax_of`."""
    top = reduce(np.maximum, numbers)
    total = np.log(reduce(np.add, [np.exp(number - top) for number in numbers]))
    return [number - top - total for number in numbers]


JOINT_FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "Softmax": softmax_of,
    "softmax": softmax_of,
    "LogSoftmax": log_softmax_of,
    "log_softmax": log_softmax_of,
}


def output_program(last: Sequence[str], kind: str, size: int) -> dict[str, Any] | None:
    """Return the program from what the last units hold to what is shown; None: they are the same.

    As `autograd_lite.viz.columns.output_numbers`: logits become probabilities by the sigmoid if
    there is one output, else by softmax.
    """
    if kind == "value" or (last and last[-1] in PROBABILITIES):
        return None
    if last:
        return program_of([np.exp], 1)
    return program_of([sigmoid], 1) if size == 1 else program_of([softmax_of], size)
