"""A primitive: one declaration of a numpy function and its derivatives.

::

    tanh     = primitive(np.tanh,     lambda g, out, x: g * (1 - out * out))
    multiply = primitive(np.multiply, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x)
    where    = primitive(np.where,    None, where_vjp_x, where_vjp_y)

There is one rule for each operand. A rule is a vector-Jacobian product: it takes `g`, the gradient
of the result, the result `out`, the operands and the metadata, and returns the gradient of its
operand. It is written in plain numpy and keeps no state, so that it runs on arrays (fast) and on
Values (where its own work is recorded, and can be differentiated again).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, overload

import numpy as np

from autograd_lite.errors import (
    ArgumentError,
    ConversionError,
    DtypeError,
    NoGradientRuleError,
)
from autograd_lite.numpy_methods import NumpyMethods
from autograd_lite.recording import current_mode
from autograd_lite.value import NUMPY_OR_PYTHON_TYPES, NUMPY_TYPES, Value, constant, node

__all__ = [
    "Primitive",
    "Rule",
    "no_rule",
    "numpy_functions",
    "primitive",
    "refusals",
    "refuse_arguments",
    "registry",
    "stands_for",
]

Rule = Callable[..., Any]


class NoRule:
    """What stands in the place of a rule where there is none: see `no_rule`."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self, *args: Any, **params: Any) -> NoReturn:
        raise NoGradientRuleError(self.reason)


def no_rule(reason: str) -> Rule:
    """Return what stands in the place of a rule that is missing, to declare a primitive with.

    None says that an operand has no derivative, and nothing depends on it. This says that it may
    have one, which is not known here: the operation raises where the operand needs a gradient.

    Parameters
    ----------
    reason : str
        What the message says of it.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> from autograd_lite.primitive import no_rule
    >>> shift = al.primitive(
    ...     lambda x, n: x + np.round(n),
    ...     lambda g, out, x, n: g,
    ...     no_rule("the shift is rounded"),
    ...     name="shift",
    ... )
    >>> shift(al.Value(1.0), 2.0).item()
    3.0
    >>> shift(1.0, al.Value(2.0))
    Traceback (most recent call last):
        ...
    autograd_lite.errors.NoGradientRuleError: shift has no gradient rule for operand 1: the shift \
is rounded; use x.detach() for a constant
    """
    return NoRule(reason)


no_value: Any = np._NoValue
"""The default of arguments for which None means something: numpy's own mark."""

OBJECTS = np.dtype(object)
ndarray = np.ndarray  # a global that every call looks up

IMMUTABLE_TYPES = frozenset({int, float, bool, str, type(None)})
"""Metadata that stays as it is: a lookup, since most is of these types."""

registry: dict[str, Primitive] = {}
"""Every primitive declared so far, by name: what registry-wide tests and tables go through."""

numpy_functions: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What stands for a numpy function when one of its arguments is a Value."""

refusals: dict[Callable[..., Any], str] = {}
"""Why a numpy function has no derivative, for the message of those that never will."""


class Primitive:
    """An operation with its derivatives: call it on arrays or on Values.

    Made by `primitive`. On arrays it returns what `forward` returns; with a Value among its
    operands it returns a Value and, where that operand needs a gradient, records itself.

    Attributes
    ----------
    name : str
        What drawings and messages call it.
    forward : callable
        ``forward(*operands, **params) -> array``.
    rules : tuple
        One rule, or None, for each operand; the one rule of all operands, if it is variadic.
    variadic : bool
        Whether it takes any number of operands.
    keywords : frozenset of str or None
        The metadata that the rules cover; None if they take any.
    missing : tuple of int
        The operands that must not need a gradient: their rules are `no_rule`.
    kinks : str
        What the rules return where the derivative does not exist; "" where there is no such place.
    real_only : bool
        Whether it refuses complex operands.
    """

    __slots__ = (
        "forward",
        "keywords",
        "kinks",
        "missing",
        "name",
        "real_only",
        "rules",
        "variadic",
    )

    def __init__(
        self,
        forward: Callable[..., Any],
        rules: tuple[Rule | None, ...],
        name: str,
        variadic: bool,
        kinks: str = "",
        real_only: bool = False,
    ) -> None:
        self.forward = forward
        self.rules = rules
        self.name = name
        self.variadic = variadic
        self.missing = tuple(i for i, rule in enumerate(rules) if type(rule) is NoRule)
        self.keywords = keywords_of_all(rules)
        self.kinks = kinks
        self.real_only = real_only

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    @overload
    def __call__(self, x: NumpyMethods, *others: Any, **params: Any) -> Value: ...
    @overload
    def __call__(self, x: Any, y: NumpyMethods, **params: Any) -> Value: ...
    @overload
    def __call__(self, *operands: Any, **params: Any) -> Any: ...
    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Apply to arrays, or to Values and record.

        Parameters
        ----------
        *operands : Value, array or number
            The operands, in the order of the rules.
        **params
            Metadata of `forward`: axis, shape and the like.

        Returns
        -------
        Value, array or numpy scalar
            A Value if an operand is one.

        Raises
        ------
        NoGradientRuleError
            If a metadata argument is not covered by the rules, or an operand that has none needs
            a gradient.
        DtypeError
            If an operand is complex, where only real ones have a meaning.
        """
        rules = self.rules
        if self.variadic:
            rules *= len(operands)
        elif len(operands) != len(rules):
            raise self.wrong_count(len(operands))
        mode = current_mode.get()
        if mode is None and not self.real_only and NUMPY_TYPES.issuperset(map(type, operands)):
            return self.forward(*operands, **params)  # what follows comes to, for arrays: a rule's
        arrays: list[Any] = []
        has_value = tracked = False
        for operand, rule in zip(operands, rules):  # noqa: B905  (as long: strict takes 0.2 µs)
            if type(operand) is Value:
                has_value = True
                arrays.append(operand._data)
                if operand._requires_grad and rule is not None:
                    tracked = True
            elif type(operand) in NUMPY_OR_PYTHON_TYPES:
                arrays.append(operand)
            else:
                position = len(arrays)
                operand = as_operand(operand)
                operands = (*operands[:position], operand, *operands[position + 1 :])
                arrays.append(operand)
        if self.real_only:
            self.check_real(arrays)
        watcher = None
        if mode is not None:
            watcher = mode.watcher
            tracked = tracked and not mode.no_grad_depth
            if mode.tracer is not None:
                has_value = has_value or holds_values(params)
        if params and has_value:
            params = self.known_params(params) if tracked else params
            if mode is None or mode.tracer is None:  # it takes positions that are Values
                params = settled(self.name, params)
        if tracked and self.missing:
            self.check_operands(operands)
        if watcher is None:
            out = self.forward(*arrays, **params)
        else:
            out = watcher.run_forward(self, operands, arrays, params)
        if not has_value:
            return out
        if type(out) not in NUMPY_TYPES or (type(out) is ndarray and not out.ndim):
            out = as_numpy(out)
        if not tracked:
            value = constant(out)
        elif getattr(out, "dtype", OBJECTS).kind not in "fc":
            value = self.constant_result(out)
        else:
            value = node(self, operands, (out, *arrays), params)
        if watcher is not None:
            watcher.recorded(value)
        return value

    def call_as_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Call with the arguments of the numpy function: metadata may come by position."""
        if len(args) != len(self.rules):
            args, kwargs = self.split_arguments(args, kwargs)
        return self(*args, **kwargs)

    def split_arguments(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Split numpy's arguments into operands, by position, and metadata, by keyword."""
        bound = inspect.signature(self.forward).bind(*args, **kwargs).arguments
        names = list(bound)
        arity = len(self.rules)
        return tuple(bound[name] for name in names[:arity]), {n: bound[n] for n in names[arity:]}

    def known_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return the metadata that the rules cover; what they do not must be None, or it raises."""
        if self.keywords is None or params.keys() <= self.keywords:
            return params
        unknown = [
            name for name in sorted(params.keys() - self.keywords) if params[name] is not None
        ]
        if not unknown:
            return {name: params[name] for name in params.keys() & self.keywords}
        known = ", ".join(sorted(self.keywords)) or "none"
        names = ", ".join(unknown)
        raise NoGradientRuleError(
            f"{self.name}({names}=...) has no gradient rule for Value operands; arguments with a "
            f"rule: {known}. Leave {names} out, or use x.data for a constant"
        )

    def constant_result(self, out: Any) -> Value:
        """Return integers or booleans as a constant; anything else is no result to go on from."""
        dtype = getattr(out, "dtype", OBJECTS)
        if dtype.kind not in "iub":
            raise DtypeError(
                f"{self.name} of a Value that requires a gradient gave {dtype}, no numbers, "
                "which would cut the graph silently; use arrays of floats, e.g. a.astype(float)"
            )
        return constant(out)

    def check_real(self, arrays: Sequence[Any]) -> None:
        """Raise if an operand is complex."""
        for array in arrays:
            if type(array) is complex or getattr(array, "dtype", OBJECTS).kind == "c":
                raise DtypeError(
                    f"{self.name} takes real operands, got a complex one; take np.real, np.imag or "
                    "np.abs of it first"
                )

    def check_operands(self, operands: Sequence[Any]) -> None:
        """Raise if an operand without a rule needs a gradient."""
        for position in self.missing:
            operand = operands[position]
            if type(operand) is Value and operand._requires_grad:
                rule: Any = self.rules[position]
                raise NoGradientRuleError(
                    f"{self.name} has no gradient rule for operand {position}: {rule.reason}; use "
                    "x.detach() for a constant"
                )

    def wrong_count(self, count: int) -> ArgumentError:
        """Return the error for a number of operands that is not the number of rules."""
        return ArgumentError(
            f"{self.name} was declared with {len(self.rules)} rules, one for each operand, and got "
            f"{count} operands; metadata goes by keyword"
        )


def primitive(
    forward: Callable[..., Any],
    *vjps: Rule | None,
    name: str | None = None,
    variadic: bool = False,
    stands_for: Callable[..., Any] | None = None,
    kinks: str = "",
    real_only: bool = False,
) -> Primitive:
    """Declare an operation with its derivatives.

    From then on ``forward`` itself acts on Values, too, where it is a numpy function.

    Parameters
    ----------
    forward : callable
        ``forward(*operands, **params)`` on arrays; operands by position, metadata by keyword.
    *vjps : callable or None
        One rule for each operand, ``rule(g, out, *operands, **params)``, returning the gradient of
        that operand. `g` has the shape of `out`. The result has the operand's shape, or a shape
        that the operand was broadcast to: the driver sums it back and casts it to the operand's
        dtype. None says that the operand has no derivative, ``no_rule(reason)`` that it raises
        where it needs one. A rule uses numpy functions and operators only, so that it runs on
        Values as well.
    name : str, optional
        What drawings and messages call it. Default: the name of `forward`.
    variadic : bool
        Take any number of operands. There is one rule then, which returns the gradients of the
        operands at some positions: ``rule(g, out, *operands, positions, **params) -> list``.
    stands_for : callable, optional
        The numpy function that acts on Values through this declaration. Default: `forward`.
    kinks : str
        What the rules return where the derivative does not exist, for tables: "0 at 0".
    real_only : bool
        Refuse complex operands, where numpy would compute something that the rules are not for.

    Returns
    -------
    Primitive
        The operation.

    Raises
    ------
    ArgumentError
        If there is no rule at all (write None for an operand without a derivative), or a rule does
        not take what it is given.

    Notes
    -----
    A second declaration of a name, or of a numpy function, takes the place of the first.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> cube = al.primitive(lambda x: x**3, lambda g, out, x: g * 3 * x**2, name="cube")
    >>> x = al.Value([1.0, 2.0])
    >>> cube(x).sum().backward()
    >>> x.grad.tolist()
    [3.0, 12.0]
    """
    if not vjps:
        raise ArgumentError(
            "primitive() got no rule; give one for each operand, None where there is no derivative"
        )
    if variadic and len(vjps) != 1:
        raise ArgumentError(f"a variadic primitive has one rule for all operands, got {len(vjps)}")
    declared = Primitive(forward, vjps, name or forward.__name__, variadic, kinks, real_only)
    for rule in vjps:
        check_signature(declared.name, rule, len(vjps), variadic)
    registry[declared.name] = declared
    numpy_functions[stands_for or forward] = declared if variadic else declared.call_as_numpy
    return declared


def check_signature(name: str, rule: Rule | None, arity: int, variadic: bool) -> None:
    """Raise if a rule cannot be called with what it is given, as far as it shows its arguments."""
    code = getattr(rule, "__code__", None)
    if code is None or inspect.ismethod(rule):
        return
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    takes_any = bool(code.co_flags & inspect.CO_VARARGS)
    if variadic:
        fits = takes_any and ("positions" in names or code.co_flags & inspect.CO_VARKEYWORDS)
        wanted = "g, out, *operands, positions"
    else:
        fits = takes_any or code.co_argcount >= 2 + arity
        wanted = ", ".join(["g", "out", *(f"x{i}" for i in range(arity))])
    if not fits:
        raise ArgumentError(
            f"a rule of {name} takes ({', '.join(names)}); it is called with ({wanted}): the "
            "gradient of the result, the result and all operands, then metadata by keyword"
        )


def stands_for(*functions: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator: what it decorates acts on Values in place of numpy's `functions`."""

    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        numpy_functions.update(dict.fromkeys(functions, implementation))
        return implementation

    return register


def refuse_arguments(name: str, **arguments: Any) -> None:
    """Raise, naming the arguments of a numpy function that are given: not None, or a default."""
    given = [argument for argument, x in arguments.items() if x is not None and x is not no_value]
    if given:
        raise NoGradientRuleError(
            f"{name}({', '.join(given)}=...) has no gradient rule for Value operands; leave "
            f"{', '.join(given)} out, or use x.data for a constant"
        )


def keywords_of_all(rules: Sequence[Rule | None]) -> frozenset[str] | None:
    """Return the metadata that every rule takes by keyword, None if they take anything."""
    known = [keywords_of(rule, len(rules)) for rule in rules if rule is not None]
    limits = [names for names in known if names is not None]
    return frozenset.intersection(*limits) if limits else None


def keywords_of(rule: Rule, arity: int) -> frozenset[str] | None:
    """Return the arguments of a rule after `g`, `out` and the operands, None if it takes any."""
    code = getattr(rule, "__code__", None)
    if code is None or code.co_flags & inspect.CO_VARKEYWORDS:
        return None
    start = code.co_argcount if code.co_flags & inspect.CO_VARARGS else 2 + arity
    return frozenset(code.co_varnames[start : code.co_argcount + code.co_kwonlyargcount])


def settled(owner: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return metadata that nobody else can change: arrays copied, constant Values as arrays."""
    if IMMUTABLE_TYPES.issuperset(map(type, params.values())):
        return params
    return {
        name: x if type(x) in IMMUTABLE_TYPES else settled_part(owner, name, x)
        for name, x in params.items()
    }


def settled_part(owner: str, name: str, x: Any) -> Any:
    """Return a metadata argument that nobody else can change."""
    if type(x) in (tuple, list):
        return type(x)(settled_part(owner, name, part) for part in x)
    if type(x) is Value:
        if x._requires_grad:
            raise NoGradientRuleError(
                f"{owner}({name}=...) got a Value that requires a gradient in an argument that has "
                f"no gradient rule; use x.data for a constant, int(x) for a whole number"
            )
        return x._data
    return x.copy() if isinstance(x, np.ndarray) else x


def holds_values(part: Any) -> bool:
    """Return whether there are Values in metadata."""
    if isinstance(part, dict):
        return any(map(holds_values, part.values()))
    return any(map(holds_values, part)) if isinstance(part, tuple | list) else type(part) is Value


def as_operand(operand: Any) -> Any:
    """Return an operand as an array or numpy scalar.

    Raises
    ------
    ConversionError
        If it is an array of a kind of its own: a masked array, a matrix, an array with units, a
        sparse array.
    """
    if isinstance(operand, np.ndarray) and not isinstance(operand, np.memmap):
        kind = type(operand)
        raise ConversionError(
            f"an operand is a {kind.__module__}.{kind.__name__}: what it means beyond its numbers "
            "(a mask, a unit, another product) would be lost; use np.asarray(a) for the numbers "
            "alone, and np.where(mask, 0.0, a) for masked ones"
        )
    if hasattr(operand, "toarray"):
        raise ConversionError(
            f"an operand is a {type(operand).__module__}.{type(operand).__name__}, a sparse array, "
            "which numpy's functions do not take; use .toarray()"
        )
    return as_numpy(operand)


def as_numpy(operand: Any) -> Any:
    """Return an array, or a numpy scalar where it has no axes (immutable, and faster)."""
    return np.asarray(operand)[()]
