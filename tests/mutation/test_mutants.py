"""The mutants are what they are said to be, and take the place of what is loaded."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("cosmic_ray", reason="the extra `mutation`")

from tests.mutation.mutants import Installer, Mutant, mutants_of
from tests.mutation.survivors import PAGE, Survivors

SOURCE = '''
from __future__ import annotations

import functools

import numpy as np

HALF = 0.5
NAMES = "a" + "b"


def slope(g, x: int | None, *, times: int = 2):
    """Not 2 * x: a docstring."""
    power: int = times
    return -g * x**power


RULES = [lambda g, x: g + x, lambda g, x: g - HALF]


@functools.lru_cache
def turned(x, y):
    return np.sin(x) @ np.conj(y)
'''


def loaded(tmp_path: Path) -> tuple[Any, Path]:
    path = tmp_path / "rules.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("autograd_lite_rules", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, path


def mutant_with(path: Path, text: str) -> Mutant:
    return next(mutant for mutant in mutants_of(path) if text in mutant.after)


def test_every_operator_constant_and_sign_is_changed_once(tmp_path: Path) -> None:
    _, path = loaded(tmp_path)
    mutants = mutants_of(path)
    after = {"".join(mutant.after.split()) for mutant in mutants}
    assert after == {
        "HALF=1.5",
        "HALF=-0.5",
        'NAMES="a"-"b"',
        "defslope(g,x:int|None,*,times:int=3):",
        "defslope(g,x:int|None,*,times:int=1):",
        "returng*x**power",
        "return-g/x**power",
        "return-g+x**power",
        "return-g*x*power",
        "RULES=[lambdag,x:g-x,lambdag,x:g-HALF]",
        "RULES=[lambdag,x:g+x,lambdag,x:g+HALF]",
        "returnnp.sin(x)*np.conj(y)",
        "returnnp.sin(x)@(y)",
    }
    assert len(mutants) == len(after)
    assert [m.name for m in mutants[3:]] == ["slope"] * 6 + ["lambda"] * 2 + ["turned"] * 2
    assert str(mutants[0]).startswith("rules.py:8 constant\n  - HALF = 0.5\n  + HALF")


def test_a_mutant_takes_the_place_of_a_function_wherever_it_is_held(tmp_path: Path) -> None:
    module, path = loaded(tmp_path)
    held, (first, second) = module.slope, module.RULES
    installer = Installer(path, module)
    assert (held(1.0, 3.0), first(1, 2)) == (-9.0, 3)
    for text, values in {
        "times: int = 3": (-27.0, 3),
        "-g / x": (-1 / 9, 3),
        "g - x": (-9.0, -1),
    }.items():
        mutant = mutant_with(path, text)
        installer.install(mutant)
        assert (held(1.0, 3.0), first(1, 2), second(1, 2)) == (*values, 0.5)
        installer.install(mutant, changed=False)
        assert (held(1.0, 3.0), first(1, 2)) == (-9.0, 3)


def test_a_probe_notes_which_functions_are_called(tmp_path: Path) -> None:
    module, path = loaded(tmp_path)
    called: list[Any] = []
    Installer(path, module).probe(called.append)
    assert (module.RULES[1](1, 2), module.slope(1.0, 3.0), module.RULES[0](1, 2)) == (0.5, -9.0, 3)
    assert called == [mutant_with(path, text).place for text in ("g + HALF", "-g / x", "g - x")]


def test_a_decorated_function_is_changed_inside(tmp_path: Path) -> None:
    """Python compiles calls of imported modules in another way where it sees the import."""
    module, path = loaded(tmp_path)
    Installer(path, module).install(mutant_with(path, "np.sin(x) *"))
    assert module.turned(0.5, 2.0) == np.sin(0.5) * 2


def test_a_constant_is_changed_in_every_module_that_imported_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, path = loaded(tmp_path)
    other = ModuleType("autograd_lite_others")
    other.HALF = module.HALF  # type: ignore[attr-defined]
    for loaded_module in (module, other):
        monkeypatch.setitem(sys.modules, loaded_module.__name__, loaded_module)
    Installer(path, module).install(mutant_with(path, "1.5"))
    assert (module.RULES[1](1, 2), other.HALF) == (-0.5, 1.5)


def test_a_constant_that_cannot_be_computed_is_no_module(tmp_path: Path) -> None:
    module, path = loaded(tmp_path)
    installer = Installer(path, module)
    assert not installer.takes(mutant_with(path, "NAMES"))
    assert installer.takes(mutant_with(path, "1.5"))
    assert module.RULES[1](1, 2) == 0.5


def test_what_is_explained_is_a_line_of_a_file_or_a_part_of_any_line() -> None:
    page = Survivors(
        "## Anywhere\n- strict=True\n+ strict=False\n## a.py\nSame.\n- x + 1\n+ x + 2\n+ x + 0\n"
    )
    assert page.explain("a.py", "x + 1", "x +  0")
    assert page.explain("b.py", "zip(x, strict=True)", "zip(x, strict=False)")
    assert not page.explain("b.py", "x + 1", "x + 0")
    assert not page.explain("a.py", "x + 1", "x - 1")
    assert not page.explain("a.py", "zip(x, strict=True)", "zip(y, strict=False)")
    assert page.not_met({"a.py"}) == [("a.py", "x+1", "x+2")]
    assert page.not_met({"b.py"}) == []
    assert Survivors(PAGE.read_text()).lines
