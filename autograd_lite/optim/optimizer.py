"""What all optimisers share: parameter groups, the step's driver, and the state_dict.

An optimiser adds three short methods to it: the check of its options, the buffers that it keeps,
and its update rule, a pure function of flat vectors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from autograd_lite.arguments import PYTHON_NUMBERS, plain
from autograd_lite.errors import ArgumentError
from autograd_lite.optim.flat import FlatParameters, Update
from autograd_lite.optim.parameters import values_of
from autograd_lite.optim.state import TAGS, checked_entries, checked_groups
from autograd_lite.value import Value

if TYPE_CHECKING:
    from autograd_lite.compiler.update import CompiledRules

__all__ = ["Group", "Optimizer"]

Group: TypeAlias = dict[str, Any]


class Optimizer(ABC):
    r"""The base of the optimisers: minimise a function by steps along its gradient.

    A step changes parameters only by rebinding their `data`; the arrays that they held before,
    which a recorded graph may need, stay as they are. A parameter whose `grad` is None is left out
    of a step altogether: no decay, no change of its momentum, its own count of steps.

    Parameters
    ----------
    params : iterable of Value, or iterable of dict
        The parameters: leaves, of which frozen ones wait. Or parameter groups: dicts with the key
        ``"params"`` and options that replace the defaults.
    defaults : dict
        The options of groups that do not give their own.

    Attributes
    ----------
    param_groups : list of dict
        ``{"params": [...], "lr": ..., ...}``. Options may be changed between steps, as schedulers
        do; parameters are added with `add_param_group`.
    defaults : dict
        The options given to the constructor.
    compiled_rules : CompiledRules or None
        What `autograd_lite.compile` sets: programs to update with.

    Raises
    ------
    ArgumentError
        If there are no parameters, a parameter is not a leaf Value or is
        given twice, or an option is unknown or outside its range.

    Notes
    -----
    Arithmetic and state are in the parameter's dtype. float16 is the exception: there ``1e-8``
    rounds to 0 and so does the square of a gradient of 1e-4, so that Adam would divide by zero.
    Its state and arithmetic are float32, and the new parameters are rounded to float16.

    Examples
    --------
    One's own optimiser, which follows the sign of the gradient:

    >>> from functools import partial
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> def sign_update(p, g, step, *, lr):
    ...     return (p - lr * np.sign(g),)
    >>> class SignDescent(al.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params, {"lr": lr})
    ...
    ...     def check_options(self, options):
    ...         return options
    ...
    ...     def buffers(self, group):
    ...         return {}
    ...
    ...     def rule(self, group):
    ...         return partial(sign_update, lr=group["lr"])
    >>> w = al.Value([1.0, -2.0])
    >>> optimizer = SignDescent([w])
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data.tolist()
    [0.9, -1.9]
    """

    saves_step: ClassVar[bool] = True
    """Whether the state_dict has each parameter's count of steps."""

    def __init__(self, params: Iterable[Value] | Iterable[Group], defaults: Group) -> None:
        self.defaults = self.check_options({name: plain(v) for name, v in defaults.items()})
        self.param_groups: list[Group] = []
        self._flats: list[list[FlatParameters]] = []
        self.compiled_rules: CompiledRules | None = None
        for group in as_groups(type(self).__name__, params):
            self.add_param_group(group)

    @abstractmethod
    def check_options(self, options: Group) -> Group:
        """Return the options of a group, checked.

        Raises
        ------
        ArgumentError
            If one is outside its range.
        """

    @abstractmethod
    def buffers(self, group: Group) -> dict[str, float | None]:
        """Return the names of the state vectors, in the order of the rule's arguments.

        With each comes the value that it begins with, or None where the options of `group` do not
        need it. A parameter counts its steps while there is at least one.
        """

    @abstractmethod
    def rule(self, group: Group) -> Update:
        """Return the update rule, ``(p, g, *buffers, step) -> (new p, *new buffers)``.

        It is given flat vectors, and None for a buffer that is not needed. `step` counts the
        updates of these parameters, this one included.
        """

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with options of their own.

        Parameters
        ----------
        param_group : dict
            ``{"params": [...]}`` and the options that differ from the defaults. It is copied.

        Raises
        ------
        ArgumentError
            As in the constructor.
        """
        owner = type(self).__name__
        if not isinstance(param_group, Mapping) or "params" not in param_group:
            raise ArgumentError(
                f"{owner} got the parameter group {param_group!r}; give a dict with the key "
                "'params'"
            )
        unknown = sorted(map(str, param_group.keys() - self.defaults.keys() - TAGS - {"params"}))
        if unknown:
            raise ArgumentError(
                f"{owner} has no option {', '.join(unknown)}; its options: "
                f"{', '.join(self.defaults)}"
            )
        params = values_of(owner, param_group["params"])
        self._check_params(params)
        given = {name: plain(option) for name, option in options_of(param_group).items()}
        tags = {name: given.pop(name) for name in TAGS & given.keys()}
        options = self.check_options({**self.defaults, **given})
        self.param_groups.append({"params": params, **options, **tags})
        self._flats.append(flatten(params))

    def step(self) -> None:
        """Update every parameter that has a gradient, and rebind its `data`.

        Raises
        ------
        ShapeError, DtypeError
            If a gradient does not fit its parameter, or a parameter no longer fits the optimiser.
            Then no parameter is changed.
        """
        jobs: list[tuple[Any, ...]] = []
        for group, flats in zip(self.param_groups, self._flats, strict=True):
            for flat in flats:
                grads = flat.usual_gradients()
                if grads is not None:
                    jobs.append((group, flat, 0, len(grads), flat.flat, grads))
                    continue
                jobs += [
                    (group, flat, start, stop, flat.data(start, stop), flat.gradients(start, stop))
                    for start, stop in flat.runs()
                ]
        for group, flat, start, stop, data, grads in jobs:
            options = {
                name: option if type(option) in PYTHON_NUMBERS else plain(option)
                for name, option in group.items()
                if name != "params"
            }
            rule = (self.compiled_rules or self).rule(options)
            flat.update(rule, start, stop, data, grads, self.buffers(options))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to None."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the state, in the layout of torch.optim.

        Returns
        -------
        dict
            ``{"state": {index: {name: ndarray, "step": int}}, "param_groups": [options]}``.
            Parameters are counted through all groups; ``param_groups[i]["params"]`` has the indices
            of a group. Parameters without state are left out. The parameters' own data are not in
            it: save the model's state_dict beside it.
        """
        state: dict[int, dict[str, Any]] = {}
        for index, (group, flat, i) in enumerate(self._places()):
            if flat.steps[i]:
                flat.make_buffers(self.buffers(group))
                step = {"step": flat.steps[i]} if self.saves_step else {}
                state[index] = {**step, **flat.entry(i)}
        groups: list[Group] = []
        count = 0
        for group in self.param_groups:
            indices = list(range(count, count + len(group["params"])))
            groups.append({**options_of(group), "params": indices})
            count += len(indices)
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Load a copy of the state, so that the run goes on bit for bit.

        The optimiser has been made for the same parameters in the same groups. Options come from
        the state_dict, with them the learning rate.

        Parameters
        ----------
        state_dict : dict
            What `state_dict` returned.

        Raises
        ------
        StateDictError
            If anything is missing, unexpected or of another shape: all of it is named, and nothing
            is loaded.
        ArgumentError
            If an option is outside its range.
        """
        owner = type(self).__name__
        saved_groups = checked_groups(owner, state_dict, self.param_groups, self.defaults)
        loaded = []
        for saved in saved_groups:
            options = {name: plain(option) for name, option in options_of(saved).items()}
            checked = self.check_options({name: options[name] for name in self.defaults})
            loaded.append({**options, **checked})
        places = self._places()
        buffers = [
            self.buffers(options)
            for options, group in zip(loaded, self.param_groups, strict=True)
            for _ in group["params"]
        ]
        entries = checked_entries(
            owner,
            state_dict["state"],
            [key for saved in saved_groups for key in saved["params"]],
            [flat.shapes[i] for _, flat, i in places],
            buffers,
            self.saves_step,
        )
        for group, options in zip(self.param_groups, loaded, strict=True):
            group.update(options)
        for _, flat, _ in places:
            flat.reset()
        for (_, flat, i), initial, (step, entry) in zip(places, buffers, entries, strict=True):
            flat.make_buffers(initial, entry)
            flat.load_entry(i, step, entry)

    def _places(self) -> list[tuple[Group, FlatParameters, int]]:
        """Return, for each parameter in order, its group, its vector and its place there."""
        places = []
        for group, flats in zip(self.param_groups, self._flats, strict=True):
            found = {
                position: (group, flat, i)
                for flat in flats
                for i, position in enumerate(flat.positions)
            }
            places += [found[position] for position in sorted(found)]
        return places

    def _check_params(self, params: list[Value]) -> None:
        """Raise unless `params` are new to the optimiser and leaves; frozen ones just wait."""
        owner = type(self).__name__
        if not params:
            raise ArgumentError(f"{owner} got an empty list of parameters; give at least one")
        seen = {p for group in self.param_groups for p in group["params"]}
        for position, p in enumerate(params):
            label = f"parameter {position}" + (f" ({p.name!r})" if p.name else "")
            if p.operation is not None:
                raise ArgumentError(
                    f"{owner} got a result of {p.operation.name} as {label}; parameters are "
                    "leaves, made with al.Value(...)"
                )
            if p in seen:  # a set: hash is identity, and == is not asked for the same object
                raise ArgumentError(
                    f"{owner} got {label} twice; one group, and one place in it, per parameter"
                )
            seen.add(p)

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            options = ", ".join(f"{name}={v!r}" for name, v in options_of(group).items())
            lines.append(f"  group {number}: {len(group['params'])} parameters, {options}")
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def as_groups(owner: str, params: Any) -> list[Group]:
    """Return the constructor's argument as parameter groups."""
    if isinstance(params, Mapping):
        raise ArgumentError(f"{owner} got one dict; give a list of parameter groups: [group]")
    if type(params) is Value:
        raise ArgumentError(f"{owner} got one Value; give a list of parameters: [value]")
    if isinstance(params, Iterable) and not isinstance(params, set | frozenset):
        members = list(params)
        if members and isinstance(members[0], Mapping):
            return members
        return [{"params": members}]
    return [{"params": params}]


def options_of(group: Mapping[str, Any]) -> Group:
    """Return a parameter group without its parameters."""
    return {name: option for name, option in group.items() if name != "params"}


def flatten(params: list[Value]) -> list[FlatParameters]:
    """Return the parameters of a group in vectors, one for each dtype."""
    positions: dict[Any, list[int]] = {}
    for position, p in enumerate(params):
        positions.setdefault(p.dtype, []).append(position)
    return [FlatParameters([params[i] for i in places], places) for places in positions.values()]
