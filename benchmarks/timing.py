"""Times of several pieces of work, each in turn, so that a busy moment hits all of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

import numpy as np

CHUNK = 0.004
"""Seconds that one contestant runs in a round: shorter than what a busy system gives at once."""


class Times(NamedTuple):
    """What was measured in each round, in seconds for one call.

    Attributes
    ----------
    cpu : dict of list of float
        Processor time of the process, all its threads together. A peer that uses a second thread
        pays for it, and a process that waits for its turn does not.
    wall : dict of list of float
        Time on the clock.
    """

    cpu: dict[str, list[float]]
    wall: dict[str, list[float]]

    def seconds(self, name: str) -> float:
        """Return the median processor time of one call."""
        return median(self.cpu[name])

    def wall_seconds(self, name: str) -> float:
        """Return the median time on the clock of one call."""
        return median(self.wall[name])

    def ratio(self, name: str, reference: str) -> float:
        """Return the median over the rounds of one contestant's time over another's."""
        pairs = zip(self.cpu[name], self.cpu[reference], strict=True)
        return median(time / other for time, other in pairs)


@contextmanager
def frozen_objects() -> Iterator[None]:
    """Keep what is alive now out of the garbage collector's passes: modules of all the peers."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def round_robin(
    contestants: Mapping[str, Callable[[], Any]],
    *,
    seconds: float,
    chunk: float = CHUNK,
    most_rounds: int = 400,
    least_rounds: int = 3,
) -> Times:
    """Time the contestants in turn, in another order each round.

    Parameters
    ----------
    contestants : dict of callable
        What is timed, by name. Each is called as often in a round as fits into `chunk`, after one
        call that is not timed, which brings its data back into the processor's caches.
    seconds : float
        When to stop, on the clock; the round is finished.
    chunk : float
        Seconds for one contestant in one round; a call that takes longer is made once.
    most_rounds, least_rounds : int
        The rounds are at most and at least as many, whatever `seconds` says.
    """
    rng = np.random.default_rng(0)
    calls = {name: calls_in(chunk, work) for name, work in contestants.items()}
    times = Times({name: [] for name in contestants}, {name: [] for name in contestants})
    names = list(contestants)
    end = time.perf_counter() + seconds
    with frozen_objects():
        for number in range(most_rounds):
            if number >= least_rounds and time.perf_counter() > end:
                break
            for place in rng.permutation(len(names)):
                name = names[place]
                gc.collect()  # nobody pays for another's garbage
                cpu, wall = seconds_of(contestants[name], calls[name])
                times.cpu[name].append(cpu)
                times.wall[name].append(wall)
    return times


def calls_in(chunk: float, work: Callable[[], Any]) -> int:
    """Return how many calls fit into `chunk` seconds, at least 1; makes a few to find out."""
    work()
    return max(1, int(chunk / min(seconds_of(work, 1, warm=False)[0] for _ in range(3))))


def seconds_of(work: Callable[[], Any], calls: int, *, warm: bool = True) -> tuple[float, float]:
    """Return the processor time and the time on the clock of one call, the mean of `calls`."""
    if warm and calls > 1:
        work()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu / calls, wall / calls
