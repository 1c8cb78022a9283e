"""Random programs: what they promise, what they agree with, and what a failing one shows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

import autograd_lite as al
from autograd_lite.errors import ArgumentError, GradientCheckError
from autograd_lite.primitive import Primitive, registry
from autograd_lite.testing import domains, strategies
from autograd_lite.testing.strategies import VOCABULARY, Constant, Operation, Program, Step
from tests.helpers import bits
from tests.testing.frameworks import jax_functions, torch_functions

DRAWN = settings(
    max_examples=60,
    phases=[Phase.generate],
    database=None,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""For tests that look at what is drawn, always the same."""


THOROUGH = settings().max_examples >= 1000
FEWER = settings().max_examples if THOROUGH else max(10, settings().max_examples // 2)
"""A program is worth many other examples."""

pytestmark = pytest.mark.timeout(0 if THOROUGH else 300)


def sample() -> list[Program]:
    """Return programs as they are drawn."""
    drawn: list[Program] = []

    @DRAWN
    @given(strategies.programs())
    def collect(program: Program) -> None:
        drawn.append(program)

    collect()
    return drawn


@pytest.fixture(scope="module")
def programs() -> list[Program]:
    return sample()


def of_steps(inputs: list[Any], *steps: tuple[str, tuple[Any, ...], dict[str, Any]]) -> Program:
    """Return a program written out: names, operands and metadata of the steps."""
    return Program(
        tuple(map(np.float64, inputs)),
        tuple(Step(VOCABULARY[name], operands, params) for name, operands, params in steps),
    )


SQUARE_OF_SIN = of_steps([0.5], ("sin", (0,), {}), ("multiply", (1, 1), {}))


# What is drawn


def test_programs_keep_their_limits() -> None:
    @DRAWN
    @given(strategies.programs(min_nodes=3, max_nodes=12))
    def check(program: Program) -> None:
        sizes.append(len(program.steps))

    sizes: list[int] = []
    check()
    assert max(sizes) == 12
    assert min(sizes) == 1
    assert sum(size < 3 for size in sizes) < 20  # what hypothesis begins with, and shrinks to


def test_programs_are_of_every_size_and_use_every_operation(programs: list[Program]) -> None:
    used = Counter(step.operation.name for program in programs for step in program.steps)
    assert len(VOCABULARY) > 90
    assert len(set(used) & set(VOCABULARY)) > 0.8 * len(VOCABULARY)
    sizes = [len(program.steps) for program in programs]
    assert max(sizes) == 50
    assert sum(10 < size < 40 for size in sizes) > 10


@pytest.mark.parametrize(
    "holds",
    [
        lambda p: any(len(set(s.operands)) < len(s.operands) for s in p.steps),
        lambda p: not all(any(n in s.operands for s in p.steps) for n, _ in enumerate(p.inputs)),
        lambda p: any(np.size(x) == 0 for x in p.run(p.inputs)),
        lambda p: any(np.ndim(x) == 0 for x in p.run(p.inputs)),
        lambda p: any(np.ndim(x) == 3 for x in p.run(p.inputs)),
        lambda p: any(isinstance(x, Constant) for s in p.steps for x in s.operands),
        lambda p: len(p.results) > 1,
    ],
    ids=["shared", "unused", "empty", "numbers", "3-d", "constants", "results"],
)
def test_programs_have_operands_of_every_kind(
    programs: list[Program], holds: Callable[[Program], bool]
) -> None:
    assert any(map(holds, programs))


def test_results_are_finite_and_of_moderate_size(programs: list[Program]) -> None:
    for program in programs:
        everything = program.run(program.inputs)
        assert all(np.isfinite(x).all() and x.dtype == np.float64 for x in everything)
        assert largest(program(*program.inputs)) <= 8


def test_slopes_are_of_moderate_size(programs: list[Program]) -> None:
    for program in programs:
        moved = program(*(x + 1e-7 for x in program.inputs))
        pairs = zip(moved, program(*program.inputs), strict=True)
        assert all(np.max(np.abs(x - y), initial=0) < 1e-5 for x, y in pairs)


def test_the_code_runs_and_computes_the_same(programs: list[Program]) -> None:
    for program in programs:
        *lines, last = program.source.splitlines()
        names: dict[str, Any] = {}
        exec("\n".join(lines), names)
        assert last.startswith("al.testing.check_grads(program, [v0")
        expected = program(*program.inputs)
        for array, code in zip(expected, names["program"](*program.inputs), strict=True):
            assert np.array_equal(array, code)
        for n, x in enumerate(program.inputs):
            assert np.array_equal(names[f"v{n}"], x)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"min_nodes": 0}, "min_nodes"),
        ({"max_nodes": 4}, "min_nodes"),
        ({"operations": []}, "no operations"),
        ({"operations": ["tanh", "tanx"]}, "'tanx'"),
    ],
)
def test_limits_that_cannot_be(limits: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        strategies.programs(**limits)


def test_programs_of_some_operations_and_of_ones_own() -> None:
    cube = Primitive(lambda x: x**3, (lambda g, out, x: 3 * g * x * x,), "cube", False)
    own = Operation("cube", cube, strategies.elementwise((-1.5, 1.5)), "cube({0})")
    program = find(
        strategies.programs(1, 4, operations=["add", own]),
        lambda p: {"cube", "add"} <= {s.operation.name for s in p.steps},
        settings=settings(database=None, deadline=None),
    )
    assert len(program.steps) == 2
    assert "cube(v" in program.source
    strategies.check_program(program)


def test_code_imports_operations_of_ones_own_once() -> None:
    imports = "from numpy import sinh as own"
    own = Operation("own", np.sinh, strategies.elementwise(None), "own({0})", imports=imports)
    program = Program((np.float64(0.5),), (Step(own, (0,)), Step(own, (1,))))
    assert program.source.count(imports) == 1
    exec(program.source, {})


class Calls(NamedTuple):
    shapes: list[tuple[int, ...]]
    params: dict[str, Any]


class Table(NamedTuple):
    intervals: list[Any]
    calls: list[Calls] = []
    arguments: str | None = None


def test_a_table_of_domains_makes_operations_of_primitives() -> None:
    table = {
        "arcsin": Table([(-0.9, 0.9)], arguments="broadcast"),
        "prod": Table([((-1.5, -0.5), (0.5, 1.5))], arguments="axis"),
        "linear": Table(
            [None], [Calls([(2, 3), (4, 3), (4,)], {}), Calls([(3,), (1, 3), (1,)], {})]
        ),
        "less": Table([None, None], arguments="broadcast"),  # has no rule
    }
    operations = strategies.operations_of(table)
    assert [operation.name for operation in operations] == ["arcsin", "prod", "linear"]
    used: set[str] = set()

    @DRAWN
    @given(strategies.programs(2, 8, operations=["add", *operations]))
    def check(program: Program) -> None:
        used.update(step.operation.name for step in program.steps)
        strategies.check_program(program)
        exec(program.source, {})

    check()
    assert set(table) - {"less"} <= used


# Agreement

PRIMITIVES = [name for name, operation in VOCABULARY.items() if name in registry]
"""Operations that run the same function of numpy on arrays and on Values."""


@given(strategies.programs(operations=PRIMITIVES))
@settings(max_examples=FEWER, suppress_health_check=[HealthCheck.too_slow])
def test_values_equal_arrays_bit_for_bit(program: Program) -> None:
    values = program.run([al.Value(x) for x in program.inputs])
    for array, value in zip(program.run(program.inputs), values, strict=True):
        assert bits(value.data) == bits(array)


def test_a_domain_of_the_laws_is_one_for_programs() -> None:
    halved = al.primitive(
        lambda x: np.log(x) / 2, lambda g, out, x: g / (2 * x), name="test_programs.halved_log"
    )
    try:
        for domain in (
            domains.of_one(domains.interval(0.5, 3.0)),
            domains.of_one(domains.both_signs(0.5, 3.0)),
        ):
            assert domain.intervals == [pytest.approx((0.5, 3.0))]
            drawn = strategies.operation_of(halved, domain)

            @DRAWN
            @given(strategies.programs(1, 6, operations=[drawn, "sin"]))
            def check(program: Program) -> None:
                strategies.check_program(program)

            check()
    finally:
        del registry["test_programs.halved_log"]
    assert domains.of_two().intervals == [pytest.approx((-2.0, 2.0))] * 2


@given(strategies.programs())
@settings(max_examples=FEWER, suppress_health_check=[HealthCheck.too_slow])
def test_values_equal_arrays_and_gradients_equal_differences(program: Program) -> None:
    strategies.check_program(program)


def gradients(program: Program, weights: list[Any]) -> list[Any]:
    def total(*inputs: Any) -> Any:
        return sum(np.sum(w * x) for w, x in zip(weights, program(*inputs), strict=True))

    return list(al.grad(total, tuple(range(len(program.inputs))))(*program.inputs))


def weights_for(results: list[Any]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.uniform(0.5, 1.5, np.shape(x)) for x in results]


def assert_close(got: list[Any], expected: list[Any], scale: float) -> None:
    """Compare to 1e-9 of the largest element of all; where all cancel, rounding is left."""
    for x, y in zip(got, expected, strict=True):
        assert np.shape(x) == np.shape(y)
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-9 * scale + 1e-13)


def largest(arrays: list[Any]) -> float:
    return max((float(np.max(np.abs(x), initial=0)) for x in arrays), default=0.0) or 1.0


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def jax() -> Any:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


@pytest.mark.filterwarnings("ignore:(var|std)")  # of no elements, to no results
def test_pytorch_agrees(torch: Any) -> None:
    functions = torch_functions(torch)

    def as_tensor(constant: Any) -> Any:
        return torch.as_tensor(constant, dtype=torch.float64)

    @given(strategies.programs(operations=[name for name in VOCABULARY if name in functions]))
    @settings(max_examples=FEWER, suppress_health_check=[HealthCheck.too_slow])
    def check(program: Program) -> None:
        results = program(*program.inputs)
        weights = weights_for(results)
        inputs = [torch.tensor(x, requires_grad=True) for x in program.inputs]
        numbered = program.run(inputs, functions, as_tensor)
        theirs = [numbered[n] for n in program.results]
        total = sum(torch.sum(torch.as_tensor(w) * x) for w, x in zip(weights, theirs, strict=True))
        slopes = torch.autograd.grad(total, inputs, materialize_grads=True)
        assert_close(results, [x.detach().numpy() for x in theirs], largest(results))
        expected = [slope.numpy() for slope in slopes]
        assert_close(gradients(program, weights), expected, largest(expected))

    check()


def test_jax_agrees(jax: Any) -> None:
    functions = jax_functions(jax)
    checked = count(1)

    @given(
        strategies.programs(
            max_nodes=50 if THOROUGH else 7,
            operations=[name for name in VOCABULARY if name in functions],
        )
    )
    @settings(
        max_examples=FEWER if THOROUGH else 5,  # it compiles each call for its shapes
        suppress_health_check=[HealthCheck.too_slow],
    )
    def check(program: Program) -> None:
        results = program(*program.inputs)
        weights = weights_for(results)

        def total(inputs: Any) -> Any:
            numbered = program.run(inputs, functions)
            theirs = [numbered[n] for n in program.results]
            terms = zip(weights, theirs, strict=True)
            return sum(jax.numpy.sum(w * x) for w, x in terms), theirs

        if next(checked) % 1000 == 0:
            jax.clear_caches()  # it keeps what it compiled: some 2 GB by then
        inputs = [jax.numpy.asarray(x) for x in program.inputs]
        slopes, theirs = jax.grad(total, has_aux=True)(inputs)
        assert_close(results, [np.asarray(x) for x in theirs], largest(results))
        expected = [np.asarray(slope) for slope in slopes]
        assert_close(gradients(program, weights), expected, largest(expected))

    check()


# Failures


@pytest.fixture
def plant() -> Iterator[Callable[..., None]]:
    """Return what replaces the rules of an operation until the test is over."""
    before: dict[str, Any] = {}

    def replace(name: str, *rules: Any) -> None:
        before.setdefault(name, registry[name].rules)
        registry[name].rules = rules

    yield replace
    for name, rules in before.items():
        registry[name].rules = rules


def failing(folder: Path, **limits: Any) -> str:
    """Return the message for the smallest program that fails."""

    @given(strategies.programs(**limits))
    @settings(
        max_examples=500,
        database=None,
        deadline=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    def check(program: Program) -> None:
        strategies.check_program(program, directory=folder)

    with pytest.raises(GradientCheckError) as caught:
        check()
    return str(caught.value)


def test_a_wrong_sign_in_tanh_is_found_and_shown_by_one_operation(
    plant: Callable[..., None], tmp_path: Path
) -> None:
    plant("tanh", lambda g, out, x: -g * (1 - out * out))
    operations = ["add", "multiply", "exp", "tanh", "sum", "getitem", "matmul", "concatenate"]
    message = failing(tmp_path, max_nodes=6, operations=operations)
    assert "got = -expected: a wrong sign" in message
    assert "def program(v0):\n    v1 = np.tanh(v0)\n    return [v1]\n" in message
    code = next(tmp_path.glob("*.py")).read_text(encoding="utf-8")
    assert code.strip() in message
    with pytest.raises(GradientCheckError, match="a wrong sign"):
        exec(code, {})
    assert "tanh" in next(tmp_path.glob("*.dot")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("matmul", (lambda g, out, x, y: 2 * g @ np.swapaxes(y, -1, -2), None)),
        ("max", (lambda g, out, x, *, axis=None, keepdims=False: np.zeros_like(x),)),
    ],
)
def test_planted_bugs_shrink_to_few_operations(
    plant: Callable[..., None], tmp_path: Path, name: str, rules: Any
) -> None:
    plant(name, *(mine or theirs for mine, theirs in zip(rules, registry[name].rules, strict=True)))
    message = failing(tmp_path, max_nodes=5, operations=["add", "sin", "reshape", name])
    assert "    return [" in message
    assert sum(line.startswith("    v") for line in message.splitlines()) <= 2


def test_the_step_that_fails_by_itself_is_reported(
    plant: Callable[..., None], tmp_path: Path
) -> None:
    plant("tanh", lambda g, out, x: g * (1 + out * out))
    program = of_steps([0.5], ("exp", (0,), {}), ("tanh", (1,), {}), ("multiply", (2, 1), {}))
    with pytest.raises(GradientCheckError, match=r"v1 = np.tanh\(v0\)") as caught:
        strategies.check_program(program, directory=tmp_path)
    assert "return [v1]" in str(caught.value)


def test_a_rule_that_raises_is_reported_with_its_cause(
    plant: Callable[..., None], tmp_path: Path
) -> None:
    def broken(g: Any, out: Any, x: Any) -> Any:
        raise RuntimeError("no slope today")

    plant("sin", broken)
    with pytest.raises(GradientCheckError, match="RuntimeError: no slope today") as caught:
        strategies.check_program(SQUARE_OF_SIN, directory=tmp_path)
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert "no diagram: RuntimeError" in str(caught.value)


def test_values_that_differ_from_arrays_are_reported(tmp_path: Path) -> None:
    def inconsistent(x: Any) -> Any:
        return np.sin(x) if isinstance(x, al.Value) else np.sin(x) + 1e-9

    operation = Operation("sin", inconsistent, strategies.elementwise(None))
    program = Program((np.float64(0.5),), (Step(operation, (0,)),))
    with pytest.raises(GradientCheckError, match="v1 of Values is array"):
        strategies.check_program(program, directory=tmp_path)


def test_a_failure_is_saved_under_the_name_of_the_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradientCheckError, match=r"files: \.gradcheck"):
        strategies.report_failure(SQUARE_OF_SIN, "it looks odd")
    names = {path.name for path in (tmp_path / ".gradcheck").iterdir()}
    stem = "test_a_failure_is_saved_under_the_name_of_the_test"
    assert {f"{stem}.py", f"{stem}.dot"} <= names


def test_without_graphviz_the_code_and_the_text_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(GradientCheckError, match=r"no picture: .* the Graphviz program"):
        strategies.report_failure(SQUARE_OF_SIN, "odd", directory=tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".py", ".dot"}
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(GradientCheckError, match=r"no diagram: .*viz"):
        strategies.report_failure(SQUARE_OF_SIN, "odd", directory=tmp_path)


# Printed


def test_a_program_prints_what_it_does() -> None:
    assert repr(SQUARE_OF_SIN) == "<program of v0: number: v1 = np.sin(v0); v2 = v1 * v1>"
    assert repr(VOCABULARY["sin"]) == "<operation sin>"
    assert SQUARE_OF_SIN.name == "a program of 2 operations"


@pytest.mark.parametrize(
    ("name", "operands", "params", "code"),
    [
        ("getitem", (0,), {"index": (slice(None, None, -1), None, ...)}, "v0[::-1, None, ...]"),
        ("getitem", (0,), {"index": ()}, "v0[()]"),
        ("getitem", (0,), {"index": (2,)}, "v0[2,]"),
        ("getitem", (0,), {"index": np.array([0, -1])}, "v0[np.array([0, -1])]"),
        ("getitem", (0,), {"index": np.zeros(0, int)}, "v0[np.zeros((0,), dtype='int64')]"),
        ("add", (0, Constant(-0.5)), {}, "v0 + (-0.5)"),
        ("sum", (0,), {"axis": (0,), "keepdims": True}, "np.sum(v0, axis=(0,), keepdims=True)"),
        ("reshape", (0,), {"shape": (2, -1)}, "np.reshape(v0, (2, -1))"),
        ("concatenate", (0, 0), {"axis": 1}, "np.concatenate([v0, v0], axis=1)"),
        ("split", (0,), {"sections": [1], "part": 0}, "np.split(v0, [1])[0]"),
        (
            "multiply",
            (0, Constant(np.ones(2, "f4"))),
            {},
            "v0 * np.array([1.0, 1.0], dtype='float32')",
        ),
    ],
)
def test_steps_are_printed_as_numpy_is_written(
    name: str, operands: Any, params: Any, code: str
) -> None:
    assert f"    v1 = {code}\n" in of_steps([1.0], (name, operands, params)).source
