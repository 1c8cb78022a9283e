"""docs/reference/operations.md is what `make operations` writes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import ops
from autograd_lite.errors import GradientCheckError
from autograd_lite.primitive import Primitive

pytest.importorskip("scipy.special")

from docs import operations


@pytest.fixture(scope="module")
def written() -> str:
    return operations.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_generator_writes(written: str) -> None:
    """But for functions that this numpy or scipy does not have."""
    # Asked of a fresh process: tests and examples declare operations of their own in this one.
    code = "import sys; from docs import operations; sys.stdout.write(operations.quiet_page())"
    process = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=operations.PAGE.parents[2],
    )
    made = process.stdout
    missing = [line for line in made.splitlines() if line and line not in written]
    assert not [line for line in missing if line.startswith(("#", "|"))], "run `make operations`"
    gone = [line for line in written.splitlines() if line.startswith("| `np.") and line not in made]
    assert not [line for line in gone if exists(line.split("`")[1])], "run `make operations`"
    if np.lib.NumpyVersion(np.__version__) >= "2.4.0":
        assert made == written, "run `make operations`"


def exists(name: str) -> bool:
    *modules, function = name.removeprefix("np.").split(".")
    owner = np
    for module in modules:
        owner = getattr(owner, module)
    return hasattr(owner, function)


def test_rows(written: str) -> None:
    for row in (
        "| `np.tanh` | `x` |  | 1, 2 |  |  |",
        "| `np.sqrt` | `x` |  | 1, 2 | inf at 0 |  |",
        "| `np.where` | `branches` | `condition` | 1, 2 |  | `where` |",
        "| `np.outer` | `a`, `b` |  | 1, 2 |  | `multiply`, `reshape` |",
        "| `al.ops.cross_entropy` | `logits` | `labels` | 1, 2 |  |  |",
        "| `al.ops.special.polygamma` | `x` | no rule: `n` | 1, 2 |  |  |",
        "| `al.ops.relu` | `x` |  | 1, 2 | 0 at 0; passes to nan |  |",
    ):
        assert row in written
    assert "`np.argmax`" in written.split("## Without a derivative")[1]


def planted(rule: Any) -> list[operations.Trial]:
    operation = Primitive(np.exp, (rule,), "planted", variadic=False)
    return [operations.Trial(operation, [np.array([0.3, 0.7])], ["x"])]


def test_an_order_is_in_the_table_only_if_it_is_right() -> None:
    assert operations.orders_checked("f", planted(lambda g, out, x: g * out)) == "1, 2"
    noisy = lambda x: ops.astype(np.exp(ops.astype(x, dtype=np.float32)), dtype=float)  # noqa: E731
    assert operations.orders_checked("f", [operations.Trial(noisy, [np.array(0.3)], ["x"])]) == ""
    once = planted(lambda g, out, x: g * out.data if isinstance(out, al.Value) else g * out)
    for wrong in (once, planted(lambda g, out, x: -g * out)):
        with pytest.raises(GradientCheckError, match="wrong"):
            operations.orders_checked("f", wrong)
