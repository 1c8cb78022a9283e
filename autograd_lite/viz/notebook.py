"""A matplotlib figure that a notebook shows once, with or without pyplot."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

__all__ = ["Drawing"]


class Drawing(Figure):
    """A figure that no window or global list refers to: it is freed when it is dropped."""

    def _repr_png_(self) -> bytes:
        """Return the picture that IPython shows."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()
