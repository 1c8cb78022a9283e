"""PyTorch computes the same: micrograd's two expressions, and 200 random ones, in float64."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops

torch = pytest.importorskip("torch")


def compare(fun: Any, numbers: list[Any], ours: Any, theirs: Any) -> tuple[Any, list[Any]]:
    """Return result and gradients of ``fun(library, *variables)``, once PyTorch's agree."""
    leaves = [al.Value(x) for x in numbers]
    out = fun(ours, *leaves)
    out.backward()
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    expected = fun(theirs, *tensors)
    expected.backward()
    scale = max(1.0, abs(expected.item()))
    assert abs(out.item() - expected.item()) <= 1e-12 * scale
    for leaf, tensor in zip(leaves, tensors, strict=True):
        grad = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad
        reference = np.zeros(leaf.shape) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(grad, reference, rtol=1e-12, atol=1e-12 * scale)
    return out.data, [leaf.grad for leaf in leaves]


# micrograd's two test expressions


def sanity_check(relu: Any, x: Any) -> Any:
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    return h + q + q * x


def more_operations(relu: Any, a: Any, b: Any) -> Any:
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + relu(b + a)
    d = d + 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


def test_micrograds_sanity_check() -> None:
    value, grads = compare(sanity_check, [-4.0], ops.relu, torch.relu)
    assert (value, grads) == (-20, [46])


def test_micrograds_more_operations() -> None:
    value, grads = compare(more_operations, [-4.0, 2.0], ops.relu, torch.relu)
    assert value == pytest.approx(24.70408163265306, rel=1e-15)
    assert grads == pytest.approx([138.83381924198252, 645.5772594752186], rel=1e-15)


# Random expressions over arrays of shapes (2, 3), (3,) and ()

UNARY = {
    "neg": (operator.neg, operator.neg),
    "abs": (abs, abs),
    "sin": (np.sin, torch.sin),
    "cos": (np.cos, torch.cos),
    "tanh": (np.tanh, torch.tanh),
    "arctan": (np.arctan, torch.arctan),
    "arcsinh": (np.arcsinh, torch.arcsinh),
    "exp": (lambda x: np.exp(np.tanh(x)), lambda x: torch.exp(torch.tanh(x))),
    "expm1": (lambda x: np.expm1(np.sin(x)), lambda x: torch.expm1(torch.sin(x))),
    "log": (lambda x: np.log(x * x + 1.5), lambda x: torch.log(x * x + 1.5)),
    "log1p": (lambda x: np.log1p(abs(x)), lambda x: torch.log1p(abs(x))),
    "sqrt": (lambda x: np.sqrt(x * x + 0.5), lambda x: torch.sqrt(x * x + 0.5)),
    "square": (np.square, torch.square),
    "cube": (lambda x: np.tanh(x) ** 3, lambda x: torch.tanh(x) ** 3),
    "relu": (ops.relu, torch.relu),
    "sigmoid": (ops.sigmoid, torch.sigmoid),
    "softplus": (ops.softplus, torch.nn.functional.softplus),
    "clip": (lambda x: np.clip(x, -0.7, 0.9), lambda x: torch.clip(x, -0.7, 0.9)),
    "softmax": (
        lambda x: ops.softmax(x.reshape(-1)),
        lambda x: torch.softmax(x.reshape(-1), -1),
    ),
    "log_softmax": (
        lambda x: ops.log_softmax(x.reshape(-1)),
        lambda x: torch.log_softmax(x.reshape(-1), -1),
    ),
    "logsumexp": (ops.logsumexp, lambda x: torch.logsumexp(x.reshape(-1), 0)),
    "sum": (np.sum, torch.sum),
    "mean": (np.mean, torch.mean),
    "var": (np.var, lambda x: torch.var(x, correction=0)),
    "max": (np.max, torch.amax),
    "min": (np.min, torch.amin),
    "cumsum": (np.cumsum, lambda x: torch.cumsum(x.reshape(-1), 0)),
    "prod": (lambda x: np.prod(np.tanh(x)), lambda x: torch.prod(torch.tanh(x))),
    "cumprod": (
        lambda x: np.cumprod(np.cos(x)),
        lambda x: torch.cumprod(torch.cos(x).reshape(-1), 0),
    ),
    "transpose": (lambda x: x.T, lambda x: x.T if x.ndim == 2 else x),
    "reverse": (lambda x: np.flip(x), lambda x: torch.flip(x, tuple(range(x.ndim)))),
    "last": (lambda x: x[..., -1:] if x.ndim else x, lambda x: x[..., -1:] if x.ndim else x),
    "gather": (
        lambda x: x.ravel()[np.arange(6) // 2 % x.size],
        lambda x: x.ravel()[torch.arange(6) // 2 % x.numel()],
    ),
}
BINARY = {
    "add": (operator.add, operator.add),
    "sub": (operator.sub, operator.sub),
    "mul": (operator.mul, operator.mul),
    "div": (lambda x, y: x / (1.5 + y * y), lambda x, y: x / (1.5 + y * y)),
    "pow": (lambda x, y: (1.2 + x * x) ** np.tanh(y), lambda x, y: (1.2 + x * x) ** torch.tanh(y)),
    "maximum": (np.maximum, torch.maximum),
    "minimum": (np.minimum, torch.minimum),
    # away from the origin, where PyTorch's derivatives are nan
    "hypot": (lambda x, y: np.hypot(x, 1 + y * y), lambda x, y: torch.hypot(x, 1 + y * y)),
    "arctan2": (lambda x, y: np.arctan2(x, 1 + y * y), lambda x, y: torch.arctan2(x, 1 + y * y)),
    "logaddexp": (np.logaddexp, torch.logaddexp),
    "where": (
        lambda x, y: np.where(x > y, x * 2, y),
        lambda x, y: torch.where(x > y, x * 2, y),
    ),
    "dot": (
        lambda x, y: x.ravel()[:1] @ y.ravel()[:1],
        lambda x, y: x.ravel()[:1] @ y.ravel()[:1],
    ),
    "outer": (
        lambda x, y: x.reshape(-1, 1)[:2] @ y.reshape(1, -1)[:, :3],
        lambda x, y: x.reshape(-1, 1)[:2] @ y.reshape(1, -1)[:, :3],
    ),
    "concatenate": (
        lambda x, y: np.concatenate([x.ravel(), y.ravel()]),
        lambda x, y: torch.cat([x.ravel(), y.ravel()]),
    ),
    "stack": (
        lambda x, y: np.stack([x.ravel()[0], y.ravel()[-1]]),
        lambda x, y: torch.stack([x.ravel()[0], y.ravel()[-1]]),
    ),
}


def random_expression(seed: int) -> Any:
    """Return a function of (library, *variables): 0 is this package, 1 is PyTorch."""

    def fun(library: int, *variables: Any) -> Any:
        rng = np.random.default_rng(seed)  # the same choices for both
        pool = list(variables)
        for _ in range(12):
            if rng.random() < 0.5:
                operation = UNARY[rng.choice(list(UNARY))][library]
                pool.append(operation(pick(rng, pool)))
            else:
                operation = BINARY[rng.choice(list(BINARY))][library]
                x, y = pick(rng, pool), pick(rng, pool)
                if not compatible(x.shape, y.shape):
                    x = x.sum()
                pool.append(operation(x, y))
            if rng.random() < 0.3:
                pool.append(pool[-1] * 0.5 + float(rng.normal()))
        total = pool[-1].sum()
        for value in pool[:-1]:
            total = total + 0.1 * value.mean()
        return total

    return fun


def pick(rng: np.random.Generator, pool: list[Any]) -> Any:
    return pool[int(rng.integers(len(pool)))]


def compatible(left: Any, right: Any) -> bool:
    try:
        np.broadcast_shapes(tuple(left), tuple(right))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("seed", range(200))
def test_random_expressions(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    numbers = [rng.normal(size=shape) for shape in ((2, 3), (3,), (), ())]
    compare(random_expression(seed), numbers, 0, 1)


def test_the_random_expressions_use_every_operation() -> None:
    used: set[str] = set()
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        leaves = [al.Value(rng.normal(size=shape)) for shape in ((2, 3), (3,), ())]
        out = random_expression(seed)(0, *leaves)
        waiting, seen = [out], set()
        while waiting:
            value = waiting.pop()
            if isinstance(value, al.Value) and value not in seen:
                seen.add(value)
                waiting.extend(value.operands)
                used.update([value.operation.name] if value.operation else [])
    assert len(used) > 40


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 3)])
def test_linear_layer(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    numbers = [rng.normal(size=s) for s in (shape, (4, 3), (4,))]
    libraries = (ops.linear, torch.nn.functional.linear)
    compare(lambda linear, x, w, b: (linear(x, w, b) ** 2).sum(), numbers, *libraries)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses(reduction: str) -> None:
    rng = np.random.default_rng(0)
    logits, targets, labels = rng.normal(size=(4, 3)), rng.random((4, 3)), np.array([0, 2, 1, 1])
    functional = torch.nn.functional
    compare(
        lambda loss, z: loss(z),
        [logits],
        lambda z: (ops.bce_with_logits(z, targets, reduction=reduction) ** 2).sum(),
        lambda z: (
            functional.binary_cross_entropy_with_logits(
                z, torch.tensor(targets), reduction=reduction
            )
            ** 2
        ).sum(),
    )
    compare(
        lambda loss, z: loss(z),
        [logits],
        lambda z: (ops.cross_entropy(z, labels, reduction=reduction) ** 2).sum(),
        lambda z: (
            functional.cross_entropy(z, torch.tensor(labels), reduction=reduction) ** 2
        ).sum(),
    )
