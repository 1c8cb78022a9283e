"""Whether operations on Values are recorded: a switch per thread and per task."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar

from autograd_lite.errors import ArgumentError

__all__ = ["is_recording", "no_grad"]

Function = TypeVar("Function", bound=Callable[..., Any])

is_transforming: ContextVar[bool] = ContextVar("is_transforming", default=False)
"""Whether a function is being differentiated, so that float(x) would lose what it depends on."""

# How many no_grad blocks are open here. A depth, not a flag and a token: one no_grad object may be
# entered again, or by several threads, since it holds no state of its own.
no_grad_depth: ContextVar[int] = ContextVar("no_grad_depth", default=0)


def is_recording() -> bool:
    """Return whether operations are recorded in this thread and task.

    Examples
    --------
    >>> import autograd_lite as al
    >>> from autograd_lite.recording import is_recording
    >>> with al.no_grad():
    ...     print(is_recording())
    False
    """
    return no_grad_depth.get() == 0


class no_grad:  # noqa: N801  (named as in PyTorch)
    """Stop recording: a context manager and a decorator.

    Operations inside return untracked Values, so that nothing of the graph is kept. The switch
    belongs to the current thread and the current asyncio task, and is restored when an exception
    leaves the block.

    Raises
    ------
    ArgumentError
        As a decorator of a generator function, whose body runs between other people's code: use
        the ``with`` statement inside it instead.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x = al.Value(3.0)
    >>> with al.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """

    def __enter__(self) -> no_grad:
        no_grad_depth.set(no_grad_depth.get() + 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        no_grad_depth.set(no_grad_depth.get() - 1)

    def __call__(self, function: Function) -> Function:
        """Return `function` wrapped so that nothing is recorded while it runs."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ArgumentError(
                f"no_grad cannot decorate {function!r}: it is a generator function, whose body "
                "runs in pieces, between its caller's code; put `with no_grad():` inside it"
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_task(*args: Any, **kwargs: Any) -> Any:
                with no_grad():
                    return await function(*args, **kwargs)

            return run_task  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with no_grad():
                return function(*args, **kwargs)

        return run  # type: ignore[return-value]
