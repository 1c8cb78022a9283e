"""One browser for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.viz.browser import CHROMIUM, FLAGS, REASON, Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser's process; tests are skipped where there is none."""
    if REASON:
        pytest.skip(REASON)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Any, tmp_path: Path) -> Browser:
    """What opens pages."""
    return Browser(chromium, tmp_path)
