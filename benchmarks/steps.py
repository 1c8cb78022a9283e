"""A whole training step, forward, backward and Adam, by each peer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.networks import Work, make_problem
from benchmarks.peers import HAND, KEPT, PEERS, Peer, Trainer
from benchmarks.report import Table, microseconds
from benchmarks.timing import round_robin

SMALL = (2, 32, 32, 1)
LARGE = (784, 512, 512, 10)
WORKS = (
    *(Work(SMALL, batch, dtype) for dtype in ("float64", "float32") for batch in (32, 200, 788)),
    *(Work(LARGE, 128, dtype) for dtype in ("float32", "float64")),
)

STEPS_COMPARED = 20
TOLERANCE = {"float64": 1e-10, "float32": 1e-3}
"""Largest difference from the step by hand, of the losses and of each parameter. In float32, Adam
makes steps of up to 1e-3 of gradients that are nothing but rounding."""


class DisagreementError(Exception):
    """A peer computes something else than the others: its time would mean nothing."""


def compare(work: Work, trainers: dict[str, Trainer]) -> dict[str, float]:
    """Train for some steps, and return each peer's largest difference from the step by hand.

    Raises
    ------
    DisagreementError
        If a difference exceeds the tolerance.
    """
    losses = {
        name: [t.number(t.step()) for _ in range(STEPS_COMPARED)] for name, t in trainers.items()
    }
    expected = [np.array(losses[HAND]), *trainers[HAND].parameters()]
    differences = {}
    for name, trainer in trainers.items():
        found = [np.array(losses[name]), *trainer.parameters()]
        pairs = zip(found, expected, strict=True)
        # np.max, unlike max, lets no nan get lost
        differences[name] = float(np.max([np.max(np.abs(a - b)) for a, b in pairs]))
        if not differences[name] <= TOLERANCE[work.dtype]:
            raise DisagreementError(
                f"{name} differs by {differences[name]:.2g} from numpy by hand after "
                f"{STEPS_COMPARED} steps of {work.name}; {TOLERANCE[work.dtype]} is allowed"
            )
    return differences


def measure_work(work: Work, peers: Sequence[Peer], seconds: float) -> dict[str, Any]:
    """Compare and time the peers on one piece of work."""
    skipped = {peer.name: reason for peer in peers if (reason := peer.why_not())}
    problem = make_problem(work)
    trainers = {p.name: p.make(work, problem) for p in peers if p.name not in skipped}
    differences = compare(work, trainers)
    times = round_robin({name: t.step for name, t in trainers.items()}, seconds=seconds)
    limit = min((HAND, KEPT), key=times.seconds)
    rows = {
        name: {
            "seconds": times.seconds(name),
            "wall_seconds": times.wall_seconds(name),
            "over_limit": times.ratio(name, limit),
            "over": {other: times.ratio(name, other) for other in trainers},
            "difference": differences[name],
        }
        for name in trainers
    }
    return {
        "work": {**work._asdict(), "sizes": list(work.sizes)},
        "limit": limit,
        "rounds": len(times.cpu[limit]),
        "rows": rows,
        "skipped": skipped,
    }


def measure(
    works: Sequence[Work] = WORKS, peers: Sequence[Peer] = PEERS, seconds: float = 8.0
) -> dict[str, Any]:
    """Measure all pieces of work, `seconds` each."""
    return {work.name: measure_work(work, peers, seconds) for work in works}


def tables(data: dict[str, Any]) -> list[Table]:
    """Return a table for each network and dtype: a row for each peer, times and ratios by batch."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for measured in data.values():
        sizes, _, dtype = measured["work"].values()
        groups.setdefault(f"{'-'.join(map(str, sizes))}, {dtype}", []).append(measured)
    return [group_table(name, group) for name, group in groups.items()]


def group_table(name: str, group: list[dict[str, Any]]) -> Table:
    """Return the table of one network and dtype."""
    columns = ["one training step"]
    for measured in group:
        columns += [f"batch {measured['work']['batch']}: µs", "/ hand"]
    skipped = group[0]["skipped"]
    present = [peer.name for peer in PEERS if peer.name in group[0]["rows"]]
    rows = []
    for peer in present:
        found = [measured["rows"][peer] for measured in group]
        figures = [(microseconds(row["seconds"]), f"{row['over_limit']:.2f}") for row in found]
        difference = max(row["difference"] for row in found)
        rows.append([peer, *(text for pair in figures for text in pair), f"{difference:.0e}"])
    rows += [[peer, *[""] * (2 * len(group)), reason] for peer, reason in skipped.items()]
    return Table(
        name,
        [*columns, "difference"],
        rows,
        f"difference: largest, of losses and parameters, from numpy by hand after {STEPS_COMPARED} "
        f"steps; {TOLERANCE[group[0]['work']['dtype']]:.0e} is allowed.",
    )
