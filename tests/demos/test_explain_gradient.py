"""The demo of explanations and of a hunt for a NaN."""

import numpy as np
import pytest

import autograd_lite as al
from demos import explain_gradient


def test_the_paths_through_the_network_are_all_of_its_gradient():
    out, x1 = explain_gradient.network_of_scalars()
    explanation = out.explain(x1, limit=100)
    assert explanation.path_count == len(explanation.paths) == explain_gradient.WIDTH**2
    out.backward()
    assert sum(path.contribution for path in explanation.paths) == pytest.approx(x1.grad)
    assert any(path.reason and "the unit is off" in path.reason for path in explanation.paths)


def test_the_nan_is_found_in_the_textbooks_loss():
    error = explain_gradient.hunt_for_a_nan()
    assert error.operation is al.ops.log
    assert error.index == (2,)
    assert "np.log(1.0 - p)" in str(error)
    assert np.isneginf(error.value.data[2])


def test_it_prints_both(tmp_path, capsys):
    explain_gradient.main(tmp_path)
    text = capsys.readouterr().out
    assert text.startswith("gradient of out with respect to x1: ")
    assert "log gave -inf at element (2,) of shape (3,)" in text
    assert "the loss is 13.4801" in text
    assert not list(tmp_path.iterdir())
