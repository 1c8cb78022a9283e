"""Names of a package that are loaded when they are first used, since loading takes time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["late_names"]


def late_names(
    package: str, places: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a package's `__getattr__` and `__dir__`, which Python asks for what is not there yet.

    Parameters
    ----------
    package : str
        Its `__name__`.
    places : mapping of str to str
        For each name the module of the package that has it; a name that is its own place is that
        module itself.
    """
    namespace = vars(sys.modules[package])

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{places[name]}")
        namespace[name] = thing = module if name == places[name] else getattr(module, name)
        return thing

    def names() -> list[str]:
        return sorted({*namespace, *places})

    return get, names
