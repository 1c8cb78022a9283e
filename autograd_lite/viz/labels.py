"""The text in a drawing: numbers, arrays, metadata, and Graphviz's HTML-like labels.

Functions with `markup` in their docstring return HTML-like text, where everything that came from
outside is escaped; the others return plain text.
"""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.primitive import Primitive
from autograd_lite.value import Value, content_of
from autograd_lite.viz.style import Theme

__all__ = [
    "box_markup",
    "box_tooltip",
    "cell",
    "describe_content",
    "describe_params",
    "is_symbol",
    "legend_markup",
    "operation_markup",
    "printable",
    "step_markup",
    "styled",
    "table",
]

LONGEST = 40
"""Characters of a name or of metadata that are shown."""

MOST_ROWS, MOST_COLUMNS = 4, 4
"""Arrays up to this size show their elements; larger ones their range."""

SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "negative": "−",
    "matmul": "@",
}
"""The operations that have a sign of one character. Power has none: it is written by position."""


# Plain text


def printable(text: object, longest: int = LONGEST) -> str:
    """Return text that a drawing can show: control characters spelled out, long text cut."""
    shown = "".join(
        c if c == "\n" or c.isprintable() else c.encode("unicode_escape").decode()
        for c in str(text)
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def describe_number(number: Any) -> str:
    """Return a number to four significant digits; integers below a million in full.

    Examples
    --------
    >>> [describe_number(x) for x in (0.5, 2 / 3, -1234567.0, 12345, True)]
    ['0.5', '0.6667', '-1.235e6', '12345', 'True']
    """
    if isinstance(number, bool | np.bool_):
        return str(bool(number))
    if isinstance(number, int | np.integer) and abs(int(number)) < 10**6:
        return str(int(number))
    if isinstance(number, complex | np.complexfloating):
        return f"{number:.4g}"
    digits, _, exponent = f"{number:.4g}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def describe_range(array: Any) -> str:
    """Return the smallest and the largest element."""
    if not array.size:
        return "no elements"
    if array.dtype.kind == "c":
        return f"|.| to {describe_number(np.abs(array).max())}"
    with np.errstate(invalid="ignore"):  # NaN among the elements is what a drawing should show
        low, high = describe_number(array.min()), describe_number(array.max())
    return f"{low} … {high}" if low != high else f"all {low}"


def describe_statistics(array: Any) -> str:
    """Return the range of an array, and of real numbers the mean, the deviation, and what is NaN.

    Examples
    --------
    >>> describe_statistics(np.array([1.0, 2.0, np.nan, 6.0]))
    '1 … 6, mean 3, standard deviation 2.16, 1 NaN'
    """
    if array.dtype.kind not in "fiu" or not array.size:
        return describe_range(array)
    is_nan = np.isnan(array)
    numbers = array[~is_nan]
    texts = [f"{is_nan.sum():,} NaN"] if is_nan.any() else []
    if numbers.size:
        with np.errstate(all="ignore"):  # infinite elements, and sums that overflow
            mean, deviation = numbers.mean(dtype=float), numbers.std(dtype=float)
        texts = [
            describe_range(numbers),
            f"mean {describe_number(mean)}",
            f"standard deviation {describe_number(deviation)}",
            *texts,
        ]
    return ", ".join(texts)


def describe_content(array: Any) -> str:
    """Return a number, or the range of an array."""
    array = np.asarray(array)
    return describe_number(array.item()) if array.size == 1 else describe_range(array)


def describe_params(operation: Primitive, params: Mapping[str, Any]) -> list[str]:
    """Return the metadata of an operation that is not at its default, as ``name=value``.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x = al.Value([[1.0, 2.0]])
    >>> y = x.sum(axis=1)
    >>> describe_params(y.operation, y.params)
    ['axis=1']
    >>> z = x[0, ::2]
    >>> describe_params(z.operation, z.params)
    ['index=[0, ::2]']
    """
    defaults = default_params(operation) if params else {}
    shown = {name: describe_param(name, value) for name, value in params.items()}
    return [
        f"{name}={text}"
        for name, text in shown.items()
        if name not in defaults or describe_param(name, defaults[name]) != text
    ]


def default_params(operation: Primitive) -> dict[str, Any]:
    """Return the metadata's defaults, as the forward function and then the rules declare them."""
    defaults: dict[str, Any] = {}
    for function in (operation.forward, *operation.rules):
        try:
            signature = inspect.signature(function)  # type: ignore[arg-type]  # None raises, too
        except (TypeError, ValueError):  # no rule, or compiled without a signature
            continue
        for parameter in signature.parameters.values():
            if parameter.default is not parameter.empty:
                defaults[parameter.name] = parameter.default
    return defaults


def describe_param(name: str, value: Any) -> str:
    """Return one piece of metadata: an index as it is written in brackets, else its value."""
    if name == "index":
        parts = value if isinstance(value, tuple) else (value,)
        return printable(f"[{', '.join(map(describe_index, parts))}]")
    if isinstance(value, np.ndarray):
        return printable(describe_index(value))
    if isinstance(value, np.dtype):
        return value.name
    return printable(getattr(value, "__name__", value))


def describe_index(part: Any) -> str:
    """Return one part of an index as it is written: a slice, an integer, an array."""
    if isinstance(part, slice):
        ends = (part.start, part.stop, part.step)
        start, stop, step = ("" if end is None else str(end) for end in ends)
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    if part is Ellipsis:
        return "..."
    if isinstance(part, np.ndarray) and part.size > 5:
        return f"{part.dtype} {part.shape}"
    if isinstance(part, np.ndarray | np.generic):
        return str(part.tolist())
    return str(part)


def box_tooltip(operand: Any, name: str | None, role: str) -> str:
    """Return what pointing at a box shows: its role, and more than the box has room for."""
    data = content_of(operand)
    title = f"{role} {printable(name)}" if name else role
    if np.ndim(data):
        return f"{title}: {data.dtype} array, shape {data.shape}, {describe_statistics(data)}"
    return f"{title}: {data}"


def is_symbol(operation: Primitive) -> bool:
    """Return whether an operation is drawn as a sign in a circle."""
    return operation.name in SYMBOLS


# Markup


def escape(text: str) -> str:
    r"""Return plain text as markup.

    A backslash is doubled: Graphviz replaces ``\N`` by the node's name even in markup.
    """
    return html.escape(text, quote=False).replace("\\", "\\\\").replace("\n", "<BR/>")


def styled(text: str, *, color: str = "", size: int = 0, bold: bool = False) -> str:
    """Return plain text as markup in a colour, a size in points, or bold."""
    markup = f"<B>{escape(text)}</B>" if bold else escape(text)
    attributes = (f' COLOR="{color}"' if color else "") + (f' POINT-SIZE="{size}"' if size else "")
    return f"<FONT{attributes}>{markup}</FONT>" if attributes else markup


def box_markup(operand: Any, name: str | None, *, show_gradients: bool, looks: Theme) -> str:
    """Return the label of a Value, an array or a number, as markup.

    Its name and shape come first, then its content, then under a line its gradient. Columns of a
    small matrix and of its gradient stand below each other.
    """
    is_value = type(operand) is Value
    data = np.asarray(operand.data if is_value else operand)
    typed = is_value or isinstance(operand, np.ndarray | np.generic)
    columns = data.shape[-1] if is_small(data) else 1
    rows = heading_rows(name, data, typed, columns, looks)
    rows += content_rows(data)
    gradient = operand.grad if is_value and show_gradients else None
    if gradient is not None:
        rows += ["<HR/>", *gradient_rows(np.asarray(content_of(gradient)), columns, looks)]
    return table(rows, spacing=4 if columns > 1 else 2, color=looks.rule)


def heading_rows(
    name: str | None, data: NDArray[Any], typed: bool, columns: int, looks: Theme
) -> list[str]:
    """Return the rows above the content: the name; shape and dtype where they are not usual."""
    rows = []
    if name:
        rows.append(cell(styled(printable(name), bold=True), columns=columns))
    facts = [str(data.shape)] if data.ndim else []
    if typed and data.dtype != np.float64:
        facts.append(str(data.dtype))
    if facts:
        rows.append(cell(styled(" ".join(facts), color=looks.faded, size=9), columns=columns))
    return rows


def content_rows(data: NDArray[Any], color: str = "") -> list[str]:
    """Return the rows that show an array: one number, its elements, or their range."""
    if not data.ndim:
        return [cell(styled(describe_number(data[()]), color=color))]
    if not is_small(data):
        return [cell(styled(describe_range(data), color=color, size=10))]
    matrix = np.atleast_2d(data)
    align = "right" if len(matrix) > 1 else ""
    return [
        "".join(cell(styled(describe_number(x), color=color, size=10), align) for x in row)
        for row in matrix
    ]


def gradient_rows(gradient: NDArray[Any], columns: int, looks: Theme) -> list[str]:
    """Return the rows that show a gradient, marked by its colour and by the word."""
    word = styled("grad", color=looks.gradient, size=9)
    if columns == 1 and gradient.size == 1:
        return [cell(f"{word} {styled(describe_number(gradient.item()), color=looks.gradient)}")]
    return [cell(word, columns=columns), *content_rows(gradient, looks.gradient)]


def is_small(data: NDArray[Any]) -> bool:
    """Return whether an array shows its elements."""
    if not 1 <= data.ndim <= 2 or not data.size:
        return False
    rows = data.shape[0] if data.ndim == 2 else 1
    return data.shape[-1] <= MOST_COLUMNS and rows <= MOST_ROWS


def cell(markup: str, align: str = "", *, columns: int = 1) -> str:
    """Return a table cell around markup, over a number of columns."""
    span = f' COLSPAN="{columns}"' if columns > 1 else ""
    side = f' ALIGN="{align}"' if align else ""
    return f"<TD{span}{side}>{markup}</TD>"


def table(rows: Iterable[str], *, spacing: int = 2, color: str = "") -> str:
    """Return a table without borders; each row is its cells, or a rule."""
    body = "".join(row if row == "<HR/>" else f"<TR>{row}</TR>" for row in rows)
    rules = f' COLOR="{color}"' if color else ""
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="0"{rules}>'
        f"{body}</TABLE>"
    )


def operation_markup(operation: Primitive, params: Mapping[str, Any], looks: Theme) -> str:
    """Return the label of an operation as markup: its sign or name, and metadata below."""
    if is_symbol(operation):
        return escape(SYMBOLS[operation.name])
    lines = [cell(escape(printable(operation.name)))]
    lines += [
        cell(styled(text, color=looks.faded, size=9)) for text in describe_params(operation, params)
    ]
    return table(lines)


def step_markup(title: str, note: str, looks: Theme) -> str:
    """Return the label of a module or a fold as markup: its title, and a note below."""
    rows = [cell(styled(title, bold=True)), cell(styled(note, color=looks.faded, size=9))]
    return table(rows)


def legend_markup(entries: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """Return a row of swatches with their meaning, as markup."""
    cells = []
    for word, look in entries:
        swatch = f'BGCOLOR="{look["fillcolor"]}" COLOR="{look["color"]}" BORDER="1"'
        cells.append(f'<TD {swatch} WIDTH="14" HEIGHT="10" FIXEDSIZE="TRUE"></TD>')
        cells.append(f"<TD>{escape(word)}</TD>")
    return table(["".join(cells)], spacing=4)
