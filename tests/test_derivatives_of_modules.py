"""Modules as arguments, and gradients inside losses: closed forms, differences, PyTorch."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import DtypeError, GraphError
from tests.helpers import all_nodes, central_difference, collector_off, inner_product

RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 1))


def network(seed: int = 0, sizes: Any = (2, 8, 1)) -> al.nn.Module:
    return al.nn.MLP(list(sizes), activation="tanh", rng=seed)


def loss(net: Any, x: Any = INPUTS, y: Any = TARGETS) -> Any:
    return np.mean((net(x) - y) ** 2)


def plain(tree: Any) -> dict[str, Any]:
    return {name: value.data for name, value in tree.items()}


# The gradient with respect to a module


def test_the_gradient_with_respect_to_a_module_is_a_dict_by_name() -> None:
    net = network()
    slope = al.grad(loss)(net)
    assert list(slope) == list(net.state_dict())
    assert all(type(leaf) is al.Value for leaf in slope.values())
    assert all(parameter.grad is None for parameter in net.parameters())
    loss(net).backward()
    for name, parameter in net.named_parameters():
        np.testing.assert_allclose(slope[name].data, parameter.grad, rtol=1e-13)


def test_the_module_is_not_changed_even_by_an_error() -> None:
    net = network()
    before = dict(net.named_parameters())

    def fails(inner: Any) -> Any:
        assert type(inner) is type(net)
        assert inner is not net
        assert list(inner.state_dict()) == list(before)
        assert not {*inner.parameters()} & {*net.parameters()}
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        al.grad(fails)(net)
    al.grad(loss)(net)
    assert all(before[name] is parameter for name, parameter in net.named_parameters())


def test_inside_no_grad_the_gradients_are_constants() -> None:
    net = network()
    with al.no_grad():
        value, slope = al.value_and_grad(loss)(net)
    assert type(value) is np.float64
    assert not any(leaf.requires_grad for leaf in slope.values())
    loss(net).backward()
    for name, parameter in net.named_parameters():
        np.testing.assert_allclose(slope[name].data, parameter.grad, rtol=1e-13)


def test_parameters_inside_the_function_are_those_that_are_differentiated() -> None:
    net = network().name_parameters()

    def decay(inner: Any) -> Any:
        assert [p.name for p in inner.parameters()] == [p.name for p in net.parameters()]
        return sum(np.sum(p * p) for p in inner.parameters())

    for context in (al.no_grad(), nullcontext()):
        with context:
            slope = al.grad(decay)(net)
        for name, parameter in net.named_parameters():
            assert slope[name].data.tolist() == (2 * parameter.data).tolist()


class Tied(al.nn.Module):
    """Parameters in containers, one of them twice, a frozen one, constants and a generator."""

    def __init__(self) -> None:
        self.inner = al.nn.Linear(2, 2, rng=0)
        self.pairs = {"a": [self.inner.weight, al.Value(2.0)], "b": (al.Value(3.0), "text")}
        self.frozen = al.Value(5.0, requires_grad=False)
        self.owner = self
        self.calls: list[int] = []
        self.rng = np.random.default_rng(0)

    def forward(self, x: Any) -> Any:
        self.calls.append(1)
        (shared, scale), (shift, _) = self.pairs["a"], self.pairs["b"]
        assert self.owner is self
        return self.inner(x) @ shared * scale + shift * self.frozen


def test_shared_frozen_and_nested_parameters() -> None:
    net = Tied()
    x = np.array([0.5, -1.0])
    slope = al.grad(lambda m: np.sum(m(x)))(net)
    assert list(slope) == ["inner.weight", "inner.bias", "pairs.a.1", "pairs.b.0"]
    assert net.calls == [1]  # what is no parameter is shared with the copy
    np.sum(net(x)).backward()
    for name, parameter in net.named_parameters():
        if name in slope:
            np.testing.assert_allclose(slope[name].data, parameter.grad, rtol=1e-14)
    assert slope["pairs.b.0"].data == 10


def test_modules_in_containers_and_several_of_them() -> None:
    nets = {"first": network(0), "second": [network(1)]}
    slope, along_x = al.grad(
        lambda nets, x: loss(nets["first"], x) * loss(nets["second"][0], x), (0, 1)
    )(nets, INPUTS)
    assert list(slope["second"][0]) == list(network().state_dict())
    product = loss(nets["first"]) * loss(nets["second"][0])
    product.backward()
    for net, part in ((nets["first"], slope["first"]), (nets["second"][0], slope["second"][0])):
        for name, parameter in net.named_parameters():
            np.testing.assert_allclose(part[name].data, parameter.grad, rtol=1e-12)
    assert along_x.shape == INPUTS.shape


def test_products_with_the_hessian_of_a_module() -> None:
    net = network()
    state = net.state_dict()
    directions = {name: RNG.normal(size=array.shape) for name, array in state.items()}
    product = al.hvp(loss)(net, directions)

    def slope_along(step: float) -> float:
        moved = network()
        moved.load_state_dict({name: state[name] + step * directions[name] for name in state})
        slope = al.grad(loss)(moved)
        return inner_product([slope[n].data for n in state], list(directions.values()))

    numeric = central_difference(slope_along, [0.0], [1.0])
    got = inner_product([product[name].data for name in state], list(directions.values()))
    assert got == pytest.approx(numeric, rel=1e-8)


def test_a_loss_that_uses_the_module_past_its_argument_raises() -> None:
    net = network().name_parameters()
    with pytest.raises(GraphError, match=r"parameter '.*weight' of shape .* use the module that"):
        al.grad(lambda m: loss(m) + loss(net))(net)
    with pytest.raises(GraphError, match="directly"):
        al.grad(lambda m: net.parameters()[1][0])(net)
    with pytest.raises(GraphError, match="directly"), al.no_grad():
        al.grad(lambda m: loss(net))(net)
    penalty = al.grad(
        lambda m: sum(
            np.sum((p - q.detach()) ** 2)
            for p, q in zip(m.parameters(), net.parameters(), strict=True)
        )
    )(net)
    assert all(not leaf.data.any() for leaf in penalty.values())


def test_no_confusion_between_two_derivatives_by_one_module() -> None:
    """d/dw of w (d/dv of w v) is 2 w, although w and v are the parameter of one module."""
    net = al.nn.Linear(1, 1, bias=False, weight_init=lambda *_: np.array([[3.0]]))

    def outer(m: Any) -> Any:
        inner = al.grad(lambda n: m.weight[0, 0] * n.weight[0, 0])(m)
        return m.weight[0, 0] * inner["weight"][0, 0]

    assert al.grad(outer)(net)["weight"].data.tolist() == [[6]]
    with al.no_grad():
        assert al.grad(outer)(net)["weight"].data.tolist() == [[6]]


def test_a_module_as_a_result_raises() -> None:
    net = network()
    for transform in (al.vjp, al.jacobian):
        with pytest.raises(GraphError, match="returned a module"):
            transform(lambda m: [m])(net)
    with pytest.raises(GraphError, match="returned a module"):
        al.grad(lambda m: (loss(m), {"net": m}), has_aux=True)(net)


def test_a_parameter_in_a_container_that_cannot_be_differentiated_is_named() -> None:
    with pytest.raises(DtypeError, match=r"argument 1\['data'\] cannot be differentiated"):
        al.grad(lambda x, p: loss(p["net"]), 1)(0.0, {"net": network(), "data": np.arange(3)})


# What comes along


def test_aux_comes_along_as_plain_data() -> None:
    def fun(x: Any) -> Any:
        y = x * x
        return np.sum(y), {"y": y, "n": 3, "parts": [y > 1, None, "text", np.ones(2)]}

    slope, aux = al.grad(fun, has_aux=True)(np.array([1.0, 2.0]))
    assert slope.tolist() == [2, 4]
    assert type(aux["y"]) is np.ndarray
    assert aux["y"].tolist() == [1, 4]
    assert aux["parts"][0].tolist() == [False, True]
    assert (aux["n"], *aux["parts"][1:3]) == (3, None, "text")
    (value, again), same = al.value_and_grad(fun, has_aux=True)(np.array([1.0, 2.0]))
    assert (value, same.tolist()) == (5, [2, 4])
    assert again["y"].tolist() == [1, 4]


def test_aux_stays_connected_to_values_from_outside_and_to_nothing_else() -> None:
    w = al.Value(3.0)

    def fun(x: Any) -> Any:
        return x * x, (x * w, x * 2.0, w)

    slope, (product, double, same) = al.grad(fun, has_aux=True)(2.0)
    assert (slope, double) == (4, 4)
    assert type(slope) is type(double) is np.float64
    assert same is w
    product.backward()
    assert w.grad == 2
    outer = al.grad(lambda y: np.multiply(*al.grad(lambda x: (x**3, x * y), has_aux=True)(y)))
    assert outer(2.0) == pytest.approx(3 * 4 * 2.0**3)  # 3 y² times y², by y


@pytest.mark.parametrize("out", [1.0, (1.0,), [1.0, 2.0], (1.0, 2.0, 3.0)])
def test_aux_that_is_missing_raises(out: Any) -> None:
    with pytest.raises(GraphError, match=r"returns \(number, aux\); this one returned"):
        al.grad(lambda x: out, has_aux=True)(1.0)


def test_no_inner_value_is_left() -> None:
    x = np.array([1.0, 2.0])
    with collector_off():
        out, pull_back = al.vjp(lambda x: (x * x, [x + 1.0]))(x)
        assert type(out[0]) is type(out[1][0]) is type(pull_back(out)) is np.ndarray
        w = al.Value(2.0)
        slope = al.grad(lambda v: v * v * w)(w)
        leaves = [value for value in all_nodes(slope) if value.is_leaf and value.requires_grad]
        assert leaves == [w]


# A gradient inside a loss, against PyTorch


def torch_twin(net: al.nn.Module) -> Any:
    torch = pytest.importorskip("torch")
    layers: list[Any] = []
    for parameter in net.parameters()[::2]:
        layers += [torch.nn.Linear(*parameter.shape[::-1], dtype=torch.float64), torch.nn.Tanh()]
    twin = torch.nn.Sequential(*layers[:-1])
    twin.load_state_dict({k: torch.from_numpy(v) for k, v in net.state_dict().items()})
    return twin


def assert_gradients_agree(net: al.nn.Module, twin: Any, by_grad: Any) -> None:
    """The gradients by backward(), those by al.grad and those of PyTorch."""
    parameters = net.named_parameters()
    for (name, ours), theirs in zip(parameters, twin.parameters(), strict=True):
        expected = np.zeros(ours.shape) if theirs.grad is None else theirs.grad.numpy()
        scale = np.abs(expected).max() or 1.0
        got = np.zeros(ours.shape) if ours.grad is None else ours.grad
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13 * scale, err_msg=name)
        np.testing.assert_allclose(
            by_grad[name].data, expected, rtol=1e-11, atol=1e-13 * scale, err_msg=name
        )


def test_gradient_penalty_agrees_with_pytorch() -> None:
    """The critic of a Wasserstein GAN: its slope at each input shall have length 1."""
    torch = pytest.importorskip("torch")
    net = network(3)

    def penalized(net: Any) -> Any:
        slope = al.grad(lambda x: np.sum(net(x)))(INPUTS)
        length = np.sqrt(np.sum(slope**2, axis=1))
        return loss(net) + 10.0 * np.mean((length - 1.0) ** 2)

    penalized(net).backward()
    twin = torch_twin(net)
    x = torch.from_numpy(INPUTS).requires_grad_()
    (slope,) = torch.autograd.grad(twin(x).sum(), x, create_graph=True)
    theirs = torch.mean((twin(x.detach()) - torch.from_numpy(TARGETS)) ** 2)
    theirs = theirs + 10 * torch.mean((slope.norm(dim=1) - 1) ** 2)
    theirs.backward()
    assert penalized(net).item() == pytest.approx(theirs.item(), rel=1e-13)
    assert_gradients_agree(net, twin, al.grad(penalized)(net))


TIMES = np.linspace(0.0, 2.0, 7)[:, None]


@pytest.mark.parametrize("wrap", [lambda fun: fun, al.checkpoint], ids=["plain", "checkpoint"])
def test_the_residual_of_a_differential_equation_agrees_with_pytorch(wrap: Any) -> None:
    """A physics-informed loss: u'' + u = 0, u(0) = 0, u'(0) = 1."""
    torch = pytest.importorskip("torch")
    net = network(4, (1, 6, 6, 1))

    def physics(net: Any) -> Any:
        u = wrap(lambda t: net(t))
        du = al.elementwise_grad(u)
        residual = al.elementwise_grad(du)(TIMES) + u(TIMES)
        start = u(TIMES[:1])[0, 0] ** 2 + (du(TIMES[:1])[0, 0] - 1.0) ** 2
        return np.mean(residual**2) + start

    physics(net).backward()
    twin = torch_twin(net)
    t = torch.from_numpy(TIMES).requires_grad_()
    u = twin(t)
    (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
    (ddu,) = torch.autograd.grad(du.sum(), t, create_graph=True)
    theirs = torch.mean((ddu + u) ** 2) + u[0, 0] ** 2 + (du[0, 0] - 1) ** 2
    theirs.backward()
    assert physics(net).item() == pytest.approx(theirs.item(), rel=1e-12)
    assert_gradients_agree(net, twin, al.grad(physics)(net))


def test_a_physics_informed_loss_by_the_jacobian_is_the_same() -> None:
    net = network(5, (1, 4, 1))

    def by_sums(net: Any) -> Any:
        return np.mean(al.elementwise_grad(al.elementwise_grad(net))(TIMES) ** 2)

    def by_points(net: Any) -> Any:
        second = al.jacobian(al.jacobian(lambda t: net(np.reshape(t, (1, 1)))[0, 0]))
        return sum(second(t) ** 2 for t in TIMES[:, 0]) / len(TIMES)

    first, second = al.grad(by_sums)(net), al.grad(by_points)(net)
    for name in ("0.weight", "2.weight", "0.bias"):
        np.testing.assert_allclose(first[name].data, second[name].data, rtol=1e-12)


# The Hessian of a network's loss


def flat_loss(theta: Any) -> Any:
    w, b, v, c = theta[:16], theta[16:24], theta[24:32], theta[32]
    hidden = np.tanh(INPUTS @ np.reshape(w, (8, 2)).T + b)
    return np.mean((np.reshape(hidden @ v + c, (5, 1)) - TARGETS) ** 2)


def test_the_hessian_of_the_loss_of_a_2_8_1_network_agrees_with_pytorch() -> None:
    net = network()
    theta = np.concatenate([array.ravel() for array in net.state_dict().values()])
    hessian = al.hessian(flat_loss)(theta)
    assert hessian.shape == (33, 33)
    assert np.abs(hessian - hessian.T).max() < 1e-12
    blocks = al.hessian(loss)(net)
    sizes = [parameter.size for parameter in net.parameters()]
    rows = [
        np.hstack([block.data.reshape(size, -1) for block in row.values()])
        for row, size in zip(blocks.values(), sizes, strict=True)
    ]
    joined = np.vstack(rows)
    np.testing.assert_allclose(joined, hessian, rtol=1e-10, atol=1e-12)
    torch = pytest.importorskip("torch")
    x, y = torch.from_numpy(INPUTS), torch.from_numpy(TARGETS)

    def theirs(theta: Any) -> Any:
        hidden = torch.tanh(x @ theta[:16].reshape(8, 2).T + theta[16:24])
        return torch.mean((hidden @ theta[24:32] + theta[32] - y[:, 0]) ** 2)

    expected = torch.autograd.functional.hessian(theirs, torch.from_numpy(theta)).numpy()
    np.testing.assert_allclose(hessian, expected, rtol=1e-10, atol=1e-12)
