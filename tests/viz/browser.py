"""A real browser, without a screen, that opens pages and notes what goes wrong in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PACKAGES = ("playwright", "axe_playwright_python")
MISSING = [name for name in PACKAGES if find_spec(name) is None]
REASON = (
    "no chromium on PATH"
    if CHROMIUM is None
    else f"not installed: {', '.join(MISSING)}"
    if MISSING
    else ""
)
"""Why there is no browser; "" where there is one."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (400, 1400)


class Browser:
    """Opens pages; `check` tells afterwards what went wrong.

    Attributes
    ----------
    complaints : list of str
        Errors on the console, exceptions, and requests that left the page.
    """

    def __init__(self, chromium: Any, folder: Path) -> None:
        self.chromium = chromium
        self.folder = folder
        self.complaints: list[str] = []

    @contextmanager
    def opened(self, page: Any, *, width: int = 1400, theme: str = "light") -> Iterator[Any]:
        """Open a page of ours, and give what steers it."""
        address = page.save(self.folder / "page.html").as_uri()
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme
        )
        tab = context.new_page()
        tab.on("console", self.note_message)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", lambda request: self.note_request(request.url, address))
        try:
            tab.goto(address)
            yield tab
        finally:
            context.close()
        assert self.complaints == []

    def note_message(self, message: Any) -> None:
        """Take note of an error on the console."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def note_request(self, url: str, address: str) -> None:
        """Take note of a request for anything but the page."""
        if url != address and not url.startswith("data:"):
            self.complaints.append(f"request: {url}")


def serious_faults(tab: Any) -> list[str]:
    """Return what axe-core calls serious or critical for people who cannot see or use a mouse."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(tab).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in violations
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def fits_width(tab: Any) -> bool:
    """Return whether nothing sticks out of the window sideways."""
    return bool(
        tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    )


def go_on(tab: Any, times: int) -> None:
    """Press the right arrow key so many times."""
    for _ in range(times):
        tab.keyboard.press("ArrowRight")


def position(tab: Any) -> tuple[int, int]:
    """Return which step the player shows, and how many there are."""
    here, all_steps = tab.locator(".player .numbers").inner_text().split(" / ")
    return int(here), int(all_steps)
