"""check_grads on a function and its gradient function, both of plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_lite.errors import ArgumentError, GradientCheckError
from autograd_lite.testing import Verdict, check_grads, gradient_report

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]])
W = np.array([[0.5, 0.1, -0.3]])
Z = X + 1j * X[::-1]


def loss(x: Any, w: Any) -> Any:
    return 0.5 * np.sum((x @ w.T) ** 2)


def gradient_of_loss(x: Any, w: Any) -> Any:
    return (x @ w.T) @ w, (x @ w.T).T @ x


def test_a_gradient_function() -> None:
    report = check_grads(loss, [X, W], gradient=gradient_of_loss)
    assert report.verdict is Verdict.RIGHT
    assert [(c.order, c.operand) for c in report.checks] == [(1, "operand 0"), (1, "operand 1")]
    check_grads(lambda x: float(np.sum(x**3)), [X], gradient=lambda x: 3 * x**2)
    check_grads(lambda x: x**2, [3.0], gradient=lambda x: (2 * x,))
    check_grads(lambda t: np.sum(t["a"]), [{"a": X}], gradient=lambda t: {"a": np.ones((2, 3))})


def test_a_vector_jacobian_product() -> None:
    check_grads(np.matmul, [X, W.T], vjp=lambda g, x, y: (g @ y.T, x.T @ g))
    check_grads(np.multiply, [Z, X], vjp=lambda g, x, y: (g * y, g * x))
    check_grads(
        lambda x, n: {"y": x**n}, [X, 3], vjp=lambda g, x, n: (g["y"] * n * x ** (n - 1), 0)
    )
    check_grads(np.sin, [X.astype(np.float32)], vjp=lambda g, x: g * np.cos(x))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"gradient": lambda x, w: (gradient_of_loss(x, w)[0], 0 * w)}, r"operand 1\[0, \d\] = "),
        ({"gradient": lambda x, w: gradient_of_loss(x, -w)}, "a wrong sign"),
        ({"gradient": lambda x, w: (x, w.T)}, r"array of shape \(3, 1\) for operand 1; expected"),
        ({"vjp": lambda g, x, w: [g * d for d in gradient_of_loss(x, 2 * w)]}, "wrong gradient"),
    ],
)
def test_wrong_gradients(options: Any, match: str) -> None:
    with pytest.raises(GradientCheckError, match=match):
        check_grads(loss, [X, W], **options)


def test_the_conjugate_of_the_gradient_is_wrong() -> None:
    def product(g: Any, x: Any, y: Any) -> Any:
        return np.conj(g * y), np.conj(g * x)

    with pytest.raises(GradientCheckError, match="wrong gradient of multiply"):
        check_grads(np.multiply, [Z, Z[::-1]], vjp=product)


@pytest.mark.parametrize(
    "options",
    [
        {"gradient": lambda x, w: gradient_of_loss(np.negative(x, out=x), w)},
        {"vjp": lambda g, x, w: [g * d for d in gradient_of_loss(x, np.negative(w, out=w))]},
    ],
)
def test_writing_into_an_argument_is_found(options: Any) -> None:
    with pytest.raises(GradientCheckError, match=r"<lambda> writes into its argument \d: it was"):
        check_grads(loss, [X, W], **options)
    assert X[0, 0] == 0.3


def test_writing_into_the_cotangent_is_found() -> None:
    def vjp_of_sin(g: Any, x: Any) -> Any:
        g *= np.cos(x)
        return g

    with pytest.raises(GradientCheckError, match="vjp_of_sin writes into its argument 0"):
        check_grads(np.sin, [X], vjp=vjp_of_sin)


def test_kinks() -> None:
    report = gradient_report(lambda x: np.sum(np.abs(x)), [np.array([0.0, 1.0])], gradient=np.sign)
    assert report.verdict is Verdict.NOT_DIFFERENTIABLE
    wrong = gradient_report(
        lambda x: np.sum(np.abs(x)),
        [np.array([0.0, 1.0])],
        gradient=lambda x: np.sign(x - 0.5) * 1.5,
    )
    assert wrong.verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"gradient": np.cos}, "one real number.*give vjp="),
        ({"gradient": np.cos, "vjp": np.cos}, "give one of them"),
    ],
)
def test_arguments_are_checked(options: Any, match: str) -> None:
    with pytest.raises(ArgumentError, match=match):
        check_grads(np.sin, [X], **options)
    with pytest.raises(ArgumentError, match="what the gradient function returned has"):
        check_grads(loss, [X, W], gradient=lambda x, w: x)


def test_torch() -> None:
    torch = pytest.importorskip("torch")

    def fun(x: Any, y: Any) -> Any:
        return torch.logaddexp(torch.tensor(x), torch.tensor(y)).numpy()

    def vjp(g: Any, x: Any, y: Any) -> Any:
        leaves = [torch.tensor(a, requires_grad=True) for a in (x, y)]
        out = torch.logaddexp(*leaves)
        return tuple(t.numpy() for t in torch.autograd.grad(out, leaves, torch.tensor(g)))

    check_grads(fun, [X, X[::-1].copy()], vjp=vjp)
