"""The training steps that are timed compute the same; peers that are missing are left out."""

from importlib.util import find_spec

import numpy as np
import pytest

import autograd_lite as al
from benchmarks import steps
from benchmarks.networks import Work, make_problem
from benchmarks.peers import HAND, KEPT, PEERS, Peer, Trainer

BINARY = Work((2, 5, 4, 1), 7, "float64")
CLASSES = Work((6, 5, 4, 3), 7, "float64")
WORKS = [work._replace(dtype=d) for work in (BINARY, CLASSES) for d in ("float64", "float32")]

by_work = pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
OTHERS = [peer for peer in PEERS if peer.name not in (HAND, KEPT)]


def named(name):
    return next(peer for peer in PEERS if peer.name == name)


def losses_and_parameters(peer, work, count=20):
    trainer = peer.make(work, make_problem(work))
    losses = [trainer.number(trainer.step()) for _ in range(count)]
    return np.array(losses), [np.array(p) for p in trainer.parameters()]


def adam_by_formula(work, count):
    """Adam of the paper, one parameter after another, on gradients by central differences."""
    problem = make_problem(work)

    def loss(parameters):
        W1, b1, W2, b2, W3, b3 = parameters
        h = np.maximum(problem.X @ W1.T + b1, 0)
        z = np.maximum(h @ W2.T + b2, 0) @ W3.T + b3
        if work.binary:
            p = 1 / (1 + np.exp(-z))
            return -np.mean(problem.y * np.log(p) + (1 - problem.y) * np.log(1 - p))
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(z)), problem.y]))

    parameters = problem.parameters
    m, v = ([np.zeros_like(p) for p in parameters] for _ in range(2))
    for t in range(1, count + 1):
        gradients = []
        for p in parameters:
            g = np.empty_like(p)
            for i in np.ndindex(p.shape):
                kept, h = p[i], 1e-6
                p[i] = kept + h
                above = loss(parameters)
                p[i] = kept - h
                g[i] = (above - loss(parameters)) / (2 * h)
                p[i] = kept
            gradients.append(g)
        for p, g, a, b in zip(parameters, gradients, m, v, strict=True):
            a[...] = 0.9 * a + 0.1 * g
            b[...] = 0.999 * b + 0.001 * g**2
            p -= 1e-3 * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-8)
    return loss(parameters), parameters


@pytest.mark.parametrize("work", [BINARY, CLASSES], ids=lambda work: work.name)
def test_the_step_by_hand_is_adam_on_the_loss(work):
    losses, parameters = losses_and_parameters(named(HAND), work, 4)
    loss, _ = adam_by_formula(work, 3)
    _, expected = adam_by_formula(work, 4)
    assert losses[-1] == pytest.approx(loss, abs=1e-7)
    for p, q in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(p, q, atol=1e-6)


@pytest.mark.parametrize("work", [BINARY, CLASSES], ids=lambda work: work.name)
@pytest.mark.parametrize("name", [KEPT, "autograd_lite"])
def test_the_step_by_hand_equals_ours_to_rounding(work, name):
    losses, parameters = losses_and_parameters(named(HAND), work)
    our_losses, ours = losses_and_parameters(named(name), work)
    np.testing.assert_allclose(our_losses, losses, rtol=0, atol=1e-12)
    for p, q in zip(ours, parameters, strict=True):
        np.testing.assert_allclose(p, q, rtol=0, atol=1e-12)


@by_work
@pytest.mark.parametrize("peer", OTHERS, ids=lambda peer: peer.name)
def test_every_installed_peer_agrees(peer, work):
    if reason := peer.why_not():
        pytest.skip(reason)
    problem = make_problem(work)
    trainers = {HAND: named(HAND).make(work, problem), peer.name: peer.make(work, problem)}
    differences = steps.compare(work, trainers)
    assert differences[peer.name] <= steps.TOLERANCE[work.dtype]
    for trainer in trainers.values():
        assert [p.dtype for p in trainer.parameters()] == [np.dtype(work.dtype)] * 6
        moved = zip(trainer.parameters(), problem.parameters, strict=True)
        assert all(np.any(p != start) for p, start in moved)


@pytest.mark.parametrize("off", ["loss", "parameters"])
def test_a_peer_that_computes_something_else_stops_the_run(off):
    problem = make_problem(BINARY)
    right = named(HAND).make(BINARY, problem)
    other = named(KEPT).make(BINARY, problem)
    wrong = {
        "loss": Trainer(lambda: other.step() + 1e-6, other.parameters),
        "parameters": Trainer(other.step, lambda: [p + 1e-6 for p in other.parameters()]),
    }[off]
    with pytest.raises(steps.DisagreementError, match=r"other differs by 1e-06 .* 2-5-4-1"):
        steps.compare(BINARY, {HAND: right, "other": wrong})


@pytest.mark.parametrize("off", ["loss", "parameters"])
def test_not_a_number_stops_the_run(off):
    problem = make_problem(BINARY)
    right = named(HAND).make(BINARY, problem)
    other = named(KEPT).make(BINARY, problem)
    wrong = {
        "loss": Trainer(lambda: np.nan, other.parameters),
        "parameters": Trainer(other.step, lambda: [p * np.nan for p in other.parameters()]),
    }[off]
    with pytest.raises(steps.DisagreementError):
        steps.compare(BINARY, {HAND: right, "other": wrong})


def test_a_peer_that_is_not_installed_is_left_out_with_the_reason():
    absent = Peer("autograd", "with_autograd:make", ("no_such_package",))
    peers = (named(HAND), named(KEPT), named("autograd_lite"), absent)
    data = steps.measure([BINARY], peers, seconds=0)
    assert list(data[BINARY.name]["rows"]) == [HAND, KEPT, "autograd_lite"]
    [table] = steps.tables(data)
    assert [row[0] for row in table.rows] == [HAND, KEPT, "autograd_lite", "autograd"]
    assert table.rows[-1][-1] == "no_such_package not installed"


def test_what_is_installed_takes_part():
    for peer in PEERS:
        there = all(find_spec(package) for package in peer.needs)
        assert (peer.why_not() is None) == there


def test_a_table_has_a_column_for_each_batch_and_a_row_for_each_peer():
    works = [BINARY, BINARY._replace(batch=3), CLASSES]
    peers = [named(name) for name in (HAND, KEPT, "autograd_lite")]
    tables = steps.tables(steps.measure(works, peers, seconds=0))
    assert [table.title for table in tables] == ["2-5-4-1, float64", "6-5-4-3, float64"]
    assert [c for c in tables[0].columns if "µs" in c] == ["batch 7: µs", "batch 3: µs"]
    for table in tables:
        assert [row[0] for row in table.rows] == [HAND, KEPT, "autograd_lite"]
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_batches_are_the_articles_events():
    problem = make_problem(Work((2, 32, 32, 1), 788, "float64"))
    X, y = al.data.two_islands()
    raw = problem.X * X.std(axis=0) + X.mean(axis=0)
    nearest = np.abs(raw[:, None] - X).sum(axis=2)
    assert nearest.min(axis=1).max() < 1e-9
    np.testing.assert_array_equal(y[nearest.argmin(axis=1)], problem.y[:, 0])
    assert len(set(nearest.argmin(axis=1))) == 788
