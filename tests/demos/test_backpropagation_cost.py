"""What a gradient costs: counted, and compared with perturbing each parameter."""

import numpy as np
import pytest

import autograd_lite as al
from demos import backpropagation_cost
from demos.backpropagation_cost import (
    backpropagated,
    count_rule_calls,
    doublings,
    measure,
    multiplications,
    perturbed,
    problem,
    recorded,
)


def test_both_ways_give_the_same_gradient_of_all_1185_parameters():
    task = problem()
    gradient, approximation = backpropagated(task), perturbed(task)
    assert gradient.shape == approximation.shape == (1185,)
    assert np.abs(gradient).max() > 1
    np.testing.assert_allclose(approximation, gradient, rtol=0, atol=1e-6)


def test_perturbing_leaves_the_parameters_as_they_were():
    task = problem(width=4)
    before = task.network.state_dict()
    perturbed(task)
    after = task.network.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_perturbing_takes_one_forward_pass_for_each_parameter_and_one_more(monkeypatch):
    task = problem(width=4)
    calls = []
    original = type(task).loss
    monkeypatch.setattr(type(task), "loss", lambda self: calls.append(1) or original(self))
    perturbed(task)
    assert len(calls) == 37 + 1


def test_perturbing_some_gives_the_first_of_all():
    task = problem(width=4)
    np.testing.assert_array_equal(perturbed(task, most=11), perturbed(task)[:11])


def test_one_rule_runs_for_each_operand_with_a_gradient():
    # Three linear layers: weight and bias, and (but in the first) their input; two relu; one loss.
    assert count_rule_calls(problem().loss()) == (6, 2 + 3 + 3 + 2 + 1)


@pytest.mark.parametrize("times", [1, 5, 50])
def test_the_rules_run_once_however_many_paths_lead_back(times):
    root = doublings(times)
    assert root.item() == 2.0**times
    assert count_rule_calls(root) == (times, 2 * times)


def test_counting_puts_the_rules_back():
    root = doublings(2)
    rules = root.operation.rules
    count_rule_calls(root)
    assert root.operation.rules is rules


def test_recorded_leaves_out_the_leaves_and_counts_shared_results_once():
    x = al.Value(2.0)
    y = x * x
    z = y + y
    assert set(recorded(z)) == {y, z}


def test_a_backward_pass_multiplies_about_twice_as_much_as_a_forward_pass():
    assert multiplications((2, 32, 32, 1)) == (64 + 1024 + 32, 2 * (64 + 1024 + 32) - 64)


def test_backpropagation_is_much_cheaper_than_perturbing():
    cost = measure(16)
    assert cost.parameters == 337
    assert cost.measured
    assert 1 < cost.passes < 20  # about 3; the machine may be busy
    assert cost.passes_perturbing > 5 * cost.passes


def test_a_part_of_the_parameters_is_scaled_up():
    cost = measure(16, most=100)
    assert not cost.measured
    assert 50 < cost.passes_perturbing < 3000  # about 337


def test_the_figure_and_the_numbers(tmp_path, capsys):
    backpropagation_cost.main(tmp_path, widths=(4, 32))
    text = capsys.readouterr().out
    assert "1,185" in text
    assert "rules run by backward: 11" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "backpropagation_cost.png",
        "backpropagation_cost.svg",
    }
