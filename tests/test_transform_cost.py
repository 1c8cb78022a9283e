"""What derivatives cost: a small constant times the function, whatever the number of arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.recording import change_mode
from tests.helpers import work


class Meter:
    """Counts the operations, the rules and the sums of gradients, and the elements in each.

    It is set as the watcher of operations, which sees all of them, operators included.
    """

    def __init__(self) -> None:
        self.calls = self.elements = 0

    def read(self, fun: Any) -> tuple[int, int]:
        self.calls = self.elements = 0
        change_mode(watcher=self)
        try:
            fun()
        finally:
            change_mode(watcher=None)
        return self.calls, self.elements

    def count(self, arrays: Any) -> None:
        self.calls += 1
        self.elements += max(np.size(array) for array in arrays)

    def run_forward(self, operation: Any, operands: Any, arrays: Any, params: Any) -> Any:
        self.count(arrays)
        return operation.forward(*arrays, **params)

    def recorded(self, value: Any) -> None:
        pass

    def before_backward(self, nodes: Any) -> None:
        pass

    def watched_rules(self, value: Any, nodes: Any) -> Any:
        def counted(rule: Any) -> Any:
            def call(g: Any, out: Any, *operands: Any, **params: Any) -> Any:
                self.count([getattr(x, "data", x) for x in (out, *operands)])
                return rule(g, out, *operands, **params)

            return call

        return [rule and counted(rule) for rule in value.operation.rules]

    def add_up(self, operand: Any, earlier: Any, gradient: Any) -> Any:
        self.count([operand.data])
        return earlier + gradient


def chained(x: Any) -> Any:
    """A function whose elements interact: by a shift, a product and a sum."""
    first, second = x[:-1], x[1:]
    y = np.tanh(np.exp(-((second - first * first) ** 2)))
    return np.sum(y * np.sin(first) + np.cos(second))


SIZES = [10, 100, 1_000, 10_000, 100_000]

CASES: dict[str, tuple[Any, float]] = {
    "value_and_grad": (lambda x: al.value_and_grad(chained)(x), 3),
    "vjp": (lambda x: al.vjp(chained)(x)[1](1.0), 3),
    "jacobian": (lambda x: al.jacobian(chained)(x), 3),
    "checkpoint": (lambda x: al.grad(al.checkpoint(chained))(x), 4),
    "jvp": (lambda x: al.jvp(chained)(x, x), 7),
    "hvp": (lambda x: al.hvp(chained)(x, x), 10),
}


@pytest.mark.parametrize("name", CASES)
def test_a_derivative_costs_a_small_multiple_of_the_function(name: str) -> None:
    """For functions of 10 to 100 000 numbers, in calls and in elements."""
    derivative, limit = CASES[name]
    meter, calls = Meter(), set()
    for size in SIZES:
        x = np.linspace(-1.0, 1.0, size)
        leaf = al.Value(x)
        of_function = meter.read(lambda leaf=leaf: chained(leaf))
        of_derivative = meter.read(lambda x=x: derivative(x))
        calls.add(of_derivative[0])
        assert of_derivative[0] <= limit * of_function[0]
        assert of_derivative[1] <= limit * of_function[1]
    assert len(calls) == 1


def test_the_meter_counts() -> None:
    x = al.Value(np.ones(7))
    assert Meter().read(lambda: np.sum(np.tanh(x) * x)) == (3, 21)
    assert Meter().read(lambda: np.sum(np.tanh(x) * x).backward()) == (8, 56)


def coupled(*xs: Any) -> Any:
    total, left = 0.0, xs[-1]
    for x in xs:
        total = total + x * left
        left = x
    return total


def running(xs: Any) -> Any:
    """Return as many results as arguments, each made from the one before."""
    totals = [WEIGHT * xs[0]]
    for x in xs[1:]:
        totals.append(totals[-1] * x)
    return totals


WEIGHT = al.Value(1.0)


@pytest.mark.parametrize(
    "derivative",
    [
        lambda xs: al.value_and_grad(lambda xs: coupled(*xs))(xs),
        lambda xs: al.value_and_grad(coupled, tuple(range(len(xs))))(*xs),
        lambda xs: al.hvp(lambda xs: coupled(*xs))(xs, xs),
        lambda xs: al.vjp(running)(xs)[1](xs),
        lambda xs: al.jvp(running)(xs, xs),
        lambda xs: al.grad(lambda xs: (coupled(*xs), running(xs)), has_aux=True)(xs),
        lambda xs: al.checkpoint(running)([al.Value(x) for x in xs])[-1].backward(),
    ],
    ids=["grad of a list", "grad of arguments", "hvp", "vjp", "jvp", "aux", "checkpoint"],
)
def test_work_is_linear_in_the_number_of_scalars(derivative: Any) -> None:
    """A graph of scalars: the Python around the rules must not be quadratic either."""
    work(lambda: derivative([1.0, 2.0]))
    small, large = (work(lambda n=n: derivative([0.5] * n)) for n in (100, 1600))
    assert large < 17 * small
