"""Compiling: a function's recorded graph, printed as straight-line source, and run as that.

Read `program`, `trace`, `tracing`, `passes`, `source`, `backends`, `variant`, `compiled`, `step`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.compiler.compiled import Compiled, check_backend
from autograd_lite.compiler.step import CompiledStep
from autograd_lite.compiler.update import CompiledRules
from autograd_lite.errors import ArgumentError
from autograd_lite.optim import Optimizer

__all__ = ["Compiled", "CompiledStep", "compile"]


def compile(
    fun: Callable[..., Any] | Optimizer,
    *,
    backend: str = "numpy",
    optimizer: Optimizer | None = None,
) -> Any:
    """Return a function that does what `fun` does, as a program without overhead.

    The function runs once on Values. What it does to them, and to their gradients, is recorded;
    dead code and repetitions are left out; and the rest is printed as the source of one
    straight-line function, which runs from then on.

    Parameters
    ----------
    fun : callable or Optimizer
        A function of arrays, Values, trees of them and Python objects. What it computes may depend
        on the arrays' content by operations only, not by Python's ``if``. Of an optimiser, the
        update rule is compiled; it is changed, and returned.
    backend : {"numpy", "numba"}
        What runs the program. "numba" (extra ``jit``) makes machine code of it, which is kept on
        disk (in the folder that the environment variable ``AUTOGRAD_LITE_CACHE`` names); what numba
        does not take stays with numpy.
    optimizer : Optimizer, optional
        Make a whole training step of a loss: value, gradients and update are one program. It
        returns the loss as a number, and leaves the parameters' `grad` alone.

    Returns
    -------
    Compiled, CompiledStep or Optimizer
        To be called as `fun`. Its `source` is the program that ran last, its `backend` what ran it.

    Raises
    ------
    CompileError
        When it is called, if the function is no fixed program: it looks at numbers, draws random
        ones (dropout of `autograd_lite.nn` may), or calls ``backward()``.
    ArgumentError
        If `fun` is no function, or the backend is another.
    MissingDependencyError
        When it is called, if numba is not installed.

    Notes
    -----
    There is a program for each combination of shapes, dtypes, Python arguments, and attributes of
    the modules that are called (such as `training`); after 16 of them, with a warning, the function
    runs as it is for new ones. Values that the function takes from outside, such as parameters, are
    read at each call. Plain arrays from outside are constants of the program, as they are.

    The result is a Value where the function's would be, of one node, and can be differentiated.
    The gradients of a loss come with it in one call. On numpy the results are those of the function
    bit for bit, for arguments that lie in memory as those of the first call did (sums of others may
    differ in the last digit); on numba sums run in another order, and exp and the like may differ
    in the last digit. Under `autograd_lite.debug` the function runs as it is.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> w = al.Value([0.5, -1.0], name="w")
    >>> loss = al.compile(lambda x: np.sum(np.tanh(x * w)))
    >>> out = loss(np.array([1.0, 2.0]))
    >>> out.backward()
    >>> w.grad.round(4).tolist()
    [0.7864, 0.1413]
    >>> print(loss.source)
    def compiled(x, w):
        v1 = x * w                                      # (2,)
        np.tanh(v1, out=v1)                             # (2,)
        v2 = np.add.reduce(v1, axis=None)               # ()
        v1 *= v1                                        # (2,)
        np.subtract(1.0, v1, out=v1)                    # (2,)
        v1 *= x                                         # (2,)
        return v2, v1
    <BLANKLINE>
    """
    check_backend(fun, backend)
    if isinstance(fun, Optimizer):
        if optimizer is not None:
            raise ArgumentError("compile got two optimizers; give the loss first")
        fun.compiled_rules = CompiledRules(fun, backend)
        return fun
    if optimizer is not None:
        return CompiledStep(fun, optimizer, backend)
    return Compiled(fun, backend)
