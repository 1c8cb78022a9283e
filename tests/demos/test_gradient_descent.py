"""Part A: where each learning rate gets to."""

import numpy as np
import pytest

from demos import gradient_descent
from demos.gradient_descent import descend, factor, steps_until_close


@pytest.mark.parametrize(("rate", "final"), [(0.05, "2.8092"), (0.30, "3.0000"), (0.95, "2.8092")])
def test_final_positions_are_the_articles(rate, final):
    positions = descend(rate)
    assert len(positions) == 31
    assert positions[0] == -1.5
    assert f"{positions[-1]:.4f}" == final


@pytest.mark.parametrize("rate", [0.05, 0.30, 0.95, 1.05])
def test_each_step_multiplies_the_distance_by_one_minus_two_rates(rate):
    expected = 3 - 4.5 * (1 - 2 * rate) ** np.arange(31)
    np.testing.assert_allclose(descend(rate), expected, rtol=1e-9)
    assert factor(descend(rate)) == pytest.approx(1 - 2 * rate)


def test_the_middle_rate_converges_in_about_ten_steps_and_the_others_do_not():
    assert steps_until_close(descend(0.30)) == 10
    assert steps_until_close(descend(0.05)) is None
    assert steps_until_close(descend(0.95)) is None


def test_too_large_a_step_jumps_over_the_minimum_each_time():
    sides = np.sign(np.subtract(descend(0.95), 3))
    assert (sides[1:] == -sides[:-1]).all()


def test_the_figure_and_the_numbers(tmp_path, capsys):
    gradient_descent.main(tmp_path)
    text = capsys.readouterr().out
    assert text.count("2.8092") == 2
    assert "3.0000" in text
    assert "-75.5223" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "gradient_descent.png",
        "gradient_descent.svg",
    }
