"""Pages of one file: what is in them stays text, and nothing is loaded."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.primitive import registry
from autograd_lite.viz.number_program import known_functions
from autograd_lite.viz.page import make_page
from tests.viz.browser import Browser

NASTY = "</script><script>alert(1)</script> & \u2028 \"quoted\" 'x' <b>"


def data_of(page: al.viz.Page) -> object:
    """Return the data that a page was made with."""
    found = re.search(r'id="data">(.*?)</script>', page.html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_text_stays_text() -> None:
    page = make_page(NASTY, "", {"text": NASTY, "number": 0.1}, ["player.js"])
    assert data_of(page) == {"text": NASTY, "number": 0.1}
    assert "<script>alert" not in page.html
    assert page.html.count("<script") == 2


def test_a_page_names_no_address() -> None:
    x = al.Value(2.0, name="x")
    page = al.viz.explore(x * x)
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page.html)
    assert "default-src 'none'" in page.html
    assert not re.findall(r"https?://(?!www\.w3\.org)", page.html)


def test_a_page_is_saved_and_shown_in_a_notebook(tmp_path) -> None:
    page = make_page("A title", "<p>text</p>", {}, ["player.js"])
    path = page.save(tmp_path / "new" / "page.html")
    assert path.read_text(encoding="utf-8") == page.html
    assert page._repr_html_().startswith("<iframe srcdoc=")
    assert "A title" in page._repr_html_()
    assert f"{len(page.html.encode()):,} bytes" in repr(page)


OPERANDS = [-700.0, -2.5, -1.0, -0.3, -1e-9, 0.0, 1e-9, 0.4, 1.0, 1.7, 3.0, 40.0, np.inf, np.nan]

DOMAINS = {
    "arccosh": [1.0, 1.5, 20.0],
    "logical_and": [0.0, 1.0],
    "logical_or": [0.0, 1.0],
    "logical_not": [0.0, 1.0],
    "power": [0.0, 0.3, 1.0, 2.0, -1.0, -2.0, np.inf],
}
"""Operands of functions that are not asked about all of them."""

CHANGE_NOTHING = {"reshape", "squeeze", "sum", "broadcast_to", "copy", "identity", "astype"}


def operands_of(name: str) -> list[tuple[float, ...]]:
    """Return what to try a function with."""
    numbers = DOMAINS.get(name, OPERANDS)
    if name in CHANGE_NOTHING:
        return [(x,) for x in numbers]
    if name == "where":
        return [(mask, 2.0, -3.0) for mask in (0.0, 1.0)]
    if name == "zero_where":
        return [(mask, x) for mask in (0.0, 1.0) for x in numbers]
    if len(registry[name].rules) == 2:
        return [(x, y) for x in numbers for y in numbers]
    return [(x,) for x in numbers]


@pytest.mark.filterwarnings("ignore")  # nan and infinite numbers are among the operands
def test_functions_of_pages_are_numpys(browser: Browser) -> None:
    """Each function of arithmetic.js, where numpy is the truth."""
    trials = [[name, list(map(str, x))] for name in known_functions() for x in operands_of(name)]
    assert len(trials) > 1000
    source = """(trials) => trials.map(([name, texts]) => {
        const xs = texts.map((text) => Number(text.replace("inf", "Infinity")));
        return String(Number(FUNCTIONS[name](...xs)));
    })"""
    page = make_page("Arithmetic", "", {}, ["arithmetic.js"])
    with browser.opened(page) as tab:
        theirs = tab.evaluate(source, trials)
    for (name, texts), text in zip(trials, theirs, strict=True):
        xs = [np.float64(x) for x in texts]
        expected = xs[0] if name in CHANGE_NOTHING else np.float64(registry[name].forward(*xs))
        got = float(text.replace("Infinity", "inf"))
        assert np.isclose(got, expected, rtol=1e-13, atol=1e-300, equal_nan=True), (name, texts)
