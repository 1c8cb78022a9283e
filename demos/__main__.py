"""List the demos, or run them: `python -m demos`, `python -m demos all --out figures/`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import time
from types import ModuleType

import demos
from demos.command_line import add_out_option


def find_demos() -> dict[str, ModuleType]:
    """Return the demos by name: the modules here that have a `main`."""
    names = [info.name for info in pkgutil.iter_modules(demos.__path__) if info.name != "__main__"]
    modules = {name: importlib.import_module(f"demos.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def first_line(module: ModuleType) -> str:
    """Return what a demo shows: the first line of its docstring."""
    return (module.__doc__ or "").split("\n")[0]


def main() -> None:
    """Run the demos named on the command line, all of them, or list them."""
    available = find_demos()
    parser = argparse.ArgumentParser(prog="python -m demos", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*available, "all", []], metavar="NAME")
    add_out_option(parser)
    options = parser.parse_args()
    if not options.names:
        width = max(map(len, available))
        print("\n".join(f"{name:<{width}}  {first_line(m)}" for name, m in available.items()))
        print("\nRun one with `python -m demos.NAME`, or all with `python -m demos all`.")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    names = list(available) if "all" in options.names else options.names
    start = time.perf_counter()
    for name in names:
        print(f"\n=== {name}: {first_line(available[name])}\n")
        available[name].main(options.out)
    print(f"\n{len(names)} demos in {time.perf_counter() - start:.0f} s; figures in {options.out}/")


if __name__ == "__main__":
    main()
