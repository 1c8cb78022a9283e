"""What all optimisers share: rebinding, missing gradients, dtypes, groups, errors."""

import copy
import gc
import pickle
import weakref
from functools import partial

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import optim
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError


class Counting(optim.Optimizer):
    """Plain descent that counts how often its rule runs."""

    def __init__(self, params, lr=0.5):
        super().__init__(params, {"lr": lr})
        self.calls = []

    def check_options(self, options):
        return options

    def buffers(self, group):
        return {"seen": 0.0}

    def rule(self, group):
        return partial(self.update, lr=group["lr"])

    def update(self, p, g, seen, step, *, lr):
        self.calls.append((p.size, step))
        return p - lr * g, seen + 1


def fill(params, has=lambda i: True):
    for i, p in enumerate(params):
        p.grad = np.ones(p.shape, p.dtype)[()] if has(i) else None


# Rebinding


def test_old_arrays_are_never_written_to(make_optimizer, params, descend):
    for step in range(5):
        held = [p.data for p in params]
        copies = [np.array(p.data) for p in params]
        descend(optimizer := make_optimizer(params), params, [step])
        descend(optimizer, params, [step + 10, step + 11])
        for array, content, p in zip(held, copies, params, strict=True):
            assert np.array_equal(array, content)
            assert not np.array_equal(p.data, content)
            assert not np.shares_memory(array, p.data)


def test_a_recorded_graph_keeps_its_arrays(make_optimizer):
    w = al.Value([1.0, 2.0])
    optimizer = make_optimizer([w])
    for _ in range(3):
        optimizer.zero_grad()
        before = w.data.copy()
        loss = (w**3).sum()
        w.grad = np.ones(2)
        optimizer.step()
        w.grad = None
        loss.backward()
        np.testing.assert_allclose(w.grad, 3 * before**2, rtol=1e-15)


def test_the_data_are_views_of_one_vector(params, descend):
    descend(optim.Adam(params), params, [0])
    bases = {id(p.data.base) for p in params if p.ndim}
    assert len(bases) == 1


def test_shapes_kinds_and_gradients_stay(make_optimizer, params, descend, start):
    grads = [np.ones(data.shape)[()] for data in start]
    optimizer = make_optimizer(params)
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    optimizer.step()
    optimizer.step()
    for p, data, grad in zip(params, start, grads, strict=True):
        assert p.shape == data.shape
        assert p.grad is grad
        assert np.all(np.asarray(grad) == 1)
        assert isinstance(p.data, np.ndarray if data.shape else np.float64)


def test_data_rebound_between_steps_is_used(make_optimizer, start, descend):
    ours, fresh = [al.Value(data) for data in start], [al.Value(data) for data in start]
    first, second = make_optimizer(ours), make_optimizer(fresh)
    descend(first, ours, range(5))
    descend(second, fresh, range(5))
    ours[1].data = np.arange(4.0)
    ours[2].data = 7.0
    for p in fresh:  # every array a copy: nothing can be recognised
        p.data = np.array(p.data)
    fresh[1].data = np.arange(4.0)
    fresh[2].data = 7.0
    descend(first, ours, range(5, 10))
    descend(second, fresh, range(5, 10))
    for p, q in zip(ours, fresh, strict=True):
        assert np.array_equal(p.data, q.data)


def test_data_rebound_between_steps_is_used_where_all_have_axes(make_optimizer):
    params = [al.Value(np.ones(2)), al.Value(np.ones((2, 3)))]
    optimizer = make_optimizer(params)
    fill(params)
    optimizer.step()
    params[1].data = np.full((2, 3), 1e6)
    optimizer.step()
    assert np.all(params[0].data < 1)
    assert np.all(params[1].data > 1e5)


@pytest.mark.parametrize("missing", [False, True])
def test_data_written_in_place_between_steps_is_used(missing):
    w, b = al.Value([1.0, 2.0]), al.Value([3.0])
    optimizer = optim.SGD([w, b], lr=1.0)
    for has in (lambda i: True, lambda i: not (missing and i == 0), lambda i: True):
        w.data[0] = 10.0
        b.data[:] = 20.0
        fill([w, b], has)
        optimizer.step()
    assert w.data.tolist() == [9.0, 0.0 if missing else -1.0]
    assert b.data.tolist() == [19.0]


def test_transposed_gradients_and_data_keep_their_order():
    w = al.Value(np.arange(6.0).reshape(2, 3))
    w.data = np.asfortranarray(w.data)
    w.grad = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    optim.SGD([w], lr=1.0).step()
    assert np.array_equal(w.data, np.zeros((2, 3)))


# Work


def test_one_call_for_all_parameters():
    params = [al.Value(np.zeros(n)) for n in range(1, 51)]
    optimizer = Counting(params)
    for _ in range(3):
        fill(params)
        optimizer.step()
    size = sum(range(1, 51))
    assert optimizer.calls == [(size, 1), (size, 2), (size, 3)]


def test_runs_of_equal_steps():
    params = [al.Value(np.zeros(n)) for n in (1, 2, 4, 8)]
    optimizer = Counting(params)
    fill(params, lambda i: i != 1)
    optimizer.step()
    fill(params)
    optimizer.step()
    fill(params, lambda i: i != 1)
    optimizer.step()
    assert optimizer.calls == [(1, 1), (12, 1), (1, 2), (2, 1), (12, 2), (1, 3), (12, 3)]
    assert [p.data[0] for p in params] == [-1.5, -0.5, -1.5, -1.5]


def test_runs_of_equal_steps_after_loading():
    params = [al.Value(np.zeros(n)) for n in (1, 2)]
    optimizer = Counting(params)
    fill(params)
    optimizer.step()
    state = optimizer.state_dict()
    state["state"][1]["step"] = 6
    optimizer.load_state_dict(state)
    optimizer.step()
    assert optimizer.calls == [(3, 1), (1, 2), (2, 7)]


def test_large_parameters_are_updated_in_blocks_with_the_same_result(make_optimizer):
    data = np.random.default_rng(0).normal(size=100_000)
    ends = [1, 300, 300, 50_000, 50_001, 90_000]  # a block has 16,384 elements of float64
    whole = [al.Value(data)]
    parts = [al.Value(part) for part in np.split(data, ends)]
    alone = [al.Value(part) for part in np.split(data, 10)]  # less than a block each
    for params, groups in [
        (whole, whole),
        (parts, parts),
        (alone, [{"params": [p]} for p in alone]),
    ]:
        optimizer = make_optimizer(groups)
        for step in range(3):
            for p in params:
                p.grad = np.sin(p.data + step).astype(np.float32)
            optimizer.step()
    assert np.array_equal(whole[0].data, np.concatenate([p.data for p in parts]))
    assert np.array_equal(whole[0].data, np.concatenate([p.data for p in alone]))


def test_gradients_are_left_as_they_are(make_optimizer):
    params = [al.Value(np.ones(size)) for size in (3, 20_000)]
    optimizer = make_optimizer(params)
    for p in params:
        p.grad = np.linspace(-1.0, 1.0, p.size)
        p.grad.flags.writeable = False
    for _ in range(2):
        optimizer.step()
    assert all(np.array_equal(p.grad, np.linspace(-1.0, 1.0, p.size)) for p in params)
    assert not any(np.shares_memory(p.grad, p.data) for p in params)


# Missing gradients


def test_no_gradient_at_all_changes_nothing(make_optimizer, params, start):
    optimizer = make_optimizer(params)
    optimizer.step()
    assert optimizer.state_dict()["state"] == {}
    for p, data in zip(params, start, strict=True):
        assert np.array_equal(p.data, data)


def test_a_parameter_without_gradient_keeps_its_very_array_and_state(
    make_optimizer, params, descend
):
    optimizer = make_optimizer(params)
    descend(optimizer, params, range(3))
    held, before = params[1].data, optimizer.state_dict()["state"].get(1, {})
    descend(optimizer, params, range(3, 6), lambda step, i: i != 1)
    assert params[1].data is held
    after = optimizer.state_dict()["state"].get(1, {})
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_zero_grad_sets_none(params):
    fill(params)
    optim.SGD(params).zero_grad()
    assert [p.grad for p in params] == [None] * len(params)


# dtypes


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_dtype_of_parameters_and_state_stays(make_optimizer, start, descend, dtype):
    params = [al.Value(data.astype(dtype)) for data in start]
    optimizer = make_optimizer(params)
    for group in optimizer.param_groups:  # a numpy float64 must not spread
        group["lr"] = np.float64(group["lr"])
        if "betas" in group:
            group["betas"] = tuple(np.float64(beta) for beta in group["betas"])
    descend(optimizer, params, range(3))
    assert {p.dtype for p in params} == {np.dtype(dtype)}
    state = optimizer.state_dict()["state"]
    arrays = [v for entry in state.values() for v in entry.values() if not isinstance(v, int)]
    assert {array.dtype for array in arrays} <= {np.dtype(dtype)}


def test_float16_takes_the_step_of_float32(make_optimizer):
    # In float16, eps = 1e-8 and the squares of these gradients are 0.
    grads = [1e-4, -3e-6, 0.0, 200.0]
    ends = []
    for dtype in (np.float16, np.float32):
        w = al.Value(np.ones(4, dtype))
        optimizer = make_optimizer([w])
        for _ in range(3):
            w.grad = np.array(grads, np.float16).astype(dtype)
            optimizer.step()
        assert w.dtype == dtype
        ends.append(w.data.astype(float))
    assert np.all(np.isfinite(ends[0]))
    np.testing.assert_allclose(ends[0], ends[1], rtol=3e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic_is_in_the_parameters_dtype(dtype):
    seen = []

    class Recording(Counting):
        def update(self, p, g, buffer, step, *, lr):
            new = p - lr * g
            seen.extend(array.dtype for array in (p, g, buffer, new))
            return new, buffer

    w = al.Value(np.ones(3, dtype))
    optimizer = Recording([w])
    optimizer.param_groups[0]["lr"] = np.float64(0.5)
    w.grad = np.ones(3)
    optimizer.step()
    assert set(seen) == {np.dtype(dtype)}


def test_mixed_dtypes_in_one_group(make_optimizer, start, descend):
    dtypes = [np.float32, np.float64, np.float32, np.float64, np.float32]
    mixed = [al.Value(data.astype(d)) for data, d in zip(start, dtypes, strict=True)]
    double = [al.Value(data) for data in start]
    descend(first := make_optimizer(mixed), mixed, range(5))
    descend(second := make_optimizer(double), double, range(5))
    for p, q, dtype in zip(mixed, double, dtypes, strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p.data, q.data, rtol=1e-4, atol=1e-5)
    states = first.state_dict()["state"], second.state_dict()["state"]
    assert list(states[0]) == list(states[1])
    for i in states[0]:
        for name in states[0][i]:
            np.testing.assert_allclose(states[0][i][name], states[1][i][name], rtol=1e-3)


def test_gradients_are_cast_to_the_parameters_dtype():
    w, b = al.Value(np.ones(2, np.float32)), al.Value(np.float32(1.0))
    w.grad, b.grad = np.array([1, 2]), 2.5
    optim.SGD([w, b], lr=1.0).step()
    assert w.dtype == b.dtype == np.float32
    assert w.data.tolist() == [0.0, -1.0]
    assert b.item() == -1.5


def test_a_gradient_may_be_a_value():
    w = al.Value([1.0, 2.0])
    (w**3).sum().backward(create_graph=True)
    assert isinstance(w.grad, al.Value)
    optim.SGD([w], lr=0.1).step()
    np.testing.assert_allclose(w.data, [0.7, 0.8])
    assert isinstance(w.data, np.ndarray)


def test_empty_parameters_are_allowed(make_optimizer):
    params = [al.Value(np.zeros((0, 3))), al.Value([1.0]), al.Value(np.zeros(0))]
    optimizer = make_optimizer(params)
    fill(params)
    optimizer.step()
    assert [p.shape for p in params] == [(0, 3), (1,), (0,)]
    assert params[1].data[0] != 1.0


# Gradients and parameters that do not fit


def test_wrong_gradient_raises_and_changes_nothing(make_optimizer):
    params = [al.Value(np.ones(2)), al.Value(np.ones((2, 3)), name="weight")]
    optimizer = make_optimizer([{"params": params[:1]}, {"params": params[1:]}])
    params[0].grad = np.ones(2)
    for grad, error, message in [
        (np.ones((3, 2)), ShapeError, r"parameter 0 \('weight'\) has shape \(3, 2\).*\(2, 3\)"),
        (np.float64(1.0), ShapeError, r"shape \(\)"),
        (np.ones((2, 3), complex), DtypeError, "complex128 cannot become float64"),
        (np.full((2, 3), None), DtypeError, "object cannot become float64"),
    ]:
        params[1].grad = grad
        with pytest.raises(error, match=message):
            optimizer.step()
        assert np.array_equal(params[0].data, np.ones(2))
        assert optimizer.state_dict()["state"] == {}


@pytest.mark.parametrize("which", [0, 1])
def test_wrong_gradient_after_a_first_step_raises_and_changes_nothing(make_optimizer, which):
    params = [al.Value(np.ones(2)), al.Value(np.ones((2, 3)))]
    optimizer = make_optimizer(params)
    fill(params)
    optimizer.step()
    before = [p.data for p in params]
    shape = before[which].shape
    for grad, error in [
        (np.ones((3, 2)), ShapeError),
        (np.float64(1.0), ShapeError),
        (np.ones(shape, complex), DtypeError),
        (np.full(shape, None), DtypeError),
    ]:
        fill(params)
        params[which].grad = grad
        with pytest.raises(error):
            optimizer.step()
        assert all(p.data is data for p, data in zip(params, before, strict=True))


def test_parameter_of_another_shape_or_dtype_raises(make_optimizer):
    w = al.Value([1.0, 2.0], name="w")
    optimizer = make_optimizer([w])
    for data, error, message in [
        (np.ones(3), ShapeError, r"parameter 0 \('w'\) has shape \(3,\) now.*Make a new optimiser"),
        (np.ones(2, np.float32), DtypeError, "float32 now; the optimiser was made for float64"),
    ]:
        w.data = data
        w.grad = np.ones(data.shape)
        with pytest.raises(error, match=message):
            optimizer.step()


# Construction


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: [], "empty list of parameters"),
        (lambda x: iter([]), "empty list"),
        (lambda x: [{"params": []}], "empty list"),
        (lambda x: x, "one Value; give a list"),
        (lambda x: {"params": [x]}, "one dict; give a list"),
        (lambda x: {x}, "set of parameters"),
        (lambda x: [{"params": {x}}], "set of parameters"),
        (lambda x: 3, "int for its parameters"),
        (lambda x: [x, np.ones(2)], "ndarray as parameter 1"),
        (lambda x: [x, {"params": [x]}], "dict as parameter 1"),
        (lambda x: [{"params": [al.Value(1.0)]}, x], "give a dict with the key"),
        (lambda x: [{"lr": 0.1}], "give a dict with the key 'params'"),
        (lambda x: [x, x * 2], "result of multiply as parameter 1"),
        (lambda x: [x, al.Value(1.0), x], r"parameter 2 \('x'\) twice"),
        (lambda x: [{"params": [x]}, {"params": [x]}], r"parameter 0 \('x'\) twice"),
        (lambda x: [{"params": [x], "learning_rate": 0.1}], "no option learning_rate.*lr"),
        (lambda x: [{"params": [x], "lr": -1}], "lr=-1"),
    ],
)
def test_bad_parameters_raise(make, message):
    with pytest.raises(ArgumentError, match=f"(?s)SGD .*{message}"):
        optim.SGD(make(al.Value([1.0, 2.0], name="x")))


def test_equal_parameters_are_not_duplicates():
    params = [al.Value([1.0, 1.0]) for _ in range(5)]
    assert len(optim.SGD(params).param_groups[0]["params"]) == 5


def test_groups_and_generators():
    values = [al.Value(float(i)) for i in range(4)]
    group = {"params": values[3], "lr": 0.5, "name": "last"}
    optimizer = optim.Adam(
        ({"params": (v for v in part)} for part in (values[:2], values[2:3])), lr=0.1
    )
    optimizer.add_param_group(group)
    groups = optimizer.param_groups
    assert [len(g["params"]) for g in groups] == [2, 1, 1]
    assert [g["lr"] for g in groups] == [0.1, 0.1, 0.5]
    assert groups[2]["name"] == "last"
    assert group["params"] is values[3]
    assert groups[2]["betas"] == (0.9, 0.999)


def test_a_group_added_later_begins_its_own_count():
    old, new = al.Value([1.0]), al.Value([1.0])
    optimizer = optim.Adam([old], lr=0.1)
    for _ in range(3):
        fill([old])
        optimizer.step()
    optimizer.add_param_group({"params": [new]})
    fill([old, new])
    optimizer.step()
    state = optimizer.state_dict()["state"]
    assert (state[0]["step"], state[1]["step"]) == (4, 1)
    assert new.data[0] == pytest.approx(0.9)


def test_a_rejected_group_leaves_the_optimizer_as_it_was():
    optimizer = optim.SGD([al.Value(1.0)])
    with pytest.raises(ArgumentError):
        optimizer.add_param_group({"params": [al.Value(1.0)], "momentum": -1})
    assert len(optimizer.param_groups) == 1
    optimizer.step()


def test_betas_may_be_a_list_and_numbers_numpys():
    optimizer = optim.Adam([al.Value(1.0)], lr=np.float32(0.5), betas=[np.float64(0.5), 0.9])
    assert optimizer.defaults["betas"] == (0.5, 0.9)
    assert type(optimizer.defaults["lr"]) is float
    assert type(optimizer.param_groups[0]["betas"][0]) is float


def test_repr_shows_groups_and_options():
    text = repr(optim.SGD([{"params": [al.Value(1.0)]}], lr=0.25))
    assert text.splitlines()[0] == "SGD("
    assert "group 0: 1 parameters, lr=0.25, momentum=0" in text


# Copies and memory


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_goes_on_alone(make_optimizer, params, descend, duplicate, start):
    optimizer = make_optimizer(params)
    descend(optimizer, params, range(3))
    twin, theirs = duplicate((optimizer, params))
    assert twin.param_groups[0]["params"][0] is theirs[0]
    theirs[0].data[0, 0] = 5.0  # in place: the twin's vector must not be a stale copy
    params[0].data[0, 0] = 5.0
    descend(optimizer, params, range(3, 6))
    ends = [np.array(p.data) for p in params]
    descend(twin, theirs, range(3, 6))
    for p, q, end in zip(params, theirs, ends, strict=True):
        assert np.array_equal(q.data, end)
        assert np.array_equal(p.data, end)


def test_a_pickle_holds_the_data_once():
    w = al.Value(np.zeros(10_000))
    optimizer = optim.SGD([w])
    w.grad = np.ones(10_000)
    optimizer.step()
    optimizer.zero_grad()
    assert len(pickle.dumps(optimizer)) < 1.1 * w.data.nbytes


def test_nothing_waits_for_the_garbage_collector(make_optimizer):
    gc.collect()
    gc.disable()
    try:
        w = al.Value([1.0, 2.0])
        optimizer = make_optimizer([w])
        fill([w])
        optimizer.step()
        optimizer.step()
        watch = weakref.ref(optimizer), weakref.ref(w), weakref.ref(w.data.base)
        del optimizer, w
        assert [ref() for ref in watch] == [None, None, None]
    finally:
        gc.enable()


def loss_of(params):
    return sum((p * p).sum() for p in params)


def eager_step(optimizer, params):
    def step():
        optimizer.zero_grad()
        loss_of(params).backward()
        optimizer.step()

    return step


def compiled_rules(optimizer, params):
    return eager_step(al.compile(optimizer), params)


def compiled_step(optimizer, params):
    return al.compile(lambda: loss_of(params), optimizer=optimizer)


HOLDERS = {
    "data": lambda p: p.data,
    "a part": lambda p: p.data[1:],
    "a transposed part": lambda p: p.data.T[..., :1],
    "the vector behind": lambda p: p.data.base,
    "a buffer": lambda p: memoryview(p.data),
    "a constant": lambda p: p.detach().data,
    "a graph": lambda p: (p * 1.0).operands[0].data,
}


@pytest.mark.parametrize("make_step", [eager_step, compiled_rules, compiled_step])
@pytest.mark.parametrize("holder", HOLDERS)
def test_no_step_writes_into_what_somebody_holds(make_optimizer, make_step, holder):
    """Vectors take turns, but not those that anything refers to."""
    params = [al.Value(np.arange(1.0, 7.0).reshape(2, 3)), al.Value([4.0, 5.0])]
    step = make_step(make_optimizer(params), params)
    for _ in range(3):
        step()
    held = [HOLDERS[holder](p) for p in params]
    before = [np.array(array) for array in held]
    for _ in range(5):
        step()
    for array, content, p in zip(held, before, params, strict=True):
        assert np.array_equal(array, content)
        assert not np.array_equal(p.data.ravel()[:1], content.ravel()[:1])


def test_a_graph_of_an_earlier_step_is_differentiated_where_it_was(make_optimizer):
    p = al.Value([1.0, 2.0])
    step = eager_step(make_optimizer([p]), [p])
    step()
    before, loss = np.array(p.data), (p**3).sum()
    for _ in range(4):
        step()
    p.grad = None
    loss.backward()
    assert np.array_equal(p.grad, 3 * before**2)


@pytest.mark.parametrize("make_step", [eager_step, compiled_rules, compiled_step])
def test_data_takes_turns_between_two_vectors(make_step):
    """Steps need no new memory where nobody holds the old."""
    p = al.Value(np.ones(1000))
    step = make_step(optim.Adam([p]), [p])
    places = []
    for _ in range(8):
        step()
        places.append(p.data.__array_interface__["data"][0])
    assert len(set(places[2:])) == 2


def test_a_frozen_parameter_stays_and_can_be_thawed():
    frozen, free = al.Value([1.0], requires_grad=False), al.Value([1.0])
    optimizer = optim.Adam([frozen, free], lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        np.sum(frozen * free).backward()
        optimizer.step()
    assert frozen.data.tolist() == [1.0]
    frozen.requires_grad = True
    np.sum(frozen * free).backward()
    optimizer.step()
    assert frozen.data[0] == pytest.approx(0.9)
