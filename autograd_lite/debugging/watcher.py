"""The watcher of `al.debug`: it runs operations and rules, and looks at what they return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.backward import fit_to_operand
from autograd_lite.debugging import messages
from autograd_lite.debugging.nonfinite import elements_at, find_birth, is_finite
from autograd_lite.debugging.notes import (
    held_arrays,
    notes,
    rule_in_progress,
    same_numbers,
    take_note,
)
from autograd_lite.value import Value, data_of

if TYPE_CHECKING:
    from autograd_lite.primitive import Primitive

__all__ = ["Debugger"]


class Debugger:
    """What looks at every operation, forward and backward; it keeps no state of its own."""

    def run_forward(
        self,
        operation: Primitive,
        operands: Sequence[Any],
        arrays: Sequence[Any],
        params: dict[str, Any],
    ) -> Any:
        """Run a forward function and raise if a NaN or infinity was born."""
        try:
            with np.errstate(all="ignore"):
                out = operation.forward(*arrays, **params)
        except Exception as error:
            messages.add_place_of_forward(error, operation, operands, arrays)
            raise
        if rule_in_progress.get() is None and not is_finite(out):
            out = np.asarray(out)[()]

            def alone(index: tuple[int, ...]) -> Any:
                return operation.forward(*elements_at(index, arrays, out.shape), **params)

            birth = find_birth(out, arrays, alone, params)
            if birth is not None:
                raise messages.forward_failure(operation, operands, arrays, params, out, birth)
        return out

    def recorded(self, value: Value) -> None:
        """Take a note of a tracked Value."""
        if value.requires_grad:
            take_note(value, Debugger.run_rule.__code__)

    def before_backward(self, nodes: Sequence[Value]) -> None:
        """Raise if an array was changed since it was recorded: the first of them."""
        for value in nodes:
            note = notes.get(value.number)
            copies = note.copies if note else ()
            for (place, array), copy in zip(held_arrays(value), copies, strict=False):
                if not same_numbers(copy, array):
                    raise messages.changed_array(value, place, array, copy)

    def watched_rules(
        self, value: Value, nodes: Sequence[Value]
    ) -> Sequence[Callable[..., Any] | None]:
        """Return the rules of an operation, each with a look at what it returns."""
        rules = value.operation.rules if value.operation else ()
        return [
            None if rule is None else partial(self.run_rule, value, nodes, position, rule)
            for position, rule in enumerate(rules)
        ]

    def run_rule(
        self,
        value: Value,
        nodes: Sequence[Value],
        position: int,
        rule: Callable[..., Any],
        *arguments: Any,
        **params: Any,
    ) -> Any:
        """Run a rule, and raise if a NaN or infinity was born in what it returns.

        The one rule of a variadic operation returns a gradient for each of ``params["positions"]``.
        """
        token = rule_in_progress.set(value)
        try:
            with np.errstate(all="ignore"):
                result = rule(*arguments, **params)
                if not value.operation.variadic:  # type: ignore[union-attr]
                    return self.checked(value, nodes, arguments, rule, position, result)
                return [
                    self.checked(value, nodes, arguments, None, *part)
                    for part in zip(params["positions"], result, strict=True)
                ]
        except Exception as error:
            messages.add_place_of_rule(error, value, position)
            raise
        finally:
            rule_in_progress.reset(token)

    def checked(
        self,
        value: Value,
        nodes: Sequence[Value],
        arguments: tuple[Any, ...],
        rule: Callable[..., Any] | None,
        position: int,
        gradient: Any,
    ) -> Any:
        """Return a gradient in its operand's shape and dtype, or raise if it is a birthplace."""
        operand, x = value.operands[position], value._arrays[position + 1]
        raw = np.asarray(data_of(gradient))[()]
        if not is_finite(raw):
            g, *arrays = map(data_of, arguments)

            def alone(index: tuple[int, ...]) -> Any:
                return rule and rule(*elements_at(index, (g, *arrays), raw.shape), **value.params)

            birth = find_birth(raw, (g, *arrays[1:]), alone, value.params)
            if birth is not None:
                raise messages.backward_failure(value, nodes, position, g, raw, birth)
        fitted = fit_to_operand(gradient, operand, x, value)
        if fitted is not gradient:
            self.check_sum(operand, data_of(fitted), (raw,))
        return fitted

    def add_up(self, operand: Value, earlier: Any, gradient: Any) -> Any:
        """Return the sum of two gradients, or raise if it overflows."""
        token = rule_in_progress.set(operand)
        try:
            with np.errstate(all="ignore"):
                total = earlier + gradient
        finally:
            rule_in_progress.reset(token)
        self.check_sum(operand, data_of(total), (data_of(earlier), data_of(gradient)))
        return total

    def check_sum(self, operand: Value, total: Any, parts: Sequence[Any]) -> None:
        """Raise if a gradient that was added up, or changed its dtype, is not finite any more."""
        if not is_finite(total):
            birth = find_birth(total, parts, lambda index: None, {})
            if birth is not None:
                raise messages.sum_failure(operand, total, birth)
