"""The mutants that no test can kill, each with the reason why: they compute the same."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""By file, line before and line after: why it makes no difference."""
