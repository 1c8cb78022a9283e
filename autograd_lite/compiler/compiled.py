"""A compiled function: it finds the program for its arguments, or makes it, and runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.compiler.conditions import Variants
from autograd_lite.compiler.signature import arguments_of
from autograd_lite.compiler.tracing import name_of
from autograd_lite.compiler.variant import Variant
from autograd_lite.errors import ArgumentError, CompileError
from autograd_lite.optim.optimizer import Optimizer
from autograd_lite.recording import current_mode

__all__ = ["Compiled", "check_backend"]

BACKENDS = ("numpy", "numba")


class Compiled:
    """A function that runs as a program; made by `autograd_lite.compile`.

    Attributes
    ----------
    fun : callable
        The function.
    backend : str
        What runs it: the one asked for, or "numpy" where that cannot.
    source : str
        The program that ran last, as Python source.
    """

    def __init__(self, fun: Callable[..., Any], backend: str = "numpy") -> None:
        self.fun = fun
        self.asked_backend = backend
        self.__name__ = name_of(fun)
        self.__doc__ = fun.__doc__
        self.variants: Variants[Variant] = Variants(self.__name__)

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}, {len(self.variants.known)} programs>"

    @property
    def source(self) -> str:
        """The source of the program that ran last, on numpy."""
        return self.latest().kernel.source

    @property
    def loops(self) -> str:
        """The loops of the program that ran last, which numba compiled; "" where numpy ran it."""
        return self.latest().kernel.loops

    @property
    def backend(self) -> str:
        """What runs the program that ran last."""
        return self.latest().kernel.backend if self.variants.known else self.asked_backend

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns."""
        mode = current_mode.get()
        if mode is not None and mode.watcher is not None:  # it wants to see the operations
            return self.fun(*args, **kwargs)
        recording = mode is None or not mode.no_grad_depth
        form, leaves = arguments_of(args, kwargs)
        variant = self.variants.find(recording, form, leaves)
        if variant is None:
            if not self.variants.may_grow():
                return self.fun(*args, **kwargs)
            variant = Variant(self.fun, self.asked_backend, recording, form, leaves, args, kwargs)
            self.variants.known.insert(0, variant)
        return variant(leaves)

    def latest(self) -> Variant:
        """Return the program that ran last, or raise."""
        if not self.variants.known:
            raise CompileError(
                f"{self.__name__} was compiled for no arguments yet; call it once, then look at "
                "its source"
            )
        return self.variants.known[0]


def check_backend(fun: Any, backend: str) -> None:
    """Raise unless `fun` is a function and `backend` one that there is."""
    if not callable(fun) and not isinstance(fun, Optimizer):
        raise ArgumentError(f"compile takes a function, got {type(fun).__name__}")
    if backend not in BACKENDS:
        raise ArgumentError(f"backend is one of {', '.join(BACKENDS)}; got {backend!r}")
