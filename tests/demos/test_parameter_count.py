"""1,185 parameters, and where 1,121 comes from."""

import pytest

import autograd_lite as al
from demos import parameter_count
from demos.parameter_count import counts, without_hidden_biases


def test_by_hand():
    assert [layer.total for layer in counts()] == [2 * 32 + 32, 32 * 32 + 32, 32 + 1]
    assert without_hidden_biases() == parameter_count.ARTICLE == 1121


@pytest.mark.parametrize("sizes", [(2, 32, 32, 1), (5, 3), (1, 7, 2, 4, 3)])
def test_count_by_hand_is_the_summary(sizes):
    rows = [row for row in al.nn.MLP(sizes).summary().rows if row.total]
    assert [(row.weights, row.biases, row.total) for row in rows] == [
        (layer.weights, layer.biases, layer.total) for layer in counts(sizes)
    ]


def test_main_prints_both_numbers(tmp_path, capsys):
    parameter_count.main(tmp_path)
    printed = capsys.readouterr().out
    assert "2 × 32 + 32 =    96" in printed
    assert printed.count("1,185") == 3
    assert "64 + 1024 + 32 + 1 = 1,121" in printed
    assert list(tmp_path.iterdir()) == []
