"""Measure, print the tables, and save them: `python -m benchmarks`, or `make bench`.

python -m benchmarks                    all sections, into build/bench/
python -m benchmarks steps memory       some of them
python -m benchmarks --write-docs       and write the page of the docs
python -m benchmarks --from FILE        print (and write) what was measured before
"""

from benchmarks import threads  # noqa: F401  isort: skip  (before numpy)

import argparse
import json
import time
from pathlib import Path
from typing import Any

from benchmarks import (
    article,
    bars,
    compile_time,
    derivative_cost,
    imports,
    machine,
    memory,
    page,
    plot,
    scalar_graph,
    steps,
)

SECTIONS: dict[str, Any] = {
    "steps": steps,
    "article": article,
    "compile_time": compile_time,
    "scalar_graph": scalar_graph,
    "derivatives": derivative_cost,
    "memory": memory,
    "imports": imports,
}
DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "explanation" / "performance.md"


def measure(names: list[str]) -> dict[str, Any]:
    """Measure sections, and print each when it is done."""
    results: dict[str, Any] = {"machine": machine.describe()}
    print(machine.text(results["machine"]), flush=True)
    for name in names:
        start = time.perf_counter()
        results[name] = SECTIONS[name].measure()
        print(f"\n=== {name}, measured in {time.perf_counter() - start:.0f} s", flush=True)
        print_section(name, results)
    return results


def print_section(name: str, results: dict[str, Any]) -> None:
    """Print the tables of a section."""
    for table in SECTIONS[name].tables(results[name]):
        print(f"\n{table.text()}", flush=True)


def save(results: dict[str, Any], out: Path) -> None:
    """Save the results as JSON, and the figure where matplotlib is installed."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\n{out / 'results.json'}")
    try:
        plot.save(results, out / "performance.png")
    except ImportError:
        print("no figure: matplotlib is not installed")


def write_docs(results: dict[str, Any]) -> None:
    """Write the page of the docs, its figure, and the results beside it."""
    plot.save(results, DOCS / "images" / "performance.png")
    PAGE.write_text(page.write(results, SECTIONS, "../images/performance.png"), encoding="utf-8")
    text = json.dumps(results, indent=1) + "\n"
    PAGE.with_suffix(".json").write_text(text, encoding="utf-8")
    print(PAGE)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], metavar="SECTION")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="where to save")
    parser.add_argument("--from", dest="source", type=Path, help="results of an earlier run")
    parser.add_argument("--write-docs", action="store_true", help="write the page of the docs")
    options = parser.parse_args(arguments)
    if options.source:
        results = json.loads(options.source.read_text(encoding="utf-8"))
        print(machine.text(results["machine"]))
        for name in filter(results.__contains__, SECTIONS):
            print_section(name, results)
    else:
        results = measure(options.sections or list(SECTIONS))
        save(results, options.out)
    print(f"\n{bars.table(results).text()}")
    if options.write_docs:
        write_docs(results)


if __name__ == "__main__":
    main()
