"""The demo of gradient testing."""

import pytest

from autograd_lite.testing import laws
from demos import gradient_testing

LAWS_THAT_FIND = {
    "wrong sign": laws.numeric_agreement,
    "missing sum over a broadcast axis": laws.numeric_agreement,
    "wrong axis": laws.numeric_agreement,
    "forgotten conjugate": laws.agreement_for_complex_operands,
    "writes into its operand": laws.nothing_mutated,
}


@pytest.mark.parametrize("bug", gradient_testing.BUGS, ids=lambda bug: bug.name)
def test_each_bug_is_found(bug):
    law, message = gradient_testing.first_broken_law(bug)
    assert law is LAWS_THAT_FIND[bug.name]
    assert bug.operation.name in message


def test_the_right_rules_break_no_law():
    right = gradient_testing.declared(
        "damped",
        gradient_testing.damped,
        gradient_testing.damped_vjp_x,
        gradient_testing.damped_vjp_width,
    )
    laws.check_laws(right, [gradient_testing.X, gradient_testing.WIDTH])


def test_it_prints_the_smallest_program_and_saves_its_graph(tmp_path, capsys):
    pytest.importorskip("hypothesis")
    gradient_testing.main(tmp_path)
    text = capsys.readouterr().out
    assert all(f"{bug.name}: found by" in text for bug in gradient_testing.BUGS)
    source = text.split("a bug:\n")[1]
    assert "bent(" in source
    assert source.count("\n    v") <= 4
    assert any(path.name.startswith("gradient_testing.") for path in tmp_path.iterdir())
