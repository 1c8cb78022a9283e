"""Five wrong gradients, the laws that find them, and the smallest program that shows one.

Run ``python -m demos.gradient_testing``. It needs hypothesis (the extra ``testing``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.errors import GradientCheckError, RenderError
from autograd_lite.primitive import Primitive, Rule
from autograd_lite.testing import gradient_report, laws
from autograd_lite.testing.laws import LAWS, Law
from demos.command_line import run

__all__ = ["BUGS", "Bug", "first_broken_law", "main", "smallest_program"]

X = np.array([[0.4, -1.1, 0.8], [1.3, 0.6, -0.2]])
WIDTH = np.array([[0.5, 1.0, 2.0]])


class Bug(NamedTuple):
    """A wrong rule, and operands to try it on."""

    name: str
    operation: Primitive
    operands: list[Any]


def declared(name: str, forward: Callable[..., Any], *rules: Rule) -> Primitive:
    """Return an operation that is in no table: other demos shall not meet it."""
    return Primitive(forward, rules, name, variadic=False)


def damped(x: Any, width: Any) -> Any:
    """Return a damped oscillation."""
    return np.exp(-width * x) * np.sin(x)


def damped_vjp_x(g: Any, out: Any, x: Any, width: Any) -> Any:
    """Return the right gradient: the derivative of both factors."""
    return g * np.exp(-width * x) * (np.cos(x) - width * np.sin(x))


def damped_vjp_width(g: Any, out: Any, x: Any, width: Any) -> Any:
    """Return the right gradient, in the shape of the result: the driver sums it."""
    return -g * x * out


def share(x: Any) -> Any:
    """Return what part each element has of its row."""
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)


def doubled_in_place(g: Any, out: Any, x: Any) -> Any:
    """Return the right number, in an array that belongs to somebody else."""
    if isinstance(x, np.ndarray):
        np.multiply(x, 2.0, out=x)
        return g * x
    return g * 2.0 * x


def scaled_in_place(g: Any, out: Any, x: Any) -> Any:
    """Return the right number, and leave it in the place of the gradient of the result."""
    if isinstance(g, np.ndarray):
        g /= 1.0 + x**2
        return g
    return g / (1.0 + x**2)


BUGS = [
    Bug(
        "wrong sign",
        declared(
            "damped",
            damped,
            damped_vjp_x,
            lambda g, out, x, width: -damped_vjp_width(g, out, x, width),
        ),
        [X, WIDTH],
    ),
    Bug(
        "missing sum over a broadcast axis",
        declared(
            "damped",
            damped,
            damped_vjp_x,
            lambda g, out, x, width: damped_vjp_width(g, out, x, width)[:1],
        ),
        [X, WIDTH],
    ),
    Bug(
        "wrong axis",
        declared(
            "share",
            share,
            lambda g, out, x: out * (g - np.sum(g * out, axis=0, keepdims=True)),
        ),
        [X],
    ),
    Bug(
        "forgotten conjugate",
        declared("intensity", lambda z: np.real(z * np.conj(z)), lambda g, out, z: 2.0 * g * z),
        [X],
    ),
    Bug("writes into its operand", declared("energy", np.square, doubled_in_place), [X]),
]


def first_broken_law(bug: Bug) -> tuple[Law, str]:
    """Return the first law that an operation breaks, those of memory before those of numbers."""
    memory = (laws.nothing_mutated, laws.nothing_aliased, laws.no_hidden_state)
    for law in sorted(LAWS, key=lambda law: law not in memory):
        operands = [np.copy(x) for x in bug.operands]
        try:
            law(bug.operation, operands)
        except GradientCheckError as error:
            return law, str(error)
    raise GradientCheckError(f"no law finds {bug.name}")


def smallest_program() -> Any:
    """Return the smallest of the random programs that show a planted bug.

    The rule of ``bent`` writes into the gradient that it gets. By itself it returns the right
    number; another operation that has got the same gradient finds it changed.
    """
    from hypothesis import HealthCheck, Phase, find, settings

    from autograd_lite.testing import strategies

    bent = declared("bent", np.arctan, scaled_in_place)
    usual = ["add", "multiply", "sum", "tanh", "exp", "matmul", "reshape", "transpose"]
    operations = [
        *usual,
        strategies.Operation("bent", bent, strategies.elementwise(None), text="bent({0})"),
    ]

    def shows(program: Any) -> bool:
        return not gradient_report(program, program.inputs, order=1).passed

    quiet = settings(
        max_examples=500,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    return find(strategies.programs(5, 20, operations), shows, settings=quiet)


def main(out: Path) -> None:
    """Print the laws that find the bugs, and draw the smallest program."""
    for bug in BUGS:
        law, message = first_broken_law(bug)
        print(f"{bug.name}: found by {law.name}\n")
        print("    " + message.replace("\n", "\n    ") + "\n")
    program = smallest_program()
    print(f"The smallest random program that shows a bug:\n\n{program.source}")
    results = program(*(al.Value(x, name=f"v{n}") for n, x in enumerate(program.inputs)))
    drawing = viz.draw_graph(results[0], legend=True)
    try:
        print(f"\nsaved {viz.save(drawing, out / 'gradient_testing.svg')}")
    except RenderError as error:
        print(f"\n{error}")


if __name__ == "__main__":
    run(main, __doc__)
