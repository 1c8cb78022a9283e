"""A module: an object whose parameters are found by looking at its attributes.

There is no registration. A parameter is a leaf `Value` that is an attribute of a module, or is in
a list, tuple or dict there, or belongs to a module that is. A parameter's name is the way to it,
with dots: ``"0.weight"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from autograd_lite import ops
from autograd_lite.errors import StateDictError
from autograd_lite.nn.init import as_float_dtype
from autograd_lite.recording import call_recorder, current_mode
from autograd_lite.value import Value, content_of

if TYPE_CHECKING:
    from autograd_lite.nn.summary import Summary

__all__ = ["IncompatibleKeys", "Module"]


class Module:
    """The base of layers, networks and whatever has parameters: subclass it, write `forward`.

    Attributes are walked in order of their definition, each object once, however often it is
    referred to. Constants that belong to the state (running means and the like) are Values with
    ``requires_grad=False``. Results of recorded operations are not parameters; keep ``.data`` of
    those computed under `autograd_lite.no_grad`, which cannot be told from constants.

    Attributes
    ----------
    training : bool
        Whether layers such as `Dropout` act as in training. Set it with `train` and `eval`.

    Examples
    --------
    >>> import autograd_lite as al
    >>> class Line(al.nn.Module):
    ...     def __init__(self):
    ...         self.slope = al.Value(2.0)
    ...         self.offset = al.Value(1.0)
    ...
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).item()
    7.0
    >>> [name for name, _ in line.named_parameters()]
    ['slope', 'offset']
    """

    training: bool = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses define it.

        Parameters
        ----------
        *args, **kwargs
            What the module was called with.

        Returns
        -------
        Value
            The output.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no forward(); define forward(self, x) in the class"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `forward` returns."""
        mode = current_mode.get()
        if mode is not None and mode.tracer is not None:
            mode.tracer.called(self)
        recorder = call_recorder.get()
        if recorder is not None:
            return recorder(self, args, kwargs)
        return self.forward(*args, **kwargs)

    def named_members(self) -> Iterator[tuple[str, Any]]:
        """Yield ``(name, object)`` for what to look for parameters in: a hook.

        A subclass overrides it to choose the names that parameters and sub-modules go by, as
        `Sequential` does, or to keep something out.

        Yields
        ------
        tuple of (str, object)
            Here: the attributes, in order of definition.
        """
        yield from list(vars(self).items())

    # Parameters

    def parameters(self) -> list[Value]:
        """Return all parameters, frozen ones included, each once.

        Returns
        -------
        list of Value
            A list, not an iterator as in PyTorch: it can be used more than once.
        """
        return [parameter for _, parameter in self.named_parameters()]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return ``(name, parameter)`` for all parameters, each once, under its first name.

        Returns
        -------
        list of (str, Value)
            Names as in PyTorch: ``"0.weight"``, ``"encoder.layers.1.bias"``.
        """
        return [(path, found) for path, found, _ in walk(self) if type(found) is Value]

    def modules(self) -> list[Module]:
        """Return this module and all modules in it, each once.

        Returns
        -------
        list of Module
            A module comes before those in it.
        """
        return [module for _, module in self.named_modules()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """Return ``(name, module)`` for this module and all in it, each once.

        Returns
        -------
        list of (str, Module)
            This module comes first; its name is ``""``.
        """
        return [(path, found) for path, found, _ in walk(self) if isinstance(found, Module)]

    def children(self) -> list[Module]:
        """Return the modules directly in this one, without those in them.

        Returns
        -------
        list of Module
            As often as they are referred to.
        """
        return [child for _, child in self.named_children()]

    def named_children(self) -> list[tuple[str, Module]]:
        """Return ``(name, module)`` for the modules directly in this one.

        Returns
        -------
        list of (str, Module)
            As often as they are referred to: one ReLU used twice is there twice.
        """
        return [(name, found) for name, found in contents(self) if isinstance(found, Module)]

    def name_parameters(self) -> Self:
        """Give each parameter its name in this module as its `Value.name`, which drawings show.

        Returns
        -------
        Module
            Itself.
        """
        for name, parameter in self.named_parameters():
            parameter.name = name
        return self

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: ``grad = None``."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self, flag: bool = True) -> Self:
        """Freeze all parameters, or make them variables again; in place.

        Frozen parameters stay in `parameters` and in `state_dict`; their gradients are forgotten.
        Integer constants stay what they are.

        Parameters
        ----------
        flag : bool
            False freezes.

        Returns
        -------
        Module
            Itself.
        """
        for parameter in self.parameters():
            if parameter.dtype.kind == "f":
                parameter.requires_grad = flag
            if not flag:
                parameter.grad = None
        return self

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert all parameters to another float dtype, in place; gradients are forgotten.

        Make the optimiser afterwards: its state has the parameters' dtype.

        Parameters
        ----------
        dtype : dtype
            ``np.float32`` or another float dtype. Integer constants stay what they are.

        Returns
        -------
        Module
            Itself (as PyTorch's ``module.to(dtype)``; numpy's `astype` makes a copy).

        Raises
        ------
        DtypeError
            If `dtype` is not a float dtype.
        """
        dtype = as_float_dtype(dtype)
        for parameter in self.parameters():
            if parameter.dtype.kind == "f":
                parameter.data = parameter.data.astype(dtype)
                parameter.grad = None
        return self

    # Training or evaluation

    def train(self, mode: bool = True) -> Self:
        """Set `training` here and in all modules inside.

        Parameters
        ----------
        mode : bool
            Whether to act as in training.

        Returns
        -------
        Module
            Itself.
        """
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Set `training` to False here and in all modules inside.

        Returns
        -------
        Module
            Itself.
        """
        return self.train(False)

    # State

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Return copies of all parameters, by name.

        Returns
        -------
        dict of str to ndarray
            Of the parameters' shapes and dtypes. ``{k: torch.from_numpy(v) for k, v in ...}`` loads
            into the same network of ``torch.nn``.

        Raises
        ------
        StateDictError
            If two parameters have the same name.
        """
        return {name: np.array(p.data, order="C") for name, p in by_name(self).items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Set all parameters to the contents of a state_dict, or none of them if it does not fit.

        Parameters keep their dtype; their `data` is rebound to copies.

        Parameters
        ----------
        state : mapping of str to array_like
            Arrays or CPU tensors, by name. A shared parameter may be there under each of its names,
            as in PyTorch's state_dicts, with the same content.
        strict : bool
            Whether missing and unexpected names are errors. Wrong shapes always are.

        Returns
        -------
        IncompatibleKeys
            The names that were missing and those not expected; both empty if `strict`.

        Raises
        ------
        StateDictError
            If entries are missing, unexpected, or of another shape; it names them all. Nothing has
            changed then.

        Examples
        --------
        >>> import autograd_lite as al
        >>> first, second = al.nn.Linear(2, 3, rng=0), al.nn.Linear(2, 3, rng=1)
        >>> second.load_state_dict(first.state_dict())
        IncompatibleKeys(missing_keys=[], unexpected_keys=[])
        >>> bool((first.weight.data == second.weight.data).all())
        True
        """
        if not isinstance(state, Mapping):
            raise StateDictError(
                f"load_state_dict() takes a mapping from names to arrays, got "
                f"{type(state).__name__}; pass what state_dict() or al.load() returned"
            )
        parameters = by_name(self)
        arrays = {name: as_array(entry) for name, entry in state.items()}
        problems = misfits(arrays, parameters)
        missing = [name for name in parameters if name not in arrays]
        others = [name for name in arrays if name not in parameters]
        unexpected = [name for name in others if not repeats(name, arrays, self, parameters)]
        if strict:
            problems += [f"missing: {name}" for name in missing]
            problems += [f"unexpected: {name}" for name in unexpected]
        if problems:
            raise StateDictError(
                f"the state_dict does not fit this {type(self).__name__}; nothing was changed:\n  "
                + "\n  ".join(problems)
                + "\nBuild the module with the layers and sizes that were saved, or pass "
                "strict=False to skip missing and unexpected names"
            )
        copies = {
            name: np.array(arrays[name], dtype=parameter.dtype, order="C")
            for name, parameter in parameters.items()
            if name in arrays
        }
        for name, copied in copies.items():
            parameters[name].data = copied
        return IncompatibleKeys(missing, unexpected)

    # Text

    def summary(self) -> Summary:
        """Count the parameters, layer by layer.

        Returns
        -------
        Summary
            Prints as a table; has ``rows``, ``weights``, ``biases`` and ``total``.

        Examples
        --------
        >>> import autograd_lite as al
        >>> print(al.nn.MLP([2, 32, 32, 1], rng=0).summary())
        layer  kind    shape     weights  biases  total
        -----------------------------------------------
        0      Linear  (32, 2)        64      32     96
        1      ReLU    -               -       -      -
        2      Linear  (32, 32)    1,024      32  1,056
        3      ReLU    -               -       -      -
        4      Linear  (1, 32)        32       1     33
        -----------------------------------------------
        total                      1,120      65  1,185
        """
        from autograd_lite.nn.summary import LayerRow, Summary  # 3 ms of the import, seldom used

        rows: dict[str, LayerRow] = {}
        for path, found, owner in walk(self):
            if type(found) is Value:
                name = path.removeprefix(f"{owner}.")
                rows[owner].add(name, found.shape, frozen=not found.requires_grad)
            else:
                rows[path] = LayerRow(path, type(found).__name__)
        innermost = [path for path, module in self.named_modules() if not module.children()]
        return Summary([row for path, row in rows.items() if row.total or path in innermost])

    def extra_repr(self) -> str:
        """Return what `repr` shows of this module's own settings: a hook.

        Returns
        -------
        str
            For example ``"in_features=2, out_features=3"``.
        """
        return ""

    @recursive_repr(fillvalue="...")
    def __repr__(self) -> str:
        name, extra = type(self).__name__, self.extra_repr()
        children = [
            f"({key}): {child!r}".replace("\n", "\n  ") for key, child in self.named_children()
        ]
        if not children:
            return f"{name}({extra})"
        lines = [extra, *children] if extra else children
        return f"{name}(\n  " + "\n  ".join(lines) + "\n)"


class IncompatibleKeys(NamedTuple):
    """What did not match in a `Module.load_state_dict` with ``strict=False``."""

    missing_keys: list[str]
    unexpected_keys: list[str]


# Walking


def contents(module: Module) -> Iterator[tuple[str, Module | Value]]:
    """Yield ``(name, object)`` for the parameters and modules directly in a module.

    They are its attributes, and what is in lists, tuples and dicts there: each container once.
    """
    containers: dict[int, Any] = {}
    stack = [iter(module.named_members())]
    while stack:
        for name, member in stack[-1]:
            if isinstance(member, Module) or is_parameter(member):
                yield name, member
            elif isinstance(member, list | tuple | dict) and id(member) not in containers:
                containers[id(member)] = member
                stack.append(named_items(name, member))
                break
        else:
            stack.pop()


def is_parameter(member: Any) -> bool:
    """Return whether an attribute is a leaf, or what stands for one in a function of the module.

    (`autograd_lite.grad` calls a function of a module with a copy, whose parameters are connected
    to the module's own.)
    """
    return type(member) is Value and (member.is_leaf or member.operation is ops.identity)


def named_items(name: str, container: Any) -> Iterator[tuple[str, Any]]:
    """Yield ``("name.key", object)`` for the objects in a list, tuple or dict."""
    items = container.items() if isinstance(container, dict) else enumerate(container)
    return iter([(f"{name}.{key}", member) for key, member in items])


def walk(root: Module) -> Iterator[tuple[str, Module | Value, str]]:
    """Yield ``(path, object, path of its module)`` for a module and all that is in it, once each.

    Without recursion, so that cycles and depth do no harm. What has been seen is kept, not only
    its id, which a later object could get when it is freed.
    """
    seen: dict[int, Any] = {id(root): root}
    stack = [("", contents(root))]
    yield "", root, ""
    while stack:
        owner, members = stack[-1]
        for name, found in members:
            if id(found) in seen:
                continue
            seen[id(found)] = found
            path = f"{owner}.{name}" if owner else name
            yield path, found, owner
            if isinstance(found, Module):
                stack.append((path, contents(found)))
                break
        else:
            stack.pop()


def by_name(module: Module) -> dict[str, Value]:
    """Return all parameters by name, or raise if two have the same."""
    named = module.named_parameters()
    parameters = dict(named)
    if len(parameters) < len(named):
        names = [name for name, _ in named]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise StateDictError(
            f"several parameters of this {type(module).__name__} are called {', '.join(twice)}: "
            "give the keys of its dicts, or its attributes, distinct names without dots"
        )
    return parameters


# Loading


def as_array(entry: Any) -> NDArray[Any]:
    """Return an entry of a state_dict as an array."""
    return np.asarray(content_of(entry))


def misfits(arrays: Mapping[str, NDArray[Any]], parameters: Mapping[str, Value]) -> list[str]:
    """Return a line for each array whose shape or dtype is not that of its parameter."""
    lines = []
    for name, parameter in parameters.items():
        if name not in arrays:
            continue
        array = arrays[name]
        if array.shape != parameter.shape:
            lines.append(f"mis-shaped: {name} has shape {array.shape}, expected {parameter.shape}")
        elif not np.can_cast(array.dtype, parameter.dtype, "same_kind"):
            lines.append(f"wrong dtype: {name} has {array.dtype}, expected {parameter.dtype}")
    return lines


def repeats(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    module: Module,
    parameters: Mapping[str, Value],
) -> bool:
    """Return whether `name` is one more name of a shared parameter, and its array is the same."""
    parameter = parameter_at(module, name)
    for first_name, other in parameters.items():
        if other is parameter:
            return np.array_equal(arrays[name], arrays.get(first_name, arrays[name]))
    return False


def parameter_at(module: Module, name: str) -> Value | None:
    """Return the parameter that a name leads to, by any way; None if there is none."""
    for key, found in contents(module):
        if isinstance(found, Module):
            if name.startswith(f"{key}."):
                return parameter_at(found, name.removeprefix(f"{key}."))
        elif key == name:
            return found
    return None
