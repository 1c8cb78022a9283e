"""The strict reading of an optimiser's state_dict: everything that does not fit is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograd_lite.errors import StateDictError

__all__ = ["TAGS", "checked_entries", "checked_groups"]

TAGS: Final = frozenset({"initial_lr", "name"})
"""What a parameter group may hold beside "params" and the optimiser's options."""


def checked_groups(
    owner: str, state_dict: Any, groups: Sequence[dict[str, Any]], options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the saved parameter groups, which have the layout of `groups`.

    Parameters
    ----------
    owner : str
        The optimiser's name.
    state_dict : dict
        What to read.
    groups : list of dict
        The optimiser's own groups.
    options : dict
        What every saved group must hold.

    Raises
    ------
    StateDictError
        If a key is missing or unexpected, or the numbers of groups or parameters differ.
    """
    if not isinstance(state_dict, Mapping):
        raise StateDictError(
            f"{owner} got {type(state_dict).__name__} for its state_dict; give a dict"
        )
    problems = key_problems("", state_dict.keys(), {"state", "param_groups"}, set())
    raise_problems(owner, problems)
    saved_groups = list(state_dict["param_groups"])
    if len(saved_groups) != len(groups):
        problems.append(
            f"mis-shaped: {len(saved_groups)} parameter groups, the optimiser has {len(groups)}"
        )
        raise_problems(owner, problems)
    for number, (saved, group) in enumerate(zip(saved_groups, groups, strict=True)):
        needed = {"params", *options}
        where = f"param_groups[{number}]"
        problems += key_problems(where, saved.keys(), needed, TAGS | group.keys())
        if "params" in saved and len(saved["params"]) != len(group["params"]):
            problems.append(
                f"mis-shaped: {where} has {len(saved['params'])} parameters, the optimiser's has "
                f"{len(group['params'])}"
            )
    raise_problems(owner, problems)
    return saved_groups


def checked_entries(
    owner: str,
    state: Mapping[Any, Any],
    keys: Sequence[Any],
    shapes: Sequence[tuple[int, ...]],
    buffers: Sequence[Mapping[str, float | None]],
    saves_step: bool,
) -> list[tuple[int, dict[str, Any]]]:
    """Return ``(step, {name: array})`` of each parameter; ``(0, {})`` where nothing was saved.

    Parameters
    ----------
    owner : str
        The optimiser's name.
    state : dict
        The saved entries by key.
    keys : list
        The key of each parameter.
    shapes : list of tuple
        The shape of each parameter.
    buffers : list of dict
        The names of each parameter's arrays; those with the value None may be missing.
    saves_step : bool
        Whether an entry has a count of steps. Without, what has arrays has had one.

    Raises
    ------
    StateDictError
        If anything is missing, unexpected or mis-shaped.
    """
    problems = [f"unexpected: state[{key!r}]" for key in state if key not in set(keys)]
    entries: list[tuple[int, dict[str, Any]]] = []
    for key, shape, names in zip(keys, shapes, buffers, strict=True):
        # torch's SGD saves {"momentum_buffer": None} where there is none.
        saved = {name: v for name, v in state.get(key, {}).items() if v is not None}
        if not saved:
            entries.append((0, {}))
            continue
        where = f"state[{key!r}]"
        needed = {name for name, value in names.items() if value is not None}
        step_name = {"step"} if saves_step else set()
        problems += key_problems(where, saved.keys(), needed | step_name, set(names))
        step = np.asarray(saved.pop("step", 1))
        if step.shape != () or step.dtype.kind not in "fiu" or step < 0 or step % 1 != 0:
            problems.append(f"mis-shaped: {where}['step'] is {step}, not a whole number")
            step = np.asarray(0)
        arrays = {name: np.asarray(v) for name, v in saved.items() if name in names}
        for name, array in arrays.items():
            if array.shape != shape or array.dtype.kind not in "fiu":
                problems.append(
                    f"mis-shaped: {where}[{name!r}] has shape {array.shape} and dtype "
                    f"{array.dtype}, the parameter has shape {shape}"
                )
        entries.append((int(step), arrays))
    raise_problems(owner, problems)
    return entries


def key_problems(where: str, keys: Any, needed: set[str], allowed: Any) -> list[str]:
    """Return a phrase for each key that is missing or unexpected."""
    missing = [f"missing: {where}[{key!r}]" for key in sorted(needed - keys)]
    unexpected = [
        f"unexpected: {where}[{key!r}]" for key in sorted(keys - needed - allowed, key=str)
    ]
    return missing + unexpected


def raise_problems(owner: str, problems: list[str]) -> None:
    """Raise an error that names all problems, if there are any."""
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise StateDictError(
            f"the state_dict does not fit this {owner}, and nothing was loaded:{lines}\n"
            "Make the optimiser for the same parameters, in the same groups and order"
        )
