"""Checks of whole programs, and the report where one fails: code that shows it, and a diagram."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, cast

import numpy as np
from hypothesis.control import current_build_context, currently_in_test_context

from autograd_lite import viz
from autograd_lite.errors import AutogradError, GradientCheckError, MissingDependencyError
from autograd_lite.testing.check_grads import check_grads, gradient_report
from autograd_lite.testing.strategies.program import Program, Step
from autograd_lite.testing.strategies.source import name_of
from autograd_lite.testing.verdicts import GradientReport
from autograd_lite.value import Value, data_of

__all__ = ["check_program", "report_failure"]

FOLDER: Final = ".gradcheck"

ROUNDING: Final = 1e-11
"""What 50 steps, each of a slope of 20 at most, may make of rounding errors."""


def check_program(
    program: Program,
    *,
    order: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    directory: str | os.PathLike[str] | None = None,
) -> None:
    """Check a program: Values against arrays, and gradients against differences.

    The results of Values may differ by rounding: some functions of numpy are computed otherwise.
    Where one of the steps fails by itself, that step is reported.

    Parameters
    ----------
    program : Program
        What `programs` drew.
    order, rtol, atol
        As for `check_grads`.
    directory : path, optional
        As for `report_failure`.

    Raises
    ------
    GradientCheckError
        If it fails: see `report_failure`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from autograd_lite.testing import strategies
    >>> @given(strategies.programs(max_nodes=10))
    ... def test_programs(program):
    ...     strategies.check_program(program)
    """

    def problem_of(part: Program) -> Problem | None:
        return found_problem(part, order, rtol, atol)

    problem = problem_of(program)
    if problem is None:
        return
    if is_last_run():
        program, problem = next(failing_steps(program, problem_of), (program, problem))
    report_failure(program, *problem, directory=directory)


class Problem(NamedTuple):
    """What is wrong with a program, the verdicts on its gradients, and what it raised."""

    text: str
    report: GradientReport | None = None
    cause: BaseException | None = None


def found_problem(
    program: Program, order: int, rtol: float | None, atol: float | None
) -> Problem | None:
    """Return what is wrong with a program, if anything is."""
    try:
        difference = first_difference(program)
        if difference:
            return Problem(difference)
        report = gradient_report(program, program.inputs, order, rtol=rtol, atol=atol, locate=False)
        if report.passed:
            return None
        if is_last_run():
            check_grads(program, program.inputs, order, rtol=rtol, atol=atol)
    except GradientCheckError as error:
        return Problem(str(error), cast(GradientReport | None, error.report))
    except Exception as error:
        return Problem(f"{type(error).__name__}: {error}", cause=error)
    return Problem(str(report), report)


def failing_steps(
    program: Program, problem_of: Callable[[Program], Problem | None]
) -> Iterator[tuple[Program, Problem]]:
    """Yield the steps of a program that fail by themselves, as programs of one operation."""
    if len(program.steps) == 1:
        return
    numbered = program.run(program.inputs)
    for step in program.steps:
        used = list(dict.fromkeys(x for x in step.operands if isinstance(x, int)))
        operands = tuple(used.index(x) if isinstance(x, int) else x for x in step.operands)
        alone = Program(
            tuple(numbered[n] for n in used), (Step(step.operation, operands, step.params),)
        )
        problem = problem_of(alone)
        if problem is not None:
            yield alone, problem


def first_difference(program: Program) -> str:
    """Return where the arrays and the Values of a program differ, "" where they do not."""
    inputs = [Value(x) for x in program.inputs]
    pairs = zip(program.run(program.inputs), program.run(inputs), strict=True)
    for number, (array, value) in enumerate(pairs):
        got = np.asarray(data_of(value))
        expected = np.asarray(array)
        alike = got.dtype == expected.dtype and got.shape == expected.shape
        if not alike or not np.allclose(got, expected, rtol=ROUNDING, atol=ROUNDING):
            return f"{name_of(number)} of Values is {got!r}, of arrays it is {expected!r}"
    return ""


def report_failure(
    program: Program,
    problem: str,
    report: GradientReport | None = None,
    cause: BaseException | None = None,
    *,
    directory: str | os.PathLike[str] | None = None,
) -> NoReturn:
    """Raise an error that shows a program as code, and save the code and a diagram.

    Where hypothesis looks for a smaller program, only the last one is saved.

    Parameters
    ----------
    program : Program
        What fails.
    problem : str
        What is wrong with it.
    report : GradientReport, optional
        The verdicts on its gradients.
    cause : exception, optional
        What the program raised.
    directory : path, optional
        Where files go: the code (.py) and the graph (.dot, and .svg where there is Graphviz), by
        the name of the test that runs. Default: the folder ``.gradcheck`` where Python was started.

    Raises
    ------
    GradientCheckError
        Always. The message holds the problem, the code, and where the files are.
    """
    path = Path(FOLDER if directory is None else directory) / name_of_test()
    place = save_files(program, path) if is_last_run() else f"files: {path}.*"
    raise GradientCheckError(f"{problem}\n\n{program.source}\n\n{place}", report) from cause


def is_last_run() -> bool:
    """Return whether this is no attempt of hypothesis to find a smaller example."""
    return not currently_in_test_context() or current_build_context().is_final


def name_of_test() -> str:
    """Return the name of the test that pytest runs, as that of a file."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "program").split("::")[-1].split(" (")[0]
    return re.sub(r"[^\w-]+", "-", test).strip("-")


def save_files(program: Program, path: Path) -> str:
    """Save the code and the diagram of a program, and return a line on where they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = path.with_suffix(".py")
    code.write_text(program.source + "\n", encoding="utf-8")
    saved = [code]
    problem = ""
    try:
        drawing = viz.draw_graph(total_of(program))
        saved.append(viz.save(drawing, path.with_suffix(".dot")))
        saved.append(viz.save(drawing, path.with_suffix(".svg")))
    except MissingDependencyError as error:
        problem = f"; no diagram: {error}"
    except AutogradError as error:
        problem = f"; no picture: {error}"
    except Exception as error:  # a rule may raise anything: that is what is reported
        problem = f"; no diagram: {type(error).__name__}: {error}"
    return "files: " + ", ".join(map(str, saved)) + problem


def total_of(program: Program) -> Any:
    """Return the sum of all results of a program, with gradients and names to be drawn."""
    inputs = [Value(x, name=name_of(n)) for n, x in enumerate(program.inputs)]
    results = program(*inputs)
    total = (
        results[0]
        if len(results) == 1
        else sum((np.sum(x) for x in results[1:]), np.sum(results[0]))
    )
    total.backward(np.ones(total.shape))
    return total
