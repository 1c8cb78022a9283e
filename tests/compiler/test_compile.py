"""al.compile: a compiled function does what the function does, or says why it cannot."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, CompileError
from tests.helpers import bits

X = np.array([[0.3, -1.2, 0.7], [1.5, 0.2, -0.4]])


ENERGY = """\
def energy(x, w, b):
    v1 = x.dot(w.T)                                 # (2, 2)
    v1 += b                                         # (2, 2)
    np.tanh(v1, out=v1)                             # (2, 2)
    v2 = v1 * v1                                    # (2, 2)
    v3 = np.add.reduce(v2, axis=None)               # ()
    v1 += v1                                        # (2, 2)
    np.subtract(1.0, v2, out=v2)                    # (2, 2)
    v1 *= v2                                        # (2, 2)
    v4 = np.add.reduce(v1, axis=(0,), keepdims=True) # (1, 2)
    v5 = v4.reshape((2,))                           # (2,)
    v6 = x.T.dot(v1)                                # (3, 2)
    return v3, v6.T, v5
"""


def network(seed: int = 0, **options: Any) -> al.nn.MLP:
    return al.nn.MLP([3, 4, 1], activation="tanh", rng=seed, **options)


def gradients_of(loss: Any, parameters: list[al.Value]) -> list[Any]:
    for p in parameters:
        p.grad = None
    loss.backward()
    return [p.grad for p in parameters]


# Results


def test_a_function_of_arrays_returns_arrays() -> None:
    compiled = al.compile(lambda x, y: np.sum(np.tanh(x) * y, axis=0))
    for scale in (1.0, -0.3):
        got = compiled(scale * X, X)
        assert type(got) is np.ndarray
        assert bits(got) == bits(np.sum(np.tanh(scale * X) * X, axis=0))


def test_a_function_of_values_returns_values_that_go_on() -> None:
    def f(x: Any) -> Any:
        return np.exp(x) * x

    x = al.Value(X, name="x")
    out = al.compile(f)(x)
    assert type(out) is al.Value
    np.sum(out * out).backward()
    expected = al.grad(lambda x: np.sum(f(x) ** 2))(X)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-14)


def test_trees_and_python_arguments() -> None:
    def f(parts: dict[str, Any], power: int, *, flip: bool = False) -> Any:
        a, b = parts["ab"]
        out = a**power + b
        return {"out": -out if flip else out, "count": power, "none": None}

    compiled = al.compile(f)
    for power, flip in ((2, False), (3, False), (2, True)):
        got = compiled({"ab": (X, 1.5)}, power, flip=flip)
        want = f({"ab": (X, 1.5)}, power, flip=flip)
        assert bits(got["out"]) == bits(want["out"])
        assert (got["count"], got["none"]) == (power, None)


def test_a_loss_gives_parameters_their_gradients() -> None:
    model = network()
    y = np.array([[1.0], [0.0]])

    def loss(X: Any, y: Any) -> Any:
        return al.nn.functional.binary_cross_entropy_with_logits(model(X), y)

    compiled = al.compile(loss)
    for scale in (1.0, 0.5):
        got, want = compiled(scale * X, y), loss(scale * X, y)
        assert bits(got.data) == bits(want.data)
        expected = gradients_of(want, model.parameters())
        found = gradients_of(got, model.parameters())
        assert [bits(g) for g in found] == [bits(g) for g in expected]


def test_an_ordinary_training_loop_takes_the_same_way_bit_for_bit() -> None:
    def trained(compile: bool) -> list[Any]:
        model = network()
        optimizer = al.optim.Adam(model.parameters(), lr=0.05)

        def loss(X: Any) -> Any:
            return np.mean((model(X) - 1.0) ** 2)

        evaluate = al.compile(loss) if compile else loss
        for _ in range(20):
            value = evaluate(X)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        return [bits(p.data) for p in model.parameters()]

    assert trained(True) == trained(False)


@pytest.mark.parametrize("transform", [al.grad, al.value_and_grad, al.hessian, al.jacobian])
def test_transforms_compile(transform: Any) -> None:
    derivative = transform(lambda x: np.sum(np.sin(x) * x[0] ** 3))
    compiled = al.compile(derivative)
    compiled(np.array([0.1, 0.2]))
    x = np.array([0.7, -1.1])
    got, want = compiled(x), derivative(x)
    if transform is al.value_and_grad:
        assert bits(got[0]) == bits(want[0])
        got, want = got[1], want[1]
    np.testing.assert_allclose(got, want, rtol=1e-14, atol=1e-15)


def test_compiled_functions_are_differentiated_like_others() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) ** 3)

    compiled = al.compile(f)
    x, v = np.array([0.4, -0.8]), np.array([1.0, 2.0])
    np.testing.assert_allclose(al.grad(compiled)(x), al.grad(f)(x), rtol=1e-14)
    np.testing.assert_allclose(al.hessian(compiled)(x), al.hessian(f)(x), rtol=1e-13)
    np.testing.assert_allclose(al.hvp(compiled)(x, v), al.hvp(f)(x, v), rtol=1e-13)
    third = al.grad(lambda t: al.grad(al.grad(lambda s: compiled(s * x)))(t))
    want = al.grad(lambda t: al.grad(al.grad(lambda s: f(s * x)))(t))
    assert float(third(0.7)) == pytest.approx(float(want(0.7)), rel=1e-12)


def test_create_graph_on_a_compiled_loss() -> None:
    w = al.Value([0.5, -1.5])
    compiled = al.compile(lambda x: np.sum((w * x) ** 4))
    compiled(np.ones(2)).backward(create_graph=True)
    penalty = np.sum(w.grad**2)
    w.grad = None
    penalty.backward()
    # (4 w^3)^2 has derivative 96 w^5
    np.testing.assert_allclose(w.grad, 96 * np.array([0.5, -1.5]) ** 5, rtol=1e-13)
    w.grad = None


def test_backward_twice_hands_out_arrays_of_their_own() -> None:
    w = al.Value([1.0, 2.0])
    out = al.compile(lambda x: np.sum(w * w * x))(np.array([1.0, 3.0]))
    first = gradients_of(out, [w])[0]
    out.backward(2.0)
    np.testing.assert_array_equal(first, [2.0, 12.0])
    np.testing.assert_array_equal(w.grad, [6.0, 36.0])


def test_the_conventions_at_kinks_hold_in_derivatives_of_compiled_functions() -> None:
    compiled = al.compile(lambda x: np.sum(al.nn.functional.relu(x) ** 2 / 2))
    at_zero = np.zeros(2)
    np.testing.assert_array_equal(al.grad(compiled)(at_zero), [0.0, 0.0])
    np.testing.assert_array_equal(al.hessian(compiled)(at_zero), np.zeros((2, 2)))


def test_inference_with_a_module_and_no_grad() -> None:
    model = network()
    compiled = al.compile(model)
    with al.no_grad():
        out = compiled(X)
        assert not out.requires_grad
        assert bits(out.data) == bits(model(X).data)
    assert compiled(X).requires_grad


def test_a_module_as_the_argument() -> None:
    model = network()

    def loss(model: Any, X: Any) -> Any:
        return np.sum(model(X) ** 2)

    slopes = al.compile(al.grad(loss))(model, X)
    want = al.grad(loss)(model, X)
    assert slopes.keys() == want.keys()
    for name in want:
        np.testing.assert_allclose(slopes[name].data, want[name].data, rtol=1e-14)


# What a program depends on


def test_parameters_are_read_at_each_call() -> None:
    w = al.Value([2.0, 3.0])
    compiled = al.compile(lambda x: np.sum(w * x))
    assert compiled(np.ones(2)).item() == 5.0
    w.data = np.array([10.0, 20.0])
    assert compiled(np.ones(2)).item() == 30.0
    w.data = np.array([1.0, 2.0, 3.0])
    assert compiled(np.ones(3)).item() == 6.0


def test_other_shapes_and_dtypes_get_programs_of_their_own() -> None:
    compiled = al.compile(lambda x: x * 2.0)
    assert bits(compiled(X)) == bits(X * 2.0)
    assert bits(compiled(X[:1])) == bits(X[:1] * 2.0)
    half = X.astype(np.float32)
    assert bits(compiled(half)) == bits(half * 2.0)


def test_training_and_evaluation_are_two_programs() -> None:
    model = al.nn.Sequential(al.nn.Linear(3, 3, rng=0), al.nn.Dropout(0.5, rng=1))
    same = al.nn.Sequential(al.nn.Linear(3, 3, rng=0), al.nn.Dropout(0.5, rng=1))
    compiled = al.compile(model)
    for _ in range(3):  # the same random numbers as the model itself would draw
        assert bits(compiled(X).data) == bits(same(X).data)
    model.eval()
    same.eval()
    assert bits(compiled(X).data) == bits(same(X).data)
    model.train()
    same.train()
    assert bits(compiled(X).data) == bits(same(X).data)


def test_dropout_has_one_mask_forward_and_backward() -> None:
    layer = al.nn.Dropout(0.5, rng=3)
    x = al.Value(np.ones(100))
    out = al.compile(layer)(x)
    out.backward(np.ones(100))
    np.testing.assert_array_equal(x.grad, out.data)
    assert set(out.data) == {0.0, 2.0}


def test_an_attribute_that_is_another_makes_another_program() -> None:
    model = network()
    compiled = al.compile(model)
    compiled(X)
    model.layers[0].weight = al.Value(np.ones((4, 3)))
    assert bits(compiled(X).data) == bits(model(X).data)


def test_frozen_parameters_get_no_gradient() -> None:
    model = network()
    compiled = al.compile(lambda X: np.sum(model(X)))
    compiled(X)
    model.layers[0].requires_grad_(False)
    compiled(X).backward()
    assert [p.grad is None for p in model.parameters()] == [True, True, False, False]


def test_constant_arrays_are_read_as_they_are() -> None:
    scale = np.array([1.0, 2.0, 3.0])
    compiled = al.compile(lambda x: x * scale)
    compiled(X)
    scale[:] = 0.5
    assert bits(compiled(X)) == bits(X * 0.5)


def test_results_belong_to_the_caller() -> None:
    compiled = al.compile(lambda x: (x, x.T, np.reshape(x, (6,)), x * 2.0, x * 2.0))
    results = compiled(X)
    before = [bits(x) for x in results]
    for i, one in enumerate(results):
        assert not np.shares_memory(one, X)
        assert not any(np.shares_memory(one, other) for other in results[i + 1 :])
    compiled(X + 1.0)
    assert [bits(x) for x in results] == before


def test_after_sixteen_programs_the_function_runs_as_it_is() -> None:
    compiled = al.compile(lambda x, n: x * n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(16):
            compiled(X, n)
    with pytest.warns(RuntimeWarning, match="compiled 16 times"):
        assert bits(compiled(X, 16)) == bits(X * 16)
    assert bits(compiled(X, 17)) == bits(X * 17)
    assert bits(compiled(X, 3)) == bits(X * 3)


def test_debug_sees_the_operations() -> None:
    compiled = al.compile(lambda x: np.sum(np.log(x)))
    compiled(al.Value([1.0, 2.0]))
    with al.debug(), pytest.raises(al.errors.NonFiniteError, match="log gave -inf"):
        compiled(al.Value([1.0, 0.0]))


def test_a_compiled_function_inside_another() -> None:
    inner = al.compile(lambda x: np.sin(x) * x)
    outer = al.compile(lambda x: np.sum(inner(x) ** 2))
    assert bits(outer(X)) == bits(np.sum((np.sin(X) * X) ** 2))
    assert "np.sin" in outer.source


# What is refused


@pytest.mark.parametrize(
    ("read", "named"),
    [
        (lambda x: x if np.sum(x) > 0 else -x, "if"),
        (lambda x: x * float(np.sum(x)), "float"),
        (lambda x: x * int(np.sum(x)), "int"),
        (lambda x: x * np.sum(x).item(), "item"),
        (lambda x: x * x.data, r"\.data"),
        (lambda x: x * np.asarray(x.detach()), "asarray"),
        (lambda x: x * np.array(x.tolist()), "tolist"),
        (lambda x: x[x > 0], "mask"),
        (lambda x: x[np.nonzero(x)], "content"),
        (lambda x: x * np.allclose(x, 0.0), "content"),
    ],
)
def test_reading_numbers_raises_and_names_the_line(read: Any, named: str) -> None:
    with pytest.raises(CompileError, match=named) as caught:
        al.compile(read)(al.Value(X))
    if named != "mask":
        assert "test_compile.py" in str(caught.value)


def test_constants_may_be_looked_at() -> None:
    limit = np.array(1.0)
    compiled = al.compile(lambda x: x * (2.0 if al.Value(limit) > 0 else 3.0))
    assert bits(compiled(X)) == bits(X * 2.0)


def test_random_numbers_that_would_be_frozen_raise() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(CompileError, match="random"):
        al.compile(lambda x: x * rng.normal(size=3))(X)


def test_backward_inside_raises() -> None:
    w = al.Value([1.0, 1.0, 1.0])

    def step(x: Any) -> Any:
        loss = np.sum(w * x)
        loss.backward()
        return loss

    with pytest.raises(CompileError, match="value_and_grad"):
        al.compile(step)(X)


def test_checks_of_numbers_are_made_at_each_run() -> None:
    losses = al.nn.functional
    compiled = al.compile(lambda p, y: losses.binary_cross_entropy(p, y))
    y = np.array([1.0, 0.0])
    compiled(np.array([0.5, 0.25]), y)
    with pytest.raises(ArgumentError, match="probabilities"):
        compiled(np.array([0.5, 1.25]), y)
    picked = al.compile(lambda z, labels: losses.nll_loss(z, labels))
    z = np.log(np.full((2, 3), 1 / 3))
    assert picked(z, np.array([0, 2])).item() == pytest.approx(np.log(3))
    with pytest.raises(ArgumentError, match="labels"):
        picked(z, np.array([0, 3]))


def test_arguments_are_checked() -> None:
    with pytest.raises(ArgumentError, match="backend"):
        al.compile(np.sin, backend="cuda")
    with pytest.raises(ArgumentError, match="function"):
        al.compile(3)
    compiled = al.compile(np.sin)
    with pytest.raises(CompileError, match="call it once"):
        _ = compiled.source
    assert "0 programs" in repr(compiled)


# The source


def test_the_source_is_the_program() -> None:
    w = al.Value(np.ones((2, 3)), name="w")
    b = al.Value(np.zeros(2), name="b")

    def energy(x: Any) -> Any:
        h = np.tanh(x @ w.T + b)
        return np.sum(h * h)

    compiled = al.compile(energy)
    out = compiled(X)
    assert compiled.source == ENERGY
    namespace: dict[str, Any] = {"np": np}
    exec(compiled.source, namespace)
    value, *_ = namespace["energy"](X, w.data, b.data)
    assert bits(value) == bits(out.data)


def test_common_subexpressions_and_dead_code_are_left_out() -> None:
    def f(x: Any) -> Any:
        np.cosh(x)
        return np.exp(x) + np.exp(x) * 1.0

    compiled = al.compile(f)
    compiled(X)
    assert compiled.source.count("np.exp") == 1
    assert "cosh" not in compiled.source
    assert "1.0" not in compiled.source


def test_names_are_identifiers_and_distinct() -> None:
    values = [al.Value(float(i + 1), name=name) for i, name in enumerate(["a b", "a b", "lambda"])]
    compiled = al.compile(lambda x: values[0] * values[1] * values[2] * x)
    assert compiled(X).data.tolist() == (X * 6.0).tolist()
    assert "a_b, a_b_2, v_lambda" in compiled.source


def test_large_arrays_are_freed_when_they_are_not_needed_any_more() -> None:
    """Backward needs the output of each layer; at most three of its own beside them at a time."""
    layers = 10
    model = al.nn.MLP([128] * (layers + 1), activation="relu", rng=0)
    x = np.random.default_rng(0).normal(size=(1024, 128))  # one MB
    expected = np.square(model(x)).mean()
    expected.backward()
    gradients = [bits(p.grad) for p in model.parameters()]
    compiled = al.compile(lambda x: np.square(model(x)).mean())
    compiled(x)
    tracemalloc.start()
    loss = compiled(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < (layers + 3.5 + 10 / 8) * x.nbytes  # weights' gradients are 1/8 each
    model.zero_grad()
    loss.backward()
    assert bits(loss.data) == bits(expected.data)
    assert [bits(p.grad) for p in model.parameters()] == gradients


def test_a_view_of_a_large_array_outlives_it() -> None:
    def f(x: Any) -> Any:
        y = np.sin(x)
        part = y[:, :2]
        z = np.reshape(np.exp(y), (-1,))
        return np.sum(part) * np.sum(z) + np.sum(z * z) + np.max(part)

    x = np.random.default_rng(0).normal(size=(1024, 128))
    compiled = al.compile(al.value_and_grad(f))
    value, slope = al.value_and_grad(f)(x)
    for _ in range(2):
        assert [bits(a) for a in compiled(x)] == [bits(value), bits(slope)]
    assert "del" in compiled.source
