"""From a Value and the options of a drawing to the part of its graph that is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from autograd_lite.debugging.call_sites import user_frame
from autograd_lite.errors import ArgumentError
from autograd_lite.recording import enable_recording
from autograd_lite.value import Value, content_of
from autograd_lite.viz.calls import Call, ModuleCalls
from autograd_lite.viz.expanding import expanded
from autograd_lite.viz.notation import NOTATIONS, layer_names
from autograd_lite.viz.picture import Names, Picture, all_values, picture_of
from autograd_lite.viz.scalars import scalar_graph
from autograd_lite.viz.selection import Part, nearest_part

__all__ = ["Parameters", "choose", "notes_of"]


class HasParameters(Protocol):
    """What knows its parameters by name: a module."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]:
        """Return names and parameters."""


Parameters = HasParameters | Mapping[str, Value] | Iterable[Value]


def choose(
    value: Value,
    *,
    parameters: Parameters = (),
    modules: ModuleCalls | None = None,
    depth: int | None = None,
    expand: Collection[str | Value] = (),
    variables: Mapping[str, Any] | None = None,
    fold: bool | None = None,
    scalars: bool = False,
    notation: str = "paths",
    max_nodes: int = 300,
) -> tuple[Picture, Part]:
    """Return what there is to draw of a graph and the part of it that is drawn.

    See `autograd_lite.viz.draw_graph` for the options.
    """
    check(value, depth, max_nodes)
    names = Names(
        parameter_names(modules if modules and parameters == () else parameters),
        variable_names(caller_variables() if variables is None else variables),
    )
    if notation not in NOTATIONS:
        raise ArgumentError(f"notation is one of {', '.join(NOTATIONS)}; got {notation!r}")
    if notation == "layers":
        names = names._replace(notation=layer_names(all_values(value)))
    calls: Sequence[Call] = modules.calls if modules else []
    if scalars:
        value, names = in_scalars(value, names)
        calls = []
    values = all_values(value)
    paths, chosen = modules_and_values(calls, values, names, expand)
    if chosen:
        value, calls, names, chosen = written_out_in_part(value, calls, names, chosen)
        values = all_values(value)
    opened = calls_around(calls, paths, chosen)
    for level in levels_to_try(calls, depth):
        is_open = {call for call in calls if level is None or call.level < level} | opened
        picture = fitting_picture(values, names, calls, is_open, fold, max_nodes)
        if picture.size <= max_nodes:
            break
    return picture, nearest_part(picture, max_nodes)


def in_scalars(value: Value, names: Names) -> tuple[Value, Names]:
    """Return the graph of single numbers that a graph stands for, with its gradients if it has."""
    with enable_recording():
        graph = scalar_graph(value, names.name_of)
    if value.grad is not None:
        seed = content_of(value.grad)
        graph.result.backward(np.reshape(seed, ()))
    parameters = [x for leaf, x in graph.elements.items() if leaf.number in names.parameters]
    return graph.result, Names({x.number: None for array in parameters for x in array.flat}, {})


def check(value: Any, depth: Any, max_nodes: Any) -> None:
    """Raise unless the arguments make sense."""
    if type(value) is not Value:
        raise ArgumentError(
            f"draw_graph() draws the graph of a Value, got {type(value).__name__}; pass the result "
            "of a computation on Values"
        )
    if not isinstance(max_nodes, int) or max_nodes < 3:
        raise ArgumentError(
            "max_nodes is an integer of at least 3 (a result, its operation and the cut), got "
            f"{max_nodes!r}"
        )
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ArgumentError(
            f"depth is None or an integer of at least 0 (a model is one box), got {depth!r}"
        )


def fitting_picture(
    values: Sequence[Value],
    names: Names,
    calls: Sequence[Call],
    is_open: Collection[Call],
    fold: bool | None,
    max_nodes: int,
) -> Picture:
    """Return a picture, folded if asked for, or if it is not said and the whole is too large."""
    if not fold and (fold is False or calls or len(values) <= max_nodes):
        whole = picture_of(values, names, calls=calls, is_open=is_open)
        if fold is False or whole.size <= max_nodes:
            return whole
    return picture_of(values, names, calls=calls, is_open=is_open, fold=True)


def levels_to_try(calls: Sequence[Call], depth: int | None) -> list[int | None]:
    """Return the depths to draw modules in: what was asked for, else less and less."""
    if depth is not None or not calls:
        return [depth]
    return [None, *range(max(call.level for call in calls), -1, -1)]


def modules_and_values(
    calls: Sequence[Call], values: Sequence[Value], names: Names, expand: Collection[str | Value]
) -> tuple[set[str], list[Value]]:
    """Return what is to be expanded: paths of modules, and results of operations."""
    if isinstance(expand, str | Value):
        raise ArgumentError(f"expand is a list, of names and of Values; got {expand!r} by itself")
    known = {call.path or call.kind for call in calls}
    named = {names.name_of(value): value for value in values if value.operation is not None}
    in_graph = {value.number for value in values}
    paths, chosen = set(), []
    for item in expand:
        if type(item) is Value and item.number in in_graph:
            chosen.append(item)
        elif isinstance(item, str) and item in known:
            paths.add(item)
        elif isinstance(item, str) and item in named:
            chosen.append(named[item])
        else:
            raise ArgumentError(
                "expand is a list of Values of this graph, of names of results of operations: "
                f"{sorted(filter(None, named))}, and of paths of modules that were recorded with "
                f"al.viz.record_modules(model): {sorted(known)}; got {item!r}"
            )
    return paths, chosen


def written_out_in_part(
    value: Value, calls: Sequence[Call], names: Names, chosen: Sequence[Value]
) -> tuple[Value, Sequence[Call], Names, list[Value]]:
    """Return a graph with some operations written out, and all that belongs to it."""
    with enable_recording():
        found = expanded(value, chosen, calls, names.name_of)
    named = {made.number: names.name_of(old) for old, made in found.made.items()}
    variables = {number: name for number, name in named.items() if name}
    results = [found.made[old] for old in chosen]
    return found.result, found.calls, names._replace(variables=variables), results


def calls_around(
    calls: Sequence[Call], paths: Collection[str], values: Sequence[Value]
) -> set[Call]:
    """Return the calls of some modules, those that made some Values, and those around them."""
    found = set()
    for call in calls:
        is_asked_for = (call.path or call.kind) in paths
        has_made = any(call.start < value.number < call.stop for value in values)
        inner: Call | None = call if is_asked_for or has_made else None
        while inner:
            found.add(inner)
            inner = inner.parent
    return found


def parameter_names(parameters: Parameters) -> dict[int, str | None]:
    """Return the names of parameters by creation number, None for those that come without."""
    pairs: Iterable[tuple[str | None, Value]]
    if hasattr(parameters, "named_parameters"):
        pairs = parameters.named_parameters()
    elif isinstance(parameters, Mapping):
        pairs = parameters.items()
    elif type(parameters) is Value:
        pairs = [(None, parameters)]
    else:
        pairs = [(None, value) for value in parameters]
    names = {}
    for name, value in pairs:
        if type(value) is not Value:
            raise ArgumentError(f"parameters are Values, got {type(value).__name__} among them")
        names[value.number] = name
    return names


def caller_variables() -> Mapping[str, Any]:
    """Return the variables of the code that asked for the drawing."""
    frame = user_frame()
    return frame.f_locals if frame else {}


def variable_names(variables: Mapping[str, Any]) -> dict[int, str]:
    """Return the first name of each Value; those with an underscore before are not meant."""
    names: dict[int, str] = {}
    for name, value in variables.items():
        if type(value) is Value and not name.startswith("_"):
            names.setdefault(value.number, name)
    return names


def notes_of(picture: Picture, part: Part, max_nodes: int) -> list[str]:
    """Return how much of the graph is not drawn, and why."""
    missing = picture.folded + part.left_out
    if not missing:
        return []
    where = "not drawn" if part.left_out else "inside of boxes"
    if picture.folded and part.left_out:
        where = "inside of boxes or not drawn"
    limit = f" (max_nodes={max_nodes})" if part.left_out else ""
    mark = "⋯ " if part.left_out else ""
    return [f"{mark}{missing:,} of {picture.total:,} values and constants are {where}{limit}"]
