"""Read `survivors.md`: the mutants that compute the same, each with the reason."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).with_name("survivors.md")
ANYWHERE = "Anywhere"


class Survivors:
    """The mutants that are explained, and which of them have been met."""

    def __init__(self, page: str) -> None:
        self.lines: set[tuple[str, str, str]] = set()
        self.anywhere: list[tuple[str, str]] = []
        self.met: set[tuple[str, str, str]] = set()
        heading = before = ""
        for line in page.splitlines():
            if line.startswith("## "):
                heading = line[3:]
            elif line.startswith("- "):
                before = without_blanks(line[2:])
            elif line.startswith("+ ") and heading == ANYWHERE:
                self.anywhere.append((before, without_blanks(line[2:])))
            elif line.startswith("+ "):
                self.lines.add((heading, before, without_blanks(line[2:])))

    def explain(self, file: str, before: str, after: str) -> bool:
        """Return whether a survivor is explained: its line, or what is changed in it."""
        before, after = without_blanks(before), without_blanks(after)
        if (file, before, after) in self.lines:
            self.met.add((file, before, after))
            return True
        return any(differ_by(before, after, *parts) for parts in self.anywhere)

    def not_met(self, files: set[str]) -> list[tuple[str, str, str]]:
        """Return what is explained about some files and did not survive."""
        return sorted(line for line in self.lines - self.met if line[0] in files)


def differ_by(before: str, after: str, part_before: str, part_after: str) -> bool:
    """Return whether a line differs from another by one part."""
    return any(
        before[:place] + part_after + before[place + len(part_before) :] == after
        for place in range(len(before))
        if before.startswith(part_before, place)
    )


def without_blanks(line: str) -> str:
    return "".join(line.split())
