"""What programs are made of: an operation, and what it takes to draw operands for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograd_lite.testing.strategies.draft import Draft
    from autograd_lite.testing.strategies.program import Operand

__all__ = ["ADAPTERS", "Arguments", "Operation", "squash", "symmetrise"]

Arguments = tuple[list["Operand"], dict[str, Any]]


def always(*operands: Any, **params: Any) -> bool:
    """Return True: an operation that is smooth wherever its operands lie."""
    return True


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation that programs may use.

    Attributes
    ----------
    name : str
        What it is called; numpy's name where there is one.
    function : callable
        ``function(*operands, **params)`` on arrays and on Values.
    arguments : callable
        ``arguments(draft) -> (operands, params)``: chooses operands among what a draft of a program
        has so far, brings them into the domain, and draws the metadata.
    text : str, optional
        How it is printed, a format of the operands ``{0}``, ``{1}`` or all ``{operands}``, and the
        metadata by name. Default: a call of numpy's function of that name.
    accepts : callable
        ``accepts(*operands, **params)``: whether the operation is smooth for these arrays.
    imports : str, optional
        The line that printed code needs to find the function, ``from mine import gauss``.
    """

    name: str
    function: Callable[..., Any]
    arguments: Callable[[Draft], Arguments]
    text: str | None = None
    accepts: Callable[..., bool] = always
    imports: str = ""

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print its name, not its fields, where hypothesis shows an example."""
        printer.text(repr(self))


def nothing_to_draw(draft: Draft) -> Arguments:
    """Return no arguments: adapters get theirs from whoever puts them in."""
    return [], {}


def squashed(x: Any, *, center: float, radius: float) -> Any:
    """Map the real numbers smoothly onto an interval."""
    return center + radius * (x / (1 + x * x) ** 0.5)


squash = Operation(
    "squash",
    squashed,
    nothing_to_draw,
    "{center} + {radius} * ({0} / (1 + {0} * {0}) ** 0.5)",
)
"""Brings an operand into its domain. Made of operators, so that it needs no mapping of names."""

scale = Operation("scale", lambda x, *, factor: factor * x, nothing_to_draw, "{factor} * {0}")
"""Keeps results and their derivatives of moderate size."""

shift = Operation("shift", lambda x, y: x + y, nothing_to_draw, "{0} + {1}")
"""Makes a matrix regular, by adding a diagonal one."""

symmetrise = Operation(
    "symmetrise",
    lambda x: (x + np.swapaxes(x, -1, -2)) / 2,
    nothing_to_draw,
    "({0} + np.swapaxes({0}, -1, -2)) / 2",
)

ADAPTERS = (squash, scale, shift, symmetrise)
