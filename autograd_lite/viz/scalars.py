"""The graph of single numbers that a graph of arrays stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.primitive import Primitive
from autograd_lite.value import Value
from autograd_lite.viz.picture import all_values

__all__ = ["ScalarGraph", "scalar_graph"]

Elements = NDArray[Any]  # of objects: Values and numbers

BY_ELEMENT: Final = frozenset({"relu", "sigmoid", "softplus", "where", "zero_where"})
"""Operations that act on each element, beside numpy's own ufuncs."""

BY_NUMPY: Final = frozenset(
    {
        "broadcast_to",
        "concatenate",
        "getitem",
        "linear",
        "log_softmax",
        "matmul",
        "moveaxis",
        "ravel",
        "reshape",
        "softmax",
        "squeeze",
        "stack",
        "sum",
        "swapaxes",
        "transpose",
    }
)
"""Operations whose numpy function, run on arrays of Values, multiplies, adds and moves them."""


class ScalarGraph(NamedTuple):
    """A graph of single numbers, and which of them stand for which elements.

    Attributes
    ----------
    results : ndarray of Value
        Of the shape of the result.
    elements : dict
        For each variable of the graph of arrays, an ndarray of Values of its shape.
    """

    results: Elements
    elements: dict[Value, Elements]

    @property
    def result(self) -> Value:
        """The result, where it is one number."""
        if self.results.size != 1:
            raise ArgumentError(
                f"the result has shape {self.results.shape}; take one of `results`, or reduce the "
                "array to one number, e.g. with .sum()"
            )
        value: Value = self.results.flat[0]
        return value


def scalar_graph(
    value: Value, name_of: Callable[[Value], str | None] = lambda value: value.name
) -> ScalarGraph:
    """Write out a graph of arrays as the graph of single numbers that it stands for.

    A `linear` layer becomes its multiplications and sums, `tanh` of an array as many `tanh`. The
    gradients of the elements are those of the arrays. The numbers are those of now.

    Parameters
    ----------
    value : Value
        The result of element-wise operations, products of matrices, sums, means, softmax, losses
        ``bce_with_logits``, and of operations that move elements (indexing, reshape, concatenate
        and the like).
    name_of : callable
        What a variable is called; its elements are called ``"W[0,1]"``. Default: its name.

    Returns
    -------
    ScalarGraph
        The results, and the Values that stand for the elements of each variable.

    Raises
    ------
    ArgumentError
        If there is an operation of another kind.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x, w = al.Value([1.0, 2.0], name="x"), al.Value([3.0, 4.0], name="w")
    >>> graph = al.viz.scalar_graph(x @ w)
    >>> graph.result.backward()
    >>> [(element.name, element.grad.item()) for element in graph.elements[w]]
    [('w[0]', 1.0), ('w[1]', 2.0)]
    """
    arrays: dict[int, Elements] = {}
    elements: dict[Value, Elements] = {}
    for node in all_values(value):
        if node.operation is not None:
            operands = [elements_of(operand, arrays) for operand in node.operands]
            arrays[node.number] = written_out(node.operation, operands, node.params)
        elif node.requires_grad:
            arrays[node.number] = elements[node] = variables(node, name_of(node))
        else:
            arrays[node.number] = as_elements(node.data)
    return ScalarGraph(arrays[value.number], elements)


def variables(leaf: Value, name: str | None) -> Elements:
    """Return a Value for each element of a variable."""
    made = []
    for index, number in np.ndenumerate(np.asarray(leaf.data)):
        place = f"[{','.join(map(str, index))}]" if index else ""
        made.append(Value(number, name=f"{name}{place}" if name else None))
    return array_of(made, leaf.shape)


def array_of(things: list[Any], shape: tuple[int, ...]) -> Elements:
    """Return an array that holds these things: one by one, since numpy looks into Values."""
    array = np.empty(len(things), dtype=object)
    for i, thing in enumerate(things):
        array[i] = thing
    return array.reshape(shape)


def as_elements(data: Any) -> Elements:
    """Return an array of numpy's scalars, which keep their dtype; a number or Value as it is."""
    if not isinstance(data, np.ndarray):
        return array_of([data], ())
    return data if data.dtype == object else array_of(list(data.flat), data.shape)


def elements_of(operand: Any, arrays: Mapping[int, Elements]) -> Elements:
    """Return the elements of an operand."""
    return arrays[operand.number] if type(operand) is Value else as_elements(operand)


def written_out(
    operation: Primitive, operands: list[Elements], params: Mapping[str, Any]
) -> Elements:
    """Return the elements of a result."""
    name, forward = operation.name, operation.forward
    if name == "bce_with_logits":
        losses = by_element(lambda z, t: operation(z, t, reduction="sum"), operands)
        reduction = params.get("reduction", "mean")
        if reduction == "none":
            return losses
        return mean_of(losses) if reduction == "mean" else as_elements(np.sum(losses))
    if name == "mean":
        return mean_of(*operands, **params)
    if name in BY_NUMPY:
        return as_elements(forward(*operands, **params))
    ufunc = getattr(np, name, None)
    if name in BY_ELEMENT or (isinstance(ufunc, np.ufunc) and ufunc.signature is None):
        return by_element(lambda *xs: operation(*xs, **params), operands)
    raise ArgumentError(
        f"{name} cannot be written out in single numbers; those that can are the element-wise "
        f"operations, bce_with_logits, mean, {', '.join(sorted(BY_NUMPY))}"
    )


def mean_of(array: Elements, **params: Any) -> Elements:
    """Return the sum over the number of elements: np.mean of objects would give a float."""
    total = as_elements(np.sum(array, **params))
    count = array.size // max(total.size, 1)
    return array_of([x / count for x in total.flat], total.shape)


def by_element(function: Callable[..., Any], operands: list[Elements]) -> Elements:
    """Return what a function gives for each element of operands that are broadcast together."""
    spread = np.broadcast_arrays(*operands)
    results = [function(*xs) for xs in zip(*(array.flat for array in spread), strict=True)]
    return array_of(results, spread[0].shape)
