"""A program: a graph of operations as plain data, to be run on whatever takes arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograd_lite.testing.strategies.source import name_of, program_source, step_source

if TYPE_CHECKING:
    from autograd_lite.testing.strategies.operations import Operation

__all__ = ["Constant", "Operand", "Program", "Step"]


@dataclass(frozen=True, eq=False)
class Constant:
    """A number or an array that stands in a program, and is not differentiated in."""

    data: Any


Operand = int | Constant
"""What a step takes: the result of that number, or a constant."""


@dataclass(frozen=True, eq=False)
class Step:
    """One operation of a program.

    Attributes
    ----------
    operation : Operation
        What is done.
    operands : tuple of int or Constant
        The numbers of what it is done to: first come the inputs, then the steps.
    params : dict
        Metadata, by keyword.
    """

    operation: Operation
    operands: tuple[Operand, ...]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Program:
    """A graph of operations on inputs, as plain data.

    Called with arrays, Values or anything that numpy functions act on, it returns the list of its
    results; `run` does so with other functions. `source` prints it.

    Attributes
    ----------
    inputs : tuple of array or numpy scalar
        Where it was made to be differentiated.
    steps : tuple of Step
        The operations, in order.
    """

    inputs: tuple[Any, ...]
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"a program of {len(self.steps)} operations"

    @property
    def results(self) -> tuple[int, ...]:
        """The numbers of the steps whose results no other step uses."""
        used = {operand for step in self.steps for operand in step.operands}
        start = len(self.inputs)
        return tuple(n for n in range(start, start + len(self.steps)) if n not in used)

    @property
    def source(self) -> str:
        """The program as a numpy function with its inputs, and a check of its gradients."""
        return program_source(self)

    def __repr__(self) -> str:
        start = len(self.inputs)
        lines = [step_source(step, start + place) for place, step in enumerate(self.steps)]
        inputs = ", ".join(
            f"{name_of(n)}: {x.shape or 'number'}" for n, x in enumerate(self.inputs)
        )
        return f"<program of {inputs}: {'; '.join(lines)}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print it as what it is, not by its fields, where hypothesis shows an example."""
        printer.text(repr(self))

    def __call__(self, *inputs: Any) -> list[Any]:
        """Return the results for some inputs."""
        numbered = self.run(inputs)
        return [numbered[n] for n in self.results]

    def run(
        self,
        inputs: Sequence[Any],
        functions: Mapping[str, Callable[..., Any]] | None = None,
        convert: Callable[[Any], Any] = lambda array: array,
    ) -> list[Any]:
        """Return the inputs and what each step computes of them.

        Parameters
        ----------
        inputs : sequence
            One for each input of the program.
        functions : mapping from str to callable, optional
            What to call for the operations, by name, with the operands and with numpy's keywords.
            Default: numpy's functions. Operations that the mapping lacks are called as they are,
            which is right for those made of operators.
        convert : callable
            What makes a constant array fit them.

        Returns
        -------
        list
            All results by number: first the inputs, then the steps.
        """
        known = functions or {}
        numbered = list(inputs)
        for step in self.steps:
            operands = [
                convert(operand.data) if isinstance(operand, Constant) else numbered[operand]
                for operand in step.operands
            ]
            function = known.get(step.operation.name, step.operation.function)
            numbered.append(function(*operands, **step.params))
        return numbered
