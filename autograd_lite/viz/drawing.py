"""A Graphviz drawing that a notebook shows, with or without the Graphviz program."""

from __future__ import annotations

from typing import Any

import graphviz

from autograd_lite.viz.layout import lay_out

__all__ = ["Drawing"]


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # the package has no types
    """A `graphviz.Digraph` that is laid out as `autograd_lite.viz.save` does it."""

    def _repr_mimebundle_(self, *_: Any, **__: Any) -> dict[str, str]:
        """Return the picture that IPython shows."""
        return {"image/svg+xml": lay_out(self.source, "svg", engine=self.engine).decode()}
