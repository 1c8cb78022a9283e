"""How a demo is run by itself: `python -m demos.NAME [--out FOLDER]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

FIGURES = Path("figures")


def run(main: Callable[[Path], None], description: str | None) -> None:
    """Parse the command line of one demo and run its `main` with the folder for its figures."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    add_out_option(parser)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    main(options.out)


def add_out_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the folder for figures."""
    parser.add_argument(
        "--out", type=Path, default=FIGURES, help="folder for the figures (default: %(default)s)"
    )
