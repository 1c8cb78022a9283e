"""The film of the training on the two islands."""

import numpy as np
import pytest

import autograd_lite as al
from demos import training_film
from demos.island_data import prepared
from tests.viz.test_page import data_of


@pytest.fixture(scope="module")
def film():
    return training_film.filmed_training(epochs=80, every=10)


def test_the_boundary_closes_in_on_the_islands(film):
    first, last = film.frames[0], film.frames[-1]
    assert [frame.epoch for frame in film.frames] == list(range(0, 81, 10))
    assert last.loss < 0.35 < 0.6 < first.loss
    share_of_signal = [np.mean(frame.boundary > 0.5) for frame in (first, last)]
    assert share_of_signal[1] < 0.3
    islands = prepared().scaler.transform([[11.0, 28.0], [13.0, 50.0]])
    assert (film.probability(islands) > 0.5).all()
    assert film.probability(prepared().scaler.transform([[5.0, 60.0]]))[0] < 0.1


def test_the_figure_and_the_page_are_written(film, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(training_film, "filmed_training", lambda: film)
    training_film.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "training_film.html",
        "training_film.png",
        "training_film.svg",
    }
    assert "dead units" in capsys.readouterr().out
    assert data_of(al.viz.explore_training(film))["titles"] == ["SNR", "chirp mass [M☉]"]
