"""Writing drawings to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_lite.errors import ArgumentError, RenderError
from autograd_lite.value import Value
from autograd_lite.viz.graph import draw_graph
from autograd_lite.viz.layout import ATTRIBUTES, lay_out

if TYPE_CHECKING:
    import graphviz

__all__ = ["save"]

TEXT_SUFFIXES: Final = (".dot", ".gv")


def save(
    drawing: graphviz.Digraph | Value,
    path: str | os.PathLike[str],
    *,
    timeout: float = 60.0,
    **options: Any,
) -> Path:
    """Write a drawing to a file: SVG, PNG or PDF, or its DOT text.

    If the drawing cannot be laid out, its DOT text is saved beside, with the suffix ``.dot``.

    Parameters
    ----------
    drawing : graphviz.Digraph or Value
        What `draw_graph` returned, or a Value to draw.
    path : path
        The file; its suffix says the format: .svg, .png, .pdf, .dot or .gv. Folders on the way are
        made.
    timeout : float
        How many seconds the layout may take.
    **options
        For a Value, the options of `draw_graph`.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ArgumentError
        If the suffix is none of these, or `drawing` is neither a Digraph nor a Value, or is a
        Digraph with options.
    RenderError
        If there is neither the Graphviz program nor the package pygraphviz, or it failed or took
        longer than `timeout`. The message says what to do, and where the DOT text is.
    MissingDependencyError
        If a Value is to be drawn and the Python package ``graphviz`` is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import autograd_lite as al
    >>> from autograd_lite import viz
    >>> x = al.Value(3.0, name="x")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     viz.save(x * x, f"{folder}/square.dot").name
    'square.dot'
    """
    path = Path(path)
    suffix = path.suffix.lower()
    image_suffixes = [f".{image_format}" for image_format in ATTRIBUTES]
    if suffix not in (*image_suffixes, *TEXT_SUFFIXES):
        known = ", ".join((*image_suffixes, *TEXT_SUFFIXES))
        raise ArgumentError(f"save() writes {known} files, by suffix; got {path.name!r}")
    digraph = as_digraph(drawing, options)
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix in TEXT_SUFFIXES:
        path.write_text(digraph.source, encoding="utf-8")
        return path
    try:
        image = lay_out(digraph.source, suffix[1:], timeout, digraph.engine)
    except RenderError as error:
        text = path.with_suffix(".dot")
        text.write_text(digraph.source, encoding="utf-8")
        raise RenderError(
            f"{path.name} was not drawn: {error}. The DOT text is in {text}"
        ) from None
    path.write_bytes(image)
    return path


def as_digraph(drawing: Any, options: dict[str, Any]) -> graphviz.Digraph:
    """Return a drawing as it is, or draw a Value."""
    if type(drawing) is Value:
        return draw_graph(drawing, **options)
    if not (hasattr(drawing, "source") and hasattr(drawing, "engine")):
        raise ArgumentError(
            f"save() takes a Value or what draw_graph() returned, got {type(drawing).__name__}"
        )
    if options:
        raise ArgumentError(
            f"save() got a drawing that is finished; pass {', '.join(options)} to draw_graph()"
        )
    return drawing
