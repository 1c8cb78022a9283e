"""Each section measures the right thing, has all its rows, and can be saved and read back."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

import autograd_lite as al
from benchmarks import (
    __main__ as command,
)
from benchmarks import (
    article,
    bars,
    compile_time,
    derivative_cost,
    imports,
    memory,
    peers,
    scalar_graph,
    steps,
)
from benchmarks.networks import Work

TINY = {
    "steps": lambda: steps.measure([Work((2, 3, 3, 1), 4, "float64")], peers.PEERS[:3], seconds=0),
    "article": lambda: article.measure(epochs=1, seconds=0),
    "scalar_graph": lambda: scalar_graph.measure((10, 100), seconds=0),
    "derivatives": lambda: derivative_cost.measure(seconds=0),
    "memory": lambda: memory.measure(100, batch=1024, width=64, depth=2),
    "imports": lambda: imports.measure(processes=1),
}


@pytest.fixture(scope="module")
def results():
    machine = command.machine.describe()
    compiled = {"rows": {}, "skipped": {"numpy": "left out here", "numba": "left out here"}}
    measured = {name: measure() for name, measure in TINY.items()}
    return {"machine": machine, **measured, "compile_time": compiled}


def test_all_sections_are_tried_here(results):
    assert results.keys() - {"machine"} == command.SECTIONS.keys()


def test_results_survive_json(results):
    assert json.loads(json.dumps(results)) == results


@pytest.mark.parametrize("name", list(command.SECTIONS))
def test_tables_have_whole_rows(results, name):
    for table in command.SECTIONS[name].tables(results[name]):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert len(table.markdown().splitlines()) >= len(table.rows) + 4


def test_the_machine_is_described(results):
    assert results["machine"]["versions"]["numpy"] == np.__version__
    assert results["machine"]["processor"]
    assert results["machine"]["date"][:2] == "20"


def test_a_busy_machine_is_called_busy(results):
    quiet, busy = ({**results["machine"], "load": load} for load in (0.1, 3.5))
    assert "a quiet machine: load 0.1" in command.machine.text(quiet)
    assert "A BUSY MACHINE, load 3.5" in command.machine.text(busy)


def test_a_chain_has_as_many_nodes_as_it_says_and_the_right_derivative():
    x = al.Value(0.5)
    out = scalar_graph.chain(x, al.Value(0.25), 6)
    out.backward()
    # ((x y + x) y + x) y + x = x (1 + y + y² + y³)
    assert out.item() == 0.5 * (1 + 0.25 + 0.25**2 + 0.25**3)
    assert float(x.grad) == 1 + 0.25 + 0.25**2 + 0.25**3
    nodes, node = 0, out
    while node.operation is not None:
        nodes, node = nodes + 1, node.operands[0]
    assert nodes == 6


def test_micrograd_goes_deeper_than_it_can_by_itself():
    if not find_spec("micrograd"):
        pytest.skip("micrograd not installed")
    data = scalar_graph.measure((5_000,), seconds=0)
    peers_found = data["sizes"]["5000"]
    assert peers_found.keys() == {"autograd_lite", "micrograd"}
    for modes in peers_found.values():
        assert modes.keys() == {"collector on", "collector off"}
        assert all(times.keys() == set(scalar_graph.PHASES) for times in modes.values())


@pytest.mark.parametrize("make", derivative_cost.MAKERS, ids=lambda make: make.__name__)
def test_cases_are_differentiated_rightly(make):
    case = make(np.random.default_rng(0))
    al.testing.check_grads(lambda x: case.fun(np, x), (case.x,), order=1)
    values = [make_gradient(case)(case.x) for make_gradient in derivative_cost.gradients().values()]
    for value, gradient in values:
        assert float(value) == pytest.approx(float(case.fun(np, case.x)))
        for ours, theirs in zip(as_list(values[0][1]), as_list(gradient), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-12)


def as_list(tree):
    return tree if isinstance(tree, list) else [tree]


def test_second_derivatives_are_those_of_the_valley():
    found = derivative_cost.second_derivatives()
    for works in found.values():
        hessian = works["Hessian"]()
        assert hessian.shape == (100, 100)
        np.testing.assert_allclose(hessian, found["autograd_lite"]["Hessian"](), atol=1e-8)
        np.testing.assert_allclose(
            works["hvp"](), hessian @ np.random.default_rng(0).normal(size=(2, 100))[1], atol=1e-8
        )


def test_memory_of_a_node_counts_what_is_kept():
    found = memory.bytes_per_node(lambda _: _Bytes(), 100)
    assert 1000 <= found["forward"] < 1500
    assert 2000 <= found["backward"] < 2500


class _Bytes:
    """A leaf whose every operation keeps 1000 bytes, and as many more after backward."""

    def __init__(self, *before):
        self.before, self.kept = before, [bytes(1000)]

    def __mul__(self, other):
        return _Bytes(self, other)

    __add__ = __mul__

    def backward(self):
        node = self
        while node.before:
            node.kept.append(bytes(1000))
            node = node.before[0]


def test_the_peak_of_a_step_is_at_least_what_backward_needs():
    found = memory.peak_of_step("leaves_only", 512, 256, 6)
    assert found["traced_bytes"] >= 6 * 512 * 256 * 8
    assert found["peak_bytes"] >= 6 * 512 * 256 * 8
    compiled = memory.peak_of_step("compiled", 512, 256, 6)
    assert 6 * 512 * 256 * 8 <= compiled["traced_bytes"] < found["traced_bytes"]


def test_the_article_is_learnt_by_all():
    found, _ = article.trainings()
    X, y, X_test, y_test = article.split_events()
    assert (len(X), len(X_test)) == (787, 263)
    np.testing.assert_allclose([X.mean(), X.std()], [0, 1], atol=1e-12)
    for train in found.values():
        assert al.metrics.roc_auc(y_test, train(X, y, 100)(X_test)) > 0.85


def test_bars_say_met_not_met_and_not_measured():
    bar = bars.Bar("work", 2.0, lambda results: results["value"], " ms")
    assert bar.row({"value": 2.0}) == ["work", "2 ms", "2 ms", "met"]
    assert bar.row({"value": 2.01}) == ["work", "2 ms", "2.01 ms", "NOT MET"]
    assert bar.row({}) == ["work", "2 ms", "", "not measured"]


def test_a_bar_takes_its_ratio_from_the_right_place():
    work = Work((2, 32, 32, 1), 32, "float64")
    row = {"over_limit": 1.4, "over": {"jax.jit": 0.9, "PyTorch": 0.2}}
    data = {"steps": {work.name: {"rows": {"autograd_lite": row}}}}
    rows = {name: rest for name, *rest in bars.table(data).rows}
    assert rows["2-32-32-1, float64, batch 32: eager / hand"] == ["1.5", "1.4", "met"]
    assert rows["2-32-32-1, float64, batch 32: eager / jax.jit"] == ["1", "0.9", "met"]
    assert rows["2-32-32-1, float64, batch 32: eager / PyTorch"] == ["0.25", "0.2", "met"]
    assert rows["2-32-32-1, float64, batch 200: eager / hand"][-1] == "not measured"


def test_the_scalar_bars_take_the_worst_size():
    def times(ours):
        phases = dict.fromkeys(scalar_graph.PHASES, ours)
        theirs = dict.fromkeys(scalar_graph.PHASES, 10.0)
        return {
            "autograd_lite": {"collector on": phases, "collector off": phases},
            "micrograd": {"collector on": theirs, "collector off": theirs},
        }

    data = {"scalar_graph": {"sizes": {"10": times(4.0), "100": times(6.0)}}}
    rows = {name: rest for name, *rest in bars.table(data).rows}
    assert rows["scalar graph, worst size: forward / micrograd"] == ["0.5", "0.6", "NOT MET"]
    assert rows["scalar graph, worst size: backward / micrograd"] == ["1", "0.6", "met"]
    growth = rows["scalar graph, collector on: per node, largest / a tenth of it"]
    assert growth[1:] == ["1.5", "NOT MET"]


def test_every_bar_is_found_in_results_of_everything():
    names = {bar.work for bar in (*bars.step_bars(), *bars.other_bars())}
    assert len(names) == len(bars.step_bars()) + len(bars.other_bars())
    sizes = {work.name for work in steps.WORKS}
    assert {Work(steps.SMALL, b, "float64").name for b in (32, 200, 788)} <= sizes
    assert Work(steps.LARGE, 128, "float32").name in sizes


def test_compile_time_names_why_a_backend_is_left_out(monkeypatch):
    absent = peers.Peer("autograd_lite, numba", "ours:make_numba", ("no_such_package",), True)
    monkeypatch.setattr(compile_time, "PEERS", (absent,))
    data = compile_time.measure()
    assert data == {"rows": {}, "skipped": {"numba": "no_such_package not installed"}}
    assert compile_time.tables(data)[0].rows == [["numba", "no_such_package not installed", ""]]


def test_the_command_prints_saves_and_writes_the_page(results, tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    for name, section in command.SECTIONS.items():
        monkeypatch.setattr(section, "measure", lambda name=name: results[name])
    (tmp_path / "images").mkdir()
    monkeypatch.setattr(command, "DOCS", tmp_path)
    monkeypatch.setattr(command, "PAGE", tmp_path / "performance.md")
    command.main(["--out", str(tmp_path / "out"), "--write-docs"])
    printed = capsys.readouterr().out
    saved = json.loads((tmp_path / "out" / "results.json").read_text())
    assert saved.keys() == results.keys()
    assert (tmp_path / "images" / "performance.png").stat().st_size > 10_000
    page = (tmp_path / "performance.md").read_text()
    for name in command.SECTIONS:
        for table in command.SECTIONS[name].tables(results[name]):
            assert table.title in printed
            assert table.markdown() in page
    assert bars.table(results).markdown() in page

    command.main(["--from", str(tmp_path / "out" / "results.json")])
    again = capsys.readouterr().out
    assert bars.table(results).text() in again
