"""The docs page: how it was measured, and the tables."""

from __future__ import annotations

from typing import Any

from benchmarks import bars, machine
from benchmarks.timing import CHUNK

HEAD = f"""# Performance

<!-- Written by `python -m benchmarks --write-docs`: do not edit. -->

Small models are ruled by overhead: most of a step's time goes into calls, not into arithmetic.
These tables say where that stands, beside other frameworks and beside numpy written by hand.
`make bench` measures again, with the peers that are installed (extra `bench`).

## How it was measured

- All peers are in one process, and take turns: a round gives each of them about
  {CHUNK * 1e3:g} ms, in another order each time. Figures are medians over the rounds, ratios the
  medians of the rounds' ratios. A neighbour on the machine hits all of them alike.
- Time is processor time of the process, all its threads together: a peer that uses a second thread
  pays for it, and waiting for a busy processor does not count. The JSON file has the time on the
  clock beside it.
- One thread each: `OPENBLAS_NUM_THREADS=1` and its relatives are set before numpy is imported;
  `torch.set_num_threads(1)`; XLA without its thread pool, and JAX's dispatch synchronous.
- Before anything is timed, every peer makes the same steps from the same weights, and its losses
  and parameters are compared with those of the step by hand. A peer that differs stops the run.
- *numpy by hand* is what a good programmer writes for this one network: flat vectors for
  parameters, gradients and Adam's state, all updates in place. *arrays kept* also keeps the arrays
  of the batch's size from step to step. Ratios to *hand* are to the faster of both.
- *jax.jit* compiles the whole step, Adam included, and donates its state; the parameters are in a
  list, or in one flat vector. autograd and mygrad, which have no such optimisers, get Adam by hand.
- Peak memory is that of the process, in one of its own for each row: how far resident memory rises
  during a step above what it was before it. Freed memory goes back to the system at once
  (`MALLOC_MMAP_THRESHOLD_`), so that it is not counted. For ours, tracemalloc gives numpy's part.
- Imports, in processor time, and the first compiled step, on the clock, are those of new processes.
"""


def write(results: dict[str, Any], sections: dict[str, Any], image: str) -> str:
    """Return the page."""
    parts = [HEAD, f"```text\n{machine.text(results['machine'])}\n```\n", "## Results\n"]
    parts.append(bars.table(results).markdown() + "\n")
    parts.append(f"![Times of a training step and of a scalar graph]({image})\n")
    for name, section in sections.items():
        if name in results:
            parts += [table.markdown() + "\n" for table in section.tables(results[name])]
    return "\n".join(parts)
