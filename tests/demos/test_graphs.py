"""The demo of graph drawings."""

import shutil

import pytest

from autograd_lite.errors import RenderError
from demos import graphs

NAMES = {"neuron", "micrograd_example", "network_loss"}


def fail_to_render(drawing, path):
    path.with_suffix(".dot").write_text(drawing.source)
    raise RenderError("no dot program")


def test_micrograds_numbers_are_in_its_drawing():
    source = graphs.micrograd_example().source
    for number in ("24.7", "138.8", "645.6"):
        assert number in source


def test_without_graphviz_it_says_so_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(graphs.viz, "save", fail_to_render)
    graphs.main(tmp_path)
    assert capsys.readouterr().out.count("no dot program") == 3
    assert {path.name for path in tmp_path.iterdir()} == {f"graph_{name}.dot" for name in NAMES}


@pytest.mark.skipif(not shutil.which("dot"), reason="needs the dot program of Graphviz")
def test_it_saves_three_pictures(tmp_path):
    graphs.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"graph_{name}.svg" for name in NAMES}
