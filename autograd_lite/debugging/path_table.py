"""An explanation of a gradient as a table: a line for each path."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.backward import nodes_between, recorded_nodes
from autograd_lite.debugging.paths import MOST, norm
from autograd_lite.value import Value

if TYPE_CHECKING:
    from autograd_lite.explain import Explanation, Path

__all__ = ["path_table"]

LONGEST = 8
"""Operations of a path that are printed."""


def path_table(explanation: Explanation) -> str:
    """Return the gradient, a line for each path, and what the others come to."""
    names = names_of(explanation)
    amounts = [amount(path.contribution, explanation.index) for path in explanation.paths]
    width = max(map(len, [*amounts, "adds"]))
    lines = [headline(explanation, names), f"  {'adds':>{width}}  along"]
    for added, path in zip(amounts, explanation.paths, strict=True):
        lines.append(f"  {added:>{width}}  {path_text(path, names)}")
        if path.reason is not None:
            lines.append(f"  {'':>{width}}  why 0: {path.reason}")
    return "\n".join(lines + rest_lines(explanation) + dead_end_lines(explanation))


def names_of(explanation: Explanation) -> dict[Value, str]:
    """Return what to call the Values: by their names, others by their places in the graph."""
    x, result = explanation.x, explanation.result
    nodes = nodes_between([x], recorded_nodes(result, since=x.number))
    return {value: value.name or f"v{place}" for place, value in enumerate(nodes)}


def headline(explanation: Explanation, names: dict[Value, str]) -> str:
    """Return the gradient and the number of paths."""
    from autograd_lite.viz.labels import describe_param  # drawings come after Values

    index = explanation.index
    place = "" if index is None else describe_param("index", index)
    return (
        f"gradient of {names[explanation.result]} with respect to {names[explanation.x]}{place}: "
        f"{amount(explanation.total, index)}, by {count_text(explanation.path_count)}"
    )


def amount(gradient: Any, index: Any) -> str:
    """Return a number, or the norm of an array."""
    part = gradient if index is None else gradient[index]
    if np.size(part) == 1:
        return f"{np.asarray(part).item() + 0.0:.4g}"  # -0 becomes 0
    return f"‖{norm(part):.4g}‖"


def count_text(count: int, kind: str = "path") -> str:
    """Return a number of paths; the power of ten of a large one."""
    if count >= MOST:
        return f"more than 10^300 {kind}s"
    number = f"{count:,}" if count < 10**9 else f"some 10^{math.log10(count):.0f}"
    return f"{number} {kind}" + ("s" if count != 1 else "")


def path_text(path: Path, names: dict[Value, str]) -> str:
    """Return a path from its Value to the result, each operation with its factor.

    Of a path that is too long, steps without a name that pass the gradient on as it is are left out
    first, but for the last, then the middle.
    """
    steps = list(zip(path.values, path.values[1:], path.positions, path.factors, strict=False))
    if len(steps) > LONGEST:
        result = path.values[-1]
        steps = [step for step in steps if step[3] != 1 or step[1].name or step[1] is result]
    shown = [step_text(*step, names) for step in steps]
    if len(steps) > LONGEST:
        between = [factor for *_, factor in steps[4:-3]]
        shown[4:-3] = [f"… {len(between)} more (× {math.prod(between):.3g}) …"]
    return " → ".join([names[path.values[0]], *shown])


def step_text(
    operand: Value, value: Value, position: int, factor: float, names: dict[Value, str]
) -> str:
    """Return an operation, its result and the factor, unless that is 1."""
    operation = value.operation.name if value.operation else ""
    uses = sum(other is operand for other in value.operands)
    use = f" by operand {position}" if uses > 1 else ""
    change = "" if factor == 1 else f" (× {factor:.3g})"
    return f"{operation} {names[value]}{use}{change}"


def rest_lines(explanation: Explanation) -> list[str]:
    """Return what the paths that are not shown come to."""
    others = explanation.path_count - len(explanation.paths)
    if not others:
        return []
    if explanation.path_count >= MOST:
        others = MOST
    rest = amount(explanation.rest, explanation.index)
    larger = "" if explanation.is_exact else "; there may be larger ones among them"
    return [f"and {count_text(others, 'further path')}, adding {rest}{larger}"]


def dead_end_lines(explanation: Explanation) -> list[str]:
    """Return how many of all paths add nothing, and why, if some of them are not shown."""
    zeros = sum(explanation.dead_ends.values())
    if zeros <= sum(path.reason is not None for path in explanation.paths):
        return []
    counted = [f"  {count_text(n)}: {why}" for why, n in explanation.dead_ends.items()]
    return [f"adding nothing, of all: {count_text(zeros)}", *counted]
