"""Names as textbooks have them: aₖ = φ(Wₖ aₖ₋₁ + bₖ)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite.value import Value

__all__ = ["NOTATIONS", "layer_names"]

NOTATIONS = ("paths", "layers")

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def layer_names(values: Sequence[Value]) -> dict[int, str]:
    """Return names of the parts of linear layers, by creation number.

    Layers are counted in the order in which their weights are first used: W₁, b₁, the weighted sum
    z₁ and the activation a₁; x is what the first layer takes, where it is a leaf. A Value that was
    named by its user keeps its name, but for parameters.

    Parameters
    ----------
    values : sequence of Value
        A graph in order of creation.
    """
    names: dict[int, str] = {}
    layers: dict[int, str] = {}  # the subscript, by the number of the weight
    sums: dict[int, str] = {}  # the subscript, by the number of the weighted sum
    for node in values:
        operands = [x for x in node.operands if type(x) is Value]
        if node.operation is None:
            continue
        x, weight, bias = parts_of_layer(node)
        if weight is not None:
            if weight.number not in layers:
                layers[weight.number] = subscript = str(len(layers) + 1).translate(SUBSCRIPTS)
                sums[node.number] = subscript
                names |= parameter_names(weight, bias, subscript)
                if subscript == "₁" and is_free_leaf(x):
                    names[x.number] = "x"
        elif len(operands) == 1 and operands[0].number in sums and node.shape == operands[0].shape:
            names.setdefault(node.number, f"a{sums[operands[0].number]}")
    names |= {number: f"z{subscript}" for number, subscript in sums.items()}
    own = {node.number for node in values if node.name and node.operation is not None}
    return {number: name for number, name in names.items() if number not in own}


def parts_of_layer(node: Value) -> tuple[Any, Value | None, Any]:
    """Return the operands of a linear layer; no weight where it is none.

    A layer without a bias is a product with a transposed leaf.
    """
    name = node.operation.name if node.operation else ""
    if name == "linear":
        x, weight, bias = node.operands
        return x, weight if type(weight) is Value else None, bias
    if name == "matmul":
        x, transposed = node.operands
        made_by = transposed.operation if type(transposed) is Value else None
        if made_by is not None and made_by.name == "transpose":
            (weight,) = transposed.operands
            return x, weight if weight.operation is None else None, None
    return None, None, None


def parameter_names(weight: Value, bias: Any, subscript: str) -> dict[int, str]:
    """Return the names of a weight and of a bias, if there is one."""
    names = {weight.number: f"W{subscript}"}
    return names | {bias.number: f"b{subscript}"} if type(bias) is Value else names


def is_free_leaf(x: Any) -> bool:
    """Return whether an operand is a leaf that has no name."""
    return type(x) is Value and x.operation is None and not x.name
