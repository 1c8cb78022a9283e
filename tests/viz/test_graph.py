"""What a drawing contains: every operation and operand once, and what each box says."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import ops, viz
from autograd_lite.errors import ArgumentError, MissingDependencyError
from tests.helpers import all_nodes
from tests.viz.drawings import Drawn, constants, escapes, indexing, matmul, taken_apart

declarations = sys.modules["autograd_lite.primitive"]  # al.primitive is the function


def drawn(value: al.Value, **options: object) -> Drawn:
    return taken_apart(viz.draw_graph(value, **{"variables": {}, **options}))


def chain(length: int) -> al.Value:
    x = al.Value(1.0, name="x")
    for _ in range(length):
        x = x + 1.0
    return x


# Operands


def test_operand_used_twice_has_two_edges() -> None:
    x = al.Value(3.0)
    assert drawn(x * x).edges == [("v0", "op1"), ("v0", "op1"), ("op1", "v1")]


@pytest.mark.parametrize("swap", [False, True])
def test_edges_come_in_the_order_of_operands(swap: bool) -> None:
    a, b = al.Value(1.0, name="a"), al.Value(2.0, name="b")
    picture = drawn(b - a if swap else a - b)
    sources = [picture.texts[source] for source, target in picture.edges if target == "op2"]
    assert sources == (["b 2", "a 1"] if swap else ["a 1", "b 2"])
    assert "ordering=in" in picture.attributes["op2"]


def test_array_and_number_operands_are_drawn_where_they_stand() -> None:
    x = al.Value([1.0, 2.0], name="x")
    picture = drawn(3 - x * np.array([4.0, 5.0]))
    assert picture.edges == [
        ("v0", "op1"),
        ("c1_1", "op1"),
        ("op1", "v1"),
        ("c2_0", "op2"),
        ("v1", "op2"),
        ("op2", "v2"),
    ]
    assert picture.texts["c1_1"] == "(2,) 4 5"
    assert picture.texts["c2_0"] == "3"


def test_shared_value_is_one_box() -> None:
    x = al.Value(2.0)
    y = x * 3.0
    picture = drawn(y + y * y)
    assert list(picture.texts) == ["v0", "op1", "c1_1", "v1", "op2", "v2", "op3", "v3"]
    assert [edge for edge in picture.edges if edge[0] == "v1"] == [
        ("v1", "op2"),
        ("v1", "op2"),
        ("v1", "op3"),
    ]


def test_doubling_ladder_is_linear_in_size() -> None:
    x = al.Value(1.0)
    for _ in range(36):
        x = x + x
    picture = drawn(x)
    assert len(picture.texts) == 37 + 36
    assert len(picture.edges) == 36 * 3
    assert "6.872e10" in picture.texts["v36"]


@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_value_without_operands_is_one_box(requires_grad: bool) -> None:
    picture = drawn(al.Value(7.0, requires_grad=requires_grad, name="only"))
    assert picture.texts == {"v0": "only 7"}
    assert picture.edges == []


@given(st.data())
def test_any_graph_is_drawn_whole(data: st.DataObject) -> None:
    value = random_graph(data)
    values = all_nodes(value)
    results = [v for v in values if v.operation is not None]
    operands = [operand for v in results for operand in v.operands]
    raw = [operand for operand in operands if not isinstance(operand, al.Value)]
    picture = drawn(value, max_nodes=1000)
    assert len(picture.texts) == len(values) + len(raw) + len(results)
    assert len(picture.edges) == len(operands) + len(results)
    assert picture.footer == ""


def random_graph(data: st.DataObject) -> al.Value:
    """Return a result of up to 30 operations on shared Values, constants and numbers."""
    pool = [al.Value(1.0), al.Value(0.5), al.Value(2.0, requires_grad=False)]
    for _ in range(data.draw(st.integers(1, 30))):
        x = data.draw(st.sampled_from(pool))
        y = data.draw(st.sampled_from([*pool, 0.5, 3]))
        operation = data.draw(st.sampled_from([ops.add, ops.subtract, ops.multiply]))
        pool.append(operation(x, y))
    return pool[-1]


# What boxes say


def test_gradients_are_shown_after_backward_only() -> None:
    x = al.Value(3.0, name="x")
    y = x * 5.0
    assert "grad" not in viz.draw_graph(y).source
    y.backward()
    assert drawn(y).texts["v0"] == "x 3 grad 5"
    assert drawn(y).texts["v1"] == "15 grad 1"
    assert "grad" not in viz.draw_graph(y, show_gradients=False).source


def test_gradient_that_is_a_value_is_shown() -> None:
    x = al.Value(3.0, name="x")
    y = x * x
    y.backward(create_graph=True)
    assert drawn(y).texts["v0"] == "x 3 grad 6"
    x.grad = None


def test_shapes_and_gradients_of_arrays() -> None:
    texts = taken_apart(matmul()).texts
    assert texts["v0"] == "A (2, 3) 0.5 -1 2 3 4 5 grad 5 17.5 30 5 17.5 30"
    assert texts["v1"] == "B (3, 5) 0 … 14 grad 1.5 … 3.5"
    assert texts["v2"] == "(2, 5) 15 … 118 grad all 0.5"


def test_dtype_is_shown_where_it_is_not_float64() -> None:
    x = al.Value(np.float32(0.1), name="x")
    texts = drawn(x * 2.0).texts
    assert texts["v0"] == "x float32 0.1"
    assert texts["c1_1"] == "2"
    texts = taken_apart(constants()).texts
    assert "mask (2,) bool True False" in texts.values()
    assert "(2,) int64 3 4" in texts.values()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 3, "0.3333"),
        (-2.0, "-2"),
        (123456.0, "1.235e5"),
        (1.5e-7, "1.5e-7"),
        (np.nan, "nan"),
        (-np.inf, "-inf"),
        (0.0, "0"),
    ],
)
def test_numbers_have_four_digits(number: float, text: str) -> None:
    assert drawn(al.Value(number)).texts == {"v0": text}


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.zeros((0, 3)), "(0, 3) no elements"),
        (np.full((9, 9), np.nan), "(9, 9) all nan"),
        (np.array([[1 + 2j]]), "(1, 1) complex128 1+2j"),
        (np.full(20, 3 + 4j), "(20,) complex128 |.| to 5"),
        (np.arange(5), "(5,) int64 0 … 4"),
        (np.array(12345678), "int64 1.235e7"),
        (np.ones((1, 2, 2)), "(1, 2, 2) all 1"),
    ],
)
def test_unusual_arrays_are_described(array: np.ndarray, text: str) -> None:
    assert drawn(al.Value(array, requires_grad=False)).texts == {"v0": text}


def test_names_are_escaped() -> None:
    source = escapes().source
    texts = taken_apart(escapes()).texts
    assert texts["v0"] == 'a "b" <c> {d} | \\\\N & é∂ second line 1'  # Graphviz halves backslashes
    assert texts["v1"] == "<B>bold</B> 2"
    assert texts["v2"] == "bell \\\\x07, \\\\ud800 2"
    assert "\x07" not in source


def test_long_names_are_cut() -> None:
    assert drawn(al.Value(1.0, name="n" * 1000)).texts == {"v0": "n" * 39 + "… 1"}


# Operations


def test_operations_show_metadata_that_is_not_at_its_default() -> None:
    texts = taken_apart(indexing()).texts
    operations = [text for node, text in texts.items() if node.startswith("op")]
    assert operations == [
        "getitem index=[0, 1:7:2]",
        "getitem index=[[0, 2, 2]]",
        "getitem index=[..., 3]",
        "getitem index=[[True, False, True, True, False]]",
        "concatenate",
        "reshape shape=(2, 3)",
        "max axis=(0, 1) keepdims=True",
    ]


def test_defaults_of_any_kind_of_rule_are_left_out() -> None:
    x = al.Value([[1.0, 2.0]])
    assert drawn(ops.softmax(x, axis=-1)).texts["op1"] == "softmax"
    assert drawn(ops.softmax(x, axis=0)).texts["op1"] == "softmax axis=0"
    assert drawn(np.concatenate([x, x], axis=0)).texts["op1"] == "concatenate"
    assert drawn(np.stack([x, x], axis=1)).texts["op1"] == "stack axis=1"
    assert drawn(np.transpose(x)).texts["op1"] == "transpose"
    assert drawn(x.astype(np.float32)).texts["op1"] == "astype dtype=float32"


def test_long_indices_are_described() -> None:
    x = al.Value(np.arange(10.0))
    text = drawn(x[np.zeros(100, int)]).texts["op1"]
    assert text == "getitem index=[int64 (100,)]"


@pytest.fixture
def own_primitives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test declares out of the tables of all primitives."""
    for name in ("registry", "numpy_functions"):
        table = getattr(declarations, name)
        monkeypatch.setattr(declarations, name, table.copy())


@pytest.mark.usefixtures("own_primitives")
def test_metadata_that_is_an_array_or_a_function_is_shown() -> None:
    shift = al.primitive(
        lambda x, *, by, how: x + how(by), lambda g, out, x, *, by, how: g, name="shift"
    )
    value = shift(al.Value(1.0), by=np.array([1.0, 2.0]), how=np.sum)
    assert drawn(value).texts["op1"] == "shift by=[1.0, 2.0] how=sum"


@pytest.mark.usefixtures("own_primitives")
def test_operation_without_a_name_is_drawn() -> None:
    double = al.primitive(lambda x: 2 * x, lambda g, out, x: 2 * g)
    picture = drawn(double(al.Value(1.0)))
    assert picture.texts["op1"] == "<lambda>"
    assert 'tooltip="<lambda>"' in picture.attributes["op1"]


@pytest.mark.usefixtures("own_primitives")
def test_defaults_are_found_in_the_rule_of_any_number_of_operands() -> None:
    total = al.primitive(
        lambda *xs, **params: sum(xs) * params["scale"],
        lambda g, out, *xs, positions, scale=1.0: [g * scale for _ in positions],
        name="total",
        variadic=True,
    )
    x = al.Value(1.0)
    assert drawn(total(x, x, scale=1.0)).texts["op1"] == "total"
    assert drawn(total(x, x, scale=2.0)).texts["op1"] == "total scale=2.0"


def test_signs_say_their_name_when_pointed_at() -> None:
    picture = drawn(al.Value(1.0) * 2.0)
    assert picture.texts["op1"] == "×"
    assert "tooltip=multiply" in picture.attributes["op1"]


# Roles


def test_roles_differ_by_shape_and_colour() -> None:
    x = al.Value(1.0, name="x")
    w = al.Value(2.0, name="w")
    picture = drawn(w * x + 1.0, parameters=[w])
    looks = {role: picture.attributes[node] for role, node in zip("xwicr", NODES, strict=True)}
    fills = {role: look.partition("fillcolor=")[2].split()[0] for role, look in looks.items()}
    assert len(set(fills.values())) == 5
    assert "tooltip=" in looks["x"]
    assert '"variable x: 1.0"' in looks["x"]
    assert '"parameter w: 2.0"' in looks["w"]
    assert "style=filled" in looks["w"]
    assert "dashed" in looks["c"]
    assert "peripheries=2" in looks["r"]
    assert "peripheries" not in looks["i"]


NODES = ("v0", "v1", "v2", "c3_1", "v3")


def test_parameters_of_a_module_take_its_names() -> None:
    model = al.nn.MLP([2, 3, 1], rng=0)
    out = model(np.array([[0.5, -1.0]])).sum()
    named = dict(model.named_parameters())
    for parameters in (model, named):
        texts = drawn(out, parameters=parameters).texts.values()
        assert all(any(text.startswith(f"{name} (") for text in texts) for name in named)


def test_own_name_goes_before_the_module_path() -> None:
    w = al.Value(1.0, name="w")
    assert drawn(w * 2.0, parameters={"layer.weight": w}).texts["v0"] == "w 1"


def test_path_says_more_than_its_last_part() -> None:
    w = al.Value(1.0, name="weight")
    assert drawn(w * 2.0, parameters={"layer.weight": w}).texts["v0"] == "layer.weight 1"


def test_one_value_is_a_parameter_too() -> None:
    w = al.Value([1.0, 2.0])
    assert 'tooltip="parameter: ' in drawn(w * 2.0, parameters=w).attributes["v0"]


def test_legend_explains_the_roles_that_are_there() -> None:
    x = al.Value(1.0)
    assert drawn(x * 2.0).footer == ""
    assert drawn(x * 2.0, legend=True).footer == "variable constant result"
    assert drawn(x * x + x, legend=True).footer == "variable intermediate result"


# Size


@pytest.mark.parametrize("max_nodes", [3, 4, 5, 6, 7, 30, 300])
def test_long_chain_is_cut_at_the_budget(max_nodes: int) -> None:
    picture = drawn(chain(1000), max_nodes=max_nodes, fold=False)
    assert max_nodes - 2 <= len(picture.texts) <= max_nodes
    boxes = sum(not node.startswith(("op", "cut")) for node in picture.texts)
    assert picture.footer == (
        f"⋯ {2001 - boxes:,} of 2,001 values and constants are not drawn (max_nodes={max_nodes})"
    )
    assert sum(text.startswith("⋯") for text in picture.texts.values()) == 1
    assert "1001" in picture.texts.values()


def test_graph_of_just_the_budget_is_whole() -> None:
    whole = len(drawn(chain(10)).texts)
    assert whole == 31
    assert drawn(chain(10), max_nodes=31, fold=False).footer == ""
    assert "not drawn" in drawn(chain(10), max_nodes=30, fold=False).footer


def test_million_operations_are_drawn_at_the_default_budget() -> None:
    picture = drawn(chain(10**6))
    assert "×999,997 more add" in picture.texts.values()
    assert len(picture.texts) == 11
    assert picture.footer == "1,999,994 of 2,000,001 values and constants are inside of boxes"


def test_operation_with_too_many_operands_says_how_many_are_missing() -> None:
    picture = drawn(np.stack([al.Value(float(i)) for i in range(1000)]), max_nodes=20)
    assert len(picture.texts) == 20
    assert list(picture.texts.values()).count("⋯ 983 more") == 1
    assert picture.footer.startswith("⋯ 983 of 1,001 ")
    assert "0" in picture.texts.values()


@given(st.data(), st.integers(3, 60))
def test_any_cut_keeps_the_budget_and_accounts_for_the_rest(
    data: st.DataObject, max_nodes: int
) -> None:
    value = random_graph(data)
    whole, part = drawn(value, max_nodes=1000), drawn(value, max_nodes=max_nodes, fold=False)
    assert len(part.texts) <= max_nodes
    if len(whole.texts) <= max_nodes:
        assert part == whole
        return
    kept = sum(not node.startswith(("op", "cut")) for node in part.texts)
    total = sum(not node.startswith("op") for node in whole.texts)
    assert part.footer.startswith(f"⋯ {total - kept:,} of {total:,} ")
    targets = {source for source, target in part.edges}
    assert len(set(part.texts) - targets) == 1  # all lead to the result
    ends = {node for edge in part.edges for node in edge}
    assert ends <= set(part.texts)


# Arguments


@pytest.mark.parametrize("wrong", [3.0, None, np.ones(2), "x", [al.Value(1.0)]])
def test_only_a_value_has_a_graph(wrong: object) -> None:
    with pytest.raises(ArgumentError, match=type(wrong).__name__):
        viz.draw_graph(wrong)


@pytest.mark.parametrize(
    "options",
    [
        {"direction": "left"},
        {"max_nodes": 2},
        {"max_nodes": None},
        {"max_nodes": 10.0},
        {"parameters": [1.0]},
        {"parameters": {"w": 1.0}},
    ],
)
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        viz.draw_graph(al.Value(1.0), **options)


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_direction_is_passed_on(direction: str) -> None:
    assert f"rankdir={direction}" in viz.draw_graph(al.Value(1.0), direction=direction).source


def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    monkeypatch.delitem(sys.modules, "autograd_lite.viz.drawing", raising=False)
    with pytest.raises(MissingDependencyError, match=r"autograd_lite\[viz\]"):
        viz.draw_graph(al.Value(1.0))


def test_drawing_changes_nothing() -> None:
    x = al.Value(3.0, name="x")
    y = x * x
    y.backward()
    viz.draw_graph(y)
    assert (x.name, y.name, x.grad, y.grad, x.data, y.data) == ("x", None, 6, 1, 3, 9)
