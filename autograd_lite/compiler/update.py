"""An optimiser's update rule as a program: a pure function of vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite.compiler.backends import Kernel, build
from autograd_lite.compiler.passes import optimized
from autograd_lite.compiler.trace import Tracer
from autograd_lite.recording import no_grad
from autograd_lite.value import Value

if TYPE_CHECKING:
    from autograd_lite.optim.optimizer import Optimizer

__all__ = ["CompiledRules", "traced_update"]


class CompiledRules:
    """The compiled update rules of an optimiser, for whatever options it has had.

    The learning rate and the step are numbers that a program takes; other options are part of it.
    """

    def __init__(self, optimizer: Optimizer, backend: str) -> None:
        self.optimizer = optimizer
        self.backend = backend
        self.kernels: dict[Any, Kernel] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle without the programs, which are made again."""
        return {**self.__dict__, "kernels": {}}

    def rule(self, options: Mapping[str, Any]) -> Any:
        """Return the update rule for these options."""
        key = tuple((name, option) for name, option in options.items() if name != "lr")

        def update(p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
            *buffers, step = slots
            kept = [buffer for buffer in buffers if buffer is not None]
            form = (key, p.shape, p.dtype, g.dtype, tuple(buffer is None for buffer in buffers))
            kernel = self.kernels.get(form)
            if kernel is None:
                kernel = self.kernels[form] = self.built(options, p, g, buffers, step)
            new, *results = kernel.run(p, g, *kept, float(options["lr"]), float(step))
            remaining = iter(results)
            return (new, *(None if buffer is None else next(remaining) for buffer in buffers))

        return update

    def built(
        self, options: Mapping[str, Any], p: Any, g: Any, buffers: Sequence[Any], step: int
    ) -> Kernel:
        """Return the program of an update of vectors like these."""
        tracer = Tracer()
        names = ["p", "g", *self.optimizer.buffers(dict(options))]
        inputs = [
            None if x is None else tracer.input(x, name)
            for name, x in zip(names, (p, g, *buffers), strict=True)
        ]
        lr = tracer.input(float(options["lr"]), "lr", weak=True)
        count = tracer.input(float(step), "step", weak=True)
        outputs = traced_update(self.optimizer, options, tracer, inputs, lr, count)
        given = [x for x in (*inputs, lr, count) if x is not None]
        program = tracer.program(f"{type(self.optimizer).__name__.lower()}_update", given, outputs)
        return build(optimized(program), self.backend)


def traced_update(
    optimizer: Optimizer,
    options: Mapping[str, Any],
    tracer: Tracer,
    vectors: Sequence[Value | None],
    lr: Value,
    step: Value,
) -> list[Any]:
    """Return the new parameters and buffers that an update rule makes of Values."""
    with tracer.watching(), no_grad():
        results = optimizer.rule({**options, "lr": lr})(*vectors, step)
    return [result for result in results if result is not None]
