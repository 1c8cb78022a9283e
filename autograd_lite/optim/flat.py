"""Parameters of one group and one dtype, laid end to end in one vector.

Ten numpy calls on one vector replace ten calls for each parameter. The parameters' `data` are
views of the vector that the last step made, so that the next step need not join them again. Two
vectors take turns: a step writes into the one before the last, unless somebody still refers to it.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import DtypeError, ShapeError
from autograd_lite.value import Value, data_of

__all__ = ["Array", "FlatParameters", "Update"]

Array: TypeAlias = NDArray[Any]

Update: TypeAlias = Callable[..., tuple[Array | None, ...]]
"""An update rule: ``(p, g, *buffers, step) -> (new p, *new buffers)``, on slices of the vectors."""

BLOCK = 131072
"""Bytes of a vector that a rule is applied to at once: its temporaries then stay in the processor's
cache (Adam on 670,000 float32: 5 ms; 10 ms in blocks of 16 KB, 16 ms as a whole)."""

count_references: Callable[[Any], int] = getattr(sys, "getrefcount", lambda _: 0)
"""How many refer to an object; 0, which no object has, where Python does not count them."""

ALONE = next(map(count_references, [object()])) or -1
"""What that is of an object in one list and nowhere else; -1 where Python does not count."""


class FlatParameters:
    """Parameters of one group and one dtype, with their state.

    Parameters
    ----------
    params : sequence of Value
        Leaves of one dtype.
    positions : sequence of int
        Where each is in its group.

    Attributes
    ----------
    steps : list of int
        How many updates each parameter has had.
    state : dict
        The optimiser's buffers by name: vectors as long as all parameters together, of
        `work_dtype`.
    work_dtype : dtype
        The parameters' dtype, but float32 for float16, where 1e-8 is 0 and the square of 1e-4 too.
    """

    def __init__(self, params: Sequence[Value], positions: Sequence[int]) -> None:
        self.params = list(params)
        self.positions = list(positions)
        self.shapes = [p.shape for p in self.params]
        self.offsets = [0, *accumulate(p.size for p in self.params)]
        self.places = places_between(self.offsets)
        self.dtype: np.dtype[Any] = self.params[0].dtype
        self.work_dtype: np.dtype[Any] = np.result_type(self.dtype, np.float32)
        self.steps = [0] * len(self.params)
        self.state: dict[str, Array] = {}
        self.flat: Array | None = None
        self.views: list[Any] = []
        self.spare: list[Any] = []  # the views of the vector before the last, and the vector
        self.unshared = [ALONE] * len(self.params) + [ALONE + len(self.params)]

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle without the vectors: the parameters bring the same numbers along."""
        return {**self.__dict__, "flat": None, "views": [], "spare": []}

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield ``start, stop`` of the parameters to update together.

        They are neighbours that have a gradient and have had equally many updates. Without
        missing gradients, there is one run: all parameters.
        """
        keys = [
            None if p.grad is None else step
            for p, step in zip(self.params, self.steps, strict=True)
        ]
        for step, run in groupby(range(len(keys)), key=keys.__getitem__):
            if step is not None:
                positions = list(run)
                yield positions[0], positions[-1] + 1

    def usual_gradients(self) -> list[Array] | None:
        """Return the gradients, each as a vector, in the usual case; None if it is another one.

        All parameters have gradients of their shape and dtype then, and are views of the vector
        that the last step made: one look at each tells (3 µs for 6 parameters in place of the 8 of
        `runs`, `data` and `gradients`).
        """
        if self.flat is None or self.steps.count(self.steps[0]) < len(self.steps):
            return None
        grads = []
        dtype = self.dtype
        for p, view, shape in zip(self.params, self.views, self.shapes, strict=True):
            g = p.grad
            if (
                p._data is not view
                or type(g) is not np.ndarray
                or g.dtype is not dtype
                or g.shape != shape
            ):
                return None
            grads.append(g.ravel())
        return grads

    def gradients(self, start: int, stop: int) -> list[Array]:
        """Return the gradients of parameters `start` to `stop`, each as a vector: a view if it can.

        Raises
        ------
        ShapeError
            If a gradient does not have its parameter's shape.
        DtypeError
            If a gradient is complex, or not made of numbers.
        """
        grads = []
        for i in range(start, stop):
            g = data_of(self.params[i].grad)  # a Value after backward(create_graph=True)
            g = np.asarray(g)
            if g.shape != self.shapes[i]:
                raise ShapeError(
                    f"the gradient of {self.describe(i)} has shape {g.shape}; "
                    f"it must have the parameter's shape {self.shapes[i]}"
                )
            if not np.can_cast(g.dtype, self.work_dtype, "same_kind"):
                raise DtypeError(
                    f"the gradient of {self.describe(i)}: {g.dtype} cannot become "
                    f"{self.work_dtype}; assign real numbers to p.grad"
                )
            grads.append(g.ravel())
        return grads

    def data(self, start: int, stop: int) -> Array:
        """Return the data of parameters `start` to `stop` as one vector, not to be written to.

        Raises
        ------
        ShapeError, DtypeError
            If a parameter's shape or dtype is no longer what the optimiser was made for.
        """
        params = self.params[start:stop]
        if self.flat is not None:
            for p, view in zip(params, self.views[start:stop], strict=True):
                if p._data is not view:
                    break
            else:
                return self.flat[self.offsets[start] : self.offsets[stop]]
        for i, p in enumerate(params, start):
            if p.shape != self.shapes[i]:
                raise ShapeError(
                    f"{self.describe(i)} has shape {p.shape} now; the optimiser was made for "
                    f"{self.shapes[i]}. Make a new optimiser"
                )
            if p.dtype != self.dtype:
                raise DtypeError(
                    f"{self.describe(i)} is {p.dtype} now; the optimiser was made for "
                    f"{self.dtype}. Make a new optimiser"
                )
        return np.concatenate([p._data for p in params], axis=None)

    def make_buffers(self, initial: Mapping[str, float | None], also: Collection[str] = ()) -> None:
        """Make the state vectors that are needed and not there yet.

        Parameters
        ----------
        initial : dict
            The value that each begins with; None: not needed.
        also : collection of str
            Those needed all the same; they begin with 0.
        """
        for name, value in initial.items():
            if name not in self.state and (value is not None or name in also):
                self.state[name] = np.full(self.offsets[-1], value or 0.0, dtype=self.work_dtype)

    def reset(self) -> None:
        """Forget all state."""
        self.state = {}
        self.steps = [0] * len(self.params)

    def update(
        self,
        rule: Update,
        start: int,
        stop: int,
        data: Array,
        grads: list[Array],
        initial: dict[str, float | None],
    ) -> None:
        """Apply `rule` to parameters `start` to `stop` and rebind their data.

        Parameters
        ----------
        rule : callable
            See `Update`.
        start, stop : int
            The run.
        data : ndarray
            The run's data.
        grads : list of ndarray
            The gradients of its parameters.
        initial : dict
            The rule's buffers in order, with the value they begin with; None: not used.
        """
        is_whole = stop - start == len(self.params)
        begin, end = self.offsets[start], self.offsets[stop]
        state = self.state
        buffers: list[Array | None] = []
        counts_steps = False
        for name, value in initial.items():
            if value is None:
                buffers.append(None)
                continue
            counts_steps = True
            if name not in state:
                self.make_buffers(initial)
            buffers.append(state[name] if is_whole else state[name][begin:end])
        step = self.steps[start] + 1
        # Graphs, and callers, may hold the old data. The state vectors are nobody else's, and are
        # overwritten.
        new = self.vector_to_write() if is_whole else np.empty(end - begin, dtype=self.dtype)
        if new.size * self.work_dtype.itemsize <= BLOCK:
            self.apply(rule, data, np.concatenate(grads), buffers, step, new)
        else:
            self.apply_in_blocks(rule, data, grads, buffers, step, new)
        self.rebind(start, stop, new)
        if counts_steps:
            self.steps[start:stop] = [step] * (stop - start)

    def apply(
        self,
        rule: Update,
        p: Array,
        g: Array,
        buffers: list[Array | None],
        step: int,
        new: Array,
    ) -> None:
        """Apply `rule` to vectors; overwrite `buffers` and `new` with its results."""
        if p.dtype is not self.work_dtype or g.dtype is not self.work_dtype:
            p, g = p.astype(self.work_dtype, copy=False), g.astype(self.work_dtype, copy=False)
        new[:], *results = rule(p, g, *buffers, step)
        for buffer, result in zip(buffers, results, strict=True):
            if buffer is not None:
                buffer[:] = result

    def apply_in_blocks(
        self,
        rule: Update,
        data: Array,
        grads: list[Array],
        buffers: list[Array | None],
        step: int,
        new: Array,
    ) -> None:
        """Apply `rule` to one block of the vectors after the other."""
        offsets = [0, *accumulate(g.size for g in grads)]
        length = BLOCK // self.work_dtype.itemsize
        for first in range(0, new.size, length):
            block = slice(first, min(first + length, new.size))
            g = joined(grads, offsets, block)
            parts = [None if buffer is None else buffer[block] for buffer in buffers]
            self.apply(rule, data[block], g, parts, step, new[block])

    def vector_to_write(self) -> Array:
        """Return a vector for new data of all parameters, which nobody else refers to.

        It is the one before the last where that is so, which saves new views, and for large
        vectors memory that the system has to clear first.
        """
        if self.spare and list(map(count_references, self.spare)) == self.unshared:
            vector: Array = self.spare[-1]
            return vector
        self.spare = []
        return np.empty(self.offsets[-1], dtype=self.dtype)

    def rebind(self, start: int, stop: int, new: Array) -> None:
        """Make the data of parameters `start` to `stop` views of `new`."""
        if stop - start < len(self.params):
            shapes, places = self.shapes[start:stop], places_between(self.offsets[start : stop + 1])
            for p, view in zip(self.params[start:stop], views_of(new, shapes, places), strict=True):
                p._data = view
            self.flat, self.views, self.spare = None, [], []  # let go of what is outdated
            return
        if self.spare and self.spare[-1] is new:
            views = self.spare[:-1]
        else:
            views = views_of(new, self.shapes, self.places)
        for p, view in zip(self.params, views, strict=True):
            p._data = view  # not p.data, whose checks cost more than updating a small parameter
        if self.flat is not None and all(self.shapes):  # a number without axes is no view
            self.spare = [*self.views, self.flat]
        self.flat, self.views = new, views

    def entry(self, i: int) -> dict[str, Array]:
        """Return copies of the state of parameter `i`, in its shape."""
        begin, end = self.offsets[i], self.offsets[i + 1]
        return {
            name: vector[begin:end].reshape(self.shapes[i]).copy()
            for name, vector in self.state.items()
        }

    def load_entry(self, i: int, step: int, entry: Mapping[str, Array]) -> None:
        """Overwrite the state of parameter `i`; the buffers of `entry` exist already."""
        for name, array in entry.items():
            self.state[name][self.offsets[i] : self.offsets[i + 1]] = array.ravel()
        self.steps[i] = step

    def describe(self, i: int) -> str:
        """Return a phrase for messages: which parameter it is."""
        name = self.params[i].name
        return f"parameter {self.positions[i]}" + (f" ({name!r})" if name else "")


def views_of(vector: Array, shapes: list[tuple[int, ...]], places: list[slice]) -> list[Any]:
    """Return parts of a vector in shapes: views of it, and numpy scalars where there is no axis."""
    views = []
    for shape, place in zip(shapes, places, strict=True):
        view = vector[place]
        if len(shape) != 1:
            view = view.reshape(shape) if shape else view[0]
        views.append(view)
    return views


def places_between(offsets: list[int]) -> list[slice]:
    """Return where vectors are that are laid end to end, the first one at 0."""
    return [slice(begin - offsets[0], end - offsets[0]) for begin, end in pairwise(offsets)]


def joined(vectors: list[Array], offsets: list[int], block: slice) -> Array:
    """Return a slice of vectors laid end to end: a view where it is a part of one of them.

    So large vectors are not copied, and small ones are joined by one call.
    """
    first, last = bisect_right(offsets, block.start) - 1, bisect_left(offsets, block.stop)
    parts = vectors[first:last]
    parts[-1] = parts[-1][: block.stop - offsets[last - 1]]
    parts[0] = parts[0][block.start - offsets[first] :]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
