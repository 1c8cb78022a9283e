"""Trees: containers of Values as arguments and results of functions to differentiate."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, DtypeError, GraphError, ShapeError
from autograd_lite.trees import flatten, flatten_like, path_text, rebuild, replace_leaves


class Line(NamedTuple):
    slope: Any
    offset: Any


class Pair(tuple):
    """A tuple with a name of its own."""


def listed(tree: Any) -> Any:
    """Return a tree with arrays as lists, to compare with ==."""
    leaves = flatten(tree)
    return rebuild(tree, lambda path: np.asarray(leaves[path]).tolist())


CONTAINERS: list[Any] = [
    (1.0, 2.0),
    [1.0, [2.0, (3.0,)]],
    {"b": 1.0, "a": {"x": 2.0}},
    Line(1.0, [2.0]),
    Pair([1.0, 2.0]),
    OrderedDict(b=1.0, a=2.0),
    defaultdict(list, b=1.0, a=[2.0]),
    [None, 1.0, {"none": None}],
    (),
    {},
    5.0,
]


@pytest.mark.parametrize("tree", CONTAINERS)
def test_a_tree_is_its_containers_and_its_leaves(tree: Any) -> None:
    leaves = flatten(tree)
    same = rebuild(tree, lambda path: leaves[path])
    assert same == replace_leaves(tree, {}) == tree
    assert type(same) is type(tree)
    doubled = replace_leaves(tree, {path: 2 * leaf for path, leaf in leaves.items()})
    assert doubled == rebuild(tree, lambda path: 2 * leaves[path])
    assert flatten_like(same, tree, "it") == leaves


def test_rebuilding_keeps_the_order_and_the_default_of_a_dict() -> None:
    tree = defaultdict(list, b=1.0, a=2.0)
    same = rebuild(tree, lambda path: 0.0)
    assert list(same) == ["b", "a"]
    assert same.default_factory is list
    assert tree == {"b": 1.0, "a": 2.0}


def test_paths() -> None:
    tree = {"w": [1.0, (2.0, Line(3.0, None))], 5: 4.0}
    assert list(flatten(tree)) == [("w", 0), ("w", 1, 0), ("w", 1, 1, 0), (5,)]
    assert path_text(("w", 1, 0)) == "['w'][1][0]"


@pytest.mark.parametrize("tree", CONTAINERS[:-1])
def test_gradients_have_the_form_of_the_argument(tree: Any) -> None:
    def total(tree: Any) -> Any:
        leaves = list(flatten(tree).values())
        assert all(type(leaf) is al.Value for leaf in leaves)
        return sum(leaf * leaf for leaf in leaves)

    leaves = flatten(tree)
    slope = al.grad(total)(tree)
    assert type(slope) is type(tree)
    assert slope == rebuild(tree, lambda path: 2 * leaves[path])
    assert all(type(leaf) is np.float64 for leaf in flatten(slope).values())


def energy(parameters: Any, x: Any) -> Any:
    w, (b, scale) = parameters["w"], parameters["rest"]
    return np.sum((w @ x + b) ** 2) * scale


PARAMETERS = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "rest": [np.array([0.5, -0.5]), 3.0]}
X = np.array([1.0, -2.0])


def test_gradient_of_a_nested_container_against_the_closed_form() -> None:
    residual = PARAMETERS["w"] @ X + PARAMETERS["rest"][0]
    slope, along_x = al.grad(energy, (0, 1))(PARAMETERS, X)
    np.testing.assert_allclose(slope["w"], 6 * np.outer(residual, X))
    np.testing.assert_allclose(slope["rest"][0], 6 * residual)
    np.testing.assert_allclose(slope["rest"][1], residual @ residual)
    np.testing.assert_allclose(along_x, 6 * PARAMETERS["w"].T @ residual)


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        (np.arange(3), r"argument 0\['n'\]\[0\] cannot be .* dtype int64"),
        ("text", r"argument 0\['n'\]\[0\] cannot be .* holds floats and None"),
        (True, r"argument 0\['n'\]\[0\] cannot be .* dtype bool"),
        (al.Value([1], requires_grad=False).astype, r"argument 0\['n'\]\[0\] cannot be"),
    ],
)
def test_a_leaf_that_cannot_be_a_variable_is_named(leaf: Any, message: str) -> None:
    with pytest.raises(DtypeError, match=message):
        al.grad(lambda tree: tree["x"])({"x": 1.0, "n": [leaf]})


def test_values_in_containers_stay_connected() -> None:
    w = al.Value(3.0)
    slope = al.grad(lambda p: p["w"] ** 3 * p["x"])({"w": w, "x": 2.0})
    assert all(type(leaf) is al.Value for leaf in slope.values())
    slope["w"].backward()
    assert w.grad == 6 * 3 * 2
    constant = al.grad(lambda p: p["w"] ** 3 * p["x"])({"w": w.detach(), "x": 2.0})
    assert (type(constant["w"]), type(constant["x"])) == (al.Value, np.float64)
    assert not constant["w"].requires_grad


def test_vjp_with_trees_on_both_sides() -> None:
    def fun(p: Any, scale: Any) -> Any:
        return {"product": p[0] * p[1] * scale, "parts": Line(p[0] + 1.0, [p[1], 7.0, None])}

    out, pull_back = al.vjp(fun, (0, 1))((np.array([1.0, 2.0]), 3.0), 10.0)
    assert listed(out) == {"product": [30, 60], "parts": Line([2, 3], [3, 7, None])}
    g = {"product": [1.0, 0.0], "parts": (np.zeros(2), [1.0, 5.0, None])}
    gradient, slope = pull_back(g)
    assert listed(gradient) == ([30, 0], 11)
    assert slope == 3
    again, _ = pull_back(g)
    assert listed(again) == listed(gradient)


def test_jvp_with_trees_on_both_sides() -> None:
    out, tangent = al.jvp(lambda p: [p["a"] * p["b"], (p["a"], 5.0)])(
        {"a": 2.0, "b": np.array([3.0, 4.0])}, {"b": np.array([0.0, 1.0]), "a": 1}
    )
    assert listed(out) == [[6, 8], (2, 5)]
    assert listed(tangent) == [[3, 6], (1, 0)]


def test_jacobian_of_trees_is_a_tree_of_trees() -> None:
    def fun(p: Any) -> Any:
        return {"sum": np.sum(p["x"]) * p["s"], "x": p["x"] ** 2}

    blocks = al.jacobian(fun)({"x": np.array([1.0, 2.0]), "s": 3.0})
    assert listed(blocks) == {
        "sum": {"x": [3, 3], "s": 3},
        "x": {"x": [[2, 0], [0, 4]], "s": [0, 0]},
    }
    (of_tuple,) = al.jacobian(lambda x: (x * x,), (0,))(3.0)
    assert of_tuple == (6,)


def test_hessian_of_trees_is_a_tree_of_trees() -> None:
    blocks = al.hessian(lambda p: p["x"][0] ** 2 * p["y"])({"x": [3.0], "y": 5.0})
    assert listed(blocks) == {"x": [{"x": [10], "y": 6}], "y": {"x": [6], "y": 0}}
    product = al.hvp(lambda p: p["x"][0] ** 2 * p["y"])(
        {"x": [3.0], "y": 5.0}, {"x": [1.0], "y": 1.0}
    )
    assert listed(product) == {"x": [16], "y": 6}


@pytest.mark.parametrize(
    ("g", "error", "message"),
    [
        ({"a": 1.0}, ArgumentError, r"pull_back has keys \['a'\]; expected a dict with keys"),
        (1.0, ArgumentError, "pull_back has 'float'"),
        ({"a": 1.0, "b": 1.0}, ArgumentError, r"pull_back\['b'\] has 'float'"),
        ({"a": 1.0, "b": [1.0]}, ShapeError, r"pull_back\['b'\]\[0\] has shape \(\); expected \(2"),
        ({"a": 1j, "b": [X]}, DtypeError, r"pull_back\['a'\] has dtype complex128; expected float"),
        ({"a": "x", "b": [X]}, DtypeError, r"pull_back\['a'\] has dtype <U1"),
    ],
)
def test_a_tree_of_another_form_raises(g: Any, error: type[Exception], message: str) -> None:
    _, pull_back = al.vjp(lambda x: {"a": x[0], "b": [x]})(X)
    with pytest.raises(error, match=message):
        pull_back(g)


@pytest.mark.parametrize("transform", [al.vjp, al.jacobian, al.elementwise_grad])
def test_a_result_that_is_no_number_is_named(transform: Any) -> None:
    with pytest.raises(GraphError, match=r"returned 'text' at \['name'\]"):
        transform(lambda x: {"x": x, "name": "text"})(1.0)
    with pytest.raises(GraphError, match="returned 'text'; return"):
        transform(lambda x: "text")(1.0)


@dataclass
class Peak:
    height: float
    center: float


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (Peak(1.0, 2.0), "argument 0 .* of type Peak; .* dict, tuple, list or named tuple"),
        (SimpleNamespace(slope=1.0), "got one of type SimpleNamespace"),
        ({1.0, 2.0}, "got one of type set"),
        ({"line": Peak(1.0, 2.0)}, r"argument 0\['line'\] .* of type Peak"),
        ("abc", "got one of type str"),
        (None, "got one of type NoneType"),
    ],
)
def test_what_is_no_tree_of_numbers_is_named_by_its_type(thing: Any, message: str) -> None:
    with pytest.raises(DtypeError, match=message):
        al.grad(lambda p: p)(thing)
