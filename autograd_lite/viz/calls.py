"""Which part of a graph was made by which module.

A module's call makes the Values of one interval of creation numbers. So recording the calls takes
two numbers for each, and nothing in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.nn import Module
from autograd_lite.recording import call_recorder
from autograd_lite.value import Value, next_number

__all__ = ["Call", "ModuleCalls", "record_modules"]


@dataclass(eq=False)
class Call:
    """One call of a module.

    Attributes
    ----------
    title : str
        The path in the model and the class: "0.1 Linear"; the class alone for the model itself.
    path : str
        The path in the model, "" for the model itself and for modules that are not in it.
    kind : str
        The class.
    parent : Call or None
        The call inside of which it was made.
    level : int
        How many calls it is inside of.
    start, stop : int
        The creation numbers: what was made inside has one between.
    arrays : tuple of ndarray
        The arguments that are no Values.
    """

    title: str
    path: str
    kind: str
    parent: Call | None
    level: int
    start: int
    stop: int
    arrays: tuple[Any, ...]


class ModuleCalls:
    """The calls of modules in a ``with`` block, in the order in which they began.

    Attributes
    ----------
    model : Module
        What the paths start from.
    calls : list of Call
        All calls of modules, those outside of the model included.
    """

    def __init__(self, model: Module) -> None:
        self.model = model
        self.calls: list[Call] = []
        self.innermost: Call | None = None
        self.paths = {id(module): path for path, module in model.named_modules()}

    def __enter__(self) -> ModuleCalls:
        self.token = call_recorder.set(self.call)
        return self

    def __exit__(self, *_: object) -> None:
        call_recorder.reset(self.token)

    def call(self, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a module and take note of it."""
        path, kind, outer = self.paths.get(id(module), ""), type(module).__name__, self.innermost
        made = Call(
            title=f"{path} {kind}".strip(),
            path=path,
            kind=kind,
            parent=outer,
            level=outer.level + 1 if outer else 0,
            start=next_number(),
            stop=-1,
            arrays=tuple(x for x in (*args, *kwargs.values()) if type(x) is np.ndarray),
        )
        self.calls.append(made)
        self.innermost = made
        try:
            return module.forward(*args, **kwargs)
        finally:
            made.stop = next_number()
            self.innermost = outer

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return the names and parameters of the model."""
        return self.model.named_parameters()


def record_modules(model: Module) -> ModuleCalls:
    """Return a context manager that takes note of which module makes which part of a graph.

    Parameters
    ----------
    model : Module
        What the paths start from, that modules and parameters are called by in a drawing.

    Returns
    -------
    ModuleCalls
        To give to `draw_graph` as `modules`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> model = al.nn.MLP([2, 3, 1], rng=0)
    >>> with al.viz.record_modules(model) as modules:
    ...     out = model(np.ones((1, 2)))
    >>> [call.title for call in modules.calls]
    ['MLP', '0 Linear', '1 ReLU', '2 Linear']
    >>> text = al.viz.to_text(out, modules=modules, depth=1)
    """
    return ModuleCalls(model)
