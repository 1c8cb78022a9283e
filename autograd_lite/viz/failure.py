"""The graph that was built until an operation failed, with the shapes that it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.primitive import Primitive
from autograd_lite.value import Value, data_of, node
from autograd_lite.viz.calls import ModuleCalls
from autograd_lite.viz.choosing import Parameters, choose
from autograd_lite.viz.graph import Writer, empty_drawing, html_label
from autograd_lite.viz.labels import printable, step_markup, styled
from autograd_lite.viz.picture import Box
from autograd_lite.viz.style import check_direction, theme_named

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_failure"]

LINE = 38
"""Characters of the message in a line of the drawing."""

MOST_LINES = 6


class Failure(NamedTuple):
    """What failed: its name, what it was given, and where it is known by which name."""

    title: str
    operands: tuple[Any, ...]
    variables: Mapping[str, Any]


def draw_failure(
    error: BaseException,
    *,
    direction: str = "LR",
    parameters: Parameters = (),
    modules: ModuleCalls | None = None,
    theme: str = "light",
    max_nodes: int = 300,
) -> graphviz.Digraph:
    """Draw the graph that was built until an operation, or a layer, raised.

    The operation that failed is the last one, with the shapes of its operands on its edges and the
    error's message behind it. Inside of `autograd_lite.debug` the error knows the operation.
    Otherwise it is the innermost function of the traceback that had Values in its variables.

    Parameters
    ----------
    error : exception
        What a computation on Values raised, with its traceback.
    direction, parameters, modules, theme, max_nodes
        As in `draw_graph`.

    Returns
    -------
    graphviz.Digraph
        As that of `draw_graph`.

    Raises
    ------
    ArgumentError
        If no Value took part in what failed, or an argument is outside its choices.
    MissingDependencyError
        If the Python package ``graphviz`` is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> net = al.nn.MLP([2, 3, 1], rng=0)
    >>> try:
    ...     net(np.ones((4, 2))) @ np.ones((5, 1))
    ... except ValueError as error:
    ...     drawing = al.viz.draw_failure(error, parameters=net)
    >>> "(4, 1)" in drawing.source and "(5, 1)" in drawing.source
    True
    """
    check_direction(direction)
    looks = theme_named(theme)
    failure = failure_of(error)
    picture, part = choose(
        result_that_never_was(failure),
        parameters=parameters,
        modules=modules,
        variables=failure.variables,
        max_nodes=max_nodes,
    )
    writer = FailureWriter(empty_drawing(direction, looks), part, looks, True, False)
    writer.explain(picture.result, error)
    writer.write()
    return writer.drawing


def failure_of(error: BaseException) -> Failure:
    """Return what failed, as `autograd_lite.debug` noted it, or as the traceback tells."""
    frames = list(frames_of(error))
    operation, operands = getattr(error, "operation", None), getattr(error, "operands", ())
    if isinstance(operation, Primitive) and any(type(x) is Value for x in operands):
        variables = frames[-1].f_locals if frames else {}
        return Failure(operation.name, tuple(operands), variables)
    for frame in reversed(frames):
        given = values_among(frame.f_locals)
        if given:
            return Failure(f"{frame.f_code.co_name}()", given, frame.f_locals)
    raise ArgumentError(
        f"draw_failure() found no Value in what {type(error).__name__} was raised by; pass an "
        "error that a computation on Values raised, as `except` caught it, with its traceback"
    )


def frames_of(error: BaseException) -> Iterator[FrameType]:
    """Yield the frames of a traceback, the outermost first."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def values_among(variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the Values among variables, and the arrays beside them, each once."""
    values = {id(x): x for x in variables.values() if type(x) is Value}
    held = {id(value._data) for value in values.values()}
    arrays = {id(x): x for x in variables.values() if type(x) is np.ndarray and id(x) not in held}
    return tuple((values | arrays).values()) if values else ()


def result_that_never_was(failure: Failure) -> Value:
    """Return a Value in place of the result, with the operation that failed behind it."""
    operands = failure.operands
    operation = Primitive(np.copy, (None,) * len(operands), failure.title, variadic=False)
    return node(operation, operands, (np.float64(np.nan), *map(data_of, operands)), {})


class FailureWriter(Writer):
    """Writes the drawing of a graph whose last operation failed."""

    def explain(self, result: Box, error: BaseException) -> None:
        """Take note of which box is none, and of what to write in its place."""
        self.failed = result
        message = str(error).strip().split("\n")[0]
        lines = wrap(message, LINE)[:MOST_LINES] or [""]
        self.title = printable(type(error).__name__)
        self.note = "\n".join(map(printable, lines))

    def write_box(self, box: Box, node: str) -> None:
        """Write a Value, or the error in place of the result."""
        if box is not self.failed:
            super().write_box(box, node)
            return
        markup = step_markup(self.title, self.note, self.looks)
        self.drawing.node(node, html_label(markup), **self.looks.roles["failed"])

    def edge_label(self, value: Value, position: int) -> dict[str, str]:
        """Return the label of an edge: the shape of an operand of what failed."""
        if value is not self.failed.operand:
            return super().edge_label(value, position)
        shape = str(np.shape(data_of(value.operands[position])))
        failed = self.looks.roles["failed"]["color"]
        return {"label": html_label(styled(shape, color=failed, bold=True)), "color": failed}
