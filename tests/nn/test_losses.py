"""Losses, against torch, closed forms and finite differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from autograd_lite import Value, errors, nn, ops
from autograd_lite.nn import functional

RNG = np.random.default_rng(0)
OUT = RNG.normal(size=(6, 3))
TARGET = RNG.normal(size=(6, 3))
P = RNG.uniform(0.01, 0.99, size=(6, 3))
BINARY = RNG.integers(0, 2, size=(6, 3))
LABELS = RNG.integers(0, 3, size=6)
LOG_P = OUT - np.log(np.exp(OUT).sum(1, keepdims=True))

LOSSES = {
    "mse_loss": (nn.MSELoss, OUT, TARGET, lambda o, t: (o - t) ** 2),
    "l1_loss": (nn.L1Loss, OUT, TARGET, lambda o, t: abs(o - t)),
    "binary_cross_entropy": (
        nn.BCELoss,
        P,
        BINARY,
        lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)),
    ),
    "binary_cross_entropy_with_logits": (
        nn.BCEWithLogitsLoss,
        OUT,
        BINARY,
        lambda z, t: np.log(1 + np.exp(z)) - t * z,
    ),
    "cross_entropy": (
        nn.CrossEntropyLoss,
        OUT,
        LABELS,
        lambda z, t: np.log(np.exp(z).sum(1)) - z[np.arange(len(t)), t],
    ),
    "nll_loss": (nn.NLLLoss, LOG_P, LABELS, lambda z, t: -z[np.arange(len(t)), t]),
}
REDUCTIONS = {"mean": np.mean, "sum": np.sum, "none": lambda losses: losses}
CASES = list(itertools.product(LOSSES, REDUCTIONS))


@pytest.mark.parametrize(("name", "reduction"), CASES)
def test_losses_are_their_formulas(name, reduction):
    module, outputs, targets, formula = LOSSES[name]
    reduce = REDUCTIONS[reduction]
    expected = reduce(formula(outputs, targets))
    function = getattr(functional, name)
    x = Value(outputs)
    loss = function(x, targets, reduction=reduction)
    assert loss.shape == np.shape(expected)
    np.testing.assert_allclose(loss.data, expected, rtol=1e-12)
    np.testing.assert_allclose(function(outputs, targets, reduction), expected, rtol=1e-12)
    np.testing.assert_allclose(module(reduction)(x, targets).data, expected, rtol=1e-12)

    weights = np.arange(1.0, 1 + np.size(expected)).reshape(np.shape(expected))
    loss.backward(weights)
    numeric = np.zeros_like(outputs)
    for index in np.ndindex(outputs.shape):
        step = np.zeros_like(outputs)
        step[index] = 1e-6
        change = reduce(formula(outputs + step, targets)) - reduce(formula(outputs - step, targets))
        numeric[index] = (change * weights).sum() / 2e-6
    np.testing.assert_allclose(x.grad, numeric, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "reduction"), CASES)
def test_losses_are_torchs(name, reduction):
    torch = pytest.importorskip("torch")
    _, outputs, targets, _ = LOSSES[name]
    x, y = Value(outputs), torch.tensor(outputs, requires_grad=True)
    t = torch.from_numpy(targets)
    if name not in ("cross_entropy", "nll_loss"):
        t = t.double()
    loss = getattr(functional, name)(x, targets, reduction=reduction)
    expected = getattr(torch.nn.functional, name)(y, t, reduction=reduction)
    np.testing.assert_allclose(loss.data, expected.detach().numpy(), rtol=1e-12)
    (loss * 2).sum().backward()
    (expected * 2).sum().backward()
    np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("name", "reduction"), CASES)
def test_the_dtype_of_the_outputs_stays(name, reduction, dtype):
    _, outputs, targets, _ = LOSSES[name]
    x = Value(outputs.astype(dtype))
    loss = getattr(functional, name)(x, targets, reduction=reduction)
    loss.sum().backward()
    assert loss.dtype == dtype
    assert x.grad.dtype == dtype


@pytest.mark.parametrize("convert", [np.asarray, np.ndarray.tolist, lambda a: a.astype(bool)])
@pytest.mark.parametrize("name", ["mse_loss", "binary_cross_entropy_with_logits"])
def test_targets_of_other_kinds(name, convert):
    function = getattr(functional, name)
    expected = function(Value(OUT), BINARY.astype(float)).item()
    assert function(Value(OUT), convert(BINARY)).item() == expected
    assert function(Value(OUT), Value(BINARY, requires_grad=False)).item() == expected


def test_targets_can_be_differentiated():
    t = Value(TARGET)
    functional.mse_loss(OUT, t, "sum").backward()
    np.testing.assert_allclose(t.grad, -2 * (OUT - TARGET))


def test_second_derivatives():
    p = Value(np.array([0.3]))
    functional.binary_cross_entropy(p, [1]).backward(create_graph=True)
    slope, p.grad = p.grad, None
    slope.sum().backward()
    assert p.grad.item() == pytest.approx(1 / 0.3**2)


ELEMENTWISE = ["mse_loss", "l1_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"]


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize(
    ("shape", "target_shape", "remedy"),
    [
        ((5, 1), (5,), r"targets\.reshape\(-1, 1\), or outputs\.squeeze\(-1\)"),
        ((5,), (5, 1), r"targets\.squeeze\(-1\), or outputs\.reshape\(-1, 1\)"),
        ((2, 3), (6,), r"targets\.reshape\(\(2, 3\)\)"),
        ((5, 1), (4, 1), "same batch"),
        ((5, 3), (1, 3), "same batch"),
        ((5, 1), (), "same batch"),
    ],
)
def test_shapes_are_never_broadcast(name, shape, target_shape, remedy):
    with pytest.raises(errors.ShapeError, match=remedy) as caught:
        getattr(functional, name)(Value(np.full(shape, 0.5)), np.zeros(target_shape))
    assert f"outputs of shape {shape}" in str(caught.value)
    assert f"targets of shape {target_shape}" in str(caught.value)


@pytest.mark.parametrize("name", LOSSES)
def test_an_empty_batch_has_no_loss(name):
    _, outputs, targets, _ = LOSSES[name]
    with pytest.raises(errors.ShapeError, match="empty batch"):
        getattr(functional, name)(Value(outputs[:0]), targets[:0])


@pytest.mark.parametrize("name", LOSSES)
def test_other_reductions_are_refused(name):
    module, outputs, targets, _ = LOSSES[name]
    with pytest.raises(errors.ArgumentError, match="mean, sum, none; got 'average'"):
        getattr(functional, name)(Value(outputs), targets, "average")
    with pytest.raises(errors.ArgumentError, match="mean, sum, none; got 'average'"):
        module(reduction="average")


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_labels_are_checked(name):
    function = getattr(functional, name)
    with pytest.raises(errors.DtypeError, match="float64"):
        function(Value(OUT), LABELS.astype(float))
    with pytest.raises(errors.ShapeError, match=r"\(6, 3\) and \(6, 1\)"):
        function(Value(OUT), LABELS.reshape(-1, 1))
    with pytest.raises(errors.ArgumentError, match="from 0 to 3; they go from 0 to 2"):
        function(Value(OUT), [0, 1, 2, 3, 0, 1])
    with pytest.raises(errors.ArgumentError, match="from -1 to 2"):
        function(Value(OUT), [0, 1, 2, -1, 0, 1])
    expected = function(Value(OUT), LABELS).item()
    assert function(Value(OUT), LABELS.tolist()).item() == expected
    assert function(Value(OUT), Value(LABELS, requires_grad=False)).item() == expected


# Extremes


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_certain_probabilities_cost_at_most_100(dtype):
    p = Value(np.array([0.0, 0.0, 1.0, 1.0], dtype))
    loss = functional.binary_cross_entropy(p, [0, 1, 0, 1], reduction="none")
    np.testing.assert_array_equal(loss.data, [0, 100, 100, 0])
    assert loss.dtype == dtype
    loss.sum().backward()
    np.testing.assert_array_equal(p.grad, [1, 0, 0, -1])


def test_the_clamp_is_torchs():
    torch = pytest.importorskip("torch")
    p = np.array([0.0, 1e-300, 1e-44, 1e-43, 1e-20, 1.0])
    for target in (np.zeros(6), np.ones(6)):
        ours = functional.binary_cross_entropy(Value(p), target, reduction="none")
        theirs = torch.nn.functional.binary_cross_entropy(
            torch.from_numpy(p), torch.from_numpy(target), reduction="none"
        )
        np.testing.assert_allclose(ours.data, theirs.numpy(), rtol=1e-12)


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(errors.ArgumentError, match=r"in \[0, 1\].*with_logits"):
        functional.binary_cross_entropy(Value(np.array([0.5, p])), [0, 1])


def test_large_logits_are_exact():
    z = Value(np.array([1e4, -1e4, 1e4, -1e4]))
    loss = functional.binary_cross_entropy_with_logits(z, [1, 1, 0, 0], reduction="none")
    np.testing.assert_array_equal(loss.data, [0, 1e4, 1e4, 0])
    loss.sum().backward()
    np.testing.assert_array_equal(z.grad, [0, -1, 1, 0])


def test_logits_and_probabilities_agree():
    z = Value(OUT)
    with_logits = functional.binary_cross_entropy_with_logits(z, BINARY)
    composed = functional.binary_cross_entropy(functional.sigmoid(z), BINARY)
    np.testing.assert_allclose(with_logits.data, composed.data, rtol=1e-12)
    np.testing.assert_allclose(
        functional.cross_entropy(z, LABELS).data,
        functional.nll_loss(functional.log_softmax(z), LABELS).data,
        rtol=1e-12,
    )


def test_the_fused_losses_are_one_node():
    z = Value(OUT)
    assert functional.binary_cross_entropy_with_logits(z, BINARY).operands[0] is z
    assert functional.cross_entropy(z, LABELS).operands[0] is z


def test_repr_of_a_loss():
    assert repr(nn.MSELoss("sum")) == "MSELoss(reduction='sum')"


def test_a_mean_of_float16_is_added_up_in_float32():
    """As np.mean does it: in float16, 2048 + 1 is 2048."""
    x = Value(np.ones(5000, np.float16))
    loss = functional.mse_loss(x, np.zeros(5000, np.float16))
    assert (loss.item(), loss.dtype) == (1.0, np.float16)
    loss = functional.binary_cross_entropy_with_logits(x, np.zeros(5000, np.float16))
    assert loss.item() == pytest.approx(np.log1p(np.e), rel=1e-3)


@pytest.mark.parametrize("shapes", [((2, 1), (2,)), ((2,), (2, 1)), ((3,), (1,)), ((1,), (3,))])
def test_fused_losses_take_arrays_of_one_shape(shapes):
    logits, targets = (np.ones(shape) for shape in shapes)
    with pytest.raises(errors.ShapeError, match="one shape"):
        ops.bce_with_logits(Value(logits), targets)
