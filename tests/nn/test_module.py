"""Modules: how parameters are found, named, saved, frozen, converted and shown."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import Value, errors, nn


class Plain(nn.Module):
    """A module without a constructor: attributes are set from outside."""

    def forward(self, x):
        return x


def module_of(**attributes):
    module = Plain()
    for name, attribute in attributes.items():
        setattr(module, name, attribute)
    return module


def names(module):
    return [name for name, _ in module.named_parameters()]


# Finding parameters


def test_parameters_come_in_order_of_definition():
    inner = module_of(weight=Value(1.0), bias=Value(2.0))
    module = module_of(z=Value(0.0), inner=inner, a=Value(3.0))
    assert names(module) == ["z", "inner.weight", "inner.bias", "a"]
    assert [p.item() for p in module.parameters()] == [0.0, 1.0, 2.0, 3.0]


def test_lists_tuples_and_dicts_are_walked():
    module = module_of(
        blocks=[nn.Linear(1, 1, rng=0), (Value(1.0), nn.Linear(1, 1, bias=False, rng=0))],
        heads={"mass": nn.Linear(1, 1, bias=False, rng=0), 3: Value(2.0)},
    )
    assert names(module) == [
        "blocks.0.weight",
        "blocks.0.bias",
        "blocks.1.0",
        "blocks.1.1.weight",
        "heads.mass.weight",
        "heads.3",
    ]


def test_what_is_not_a_leaf_value_is_no_parameter():
    weight = Value([1.0, 2.0])
    module = module_of(
        weight=weight, output=weight * 2, array=np.ones(3), number=3, text="weight", nothing=None
    )
    assert names(module) == ["weight"]


def test_frozen_and_integer_constants_are_in_the_state():
    module = module_of(
        mean=Value(np.zeros(2), requires_grad=False),
        count=Value(np.array(3), requires_grad=False),
    )
    assert names(module) == ["mean", "count"]
    assert module.state_dict()["count"].dtype == np.int64


def test_shared_objects_are_found_once_under_their_first_name():
    layer = nn.Linear(2, 2, rng=0)
    weight = Value(np.ones(4))
    module = module_of(first=layer, again=layer, parts=[layer, weight], tied=weight)
    assert names(module) == ["first.weight", "first.bias", "parts.1"]
    assert len(module.modules()) == 2
    assert module.summary().total == 6 + 4


def test_cycles_do_not_hang():
    parent, child = module_of(weight=Value(1.0)), module_of(weight=Value(2.0))
    parent.child, child.parent = child, parent
    parts = [parent]
    parts.append(parts)
    child.parts = parts
    assert names(parent) == ["weight", "child.weight"]
    assert names(child) == ["weight", "parent.weight"]
    assert "..." in repr(parent)
    assert parent.eval().child.training is False
    assert parent.summary().total == 2


def test_deep_nesting_does_not_recurse():
    module = bottom = module_of()
    for _ in range(5000):
        bottom.next = module_of(boxed=[[]])
        bottom = bottom.next
    bottom.weight = Value(1.0)
    nested = bottom.nested = []
    for _ in range(5000):
        nested.append([])
        nested = nested[0]
    nested.append(Value(2.0))
    assert len(module.parameters()) == 2
    assert len(module.state_dict()) == 2
    assert module.train(False).next.next.training is False


def test_doubly_shared_containers_are_walked_in_linear_time():
    parts = [Value(1.0)]
    for _ in range(200):
        parts = [parts, parts]
    assert len(module_of(parts=parts).parameters()) == 1


def test_a_temporary_container_does_not_hide_what_comes_after_it():
    class Made(nn.Module):
        def __init__(self):
            self.a, self.b = Value(1.0), Value(2.0)

        def named_members(self):
            return ((name, [value]) for name, value in vars(self).items())

    assert names(Made()) == ["a.0", "b.0"]


def test_the_hook_may_return_a_list():
    class Hidden(nn.Module):
        def __init__(self):
            self.shown, self.hidden = Value(1.0), Value(2.0)

        def named_members(self):
            return [("renamed", self.shown)]

    assert names(Hidden()) == ["renamed"]


def test_children_repeat_and_modules_do_not():
    act, layer = nn.ReLU(), nn.Linear(1, 1, rng=0)
    net = nn.Sequential(act, layer, act)
    assert net.children() == [act, layer, act]
    assert [name for name, _ in net.named_children()] == ["0", "1", "2"]
    assert net.modules() == [net, act, layer]
    assert [name for name, _ in net.named_modules()] == ["", "0", "1"]


def test_two_parameters_of_one_name_are_an_error():
    module = module_of(d={1: Value(1.0), "1": Value(2.0)})
    with pytest.raises(errors.StateDictError, match=r"called d\.1"):
        module.state_dict()


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty has no forward\(\)"):
        Empty()(1.0)


# Training, gradients, freezing, dtype


def test_training_is_set_everywhere_and_needs_no_constructor():
    class Net(nn.Module):
        def __init__(self):
            self.parts = [nn.Dropout(0.5, rng=0), {"inner": nn.Sequential(nn.Dropout(0.5, rng=0))}]

    net = Net()
    assert net.training is True
    assert net.eval() is net
    assert [module.training for module in net.modules()] == [False] * 4
    assert net.train() is net
    assert [module.training for module in net.modules()] == [True] * 4
    assert nn.Dropout(0.5, rng=0).training is True


def test_zero_grad_forgets_gradients():
    net = nn.MLP([2, 3, 1], rng=0)
    net(np.ones((4, 2))).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_frozen_parameters_get_no_gradient_and_stay_in_the_state():
    net = nn.MLP([2, 3, 1], rng=0)
    net.count = Value(np.array(1), requires_grad=False)
    net(np.ones((4, 2))).sum().backward()
    assert net[0].requires_grad_(False) is net[0]
    assert net[0].weight.grad is None
    assert len(net.state_dict()) == 5
    net.zero_grad()
    net(np.ones((4, 2))).sum().backward()
    assert net[0].weight.grad is None
    assert net[2].weight.grad is not None
    net.requires_grad_()
    assert [p.requires_grad for p in net.parameters()] == [True] * 4 + [False]


def test_astype_converts_parameters_and_what_follows():
    net = nn.MLP([2, 3, 1], activation="tanh", rng=0)
    net.count = Value(np.array(1), requires_grad=False)
    net(np.ones((4, 2))).sum().backward()
    assert net.astype(np.float32) is net
    assert [p.dtype for p in net.parameters()] == [np.float32] * 4 + [np.int64]
    assert all(p.grad is None for p in net.parameters())
    out = net(np.ones((4, 2), np.float32))
    out.sum().backward()
    assert out.dtype == np.float32
    assert [p.grad.dtype for p in net.parameters()[:4]] == [np.float32] * 4
    with pytest.raises(errors.DtypeError, match="int64"):
        net.astype(np.int64)


def test_names_of_parameters():
    layer = nn.Linear(1, 1, rng=0)
    assert (layer.weight.name, layer.bias.name) == ("weight", "bias")
    net = nn.Sequential(nn.Tanh(), layer)
    assert layer.weight.name == "weight"
    assert net.name_parameters() is net
    assert layer.weight.name == "1.weight"
    mlp = nn.MLP([1, 2, 1], rng=0)
    assert (
        [p.name for p in mlp.parameters()]
        == names(mlp)
        == [
            "0.weight",
            "0.bias",
            "2.weight",
            "2.bias",
        ]
    )


# State


def test_state_dict_holds_copies():
    layer = nn.Linear(2, 2, rng=0)
    state = layer.state_dict()
    before = layer.weight.data.copy()
    state["weight"][:] = 0
    np.testing.assert_array_equal(layer.weight.data, before)
    layer.load_state_dict(state)
    state["weight"][:] = 1
    np.testing.assert_array_equal(layer.weight.data, np.zeros((2, 2)))


def test_state_of_numbers_without_axes():
    module = module_of(scale=Value(2.0))
    assert isinstance(module.state_dict()["scale"], np.ndarray)
    assert module.state_dict()["scale"].shape == ()
    module.load_state_dict({"scale": 3})
    assert module.scale.data == 3.0
    assert type(module.scale.data) is np.float64


def test_loading_rebinds_and_keeps_dtype_and_old_graphs():
    layer = nn.Linear(2, 1, rng=0, dtype=np.float32)
    out = layer(np.array([[1.0, 2.0]], np.float32)).sum()
    old, values = layer.weight.data, layer.parameters()
    kept = old.copy()
    layer.load_state_dict({"weight": np.ones((1, 2)), "bias": [5]})
    assert layer.parameters()[0] is values[0]
    assert layer.weight.dtype == layer.bias.dtype == np.float32
    np.testing.assert_array_equal(old, kept)
    out.backward()
    np.testing.assert_array_equal(layer.weight.grad, [[1.0, 2.0]])


def test_loading_takes_values_and_fortran_arrays():
    layer = nn.Linear(2, 2, rng=0)
    weight = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])
    layer.load_state_dict({"weight": Value(weight), "bias": Value([1.0, 2.0])})
    np.testing.assert_array_equal(layer.weight.data, weight)


def test_the_error_names_everything_and_nothing_changes():
    net = nn.MLP([2, 3, 1], rng=0)
    before = net.state_dict()
    state = {
        "0.weight": np.zeros((2, 3)),
        "0.bias": np.zeros(3),
        "2.bias": np.array(["a"]),
        "3.weight": np.zeros(1),
    }
    with pytest.raises(errors.StateDictError) as caught:
        net.load_state_dict(state)
    assert str(caught.value) == (
        "the state_dict does not fit this MLP; nothing was changed:\n"
        "  mis-shaped: 0.weight has shape (2, 3), expected (3, 2)\n"
        "  wrong dtype: 2.bias has <U1, expected float64\n"
        "  missing: 2.weight\n"
        "  unexpected: 3.weight\n"
        "Build the module with the layers and sizes that were saved, or pass strict=False to skip "
        "missing and unexpected names"
    )
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_not_strict_loads_what_fits_and_tells():
    layer = nn.Linear(2, 1, rng=0)
    bias = layer.bias.data
    keys = layer.load_state_dict({"weight": np.ones((1, 2)), "other": np.ones(1)}, strict=False)
    assert keys == nn.IncompatibleKeys(["bias"], ["other"])
    np.testing.assert_array_equal(layer.weight.data, [[1.0, 1.0]])
    assert layer.bias.data is bias
    with pytest.raises(errors.StateDictError, match="mis-shaped: weight"):
        layer.load_state_dict({"weight": np.ones((2, 1))}, strict=False)


def test_a_conversion_that_fails_changes_nothing():
    layer = nn.Linear(1, 1, rng=0, dtype=np.float32)
    before = layer.state_dict()
    # numpy warns of the overflow, and warnings are errors here
    with pytest.raises(RuntimeWarning):
        layer.load_state_dict({"weight": np.ones((1, 1)), "bias": np.array([1e300])})
    np.testing.assert_array_equal(layer.weight.data, before["weight"])


def test_an_integer_constant_takes_no_floats():
    module = module_of(count=Value(np.array(3), requires_grad=False))
    module.load_state_dict({"count": 4})
    assert module.count.data == 4
    with pytest.raises(errors.StateDictError, match="wrong dtype: count has float64"):
        module.load_state_dict({"count": 4.5})


@pytest.mark.parametrize("state", [[1, 2], None, "weights"])
def test_loading_something_else_is_refused(state):
    with pytest.raises(errors.StateDictError, match="mapping from names to arrays"):
        nn.Linear(1, 1, rng=0).load_state_dict(state)


def test_a_shared_parameter_may_come_under_each_of_its_names():
    layer = nn.Linear(1, 1, bias=False, rng=0)
    net = nn.Sequential(layer, nn.Sequential(layer))
    one, two = np.full((1, 1), 1.0), np.full((1, 1), 2.0)
    net.load_state_dict({"0.weight": one, "1.0.weight": one})
    assert layer.weight.item() == 1.0
    with pytest.raises(errors.StateDictError, match=r"unexpected: 1\.0\.weight"):
        net.load_state_dict({"0.weight": one, "1.0.weight": two})
    with pytest.raises(errors.StateDictError, match=r"unexpected: 1\.0\.bias"):
        net.load_state_dict({"0.weight": one, "1.0.bias": one})


# Copies


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_equal_and_independent(duplicate):
    layer = nn.Linear(2, 2, rng=0)
    net = nn.Sequential(layer, nn.Dropout(0.5, rng=1), layer)
    net(np.ones((1, 2))).sum().backward()
    twin = duplicate(net)
    assert twin[0] is twin[2]
    assert len(twin.parameters()) == 2
    x = np.ones((3, 2))
    np.testing.assert_array_equal(twin(x).data, net(x).data)
    np.testing.assert_array_equal(twin[0].weight.grad, layer.weight.grad)
    twin[0].weight.data = np.zeros((2, 2))
    assert layer.weight.data.any()


# Text


def test_repr_is_that_of_torch():
    torch = pytest.importorskip("torch")
    ours = nn.Sequential(
        nn.Linear(2, 3, rng=0),
        nn.Sequential(nn.Tanh(), nn.Dropout(0.5, rng=0), nn.LeakyReLU(0.2)),
        nn.Linear(3, 1, bias=False, rng=0),
    )
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 3),
        torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.LeakyReLU(0.2)),
        torch.nn.Linear(3, 1, bias=False),
    )
    assert repr(ours) == repr(theirs).replace("p=0.5, inplace=False", "p=0.5")


def test_repr_shows_settings_and_parts():
    class Net(nn.Module):
        def __init__(self):
            self.act = nn.ReLU()
            self.parts = [self.act, nn.Softmax(0)]

        def extra_repr(self):
            return "depth=2"

    assert repr(Net()) == (
        "Net(\n  depth=2\n  (act): ReLU()\n  (parts.0): ReLU()\n  (parts.1): Softmax(axis=0)\n)"
    )


def test_summary_of_the_article():
    summary = nn.MLP([2, 32, 32, 1], rng=0).summary()
    assert (
        str(summary)
        == repr(summary)
        == (
            "layer  kind    shape     weights  biases  total\n"
            "-----------------------------------------------\n"
            "0      Linear  (32, 2)        64      32     96\n"
            "1      ReLU    -               -       -      -\n"
            "2      Linear  (32, 32)    1,024      32  1,056\n"
            "3      ReLU    -               -       -      -\n"
            "4      Linear  (1, 32)        32       1     33\n"
            "-----------------------------------------------\n"
            "total                      1,120      65  1,185"
        )
    )
    assert (summary.weights, summary.biases, summary.total, summary.frozen) == (1120, 65, 1185, 0)
    assert [row.total for row in summary.rows] == [96, 0, 1056, 0, 33]


def test_summary_of_other_modules():
    net = module_of(
        scale=Value(np.ones((2, 2))),
        shift=Value(np.ones(3)),
        inner=nn.Sequential(nn.Linear(2, 1, rng=0).requires_grad_(False)),
    )
    summary = net.summary()
    assert str(summary).splitlines() == [
        "layer    kind    shape         weights  biases  total",
        "-----------------------------------------------------",
        "(self)   Plain   (2, 2), (3,)        7       -      7",
        "inner.0  Linear  (1, 2)              2       1      3",
        "-----------------------------------------------------",
        "total                                9       1     10",
        "trainable: 7, frozen: 3",
    ]
    assert nn.Linear(2, 1, rng=0).summary().rows[0].layer == ""
    assert nn.Sequential().summary().total == 0


def test_public_names_are_complete():
    assert len(set(nn.__all__)) == len(nn.__all__)
    for name in nn.__all__:
        assert hasattr(nn, name)
    classes = {name for name, member in vars(nn).items() if isinstance(member, type)}
    assert classes <= set(nn.__all__)
    assert al.nn is nn
