"""Whole training steps, update rules, and al.fit, compiled.

The reference is the ordinary loop in eager mode, bit for bit on numpy.
"""

from __future__ import annotations

import copy
import pickle
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, CompileError
from tests.helpers import bits

BACKENDS = [
    "numpy",
    pytest.param("numba", marks=pytest.mark.skipif(find_spec("numba") is None, reason="no numba")),
]

OPTIMIZERS: list[Any] = [
    lambda p: al.optim.SGD(p, lr=0.1),
    lambda p: al.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    lambda p: al.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, maximize=True),
    lambda p: al.optim.Adam(p, lr=0.05, amsgrad=True, weight_decay=0.1),
    lambda p: al.optim.AdamW(p, lr=0.05),
    lambda p: al.optim.RMSprop(p, lr=0.05, momentum=0.5, centered=True),
    lambda p: al.optim.Adagrad(p, lr=0.05, lr_decay=0.1),
]

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(12, 3)), rng.normal(size=(12, 1))


def network(**options: Any) -> al.nn.MLP:
    return al.nn.MLP([3, 4, 1], activation="tanh", rng=0, **options)


def loss_of(model: al.nn.Module) -> Any:
    return lambda X, y: al.nn.functional.mse_loss(model(X), y)


def trained(
    make: Any, how: str, *, sizes: tuple[int, ...] = (5, 8), **options: Any
) -> tuple[list[float], list[Any]]:
    """Return the losses and the parameters of six steps, on batches of some sizes in turn."""
    model = network(**options)
    X_, Y_ = X.astype(model.parameters()[0].dtype), Y.astype(model.parameters()[0].dtype)
    optimizer = make(model.parameters())
    scheduler = al.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    loss = loss_of(model)
    step = al.compile(loss, backend=how, optimizer=optimizer) if how != "eager" else None
    losses = []
    for i in range(6):
        batch = slice(i % 3, i % 3 + sizes[i % len(sizes)])
        if step is not None:
            losses.append(float(step(X_[batch], Y_[batch])))
        else:
            value = loss(X_[batch], Y_[batch])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            losses.append(value.item())
        scheduler.step()
    return losses, [p.data for p in model.parameters()]


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_steps_on_numpy_are_those_of_the_loop_bit_for_bit(make: Any, dtype: Any) -> None:
    losses, parameters = trained(make, "numpy", dtype=dtype)
    expected_losses, expected = trained(make, "eager", dtype=dtype)
    assert losses == expected_losses
    assert [bits(p) for p in parameters] == [bits(p) for p in expected]


@pytest.mark.skipif(find_spec("numba") is None, reason="no numba")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_steps_on_numba_are_those_of_the_loop_to_rounding(dtype: Any) -> None:
    make = OPTIMIZERS[3]
    losses, parameters = trained(make, "numba", sizes=(6,), dtype=dtype)
    expected_losses, expected = trained(make, "eager", sizes=(6,), dtype=dtype)
    tolerance = 1e-12 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(losses, expected_losses, rtol=tolerance)
    for p, q in zip(parameters, expected, strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_are_rebound_not_written_to(backend: str) -> None:
    model = network()
    step = al.compile(
        loss_of(model), backend=backend, optimizer=al.optim.Adam(model.parameters(), lr=0.1)
    )
    held = []
    for _ in range(3):
        held.append([(p.data, p.data.copy()) for p in model.parameters()])
        step(X, Y)
    for arrays in held:
        for array, before in arrays:
            np.testing.assert_array_equal(array, before)


def test_the_state_dict_is_that_of_the_loop() -> None:
    model, same = network(), network()
    optimizer, other = (al.optim.Adam(m.parameters(), lr=0.1) for m in (model, same))
    step = al.compile(loss_of(model), optimizer=optimizer)
    for _ in range(3):
        step(X, Y)
        value = loss_of(same)(X, Y)
        other.zero_grad()
        value.backward()
        other.step()
    got, want = optimizer.state_dict(), other.state_dict()
    assert got["state"].keys() == want["state"].keys()
    for index, entry in want["state"].items():
        assert {k: bits(v) for k, v in got["state"][index].items()} == {
            k: bits(v) for k, v in entry.items()
        }
    optimizer.load_state_dict(want)
    step(X, Y)
    assert optimizer.state_dict()["state"][0]["step"] == 4


def test_groups_frozen_and_unused_parameters() -> None:
    def run(compile: bool) -> list[Any]:
        model, unused = network(), al.Value([1.0, 2.0])
        model.layers[0].bias.requires_grad = False
        groups = [
            {"params": [*model.layers[0].parameters(), unused]},
            {"params": model.layers[2].parameters(), "lr": 0.01, "weight_decay": 0.1},
        ]
        optimizer = al.optim.Adam(groups, lr=0.1)
        loss = loss_of(model)
        step = al.compile(loss, optimizer=optimizer)
        for i in range(4):
            if i == 2:
                optimizer.param_groups[1]["weight_decay"] = 0.0
            if compile:
                step(X, Y)
            else:
                value = loss(X, Y)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
        return [bits(p.data) for p in [*model.parameters(), unused]]

    assert run(True) == run(False)


def test_a_step_needs_a_loss_that_depends_on_parameters() -> None:
    model = network()
    optimizer = al.optim.SGD(model.parameters(), lr=0.1)
    for fun in (lambda X: model(X), lambda X: np.sum(X), lambda X: 3.0):
        with pytest.raises(CompileError, match="needs a loss"):
            al.compile(fun, optimizer=optimizer)(X)
    w = al.Value(1.0)
    with pytest.raises(CompileError, match="none of the optimizer's parameters"):
        al.compile(lambda X: np.sum(w * X), optimizer=optimizer)(X)
    with pytest.raises(ArgumentError, match="two optimizers"):
        al.compile(optimizer, optimizer=optimizer)


def test_debug_takes_the_step_without_a_program() -> None:
    model = network()
    step = al.compile(loss_of(model), optimizer=al.optim.SGD(model.parameters(), lr=0.1))
    with al.debug():
        first = step(X, Y)
    assert step(X, Y) < first


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("make", OPTIMIZERS[2:4])
def test_a_compiled_update_rule(make: Any, backend: str) -> None:
    def run(compile: bool) -> list[Any]:
        model = network()
        optimizer = make(model.parameters())
        if compile:
            assert al.compile(optimizer, backend=backend) is optimizer
        for i in range(4):
            value = loss_of(model)(X, Y)
            optimizer.zero_grad()
            value.backward()
            optimizer.param_groups[0]["lr"] = 0.1 / (1 + i)
            optimizer.step()
        return [p.data for p in model.parameters()]

    for p, q in zip(run(True), run(False), strict=True):
        np.testing.assert_allclose(p, q, rtol=0 if backend == "numpy" else 1e-13)


def test_an_optimizer_with_compiled_rules_is_copied_and_pickled() -> None:
    optimizer = al.compile(al.optim.Adam([al.Value([1.0])], lr=0.1))
    optimizer.param_groups[0]["params"][0].grad = np.ones(1)
    optimizer.step()
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (p,) = other.param_groups[0]["params"]
        p.grad = np.ones(1)
        other.step()
        assert p.data == pytest.approx([0.8])


@pytest.mark.parametrize("options", [{}, {"l2": 0.01}, {"max_norm": 0.1}])
def test_fit_compiles_its_step(options: Any) -> None:
    def run(compile: bool | str) -> tuple[list[float], list[Any]]:
        model = network()
        history = al.fit(
            model, al.nn.functional.mse_loss, al.optim.Adam(model.parameters(), lr=0.05), (X, Y),
            epochs=3, batch_size=5, rng=1, compile=compile, **options,
        )  # fmt: skip
        return history.loss, [bits(p.data) for p in model.parameters()]

    assert run(True) == run(False)
    assert run("numpy") == run(False)


def test_a_parameter_that_is_freed_is_trained_again() -> None:
    def run(compile: bool) -> list[Any]:
        model = network()
        bias = model.layers[0].bias
        bias.requires_grad = False
        optimizer = al.optim.Adam(model.parameters(), lr=0.1)
        loss = loss_of(model)
        step = al.compile(loss, optimizer=optimizer)
        for i in range(4):
            bias.requires_grad = i in (1, 2)
            if compile:
                step(X, Y)
            else:
                value = loss(X, Y)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
        return [bits(p.data) for p in model.parameters()]

    assert run(True) == run(False)


def test_large_parameters_are_updated_in_blocks() -> None:
    def run(compile: bool) -> list[Any]:
        model = al.nn.MLP([3, 6000, 1], activation="tanh", rng=0)
        optimizer = al.optim.Adam(model.parameters(), lr=0.01)
        loss = loss_of(model)
        step = al.compile(loss, optimizer=optimizer)
        for _ in range(3):
            if compile:
                step(X, Y)
                assert model.parameters()[0].grad is None
                assert "d_weight_0" in step.source
            else:
                value = loss(X, Y)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
        return [bits(p.data) for p in model.parameters()]

    assert run(True) == run(False)


def test_the_source_of_a_step_has_the_update() -> None:
    model = network()
    step = al.compile(loss_of(model), optimizer=al.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(CompileError, match="no step yet"):
        _ = step.source
    step(X, Y)
    assert "lr" in step.source
    assert (step.backend, step.loops) == ("numpy", "")
