"""Layers and networks, against torch and against plain numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import Value, errors, nn

X = np.random.default_rng(0).normal(size=(7, 3))


def numeric_gradient(function, x, step=1e-6):
    """Central differences of a scalar function of an array."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (function(up) - function(down)) / (2 * step)
    return gradient


# Linear


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (1, 3), (7, 3), (2, 5, 3), (0, 3)])
def test_linear_is_a_matrix_product(shape, bias):
    layer = nn.Linear(3, 4, bias, rng=0)
    x = np.random.default_rng(1).normal(size=shape)
    expected = np.einsum("...i,oi->...o", x, layer.weight.data)
    if bias:
        expected = expected + layer.bias.data
    out = layer(x)
    assert out.shape == (*shape[:-1], 4)
    np.testing.assert_allclose(out.data, expected, rtol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
def test_linear_gradients(bias):
    layer = nn.Linear(3, 2, bias, rng=0)
    x = Value(X)
    (layer(x) ** 3).sum().backward()

    def loss(x, weight, bias):
        return ((x @ weight.T + bias) ** 3).sum()

    b = layer.bias.data if bias else np.zeros(2)
    w = layer.weight.data
    np.testing.assert_allclose(x.grad, numeric_gradient(lambda v: loss(v, w, b), X), rtol=1e-6)
    np.testing.assert_allclose(
        layer.weight.grad, numeric_gradient(lambda v: loss(X, v, b), w), rtol=1e-6
    )
    if bias:
        np.testing.assert_allclose(
            layer.bias.grad, numeric_gradient(lambda v: loss(X, w, v), b), rtol=1e-6
        )


@pytest.mark.parametrize("x", [[[1, 2, 3]], np.array([[1, 2, 3]]), np.array([[True, False, True]])])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_linear_takes_lists_and_integers(x, dtype):
    layer = nn.Linear(3, 2, rng=0, dtype=dtype)
    out = layer(x)
    assert out.dtype == dtype
    np.testing.assert_allclose(out.data, layer(np.asarray(x, dtype)).data, rtol=1e-6)


def test_linear_keeps_its_sizes_and_shapes():
    layer = nn.Linear(np.int64(2), 3, rng=0)
    assert (layer.in_features, layer.out_features) == (2, 3)
    assert layer.weight.shape == (3, 2)
    assert layer.bias.shape == (3,)
    assert nn.Linear(2, 3, bias=False, rng=0).bias is None


@pytest.mark.parametrize(
    ("in_features", "shape", "advice"),
    [
        (2, (5, 3), r"2 input features got an input of shape \(5, 3\).*give it \(\.\.\., 2\)"),
        (2, (), r"shape \(\)"),
        (1, (5,), r"x\.reshape\(-1, 1\)"),
        (3, (3, 5), r"use the transpose"),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_linear_refuses_other_shapes(in_features, shape, advice, bias):
    with pytest.raises(errors.ShapeError, match=advice):
        nn.Linear(in_features, 4, bias, rng=0)(np.zeros(shape))


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (-1, 1), (1.5, 1), (True, 1), ("2", 1)])
def test_linear_refuses_other_sizes(sizes):
    with pytest.raises(errors.ArgumentError, match=r"features=.*whole number >= 1"):
        nn.Linear(*sizes)


def test_default_weights_are_torchs():
    layer = nn.Linear(16, 5000, rng=0)
    for parameter in layer.parameters():
        data = parameter.data
        assert abs(data).max() < 0.25
        assert data.std() == pytest.approx(0.25 / math.sqrt(3), rel=0.03)
        assert abs(data.mean()) < 0.01


def test_rng_decides_the_weights():
    first, again = nn.Linear(3, 4, rng=5), nn.Linear(3, 4, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(first.weight.data, again.weight.data)
    np.testing.assert_array_equal(first.bias.data, again.bias.data)
    assert (first.weight.data != nn.Linear(3, 4, rng=6).weight.data).any()
    assert (nn.Linear(3, 4).weight.data != nn.Linear(3, 4).weight.data).any()
    rng = np.random.default_rng(5)
    nn.Linear(3, 4, rng=rng)
    assert (nn.Linear(3, 4, rng=rng).weight.data != first.weight.data).any()


def test_float32_weights_are_the_float64_ones_rounded():
    wide, narrow = nn.MLP([3, 4, 1], rng=5), nn.MLP([3, 4, 1], rng=5, dtype=np.float32)
    for p, q in zip(wide.parameters(), narrow.parameters(), strict=True):
        assert q.dtype == np.float32
        np.testing.assert_array_equal(p.data.astype(np.float32), q.data)


def test_initialisers_can_be_chosen():
    layer = nn.Linear(2, 3, rng=0, weight_init=nn.init.ones, bias_init=nn.init.zeros)
    np.testing.assert_array_equal(layer.weight.data, np.ones((3, 2)))
    np.testing.assert_array_equal(layer.bias.data, np.zeros(3))
    with pytest.raises(errors.ShapeError, match=r"weight returned shape \(2, 2\) when asked for"):
        nn.Linear(2, 3, weight_init=lambda shape, rng, dtype: np.ones((2, 2)))
    with pytest.raises(errors.DtypeError, match="int64"):
        nn.Linear(2, 3, dtype=np.int64)


@pytest.mark.parametrize("rng", ["seed", -1, 1.5, True, np.random.RandomState(0)])
def test_other_sources_of_randomness_are_refused(rng):
    for make in (lambda: nn.Linear(1, 1, rng=rng), lambda: nn.Dropout(0.5, rng=rng)):
        with pytest.raises(errors.ArgumentError, match="default_rng"):
            make()


# Sequential


def test_sequential_applies_its_layers_in_order():
    first, second = nn.Linear(3, 4, rng=0), nn.Linear(4, 2, rng=1)
    net = nn.Sequential(first, np.tanh, second)
    np.testing.assert_array_equal(net(X).data, second(np.tanh(first(X))).data)
    assert nn.Sequential()(3.0) == 3.0


def test_sequential_is_a_sequence():
    layers = [nn.Linear(3, 4, rng=0), nn.ReLU(), nn.Linear(4, 2, rng=1)]
    net = nn.Sequential(*layers)
    assert len(net) == 3
    assert list(net) == layers
    assert net[1] is layers[1]
    assert net[-1] is layers[2]
    part = nn.MLP([3, 4, 2], rng=0)[:2]
    assert type(part) is nn.Sequential
    assert [type(layer) for layer in part] == [nn.Linear, nn.ReLU]
    with pytest.raises(IndexError):
        net[3]


def test_sequential_names_its_layers_by_place_and_keeps_other_attributes():
    net = nn.Sequential(nn.Linear(1, 1, rng=0), nn.Sequential(nn.ReLU(), nn.Linear(1, 1, rng=0)))
    net.scale = Value(1.0)
    net.layers.append(nn.Linear(1, 1, bias=False, rng=0))
    assert list(net.state_dict()) == [
        "0.weight",
        "0.bias",
        "1.1.weight",
        "1.1.bias",
        "2.weight",
        "scale",
    ]


@pytest.mark.parametrize("layer", [[nn.ReLU()], "relu", None, nn.ReLU])
def test_sequential_refuses_what_is_no_layer(layer):
    with pytest.raises(errors.ArgumentError, match="one by one"):
        nn.Sequential(layer)


# MLP


def test_mlp_is_its_formula():
    net = nn.MLP([3, 5, 4, 2], activation="tanh", rng=0)
    h = X
    for layer in (net[0], net[2]):
        h = np.tanh(h @ layer.weight.data.T + layer.bias.data)
    expected = h @ net[4].weight.data.T + net[4].bias.data
    np.testing.assert_allclose(net(X).data, expected, rtol=1e-12)
    assert net.sizes == (3, 5, 4, 2)


@pytest.mark.parametrize("shape", [(3,), (7, 3), (2, 7, 3), (0, 3)])
def test_mlp_outputs_keep_their_last_axis(shape):
    assert nn.MLP([3, 4, 1], rng=0)(np.zeros(shape)).shape == (*shape[:-1], 1)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", [nn.Linear, nn.ReLU, nn.Linear]),
        ("tanh", [nn.Linear, nn.Tanh, nn.Linear]),
        (nn.Sigmoid, [nn.Linear, nn.Sigmoid, nn.Linear]),
        (nn.LeakyReLU(0.3), [nn.Linear, nn.LeakyReLU, nn.Linear]),
        (None, [nn.Linear, nn.Linear]),
    ],
)
def test_mlp_activations(activation, expected):
    assert [type(layer) for layer in nn.MLP([3, 4, 1], activation, rng=0)] == expected


def test_mlp_makes_new_activations_and_keeps_functions():
    given = nn.LeakyReLU(0.3)
    net = nn.MLP([3, 4, 4, 1], given, output_activation="sigmoid", rng=0)
    assert net[1].negative_slope == net[3].negative_slope == 0.3
    assert len({id(given), id(net[1]), id(net[3])}) == 3
    assert type(net[-1]) is nn.Sigmoid
    out = net(X).data
    assert ((out > 0) & (out < 1)).all()
    assert nn.MLP([3, 4, 1], np.tanh, rng=0)[1] is np.tanh


def test_mlp_without_activation_is_one_linear_map():
    net = nn.MLP([3, 8, 8, 2], activation=None, rng=0)
    offset = net(np.zeros(3)).data
    matrix = np.stack([net(row).data - offset for row in np.eye(3)])
    np.testing.assert_allclose(net(X).data, X @ matrix + offset, atol=1e-12)


@pytest.mark.parametrize(
    ("activation", "bound"),
    [
        ("relu", math.sqrt(6 / 50)),
        ("leaky_relu", math.sqrt(6 / 50)),
        ("tanh", math.sqrt(6 / 350)),
        ("sigmoid", math.sqrt(6 / 350)),
        (np.tanh, math.sqrt(1 / 50)),
        (None, math.sqrt(1 / 50)),
    ],
)
def test_mlp_default_weights_suit_the_activation(activation, bound):
    net = nn.MLP([50, 300, 1], activation, rng=0)
    assert 0.99 * bound < abs(net[0].weight.data).max() < bound
    assert abs(net[0].bias.data).max() < math.sqrt(1 / 50)
    assert abs(net[0].bias.data).max() > 0.9 * math.sqrt(1 / 50)


def test_he_weights_keep_the_signal_through_depth():
    x = np.random.default_rng(0).normal(size=(200, 100))
    net = nn.MLP([100] * 21, rng=0, bias=False)
    size = (net(x).data ** 2).mean()
    assert 0.1 < size < 10


def test_mlp_options_reach_the_layers():
    net = nn.MLP([2, 3, 1], bias=False, weight_init=nn.init.ones, dtype=np.float32)
    assert list(net.state_dict()) == ["0.weight", "2.weight"]
    assert all((p.data == 1).all() and p.dtype == np.float32 for p in net.parameters())
    assert (nn.MLP([2, 1], bias_init=nn.init.ones)[0].bias.data == 1).all()


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [3, -1, 1], [2.5, 1]])
def test_mlp_refuses_other_sizes(sizes):
    with pytest.raises(errors.ArgumentError, match="sizes"):
        nn.MLP(sizes)


def test_mlp_refuses_unknown_activations():
    with pytest.raises(errors.ArgumentError, match="unknown activation 'rleu'; the names are gelu"):
        nn.MLP([1, 2, 1], "rleu")


# Activations


@pytest.mark.parametrize(
    ("layer", "function"),
    [
        (nn.Identity(), lambda x: x),
        (nn.ReLU(), lambda x: np.maximum(x, 0)),
        (nn.LeakyReLU(), lambda x: np.where(x > 0, x, 0.01 * x)),
        (nn.LeakyReLU(0.3), lambda x: np.where(x > 0, x, 0.3 * x)),
        (nn.Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
        (nn.Tanh(), np.tanh),
        (nn.Softplus(), lambda x: np.log(1 + np.exp(x))),
        (nn.Softmax(), lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
        (nn.Softmax(0), lambda x: np.exp(x) / np.exp(x).sum(0)),
        (nn.LogSoftmax(0), lambda x: x - np.log(np.exp(x).sum(0))),
        (nn.Flatten(), lambda x: x),
    ],
)
def test_activations_are_their_formulas(layer, function):
    np.testing.assert_allclose(layer(X), function(X), rtol=1e-12)
    x = Value(X)
    out = layer(x)
    np.testing.assert_allclose(out.data, function(X), rtol=1e-12)
    weights = np.arange(X.size).reshape(X.shape)
    (out * weights).sum().backward()
    expected = numeric_gradient(lambda v: (function(v) * weights).sum(), X)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-6, atol=1e-6)
    assert layer.parameters() == []


@pytest.mark.parametrize("shape", [(5,), (5, 2, 3), (0, 2, 3)])
def test_flatten(shape):
    x = np.random.default_rng(0).normal(size=shape)
    out = nn.Flatten()(Value(x))
    assert out.shape == (shape[0], math.prod(shape[1:]))
    np.testing.assert_array_equal(out.data.ravel(), x.ravel())


# Dropout


def test_dropout_statistics():
    x = np.full(100_000, 3.0)
    out = nn.Dropout(0.3, rng=0)(x)
    kept = out != 0
    np.testing.assert_allclose(out[kept], 3.0 / 0.7, rtol=1e-12)
    assert kept.mean() == pytest.approx(0.7, abs=0.005)
    assert out.mean() == pytest.approx(3.0, rel=0.01)


def test_dropout_repeats_with_its_seed_only():
    x = np.ones(100)
    first, again, other = (nn.Dropout(0.5, rng=seed) for seed in (1, 1, 2))
    calls = [first(x), first(x)]
    np.testing.assert_array_equal(calls, [again(x), again(x)])
    assert (calls[0] != calls[1]).any()
    assert (calls[0] != other(x)).any()


def test_dropout_gradient_is_its_mask():
    x = Value(np.ones((4, 5)))
    out = nn.Dropout(0.4, rng=0)(x)
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, out.data)


@pytest.mark.parametrize("x", [X, Value(X)])
def test_dropout_does_nothing_at_evaluation_or_without_p(x):
    layer = nn.Dropout(0.5, rng=0)
    before = layer.rng.bit_generator.state
    assert layer.eval()(x) is x
    assert layer.rng.bit_generator.state == before
    assert nn.Dropout(0.0, rng=0)(x) is x


def test_dropout_of_everything_is_zero():
    np.testing.assert_array_equal(nn.Dropout(1.0, rng=0)(X), np.zeros_like(X))


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_dropout_refuses_other_probabilities(p):
    with pytest.raises(errors.ArgumentError, match=r"p in \[0, 1\]"):
        nn.Dropout(p)
    with pytest.raises(errors.ArgumentError, match=r"p in \[0, 1\]"):
        nn.functional.dropout(X, p, training=False)


def test_dropout_of_integers_is_float():
    out = nn.functional.dropout(np.ones(50, int), 0.3, rng=0)
    assert set(out.tolist()) == {0.0, 1 / 0.7}


# float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize(
    "activation",
    ["relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu", nn.Softmax, nn.LogSoftmax],
)
def test_narrow_floats_stay_narrow(activation, dtype):
    net = nn.Sequential(*nn.MLP([3, 4, 2], activation, rng=0, dtype=dtype), nn.Dropout(0.3, rng=0))
    x = Value(X.astype(dtype))
    out = net(x)
    out.sum().backward()
    assert out.dtype == dtype
    assert x.grad.dtype == dtype
    assert [p.dtype for p in net.parameters()] == [dtype] * 4
    assert [p.grad.dtype for p in net.parameters()] == [dtype] * 4


# torch


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_state_dict_moves_to_torch_and_back(dtype):
    torch = pytest.importorskip("torch")
    ours = nn.MLP([3, 8, 8, 2], rng=0, dtype=dtype)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 8),
        torch.nn.ReLU(),
        torch.nn.Linear(8, 8),
        torch.nn.ReLU(),
        torch.nn.Linear(8, 2),
    ).to(torch.from_numpy(np.zeros(1, dtype)).dtype)
    state = ours.state_dict()
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    assert list(state) == list(theirs.state_dict())
    x = X.astype(dtype)
    tolerance = 1e-12 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(
        ours(x).data, theirs(torch.from_numpy(x)).detach().numpy(), rtol=tolerance, atol=tolerance
    )
    back = nn.MLP([3, 8, 8, 2], rng=1, dtype=dtype)
    back.load_state_dict(theirs.state_dict())
    np.testing.assert_array_equal(back(x).data, ours(x).data)


def test_gradients_are_torchs():
    torch = pytest.importorskip("torch")
    ours = nn.MLP([3, 8, 8, 2], activation="tanh", rng=0)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 2),
    ).double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    (ours(X) ** 2).mean().backward()
    (theirs(torch.from_numpy(X)) ** 2).mean().backward()
    for (name, p), (torch_name, q) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert name == torch_name
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_a_tied_state_dict_of_torch_loads():
    torch = pytest.importorskip("torch")
    shared = torch.nn.Linear(2, 2)
    theirs = torch.nn.Sequential(shared, torch.nn.ReLU(), shared).double()
    layer = nn.Linear(2, 2, rng=0)
    ours = nn.Sequential(layer, nn.ReLU(), layer)
    ours.load_state_dict(theirs.state_dict())
    x = X[:, :2]
    np.testing.assert_allclose(
        ours(x).data, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-12
    )


@pytest.mark.parametrize(
    ("ours", "name", "options"),
    [
        (nn.ReLU(), "ReLU", {}),
        (nn.LeakyReLU(0.2), "LeakyReLU", {"negative_slope": 0.2}),
        (nn.Sigmoid(), "Sigmoid", {}),
        (nn.Tanh(), "Tanh", {}),
        (nn.Softplus(), "Softplus", {}),
        (nn.GELU(), "GELU", {"approximate": "tanh"}),
        (nn.Softmax(), "Softmax", {"dim": -1}),
        (nn.LogSoftmax(), "LogSoftmax", {"dim": -1}),
        (nn.Flatten(), "Flatten", {}),
        (nn.Identity(), "Identity", {}),
    ],
)
def test_activations_are_torchs(ours, name, options):
    torch = pytest.importorskip("torch")
    # 0 is among the points: the conventions at kinks are the same
    data = np.array([[-30.0, -2.0, 0.0], [0.5, 1.0, 15.0]])
    x, y = Value(data), torch.tensor(data, requires_grad=True)
    weights = np.arange(6.0).reshape(2, 3)
    out, expected = ours(x), getattr(torch.nn, name)(**options)(y)
    (out * weights).sum().backward()
    (expected * torch.from_numpy(weights)).sum().backward()
    np.testing.assert_allclose(out.data, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_no_graph_is_recorded_without_gradients():
    net = nn.MLP([3, 4, 1], rng=0)
    with al.no_grad():
        assert net(X).operation is None
