"""numba: source of loops as machine code, kept on disk for the next process.

numba finds machine code again by the file of its source. So the source goes into a file whose name
is a digest of it, in a folder for such files: the environment variable ``AUTOGRAD_LITE_CACHE``, or
``autograd_lite`` in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograd_lite.compiler.program import Variable
from autograd_lite.compiler.source import Source
from autograd_lite.errors import MissingDependencyError

__all__ = ["cache_folder", "function_of"]

HEADER = """\
import numba
import numpy as np

"""


def import_numba() -> Any:
    """Return numba, or raise."""
    try:
        import numba
        import scipy  # noqa: F401  (numba's np.dot takes BLAS from it)
    except ImportError as error:
        raise MissingDependencyError(
            "backend='numba' needs numba and scipy; install them with pip install "
            "'autograd_lite[jit]', or use backend='numpy'"
        ) from error
    return numba


def cache_folder() -> Path:
    """Return the folder for sources and machine code."""
    chosen = os.environ.get("AUTOGRAD_LITE_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "autograd_lite"


def function_of(printed: Source, arguments: Sequence[Any]) -> Callable[..., Any]:
    """Return the function of a source as machine code for arguments of these types."""
    numba = import_numba()
    signature = ", ".join(type_text(argument) for argument in arguments)
    text = (
        f"{HEADER}\n"
        f'@numba.njit("({signature},)", cache=CACHE, error_model="numpy", nogil=True)\n'
        f"{printed.text}"
    )
    module = imported(text, numba.__version__)
    return getattr(module, printed.name)  # type: ignore[no-any-return]


def type_text(argument: Any) -> str:
    """Return numba's name for the type of an argument: arrays lie in one piece, in C order."""
    if isinstance(argument, Variable) and argument.weak:
        return "float64"
    name = "boolean" if argument.dtype.kind == "b" else argument.dtype.name
    if not argument.shape:
        return name
    colons = ", ".join([":"] * (len(argument.shape) - 1) + ["::1"])
    return f"{name}[{colons}]"


def imported(text: str, version: str) -> ModuleType:
    """Return the module of a source, from its file, which is written if it is not there."""
    digest = hashlib.sha256(f"{version} {np.__version__} {text}".encode()).hexdigest()[:24]
    name = f"autograd_lite_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    try:
        write_once(path, text.replace("cache=CACHE", "cache=True"))
    except OSError:  # no place to write to: nothing is kept
        module = ModuleType(name)
        exec(compile(text.replace("cache=CACHE", "cache=False"), name, "exec"), vars(module))
        sys.modules[name] = module
        return module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # numba imports it by name when it loads machine code
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def write_once(path: Path, text: str) -> None:
    """Write a file unless it is there; another process may be writing it, too."""
    if path.exists():  # a new time stamp would make numba compile again
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(temporary).replace(path)
