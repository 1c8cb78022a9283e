"""Every primitive that takes complex operands, all over the plane: derivatives, dtypes, memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.exceptions import ComplexWarning

import autograd_lite as al
from autograd_lite.errors import DtypeError
from autograd_lite.testing.domains import DOMAINS
from autograd_lite.testing.domains.build import Call
from tests.helpers import bits, central_difference, inner_product
from tests.test_primitives import PRIMITIVES, SMOOTH, Trial, weights_for


class ComplexTrial(Trial):
    """A trial whose points at some places are complex, off the axes, in any quadrant."""

    def __init__(self, name: str, call: Call, places: tuple[int, ...]) -> None:
        super().__init__(name, call)
        rng = np.random.default_rng(1)
        self.places = places
        for place in places:
            x = self.points[place]
            sign, up = rng.choice([-1, 1], size=(2, *x.shape))
            self.points[place] = (sign * x + 1j * up * rng.uniform(0.2, 1.0, x.shape))[()]
            self.directions[place] = self.directions[place] * np.exp(1j * rng.uniform(0, 6))
            self.bends[place] = self.bends[place] * np.exp(1j * rng.uniform(0, 6))
        self.operands = self.with_points(self.points)
        self.weights = weights_for(self.forward(*self.points), rng)

    def total_of_gradients(self, *points: Any) -> Any:
        return np.real(super().total_of_gradients(*points))


def trials(name: str) -> Iterator[ComplexTrial]:
    """Yield trials with all operands complex, and with each alone, where they are not refused."""
    for call in DOMAINS[name].calls:
        count = len(Trial(name, call).points)
        for size in {1, count}:
            for places in combinations(range(count), size):
                with suppress(TypeError, ComplexWarning):
                    trial = ComplexTrial(name, call, places)
                    trial.apply(*trial.points)
                    yield trial


NAMES = [name for name in SMOOTH if DOMAINS[name].complex_operands and any(trials(name))]


def test_what_is_analytic_takes_complex_operands() -> None:
    assert {name for name in SMOOTH if DOMAINS[name].analytic} <= set(NAMES)
    assert {"absolute", "std", "max", "softmax", "where", "sign", "power"} <= set(NAMES)


REAL_ONLY = [name for name in SMOOTH if PRIMITIVES[name].real_only]


def test_activations_and_losses_are_for_real_numbers_only() -> None:
    assert {"relu", "softplus", "bce_with_logits", "cross_entropy", "unwrap"} <= set(REAL_ONLY)


@pytest.mark.parametrize("name", REAL_ONLY)
def test_what_is_for_real_numbers_only_says_so(name: str) -> None:
    operation, call = PRIMITIVES[name], DOMAINS[name].calls[0]
    operands = DOMAINS[name].operands(call.shapes, np.random.default_rng(0))
    for first in (operands[0] + 1j, al.Value(operands[0] + 1j)):
        with pytest.raises(DtypeError, match=f"{name} takes real operands.*np.real"):
            operation(first, *operands[1:])


@pytest.mark.parametrize("name", NAMES)
def test_first_and_second_derivative_along_complex_directions(name: str) -> None:
    for trial in trials(name):
        argnums = tuple(range(len(trial.points)))
        for fun in (trial.total, trial.total_of_gradients):
            exact = inner_product(al.grad(fun, argnums)(*trial.points), trial.directions)
            numeric = central_difference(fun, trial.points, trial.directions)
            assert exact == pytest.approx(numeric, rel=2e-7, abs=2e-7), (trial.points, trial.params)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_gives_the_same_bits_on_arrays_and_on_values(name: str) -> None:
    for trial in trials(name):
        on_arrays = [leaf.grad for leaf in trial.backward()]
        on_values = [leaf.grad.data for leaf in trial.backward(create_graph=True)]
        assert list(map(bits, on_arrays)) == list(map(bits, on_values))


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_has_the_shape_and_the_dtype_of_its_operand(name: str) -> None:
    for trial in trials(name):
        exact = trial.gradients(*trial.points)
        narrow = {"f": np.float32, "c": np.complex64}
        trial.operands = [x.astype(narrow.get(x.dtype.kind, x.dtype)) for x in trial.operands]
        points = [trial.operands[i] for i in trial.positions]
        out = trial.forward(*points)
        if trial.domain.dtype_kept:
            assert out.dtype in (np.float32, np.complex64)
        for create_graph in (False, True):
            trial.points = points
            for leaf, expected in zip(
                trial.backward(create_graph=create_graph), exact, strict=True
            ):
                grad = leaf.grad.data if create_graph else leaf.grad
                assert (grad.dtype, grad.shape) == (leaf.dtype, leaf.shape)
                np.testing.assert_allclose(grad, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_mutated_and_no_gradient_shares_memory(name: str) -> None:
    for trial in trials(name):
        leaves = [al.Value(x) for x in trial.points]
        out = trial.apply(*leaves)
        contents = [trial.weights, out.data, *(leaf.data for leaf in leaves)]
        before = [bits(x) for x in contents]
        out.backward(trial.weights)
        assert [bits(x) for x in contents] == before
        grads = [out.grad, *(leaf.grad for leaf in leaves)]
        for number, grad in enumerate(grads):
            for other in (*contents, *grads[:number]):
                assert not np.shares_memory(grad, other)
