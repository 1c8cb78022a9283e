"""When a program is still the right one: the conditions that it was made under."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from autograd_lite.compiler.signature import ModuleStates, spec_of
from autograd_lite.compiler.trace import Tracer
from autograd_lite.value import Value

__all__ = ["Conditions", "Variants"]

MOST_PROGRAMS = 16
"""How many programs a function may have: a batch that ends short, training and evaluation, ..."""


class Conditions:
    """What the arguments of a call, and what the function takes from outside, must be like.

    Attributes
    ----------
    specs : list of tuple
        Shape, dtype, whether it is a Value and whether it is tracked, for each number.
    captured : list of Value
        What the function takes from outside.
    also : callable or None
        What else must be true.
    """

    def __init__(self, recording: bool, form: Any, leaves: Sequence[Any], tracer: Tracer) -> None:
        self.recording = recording
        self.form = form
        self.specs = [spec_of(leaf) for leaf in leaves]
        self.captured = list(tracer.captured)
        self.outside = [(value, spec_of(value)) for value in self.captured]
        self.modules = ModuleStates(tracer.modules.values())
        self.also: Callable[[], bool] | None = None

    def hold(self, recording: bool, form: Any, leaves: Sequence[Any]) -> bool:
        """Return whether they hold for these arguments."""
        if recording != self.recording or form != self.form:
            return False
        for leaf, (shape, dtype, is_value, tracked) in zip(leaves, self.specs, strict=True):
            if type(leaf) is Value:
                if not is_value or leaf._requires_grad != tracked:
                    return False
                leaf = leaf._data
            elif is_value:
                return False
            if leaf.shape != shape or (leaf.dtype is not dtype and leaf.dtype != dtype):
                return False
        return self.hold_outside()

    def hold_outside(self) -> bool:
        """Return whether they hold for what the function takes from outside."""
        for value, (shape, dtype, _, tracked) in self.outside:
            data = value._data
            if data.shape != shape or data.dtype != dtype or value._requires_grad != tracked:
                return False
        return self.modules.unchanged() and (self.also is None or self.also())


class HasConditions(Protocol):
    """A program with the conditions that it was made under."""

    conditions: Conditions


Variant = TypeVar("Variant", bound=HasConditions)


class Variants(Generic[Variant]):
    """The programs of one function, the one that ran last first.

    Parameters
    ----------
    name : str
        What the function is called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: list[Variant] = []
        self.is_full = False

    def find(self, recording: bool, form: Any, leaves: Sequence[Any]) -> Variant | None:
        """Return the program for these arguments, None if there is none."""
        for place, variant in enumerate(self.known):
            if variant.conditions.hold(recording, form, leaves):
                if place:
                    self.known.insert(0, self.known.pop(place))
                return variant
        return None

    def may_grow(self) -> bool:
        """Return whether there may be one more; a warning says it once if there may not."""
        if self.is_full:
            return False
        self.known = [variant for variant in self.known if variant.conditions.hold_outside()]
        if len(self.known) < MOST_PROGRAMS:
            return True
        self.is_full = True
        warnings.warn(
            f"{self.name} was compiled {MOST_PROGRAMS} times, for other shapes, dtypes or Python "
            "arguments each time; for new ones it runs as it is from now on. Pass numbers that "
            "vary as arrays (np.float64(x)), and batches of one size",
            RuntimeWarning,
            stacklevel=4,
        )
        return False
