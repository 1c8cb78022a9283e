"""Where in the user's code an operation ran, and what its operands are called there."""

from __future__ import annotations

import ast
import functools
import linecache
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.value import Value

__all__ = ["CallSite", "names_in", "names_written", "site_of", "user_frame"]

PACKAGE = Path(__file__).parents[1]

LIBRARIES = tuple(f"{folder}{os.sep}" for folder in (PACKAGE, Path(np.__file__).parent))
"""Folders of code that is not the user's."""


LONGEST = 40
"""Characters of an expression that serves as a name."""

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.Mod: "remainder",
    ast.FloorDiv: "floor_divide",
}


class CallSite(NamedTuple):
    """An instruction in the user's code: it keeps no frame, and so no variable, alive."""

    code: CodeType
    instruction: int

    @property
    def line(self) -> int:
        """The number of the line."""
        return self.positions[0] or self.code.co_firstlineno

    @property
    def source(self) -> str:
        """The expression, if its source is known and on one line; else nothing."""
        line, last_line, column, last_column = self.positions
        text = linecache.getline(self.code.co_filename, self.line).encode()
        return text[column:last_column].decode() if line == last_line else ""

    @property
    def positions(self) -> tuple[int | None, int | None, int | None, int | None]:
        """First and last line, first and last column."""
        return next(islice(self.code.co_positions(), self.instruction // 2, None))

    def __str__(self) -> str:
        """Return the place as a traceback shows it, with the source where it is known."""
        _, last_line, column, last_column = self.positions
        summary = traceback.FrameSummary(
            self.code.co_filename,
            self.line,
            self.code.co_name,
            end_lineno=last_line,
            colno=column,
            end_colno=last_column,
        )
        return "".join(traceback.StackSummary.from_list([summary]).format()).rstrip()


def user_frame(stop: CodeType | None = None) -> FrameType | None:
    """Return the innermost running frame outside of this package and numpy.

    None if the frame that runs `stop` comes first.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = None if frame.f_code is stop else frame.f_back
    return frame


@functools.cache
def is_library(filename: str) -> bool:
    """Return whether a file belongs to this package or to numpy."""
    return filename.startswith(LIBRARIES)


def site_of(frame: FrameType | None) -> CallSite | None:
    """Return the instruction that a frame is at."""
    return None if frame is None else CallSite(frame.f_code, frame.f_lasti)


def names_in(frame: FrameType | None, operands: Sequence[Any]) -> list[str | None]:
    """Return the names that running code has for operands, the innermost first.

    To be called for a failure, not for each operation: CPython before 3.13 keeps what `f_locals`
    returned, and so all variables, alive until the frame ends.
    """
    names: dict[int, str] = {}
    while frame is not None:
        if not is_library(frame.f_code.co_filename):
            for name, thing in frame.f_locals.items():
                if name.isidentifier() and (type(thing) is Value or type(thing) is np.ndarray):
                    names.setdefault(id(thing), name)
        frame = frame.f_back
    return [names.get(id(operand)) for operand in operands]


def names_written(site: CallSite | None, operation: str, count: int) -> list[str | None]:
    """Return the expressions that stand for operands in the source of an operation.

    ``a * buffer`` names both operands of multiply, ``np.sqrt(1 - x)`` the one of sqrt. Where the
    code does not call this very operation with so many operands there is nothing to be learnt.
    """
    unknown: list[str | None] = [None] * count
    try:
        expression = ast.parse(site.source if site else "", mode="eval").body
    except SyntaxError:  # no source, or a part of a longer statement
        return unknown
    written = operands_written(expression, operation, count)
    texts = [None if isinstance(part, ast.Constant) else ast.unparse(part) for part in written]
    return [text if text and len(text) <= LONGEST else None for text in texts] or unknown


def operands_written(expression: ast.expr, operation: str, count: int) -> list[ast.expr]:
    """Return the expressions of an operation's operands, none if it is not this operation's."""
    if isinstance(expression, ast.BinOp) and OPERATORS.get(type(expression.op)) == operation:
        return [expression.left, expression.right]
    if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
        arguments, function = expression.args, expression.func
        starred = any(isinstance(argument, ast.Starred) for argument in arguments)
        if function.attr == operation and len(arguments) in (count, count - 1) and not starred:
            return arguments if len(arguments) == count else [function.value, *arguments]
    return []
