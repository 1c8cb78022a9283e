"""How each role in a graph looks: by shape and by colour.

The hues are those of Okabe and Ito (2008), which people with any of the usual colour deficiencies
can tell apart; fills are light tints, so that dark text on them keeps a contrast above 7 : 1.
Borders differ as well, so that a print in grey can be read.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "DIRECTIONS",
    "EDGE",
    "FADED",
    "GRADIENT",
    "GRAPH",
    "NODE",
    "ROLES",
    "ROLE_NAMES",
    "RULE",
]

FONT: Final = "Helvetica,Arial,sans-serif"
INK: Final = "#1f2933"
FADED: Final = "#5f6b76"
GRADIENT: Final = "#8a1c5c"
LINE: Final = "#7b8794"
RULE: Final = "#b9a3b0"

DIRECTIONS: Final = ("LR", "TB", "RL", "BT")

GRAPH: Final = {
    "bgcolor": "white",
    "fontname": FONT,
    "fontsize": "10",
    "fontcolor": FADED,
    "labeljust": "l",
    "nodesep": "0.16",
    "ranksep": "0.22",
    "pad": "0.12",
    # The layout of an unrolled recurrence takes 0.6 s with this bound on its iterations, over 60 s
    # without; graphs of fewer than 100 nodes look the same.
    "nslimit": "2",
    "nslimit1": "2",
}
NODE: Final = {
    "fontname": FONT,
    "fontsize": "11",
    "fontcolor": INK,
    "margin": "0.09,0.04",
    "height": "0.3",
    "width": "0.5",
}
EDGE: Final = {"color": LINE, "arrowsize": "0.55", "penwidth": "0.9"}

ROLE_NAMES: Final = ("variable", "parameter", "constant", "intermediate", "result")
"""The roles of boxes, in the order of a legend."""

ROLES: Final = {
    "variable": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#d8ecfa",
        "color": "#0072b2",
    },
    "parameter": {
        "shape": "box",
        "style": "filled",
        "fillcolor": "#fdebc8",
        "color": "#b87800",
        "penwidth": "1.4",
    },
    "constant": {
        "shape": "box",
        "style": "rounded,filled,dashed",
        "fillcolor": "#f4f5f6",
        "color": "#7b8794",
        "width": "0.3",
    },
    "intermediate": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#ffffff",
        "color": "#9aa5b1",
    },
    "result": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#d3f0e5",
        "color": "#00795a",
        "penwidth": "1.4",
        "peripheries": "2",
    },
    "symbol": {
        "shape": "circle",
        "style": "filled",
        "fillcolor": "#e4e7eb",
        "color": "#7b8794",
        "fontsize": "15",
        "fixedsize": "true",
        "width": "0.32",
        "height": "0.32",
        "margin": "0",
    },
    "operation": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#e4e7eb",
        "color": "#7b8794",
        "margin": "0.08,0.03",
        "width": "0.32",
        "height": "0.32",
    },
    "cut": {
        "shape": "plaintext",
        "fontcolor": FADED,
        "margin": "0.03,0",
        "width": "0.3",
        "height": "0.2",
    },
}
