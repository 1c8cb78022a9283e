"""Check gradients against differences, along random directions, and say where they are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from autograd_lite.arguments import Rng, as_generator, check_count
from autograd_lite.errors import ArgumentError, GradientCheckError, ShapeError
from autograd_lite.testing.levels import first_level
from autograd_lite.testing.lines import Line
from autograd_lite.testing.operands import Operands, as_tuple, behind_partial
from autograd_lite.testing.pairs import pair_level
from autograd_lite.testing.rays import Tolerances
from autograd_lite.testing.smallest import operands_text, smallest_args
from autograd_lite.testing.verdicts import Check, GradientReport, Verdict, by_severity

__all__ = ["check_grads", "gradient_report"]

MOST_ELEMENTS: Final = 20
MOST_WRONG: Final = 3
"""So many suspicious and wrong elements are looked at before the worst of them is reported."""


def check_grads(
    fun: Callable[..., Any],
    args: Any,
    order: int = 2,
    modes: Sequence[str] = ("rev",),
    rtol: float | None = None,
    atol: float | None = None,
    rng: Rng = None,
    *,
    gradient: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    every_element: bool = False,
) -> GradientReport:
    """Check the gradients of a function against numeric differences, and raise if one is wrong.

    The derivative along a random direction in each operand is compared with central differences,
    extrapolated to step 0 with an error estimate. Where the two do not agree, the operand is halved
    until single elements are left; there the slopes from the left and from the right tell a kink
    from a mistake. A gradient between the two slopes is one that a kink allows.

    Parameters
    ----------
    fun : callable
        A function of Values, or a `Primitive`. Its result is an array, or a tree of them. With
        `gradient` or `vjp`, a function of plain arrays from anywhere.
    args : tuple or list
        The positional arguments: arrays, numbers and trees of them. Those of floats and complex
        numbers are differentiated in (but for operands that a primitive has no rule for), all
        others are constants, and so are elements that are nan or infinite. The differences are
        always taken in float64.
    order : int
        Check the gradient, the derivative of the gradient, ... up to this order. A function that is
        not differentiable here at one order is not checked at the next. Of a pair, with `gradient`
        or `vjp`, there is order 1 to check.
    modes : sequence of str
        What is checked; ``"rev"``, reverse mode, is what there is.
    rtol, atol : float, optional
        How far the two may be apart, of the size of the derivative, and in absolute terms. Default:
        the square root of the dtype's epsilon (1.5e-8 for float64), and 0. The rounding error of
        the function is allowed in any case.
    rng : Generator or int, optional
        Random directions and weights. Default: the seed 0, so that a test is repeatable.
    gradient : callable, optional
        What computes the gradient of `fun`, whose result is one real number: ``gradient(*args)``
        returns an array for one argument, a tuple with one entry for each of several (for an
        argument that is constant, anything).
    vjp : callable, optional
        The same for a result of any shape, ``vjp(g, *args)``: `g` is the gradient of some number
        with respect to the result, in the result's form. With respect to a complex z = x + iy,
        gradients are ∂/∂x − i ∂/∂y, as in JAX; PyTorch returns the conjugate of that.
    every_element : bool
        Look at each element by itself from the start.

    Returns
    -------
    GradientReport
        The verdicts, none of them WRONG or INCONCLUSIVE.

    Raises
    ------
    GradientCheckError
        If a gradient is wrong, has the wrong shape, or the check is inconclusive because the
        numeric error is too large, or if a function of a pair writes into its arguments. The
        message names the function, the operand, the element, what was got and what was expected,
        and the smallest operands that show it; `error.report` has it all.
    ArgumentError
        If there is nothing to differentiate, or an option is outside its choices.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> print(al.testing.check_grads(np.multiply, [np.ones((2, 3)), np.arange(3.0)]).verdict)
    right
    >>> print(al.testing.check_grads(np.abs, [np.array([0.0, 2.0])]).verdict)
    not differentiable here
    >>> cube = al.primitive(lambda x: x**3, lambda g, out, x: -3 * g * x**2, name="cube")
    >>> al.testing.check_grads(cube, [2.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    autograd_lite.errors.GradientCheckError: wrong gradient of cube
    order 1, operand 0 = 2: wrong
      got       -12
      expected  12 ± ...
      got = -expected: a wrong sign
    the smallest operands that show it:
      operand 0 = 2.0

    A function and its gradient function, on plain arrays:

    >>> def energy(x):
    ...     return 0.5 * float(np.sum(x**2))
    >>> print(al.testing.check_grads(energy, [np.array([1.0, 2.0])], gradient=np.copy).verdict)
    right
    """
    __tracebackhide__ = True  # a failing test shows the call, not this function

    def report_for(args: Any) -> GradientReport:
        return gradient_report(
            fun,
            args,
            order,
            modes,
            rtol,
            atol,
            rng,
            gradient=gradient,
            vjp=vjp,
            every_element=every_element,
        )

    report = report_for(args)
    if report.passed:
        return report
    worst = max(report.checks, key=by_severity)
    if worst.verdict is Verdict.INCONCLUSIVE:
        raise GradientCheckError(f"inconclusive check of {report.function}\n{worst}", report)

    def shows(args: tuple[Any, ...]) -> bool:
        return report_for(args).verdict is Verdict.WRONG

    smallest = smallest_args(as_tuple(args), shows)
    raise GradientCheckError(
        f"wrong gradient of {report.function}\n{worst}\nthe smallest operands that show it:\n"
        f"{operands_text(smallest)}",
        replace(report, smallest=smallest),
    )


def gradient_report(
    fun: Callable[..., Any],
    args: Any,
    order: int = 2,
    modes: Sequence[str] = ("rev",),
    rtol: float | None = None,
    atol: float | None = None,
    rng: Rng = None,
    *,
    gradient: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    every_element: bool = False,
    locate: bool = True,
) -> GradientReport:
    """Return the verdicts of `check_grads`, whatever they are.

    Parameters
    ----------
    fun, args, order, modes, rtol, atol, rng, gradient, vjp, every_element
        As for `check_grads`.
    locate : bool
        Look for the elements that show it, where a derivative along a random direction is not
        right. Without, a check is fast, and does not tell a kink from a mistake.

    Returns
    -------
    GradientReport
        One verdict for each operand and order.

    Raises
    ------
    GradientCheckError
        If a rule returns a gradient of a wrong shape.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> print(al.testing.gradient_report(np.sqrt, [0.0], order=1))
    gradients of sqrt:
    order 1, operand 0 = 0: not differentiable here
      got       inf
      expected  no limit
      from the left no limit, from the right inf ± 0
    """
    if tuple(modes) != ("rev",):
        raise ArgumentError(f"check_grads got modes={modes!r}; there is ('rev',)")
    check_count("check_grads", "order", order)
    name = name_of(fun)
    operands = Operands(fun, as_tuple(args))
    generator = as_generator(0 if rng is None else rng)
    if gradient is None and vjp is None:
        level = first_level(fun, operands, generator)
    else:
        level = pair_level(fun, gradient, vjp, operands, generator)
        order = 1
    if not level.weights:
        raise ArgumentError(f"check_grads got {name}, which returned no array of floats")
    tolerances = Tolerances(operands.arrays, rtol, atol)
    checks: list[Check] = []
    for number in range(1, order + 1):
        try:
            gradients = level.gradients(level.weights, *operands.arrays)
        except ShapeError as error:
            raise GradientCheckError(f"wrong gradient of {name}\n{error}") from error
        lines = [
            Line(level, place, gradient, tolerances, number)
            for place, gradient in enumerate(gradients)
        ]
        checks += [check_of(line, every_element, locate) for line in lines]
        if any(check.verdict is not Verdict.RIGHT for check in checks):
            break
        if number < order:
            level = level.next()
    return GradientReport(name, tuple(checks))


def name_of(fun: Callable[..., Any]) -> str:
    """Return what messages call a function."""
    fun = behind_partial(fun)
    return str(getattr(fun, "name", None) or getattr(fun, "__name__", None) or repr(fun))


def count_wrong(found: Sequence[tuple[Any, Check]]) -> int:
    """Return how many of the checks came out wrong."""
    return sum(check.verdict is Verdict.WRONG for _, check in found)


def check_of(line: Line, every_element: bool, locate: bool) -> Check:
    """Return the verdict on the gradient in one operand.

    To locate what is wrong, a block of elements that is not right is halved, until the elements
    that are not are left.
    """
    everything = np.flatnonzero(np.isfinite(line.x))  # a nan has no neighbours to step to
    whole = line.check(everything, careful=everything.size == 1)
    if not locate or (whole.verdict is Verdict.RIGHT and not every_element) or not everything.size:
        return whole
    blocks: list[Any] = [everything]
    found: list[tuple[Any, Check]] = []
    while blocks and len(found) < MOST_ELEMENTS and count_wrong(found) < MOST_WRONG:
        block = blocks.pop()
        check = line.check(block, careful=block.size == 1)
        if block.size == 1:
            if check.verdict is not Verdict.RIGHT or every_element:
                check = line.by_result(block)
            if check.verdict is not Verdict.RIGHT:
                found.append((block, check))
        elif check.verdict is not Verdict.RIGHT or every_element:
            half = block.size // 2
            blocks += [block[half:], block[:half]]
    if found:
        worst = max((check for _, check in found), key=by_severity)
        if worst.verdict is not Verdict.NOT_DIFFERENTIABLE:
            return worst
        finite = [block for block, check in found if math.isfinite(check.got)]
        joint = line.together(np.concatenate(finite)) if len(finite) > 1 else worst
        return joint if joint.verdict is Verdict.WRONG else worst
    if whole.verdict is not Verdict.RIGHT:
        whole = line.check(everything)
    if whole.verdict is Verdict.WRONG:  # each partial derivative is right: they are no gradient
        return replace(whole, verdict=Verdict.NOT_DIFFERENTIABLE)
    return whole
