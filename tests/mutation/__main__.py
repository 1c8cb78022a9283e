"""Mutation testing of the rules: change each operator, constant and sign, and see the tests fail.

::

    python -m tests.mutation                      # all rules and the driver
    python -m tests.mutation elementwise shape    # some files
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a fork has one thread

import autograd_lite
from tests.mutation.mutants import Mutant
from tests.mutation.runner import run_mutation
from tests.mutation.survivors import PAGE, Survivors

PACKAGE = Path(autograd_lite.__file__).parent
FILES = {
    path.stem: path for path in (*sorted(PACKAGE.glob("ops/[a-z]*.py")), PACKAGE / "backward.py")
}
TOPICS = """
    primitives numpy_functions complex_primitives kinks complex complex_functions linalg fourier
    shapes sorting special indexing products samples making index_tricks backward value transforms
"""
TESTS = [f"tests/test_{topic}.py" for topic in TOPICS.split()]
# Forks are for one thread: not after an import of another framework.
LEAVE_OUT = "not jax and not torch and not million and not collector"


def main() -> int:
    """Run what the command line asks for; return how many survivors are not explained."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="file", help=f"of {', '.join(FILES)}")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tests", nargs="+", default=TESTS, help="default: those of operations")
    arguments = parser.parse_args()
    paths = [FILES[name] for name in arguments.files or FILES]
    begin = time.monotonic()
    tally = Tally()
    options = ["-k", LEAVE_OUT, *arguments.tests]
    status = run_mutation(paths, options, tally.add, tally.print_file, arguments.jobs)
    tally.print_sum()
    print(f"{time.monotonic() - begin:.0f} s")
    return status or len(tally.unexplained)


class Tally:
    """Counts what became of the mutants, and lists those that nobody noticed."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.unexplained: list[Mutant] = []
        self.survivors = Survivors(PAGE.read_text())

    def add(self, mutant: Mutant, outcome: str) -> None:
        """Take note of one mutant."""
        if outcome != "killed" and self.survivors.explain(*mutant.key):
            outcome = "equivalent"
        self.counts[mutant.path.stem][outcome] += 1
        if outcome in ("survived", "no test"):
            self.unexplained.append(mutant)
            print(f"{outcome}: {mutant}", flush=True)

    def print_file(self, path: Path) -> None:
        """Print the score of a file, if anything was to be changed in it."""
        if path.stem in self.counts:
            print_score(path.stem, self.counts[path.stem])

    def print_sum(self) -> None:
        """Print the score of all files."""
        print_score("all", sum(self.counts.values(), Counter()))
        for line in self.survivors.not_met({f"{name}.py" for name in self.counts}):
            print("explained, but did not survive: {}\n  - {}\n  + {}".format(*line))


def print_score(name: str, counts: Counter[str]) -> None:
    score = 100 * counts["killed"] / max(counts.total(), 1)
    print(
        f"{name:18}{score:6.1f} %  {counts['killed']:5} killed of {counts.total():5}, "
        f"{counts['equivalent']:3} equivalent, {counts['survived']:3} survived, "
        f"{counts['no test']:3} without a test"
    )


if __name__ == "__main__":
    sys.exit(main())
