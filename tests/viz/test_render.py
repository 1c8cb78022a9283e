"""Writing drawings to files: formats, with Graphviz from a system or a Python package, or none."""

from __future__ import annotations

import importlib.util
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import autograd_lite as al
from autograd_lite import viz
from autograd_lite.errors import ArgumentError, RenderError
from demos import graphs
from tests.viz.drawings import PROGRAMS, needs_dot, square


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing here"))


@pytest.fixture
def no_graphviz(no_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


needs_pygraphviz = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None, reason="no package pygraphviz here"
)


def fake_dot(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Put a program named dot on PATH in place of Graphviz."""
    folder.mkdir()
    program = folder / "dot"
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def words_of(path: Path) -> str:
    return " ".join(ElementTree.parse(path).getroot().itertext())


# Formats


@needs_dot
@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")]
)
def test_suffix_says_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = viz.save(square(), tmp_path / "new folder" / f"square{suffix}")
    assert path == tmp_path / "new folder" / f"square{suffix}"
    assert path.read_bytes().startswith(start)


@needs_pygraphviz
@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")]
)
def test_python_package_draws_without_a_program(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = viz.save(square(), tmp_path / f"square{suffix}")
    assert path.read_bytes().startswith(start)


@needs_pygraphviz
@needs_dot
@pytest.mark.parametrize("name", PROGRAMS)
def test_python_package_draws_what_the_program_draws(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_program = viz.save(PROGRAMS[name](), tmp_path / "program.svg")
    monkeypatch.setenv("PATH", str(tmp_path))
    by_package = viz.save(PROGRAMS[name](), tmp_path / "package.svg")
    assert words_of(by_package).split() == words_of(by_program).split()
    for tag in ("path", "polygon", "ellipse"):  # edges, arrows and boxes
        assert by_package.read_text().count(f"<{tag}") == by_program.read_text().count(f"<{tag}")


@needs_pygraphviz
@pytest.mark.usefixtures("no_dot")
def test_notebook_shows_svg_without_a_program() -> None:
    assert "<svg" in square()._repr_mimebundle_()["image/svg+xml"]


@needs_pygraphviz
@pytest.mark.usefixtures("no_dot")
def test_python_package_has_a_time_limit(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"longer than 0\.001 s.*max_nodes"):
        viz.save(square(), tmp_path / "square.svg", timeout=0.001)
    assert (tmp_path / "square.dot").exists()


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("suffix", [".dot", ".gv", ".DOT"])
def test_text_needs_no_program(tmp_path: Path, suffix: str) -> None:
    path = viz.save(square(), f"{tmp_path}/square{suffix}")
    assert path.read_text(encoding="utf-8") == square().source


@needs_dot
@pytest.mark.parametrize("name", PROGRAMS)
def test_svg_is_xml_without_complaints(tmp_path: Path, name: str) -> None:
    source = PROGRAMS[name]().source.encode()
    done = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, check=True)
    assert done.stderr == b""
    ElementTree.fromstring(done.stdout)


@needs_dot
def test_svg_contains_names_numbers_and_gradients(tmp_path: Path) -> None:
    words = words_of(viz.save(graphs.micrograd_example(), tmp_path / "graph.svg"))
    for word in ("a", "b", "24.7", "138.8", "645.6", "grad", "relu", "power", "×", "÷"):
        assert f" {word} " in words, word


@needs_dot
def test_svg_shows_names_as_they_are(tmp_path: Path) -> None:
    words = words_of(viz.save(PROGRAMS["escapes"](), tmp_path / "graph.svg"))
    for word in ('a "b" <c> {d} | \\N & é∂', "second line", "<B>bold</B>", "bell \\x07, \\ud800"):
        assert word in words


@needs_dot
def test_value_is_drawn_with_options(tmp_path: Path) -> None:
    x = al.Value(3.0, name="x")
    path = viz.save(x * x, tmp_path / "graph.svg", legend=True)
    assert "variable" in words_of(path)


@needs_dot
def test_notebook_shows_svg() -> None:
    bundle = square()._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]


# What goes wrong


@pytest.mark.usefixtures("no_graphviz")
@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_without_graphviz_the_text_is_saved(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(RenderError, match="apt-get install graphviz") as caught:
        viz.save(square(), tmp_path / f"square{suffix}")
    text = tmp_path / "square.dot"
    assert text.read_text(encoding="utf-8") == square().source
    assert str(text) in str(caught.value)
    assert "pip install 'pygraphviz>=2'" in str(caught.value)
    assert "brew install graphviz" in str(caught.value)
    assert "conda install graphviz" in str(caught.value)
    assert not (tmp_path / f"square{suffix}").exists()


def test_layout_has_a_time_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_dot(monkeypatch, tmp_path / "bin", "import time\ntime.sleep(60)")
    with pytest.raises(RenderError, match=r"longer than 0\.2 s.*max_nodes"):
        viz.save(square(), tmp_path / "square.svg", timeout=0.2)
    assert (tmp_path / "square.dot").exists()


def test_failure_of_the_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_dot(monkeypatch, tmp_path / "bin", "import sys\nsys.exit('no memory left')")
    with pytest.raises(RenderError, match="`dot` failed: no memory left"):
        viz.save(square(), tmp_path / "square.svg")
    assert (tmp_path / "square.dot").exists()


@pytest.mark.parametrize("name", ["graph", "graph.jpeg", "graph.svg.txt"])
def test_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArgumentError, match=r"\.svg, \.png, \.pdf, \.dot, \.gv"):
        viz.save(square(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_only_drawings_and_values_are_saved(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="float"):
        viz.save(3.0, tmp_path / "graph.svg")
    with pytest.raises(ArgumentError, match="legend"):
        viz.save(square(), tmp_path / "graph.svg", legend=True)


# The demo


@needs_dot
def test_demo_saves_three_pictures(tmp_path: Path) -> None:
    graphs.main(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["graph_micrograd_example.svg", "graph_network_loss.svg", "graph_neuron.svg"]


@pytest.mark.usefixtures("no_graphviz")
def test_demo_without_graphviz_saves_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graphs.main(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["graph_micrograd_example.dot", "graph_network_loss.dot", "graph_neuron.dot"]
    assert capsys.readouterr().out.count("apt-get install graphviz") == 3
