"""What a gradient costs: backpropagation a few forward passes, perturbing one for each parameter.

Run ``python -m demos.backpropagation_cost``. The gradient of the loss in the 1,185 parameters of
the network 2 → 32 → 32 → 1 is computed twice: by `backward`, and by perturbing each parameter in
turn and computing the loss again. Both are compared and timed, then timed again for other widths.
A backward pass costs about two forward passes: each layer has two matrix products for the one
forward, one for the gradient in its weights and one for that in its inputs.

BLAS is held to one thread while the clock runs: threads that wait for each other spoil such short
times. The batch of 32 keeps all arrays below the size from which the operating system is asked for
new memory each time, which then costs more than the arithmetic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import autograd_lite as al
from demos.command_line import run
from demos.island_data import prepared
from demos.style import BLUE, GREY, RED, new_figure, save

__all__ = [
    "Cost",
    "Problem",
    "backpropagated",
    "count_rule_calls",
    "doublings",
    "main",
    "measure",
    "perturbed",
    "problem",
    "recorded",
]

WIDTH = 32
NETWORK = 1185
"""The parameters of the network of that width."""
WIDTHS = (4, 8, 16, 32, 64, 128, 256)
BATCH = 32
STEP = 1e-7
MOST = 5000
"""How many parameters are perturbed at most; for larger networks the time is scaled up."""


class Problem(NamedTuple):
    """A network and the batch of events that its loss is computed on."""

    network: al.nn.MLP
    X: NDArray[np.float64]
    y: NDArray[np.float64]

    def loss(self) -> al.Value:
        """Return the cross-entropy: one forward pass."""
        return al.nn.functional.binary_cross_entropy_with_logits(self.network(self.X), self.y)


class Cost(NamedTuple):
    """What a gradient costs.

    Attributes
    ----------
    parameters : int
        How many numbers the gradient has.
    forward, recording, gradient, perturbing : float
        The seconds of a forward pass, of one that records the graph, of a gradient by recording it
        and going backward, and of a gradient by perturbing each parameter.
    measured : bool
        Whether every parameter was perturbed; else the time is scaled up.
    """

    parameters: int
    forward: float
    recording: float
    gradient: float
    perturbing: float
    measured: bool

    @property
    def passes(self) -> float:
        """The cost of a gradient by backpropagation in forward passes."""
        return self.gradient / self.forward

    @property
    def passes_backward(self) -> float:
        """The cost of the backward pass alone in forward passes."""
        return (self.gradient - self.recording) / self.forward

    @property
    def passes_perturbing(self) -> float:
        """The cost of a gradient by perturbing each parameter in forward passes."""
        return self.perturbing / self.forward


def problem(width: int = WIDTH, batch: int = BATCH, seed: int = 0) -> Problem:
    """Return a new network 2 → width → width → 1 and the first training events."""
    data = prepared()
    network = al.nn.MLP([2, width, width, 1], rng=seed)
    return Problem(network, data.X_train[:batch], data.y_train[:batch, None])


def backpropagate(problem: Problem) -> None:
    """Leave the gradient in the parameters: one forward and one backward pass."""
    problem.network.zero_grad()
    problem.loss().backward(leaves_only=True)


def backpropagated(problem: Problem) -> NDArray[np.float64]:
    """Return the gradient by backpropagation, ``(n_parameters,)``."""
    backpropagate(problem)
    return np.concatenate([parameter.grad.ravel() for parameter in problem.network.parameters()])


def perturbed(problem: Problem, step: float = STEP, most: int | None = None) -> NDArray[np.float64]:
    """Return the gradient by forward differences: a forward pass for each parameter, and one more.

    Parameters
    ----------
    problem : Problem
        Its parameters are as before afterwards.
    step : float
        By how much each parameter is moved.
    most : int, optional
        Stop after so many parameters.

    Returns
    -------
    ndarray of float64
        ``(n_parameters,)``, in the order of `backpropagated`; shorter with `most`.
    """
    differences: list[float] = []
    with al.no_grad():
        before = problem.loss().item()
        for parameter in problem.network.parameters():
            data = parameter.data
            parameter.data = moved = data.copy()
            for place in islice(np.ndindex(data.shape), left(differences, most)):
                moved[place] += step
                differences.append((problem.loss().item() - before) / step)
                moved[place] = data[place]
            parameter.data = data
    return np.array(differences)


def left(done: Sequence[object], most: int | None) -> int | None:
    """Return how many remain to be done."""
    return None if most is None else most - len(done)


def forward(problem: Problem) -> None:
    """Compute the loss alone, without recording."""
    with al.no_grad():
        problem.loss()


def seconds(*functions: Callable[[], object], repeats: int = 20, calls: int = 5) -> list[float]:
    """Return the least time of each function; they take turns, so that all see the same machine."""
    best = [np.inf] * len(functions)
    for _ in range(repeats):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            for _ in range(calls):
                function()
            best[i] = min(best[i], (time.perf_counter() - start) / calls)
    return best


def measure(width: int, most: int = MOST) -> Cost:
    """Return what a gradient costs for a network of that width."""
    task = problem(width)
    total = task.network.summary().total
    with threadpool_limits(1):
        passes = seconds(partial(forward, task), task.loss, partial(backpropagate, task))
        (sample,) = seconds(partial(perturbed, task, most=most), repeats=2, calls=1)
    share = (min(total, most) + 1) / (total + 1)
    return Cost(total, *passes, sample / share, measured=total <= most)


def multiplications(sizes: Sequence[int]) -> tuple[int, int]:
    """Return the multiplications in the matrix products: forward, and backward, for one event."""
    layers = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    # Backward has two products a layer: for its weights, and (but in the first) for its inputs.
    return sum(layers), 2 * sum(layers) - layers[0]


def recorded(root: al.Value) -> list[al.Value]:
    """Return the results of operations that a Value was made from, and itself."""
    found = {root: None}
    waiting = [root]
    while waiting:
        for operand in waiting.pop().operands:
            if isinstance(operand, al.Value) and not operand.is_leaf and operand not in found:
                found[operand] = None
                waiting.append(operand)
    return list(found)


@contextmanager
def counted_rules(nodes: Sequence[al.Value]) -> Iterator[list[str]]:
    """Note each call of a rule of the operations in a graph, while the context lasts."""
    calls: list[str] = []

    def counted(rule: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **params: Any) -> Any:
            calls.append(name)
            return rule(*arguments, **params)

        return call

    rules = {node.operation: node.operation.rules for node in nodes}
    try:
        for operation, originals in rules.items():
            operation.rules = tuple(rule and counted(rule, operation.name) for rule in originals)
        yield calls
    finally:
        for operation, originals in rules.items():
            operation.rules = originals


def count_rule_calls(root: al.Value) -> tuple[int, int]:
    """Run `backward`, and return how many operations the graph has and how many rules ran."""
    nodes = recorded(root)
    with counted_rules(nodes) as calls:
        root.backward()
    return len(nodes), len(calls)


def doublings(times: int) -> al.Value:
    """Return 1 doubled again and again as x + x: a graph with 2ⁿ ways back to the start."""
    x = al.Value(1.0)
    for _ in range(times):
        x = x + x
    return x


def text_of_counts() -> str:
    """Return how many rules run, for the network and for a graph with very many paths."""
    operations, calls = count_rule_calls(problem().loss())
    additions, calls_of_additions = count_rule_calls(doublings(50))
    there, back = multiplications((2, WIDTH, WIDTH, 1))
    return (
        f"operations in the graph of the loss: {operations}; rules run by backward: {calls}\n"
        f"x + x, {additions} times in a row: {2**additions:.1e} paths back to x, "
        f"{calls_of_additions} rules run\n"
        f"multiplications in matrix products, for an event: {there:,} forward, {back:,} backward "
        f"({back / there:.2f} times as many)"
    )


def table(widths: Sequence[int], costs: Sequence[Cost]) -> str:
    """Return the times as text."""
    lines = [
        f"{'':>16} {'one forward':>12} {'backpropagation':>24} {'(backward':>9} "
        f"{'perturbing each':>25}",
        f"{'width parameters':>16} {'pass':>12} {'':>12} {'in passes':>11} {'alone)':>9} "
        f"{'':>13} {'in passes':>11}",
    ]
    for width, cost in zip(widths, costs, strict=True):
        mark = " " if cost.measured else "*"
        lines.append(
            f"{width:>5} {cost.parameters:>10,} {1e6 * cost.forward:>9.0f} µs "
            f"{1e6 * cost.gradient:>9.0f} µs {cost.passes:>11.2f} {cost.passes_backward:>9.2f} "
            f"{cost.perturbing:>11.4f} s {cost.passes_perturbing:>11,.0f}{mark}"
        )
    if not all(cost.measured for cost in costs):
        lines.append(f"* scaled up from {MOST:,} of the parameters")
    return "\n".join(lines)


def draw_times(ax: Axes, costs: Sequence[Cost]) -> None:
    """Draw the seconds over the number of parameters."""
    parameters = [cost.parameters for cost in costs]
    draw_perturbing(ax, parameters, costs, [cost.perturbing for cost in costs])
    ax.plot(parameters, [c.gradient for c in costs], "o-", color=BLUE, label="backpropagation")
    ax.plot(parameters, [c.forward for c in costs], "^:", color=GREY, label="one forward pass")
    ax.set(title="time of one gradient", xlabel="parameters", ylabel="time [s]")
    ax.set(xscale="log", yscale="log")
    ax.legend(loc="upper left")


def draw_passes(ax: Axes, costs: Sequence[Cost]) -> None:
    """Draw the cost in forward passes over the number of parameters."""
    parameters = [cost.parameters for cost in costs]
    draw_perturbing(ax, parameters, costs, [cost.passes_perturbing for cost in costs])
    ax.plot(parameters, [cost.passes for cost in costs], "o-", color=BLUE)
    ax.plot(parameters, [1] * len(costs), "^:", color=GREY)
    ax.set(title="its cost in forward passes", xlabel="parameters", xscale="log", yscale="log")
    ax.set_ylabel("cost [forward passes]")
    here = next((cost for cost in costs if cost.parameters == NETWORK), None)
    if here is not None:
        mark_network(ax, here)


def draw_perturbing(
    ax: Axes, parameters: Sequence[int], costs: Sequence[Cost], heights: Sequence[float]
) -> None:
    """Draw the cost of perturbing, with open symbols where it is scaled up."""
    ax.plot(parameters, heights, "s--", color=RED, label="perturbing each parameter")
    scaled = [i for i, cost in enumerate(costs) if not cost.measured]
    if scaled:
        x, y = np.take(parameters, scaled), np.take(heights, scaled)
        label = f"the same, scaled up from {MOST:,}"
        ax.plot(x, y, "s", color=RED, mfc="white", label=label)


def mark_network(ax: Axes, cost: Cost) -> None:
    """Write the two costs of the article's network beside its points."""
    options: dict[str, Any] = {"textcoords": "offset points", "fontsize": 9}
    near = cost.parameters, cost.passes_perturbing
    text = f"{near[1]:,.0f} passes for {near[0]:,} parameters"
    ax.annotate(text, near, xytext=(8, -5), va="top", **options)
    ax.annotate(
        f"{cost.passes:.1f} passes", (near[0], cost.passes), xytext=(0, 7), ha="center", **options
    )


def figure_of_costs(costs: Sequence[Cost], out: Path) -> Path:
    """Save the times, and the costs in forward passes."""
    figure, axes = new_figure(1, 2, figsize=(10, 4))
    draw_times(axes[0], costs)
    draw_passes(axes[1], costs)
    return save(figure, out, "backpropagation_cost")


def main(out: Path, widths: Sequence[int] = WIDTHS) -> None:
    """Print agreement, counts and times, and save the figure."""
    task = problem()
    gradient, approximation = backpropagated(task), perturbed(task)
    difference = np.abs(gradient - approximation).max()
    print(f"The gradient in {gradient.size:,} parameters, loss over {BATCH} events")
    print(f"largest entry: {np.abs(gradient).max():.3f}")
    print(f"largest difference between backward and perturbing by {STEP}: {difference:.1e}\n")
    print(text_of_counts())
    print()
    costs = [measure(width) for width in widths]
    print(table(widths, costs))
    print()
    figure_of_costs(costs, out)


if __name__ == "__main__":
    run(main, __doc__)
