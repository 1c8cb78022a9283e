"""Run tests against mutants: each in a fork of one pytest process that has collected them."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.mutation.mutants import Installer, Mutant, mutants_of

SECONDS = 30
"""How long one test may take: a loop without end is a mutant that was seen."""


class MutationRun:
    """A pytest plugin: instead of running the tests once, run them against each mutant."""

    def __init__(
        self, paths: Sequence[Path], report: Callable[[Mutant, str], None], jobs: int
    ) -> None:
        self.paths = paths
        self.report = report
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
        failed, covering = in_fork(lambda: self.coverage_of(session.items))
        if failed:
            raise pytest.UsageError(f"tests fail without a mutant: {', '.join(failed)}")
        print(f"{len(covering)} functions", flush=True)
        for path in self.paths:
            self.run_mutants_of(path, session.items, covering)
        return True

    def coverage_of(self, items: Sequence[pytest.Item]) -> tuple[list[str], dict[Any, Any]]:
        """Run all tests; return those that fail, and the fastest tests of each function."""
        covering: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
        names = set(map(str, self.paths))
        seen: set[CodeType] = set()
        failing = []

        def note(frame: Any, event: str, _: Any) -> None:
            if event == "call" and frame.f_code.co_filename in names:
                seen.add(frame.f_code)

        for number, item in enumerate(items):
            seen.clear()
            begin = time.perf_counter()
            sys.setprofile(note)
            if self.fails(item):
                failing.append(item.nodeid)
            sys.setprofile(None)
            seconds = time.perf_counter() - begin
            for code in seen:
                place = code.co_filename, last_line(code)
                covering[place].append((seconds * len(seen), number))
        return failing, {f: [n for _, n in sorted(tests)] for f, tests in covering.items()}

    def run_mutants_of(
        self, path: Path, items: Sequence[pytest.Item], covering: dict[Any, Any]
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
        for number in tests:
            installer.install(mutant)
            if self.fails(items[number]):
                installer.install(mutant, changed=False)
                if not self.fails(items[number]):
                    return True
        return False

    def fails(self, item: pytest.Item) -> bool:
        """Run a test; return whether it fails."""
        signal.alarm(SECONDS)
        self.failed.clear()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return bool(self.failed)

    def wait_for_one(self, running: dict[int, Mutant]) -> None:
        pid, status = os.wait()
        survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == SURVIVED
        self.report(running.pop(pid), "survived" if survived else "killed")


SURVIVED = 7
"""The exit status that says so: any other end, a crash included, is one that was seen."""


def start(kill: Callable[[], bool]) -> int:
    """Start a fork that tries to kill a mutant."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        silence()
        status = 0 if kill() else SURVIVED
    except BaseException:
        status = 1
    os._exit(status)


def in_fork(compute: Callable[[], Any]) -> Any:
    """Return what a function returns in a fork: nothing of what it leaves behind stays."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        silence()
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(compute(), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        result = pickle.load(pipe)
    os.waitpid(pid, 0)
    return result


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def last_line(code: CodeType) -> int:
    """Return a line inside of a function: its first one may be that of a decorator."""
    return max(line for *_, line in code.co_lines() if line)


def module_of(path: Path) -> Any:
    """Return the loaded module of a file."""
    return next(m for m in sys.modules.values() if getattr(m, "__file__", None) == str(path))


def tests_of(
    mutant: Mutant, items: Sequence[pytest.Item], covering: dict[tuple[str, int], list[int]]
) -> list[int]:
    """Return the tests that run what is mutated: those that are fast and run little else first.

    The tests of a constant or a declaration are those that have its name, and those of all
    functions of its file.
    """
    tests: dict[int, None] = {}
    for name in mutant.assigned:
        tests |= dict.fromkeys(n for n, item in enumerate(items) if f"[{name}" in item.nodeid)
    for (file, line), numbers in covering.items():
        if file == str(mutant.path) and (mutant.is_constant or line in mutant.lines):
            tests |= dict.fromkeys(numbers)
    return list(tests)


def run_mutation(
    paths: Sequence[Path], tests: Iterable[str], report: Callable[[Mutant, str], None], jobs: int
) -> int:
    """Run pytest's tests against each mutant of some files."""
    options = ["-q", "-s", "-p", "no:cacheprovider", "-o", "timeout=0"]
    return pytest.main([*options, *tests], plugins=[MutationRun(paths, report, jobs)])
