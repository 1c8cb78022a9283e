"""Debugging: where a NaN or infinity was born, and which arrays changed behind the graph's back.

`debug` sets a watcher for its thread and task. The watcher runs every operation and every rule,
looks at what they return, and keeps a `Note` of each operation that is recorded: the line of code,
the names, and copies of the arrays. Notes are kept beside the graph, and go when their Values do.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from autograd_lite.recording import change_mode, current_mode, run_inside

__all__ = ["debug"]

Function = TypeVar("Function", bound=Callable[..., Any])


class debug:  # noqa: N801  (a context manager, named as no_grad)
    """Find where a NaN or infinity is born: a context manager and a decorator.

    Inside, forward and backward, the first operation whose operands are finite and whose result is
    not raises. The message names the operation, the element, the operands' values there, the
    names that they have in the calling code and the line of code; for a failure in `backward`, or
    in a gradient that `autograd_lite.grad` computes, the line where the forward operation was
    recorded. Where the cause is a known one, it says what to do.

    An array that a graph holds and that was written into (``a[...] = 1``) between forward and
    backward is found, too: run both inside.

    The switch belongs to the current thread and the current asyncio task, as that of `no_grad`;
    blocks may nest.

    Raises
    ------
    NonFiniteError
        Inside, where a NaN or infinity is born. The error has the operation, its operands and its
        result as attributes, and so the graph that was built so far. NaN and infinities that were
        handed in as data are passed on as usual; -inf from log(0) is born.
    GraphError
        Inside, by backward, if an array was changed.
    ArgumentError
        As a decorator of a generator function.

    Notes
    -----
    An operation takes some 10 µs more forward and 20 µs backward, and each array of the graph is
    kept twice. Outside, nothing is checked and nothing costs more than it did.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> x = al.Value([4.0, 1.0, 0.0])
    >>> with al.debug():
    ...     try:
    ...         y = np.log(x)
    ...     except al.errors.NonFiniteError as error:
    ...         print(error.operation.name, error.index, str(error).splitlines()[0])
    log (2,) log gave -inf at element (2,) of shape (3,)
    """

    def __enter__(self) -> debug:
        from autograd_lite.debugging.watcher import Debugger  # a tenth of the package, seldom used

        depth, watcher = debug_state()
        change_mode(debug_depth=depth + 1, watcher=watcher or Debugger())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        depth, watcher = debug_state()
        change_mode(debug_depth=depth - 1, watcher=watcher if depth > 1 else None)

    def __call__(self, function: Function) -> Function:
        """Return `function` wrapped so that it runs inside."""
        return run_inside(debug, function)


def debug_state() -> tuple[int, Any]:
    """Return how many debug blocks are open here, and the watcher."""
    mode = current_mode.get()
    return (mode.debug_depth, mode.watcher) if mode else (0, None)
