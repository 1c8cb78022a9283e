"""Laws of memory: nothing is written into, nothing is shared, nothing is remembered."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.testing.laws.law import law
from autograd_lite.testing.laws.trial import Trial, bits, pairing
from autograd_lite.testing.verdicts import Verdict
from autograd_lite.trees import flatten
from autograd_lite.value import Value, data_of

__all__ = ["no_hidden_state", "nothing_aliased", "nothing_mutated"]


@law
def nothing_mutated(trial: Trial) -> Verdict | None:
    """Neither the operation nor a rule writes into operands, parameters, results or gradients."""
    for on_values in (False, True):
        contents = {
            **arrays_in(trial.operands.args, "operand {}"),
            **arrays_in(trial.params, "parameter {}"),
            **{trial.operands.name(place): x for place, x in enumerate(trial.points)},
        }
        plain = [bits(x) for x in contents.values()]
        trial.results(*trial.points)
        unchanged(trial, "the operation", contents, plain)
        leaves = [Value(x) for x in trial.points]
        for place, leaf in enumerate(leaves):
            contents[f"the data of {trial.operands.name(place)}"] = leaf.data
        before = [bits(x) for x in contents.values()]
        outs = trial.results(*leaves)
        unchanged(trial, "the operation", contents, before)
        if not any(type(out) is Value and out.requires_grad for out in outs):
            return None
        for out in outs:
            contents[f"result {len(contents)}"] = data_of(out)
            if type(out) is Value:
                contents.update(arrays_in(out.params, "parameter {} of the recorded call"))
        before = [bits(x) for x in contents.values()]
        with np.errstate(all="ignore"):
            try:
                pairing(trial.weights, outs).backward(create_graph=on_values)
            except Exception:
                if on_values:  # that it does not run on Values is for another law to say
                    return Verdict.RIGHT
                raise
        unchanged(trial, "a rule", contents, before)
        for out, weights in zip(outs, trial.weights, strict=True):
            if type(out) is Value and out.grad is not None and bits(out.grad) != bits(weights):
                trial.broken(
                    "a rule does not write into what it gets",
                    "the gradient of the result was changed",
                )
    return Verdict.RIGHT


def arrays_in(tree: Any, name: str) -> dict[str, Any]:
    """Return the arrays in a tree by what messages call them."""
    return {
        name.format("".join(map(str, path[:1]))) + "".join(f"[{key!r}]" for key in path[1:]): array
        for path, leaf in flatten(tree).items()
        if isinstance(array := data_of(leaf), np.ndarray)
    }


def unchanged(trial: Trial, who: str, contents: dict[str, Any], before: Sequence[Any]) -> None:
    """Raise if an array does not hold what it held before."""
    for (name, array), known in zip(contents.items(), before, strict=True):
        if bits(array) != known:
            trial.broken(f"{who} does not write into what it gets", f"{name} was changed in place")


@law
def nothing_aliased(trial: Trial) -> Verdict | None:
    """No gradient shares memory with another, with an operand, or with that of a later call."""
    if not trial.tracked():
        return None
    arrays: dict[str, Any] = {}
    for call in ("first", "second"):
        leaves, outs, gradients = trial.backward()
        for place, (leaf, gradient) in enumerate(zip(leaves, gradients, strict=True)):
            name = trial.operands.name(place)
            arrays[f"the gradient of {name} in the {call} call"] = gradient
            arrays[f"{name} in the {call} call"] = leaf.data
        for number, out in enumerate(outs):
            arrays[f"the gradient of result {number} in the {call} call"] = data_of(out.grad)
            arrays[f"result {number} in the {call} call"] = out.data
    arrays.update(arrays_in(trial.operands.args, "operand {}, given by the caller"))
    names = list(arrays)
    for number, name in enumerate(names):
        for other in names[:number]:
            if "gradient" not in name + other and ("first" in name) == ("first" in other):
                continue  # a result may be a view of an operand
            if arrays[name] is not None and np.shares_memory(arrays[name], arrays[other]):
                trial.broken("no gradient shares memory", f"{name} and {other} share memory")
    return Verdict.RIGHT


@law
def no_hidden_state(trial: Trial) -> Verdict | None:
    """A gradient does not depend on what was computed before, or in between."""
    if not trial.tracked():
        return None
    _, _, alone = trial.backward()
    _, _, again = trial.backward()
    for place, (one, other) in enumerate(zip(alone, again, strict=True)):
        if bits(one) != bits(other):
            trial.broken(
                "a gradient is the same the second time",
                f"{trial.operands.name(place)}: got {other!r} the second time, {one!r} the first",
            )
    leaves = [Value(x) for x in trial.points]
    with np.errstate(all="ignore"):
        total = pairing(trial.weights, trial.results(*leaves))
        compute_elsewhere(trial)
        total.backward()
    for place, (leaf, gradient) in enumerate(zip(leaves, alone, strict=True)):
        got = np.zeros_like(leaf.data) if leaf.grad is None else leaf.grad
        if bits(got) != bits(gradient):
            trial.broken(
                "a gradient does not depend on other calls",
                f"{trial.operands.name(place)}: got {got!r} after another call, {gradient!r} alone",
            )
    return Verdict.RIGHT


def compute_elsewhere(trial: Trial) -> None:
    """Run the operation and its rules at other operands, wherever these are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial.at([(0.75 * x).astype(x.dtype)[()] for x in trial.points]).backward()
    except Exception:  # outside of its domain: it has run all the same
        return
