"""Write the table of operations, from the registry and from checks that are run: `make operations`.

An order of a derivative is in the table if `check_grads` confirms it on every call that is tried:
those of the tests, up to `MOST` for each function, on their domains.
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import recorded_nodes
from autograd_lite.errors import GradientCheckError
from autograd_lite.primitive import NoRule, Primitive, numpy_functions, refusals, registry
from autograd_lite.testing import Verdict, gradient_report
from autograd_lite.testing.domains import DOMAINS
from autograd_lite.trees import flatten, replace_leaves
from autograd_lite.value import Value
from tests.numpy_cases import CASES

PAGE = Path(__file__).parent / "reference" / "operations.md"
MOST = 8
ORDERS = 2

HEAD = """# Operations

<!-- Written by `make operations`: do not edit. -->

Every numpy function that acts on Values, and the operations that numpy does not have. The orders
are those of the derivatives that were compared with differences when this page was written, on
calls with different shapes and arguments. What a function is not differentiable in is a constant;
`no rule` marks what raises where it needs a gradient. A function may be made of other operations,
which are named then. [Conventions](../explanation/conventions.md) says more of the kinks.

What is not here raises `NoGradientRuleError` for Values:
[add an operation](../howto/add-an-operation.md) says how to declare it.
"""

MODULES = ("np.linalg", "np.fft", "scipy.special")
PUBLIC = ("np.", "scipy.")

COLUMNS = (
    "| function | in | not in | orders checked | at kinks | made of |\n|---|---|---|---|---|---|"
)


class Trial(NamedTuple):
    """A call as a function of its float arrays."""

    fun: Callable[..., Any]
    arrays: list[Any]
    arguments: list[str]


class Row(NamedTuple):
    """What the table says of a function."""

    name: str
    operands: str
    constants: str
    orders: str
    kinks: str
    parts: str

    def __str__(self) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in self)} |"


# Names


def public_name(function: Callable[..., Any]) -> str:
    """Return the name of a numpy function: "np.linalg.inv"."""
    name = function.__name__
    for module in ("numpy", "numpy.linalg", "numpy.fft", "scipy.special"):
        if getattr(importlib.import_module(module), name, None) is function:
            return f"{module.replace('numpy', 'np')}.{name}"
    return f"{function.__module__}.{name}"


def argument_names(function: Callable[..., Any]) -> list[str]:
    """Return what a function calls its arguments, as far as they go by position."""
    if isinstance(function, np.ufunc):
        return ["x"] if function.nin == 1 else [f"x{i + 1}" for i in range(function.nin)]
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind not in by_keyword]


def operand_names(operation: Primitive, function: Callable[..., Any]) -> list[str]:
    """Return what a primitive calls its operands."""
    try:
        return argument_names(function)[: len(operation.rules)]
    except ValueError:  # some numpy functions do not tell before numpy 2.4
        rule: Any = next(rule for rule in operation.rules if rule is not None)
        return list(inspect.signature(rule).parameters)[2 : 2 + len(operation.rules)]


def primitive_behind(implementation: Callable[..., Any]) -> Primitive | None:
    """Return the primitive that a numpy function calls directly, if there is one."""
    owner = getattr(implementation, "__self__", implementation)
    return owner if isinstance(owner, Primitive) else None


# Calls, from the tests


def trials_of_function(function: Callable[..., Any], names: list[str]) -> Iterator[Trial]:
    """Return the calls of a numpy function, whose arguments have these names."""
    for called, args, kwargs in CASES:
        if called is function:
            yield trial_of(function, names, args, kwargs)


def trial_of(
    function: Callable[..., Any], names: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Trial:
    """Return a call as a function of the float arrays in its arguments."""
    tree = [args, kwargs]
    points = {path: leaf for path, leaf in flatten(tree).items() if is_array_of_floats(leaf)}

    def fun(*arrays: Any) -> Any:
        new_args, named = replace_leaves(tree, dict(zip(points, arrays, strict=True)))
        return function(*new_args, **named)

    arguments = [path[1] if path[0] else names[min(path[1], len(names) - 1)] for path in points]
    return Trial(fun, list(points.values()), arguments)


def is_array_of_floats(leaf: Any) -> bool:
    """Return whether an argument is to be differentiated in; Python's numbers are not."""
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fc"


def trials_of_primitive(operation: Primitive) -> Iterator[Trial]:
    """Return calls of a primitive on its domain."""
    domain = DOMAINS[operation.name]
    for call in domain.calls:
        operands = tuple(domain.operands(call.shapes, np.random.default_rng(0)))
        yield trial_in_rules(operation, operands, call.params)


def trial_in_rules(
    operation: Primitive, operands: tuple[Any, ...], params: dict[str, Any]
) -> Trial:
    """Return a call of a primitive as a function of the operands that it has rules for."""
    free = [
        i
        for i in range(len(operands))
        if operation.variadic or not isinstance(operation.rules[i], NoRule | None)
    ]

    def fun(*arrays: Any) -> Any:
        given = dict(zip(free, arrays, strict=True))
        return operation(*[given.get(i, x) for i, x in enumerate(operands)], **params)

    return Trial(fun, [operands[i] for i in free], [])


# What is checked


def orders_checked(name: str, trials: list[Trial]) -> str:
    """Return the orders to which the derivatives of all the calls are right, or raise."""
    reached = ORDERS
    for trial in trials:
        report = gradient_report(trial.fun, trial.arrays, order=ORDERS)
        if report.verdict is Verdict.WRONG:
            raise GradientCheckError(f"{name}: {report}", report)
        right = {check.order for check in report.checks if check.verdict is Verdict.RIGHT}
        other = {check.order for check in report.checks} - right
        reached = min([reached, *(order - 1 for order in other)])
    return ", ".join(map(str, range(1, reached + 1)))


def results_of(trial: Trial, variables: list[Value]) -> list[Value]:
    """Return the results of a call that a gradient goes back from."""
    results = flatten(trial.fun(*variables)).values()
    return [result for result in results if isinstance(result, Value) and result.requires_grad]


def is_differentiable(trial: Trial) -> bool:
    """Return whether a call has elements to differentiate in, and a result to differentiate."""
    has_elements = any(np.size(array) for array in trial.arrays)
    return has_elements and bool(results_of(trial, [Value(array) for array in trial.arrays]))


def parts_of(trials: list[Trial]) -> list[Primitive]:
    """Return the primitives that the calls have recorded."""
    nodes = [
        node
        for trial in trials
        for result in results_of(trial, [Value(array) for array in trial.arrays])
        for node in recorded_nodes(result)
    ]
    parts = {node.operation.name: node.operation for node in nodes if node.operation is not None}
    return [parts[name] for name in sorted(parts)]


def arguments_reached(trials: list[Trial]) -> tuple[list[str], list[str]]:
    """Return the arguments that a gradient comes to, and those that none ever comes to."""
    reached: dict[str, bool] = {}
    for trial in trials:
        variables = [Value(array) for array in trial.arrays]
        for result in results_of(trial, variables):
            result.backward(np.ones(result.shape, result.dtype))
        for name, variable in zip(trial.arguments, variables, strict=True):
            reached[name] = reached.get(name, False) or variable.grad is not None
    without = [name for name, is_reached in reached.items() if not is_reached]
    return [name for name in reached if name not in without], without


# Rows


def row_of_function(function: Callable[..., Any], implementation: Any) -> Row | None:
    """Return the row of a numpy function; None if its results are constants."""
    operation = primitive_behind(implementation)
    if operation is not None:
        return row_of_primitive(operation, public_name(function), function)
    trials = usable(trials_of_function(function, argument_names(implementation)))
    if not trials:
        return None
    parts = parts_of(trials)
    arguments, without = arguments_reached(trials)
    return Row(
        f"`{public_name(function)}`",
        code(arguments),
        code(without),
        orders_checked(public_name(function), trials),
        kinks_of(function.__name__, parts),
        code([part.name for part in parts]),
    )


def kinks_of(name: str, parts: list[Primitive]) -> str:
    """Return what a function that is made of primitives returns at kinks."""
    with_kinks = [part for part in parts if part.kinks]
    if len(parts) == 1 or name in [part.name for part in with_kinks]:
        return "; ".join(part.kinks for part in with_kinks if name == part.name or len(parts) == 1)
    return "those of its parts" if with_kinks else ""


def row_of_primitive(operation: Primitive, name: str, function: Callable[..., Any]) -> Row | None:
    """Return the row of a primitive; None if it has no rule at all."""
    if not any(operation.rules):
        return None
    names = operand_names(operation, function)
    rules = list(zip(names, operation.rules, strict=False))
    smooth = [n for n, rule in rules if rule is not None and not isinstance(rule, NoRule)]
    none = [n for n, rule in rules if rule is None]
    missing = [n for n, rule in rules if isinstance(rule, NoRule)]
    trials = usable(trials_of_primitive(operation))
    return Row(
        f"`{name}`",
        "all" if operation.variadic else code(smooth),
        "; ".join(filter(None, [code(none), missing and f"no rule: {code(missing)}"])),
        orders_checked(name, trials),
        operation.kinks,
        "",
    )


def usable(trials: Iterator[Trial]) -> list[Trial]:
    """Return the first calls with something to differentiate."""
    return list(islice(filter(is_differentiable, trials), MOST))


def code(names: list[str]) -> str:
    """Return names in the type of code."""
    return ", ".join(f"`{name}`" for name in names)


def table(rows: list[Row]) -> str:
    """Return rows as a table, in order of their names."""
    return "\n".join([COLUMNS, *map(str, sorted(rows, key=lambda row: row.name.lower()))])


def rows_of_functions() -> tuple[dict[str, Row], list[str]]:
    """Return the rows of the functions of numpy and scipy, and the names of those without."""
    rows, constants = {}, []
    for function, implementation in list(numpy_functions.items()):
        name = public_name(function)
        if name.startswith(PUBLIC):
            row = row_of_function(function, implementation)
            if row is None:
                constants.append(name)
            else:
                rows[name] = row
    return rows, sorted(constants)


def rows_of_operations() -> list[Row]:
    """Return the rows of the primitives of the package that no such function calls directly."""
    direct = {
        primitive_behind(implementation)
        for function, implementation in numpy_functions.items()
        if public_name(function).startswith(PUBLIC)
    }
    others = [registry[name] for name in DOMAINS if registry[name] not in direct]
    rows = [row_of_primitive(each, f"al.ops.{each.name}", each.forward) for each in others]
    return [row for row in rows if row]


def page() -> str:
    """Return the page."""
    importlib.import_module("autograd_lite.ops.special")
    rows, constants = rows_of_functions()
    sections = {
        "numpy": [row for name, row in rows.items() if not name.startswith(MODULES)],
        **{m: [row for name, row in rows.items() if name.startswith(m)] for m in MODULES},
        "Operations that numpy does not have": rows_of_operations(),
    }
    refused = sorted(f"| `{public_name(f)}` | {why} |" for f, why in refusals.items())
    parts = [
        HEAD,
        *(f"## {title}\n\n{table(chosen)}\n" for title, chosen in sections.items()),
        "## Without a derivative\n\nTheir results are constants.\n",
        code(constants) + "\n",
        "## Refused\n\n| function | why, and what to write |\n|---|---|",
        "\n".join(refused) + "\n",
    ]
    return "\n".join(parts)


def quiet_page() -> str:
    """Return the page, without numpy's warnings of values at the ends of domains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return page()


def main() -> None:
    """Write the page."""
    PAGE.write_text(quiet_page(), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
