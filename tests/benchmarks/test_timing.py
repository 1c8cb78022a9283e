"""The contestants take turns, and medians and ratios are those of the rounds."""

import gc

from benchmarks.timing import Times, frozen_objects, round_robin


def test_everybody_runs_in_each_round_and_in_changing_order():
    order = []
    work = {name: lambda name=name: order.append(name) for name in "abc"}
    times = round_robin(work, seconds=0, chunk=0, least_rounds=8)
    assert {name: len(rounds) for name, rounds in times.cpu.items()} == dict.fromkeys("abc", 8)
    turns = order[-3 * 8 :]
    rounds = [turns[i : i + 3] for i in range(0, len(turns), 3)]
    assert all(sorted(turn) == ["a", "b", "c"] for turn in rounds)
    assert len({tuple(turn) for turn in rounds}) > 1


def test_it_ends_after_the_most_rounds():
    times = round_robin({"a": lambda: None}, seconds=1e9, chunk=0, most_rounds=4)
    assert len(times.cpu["a"]) == len(times.wall["a"]) == 4


def test_a_chunk_holds_many_calls_of_something_short():
    calls = []
    round_robin({"a": lambda: calls.append(1)}, seconds=0, chunk=1e-3, least_rounds=1)
    assert len(calls) > 20


def test_medians_and_the_median_of_ratios():
    times = Times({"a": [1.0, 9.0, 30.0], "b": [1.0, 3.0, 100.0]}, {"a": [2.0, 4.0, 60.0]})
    assert times.seconds("a") == 9
    assert times.wall_seconds("a") == 4
    assert times.ratio("a", "b") == 1  # of 1, 3 and 0.3; the ratio of medians would be 3


def test_what_was_alive_is_left_out_of_collections_only_meanwhile():
    before = gc.get_freeze_count()
    with frozen_objects():
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == 0
