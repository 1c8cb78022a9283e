"""Whether operations on Values are recorded, and who watches them: per thread and per task."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from autograd_lite.errors import ArgumentError

if TYPE_CHECKING:
    from autograd_lite.primitive import Primitive
    from autograd_lite.value import Value

__all__ = ["is_recording", "no_grad"]

Function = TypeVar("Function", bound=Callable[..., Any])

is_transforming: ContextVar[bool] = ContextVar("is_transforming", default=False)
"""Whether a function is being differentiated, so that float(x) would lose what it depends on."""


call_recorder: ContextVar[Callable[..., Any] | None] = ContextVar("call_recorder", default=None)
"""What runs ``module.forward`` where it is set: ``recorder(module, args, kwargs)``."""


class Watcher(Protocol):
    """What is asked and told of every operation, forward and backward, where it is set."""

    def run_forward(
        self,
        operation: Primitive,
        operands: Sequence[Any],
        arrays: Sequence[Any],
        params: dict[str, Any],
    ) -> Any:
        """Return what the forward function returns for `arrays`, the data of `operands`."""

    def recorded(self, value: Value) -> None:
        """Take note of the result of an operation, tracked or constant."""

    def before_backward(self, nodes: Sequence[Value]) -> None:
        """Look at the Values that backward will go through, in order of creation."""

    def watched_rules(
        self, value: Value, nodes: Sequence[Value]
    ) -> Sequence[Callable[..., Any] | None]:
        """Return what runs in place of the rules of the operation that made a Value."""

    def add_up(self, operand: Value, earlier: Any, gradient: Any) -> Any:
        """Return the sum of what two uses of an operand contribute to its gradient."""


class ProgramTracer(Watcher, Protocol):
    """A watcher that writes down the operations as a program, to be run on other numbers later."""

    def same(self, copy: Value, value: Value) -> None:
        """Take note that a Value stands for another."""

    def variable(self, value: Value) -> Value:
        """Return a tracked Value that stands for one that is part of the program."""

    def refuse_to_read(self, value: Value, what: str) -> None:
        """Raise if the content of a Value is part of the program, and other numbers next time."""

    def check(self, function: Callable[..., None], operands: Sequence[Any]) -> None:
        """Write down a function that looks at numbers and raises where they will not do."""

    def called(self, module: Any) -> None:
        """Take note of a module that was called."""

    def draw(self, function: Callable[[], Any], shape: tuple[int, ...], dtype: Any) -> Any:
        """Write down random numbers, and return a Value for them."""


class Mode(NamedTuple):
    """How operations run in a thread or task where that is not plain recording."""

    no_grad_depth: int = 0
    debug_depth: int = 0
    watcher: Watcher | None = None
    tracer: ProgramTracer | None = None  # the watcher, where it is one


# One variable for all, None for plain recording: the operators look up nothing else. It holds
# depths, not flags and tokens: one no_grad object may be entered again, or by several threads,
# since it holds no state of its own.
current_mode: ContextVar[Mode | None] = ContextVar("current_mode", default=None)

PLAIN = Mode()


def change_mode(**changes: Any) -> None:
    """Change some of the fields of the mode of this thread and task."""
    changed = (current_mode.get() or PLAIN)._replace(**changes)
    current_mode.set(None if changed == PLAIN else changed)


def get_no_grad_depth() -> int:
    """Return how many no_grad blocks are open here."""
    mode = current_mode.get()
    return mode.no_grad_depth if mode else 0


def get_watcher() -> Watcher | None:
    """Return who watches the operations here, if anyone does."""
    mode = current_mode.get()
    return mode.watcher if mode else None


def get_tracer() -> ProgramTracer | None:
    """Return who writes the operations down as a program here, if anyone does."""
    mode = current_mode.get()
    return mode.tracer if mode else None


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
    return get_no_grad_depth() == 0


class transforming:  # noqa: N801  (used like no_grad)
    """Refuse to make plain numbers of tracked Values in this block, which would cut the graph."""

    __slots__ = ("token",)

    def __enter__(self) -> None:
        self.token = is_transforming.set(True)

    def __exit__(self, *_: object) -> None:
        is_transforming.reset(self.token)


class enable_recording:  # noqa: N801  (the counterpart of no_grad)
    """Record in this block, whatever is outside."""

    __slots__ = ("depth",)

    def __enter__(self) -> None:
        self.depth = get_no_grad_depth()
        if self.depth:
            change_mode(no_grad_depth=0)

    def __exit__(self, *_: object) -> None:
        if self.depth:
            change_mode(no_grad_depth=self.depth)


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
        change_mode(no_grad_depth=get_no_grad_depth() + 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        change_mode(no_grad_depth=get_no_grad_depth() - 1)

    def __call__(self, function: Function) -> Function:
        """Return `function` wrapped so that nothing is recorded while it runs."""
        return run_inside(no_grad, function)


def run_inside(block: Callable[[], AbstractContextManager[Any]], function: Function) -> Function:
    """Return `function` wrapped so that it runs inside of a new block; coroutines, too."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        name = block.__name__
        raise ArgumentError(
            f"{name} cannot decorate {function!r}: it is a generator function, whose body "
            f"runs in pieces, between its caller's code; put `with {name}():` inside it"
        )
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_task(*args: Any, **kwargs: Any) -> Any:
            with block():
                return await function(*args, **kwargs)

        return run_task  # type: ignore[return-value]

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with block():
            return function(*args, **kwargs)

    return run  # type: ignore[return-value]
