"""Layout: by the Graphviz program, or by the libraries that come with the package pygraphviz."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from autograd_lite.errors import RenderError

__all__ = ["ATTRIBUTES", "lay_out"]

ATTRIBUTES: Final = {"svg": (), "png": ("dpi=144",), "pdf": ()}
"""The formats of images, each with what the graph's attributes are set to for it."""

BUNDLED: Final = Path(__file__).with_name("bundled.py")

HOW_TO_GET_GRAPHVIZ: Final = (
    "install the Python package that brings it along, `pip install 'pygraphviz>=2'` (the extra "
    "autograd_lite[render]), or the program, `apt-get install graphviz`, `brew install graphviz` "
    "or `conda install graphviz`"
)


def lay_out(text: str, image_format: str, timeout: float = 60.0, engine: str = "dot") -> bytes:
    """Return the image that Graphviz makes of DOT text: "svg", "png" or "pdf"."""
    command = command_for(engine, image_format)
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=timeout, check=True
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"the layout took longer than {timeout:g} s; draw less with max_nodes=, or allow more "
            "with timeout="
        ) from None
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"") or str(error).encode()
        raise RenderError(f"`{engine}` failed: {reason.decode(errors='replace').strip()}") from None
    image: bytes = done.stdout
    return image


def command_for(engine: str, image_format: str) -> list[str]:
    """Return what turns DOT text into an image: Graphviz on PATH, else that of pygraphviz."""
    program = shutil.which(engine)
    attributes = ATTRIBUTES[image_format]
    if program is not None:
        return [program, f"-T{image_format}", *(f"-G{attribute}" for attribute in attributes)]
    if importlib.util.find_spec("pygraphviz") is not None:
        return [sys.executable, "-P", str(BUNDLED), engine, image_format, *attributes]
    raise RenderError(
        f"the Graphviz program `{engine}` was not found, nor the Python package pygraphviz; "
        f"{HOW_TO_GET_GRAPHVIZ}"
    )
