"""Tables, as text for the screen and as Markdown for the docs."""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """A title, the names of the columns, and rows of texts; a note below."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str = ""

    def text(self) -> str:
        """Return it for the screen: columns as wide as their widest entry, numbers to the right."""
        lines = [self.columns, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        return "\n".join(
            [
                self.title,
                *(
                    "  ".join(
                        entry.ljust(width) if i == 0 else entry.rjust(width)
                        for i, (entry, width) in enumerate(zip(line, widths, strict=True))
                    ).rstrip()
                    for line in lines
                ),
                *([self.note] if self.note else []),
            ]
        )

    def markdown(self) -> str:
        """Return it for the docs, under its title as a heading."""
        marks = ["---", *["--:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(line)} |" for line in (self.columns, marks, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, *(["", self.note] if self.note else [])])


def microseconds(seconds: float) -> str:
    """Return a time in µs, with three digits."""
    value = seconds * 1e6
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def megabytes(size: float) -> str:
    """Return a size in MB."""
    return f"{size / 1e6:,.0f}"
