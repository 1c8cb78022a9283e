"""Bugs of many kinds, planted in the rules of operations: the laws find each, as they come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from autograd_lite import ops
from autograd_lite.errors import GradientCheckError
from autograd_lite.primitive import Primitive, Rule, registry
from autograd_lite.testing import laws
from autograd_lite.testing.domains import (
    DOMAINS,
    POSITIVE,
    REAL,
    Call,
    Domain,
    both_signs,
    of_one,
    of_two,
)
from autograd_lite.testing.laws import LAWS, Law
from autograd_lite.testing.laws.checks import draws, outcome

KINKED = both_signs(0.1, 2.0)


def planted(original: Primitive, *rules: Rule | None, forward: Any = None) -> Primitive:
    """Return an operation with other rules; None in a place keeps the one that is there."""
    patched = tuple(new or old for new, old in zip(rules, original.rules, strict=True))
    return Primitive(
        forward or original.forward, patched, original.name, original.variadic, original.kinks
    )


def declared(forward: Callable[..., Any], *rules: Rule | None) -> Primitive:
    """Return an operation that is in no registry."""
    return Primitive(forward, rules, getattr(forward, "__name__", "planted"), variadic=False)


def grad_of_sum(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    if axis is not None and not keepdims:
        axes = axis if isinstance(axis, tuple) else (axis,)
        g = np.expand_dims(g, tuple(a % np.ndim(x) for a in axes) if np.ndim(x) else ())
    return np.broadcast_to(g, np.shape(x))


# Rules with memory


class Cached:
    """What the last forward pass left behind."""

    out: Any = 0.0
    slope: Any = 0.0
    buffer: dict[Any, Any] = {}
    calls = count()


def remember(x: Any) -> Any:
    Cached.out = np.exp(x)
    return Cached.out


def keep_slope(x: Any) -> Any:
    Cached.slope = 2 * x
    return x * x


def rule_with_buffer(g: Any, out: Any, x: Any) -> Any:
    """Return the same array each time, filled anew."""
    if not isinstance(x, np.ndarray):
        return 2 * g
    buffer = Cached.buffer.setdefault(x.shape, np.zeros(x.shape))
    buffer[...] = 2 * g
    return buffer


def rule_with_counter(g: Any, out: Any, x: Any) -> Any:
    return g * out * (1 + 1e-3 * (next(Cached.calls) % 2))


# Rules that write


def writes_into_operand(g: Any, out: Any, x: Any) -> Any:
    gradient = g * 2 * x
    if isinstance(x, np.ndarray):
        x *= 2
    return gradient


def writes_into_gradient(g: Any, out: Any, x: Any) -> Any:
    if isinstance(g, np.ndarray):
        g *= np.cos(x)
        return g
    return g * np.cos(x)


def writes_into_result(g: Any, out: Any, x: Any) -> Any:
    gradient = g * out
    if isinstance(out, np.ndarray):
        np.negative(out, out=out)
    return gradient


def sorts_in_place(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        x.sort()
    return x * 1.0


# Rules that look at the data


def branches_on_data(g: Any, out: Any, x: Any) -> Any:
    """Right where all elements have one sign."""
    return g if np.all(np.asarray(getattr(x, "data", x)) > 0) else -g


def hides_what_it_depends_on(g: Any, out: Any, x: Any) -> Any:
    return g * 2 * getattr(x, "data", x) if hasattr(x, "requires_grad") else g * 2 * x


def runs_on_arrays_only(g: Any, out: Any, x: Any) -> Any:
    return g * np.asarray(2 * x)


def max_rule(share: Callable[[Any], Any]) -> Rule:
    """Return a rule of max; `share` says what each of the equal elements gets."""

    def rule(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        ties = x == grad_of_sum(out, x, axis, keepdims)
        number = np.sum(ties, axis=axis, keepdims=True) * np.ones(np.shape(x))
        return grad_of_sum(g, x, axis, keepdims) * ties * share(number)

    return rule


def sum_rule(wrong: Callable[..., Any]) -> Rule:
    """Return a rule of sum with a mistake in what it makes of its arguments."""

    def rule(g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        return wrong(g, x, axis, keepdims)

    return rule


def wrong_for_negative_axes(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    if isinstance(axis, int) and axis < 0 and np.ndim(x):
        return -grad_of_sum(g, x, axis, keepdims)
    return grad_of_sum(g, x, axis, keepdims)


def ignores_keepdims(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    return grad_of_sum(g, x, axis, False) if np.ndim(g) < np.ndim(x) else 0.5 * g + 0 * x


def wrong_for_no_axes(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Wrong for a number, which most tests forget."""
    return grad_of_sum(g, x, axis, keepdims) * (1 if np.ndim(x) else 2)


def wrong_for_nothing(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """A gradient of a wrong shape where there are no elements."""
    return np.zeros((7,)) if not np.size(x) else grad_of_sum(g, x, axis, keepdims)


def mean_rule_without_axis(
    g: Any, out: Any, x: Any, *, axis: Any = None, keepdims: bool = False
) -> Any:
    return grad_of_sum(g, x, axis, keepdims) / max(np.size(x), 1)


def var_rule_without_ddof(
    g: Any, out: Any, x: Any, *, axis: Any = None, ddof: Any = 0, keepdims: bool = False
) -> Any:
    centred = x - np.mean(x, axis=axis, keepdims=True)
    count = np.size(x) / max(np.size(np.sum(np.zeros(np.shape(x)), axis=axis)), 1)
    return grad_of_sum(g, x, axis, keepdims) * 2 * centred / max(count, 1)


def softplus(x: Any) -> Any:
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


BUGS: dict[str, tuple[Law, Primitive, Domain]] = {
    "wrong sign": (
        laws.numeric_agreement,
        planted(registry["cos"], lambda g, out, x: g * np.sin(x)),
        DOMAINS["cos"],
    ),
    "missing factor": (
        laws.adjoint_identity,
        planted(registry["square"], lambda g, out, x: g * x),
        DOMAINS["square"],
    ),
    "missing term": (
        laws.adjoint_identity,
        declared(lambda x: x * np.exp(x), lambda g, out, x: g * np.exp(x)),
        of_one(),
    ),
    "missing g": (
        laws.linearity_in_the_cotangent,
        planted(registry["exp"], lambda g, out, x: out),
        DOMAINS["exp"],
    ),
    "g twice": (
        laws.linearity_in_the_cotangent,
        planted(registry["exp"], lambda g, out, x: g * g * out),
        DOMAINS["exp"],
    ),
    "branch on g": (
        laws.linearity_in_the_cotangent,
        planted(registry["exp"], lambda g, out, x: np.where(g > -0.5, g, 0.9 * g) * out),
        DOMAINS["exp"],
    ),
    "swapped operands": (
        laws.numeric_agreement,
        planted(registry["divide"], lambda g, out, x, y: g / x, lambda g, out, x, y: -g * out / y),
        of_two(KINKED, KINKED),
    ),
    "swapped rules": (
        laws.numeric_agreement,
        planted(registry["subtract"], lambda g, out, x, y: -g, lambda g, out, x, y: g),
        DOMAINS["subtract"],
    ),
    "derivative of another operand": (
        laws.adjoint_identity,
        planted(registry["power"], None, lambda g, out, x, y: g * y * x ** (y - 1)),
        DOMAINS["power"],
    ),
    "None for an operand that matters": (
        laws.adjoint_identity,
        declared(np.multiply, lambda g, out, x, y: g * y, lambda g, out, x, y: np.zeros_like(g)),
        of_two(),
    ),
    "summed by hand over the wrong axis": (
        laws.broadcasting_is_tiling,
        declared(
            np.add,
            lambda g, out, x, y: g,
            lambda g, out, x, y: (
                g if np.shape(y) == np.shape(g) or np.ndim(g) < 2 else np.flip(g, axis=-1)
            ),
        ),
        of_two(),
    ),
    "missing unbroadcast": (
        laws.broadcasting_is_tiling,
        declared(
            np.multiply,
            lambda g, out, x, y: g * y,
            lambda g, out, x, y: (g * x)[:1] if np.shape(y)[:1] == (1,) else g * x,
        ),
        of_two(),
    ),
    "wrong axis": (
        laws.numeric_agreement,
        declared(
            lambda x: np.cumsum(x, axis=0),
            lambda g, out, x: np.flip(np.cumsum(np.flip(g, -1), -1), -1),
        ),
        Domain((REAL,), (Call(((3,),)), Call(((2, 3),)))),
    ),
    "not flipped": (
        laws.numeric_agreement,
        declared(lambda x: np.cumsum(x, axis=0), lambda g, out, x: np.cumsum(g, axis=0)),
        Domain((REAL,), (Call(((3,),)),)),
    ),
    "forgotten transpose": (
        laws.numeric_agreement,
        declared(np.matmul, lambda g, out, x, y: g @ y, lambda g, out, x, y: x.T @ g),
        Domain((REAL, REAL), (Call(((3, 3), (3, 3))),)),
    ),
    "transposed gradient": (
        laws.adjoint_identity,
        declared(lambda x: x @ x, lambda g, out, x: (g @ x.T + x.T @ g).T),
        Domain((REAL,), (Call(((3, 3),)),)),
    ),
    "conjugate forgotten": (
        laws.agreement_for_complex_operands,
        declared(np.vdot, lambda g, out, x, y: g * y, lambda g, out, x, y: g * np.conj(x)),
        Domain((REAL, REAL), (Call(((3,), (3,))),)),
    ),
    "a conjugate too many": (
        laws.agreement_for_complex_operands,
        planted(registry["exp"], lambda g, out, x: g * np.conj(out)),
        DOMAINS["exp"],
    ),
    "writes into its operand": (
        laws.nothing_mutated,
        declared(np.square, writes_into_operand),
        of_one(),
    ),
    "writes into the gradient": (
        laws.nothing_mutated,
        declared(np.sin, writes_into_gradient),
        of_one(),
    ),
    "writes into the result": (
        laws.nothing_mutated,
        declared(np.exp, writes_into_result),
        of_one(),
    ),
    "sorts its operand in place": (
        laws.nothing_mutated,
        declared(sorts_in_place, lambda g, out, x: g),
        of_one(),
    ),
    "returns the same array twice": (
        laws.nothing_aliased,
        declared(lambda x: 2 * x, rule_with_buffer),
        of_one(),
    ),
    "returns a view of its operand": (
        laws.linearity_in_the_cotangent,
        declared(lambda x: 0.5 * x * x, lambda g, out, x: np.reshape(x, np.shape(x))),
        of_one(),
    ),
    "stale state": (
        laws.no_hidden_state,
        declared(remember, lambda g, out, x: g * Cached.out),
        of_one(),
    ),
    "a slope kept from the forward pass": (
        laws.compiled_equals_eager,
        declared(keep_slope, lambda g, out, x: g * Cached.slope),
        of_one(),
    ),
    "depends on how often it ran": (
        laws.no_hidden_state,
        declared(np.exp, rule_with_counter),
        of_one(),
    ),
    "in single precision": (
        laws.numeric_agreement,
        planted(
            registry["exp"],
            lambda g, out, x: (
                g * np.float32(1) * ops.astype(ops.astype(out, dtype=np.float32), dtype=np.float64)
            ),
        ),
        DOMAINS["exp"],
    ),
    "result of another dtype": (
        laws.dtype_kept,
        declared(lambda x: np.exp(np.asarray(x, np.float64))[()], lambda g, out, x: g * out),
        of_one(),
    ),
    "overflow in half precision": (
        laws.dtype_kept,
        declared(
            np.tanh,
            lambda g, out, x: g / np.cosh(x * 8) ** 2 * np.cosh(x * 8) ** 2 * (1 - out * out),
        ),
        of_one(),
    ),
    "ignores axis": (
        laws.numeric_agreement,
        planted(registry["mean"], mean_rule_without_axis),
        DOMAINS["mean"],
    ),
    "ignores keepdims": (
        laws.numeric_agreement,
        planted(registry["sum"], sum_rule(ignores_keepdims)),
        DOMAINS["sum"],
    ),
    "ignores ddof": (
        laws.numeric_agreement,
        planted(registry["var"], var_rule_without_ddof),
        DOMAINS["var"],
    ),
    "wrong for a negative axis": (
        laws.numeric_agreement,
        planted(registry["sum"], sum_rule(wrong_for_negative_axes)),
        DOMAINS["sum"],
    ),
    "wrong for a number": (
        laws.numeric_agreement,
        planted(registry["sum"], sum_rule(wrong_for_no_axes)),
        DOMAINS["sum"],
    ),
    "wrong for nothing": (
        laws.numeric_agreement,
        planted(registry["sum"], sum_rule(wrong_for_nothing)),
        DOMAINS["sum"],
    ),
    "right at order 1, wrong at order 2": (
        laws.numeric_agreement,
        declared(np.square, hides_what_it_depends_on),
        of_one(),
    ),
    "hides what the other operand does": (
        laws.symmetry_of_second_derivatives,
        declared(
            np.multiply,
            lambda g, out, x, y: g * y,
            lambda g, out, x, y: (
                g * getattr(x, "data", x) if hasattr(x, "requires_grad") else g * x
            ),
        ),
        of_two(),
    ),
    "runs on arrays only": (
        laws.arrays_path_is_values_path,
        declared(np.square, runs_on_arrays_only),
        of_one(),
    ),
    "branch on the data": (
        laws.numeric_agreement,
        declared(np.abs, branches_on_data),
        of_one(KINKED),
    ),
    "ties counted twice": (
        laws.agreement_at_kinks,
        planted(registry["max"], max_rule(lambda n: 1.0)),
        DOMAINS["max"],
    ),
    "ties counted too little": (
        laws.agreement_at_kinks,
        planted(registry["max"], max_rule(lambda n: 1 / n**2)),
        DOMAINS["max"],
    ),
    "ties of two operands counted twice": (
        laws.repeated_operand,
        planted(
            registry["maximum"],
            lambda g, out, x, y: g * (x >= y),
            lambda g, out, x, y: g * (y >= x),
        ),
        DOMAINS["maximum"],
    ),
    "no slope of a kink": (
        laws.agreement_at_kinks,
        planted(registry["absolute"], lambda g, out, x: g * np.where(x == 0, 1.5, np.sign(x))),
        of_one(KINKED),
    ),
    "wrong at one element": (
        laws.permutation_equivariance,
        declared(
            np.sin,
            lambda g, out, x: (
                g * np.cos(x) * np.where(np.reshape(np.arange(np.size(x)), np.shape(x)) == 4, 2, 1)
            ),
        ),
        of_one(),
    ),
    "wrong on one side": (
        laws.numeric_agreement,
        declared(softplus, lambda g, out, x: g * np.where(x > 1.2, 1.0, 1 / (1 + np.exp(-x)))),
        of_one(),
    ),
    "a constant that is not quite right": (
        laws.numeric_agreement,
        planted(registry["log2"], lambda g, out, x: g / x / 0.6931471),
        of_one(POSITIVE),
    ),
}


def is_broken(law: Law, operation: Primitive, domain: Domain, seed: int) -> bool:
    """Return whether an operation breaks a law anywhere in a domain."""
    for draw in draws(domain, {}, {}):
        try:
            outcome(law, operation, draw, np.random.default_rng(seed))
        except GradientCheckError:
            return True
    return False


def test_there_are_thirty_bugs_and_each_law_is_needed_for_one() -> None:
    assert len(BUGS) >= 30
    assert {law for law, _, _ in BUGS.values()} == set(LAWS)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str) -> None:
    law, operation, domain = BUGS[bug]
    for seed in range(3):
        assert is_broken(law, operation, domain, seed)


# Without a bug

SEEDS = 1000
THOROUGH = settings().max_examples >= SEEDS

USUAL = ("multiply", "matmul")
OTHERS = (
    *("power", "tanh", "sum", "var", "sort", "relu", "clip", "where"),
    *("einsum", "solve", "cholesky", "packed_svd", "softmax", "getitem"),
)
CORRECT: dict[str, tuple[Primitive, Domain]] = {
    **{name: (registry[name], DOMAINS[name]) for name in (USUAL + OTHERS if THOROUGH else USUAL)},
    "absolute": (registry["absolute"], of_one(KINKED)),
    "max": (registry["max"], Domain((REAL,), (Call(((2, 2),), {"axis": 1}), Call(((3,),))))),
    "terms that cancel": (
        declared(lambda x: x * np.cos(x), lambda g, out, x: g * (np.cos(x) - x * np.sin(x))),
        of_one(),
    ),
    "sums that cancel": (
        declared(
            lambda x, width: width**2 / (x**2 + width**2),
            lambda g, out, x, width: g * -2 * x * out**2 / width**2,
            lambda g, out, x, width: g * 2 * x**2 * out**2 / width**3,
        ),
        of_two(REAL, POSITIVE),
    ),
}


def seeds_of(law: Law) -> range:
    """Return the seeds that a law is tried with: all, or in turns, so that each is for one law."""
    return range(SEEDS) if THOROUGH else range(LAWS.index(law), SEEDS, len(LAWS))


@pytest.mark.timeout(0 if THOROUGH else 300)
@pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
@pytest.mark.parametrize("name", CORRECT)
def test_no_false_alarm(name: str, law: Law) -> None:
    operation, domain = CORRECT[name]
    calls = list(draws(domain, {}, {}))
    for seed in seeds_of(law):
        draw = calls[seed // len(LAWS) % len(calls)]
        outcome(law, operation, draw, np.random.default_rng(seed))
