"""The recorded graph of a Value as a drawing: every operation and every operand.

Boxes are Values, arrays and numbers; between them stand the operations. An operand that is used
twice has two edges, in the order of the operands. Names in the DOT text are numbers in the order of
creation, counted within the drawing, so that the same program gives the same text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import MissingDependencyError
from autograd_lite.primitive import Primitive
from autograd_lite.value import Value
from autograd_lite.viz import style
from autograd_lite.viz.calls import Call, ModuleCalls
from autograd_lite.viz.choosing import Parameters, choose, notes_of
from autograd_lite.viz.contributions import describe_contribution
from autograd_lite.viz.labels import (
    box_markup,
    box_tooltip,
    cell,
    describe_params,
    is_symbol,
    legend_markup,
    operation_markup,
    printable,
    step_markup,
    styled,
    table,
)
from autograd_lite.viz.listing import listing_of
from autograd_lite.viz.picture import Box, Step
from autograd_lite.viz.selection import Part
from autograd_lite.viz.style import Theme, check_direction, theme_named

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_graph"]

COMMUTATIVE = frozenset(
    {"add", "multiply", "maximum", "minimum", "logaddexp", "hypot", "bitwise_and", "bitwise_or"}
)
"""Operations whose operands may stand in any order; those of all others are kept in theirs."""


def draw_graph(
    value: Value,
    *,
    direction: str = "LR",
    show_gradients: bool = True,
    show_derivatives: bool = False,
    parameters: Parameters = (),
    modules: ModuleCalls | None = None,
    depth: int | None = None,
    expand: Collection[str | Value] = (),
    variables: Mapping[str, Any] | None = None,
    fold: bool | None = None,
    scalars: bool = False,
    notation: str = "paths",
    legend: bool = False,
    theme: str = "light",
    max_nodes: int = 300,
) -> graphviz.Digraph:
    """Draw the graph that a Value was computed by.

    Each box shows a name, a shape and a dtype where they are not the usual ones, the content as it
    is now (elements of small arrays, the range of large ones; mean and standard deviation where one
    points at it), and the gradient after `backward`.
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
    show_derivatives : bool
        Write on the edge of each operand what it contributes to the chain rule: the derivative of
        the operation, where both are single numbers, and after `backward` what the operand's
        gradient got from this use.
    parameters : Module, mapping from str to Value, or iterable of Value
        The leaves to draw as parameters. A module or a mapping names those that have no name.
    modules : ModuleCalls, optional
        What `record_modules` took note of: operations of a module are drawn inside of a frame.
        Default of `parameters`: those of its model.
    depth : int, optional
        In how many frames within each other modules are drawn; those further inside are one box
        each. 0: the model is one box. Default: all, or as many as fit into `max_nodes`.
    expand : collection of str or Value
        Paths of modules to open, whatever `depth` says: ``["0", "decoder.2"]``; and results of
        operations, themselves or by name, to write out in single numbers, a linear layer as its
        multiplications and sums, in the midst of the graph of arrays. These drawings show the
        numbers of now.
    variables : mapping from str to Value, optional
        What names the Values that have no other name. Default: the caller's variables (which
        CPython before 3.13 keeps alive then until the calling function ends); ``{}`` for none.
    fold : bool, optional
        Draw the first and the last of repetitions only (layers of one shape, steps of a
        recurrence, a chain), with a box for the others. Default: where the whole is larger than
        `max_nodes`.
    scalars : bool
        Draw the graph of single numbers that the operations on arrays stand for, a linear layer as
        its multiplications and sums (see `scalar_graph`), without modules.
    notation : {"paths", "layers"}
        Call parameters by their paths, or all that belongs to linear layers as textbooks do: W₁,
        b₁, the weighted sum z₁, the activation a₁.
    legend : bool
        Explain the colours below the drawing.
    theme : {"light", "dark"}
        Dark text on white, or light text on black.
    max_nodes : int
        The largest number of boxes and operations drawn, at least 3. Of a graph that is larger
        when it is folded, the part nearest to the result is drawn; ``⋯`` marks where it was cut,
        and a note says how much was left out.

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
    check_direction(direction)
    looks = theme_named(theme)
    picture, part = choose(
        value,
        parameters=parameters,
        modules=modules,
        depth=depth,
        expand=expand,
        variables=variables,
        fold=fold,
        scalars=scalars,
        notation=notation,
        max_nodes=max_nodes,
    )
    writer = Writer(empty_drawing(direction, looks), part, looks, show_gradients, show_derivatives)
    roles = writer.write()
    footer = footer_of(roles if legend else (), notes_of(picture, part, max_nodes), looks)
    if footer:
        writer.drawing.attr("graph", label=footer)
    return writer.drawing


def empty_drawing(direction: str, looks: Theme) -> graphviz.Digraph:
    """Return a Digraph with the looks of all drawings and nothing in it."""
    try:
        from autograd_lite.viz.drawing import Drawing
    except ImportError as error:
        raise MissingDependencyError(
            "draw_graph() needs the Python package graphviz, which is not installed: pip install "
            "'autograd_lite[viz]'"
        ) from error
    drawing = Drawing("computation graph")
    drawing.attr("graph", rankdir=direction, **looks.graph)
    drawing.attr("node", **looks.node)
    drawing.attr("edge", **looks.edge)
    return drawing


class Writer:
    """Writes a part of a picture as DOT text, in the order of creation.

    Names are numbers in this order, counted within the drawing.
    """

    def __init__(
        self,
        drawing: graphviz.Digraph,
        part: Part,
        looks: Theme,
        show_gradients: bool,
        show_derivatives: bool,
    ) -> None:
        self.drawing = drawing
        self.part = part
        self.looks = looks
        self.show_gradients = show_gradients
        self.show_derivatives = show_derivatives
        self.listing = listing_of(part)
        self.ids = self.listing.ids
        self.frames: dict[Call, graphviz.Digraph] = {}
        self.roles: set[str] = set()

    def write(self) -> set[str]:
        """Write all of it, and return the roles of the boxes."""
        boxes, steps, _ = self.listing
        others = [step for step in steps if step.kind != "operation"]
        entries: list[tuple[float, Box | Step]] = [(box.operand.number, box) for box in boxes]
        entries += [(step.number - 0.5, step) for step in others]
        for _, entry in sorted(entries, key=lambda pair: pair[0]):
            if isinstance(entry, Step):
                self.write_step(entry)
            else:
                if entry.step and entry.step.kind == "operation":
                    self.write_step(entry.step)
                self.write_box(entry, self.ids[entry])
                if entry.step:
                    self.drawing.edge(self.ids[entry.step], self.ids[entry], weight="4")
        self.close_frames()
        return self.roles

    def inside(self, scope: Call | None) -> graphviz.Digraph:
        """Return what the nodes in a module's call are written to: its frame."""
        if scope is None:
            return self.drawing
        if scope not in self.frames:
            self.inside(scope.parent)
            title = html_label(styled(printable(scope.title), color=self.looks.faded))
            frame = type(self.drawing)(f"cluster_{len(self.frames)}")
            frame.attr("graph", label=title, **self.looks.frame)
            self.frames[scope] = frame
        return self.frames[scope]

    def close_frames(self) -> None:
        """Put each frame into the one around it, the innermost first."""
        for scope in sorted(self.frames, key=lambda scope: -scope.level):
            self.inside(scope.parent).subgraph(self.frames[scope])

    def write_box(self, box: Box, node: str) -> None:
        """Write a Value, an array or a number."""
        self.roles.add(box.role)
        markup = box_markup(
            box.operand, box.name, show_gradients=self.show_gradients, looks=self.looks
        )
        self.inside(box.scope).node(
            node,
            html_label(markup),
            tooltip=plain(box_tooltip(box.operand, box.name, box.role)),
            **self.looks.roles[box.role],
        )

    def write_step(self, step: Step) -> None:
        """Write an operation, a module or a fold, with its edges."""
        value, node = step.value, self.ids[step]
        if value is None:
            look = self.looks.roles[step.kind]
            markup = step_markup(printable(step.title), step.note, self.looks)
            tooltip = f"{step.title} {step.note}"
        else:
            operation: Any = value.operation
            look = self.looks.roles["symbol" if is_symbol(operation) else "operation"]
            markup = operation_markup(operation, value.params, self.looks)
            tooltip = operation_tooltip(operation, value.params)
            if len(value.operands) > 1 and operation.name not in COMMUTATIVE:
                look = {**look, "ordering": "in"}
        self.inside(step.scope).node(node, html_label(markup), tooltip=plain(tooltip), **look)
        missing = 0
        for position, source in enumerate(step.inputs):
            if source not in self.part.items:
                missing += 1
                continue
            if isinstance(source, Box) and type(source.operand) is not Value:
                self.write_box(source, self.ids[source])
            label = {} if value is None else self.edge_label(value, position)
            self.drawing.edge(self.ids[source], node, **label)
        if missing:
            self.write_cut(step, missing)

    def edge_label(self, value: Value, position: int) -> dict[str, str]:
        """Return the label of the edge from an operand to its operation."""
        text = describe_contribution(value, position) if self.show_derivatives else ""
        if not text:
            return {}
        return {"label": html_label(styled(text, color=self.looks.gradient, size=9))}

    def write_cut(self, step: Step, missing: int) -> None:
        """Mark that some or all operands of an operation are not drawn."""
        node = self.ids[step]
        label = "⋯" if missing == len(step.inputs) else f"⋯ {missing:,} more"
        cut = f"cut{node.removeprefix('op')}"
        self.drawing.node(cut, label, tooltip="not drawn", **self.looks.roles["cut"])
        self.drawing.edge(cut, node, style="dashed")


def operation_tooltip(operation: Primitive, params: Mapping[str, Any]) -> str:
    """Return what pointing at an operation shows: its name and metadata."""
    return " ".join([printable(operation.name), *describe_params(operation, params)])


def footer_of(roles: Iterable[str], notes: Sequence[str], looks: Theme) -> str:
    """Return the label below the drawing: the legend of these roles, and notes."""
    present = [role for role in style.ROLE_NAMES if role in roles]
    legend = legend_markup((role, looks.roles[role]) for role in present) if present else ""
    if legend and notes:  # markup is a table or text, not one after the other
        return html_label(table([cell(part, "left") for part in (legend, *notes)]))
    return html_label(legend or "".join(notes)) if legend or notes else ""


def html_label(markup: str) -> str:
    """Return markup as the graphviz package takes it: between angle brackets."""
    return f"<{markup}>"


def plain(text: str) -> str:
    """Return text as the graphviz package takes it: no backslash or bracket has a meaning."""
    import graphviz

    escaped: str = graphviz.escape(text)  # of a class of its own: str() would undo it
    return escaped
