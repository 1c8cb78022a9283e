"""All roads: one derivative, computed in every way there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from tests.helpers import central_difference, complex_step

X = np.array([0.3, -1.2, 2.1])


def elements(x: Any, module: Any = np) -> Any:
    sigmoid = 1.0 / (1.0 + module.exp(-x))
    return module.tanh(x * x) * sigmoid - module.log1p(x**2) * module.sin(x)


def fun(x: Any) -> Any:
    return np.sum(elements(x))


E = np.exp(-X)
CLOSED_FORM = (
    (1 - np.tanh(X * X) ** 2) * 2 * X / (1 + E)
    + np.tanh(X * X) * E / (1 + E) ** 2
    - 2 * X / (1 + X**2) * np.sin(X)
    - np.log1p(X**2) * np.cos(X)
)


class Point(al.nn.Module):
    def __init__(self) -> None:
        self.x = al.Value(X)


def by_backward(function: Any = fun, **options: Any) -> Any:
    leaf = al.Value(X)
    function(leaf).backward(**options)
    grad, leaf.grad = leaf.grad, None
    return getattr(grad, "data", grad) if options.get("create_graph") else grad


def by_backward_of_elements() -> Any:
    leaf = al.Value(X)
    elements(leaf).backward(np.ones(3))
    return leaf.grad


def by_backward_of_a_derivative() -> Any:
    """With F = s f(x), the gradient by x of dF/ds is that of f."""
    leaf = al.Value(X)
    al.grad(lambda s: s * fun(leaf))(2.0).backward()
    return leaf.grad


def of_element(i: int) -> Any:
    return lambda xi: fun(np.stack([*X[:i], xi, *X[i + 1 :]]))


def by_directions(derivative: Any) -> Any:
    return np.array([derivative(direction) for direction in np.eye(3)])


def scaled(x: Any, s: Any) -> Any:
    """Return an antiderivative of `fun` in s."""
    return s * fun(x)


def of_list(xs: Any) -> Any:
    return fun(np.stack(xs))


ROADS: dict[str, Any] = {
    "backward": by_backward,
    "backward, leaves only": lambda: by_backward(leaves_only=True),
    "backward on Values": lambda: by_backward(create_graph=True),
    "backward of the elements": by_backward_of_elements,
    "backward of a derivative": by_backward_of_a_derivative,
    "backward of a checkpoint": lambda: by_backward(al.checkpoint(fun)),
    "backward of a checkpoint on Values": lambda: by_backward(
        al.checkpoint(fun), create_graph=True
    ),
    "grad": lambda: al.grad(fun)(X),
    "grad of three arguments": lambda: np.stack(
        al.grad(lambda *xs: fun(np.stack(xs)), (0, 1, 2))(*X)
    ),
    "grad of a list": lambda: np.stack(al.grad(of_list)([*X])),
    "grad of a dict": lambda: al.grad(lambda p: fun(p["x"]))({"x": X})["x"],
    "grad of each element": lambda: np.stack([al.grad(of_element(i))(X[i]) for i in range(3)]),
    "grad of a Value": lambda: al.grad(fun)(al.Value(X)).data,
    "grad of a module": lambda: al.grad(lambda point: fun(point.x))(Point())["x"].data,
    "grad inside no_grad": lambda: al.no_grad()(al.grad(fun))(X),
    "grad with aux": lambda: al.grad(lambda x: (fun(x), x), has_aux=True)(X)[0],
    "grad of the slope in a factor": lambda: al.grad(
        lambda x: al.grad(lambda s: scaled(x, s))(1.0)
    )(X),
    "grad of a checkpoint": lambda: al.grad(al.checkpoint(fun))(X),
    "value_and_grad": lambda: al.value_and_grad(fun)(X)[1],
    "elementwise_grad": lambda: al.elementwise_grad(elements)(X),
    "elementwise_grad of the sum": lambda: al.elementwise_grad(fun)(X),
    "vjp": lambda: al.vjp(fun)(X)[1](1.0),
    "vjp of the elements": lambda: al.vjp(elements)(X)[1](np.ones(3)),
    "jvp along each axis": lambda: by_directions(lambda t: al.jvp(fun)(X, t)[1]),
    "jvp of the elements": lambda: al.jvp(elements)(X, np.ones(3))[1],
    "jvp of a checkpoint": lambda: al.jvp(al.checkpoint(elements))(X, np.ones(3))[1],
    "jvp of the slope in a factor": lambda: al.jvp(al.grad(scaled), 1)(X, 5.0, 1.0)[1],
    "jacobian": lambda: al.jacobian(fun)(X),
    "jacobian of the elements": lambda: np.diag(al.jacobian(elements)(X)),
    "jacobian by columns": lambda: al.jacobian(lambda t: elements(X * t))(1.0) / X,
    "jvp inside no_grad": lambda: al.no_grad()(al.jvp(elements))(X, np.ones(3))[1],
    "jacobian inside no_grad": lambda: np.diag(al.no_grad()(al.jacobian(elements))(X)),
    "hvp inside no_grad": lambda: al.no_grad()(al.hvp(scaled, (0, 1)))(X, 1.0, (0 * X, 1.0))[0],
    "hvp of an antiderivative": lambda: al.hvp(scaled, (0, 1))(X, 1.0, (0 * X, 1.0))[0],
    "hessian of an antiderivative": lambda: al.hessian(scaled, (0, 1))(X, 1.0)[0][1],
    "grad of the real part": lambda: al.grad(lambda z: np.real(fun(z)))(X + 0j),
    "jacobian in the complex plane": lambda: np.diag(al.jacobian(elements)(X + 0j)),
    "complex step": lambda: by_directions(lambda t: complex_step(fun, [X], [t])),
}


@pytest.mark.parametrize("road", ROADS)
def test_all_roads_lead_to_one_derivative(road: str) -> None:
    np.testing.assert_allclose(ROADS[road](), CLOSED_FORM, rtol=1e-13)


def test_central_differences_lead_there_too() -> None:
    numeric = by_directions(lambda t: central_difference(fun, [X], [t]))
    np.testing.assert_allclose(numeric, CLOSED_FORM, rtol=1e-8)


def test_pytorch_leads_there_too() -> None:
    torch = pytest.importorskip("torch")
    x = torch.from_numpy(X).requires_grad_()
    elements(x, torch).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), CLOSED_FORM, rtol=1e-13)


def slope_of(derivative: Any) -> Any:
    return al.grad(lambda x: np.sum(derivative(x)))


THIRD_ROADS: dict[str, Any] = {
    "grad of grad of grad": slope_of(slope_of(slope_of(np.tanh))),
    "elementwise": al.elementwise_grad(al.elementwise_grad(al.elementwise_grad(np.tanh))),
    "hvp of elementwise": lambda x: al.hvp(lambda x: np.sum(al.elementwise_grad(np.tanh)(x)))(
        x, np.ones_like(x)
    ),
    "jvp of jvp of jvp": lambda x: al.jvp(
        lambda x: al.jvp(lambda x: al.jvp(np.tanh)(x, np.ones(5))[1])(x, np.ones(5))[1]
    )(x, np.ones(5))[1],
    "jacobian of jacobian of jacobian": lambda x: np.einsum(
        "iiii->i", al.jacobian(al.jacobian(al.jacobian(np.tanh)))(x)
    ),
    "hessian of grad": lambda x: np.einsum(
        "iii->i", al.jacobian(al.hessian(lambda x: np.sum(np.tanh(x))))(x)
    ),
    "grad of checkpointed grads": slope_of(
        al.checkpoint(slope_of(al.checkpoint(slope_of(al.checkpoint(np.tanh)))))
    ),
}


@pytest.mark.parametrize("road", THIRD_ROADS)
def test_all_roads_lead_to_the_third_derivative_of_tanh(road: str) -> None:
    x = np.array([-1.5, -0.2, 0.0, 0.4, 2.0])
    t = np.tanh(x)
    expected = (1 - t**2) * (6 * t**2 - 2)
    np.testing.assert_allclose(THIRD_ROADS[road](x), expected, rtol=0, atol=1e-10)
