"""What derivatives cost: over the function in plain numpy, and over the gradient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
from autograd_lite.nn import functional
from benchmarks.networks import Work, make_problem
from benchmarks.report import Table, microseconds
from benchmarks.timing import round_robin

OURS, AUTOGRAD = "autograd_lite", "autograd"


class Case(NamedTuple):
    """A function of `xp`, numpy or what stands for it, and of an array or a list of arrays."""

    name: str
    fun: Callable[[Any, Any], Any]
    x: Any


def mlp(rng: np.random.Generator) -> Case:
    """Return an MLP of three layers with tanh."""
    X = rng.normal(size=(128, 64))
    weights = [rng.normal(0, 0.1, shape) for shape in ((64, 128), (128, 128), (128, 10))]

    def fun(xp: Any, weights: Any) -> Any:
        h = X
        for W in weights:
            h = xp.tanh(h @ W)
        return xp.mean(h * h)

    return Case("MLP 64-128-128-10, batch 128", fun, weights)


def convolution(rng: np.random.Generator) -> Case:
    """Return a convolution as a loop over the taps of its kernel."""
    signal = rng.normal(size=10_000)
    taps = 32

    def fun(xp: Any, kernel: Any) -> Any:
        length = len(signal) - taps + 1
        out = sum(kernel[k] * signal[k : k + length] for k in range(taps))
        return xp.sum(out * out)

    return Case("convolution by indexing, 32 taps", fun, rng.normal(size=taps))


def recurrence(rng: np.random.Generator) -> Case:
    """Return 100 steps of a recurrent network."""
    inputs = rng.normal(size=(100, 32))

    def fun(xp: Any, W: Any) -> Any:
        h = np.zeros(32)
        for x in inputs:
            h = xp.tanh(W @ h + x)
        return xp.sum(h)

    return Case("recurrence, 100 steps", fun, rng.normal(0, 0.15, (32, 32)))


def logsumexp_chain(rng: np.random.Generator) -> Case:
    """Return 20 times log(sum(exp)), as in the forward algorithm of a Markov chain."""
    transitions = rng.normal(size=(30, 30))

    def fun(xp: Any, x: Any) -> Any:
        for _ in range(20):
            scores = transitions + x
            largest = xp.max(scores, axis=1, keepdims=True)
            x = largest[:, 0] + xp.log(xp.sum(xp.exp(scores - largest), axis=1))
        return xp.sum(x)

    return Case("chain of 20 logsumexp", fun, rng.normal(size=30))


def valley(xp: Any, x: Any) -> Any:
    """Return Rosenbrock's function of any number of parameters."""
    return xp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


MAKERS = (mlp, convolution, recurrence, logsumexp_chain)


def gradients() -> dict[str, Callable[[Case], Callable[[Any], Any]]]:
    """Return what makes value and gradient of a case, for each peer that is there."""
    made: dict[str, Any] = {OURS: lambda case: al.value_and_grad(lambda x: case.fun(np, x))}
    if find_spec("autograd"):
        import autograd
        import autograd.numpy as anp

        made[AUTOGRAD] = lambda case: autograd.value_and_grad(lambda x: case.fun(anp, x))
    return made


def measure_case(case: Case, seconds: float) -> dict[str, Any]:
    """Return the time of a function, and by peer that of its gradient over it."""
    work: dict[str, Callable[[], Any]] = {"function": lambda: case.fun(np, case.x)}
    for peer, make in gradients().items():
        work[peer] = partial(make(case), case.x)
    times = round_robin(work, seconds=seconds)
    return {
        "seconds": times.seconds("function"),
        "over_function": {name: times.ratio(name, "function") for name in work},
    }


def second_derivatives() -> dict[str, dict[str, Callable[[], Any]]]:
    """Return gradient, Hessian and its product with a vector of 100 parameters, by peer."""
    x, v = np.random.default_rng(0).normal(size=(2, 100))

    def ours(x: Any) -> Any:
        return valley(np, x)

    found: dict[str, dict[str, Callable[[], Any]]] = {
        OURS: {
            "gradient": lambda: al.grad(ours)(x),
            "hvp": lambda: al.hvp(ours)(x, v),
            "Hessian": lambda: al.hessian(ours)(x),
        }
    }
    if find_spec("autograd"):
        import autograd
        import autograd.numpy as anp

        def theirs(x: Any) -> Any:
            return valley(anp, x)

        found[AUTOGRAD] = {
            "gradient": lambda: autograd.grad(theirs)(x),
            "hvp": lambda: autograd.hessian_vector_product(theirs)(x, v),
            "Hessian": lambda: autograd.hessian(theirs)(x),
        }
    return found


def network_products() -> dict[str, Callable[[], Any]]:
    """Return gradient and hvp of the article's network at batch 200, over its list of arrays."""
    problem = make_problem(Work((2, 32, 32, 1), 200, "float64"))
    vectors = [np.ones_like(p) for p in problem.parameters]

    def loss(parameters: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        h1 = functional.relu(functional.linear(problem.X, W1, b1))
        h2 = functional.relu(functional.linear(h1, W2, b2))
        z = functional.linear(h2, W3, b3)
        return functional.binary_cross_entropy_with_logits(z, problem.y)

    gradient, product = al.grad(loss), al.hvp(loss)
    return {
        "gradient": lambda: gradient(problem.parameters),
        "hvp": lambda: product(problem.parameters, vectors),
    }


def measure(seconds: float = 2.0) -> dict[str, Any]:
    """Measure all cases, `seconds` each."""
    rng = np.random.default_rng(0)
    first = {(case := make(rng)).name: measure_case(case, seconds) for make in MAKERS}
    flat = {
        f"{peer}, {name}": work
        for peer, works in second_derivatives().items()
        for name, work in works.items()
    }
    x = np.random.default_rng(0).normal(size=100)
    second = round_robin({"function": lambda: valley(np, x), **flat}, seconds=2 * seconds)
    network = round_robin(network_products(), seconds=seconds)
    return {
        "gradient": first,
        "second": {name: second.ratio(name, "function") for name in flat},
        "function_seconds": second.seconds("function"),
        "network": {
            "gradient_seconds": network.seconds("gradient"),
            "hvp_over_gradient": network.ratio("hvp", "gradient"),
        },
        "skipped": {} if find_spec("autograd") else {AUTOGRAD: "autograd not installed"},
    }


def tables(data: dict[str, Any]) -> list[Table]:
    """Return the table of first derivatives, and that of second ones."""
    peers = [OURS, AUTOGRAD]

    def over(ratios: dict[str, float], key: str) -> str:
        return f"{ratios[key]:.1f}" if key in ratios else data["skipped"][AUTOGRAD]

    first = [
        [name, microseconds(case["seconds"]), *(over(case["over_function"], p) for p in peers)]
        for name, case in data["gradient"].items()
    ]
    kinds = ("gradient", "hvp", "Hessian")
    second = [[kind, *(over(data["second"], f"{p}, {kind}") for p in peers)] for kind in kinds]
    network = data["network"]
    return [
        Table(
            "Value and gradient, over the time of the function in plain numpy",
            ["", "function: µs", *peers],
            first,
        ),
        Table(
            "A function of 100 parameters: over the time of the function in plain numpy",
            ["", *peers],
            second,
            f"The function takes {microseconds(data['function_seconds'])} µs. A product of the "
            "Hessian of the article's network (batch 200) with a vector takes "
            f"{network['hvp_over_gradient']:.2f} times as long as its gradient, "
            f"{microseconds(network['gradient_seconds'])} µs.",
        ),
    ]
