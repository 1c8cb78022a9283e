"""Every primitive, compiled: value and gradients are those of eager mode, bit for bit on numpy.

A program is made for some numbers and run on others, so that whatever it froze would show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.compiler.signature import arguments_of, with_leaves
from autograd_lite.errors import CompileError
from autograd_lite.testing.domains import DOMAINS
from autograd_lite.trees import flatten
from tests.helpers import bits
from tests.numpy_cases import CASES
from tests.test_primitives import NAMES, PRIMITIVES, differentiable

OF_CONTENT = {
    *(np.array_equal, np.array_equiv, np.allclose, np.isclose, np.isin, np.isposinf, np.isneginf),
    *(np.shares_memory, np.may_share_memory, np.array2string, np.array_repr, np.array_str),
    *(np.where, np.nonzero, np.argwhere, np.flatnonzero),  # np.where of a condition alone
    *(np.linalg.lstsq, np.polyfit),  # the rank decides
    *(np.cov, np.corrcoef, np.geomspace, np.reshape, np.ravel),  # some of their arguments
}
"""Functions whose results depend on numbers in another way than by operations."""


def derivative_of(name: str, call: Any, operands: list[Any]) -> Callable[..., Any] | None:
    """Return a function of a primitive's operands: value and gradients, or just the value."""
    operation = PRIMITIVES[name]
    positions = differentiable(operation, operands)
    positions = tuple(i for i in positions if operands[i].dtype.kind in "fc")
    out = operation.forward(*operands, **call.params)
    if not positions:
        return lambda *xs: operation(*xs, **call.params)
    weights = np.random.default_rng(5).normal(size=np.shape(out))

    def total(*xs: Any) -> Any:
        number = np.sum(weights * operation(*xs, **call.params))
        return np.real(number) if np.iscomplexobj(out) else number

    return lambda *xs: al.value_and_grad(total, positions)(*xs)


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradients_on_numpy(name: str) -> None:
    domain = DOMAINS[name]
    for call in domain.calls:
        first, second = (domain.operands(call.shapes, np.random.default_rng(s)) for s in (0, 1))
        function = derivative_of(name, call, first)
        compiled = al.compile(function)
        compiled(*first)
        got, want = flatten(compiled(*second)), flatten(function(*second))
        assert got.keys() == want.keys()
        for path in want:
            assert bits(got[path]) == bits(want[path]), f"{name}: {call}"


def leaves_and_function(function: Any, args: Any, kwargs: Any) -> tuple[list[Any], Any]:
    """Return the float arrays in the arguments of a case, and a function of these."""
    _, leaves = arguments_of(tuple(args), kwargs)
    places = [i for i, leaf in enumerate(leaves) if leaf.dtype.kind in "fc"]

    def of_floats(*floats: Any) -> Any:
        filled = list(leaves)
        for place, x in zip(places, floats, strict=True):
            filled[place] = x
        new_args, new_kwargs = with_leaves((tuple(args), kwargs), filled)
        return function(*new_args, **new_kwargs)

    return [leaves[i] for i in places], of_floats


IDS = [f"{number}-{function.__name__}" for number, (function, _, _) in enumerate(CASES)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # other numbers may lie outside of a domain
@pytest.mark.parametrize(("function", "args", "kwargs"), CASES, ids=IDS)
def test_numpy_functions(function: Any, args: Any, kwargs: Any) -> None:
    floats, of_floats = leaves_and_function(function, args, kwargs)
    if not floats:
        pytest.skip("no numbers that a program takes")
    rng = np.random.default_rng(3)
    others = [(x * (1 + 0.3 * rng.normal(size=x.shape)))[()].astype(x.dtype) for x in floats]

    def constants(arrays: list[Any]) -> list[al.Value]:
        return [al.Value(x, requires_grad=False) for x in arrays]

    try:
        want = flatten(of_floats(*constants(others)))
    except (ValueError, np.linalg.LinAlgError) as error:
        pytest.skip(f"numpy refuses other numbers: {error}")
    compiled = al.compile(of_floats)
    try:
        compiled(*constants(floats))
        got = flatten(compiled(*constants(others)))
    except CompileError:
        assert function in OF_CONTENT
        return
    assert got.keys() == want.keys()
    for path, leaf in want.items():
        expected = leaf.data if isinstance(leaf, al.Value) else leaf
        found = got[path].data if isinstance(got[path], al.Value) else got[path]
        assert bits(found) == bits(expected)
