"""Checkpointing: forget the intermediate results of a function, and compute them again later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite.backward import nodes_between, pull_back, recorded_nodes
from autograd_lite.errors import GraphError
from autograd_lite.nn.module import Module
from autograd_lite.primitive import Primitive
from autograd_lite.recording import enable_recording, is_recording
from autograd_lite.trees import Path, flatten, replace_leaves
from autograd_lite.value import Value, next_number

__all__ = ["checkpoint"]


def checkpoint(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Return `fun` with its intermediate results dropped, and computed again for the gradient.

    The graph has one node in place of those of `fun`. Memory for a chain of n segments is that of n
    results and of one segment, for the time of one more run forwards.

    Parameters
    ----------
    fun : callable
        A function of any arguments, with any result: Values and trees of them, keyword arguments,
        modules, Values that it takes from outside. It must return the same when it is run again,
        and not count on being run once.

    Returns
    -------
    callable
        Takes the arguments of `fun` and returns its result.

    Raises
    ------
    GraphError
        In the backward pass, if `fun` returned something else when it was run again, or a Value
        that it uses was rebound since.

    Notes
    -----
    Random numbers must be the same in both runs. They are if they come from a generator that is an
    argument, or belongs to a module that is `fun` itself, or an argument, as in `nn.Dropout`: its
    state is put back for the second run. Draw others outside, and pass them in.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> x = al.Value(0.5)
    >>> y = al.checkpoint(lambda x: np.exp(np.sin(x)) * x)(x)
    >>> y.operation.name
    'checkpoint'
    >>> y.backward()
    >>> round(float(x.grad), 6)
    2.323858
    """

    def run_and_forget(*args: Any, **kwargs: Any) -> Any:
        if not is_recording():
            return fun(*args, **kwargs)
        segment = Segment(fun, args, kwargs)
        since = next_number()
        out = fun(*args, **kwargs)
        leaves = {path: leaf for path, leaf in flatten(out).items() if is_result(leaf, since)}
        segment.captured = values_from_outside(list(leaves.values()), since)
        if not segment.captured:
            return out
        return replace_leaves(out, forgotten(segment, leaves))

    return run_and_forget


class Segment:
    """A call of a function, to be made again.

    Attributes
    ----------
    captured : list of Value
        The tracked Values from outside that its results were made from, arguments or not.
    results : dict
        What it computed, packed, by the paths of the parts.
    """

    __slots__ = ("args", "captured", "fun", "kwargs", "results", "states")

    def __init__(
        self, fun: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        self.fun = fun
        self.args = args
        self.kwargs = kwargs
        self.captured: list[Value] = []
        self.results: dict[tuple[Path, ...], Any] = {}
        self.states = [
            (generator, generator.bit_generator.state)
            for generator in generators_in((fun, args, dict(kwargs)))
        ]

    def __repr__(self) -> str:
        return getattr(self.fun, "__name__", type(self.fun).__name__)

    def run_again(self) -> dict[Path, Any]:
        """Call the function with the random numbers of the first time; return its leaves."""
        with enable_recording(), as_they_were(self.states):
            return flatten(self.fun(*self.args, **self.kwargs))


def forgotten(segment: Segment, leaves: Mapping[Path, Value]) -> dict[Path, Value]:
    """Return results of a segment as results of one node.

    Those of one dtype are packed into one array, so that the segment is computed again once, and
    not for each of them.
    """
    groups: dict[np.dtype[Any], list[Path]] = {}
    for path, leaf in leaves.items():
        groups.setdefault(leaf.dtype, []).append(path)
    parts: dict[Path, Value] = {}
    for paths in map(tuple, groups.values()):
        segment.results[paths] = packed([leaves[path].data for path in paths])
        whole = checkpointed(*segment.captured, segment=segment, paths=paths)
        parts.update(zip(paths, unpacked(whole, [leaves[p].shape for p in paths]), strict=True))
    return parts


def packed(arrays: list[Any]) -> Any:
    """Return the elements of several arrays one after the other; one array as it is."""
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.ravel(array) for array in arrays])


def unpacked(whole: Any, shapes: list[tuple[int, ...]]) -> list[Any]:
    """Return the arrays of these shapes that were packed; `whole` may be a Value."""
    if len(shapes) == 1:
        return [whole]
    stops = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [
        np.reshape(whole[stop - int(np.prod(shape)) : stop], shape)
        for stop, shape in zip(stops, shapes, strict=True)
    ]


def checkpoint_vjp(
    g: Any,
    out: Any,
    *captured: Any,
    positions: list[int],
    segment: Segment,
    paths: tuple[Path, ...] = ((),),
) -> list[Any]:
    """Return what `g` pulls back to through the segment, computed again."""
    check_operands(segment, captured)
    since = next_number()
    leaves = segment.run_again()
    roots = [leaves[path] for path in paths if is_result(leaves.get(path), since)]
    check_same(segment.results[paths], [root.data for root in roots])
    targets = [segment.captured[i] for i in positions]
    nodes = nodes_between(targets, recorded_nodes(*roots, since=since))
    seeds: dict[Value, Any] = {}
    for root, seed in zip(roots, unpacked(g, [root.shape for root in roots]), strict=True):
        seeds[root] = seeds[root] + seed if root in seeds else seed
    on_values = type(out) is Value
    gradients = pull_back(nodes, seeds, targets=targets, on_values=on_values, leaves_only=True)
    return [gradients.get(value, np.zeros(value.shape, value.dtype)) for value in targets]


def checkpoint_forward(*captured: Any, segment: Segment, paths: tuple[Path, ...] = ((),)) -> Any:
    """Return what the segment computed; there are no results for other operands."""
    check_operands(segment, captured)
    return segment.results[paths]


# Not in the registry: it is no operation on arrays that could be called on any.
checkpointed = Primitive(checkpoint_forward, (checkpoint_vjp,), "checkpoint", variadic=True)


def values_from_outside(roots: list[Value], since: int) -> list[Value]:
    """Return the tracked Values older than `since` that results were made from, in order."""
    outside = {
        operand
        for value in recorded_nodes(*roots, since=since)
        for operand in value.operands
        if type(operand) is Value and operand.requires_grad and operand.number < since
    }
    return sorted(outside, key=lambda value: value.number)


def is_result(leaf: Any, since: int) -> bool:
    """Return whether a leaf is a Value that was recorded after a creation number."""
    return type(leaf) is Value and leaf.operation is not None and leaf.number > since


def check_same(before: Any, arrays: list[Any]) -> None:
    """Raise unless the second run gave the numbers of the first, to half of their digits.

    Not to the last one: a sum may depend on where its array lies in memory.
    """
    after = packed(arrays) if arrays else None
    if after is not None and (after.shape, after.dtype) == (before.shape, before.dtype):
        tolerance = float(np.sqrt(np.finfo(before.dtype).eps))
        largest = float(np.max(np.abs(before), initial=0.0, where=np.isfinite(before)))
        if np.allclose(after, before, tolerance, tolerance * largest, equal_nan=True):
            return
    raise GraphError(
        "a checkpointed function returned something else when it was computed again for the "
        "gradient; it must depend on its arguments alone: draw random numbers outside and pass "
        "them in, and do not change arrays that it uses"
    )


def check_operands(segment: Segment, operands: tuple[Any, ...]) -> None:
    """Raise unless the operands are what the segment was computed with."""
    for value, operand in zip(segment.captured, operands, strict=True):
        if operand is not value and operand is not value.data:
            name = f" {value.name!r}" if value.name else ""
            raise GraphError(
                f"the Value{name} of shape {value.shape} was rebound (`.data = ...`) since a "
                "checkpointed function used it, which can no longer be computed again; call "
                "backward() first"
            )


def generators_in(thing: Any) -> list[np.random.Generator]:
    """Return the random generators in containers, and of the modules there."""
    if isinstance(thing, np.random.Generator):
        return [thing]
    if isinstance(thing, Module):
        return generators_in([list(vars(module).values()) for module in thing.modules()])
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        return [generator for part in thing for generator in generators_in(part)]
    return []


@contextmanager
def as_they_were(states: list[tuple[np.random.Generator, Any]]) -> Iterator[None]:
    """Put random generators into earlier states, and back at the end of the block."""
    now = [generator.bit_generator.state for generator, _ in states]
    for generator, state in states:
        generator.bit_generator.state = state
    try:
        yield
    finally:
        for (generator, _), state in zip(states, now, strict=True):
            generator.bit_generator.state = state
