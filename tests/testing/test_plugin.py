"""The pytest plugin, in sessions of its own: options, fixture, counts, and what it costs."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite.errors import GradientCheckError
from autograd_lite.primitive import Primitive
from autograd_lite.testing.runs import PROFILES, Run, load_hypothesis_profile
from autograd_lite.testing.verdicts import Verdict

ROOT = Path(__file__).parents[2]
OUTSIDE = ROOT / "tests" / "outside"


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process that finds the package as if it were installed."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    info = tmp_path / "site" / "autograd_lite-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: autograd_lite\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "[pytest11]" + config["options.entry_points"]["pytest11"] + "\n"
    )
    paths = [str(info.parent), str(ROOT)]
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTEST_ADDOPTS", "CI")}
    return environment | {"PYTHONPATH": os.pathsep.join(paths)}


def run_pytest(
    environment: dict[str, str], directory: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


def write_tests(directory: Path, text: str) -> Path:
    (directory / "pytest.ini").write_text("[pytest]\n")
    (directory / "test_it.py").write_text(text)
    return directory


FIXTURE = """
import numpy as np
import autograd_lite as al
from autograd_lite.primitive import Primitive

def test_right(check_grads):
    report = check_grads(np.tanh, [np.array([0.3, 1.0])])
    assert report.verdict == "right"

def test_kink(check_grads):
    check_grads(np.abs, [0.0])

def test_wrong(check_grads):
    check_grads(Primitive(np.exp, (lambda g, out, x: -g * out,), "planted", False), [1.0])

def test_noise(check_grads):
    check_grads(np.log, [-1.0], order=1, rng=3)
"""


def test_a_package_outside_tests_its_operation(installed: dict[str, str]) -> None:
    """The plugin comes by its entry point; there is no conftest."""
    installed["PYTHONPATH"] += os.pathsep + str(OUTSIDE)
    result = run_pytest(installed, OUTSIDE, "--gradcheck-seed=7")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "\ncheck_grads: 1 right, 0 not differentiable here" in result.stdout
    assert "\nlaws: " in result.stdout
    assert " 0 broken\nprofile dev, --gradcheck-seed=7\n" in result.stdout


def test_the_fixture_counts_verdicts(installed: dict[str, str], tmp_path: Path) -> None:
    result = run_pytest(installed, write_tests(tmp_path, FIXTURE))
    assert "2 failed, 2 passed" in result.stdout
    assert "gradient checks ===" in result.stdout
    assert (
        "\ncheck_grads: 1 right, 1 not differentiable here, 1 inconclusive, 1 wrong\n"
        "profile dev, --gradcheck-seed=0\n"
    ) in result.stdout
    assert "found with --gradcheck-seed=0" in result.stdout
    assert "got = -expected: a wrong sign" in result.stdout


def test_a_profile_repeats_with_other_seeds(installed: dict[str, str], tmp_path: Path) -> None:
    directory = write_tests(tmp_path, FIXTURE)
    result = run_pytest(
        installed, directory, "-k", "right or kink", "--gradcheck-profile=ci", "--gradcheck-seed=5"
    )
    assert "\ncheck_grads: 3 right, 3 not differentiable here" in result.stdout
    assert "\nprofile ci, --gradcheck-seed=5\n" in result.stdout


def test_a_broken_law_is_counted_and_says_how_to_see_it_again(
    installed: dict[str, str], tmp_path: Path
) -> None:
    text = """
import numpy as np
from autograd_lite.primitive import Primitive
from autograd_lite.testing import gradient_laws, laws

planted = Primitive(np.exp, (lambda g, out, x: g * g * out,), "planted", False)
test_planted = gradient_laws(planted, [[0.5, 1.0]], laws=[laws.linearity_in_the_cotangent])
"""
    result = run_pytest(installed, write_tests(tmp_path, text), "--gradcheck-seed=3")
    assert "test_it.py::test_planted[linearity_in_the_cotangent]" in result.stdout
    assert "found by linearity_in_the_cotangent, --gradcheck-seed=3" in result.stdout
    assert "1 broken" in result.stdout


@pytest.mark.parametrize("arguments", [(), ("--gradcheck-seed=1",)])
def test_what_nobody_asks_for_costs_nothing(
    installed: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    text = """
import sys

def test_modules():
    heavy = ["numpy", "autograd_lite", "scipy"]
    assert [name for name in heavy if name in sys.modules] == []
    assert "pytest_autograd_lite" in sys.modules
"""
    # The plugins of others may import numpy.
    others = ("-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:pytest_cov")
    directory = write_tests(tmp_path, text)
    result = run_pytest(installed, directory, *others, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "gradient checks" not in result.stdout


def test_a_profile_is_one_of_hypothesis_too(installed: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("hypothesis")
    text = """
from hypothesis import settings

def test_examples():
    assert settings().max_examples == {examples}
"""
    directory = write_tests(tmp_path, text.format(examples=PROFILES["thorough"].examples))
    assert run_pytest(installed, directory, "--gradcheck-profile=thorough").returncode == 0
    directory = write_tests(tmp_path, text.format(examples=100))
    assert run_pytest(installed, directory).returncode == 0
    both = ("--gradcheck-profile=dev", "--hypothesis-profile=default")
    assert run_pytest(installed, directory, *both).returncode == 0


def test_an_unknown_profile_is_refused(installed: dict[str, str], tmp_path: Path) -> None:
    result = run_pytest(installed, tmp_path, "--gradcheck-profile=fast")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "invalid choice: 'fast'" in result.stderr


# In this process, where coverage sees it


def test_a_run_without_checks_has_nothing_to_report() -> None:
    assert Run().lines() == []
    assert list(Run("ci", 4).seeds()) == [4, 5, 6]


def test_the_fixture_of_this_session(check_grads: Any) -> None:
    before = check_grads.run.verdicts[Verdict.RIGHT]
    assert check_grads(lambda x: x**2, [3.0]).verdict is Verdict.RIGHT
    assert check_grads.run.verdicts[Verdict.RIGHT] == before + len(check_grads.run.seeds())


def test_a_failing_check_is_counted_with_a_note(check_grads: Any) -> None:
    checker = type(check_grads)(Run("ci", 2))
    planted = Primitive(np.exp, (lambda g, out, x: -g * out,), "planted", variadic=False)
    with pytest.raises(GradientCheckError) as caught:
        checker(planted, [1.0])
    assert caught.value.__notes__ == ["found with --gradcheck-seed=2"]
    assert checker(np.abs, [0.0], rng=5).verdict is Verdict.NOT_DIFFERENTIABLE
    assert checker.run.lines() == [
        "check_grads: 0 right, 1 not differentiable here, 0 inconclusive, 1 wrong",
        "profile ci, --gradcheck-seed=2",
    ]


def test_the_thorough_profile_looks_at_each_element(check_grads: Any) -> None:
    """A tiny element's gradient is lost in the sum; by itself it is not."""
    planted = Primitive(
        np.square, (lambda g, out, x: np.where(x < 1e-6, -2, 2) * g * x,), "planted", variadic=False
    )
    x = np.array([1e-12, 1.0])
    type(check_grads)(Run("dev"))(planted, [x])
    with pytest.raises(GradientCheckError, match=r"operand 0\[0\] = 1e-12: wrong"):
        type(check_grads)(Run("thorough"))(planted, [x])


def test_hypothesis_gets_the_profile() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    before = hypothesis.settings.get_current_profile_name()
    try:
        load_hypothesis_profile("ci")
        assert hypothesis.settings().max_examples == PROFILES["ci"].examples
        assert hypothesis.settings().derandomize
    finally:
        hypothesis.settings.load_profile(before)


def test_without_hypothesis_there_is_no_profile_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_lite.testing.runs.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    load_hypothesis_profile("ci")
