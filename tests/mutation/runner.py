"""Run tests against mutants: each in a fork of one pytest process that has collected them."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutants import Installer, Mutant, Place, mutants_of

SECONDS = 30
"""How long one test may compute: a loop without end is a mutant that was seen."""


class MutationRun:
    """A pytest plugin: instead of running the tests once, run them against each mutant."""

    def __init__(
        self,
        paths: Sequence[Path],
        report: Callable[[Mutant, str], None],
        finished: Callable[[Path], None],
        jobs: int,
    ) -> None:
        self.paths = paths
        self.report = report
        self.finished = finished
        self.jobs = jobs
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from hypothesis import Phase, settings  # pytest has to load it first

        phases = (Phase.explicit, Phase.generate)  # which failure it is does not matter
        settings.register_profile("mutation", settings(), phases=phases, database=None)
        settings.load_profile("mutation")
        print(f"which of {len(session.items)} tests run which functions:", end=" ", flush=True)
        failed, covering = self.coverage_of(session.items)
        if failed:
            raise pytest.UsageError(f"tests fail without a mutant: {', '.join(failed)}")
        print(f"{len(covering)} functions", flush=True)
        for path in self.paths:
            self.run_mutants_of(path, session.items, covering)
            self.finished(path)
        return True

    def coverage_of(self, items: Sequence[pytest.Item]) -> tuple[list[str], dict[Place, list[int]]]:
        """Run all tests; return those that fail, and the fastest tests of each function."""
        parts = [range(first, len(items), self.jobs) for first in range(self.jobs)]
        failing, covering = [], defaultdict(list)
        for failed, times in in_forks([lambda p=p: self.times_of(items, p) for p in parts]):
            failing += failed
            for place, tests in times.items():
                covering[place] += tests
        return failing, {place: [n for _, n in sorted(tests)] for place, tests in covering.items()}

    def times_of(
        self, items: Sequence[pytest.Item], numbers: Iterable[int]
    ) -> tuple[list[str], dict[Place, list[tuple[float, int]]]]:
        """Run some tests; return those that fail, and what each costs that runs a function."""
        seen: set[Place] = set()
        for path in self.paths:
            Installer(path, module_of(path)).probe(seen.add)
        times: dict[Place, list[tuple[float, int]]] = defaultdict(list)
        failing = []
        for number in numbers:
            seen.clear()
            begin = time.perf_counter()
            if self.fails(items[number]):
                failing.append(items[number].nodeid)
            seconds = time.perf_counter() - begin
            for place in seen:
                times[place].append((seconds * len(seen), number))
        return failing, times

    def run_mutants_of(
        self, path: Path, items: Sequence[pytest.Item], covering: dict[Place, list[int]]
    ) -> None:
        """Run the tests of each mutant of a file, some mutants at a time, and report."""
        installer = Installer(path, module_of(path))
        running: dict[int, Mutant] = {}
        for mutant in mutants_of(path):
            if len(running) == self.jobs:
                self.wait_for_one(running)
            tests = tests_of(mutant, items, covering)
            if not tests:
                self.report(mutant, "no test")
                continue
            running[start(lambda m=mutant, t=tests: self.kill(installer, m, items, t))] = mutant
        while running:
            self.wait_for_one(running)

    def kill(
        self, installer: Installer, mutant: Mutant, items: Sequence[pytest.Item], tests: list[int]
    ) -> bool:
        """Run the tests on a mutant until one fails that does not fail without it."""
        if not installer.takes(mutant):
            return True
        for number in tests:
            installer.install(mutant)
            if self.fails(items[number]):
                installer.install(mutant, changed=False)
                if not self.fails(items[number]):
                    return True
        return False

    def fails(self, item: pytest.Item) -> bool:
        """Run a test; return whether it fails."""
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of its own: others may be busy, too
        self.failed.clear()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return bool(self.failed)

    def wait_for_one(self, running: dict[int, Mutant]) -> None:
        pid, status = os.wait()
        mutant = running.pop(pid)
        if os.WIFSIGNALED(status):
            self.report(mutant, "killed")  # by its clock, or a crash
        elif os.WEXITSTATUS(status) in OUTCOMES:
            self.report(mutant, OUTCOMES[os.WEXITSTATUS(status)])
        else:
            raise RuntimeError(f"the mutant could not be run: {mutant}")


OUTCOMES = {10: "killed", 11: "survived"}
"""The exit statuses of forks that ran their tests."""


def start(kill: Callable[[], bool]) -> int:
    """Start a fork that tries to kill a mutant."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    errors = os.dup(2)
    try:
        silence()
        status = 10 if kill() else 11
    except BaseException:
        os.write(errors, traceback.format_exc().encode())
        status = 1
    os._exit(status)


def in_forks(computes: Sequence[Callable[[], Any]]) -> Iterator[Any]:
    """Go through what functions return, each in a fork: nothing of what they leave behind stays."""
    pipes = [os.pipe() for _ in computes]
    sys.stdout.flush()
    for compute, (_, writing) in zip(computes, pipes, strict=True):
        if not os.fork():
            silence()
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(compute(), pipe)
            os._exit(0)
    for reading, writing in pipes:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            try:
                yield pickle.load(pipe)
            except EOFError as error:
                raise RuntimeError(
                    f"without a mutant, a test crashes or computes for {SECONDS} s"
                ) from error
    for _ in computes:
        os.wait()


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def module_of(path: Path) -> Any:
    """Return the loaded module of a file."""
    return next(m for m in sys.modules.values() if getattr(m, "__file__", None) == str(path))


def tests_of(
    mutant: Mutant, items: Sequence[pytest.Item], covering: dict[Place, list[int]]
) -> list[int]:
    """Return the tests that run what is mutated: those that are fast and run little else first.

    The tests of a constant or a declaration are those that have its name, and those of all
    functions of its file.
    """
    tests: dict[int, None] = {}
    for name in mutant.assigned:
        tests |= dict.fromkeys(n for n, item in enumerate(items) if f"[{name}" in item.nodeid)
    for place, numbers in covering.items():
        if place == mutant.place or (mutant.is_constant and place[0] == mutant.place[0]):
            tests |= dict.fromkeys(numbers)
    return list(tests)


def run_mutation(
    paths: Sequence[Path],
    tests: Iterable[str],
    report: Callable[[Mutant, str], None],
    finished: Callable[[Path], None],
    jobs: int,
) -> int:
    """Run pytest's tests against each mutant of some files, and report each mutant and file."""
    # Plain assertions: pytest warns where it cannot rewrite those of an installed package any more.
    options = ["-q", "-s", "-p", "no:cacheprovider", "--assert=plain", "-o", "timeout=0"]
    return pytest.main([*options, *tests], plugins=[MutationRun(paths, report, finished, jobs)])
