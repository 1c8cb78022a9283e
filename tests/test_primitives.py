"""Every primitive of the package, in its domain: derivatives, dtypes, memory, and life time."""

from __future__ import annotations

import functools
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as al
from autograd_lite.primitive import Primitive, numpy_functions, registry
from autograd_lite.testing.domains import DOMAINS
from autograd_lite.testing.domains.build import Call, Domain
from autograd_lite.testing.laws import (
    LAWS,
    Law,
    agreement_at_kinks,
    check_law,
    compiled_equals_eager,
)
from autograd_lite.testing.runs import run_of
from tests.helpers import (
    bits,
    central_difference,
    collector_off,
    complex_step,
    inner_product,
)

# Asked of a fresh process: tests and examples declare primitives of their own in this one.
LIST_NAMES = """
from importlib.util import find_spec
from autograd_lite.primitive import registry
if find_spec("scipy"):
    import autograd_lite.ops.special
print(*sorted(registry))
"""
NAMES = subprocess.run(
    [sys.executable, "-c", LIST_NAMES], capture_output=True, text=True, check=True
).stdout.split()
if find_spec("scipy"):
    import_module("autograd_lite.ops.special")
PRIMITIVES = {name: registry[name] for name in NAMES}


def differentiable(operation: Primitive, operands: Any) -> tuple[int, ...]:
    """Return the positions of the operands that have a rule."""
    rules = zip(operation.rules, operands, strict=False)
    return tuple(
        i for i, (rule, _) in enumerate(rules) if rule is not None and i not in operation.missing
    )


SMOOTH = [
    name
    for name in NAMES
    if name in DOMAINS and differentiable(PRIMITIVES[name], DOMAINS[name].samplers)
]
CONSTANT = [name for name in NAMES if name in DOMAINS and name not in SMOOTH]


class Trial:
    """One call of a primitive, with operands, directions and weights drawn for it."""

    def __init__(self, name: str, call: Call, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.operation = PRIMITIVES[name]
        self.domain: Domain = DOMAINS[name]
        self.params = call.params
        self.operands = self.domain.operands(call.shapes, rng)
        self.positions = differentiable(self.operation, self.operands)
        self.points = [self.operands[i] for i in self.positions]
        self.directions = [np.asarray(rng.normal(size=x.shape))[()] for x in self.points]
        self.bends = [np.asarray(rng.normal(size=x.shape))[()] for x in self.points]
        self.weights = weights_for(self.forward(*self.points), rng)

    def with_points(self, points: Any) -> list[Any]:
        operands = list(self.operands)
        for i, point in zip(self.positions, points, strict=True):
            operands[i] = point
        return operands

    def apply(self, *points: Any) -> Any:
        return self.operation(*self.with_points(points), **self.params)

    def forward(self, *points: Any) -> Any:
        return self.operation.forward(*self.with_points(points), **self.params)

    def total(self, *points: Any) -> Any:
        """Return one number: the result's elements times random weights."""
        total = np.sum(self.weights * self.apply(*points))
        return np.real(total) if self.weights.dtype.kind == "c" else total

    def gradients(self, *points: Any) -> tuple[Any, ...]:
        argnums = tuple(range(len(points)))
        return al.grad(self.total, argnums)(*points)  # type: ignore[no-any-return]

    def total_of_gradients(self, *points: Any) -> Any:
        """Return one number: the elements of the gradients times random weights."""
        terms = zip(self.bends, self.gradients(*points), strict=True)
        return sum(np.sum(bend * gradient) for bend, gradient in terms)

    def backward(self, **options: Any) -> list[al.Value]:
        """Return the leaves after a backward pass from the result, seeded with the weights."""
        leaves = [al.Value(x) for x in self.points]
        out = self.apply(*leaves)
        out.backward(self.weights, **options)
        return leaves


def weights_for(out: Any, rng: np.random.Generator) -> Any:
    """Return random weights of the shape of a result, complex where it is."""
    weights = np.asarray(rng.normal(size=np.shape(out)))
    return (weights * np.exp(3j * weights))[()] if np.iscomplexobj(out) else weights[()]


def for_each_call(names: list[str]) -> Callable[[Callable[[Trial], None]], Callable[..., None]]:
    """Make a test of each primitive out of a check of one trial; it runs on all calls."""

    def decorate(check: Callable[[Trial], None]) -> Callable[..., None]:
        @pytest.mark.parametrize("name", names)
        @functools.wraps(check, updated=())
        def test(name: str) -> None:
            for call in DOMAINS[name].calls:
                try:
                    check(Trial(name, call))
                except BaseException as error:
                    error.add_note(f"{name}: {call}")
                    raise

        del test.__wrapped__  # pytest would look for the argument `trial`
        return test

    return decorate


@pytest.mark.parametrize("name", NAMES)
def test_every_primitive_has_a_domain(name: str) -> None:
    assert name in DOMAINS, f"autograd_lite/testing/domains needs an entry for {name!r}"


def test_the_table_of_operations_holds_the_registry_and_no_domain_is_left_over() -> None:
    assert set(DOMAINS) == set(NAMES)
    for name in (n for n in NAMES if "." not in n):
        # itself, or a function that takes numpy's arguments in its place
        numpys = getattr(np, name, None) or getattr(np.linalg, name, None)
        assert getattr(al.ops, name) in (registry[name], numpy_functions.get(numpys))
    assert len(NAMES) > 100
    assert all(repr(registry[name]) == f"<primitive {name}>" for name in NAMES)


# The laws that al.testing has for everyone


# tests/compiler/test_registry.py compiles all of them, for numbers that are further apart.
HERE = [law for law in LAWS if law is not compiled_equals_eager]


@pytest.mark.parametrize("law", HERE, ids=[law.name for law in HERE])
@pytest.mark.parametrize("name", SMOOTH)
def test_law(name: str, law: Law, request: pytest.FixtureRequest) -> None:
    domain = DOMAINS[name]
    if law is agreement_at_kinks:  # which takes half of the time of all
        domain = replace(domain, calls=domain.calls[:4])
    check_law(law, PRIMITIVES[name], domain, run_of(request.config))


# To the last digits


@for_each_call([name for name in SMOOTH if DOMAINS[name].analytic])
def test_derivative_agrees_with_the_complex_step(trial: Trial) -> None:
    exact = inner_product(trial.gradients(*trial.points), trial.directions)
    numeric = complex_step(trial.total, trial.points, trial.directions)
    assert exact == pytest.approx(numeric, rel=1e-12, abs=1e-12)


@for_each_call(SMOOTH + CONSTANT)
def test_forward_on_values_is_forward_on_arrays(trial: Trial) -> None:
    operation, operands, params = trial.operation, trial.operands, trial.params
    smooth = bool(trial.positions)
    tracked = [
        al.Value(x) if x.dtype.kind == "f" and i not in operation.missing else x
        for i, x in enumerate(operands)
    ]
    untracked = [al.Value(x, requires_grad=False) for x in operands]
    plain = operation(*operands, **params)
    assert not isinstance(plain, al.Value)
    for values, recorded in ((tracked, smooth), (untracked, False)):
        out = operation(*values, **params)
        if all(value is operand for value, operand in zip(values, operands, strict=True)):
            continue  # an operation on integers or booleans alone
        assert bits(out.data) == bits(plain)
        assert isinstance(out.data, np.ndarray) == (out.ndim > 0), "no axes: a numpy scalar"
        assert out.requires_grad == recorded


@for_each_call(SMOOTH)
def test_reference_counting_alone_frees_the_graph(trial: Trial) -> None:
    with collector_off():
        leaves = [al.Value(x) for x in trial.points]
        out = trial.apply(*leaves)
        out.backward(trial.weights)
        trial.total_of_gradients(*trial.points)
        alive = [weakref.ref(value) for value in (*leaves, out)]
        del out, leaves
        assert [ref() for ref in alive] == [None] * len(alive)


# Shapes and parameters drawn by hypothesis


@pytest.mark.parametrize("name", [n for n in SMOOTH if DOMAINS[n].arguments == "broadcast"])
@given(data=st.data())
def test_element_wise_derivatives_for_any_shapes(name: str, data: Any) -> None:
    shapes = hnp.mutually_broadcastable_shapes(
        num_shapes=len(DOMAINS[name].samplers), min_dims=0, max_dims=3, min_side=0, max_side=3
    )
    check_directional_derivative(name, Call(data.draw(shapes).input_shapes), data)


@pytest.mark.parametrize("name", [n for n in SMOOTH if DOMAINS[n].arguments == "axis"])
@given(data=st.data())
def test_derivatives_of_reductions_over_any_axes(name: str, data: Any) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=3))
    axes = st.none() | hnp.valid_tuple_axes(len(shape), min_size=1) | st.integers(-len(shape), -1)
    params = {"axis": data.draw(axes), "keepdims": data.draw(st.booleans())}
    if name in ("var", "std"):
        params["ddof"] = data.draw(st.sampled_from([0, 1, 0.5]))
    check_directional_derivative(name, Call((shape,), params), data)


@given(data=st.data())
def test_derivatives_of_matmul_for_any_shapes(data: Any) -> None:
    shapes = hnp.mutually_broadcastable_shapes(
        signature=np.matmul.signature, max_dims=2, min_side=0, max_side=3
    )
    check_directional_derivative("matmul", Call(data.draw(shapes).input_shapes), data)


@pytest.mark.parametrize("name", ["getitem", "scatter_add"])
@given(data=st.data())
def test_derivatives_of_indexing_at_any_index(name: str, data: Any) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    index = data.draw(
        hnp.basic_indices(shape, allow_newaxis=True)
        | hnp.integer_array_indices(shape)
        | hnp.arrays(bool, shape)
    )
    taken = np.shape(np.zeros(shape)[index])
    if name == "getitem":
        call = Call((shape,), {"index": index})
    else:
        call = Call((taken,), {"index": index, "shape": shape})
    check_directional_derivative(name, call, data)


def check_directional_derivative(name: str, call: Call, data: Any) -> None:
    trial = Trial(name, call, seed=data.draw(st.integers(0, 1000)))
    leaves = trial.backward()
    grads = [leaf.grad for leaf in leaves]
    assert [g.shape for g in grads] == [x.shape for x in trial.points]
    exact = inner_product(grads, trial.directions)
    numeric = central_difference(trial.total, trial.points, trial.directions)
    assert exact == pytest.approx(numeric, rel=1e-7, abs=1e-7)


# Without a derivative


@pytest.mark.parametrize("name", CONSTANT)
def test_results_without_a_derivative_are_constants(name: str) -> None:
    domain = DOMAINS[name]
    call = domain.calls[-1]
    operands = domain.operands(call.shapes, np.random.default_rng(0))
    if operands[0].dtype == bool:
        operands[0] = al.Value(operands[0], requires_grad=False)
    else:
        operands[0] = al.Value(operands[0])
    out = PRIMITIVES[name](*operands, **call.params)
    assert isinstance(out, al.Value)
    assert not out.requires_grad
    assert out.operation is None
    with pytest.raises(al.errors.GraphError):
        out.backward(np.ones(out.shape))
