"""What a law is: a function of a trial, usable on an operation and its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_lite.arguments import Rng
from autograd_lite.testing.laws.trial import Trial
from autograd_lite.testing.verdicts import Verdict

__all__ = ["Law", "law"]


class Law:
    """A statement that holds for every operation whose rules are right.

    Call it with an operation and its operands; it raises where the operation breaks it.

    Attributes
    ----------
    name : str
        The name of the function that it was made from.
    statement : str
        What it says, in a line.
    """

    def __init__(self, check: Callable[[Trial], Verdict | None]) -> None:
        self.check = check
        self.name = self.__name__ = check.__name__
        self.__doc__ = check.__doc__
        self.__module__ = check.__module__
        self.statement = (check.__doc__ or "").split("\n")[0].rstrip(".")

    def __repr__(self) -> str:
        return f"<law {self.name}>"

    def __call__(
        self,
        operation: Callable[..., Any],
        operands: Sequence[Any],
        params: Mapping[str, Any] | None = None,
        rng: Rng = None,
        **flags: bool,
    ) -> Verdict | None:
        """Check an operation at some operands.

        Parameters
        ----------
        operation : callable
            A `Primitive`, or a function of Values.
        operands : sequence
            Its positional arguments: arrays, numbers and trees of them.
        params : mapping, optional
            Its metadata, by keyword.
        rng : Generator or int, optional
            For random directions and weights. Default: the seed 0.
        **flags : bool
            ``half=False`` if numpy does not compute it in float16, ``dtype_kept=False`` if its
            result has a dtype of its own, ``complex_operands=False``, ``ties=False`` (equal
            elements and zeros) and ``interchangeable=False`` (one operand's numbers for another) to
            leave these out.

        Returns
        -------
        Verdict or None
            RIGHT, NOT_DIFFERENTIABLE if the operands are at a kink that allows the gradient; None
            where the law says nothing of this operation.

        Raises
        ------
        GradientCheckError
            If the operation breaks the law.
        ArgumentError
            If there is nothing to differentiate.
        """
        return self.check(Trial(operation, operands, params, rng, **flags))


law = Law
"""Decorates the function of a `Trial` that checks it."""
