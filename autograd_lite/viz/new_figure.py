"""A figure of our own, where matplotlib is there to make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_lite.errors import MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["new_figure"]


def new_figure(caller: str, size: tuple[float, float]) -> Figure:
    """Return an empty figure of a size in inches; `caller` is who needs matplotlib, for messages.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    try:
        from autograd_lite.viz.notebook import Drawing
    except ImportError as error:
        raise MissingDependencyError(
            f"{caller}() needs matplotlib, which is not installed: pip install 'autograd_lite[viz]'"
        ) from error
    return Drawing(figsize=size, dpi=150)
