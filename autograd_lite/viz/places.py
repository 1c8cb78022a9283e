"""Where the units of a network are drawn. All lengths are inches in a figure of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frame", "Labels", "Places", "frame_of", "place_column"]

COLUMN_GAP: Final = 2.2
UNIT_GAP: Final = 0.8
TALLEST: Final = 4.8
LARGEST_RADIUS: Final = 0.2
CAPTION_HEIGHT: Final = 0.5
CHARACTER_WIDTH: Final = 0.085
"""Of text in 10 points: three lines of a caption, and a character of a label on average."""
NUMBER_LENGTH: Final = len(" = −0.123")

Floats = NDArray[np.float64]


class Places(NamedTuple):
    """Where the units of a column are drawn.

    Attributes
    ----------
    x : float
        The same for all.
    y : ndarray
        Of those that are drawn, the first on top, ``(n_drawn,)``; the middle is 0.
    drawn : ndarray
        Which units they are, ``(n_drawn,)``.
    radius : float
        The same for all.
    gap : float
        From one unit to the next.
    """

    x: float
    y: Floats
    drawn: NDArray[np.intp]
    radius: float
    gap: float

    @property
    def folded(self) -> bool:
        """Whether units are left out in the middle."""
        return bool(np.diff(self.drawn).max(initial=1) > 1)

    @property
    def height(self) -> float:
        """From the centre of the first unit to that of the last."""
        return float(self.y[0] - self.y[-1])


def place_column(size: int, position: int, max_units: int) -> Places:
    """Return where the units of one column are drawn; the mark of the fold takes one more slot."""
    folded = size > max_units
    drawn = np.arange(size)
    slots = np.arange(size)
    if folded:
        top, bottom = (max_units + 1) // 2, max_units // 2
        drawn = np.r_[:top, size - bottom : size]
        slots = np.r_[:top, top + 1 : max_units + 1]
    n_slots = slots[-1] + 1
    gap = min(UNIT_GAP, TALLEST / max(n_slots - 1, 1))
    return Places(
        x=COLUMN_GAP * position,
        y=gap * ((n_slots - 1) / 2 - slots),
        drawn=drawn,
        radius=min(LARGEST_RADIUS, 0.43 * gap),
        gap=gap,
    )


class Frame(NamedTuple):
    """The edges of a drawing with its labels and captions, and the top of the captions."""

    left: float
    right: float
    bottom: float
    top: float
    caption: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom


class Labels(NamedTuple):
    """What is written beside the units: names, with or without a number each."""

    inputs: Sequence[str]
    outputs: Sequence[str]
    with_numbers: bool


def frame_of(places: Sequence[Places], labels: Labels, text_scale: float = 1.0) -> Frame:
    """Return the frame of columns with such labels, whatever the numbers in them will be."""
    half = max(place.height for place in places) / 2 + LARGEST_RADIUS
    left, right = (
        text_scale * text_width(names, labels.with_numbers)
        for names in (labels.inputs, labels.outputs)
    )
    return Frame(
        left=places[0].x - left - 0.5,
        right=places[-1].x + right + 0.5,
        bottom=-half - 0.12 - text_scale * CAPTION_HEIGHT,
        top=half + 0.12,
        caption=-half - 0.12,
    )


def text_width(names: Sequence[str], with_number: bool) -> float:
    """Return about how wide the widest label is in 10 points; captions need some as well."""
    lines = [as_typeset(name).split("\n") for name in names]
    longest = max(len(line) for split in lines for line in split)
    last = max(len(split[-1]) for split in lines)
    needed = max(longest, last + NUMBER_LENGTH) if with_number else longest
    return max(CHARACTER_WIDTH * needed, 0.4)


def as_typeset(text: str) -> str:
    r"""Return text with about as many characters as are seen: ``$M_\\odot$`` shows two."""
    return re.sub(r"[$_^{}]", "", re.sub(r"\\[A-Za-z]+", "O", text))
