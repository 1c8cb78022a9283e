"""How each role in a graph looks: by shape and by colour.

The hues are those of Okabe and Ito (2008), which people with any of the usual colour deficiencies
can tell apart; fills are tints (shades, on a dark ground), so that text on them keeps a contrast
above 7 : 1.
Borders differ as well, so that a print in grey can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from autograd_lite.errors import ArgumentError

__all__ = ["ROLE_NAMES", "Theme", "check_direction", "theme_named"]

FONT: Final = "Helvetica,Arial,sans-serif"

DIRECTIONS: Final = ("LR", "TB", "RL", "BT")

ROLE_NAMES: Final = ("variable", "parameter", "constant", "intermediate", "result")
"""The roles of boxes, in the order of a legend."""

Look = dict[str, str]
"""Attributes of Graphviz."""


class Theme(NamedTuple):
    """The looks of a drawing: colours of text, and attributes of all that there is."""

    faded: str
    gradient: str
    rule: str
    graph: Look
    node: Look
    edge: Look
    frame: Look
    roles: Mapping[str, Look]


class Colors(NamedTuple):
    """The colours of a theme: of roles, the fill and the border."""

    background: str
    ink: str
    faded: str
    gradient: str
    line: str
    rule: str
    frame: str
    variable: tuple[str, str]
    parameter: tuple[str, str]
    constant: tuple[str, str]
    intermediate: tuple[str, str]
    result: tuple[str, str]
    operation: tuple[str, str]
    failed: tuple[str, str]
    added: tuple[str, str]
    removed: tuple[str, str]
    changed: tuple[str, str]


LIGHT: Final = Colors(
    background="white",
    ink="#1f2933",
    faded="#5f6b76",
    gradient="#8a1c5c",
    line="#7b8794",
    rule="#b9a3b0",
    frame="#f7f8fa",
    variable=("#d8ecfa", "#0072b2"),
    parameter=("#fdebc8", "#b87800"),
    constant=("#f4f5f6", "#7b8794"),
    intermediate=("#ffffff", "#9aa5b1"),
    result=("#d3f0e5", "#00795a"),
    operation=("#e4e7eb", "#7b8794"),
    failed=("#fde3df", "#b3261e"),
    added=("#d3f0e5", "#00795a"),
    removed=("#fde3df", "#b3261e"),
    changed=("#fdf3c4", "#9a7200"),
)

DARK: Final = Colors(
    background="#14181d",
    ink="#eef1f4",
    faded="#a9b4bf",
    gradient="#f2a3cf",
    line="#8d99a6",
    rule="#75606c",
    frame="#1b2026",
    variable=("#123c57", "#56b4e9"),
    parameter=("#4a3608", "#e69f00"),
    constant=("#262c33", "#8d99a6"),
    intermediate=("#1f252b", "#73808c"),
    result=("#0b4033", "#2fc79a"),
    operation=("#343c45", "#8d99a6"),
    failed=("#4a1b17", "#ff8a80"),
    added=("#0b4033", "#2fc79a"),
    removed=("#4a1b17", "#ff8a80"),
    changed=("#453a06", "#e8c547"),
)


def box(colors: tuple[str, str], style: str = "rounded,filled", **more: str) -> Look:
    """Return the look of a box."""
    fill, border = colors
    return {"shape": "box", "style": style, "fillcolor": fill, "color": border, **more}


def theme_of(colors: Colors) -> Theme:
    """Return a theme in these colours."""
    operation_fill, operation_border = colors.operation
    return Theme(
        faded=colors.faded,
        gradient=colors.gradient,
        rule=colors.rule,
        graph={
            "bgcolor": colors.background,
            "fontname": FONT,
            "fontsize": "10",
            "fontcolor": colors.faded,
            "labeljust": "l",
            "nodesep": "0.16",
            "ranksep": "0.22",
            "pad": "0.12",
            # The layout of an unrolled recurrence takes 0.6 s with this bound on its iterations,
            # over 60 s without; graphs of fewer than 100 nodes look the same.
            "nslimit": "2",
            "nslimit1": "2",
        },
        node={
            "fontname": FONT,
            "fontsize": "11",
            "fontcolor": colors.ink,
            "margin": "0.09,0.04",
            "height": "0.3",
            "width": "0.5",
        },
        edge={"color": colors.line, "arrowsize": "0.55", "penwidth": "0.9", "fontname": FONT},
        frame={"style": "rounded,filled", "fillcolor": colors.frame, "color": colors.line},
        roles={
            "variable": box(colors.variable),
            "parameter": box(colors.parameter, "filled", penwidth="1.4"),
            "constant": box(colors.constant, "rounded,filled,dashed", width="0.3"),
            "intermediate": box(colors.intermediate),
            "result": box(colors.result, penwidth="1.4", peripheries="2"),
            "symbol": {
                "shape": "circle",
                "style": "filled",
                "fillcolor": operation_fill,
                "color": operation_border,
                "fontsize": "15",
                "fixedsize": "true",
                "width": "0.32",
                "height": "0.32",
                "margin": "0",
            },
            "operation": box(colors.operation, margin="0.08,0.03", width="0.32", height="0.32"),
            "module": box(colors.operation, "filled", margin="0.1,0.05", penwidth="1.4"),
            "failed": box(colors.failed, "filled", margin="0.1,0.05", penwidth="1.8"),
            "added": box(colors.added, penwidth="2.2"),
            "removed": box(colors.removed, "rounded,filled,dashed", penwidth="1.4"),
            "changed": box(colors.changed, peripheries="2"),
            "same": box(colors.intermediate),
            "fold": box((colors.frame, colors.line), "rounded,filled,dashed", margin="0.1,0.05"),
            "cut": {
                "shape": "plaintext",
                "fontcolor": colors.faded,
                "margin": "0.03,0",
                "width": "0.3",
                "height": "0.2",
            },
        },
    )


THEMES: Final = {"light": theme_of(LIGHT), "dark": theme_of(DARK)}


def theme_named(theme: str) -> Theme:
    """Return the looks of a theme; raise an `ArgumentError` if there is none of this name."""
    if theme not in THEMES:
        raise ArgumentError(f"theme is one of {', '.join(THEMES)}; got {theme!r}")
    return THEMES[theme]


def check_direction(direction: str) -> None:
    """Raise an `ArgumentError` unless Graphviz knows the direction."""
    if direction not in DIRECTIONS:
        raise ArgumentError(f"direction is one of {', '.join(DIRECTIONS)}; got {direction!r}")
