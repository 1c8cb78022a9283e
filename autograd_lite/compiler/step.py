"""A whole training step as one program: loss, gradients and the optimiser's update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, pairwise
from operator import attrgetter
from typing import Any

import numpy as np

from autograd_lite import ops
from autograd_lite.arguments import plain
from autograd_lite.compiler.backends import Kernel, build
from autograd_lite.compiler.compiled import Compiled
from autograd_lite.compiler.conditions import Conditions, Variants
from autograd_lite.compiler.passes import optimized
from autograd_lite.compiler.program import Equation, Program, Variable
from autograd_lite.compiler.signature import arguments_of
from autograd_lite.compiler.tracing import Traced, check_same_program, name_of, trace
from autograd_lite.compiler.update import traced_update
from autograd_lite.errors import CompileError
from autograd_lite.optim.flat import BLOCK, FlatParameters
from autograd_lite.optim.optimizer import Group, Optimizer, options_of
from autograd_lite.primitive import registry
from autograd_lite.recording import current_mode, no_grad
from autograd_lite.value import Value, constant

__all__ = ["CompiledStep"]


is_tracked = attrgetter("_requires_grad")


class CompiledStep:
    """A training step: it computes a loss, and lets an optimiser follow its gradient.

    Made by ``autograd_lite.compile(fun, optimizer=optimizer)``.

    Attributes
    ----------
    source, loops : str
        The program of the latest step: on numpy, and what numba compiled.
    backend : str
        What runs it.
    """

    def __init__(self, fun: Callable[..., Any], optimizer: Optimizer, backend: str) -> None:
        self.fun = fun
        self.optimizer = optimizer
        self.asked_backend = backend
        self.__name__ = name_of(fun)
        self.__doc__ = fun.__doc__
        self.variants: Variants[StepVariant] = Variants(self.__name__)
        apart = backend == "numpy" and is_large(optimizer)
        self.compiled_loss = Compiled(fun, backend) if apart else None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take a step, and return the loss before it."""
        mode = current_mode.get()
        if mode is not None and mode.watcher is not None:
            return self.step_with(self.fun, args, kwargs)
        if self.compiled_loss is not None:
            return self.step_with(self.compiled_loss, args, kwargs)
        form, leaves = arguments_of(args, kwargs)
        variant = self.variants.find(True, form, leaves)
        if variant is None:
            if not self.variants.may_grow():
                return self.step_with(self.fun, args, kwargs)
            variant = StepVariant(self, form, leaves, args, kwargs)
            self.variants.known.insert(0, variant)
        return variant(leaves)

    @property
    def kernel(self) -> Kernel:
        """The program that ran last, or raise."""
        found: Any = self.compiled_loss or self
        if not found.variants.known:
            raise CompileError(f"{self.__name__} has taken no step yet; call it once")
        kernel: Kernel = found.variants.known[0].kernel
        return kernel

    @property
    def source(self) -> str:
        """The source of the program that ran last, on numpy."""
        return self.kernel.source

    @property
    def loops(self) -> str:
        """The loops of the program that ran last, which numba compiled; "" where numpy ran it."""
        return self.kernel.loops

    @property
    def backend(self) -> str:
        """What runs the program that ran last."""
        return self.kernel.backend

    def step_with(
        self, fun: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Take a step along the gradient of a function's loss, as the optimiser does it."""
        loss = fun(*args, **kwargs)
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        before = [p.grad for p in parameters]
        self.optimizer.zero_grad()
        loss.backward(leaves_only=True)
        self.optimizer.step()
        for p, grad in zip(parameters, before, strict=True):
            p.grad = grad
        return loss.data


def is_large(optimizer: Optimizer) -> bool:
    """Return whether an optimiser updates its vectors in blocks that stay in the cache.

    A program of numpy calls would go through all of a vector with each of them.
    """
    return any(
        flat.offsets[-1] * flat.work_dtype.itemsize > BLOCK
        for flats in optimizer._flats
        for flat in flats
    )


class Run:
    """Neighbouring parameters that are updated together: a part of a vector of an optimiser.

    Attributes
    ----------
    group : dict
        Their parameter group.
    flat : FlatParameters
        The vector.
    start, stop : int
        Which of its parameters.
    """

    def __init__(self, optimizer: Optimizer, group: Group, flat: FlatParameters, places: list[int]):
        self.optimizer = optimizer
        self.group = group
        self.flat = flat
        self.start, self.stop = places[0], places[-1] + 1
        self.begin, self.end = flat.offsets[self.start], flat.offsets[self.stop]
        self.params = flat.params[self.start : self.stop]
        self.options = self.settings()
        self.kept = [name for name in options_of(group) if name != "lr"]
        self.given = [group[name] for name in self.kept]
        self.initial = optimizer.buffers(self.options)
        flat.make_buffers(self.initial)
        self.names = [name for name, value in self.initial.items() if value is not None]
        self.is_whole = self.begin == 0 and self.end == flat.offsets[-1]

    def settings(self) -> Group:
        """Return the options of the group, without the learning rate, which may change."""
        options = {name: plain(option) for name, option in options_of(self.group).items()}
        return {name: option for name, option in options.items() if name != "lr"}

    def fits(self) -> bool:
        """Return whether the options are as they were, and the parameters at the same step."""
        steps = self.flat.steps[self.start : self.stop]
        group = self.group
        return (
            all(map(is_tracked, self.params))
            and steps.count(steps[0]) == len(steps)
            and [group[name] for name in self.kept] == self.given
            and len(group) == len(self.kept) + 2
        )

    def arrays(self) -> list[Any]:
        """Return what the update rule takes: parameters, buffers, learning rate and step."""
        state = self.flat.state
        buffers = [state[name] for name in self.names]
        if not self.is_whole:
            buffers = [buffer[self.begin : self.end].copy() for buffer in buffers]
        return [
            self.flat.data(self.start, self.stop),
            *buffers,
            float(self.group["lr"]),
            float(self.flat.steps[self.start] + 1),
        ]

    def store(self, new: Any, buffers: Sequence[Any]) -> None:
        """Rebind the parameters' data, and keep the buffers."""
        flat = self.flat
        flat.rebind(self.start, self.stop, new)
        for name, buffer in zip(self.names, buffers, strict=True):
            if self.is_whole:
                flat.state[name] = buffer
            else:
                flat.state[name][self.begin : self.end] = buffer
        if self.names:
            step = flat.steps[self.start] + 1
            flat.steps[self.start : self.stop] = [step] * (self.stop - self.start)

    def places(self, variables: Mapping[Value, Variable]) -> dict[Variable, tuple[int, int]]:
        """Return where in the vector the parameters are that a program takes."""
        offsets = self.flat.offsets[self.start : self.stop + 1]
        spans = pairwise(offset - self.begin for offset in offsets)
        return {
            variables[p]: span for p, span in zip(self.params, spans, strict=True) if p in variables
        }

    def traced_update(self, traced: Traced, gradients: dict[Value, Any]) -> list[Any]:
        """Trace the update rule, and return new parameters and buffers."""
        tracer, flat = traced.tracer, self.flat
        given = self.arrays()
        names = ["p", *self.names, "lr", "step"]
        inputs = [
            tracer.input(x, name, weak=name in ("lr", "step") and type(x) is float)
            for name, x in zip(names, given, strict=True)
        ]
        traced.inputs += inputs
        p, *kept, lr, step = inputs
        buffers = iter(kept)
        slots = [None if value is None else next(buffers) for value in self.initial.values()]
        with tracer.watching(), no_grad():
            parts = [gradients[x] for x in flat.params[self.start : self.stop]]
            g = concatenate(*parts, axis=None).astype(flat.work_dtype)
            vectors = [p.astype(flat.work_dtype), g, *slots]
        new, *results = traced_update(self.optimizer, self.options, tracer, vectors, lr, step)
        with tracer.watching(), no_grad():
            return [new.astype(flat.dtype), *results]


concatenate = registry["concatenate"]


class StepVariant:
    """The program of a training step for arguments of one form."""

    def __init__(
        self,
        owner: CompiledStep,
        form: Any,
        leaves: Sequence[Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        traced = trace(owner.fun, args, kwargs, leaves)
        self.conditions = Conditions(True, form, leaves, traced.tracer)
        check_same_program(traced.program([]), trace(owner.fun, args, kwargs, leaves).program([]))
        loss = checked_loss(traced)
        optimizer = owner.optimizer
        with no_grad():
            gradients = traced.gradients(loss, constant(np.ones(loss.shape, loss.dtype)[()]))
        self.draws = list(traced.tracer.draws.values())
        self.runs = [
            Run(optimizer, group, flat, places)
            for group, flats in zip(optimizer.param_groups, optimizer._flats, strict=True)
            for flat in flats
            for places in runs_of(flat, gradients)
        ]
        if not self.runs:
            raise CompileError(
                "the loss depends on none of the optimizer's parameters, so that a step would "
                "change nothing; make the optimizer from the parameters that the function uses"
            )
        updates = [run.traced_update(traced, gradients) for run in self.runs]
        self.counts = [len(update) for update in updates]
        program = traced.program([loss, *(x for update in updates for x in update)])
        counts = [len(leaves), *(3 + len(run.names) for run in self.runs)]
        program.donated = donated(program, counts)
        self.conditions.also = self.fits_optimizer
        updated = {p for run in self.runs for p in run.params}  # whose form the runs look after
        self.conditions.outside = [x for x in self.conditions.outside if x[0] not in updated]
        self.captured = self.conditions.captured
        if owner.asked_backend == "numba":  # an argument takes longer than a slice there
            self.captured = [value for value in self.captured if value not in updated]
            vectors = starts_of_runs(program, counts)
            for run, vector in zip(self.runs, vectors, strict=True):
                program = with_slices(program, vector, run.places(traced.tracer.captured))
        self.spares = [run.flat for run in self.runs if run.is_whole]
        program = with_spares(program, self.spares)
        self.kernel = build(optimized(program), owner.asked_backend)

    def fits_optimizer(self) -> bool:
        """Return whether the optimiser's options and counts are as they were."""
        return all(run.fits() for run in self.runs)

    def __call__(self, leaves: Sequence[Any]) -> Any:
        """Take a step, and return the loss before it."""
        arrays = [leaf._data if type(leaf) is Value else leaf for leaf in leaves]
        for run in self.runs:
            arrays += run.arrays()
        arrays += [value._data for value in self.captured]
        arrays += [draw() for draw in self.draws]
        arrays += [flat.vector_to_write() for flat in self.spares]
        loss, *results = self.kernel.run(*arrays)
        start = 0
        for run, count in zip(self.runs, self.counts, strict=True):
            new, *buffers = results[start : start + count]
            run.store(new, buffers)
            start += count
        return loss


def checked_loss(traced: Traced) -> Value:
    """Return the result of a function as a loss: one real number that depends on Values."""
    loss = traced.out
    if (
        type(loss) is not Value
        or loss.size != 1
        or loss.dtype.kind != "f"
        or not loss.requires_grad
    ):
        raise CompileError(
            f"a training step needs a loss: one real number that depends on parameters; "
            f"{traced.name} returned {loss!r}"
        )
    return loss


def runs_of(flat: FlatParameters, gradients: dict[Value, Any]) -> list[list[int]]:
    """Return the places of neighbours that have gradients and equally many updates, in runs."""
    keys = [
        step if p in gradients else None for p, step in zip(flat.params, flat.steps, strict=True)
    ]
    runs = groupby(range(len(keys)), key=keys.__getitem__)
    return [list(places) for step, places in runs if step is not None]


def starts_of_runs(program: Program, counts: list[int]) -> list[Variable]:
    """Return the inputs that are vectors of parameters; buffers come after each."""
    return [program.inputs[start] for start in list(accumulate(counts))[:-1]]


def donated(program: Program, counts: list[int]) -> tuple[Variable, ...]:
    """Return the inputs that are buffers: the optimiser gets others for them."""
    found: list[Variable] = []
    start = counts[0]
    for count in counts[1:]:
        found += program.inputs[start + 1 : start + count - 2]
        start += count
    return tuple(found)


def with_spares(program: Program, flats: list[FlatParameters]) -> Program:
    """Return a program that is also given vectors to write new parameters into."""
    spares = [Variable((flat.offsets[-1],), flat.dtype, "new_p") for flat in flats]
    return replace(
        program,
        inputs=[*program.inputs, *spares],
        donated=(*program.donated, *spares),
    )


def with_slices(
    program: Program, vector: Variable, places: Mapping[Variable, tuple[int, int]]
) -> Program:
    """Return a program that takes parameters out of a vector, in place of inputs of their own."""
    taken: list[Equation] = []
    for variable, (start, stop) in places.items():
        part = Variable((stop - start,), variable.dtype)
        taken.append(Equation(ops.getitem, (vector,), {"index": slice(start, stop)}, part))
        reshape = registry["reshape"]
        taken.append(Equation(reshape, (part,), {"shape": variable.shape}, variable))
    return replace(
        program,
        inputs=[variable for variable in program.inputs if variable not in places],
        equations=[*taken, *program.equations],
    )
