"""Drawings against DOT files that were looked at as pictures.

After a change that is meant to alter them, write them anew and look at the difference and at the
pictures::

    REGENERATE_GOLDEN=1 python -m pytest tests/viz/test_golden.py
    git diff tests/viz/golden
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.viz.drawings import PROGRAMS

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]

IN_ANOTHER_PROCESS = """
import sys
from tests.viz.drawings import PROGRAMS
sys.stdout.reconfigure(encoding="utf-8")
print("".join(draw().source for draw in PROGRAMS.values()), end="")
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_drawing_equals_its_golden_file(name: str) -> None:
    path = GOLDEN / f"{name}.dot"
    source = PROGRAMS[name]().source
    if os.environ.get("REGENERATE_GOLDEN"):
        path.write_text(source, encoding="utf-8")
    assert source == path.read_text(encoding="utf-8")


def test_every_golden_file_has_a_program() -> None:
    assert {path.stem for path in GOLDEN.glob("*.dot")} == set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_program_gives_the_same_text_again(name: str) -> None:
    assert PROGRAMS[name]().source == PROGRAMS[name]().source


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_text_is_the_same_in_any_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    expected = "".join(draw().source for draw in PROGRAMS.values())
    assert done.stdout.decode() == expected
