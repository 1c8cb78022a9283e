"""One hidden layer: the error falls with the number of neurons."""

import numpy as np
import pytest

from demos import universal_approximation
from demos.universal_approximation import WIDTHS, constructed, outputs, target, trained


def test_constructed_network_is_the_polygon():
    x = np.linspace(-1, 1, 101)[:, None]
    knots = np.linspace(-1, 1, 9)
    fit = constructed(8)
    np.testing.assert_allclose(
        outputs(fit.network, x)[:, 0], np.interp(x[:, 0], knots, target(knots)), atol=1e-12
    )
    assert fit.width == 8


def test_error_of_the_polygon_falls_as_the_square():
    errors = {width: constructed(width).error for width in WIDTHS}
    assert errors[256] == pytest.approx(2.0e-4, rel=0.05)
    for width in (32, 64, 128):
        assert errors[width] / errors[2 * width] == pytest.approx(4, rel=0.03)


def test_training_comes_nearer_with_more_neurons():
    errors = [trained(width, seed=0, steps=800).error for width in (1, 4, 16, 64)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.1
    assert trained(4, seed=0, steps=20).error == trained(4, seed=0, steps=20).error


def test_main_saves_the_figure(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(universal_approximation, "STEPS", 30)
    universal_approximation.main(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"universal_approximation.png", "universal_approximation.svg"}
    assert "0.00020" in capsys.readouterr().out
