"""The large graphs of the demo stay within the budget of nodes, in linear size."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd_lite import viz
from demos import large_graphs
from tests.viz.drawings import needs_dot, taken_apart


@pytest.mark.parametrize("name", large_graphs.GRAPHS)
def test_drawing_keeps_the_budget(name: str) -> None:
    picture = taken_apart(viz.draw_graph(large_graphs.GRAPHS[name](), variables={}))
    assert 10 < len(picture.texts) <= 300


def test_ladder_is_drawn_whole() -> None:
    picture = taken_apart(viz.draw_graph(large_graphs.ladder(), variables={}))
    assert (len(picture.texts), len(picture.edges)) == (37 + 36, 3 * 36)


@needs_dot
def test_demo_saves_the_drawings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(large_graphs.GRAPHS, "chain", lambda: large_graphs.chain(1000))
    large_graphs.main(tmp_path)
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(
        f"large_{name}" for name in large_graphs.GRAPHS
    )
    assert capsys.readouterr().out.count("DOT text in") == len(large_graphs.GRAPHS)
