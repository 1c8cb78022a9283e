"""Compile and make the first step of the article's network: a process of its own.

    python -m benchmarks.first_compiled_step {numpy,numba}

prints JSON: the seconds from al.compile to the end of the step, and with the imports before it.
"""

import time

start = time.perf_counter()

import json  # noqa: E402
import sys  # noqa: E402

from benchmarks import threads  # noqa: E402, F401  before numpy
from benchmarks.networks import Work, make_problem  # noqa: E402
from benchmarks.peers.ours import make_compiled  # noqa: E402


def main() -> None:
    """Measure."""
    work = Work((2, 32, 32, 1), 200, "float64")
    problem = make_problem(work)
    begin = time.perf_counter()
    make_compiled(work, problem, sys.argv[1]).step()
    end = time.perf_counter()
    print(json.dumps({"first_step": end - begin, "process": end - start}))


if __name__ == "__main__":
    main()
