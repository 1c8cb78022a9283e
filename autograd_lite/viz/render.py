"""Writing drawings to files, through the Graphviz program."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_lite.errors import ArgumentError, RenderError
from autograd_lite.value import Value
from autograd_lite.viz.graph import draw_graph

if TYPE_CHECKING:
    import graphviz

__all__ = ["save"]

TEXT_SUFFIXES: Final = (".dot", ".gv")
OPTIONS: Final = {".svg": ["-Tsvg"], ".png": ["-Tpng", "-Gdpi=144"], ".pdf": ["-Tpdf"]}

HOW_TO_GET_GRAPHVIZ: Final = (
    "install it with `apt-get install graphviz`, `brew install graphviz` or "
    "`conda install graphviz`"
)


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
        If there is no Graphviz program, or it failed or took longer than `timeout`. The message
        says what to do, and where the DOT text is.
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
    if suffix not in OPTIONS and suffix not in TEXT_SUFFIXES:
        known = ", ".join((*OPTIONS, *TEXT_SUFFIXES))
        raise ArgumentError(f"save() writes {known} files, by suffix; got {path.name!r}")
    digraph = as_digraph(drawing, options)
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix in TEXT_SUFFIXES:
        path.write_text(digraph.source, encoding="utf-8")
        return path
    try:
        image = lay_out(digraph, OPTIONS[suffix], timeout)
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


def lay_out(digraph: graphviz.Digraph, options: list[str], timeout: float) -> bytes:
    """Return the image that the Graphviz program makes of a drawing."""
    program = shutil.which(digraph.engine)
    if program is None:
        raise RenderError(
            f"the Graphviz program `{digraph.engine}` was not found; {HOW_TO_GET_GRAPHVIZ}"
        )
    try:
        done = subprocess.run(
            [program, *options],
            input=digraph.source.encode(),
            capture_output=True,
            timeout=timeout,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"the layout took longer than {timeout:g} s; draw less with max_nodes=, or allow more "
            "with timeout="
        ) from None
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"") or str(error).encode()
        raise RenderError(
            f"`{digraph.engine}` failed: {reason.decode(errors='replace').strip()}"
        ) from None
    image: bytes = done.stdout
    return image
