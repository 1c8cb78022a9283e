"""The recorded graph of a Value as a drawing: every operation and every operand.

Boxes are Values, arrays and numbers; between them stand the operations. An operand that is used
twice has two edges, in the order of the operands. Names in the DOT text are numbers in the order of
creation, counted within the drawing, so that the same program gives the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from autograd_lite.errors import ArgumentError, MissingDependencyError
from autograd_lite.primitive import Primitive
from autograd_lite.value import Value
from autograd_lite.viz import style
from autograd_lite.viz.labels import (
    box_markup,
    box_tooltip,
    describe_params,
    is_symbol,
    legend_markup,
    operation_markup,
    printable,
)
from autograd_lite.viz.selection import Part, key_of, nearest_part

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_graph"]

COMMUTATIVE = frozenset(
    {"add", "multiply", "maximum", "minimum", "logaddexp", "hypot", "bitwise_and", "bitwise_or"}
)
"""Operations whose operands may stand in any order; those of all others are kept in theirs."""


class HasParameters(Protocol):
    """What knows its parameters by name: a module."""

    def named_parameters(self) -> Iterable[tuple[str, Value]]:
        """Return names and parameters."""


Parameters = HasParameters | Mapping[str, Value] | Iterable[Value]


def draw_graph(
    value: Value,
    *,
    direction: str = "LR",
    show_gradients: bool = True,
    parameters: Parameters = (),
    legend: bool = False,
    max_nodes: int = 300,
) -> graphviz.Digraph:
    """Draw the graph that a Value was computed by.

    Each box shows a name, a shape and a dtype where they are not the usual ones, the content as it
    is now (elements of small arrays, the range of large ones), and the gradient after `backward`.
    Shape and colour tell the role: variables (leaves with a gradient), parameters, constants
    (arrays, numbers and Values without a gradient), intermediate results and the result.

    The time taken is linear in the size of the graph, and what is drawn is limited by `max_nodes`.

    Parameters
    ----------
    value : Value
        The result. A leaf or a constant is drawn as one box.
    direction : {"LR", "TB", "RL", "BT"}
        Where the result lies: to the right, at the bottom, to the left, at the top.
    show_gradients : bool
        Show the gradients of Values that have one.
    parameters : Module, mapping from str to Value, or iterable of Value
        The leaves to draw as parameters. A module or a mapping names those that have no name.
    legend : bool
        Explain the colours below the drawing.
    max_nodes : int
        The largest number of boxes and operations drawn, at least 3. Of a larger graph, the part
        nearest to the result is drawn; ``⋯`` marks where it was cut, and a note says how much was
        left out.

    Returns
    -------
    graphviz.Digraph
        Shows itself in a notebook. Its ``source`` is the DOT text; `autograd_lite.viz.save` writes
        files.

    Raises
    ------
    ArgumentError
        If `value` is not a Value, or another argument is outside its choices.
    MissingDependencyError
        If the Python package ``graphviz`` is not installed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> from autograd_lite import viz
    >>> x = al.Value(3.0, name="x")
    >>> y = x * x
    >>> y.backward()
    >>> drawing = viz.draw_graph(y)
    >>> drawing.source.count("v0 -> op1")
    2
    """
    check_arguments(value, direction, max_nodes)
    names = parameter_names(parameters)
    part = nearest_part(value, max_nodes)
    drawing = empty_drawing(direction)
    roles = draw_part(drawing, part, value, names, show_gradients)
    footer = footer_lines(roles if legend else (), part, max_nodes)
    if footer:
        drawing.attr("graph", label=footer)
    return drawing


def check_arguments(value: Any, direction: str, max_nodes: int) -> None:
    """Raise unless the arguments of `draw_graph` make sense."""
    if type(value) is not Value:
        raise ArgumentError(
            f"draw_graph() draws the graph of a Value, got {type(value).__name__}; pass the result "
            "of a computation on Values"
        )
    if direction not in style.DIRECTIONS:
        raise ArgumentError(f"direction is one of {', '.join(style.DIRECTIONS)}; got {direction!r}")
    if not isinstance(max_nodes, int) or max_nodes < 3:
        raise ArgumentError(
            "max_nodes is an integer of at least 3 (a result, its operation and the cut), got "
            f"{max_nodes!r}"
        )


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


# Drawing it


def empty_drawing(direction: str) -> graphviz.Digraph:
    """Return a Digraph with the looks of all drawings and nothing in it."""
    try:
        from autograd_lite.viz.drawing import Drawing
    except ImportError as error:
        raise MissingDependencyError(
            "draw_graph() needs the Python package graphviz, which is not installed: pip install "
            "'autograd_lite[viz]'"
        ) from error
    drawing = Drawing("computation graph")
    drawing.attr("graph", rankdir=direction, **style.GRAPH)
    drawing.attr("node", **style.NODE)
    drawing.attr("edge", **style.EDGE)
    return drawing


def draw_part(
    drawing: graphviz.Digraph,
    part: Part,
    root: Value,
    names: dict[int, str | None],
    show_gradients: bool,
) -> set[str]:
    """Draw boxes, operations and edges in the order of creation; return the roles of boxes."""
    values = sorted(
        (box for box in part.boxes.values() if type(box) is Value), key=lambda box: box.number
    )
    ids = {value.number: i for i, value in enumerate(values)}
    roles = set()
    for i, value in enumerate(values):
        role = role_of(value, root, names)
        name = value.name or names.get(value.number)
        roles.add(role)
        if draw_operation(drawing, part, value, ids):
            roles.add("constant")
        draw_box(drawing, f"v{i}", value, name, role, show_gradients)
        if value.operation is not None:
            drawing.edge(f"op{i}", f"v{i}", weight="4")
    return roles


def role_of(value: Value, root: Value, names: dict[int, str | None]) -> str:
    """Return the role that a Value plays."""
    if value.operation is not None:
        return "result" if value is root else "intermediate"
    if value.number in names:
        return "parameter"
    return "variable" if value.requires_grad else "constant"


def draw_box(
    drawing: graphviz.Digraph,
    node: str,
    operand: Any,
    name: str | None,
    role: str,
    show_gradients: bool = False,
) -> None:
    """Draw a Value, an array or a number."""
    drawing.node(
        node,
        html_label(box_markup(operand, name, show_gradients=show_gradients)),
        tooltip=plain(box_tooltip(operand, name, role)),
        **style.ROLES[role],
    )


def draw_operation(
    drawing: graphviz.Digraph, part: Part, value: Value, ids: dict[int, int]
) -> bool:
    """Draw the operation of a Value with its edges; return whether it has arrays or numbers."""
    operation = value.operation
    if operation is None:
        return False
    i = ids[value.number]
    look = style.ROLES["symbol" if is_symbol(operation) else "operation"]
    ordered = len(value.operands) > 1 and operation.name not in COMMUTATIVE
    order = {"ordering": "in"} if ordered else {}
    drawing.node(
        f"op{i}",
        html_label(operation_markup(operation, value.params)),
        tooltip=plain(operation_tooltip(operation, value.params)),
        **look,
        **order,
    )
    missing = 0
    has_constants = False
    for position, operand in enumerate(value.operands):
        if key_of(operand, value, position) not in part.boxes:
            missing += 1
        elif type(operand) is Value:
            drawing.edge(f"v{ids[operand.number]}", f"op{i}")
        else:
            draw_box(drawing, f"c{i}_{position}", operand, None, "constant")
            drawing.edge(f"c{i}_{position}", f"op{i}")
            has_constants = True
    if missing:
        draw_cut(drawing, i, missing, len(value.operands))
    return has_constants


def operation_tooltip(operation: Primitive, params: Mapping[str, Any]) -> str:
    """Return what pointing at an operation shows: its name and metadata."""
    return " ".join([printable(operation.name), *describe_params(operation, params)])


def draw_cut(drawing: graphviz.Digraph, i: int, missing: int, operands: int) -> None:
    """Mark that some or all operands of an operation are not drawn."""
    label = "⋯" if missing == operands else f"⋯ {missing:,} more"
    drawing.node(f"cut{i}", label, tooltip="not drawn", **style.ROLES["cut"])
    drawing.edge(f"cut{i}", f"op{i}", style="dashed")


def footer_lines(roles: Iterable[str], part: Part, max_nodes: int) -> str:
    """Return the label below the drawing: the legend of these roles, and what was left out."""
    rows = []
    if roles:
        present = [role for role in style.ROLE_NAMES if role in roles]
        rows.append(legend_markup((role, style.ROLES[role]) for role in present))
    if part.left_out:
        rows.append(left_out_note(part, max_nodes))
    return html_label("<BR ALIGN='left'/>".join(rows)) if rows else ""


def left_out_note(part: Part, max_nodes: int) -> str:
    """Return how much of the graph is not drawn."""
    total = len(part.boxes) + part.left_out
    return (
        f"⋯ {part.left_out:,} of {total:,} values and constants are not drawn "
        f"(max_nodes={max_nodes})"
    )


def html_label(markup: str) -> str:
    """Return markup as the graphviz package takes it: between angle brackets."""
    return f"<{markup}>"


def plain(text: str) -> str:
    """Return text as the graphviz package takes it: no backslash or bracket has a meaning."""
    import graphviz

    escaped: str = graphviz.escape(text)  # of a class of its own: str() would undo it
    return escaped
