"""A graph of arrays and the graph of numbers that it stands for: the same gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import ArgumentError
from tests.helpers import all_nodes

A = np.array([[0.5, -1.2, 0.3], [2.0, 0.7, -0.4]])
B = np.array([[0.2, 0.9], [-0.6, 1.1], [0.8, -0.3]])

GRAPHS: dict[str, Callable[[al.Value, al.Value], al.Value]] = {
    "linear": lambda a, b: (ops.linear(a, b.T, np.array([0.1, 0.2])) ** 2).sum(),
    "matmul of vectors": lambda a, b: a[0] @ b[:, 1],
    "matmul of a vector": lambda a, b: np.sin(a @ b[:, 0]).sum(),
    "broadcast": lambda a, b: (a * b[:, 0] / (1.5 + a * a)).mean(),
    "reductions": lambda a, b: (a.sum(axis=1, keepdims=True) * b.mean(axis=0)).sum(),
    "moves": lambda a, b: (
        np.concatenate([a.T, b]).reshape(2, 6)[1, ::2] * np.stack([a[0, 1], a[1, 0], b[0, 0]])
    ).sum(),
    "activations": lambda a, b: (ops.relu(a) + ops.sigmoid(a) * np.tanh(b.T) + np.exp(a)).sum(),
    "loss": lambda a, b: ops.bce_with_logits(a @ b, np.array([[1.0, 0.0], [0.0, 1.0]])),
    "sum of losses": lambda a, b: ops.bce_with_logits(
        a @ b, np.array([[1.0, 0.0], [0.0, 1.0]]), reduction="sum"
    ),
    "losses": lambda a, b: (
        ops.bce_with_logits(a @ b, np.array([[1.0, 0.0], [0.0, 1.0]]), reduction="none")[0, 1] * 3.0
    ),
    "softmax": lambda a, b: (
        ops.softmax(a @ b, axis=-1) * np.array([[1.0, 2.0], [3.0, -1.0]])
    ).sum(),
    "softmax along rows": lambda a, b: (ops.softmax(a, axis=0) * b.T).sum(),
    "log_softmax": lambda a, b: ops.log_softmax(a @ b, axis=-1)[:, 1].sum(),
}


def gradients(elements: np.ndarray) -> np.ndarray:
    grads = [0.0 if element.grad is None else element.grad for element in elements.flat]
    return np.reshape(grads, elements.shape)


@pytest.mark.parametrize("name", GRAPHS)
def test_gradients_are_those_of_the_arrays(name: str) -> None:
    a, b = al.Value(A, name="A"), al.Value(B, name="B")
    value = GRAPHS[name](a, b)
    value.backward()
    graph = viz.scalar_graph(value)
    assert all(node.shape == () for node in all_nodes(graph.result))
    np.testing.assert_allclose(graph.result.item(), value.item(), rtol=1e-13)
    graph.result.backward()
    for leaf in (a, b):
        np.testing.assert_allclose(
            gradients(graph.elements[leaf]), leaf.grad, rtol=1e-12, atol=1e-15
        )


def test_linear_is_its_multiplications_and_sums() -> None:
    x, w, b = al.Value([[1.0, 2.0]]), al.Value([[3.0, 4.0]], name="w"), al.Value([5.0])
    graph = viz.scalar_graph(ops.linear(x, w, b))
    names = [node.operation.name for node in all_nodes(graph.result) if node.operation]
    assert sorted(names) == ["add", "add", "multiply", "multiply"]
    assert [element.name for element in graph.elements[w].flat] == ["w[0,0]", "w[0,1]"]


def test_constants_stay_numbers_and_dtypes_stay() -> None:
    x = al.Value(np.array([1.0, 2.0], dtype=np.float32))
    c = al.Value([3.0, 4.0], requires_grad=False)
    graph = viz.scalar_graph((x * c.astype(np.float32)).sum())
    assert len(graph.elements) == 1
    assert graph.result.dtype == np.float32


def test_whole_network_is_drawn_in_numbers_by_one_argument() -> None:
    model = al.nn.MLP([2, 2, 1], rng=0)
    x = np.array([[0.5, -1.0]])
    loss = (model(x) ** 2).sum()
    loss.backward()
    text = viz.to_text(loss, parameters=model, scalars=True, variables={}, max_nodes=1000)
    for index, gradient in np.ndenumerate(dict(model.named_parameters())["0.weight"].grad):
        name = f"0.weight[{index[0]},{index[1]}]"
        line = next(line for line in text.splitlines() if f"{name} " in line)
        assert line.endswith(f"grad {viz.labels.describe_number(gradient)}")
    assert "(2" not in text


def test_before_backward_numbers_have_no_gradients() -> None:
    x = al.Value([1.0, 2.0], name="x")
    assert "grad" not in viz.to_text((x * x).sum(), scalars=True)


def test_what_has_no_scalar_form_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"cumsum cannot be written out.*matmul"):
        viz.scalar_graph(np.cumsum(al.Value([1.0, 2.0])))
    with pytest.raises(ArgumentError, match=r"shape \(2,\)"):
        viz.to_text(al.Value([1.0, 2.0]) * 2.0, scalars=True)
