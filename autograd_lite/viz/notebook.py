"""A matplotlib figure that a notebook shows once, with or without pyplot."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

__all__ = ["Drawing"]


class Drawing(Figure):
    """A figure that no window or global list refers to: it is freed when it is dropped.

    Its axes stay where they were placed, whatever layout the user's settings ask for.
    """

    def __init__(self, **options: Any) -> None:
        # Not "none": saving a figure without a layout engine gives it that of the settings.
        as_placed = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
        super().__init__(layout=as_placed, **options)

    def _repr_png_(self) -> bytes:
        """Return the picture that IPython shows."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()
