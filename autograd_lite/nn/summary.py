"""The table of a module's parameters, layer by layer."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["LayerRow", "Summary"]

HEADER = ("layer", "kind", "shape", "weights", "biases", "total")
LEFT_ALIGNED = 3


@dataclass
class LayerRow:
    """The parameters of one module, those of modules inside it not counted.

    Attributes
    ----------
    layer : str
        The module's name, as in `Module.named_modules`.
    kind : str
        The name of its class.
    shapes : list of tuple
        The shapes of its weights.
    weights, biases : int
        How many numbers are in its weights and in its biases. A bias is a parameter with "bias" in
        its name.
    frozen : int
        How many of these numbers are constants.
    """

    layer: str
    kind: str
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    weights: int = 0
    biases: int = 0
    frozen: int = 0

    @property
    def total(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases

    def add(self, name: str, shape: tuple[int, ...], frozen: bool) -> None:
        """Count one parameter."""
        size = math.prod(shape)
        if "bias" in name:
            self.biases += size
        else:
            self.weights += size
            self.shapes.append(shape)
        self.frozen += size if frozen else 0


@dataclass
class Summary:
    """The parameters of a module, counted: prints as a table.

    Attributes
    ----------
    rows : list of LayerRow
        One for each module that has parameters of its own or no modules inside.
    """

    rows: list[LayerRow]

    @property
    def weights(self) -> int:
        """The number of weights in all rows."""
        return sum(row.weights for row in self.rows)

    @property
    def biases(self) -> int:
        """The number of biases in all rows."""
        return sum(row.biases for row in self.rows)

    @property
    def total(self) -> int:
        """The number of parameters in all rows."""
        return sum(row.total for row in self.rows)

    @property
    def frozen(self) -> int:
        """The number of parameters that are constants."""
        return sum(row.frozen for row in self.rows)

    def __str__(self) -> str:
        body = [cells_of(row) for row in self.rows]
        totals = ["total", "", "", *(f"{n:,}" for n in (self.weights, self.biases, self.total))]
        widths = [max(map(len, column)) for column in zip(HEADER, *body, totals, strict=True)]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        lines = [aligned(HEADER, widths), rule]
        lines += [aligned(cells, widths) for cells in body]
        lines += [rule, aligned(totals, widths)]
        if self.frozen:
            lines.append(f"trainable: {self.total - self.frozen:,}, frozen: {self.frozen:,}")
        return "\n".join(lines)

    __repr__ = __str__


def cells_of(row: LayerRow) -> list[str]:
    """Return the cells of a row of the table; a dash where there is nothing."""
    shapes = ", ".join(map(str, row.shapes))
    counts = [row.weights, row.biases, row.total]
    return [
        row.layer or "(self)",
        row.kind,
        shapes or "-",
        *(f"{n:,}" if n else "-" for n in counts),
    ]


def aligned(cells: list[str] | tuple[str, ...], widths: list[int]) -> str:
    """Return one line: the first columns to the left, the numbers to the right."""
    columns = enumerate(zip(cells, widths, strict=True))
    return "  ".join(
        cell.ljust(width) if place < LEFT_ALIGNED else cell.rjust(width)
        for place, (cell, width) in columns
    )
