"""Random programs, compiled: values and gradients are those of eager mode, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

import autograd_lite as al
from autograd_lite.testing import strategies
from autograd_lite.testing.strategies import Program
from tests.helpers import bits


@given(strategies.programs(max_nodes=30))
@settings(suppress_health_check=list(HealthCheck))
def test_compiled_equals_eager(program: Program) -> None:
    results = program(*program.inputs)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=np.shape(x)) for x in results]

    def total(*inputs: Any) -> Any:
        terms = zip(weights, program(*inputs), strict=True)
        return sum(np.sum(w * x) for w, x in terms)

    derivative = al.value_and_grad(total, tuple(range(len(program.inputs))))
    compiled = al.compile(derivative)
    for _ in range(2):  # as it was traced, and again
        value, gradients = compiled(*program.inputs)
        expected_value, expected = derivative(*program.inputs)
        assert bits(value) == bits(expected_value)
        assert [bits(g) for g in gradients] == [bits(g) for g in expected]


def test_memory_that_is_used_again_keeps_the_order_of_its_elements() -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(5, 5))

    def total(a: Any) -> Any:
        inverse = np.linalg.inv(a + 3 * np.eye(3))  # laid out by columns
        return np.sum(weights * -np.pad(inverse, 1, mode="edge"))

    derivative = al.value_and_grad(total)
    for _ in range(30):
        a = rng.normal(size=(3, 3))
        compiled = al.compile(derivative)
        assert [bits(x) for x in compiled(a)] == [bits(x) for x in derivative(a)]
