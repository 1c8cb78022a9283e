"""Saving and loading of states: nested dicts and lists of arrays, numbers and strings.

The suffix chooses the format. ``.npz`` is numpy's own, read and written without pickle, so that a
file can run no code. ``.safetensors`` is that of the package of this name. A flat dict of arrays,
such as a module's state_dict, becomes a plain file of either kind, and plain files of other
programs load as flat dicts. For everything else a description of the structure, in JSON, goes into
the file with the arrays.

A file is written next to its place and moved there when it is complete: whatever happens, the old
file is whole or the new one is.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import (
    ArgumentError,
    AutogradError,
    FileFormatError,
    MissingDependencyError,
)
from autograd_lite.value import Value

__all__ = ["load", "save"]

VERSION: Final = 1
PROGRAM: Final = "autograd_lite"
RESERVED: Final = frozenset({PROGRAM, "__metadata__"})  # the latter by safetensors
SAFE_NAME: Final = re.compile(r"[\w.\- ]{1,200}", re.ASCII)
MAX_DEPTH: Final = 100
DTYPES: Final = frozenset(
    [f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)]
    + ["bool", "float16", "float32", "float64"]
)

Arrays = dict[str, NDArray[Any]]


def save(path: str | os.PathLike[str], state: Any) -> None:
    """Write a state to a file, all of it or nothing.

    Parameters
    ----------
    path : path
        Where to: a name that ends in ``.npz`` or in ``.safetensors`` (which needs the extra
        ``io``). A file there is replaced.
    state : dict, list, tuple, array, number, str, bool or None
        Nested as deep as 100 levels; dict keys are strings, numbers, booleans or None. Arrays hold
        booleans, integers or floats of up to 64 bits.

    Raises
    ------
    ArgumentError
        If the suffix is another, or something in `state` cannot be saved; it says where.
    MissingDependencyError
        If safetensors is needed and not installed.
    OSError
        If the file cannot be written. Nothing is left behind then.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import autograd_lite as al
    >>> from autograd_lite.serialization import load, save
    >>> net = al.nn.Linear(2, 1, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(pathlib.Path(folder) / "net.npz", {"epoch": 3, "net": net.state_dict()})
    ...     state = load(pathlib.Path(folder) / "net.npz")
    >>> state["epoch"], state["net"]["weight"].shape
    (3, (1, 2))
    """
    path = Path(path)
    encode, _ = format_of(path)
    write_atomically(path, encode(state))


def load(path: str | os.PathLike[str]) -> Any:
    """Read a state from a file.

    Parameters
    ----------
    path : path
        What `save` wrote, or a plain ``.npz`` or ``.safetensors`` file of arrays.

    Returns
    -------
    dict, list, tuple, array, number, str, bool or None
        What was saved; a dict of arrays by name for a plain file. Arrays are fresh and writable.

    Raises
    ------
    ArgumentError
        If the suffix is neither ``.npz`` nor ``.safetensors``.
    FileNotFoundError
        If there is no file.
    FileFormatError
        If the file is cut short, damaged or something else.
    MissingDependencyError
        If safetensors is needed and not installed.

    Examples
    --------
    See `save`.
    """
    path = Path(path)
    _, decode = format_of(path)
    content = path.read_bytes()
    try:
        return decode(content)
    except (MissingDependencyError, MemoryError):
        raise
    except Exception as error:  # parsers raise anything on damaged files, KeyError to zlib.error
        reason = str(error)
        if not isinstance(error, AutogradError):
            reason = f"{type(error).__name__}: {reason}"
        raise FileFormatError(
            f"cannot read {path} ({len(content)} bytes) as a {path.suffix} file of arrays: "
            f"{reason}. It may be cut short, damaged or of another kind; save it again or restore "
            "a copy"
        ) from error


def format_of(path: Path) -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    """Return how to write and to read files of this suffix, or raise."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ArgumentError(
            f"{path} has the suffix {suffix!r}; states are saved as {' or '.join(FORMATS)}"
        )
    return FORMATS[suffix]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file next to its place, then move it there."""
    path = path.resolve()  # where a symbolic link leads to, so that the link stays
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


# The structure: a state becomes arrays by name and a description that JSON can hold


def flatten(state: Any) -> tuple[dict[str, Any], Arrays]:
    """Return a description of `state`, which JSON can hold, and its arrays by name."""
    arrays: Arrays = {}
    structure = describe(state, (), arrays)
    return {"program": PROGRAM, "version": VERSION, "state": structure}, arrays


def describe(state: Any, path: tuple[Any, ...], arrays: Arrays) -> Any:
    """Return the description of a part of a state, and put its arrays into `arrays`."""
    if len(path) > MAX_DEPTH:
        raise ArgumentError(
            f"a state is nested deeper than {MAX_DEPTH} levels, or contains itself, at "
            f"{place(path[:5])}..."
        )
    if isinstance(state, np.ndarray | np.generic):
        kind = "array" if isinstance(state, np.ndarray) else "scalar"
        return {kind: add_array(state, path, arrays)}
    if isinstance(state, dict):
        items = [
            [describe_key(key, path), describe(part, (*path, key), arrays)]
            for key, part in state.items()
        ]
        return {"dict": items}
    if isinstance(state, list | tuple):
        kind = "list" if isinstance(state, list) else "tuple"
        return {kind: [describe(part, (*path, i), arrays) for i, part in enumerate(state)]}
    return describe_plain(state, path)


def describe_plain(state: Any, path: tuple[Any, ...]) -> Any:
    """Return the description of a number, a string, a boolean or None, or raise."""
    if isinstance(state, float) and not np.isfinite(state):
        return {"float": repr(state)}  # JSON has no infinity
    if state is None or isinstance(state, bool | int | float | str):
        return state
    advice = "use arrays, numbers, strings, dicts and lists"
    if type(state) is Value:
        advice = "use its .data"
    elif hasattr(state, "state_dict"):
        advice = "use its state_dict()"
    elif hasattr(state, "__array__"):
        advice = "use numpy.asarray"
    raise ArgumentError(f"cannot save a {type(state).__name__} at {place(path)}: {advice}")


def describe_key(key: Any, path: tuple[Any, ...]) -> Any:
    """Return the description of a dict's key, or raise."""
    if isinstance(key, np.generic) or not (
        key is None or isinstance(key, bool | int | float | str)
    ):
        raise ArgumentError(
            f"cannot save the key {key!r} of the dict at {place(path)}: use strings or numbers"
        )
    return describe_plain(key, path)


def add_array(array: Any, path: tuple[Any, ...], arrays: Arrays) -> str:
    """Put an array into `arrays` under a name that says where it was, and return the name."""
    if array.dtype.name not in DTYPES:
        raise ArgumentError(
            f"cannot save an array of dtype {array.dtype} at {place(path)}: use numbers of up to "
            "64 bits, or booleans"
        )
    name = ".".join(map(str, path))
    if name in arrays or name in RESERVED or not SAFE_NAME.fullmatch(name):
        name = f"array {len(arrays)}"
        while name in arrays:
            name += "'"
    # safetensors writes the memory as it is: wrong for other byte orders and for strides. (Not
    # np.ascontiguousarray, which gives an array without axes one.)
    arrays[name] = np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")
    return name


def place(path: tuple[Any, ...]) -> str:
    """Return where in a state something is, for messages."""
    return "state" + "".join(f"[{key!r}]" for key in path)


def is_flat(state: Any, arrays: Arrays) -> bool:
    """Return whether the names of its arrays are all there is to say about a state."""
    return (
        isinstance(state, dict)
        and list(state) == list(arrays)
        and all(isinstance(part, np.ndarray) for part in state.values())
    )


def unflatten(description: dict[str, Any], arrays: Arrays) -> Any:
    """Return the state of a description and arrays, or raise if they do not belong together."""
    if description["version"] != VERSION:
        raise FileFormatError(
            f"it was written in version {description['version']} of the format, which a later "
            f"release reads; this one reads version {VERSION}"
        )
    remaining = dict(arrays)
    state = rebuild(description["state"], remaining)
    if remaining:
        raise FileFormatError(f"arrays that are not described: {', '.join(remaining)}")
    return state


def rebuild(described: Any, arrays: Arrays) -> Any:
    """Return the part of a state of a description; its arrays are taken out of `arrays`."""
    if not isinstance(described, dict):
        return described
    ((kind, content),) = described.items()
    if kind == "dict":
        return {rebuild(key, arrays): rebuild(part, arrays) for key, part in content}
    if kind in ("list", "tuple"):
        parts = [rebuild(part, arrays) for part in content]
        return parts if kind == "list" else tuple(parts)
    if kind == "float":
        return float(content)
    array = arrays.pop(content)
    return {"array": array, "scalar": array[()]}[kind]


# numpy's format: a zip file of .npy files


def to_npz(state: Any) -> bytes:
    """Return the content of an .npz file."""
    description, arrays = flatten(state)
    if not is_flat(state, arrays):
        arrays[PROGRAM] = np.frombuffer(json.dumps(description).encode(), np.uint8)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # np.savez takes no array called "file"
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            # A ZipInfo without a time: equal states make equal files.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getbuffer())
    return file.getvalue()


def from_npz(content: bytes) -> Any:
    """Return the state in an .npz file; zip's checksums find damage to an array."""
    arrays: Arrays = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        check_entry_count(content, len(names))
        for name in names:
            if not name.endswith(".npy"):
                raise FileFormatError(f"it contains {name}, which is not an array")
            member = io.BytesIO(archive.read(name))
            arrays[name.removesuffix(".npy")] = np.lib.format.read_array(member, allow_pickle=False)
    if PROGRAM not in arrays:
        return arrays
    description = json.loads(arrays.pop(PROGRAM).tobytes())
    return unflatten(description, arrays)


def check_entry_count(content: bytes, count: int) -> None:
    """Raise unless a zip file has as many entries as its last record says.

    A changed length in its directory would make zipfile pass over entries in silence.
    """
    record = content[content.rfind(b"PK\5\6") :]
    expected = int.from_bytes(record[10:12], "little")
    if expected not in (count, 0xFFFF):  # the latter: more than a zip of the old kind can count
        raise FileFormatError(f"its directory lists {count} entries of {expected}")


# safetensors


def to_safetensors(state: Any) -> bytes:
    """Return the content of a .safetensors file."""
    safetensors = import_safetensors()
    description, arrays = flatten(state)
    signed = {"sha256": checksum(description, arrays), **description}
    # One entry: safetensors writes several in an order that changes from run to run.
    content: bytes = safetensors.save(arrays, metadata={PROGRAM: json.dumps(signed)})
    return content


def from_safetensors(content: bytes) -> Any:
    """Return the state in a .safetensors file; our own checksum finds damage."""
    safetensors = import_safetensors()
    arrays = {name: np.array(array) for name, array in safetensors.load(content).items()}
    header_size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + header_size]).get("__metadata__", {})
    if PROGRAM not in str(metadata):  # its key and its content: damage leaves one
        return arrays
    description = json.loads(metadata[PROGRAM])
    if description.pop("sha256") != checksum(description, arrays):
        raise FileFormatError("its content does not match its checksum")
    return unflatten(description, arrays)


def checksum(description: dict[str, Any], arrays: Arrays) -> str:
    """Return a digest of all that a file says."""
    digest = hashlib.sha256(json.dumps(description).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()


def import_safetensors() -> Any:
    """Return safetensors.numpy, or raise."""
    try:
        import safetensors.numpy
    except ImportError as error:
        raise MissingDependencyError(
            "files of the kind .safetensors need the package safetensors: pip install "
            "'autograd_lite[io]', or save as .npz, which needs nothing"
        ) from error
    return safetensors.numpy


FORMATS: Final[dict[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]]] = {
    ".npz": (to_npz, from_npz),
    ".safetensors": (to_safetensors, from_safetensors),
}
