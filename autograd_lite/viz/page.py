"""Web pages of one file: no server, no network, nothing to install where they are read."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path
from typing import Any, Final

from autograd_lite.viz.style import DARK, LIGHT, Colors

__all__ = ["Page", "make_page"]

FOLDER: Final = Path(__file__).parent / "pages"

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)
"""What a browser lets a page do: run what is in it, and load nothing."""

ROLES: Final = ("variable", "parameter", "constant", "intermediate", "result", "operation")

TEMPLATE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
<script type="application/json" id="data">{data}</script>
<script>
{script}
</script>
</body>
</html>
"""


class Page:
    """A web page as text.

    Attributes
    ----------
    html : str
        The file.
    """

    def __init__(self, text: str) -> None:
        self.html = text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file; folders on the way are made.

        Returns
        -------
        Path
            The file written: open it in a browser.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.html, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the page in a frame of its own."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" width="100%" height="720" '
            'style="border:0" sandbox="allow-scripts"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Page of {len(self.html.encode()):,} bytes; save('name.html') writes it>"


def make_page(title: str, body: str, data: dict[str, Any], scripts: list[str]) -> Page:
    """Return a page.

    Parameters
    ----------
    title : str
        Its heading, as plain text.
    body : str
        HTML.
    data : dict
        What scripts find in the element ``#data``, as JSON.
    scripts : list of str
        Names of files in the folder ``pages``, which run one after the other.
    """
    text = TEMPLATE.format(
        policy=POLICY,
        title=html.escape(title),
        style="\n".join([colors(), (FOLDER / "style.css").read_text(encoding="utf-8")]),
        body=body,
        data=embedded(data),
        script="\n".join((FOLDER / name).read_text(encoding="utf-8") for name in scripts),
    )
    return Page(text)


def embedded(data: dict[str, Any]) -> str:
    """Return JSON that may stand inside of a script element: no tag can end it."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def colors() -> str:
    """Return the colours of drawings as variables of CSS, for light and dark screens."""
    dark = variables_of(DARK)
    return (
        f":root {{{variables_of(LIGHT)}}}\n@media (prefers-color-scheme: dark) {{:root {{{dark}}}}}"
    )


def variables_of(theme: Colors) -> str:
    """Return a theme as declarations of CSS."""
    plain = ("background", "ink", "faded", "gradient", "line", "frame")
    lines = [f"--{name}: {getattr(theme, name)}" for name in plain]
    for role in ROLES:
        fill, border = getattr(theme, role)
        lines += [f"--{role}-fill: {fill}", f"--{role}-line: {border}"]
    return "; ".join(lines)
