"""A Value: an array that remembers how it was made.

The operations on Values record themselves: each result knows its operation, its operands and the
arrays that went in. Nodes point backwards only and hold no closures, so a graph is plain data that
reference counting alone frees.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count
from operator import index
from typing import TYPE_CHECKING, Any, Final, NoReturn, final

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ConversionError, DtypeError, GraphError, NoGradientRuleError
from autograd_lite.numpy_methods import NumpyMethods
from autograd_lite.recording import current_mode, get_tracer, is_transforming

if TYPE_CHECKING:
    from autograd_lite.explain import Explanation
    from autograd_lite.primitive import Primitive

__all__ = ["Value"]

NUMPY_TYPES: Final = frozenset(
    {
        np.ndarray,
        np.float64,
        np.float32,
        np.float16,
        np.complex128,
        np.complex64,
        np.bool_,
        np.int64,
        np.int32,
        np.longdouble,
    }
)
"""What comes out of a numpy function, the usual types: a lookup in place of isinstance."""

NUMPY_OR_PYTHON_TYPES: Final = NUMPY_TYPES | {float, int, bool, complex}
"""Operands that stay as they are; Python numbers stay raw, so that float32 * 2.0 is float32."""

NO_PARAMS: Final[dict[str, Any]] = {}

next_number = count().__next__


@final
class Value(NumpyMethods):
    """A number or an array in a graph of operations, with its gradient.

    Parameters
    ----------
    data : array_like
        Copied. Python integers become floats; an array of floats or complex numbers keeps its
        dtype.
    requires_grad : bool
        Whether it is a variable, whose gradient `backward` computes, or a constant.
    name : str, optional
        What drawings and messages call it.

    Attributes
    ----------
    data : ndarray or numpy scalar
        The content, a scalar where it has no axes. Assigning to it rebinds it: graphs recorded
        before keep the array that they were computed with.
    grad : None, ndarray, numpy scalar or Value
        The gradient that `backward` computed last (summed over calls, for a leaf), with the shape
        and the dtype of `data`. A Value only after ``backward(create_graph=True)``, on leaves.
    operation : Primitive or None
        What made it; None for a leaf.
    operands : tuple
        What went into the operation, in order, with repeats: Values, arrays and numbers.
    params : dict
        The operation's metadata, such as axis.
    number : int
        The creation number: greater than those of its operands.

    Raises
    ------
    DtypeError
        If a variable is an array of integers or booleans.
    ConversionError
        If `data` is a Value that requires a gradient.

    Notes
    -----
    Comparisons are element-wise and return constant Values. Hashing is by identity.

    Examples
    --------
    >>> import autograd_lite as al
    >>> x, y = al.Value(2.0, name="x"), al.Value(3.0, name="y")
    >>> z = x * y + x**2
    >>> z.backward()
    >>> print(z.data, x.grad, y.grad)
    10.0 7.0 2.0
    """

    __slots__ = (
        "__weakref__",
        "_arrays",
        "_data",
        "_requires_grad",
        "grad",
        "name",
        "number",
        "operands",
        "operation",
        "params",
    )

    _arrays: tuple[Any, ...]
    _data: NDArray[Any]  # or a numpy scalar, which has the same attributes
    _requires_grad: bool
    grad: Any
    name: str | None
    number: int
    operands: tuple[Any, ...]
    operation: Primitive | None
    params: dict[str, Any]

    def __init__(self, data: Any, *, requires_grad: bool = True, name: str | None = None) -> None:
        if type(data) is Value:
            if data._requires_grad:
                raise ConversionError(
                    "Value() got a Value that requires a gradient, whose graph would be cut; use "
                    "it as it is, or Value(x.data) for a new leaf"
                )
            data = data._read("the new Value(x)")
        self._data = as_data(data, requires_grad, copy=True)
        self._requires_grad = bool(requires_grad)
        self.name = name
        self.grad = None
        self.operation = None
        self.operands = ()
        self.params = NO_PARAMS
        self._arrays = ()
        self.number = next_number()

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("Value is final; declare an operation with al.primitive instead")

    # What it holds

    @property
    def data(self) -> Any:
        """The content: an ndarray, or a numpy scalar where it has no axes."""
        return self._read(".data")

    @data.setter
    def data(self, data: Any) -> None:
        if type(data) is Value:
            data = data._read(".data = x")
        data = as_data(data, self._requires_grad, copy=False)
        if data.shape != self._data.shape or data.dtype != self._data.dtype:
            self.grad = None  # it belongs to the data before: added to, it would broadcast
        self._data = data

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for it."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if self.operation is not None:
            raise GraphError(
                f"requires_grad can be set on leaves only; this Value is a result of "
                f"{self.operation.name}. Use value.detach() for a constant"
            )
        as_data(self._data, flag, copy=False)  # raises for what cannot be a variable
        self._requires_grad = bool(flag)

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by a caller, not by a recorded operation."""
        return self.operation is None

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the content."""
        return self._data.dtype

    @property
    def T(self) -> Value:
        """The transpose: all axes reversed."""
        return ops.transpose(self)

    @property
    def mT(self) -> Value:
        """The transpose of each matrix: the last two axes exchanged."""
        transposed: Value = ops.matrix_transpose(self)
        return transposed

    @property
    def real(self) -> Value:
        """The real part."""
        return ops.real(self)

    @property
    def imag(self) -> Value:
        """The imaginary part."""
        return ops.imag(self)

    def item(self) -> Any:
        """Return the only element as a Python number."""
        return self._read(".item()").item()

    def tolist(self) -> Any:
        """Return the data as nested lists of Python numbers, which are constants."""
        return self._read(".tolist()").tolist()

    def detach(self) -> Value:
        """Return a constant Value that shares the data and has no graph behind it."""
        detached = constant(self._data)
        tracer = get_tracer()
        if tracer is not None:
            tracer.same(detached, self)
        return detached

    def _read(self, what: str) -> Any:
        """Return the data, to be looked at outside of the graph; `what` says how, for messages."""
        mode = current_mode.get()
        if mode is not None and mode.tracer is not None:
            mode.tracer.refuse_to_read(self, what)
        return self._data

    def backward(
        self, grad: Any = None, *, create_graph: bool = False, leaves_only: bool = False
    ) -> None:
        """Compute the gradients of this Value with respect to everything it was made from.

        See `autograd_lite.backward.backward`, which does the work.

        Parameters
        ----------
        grad : array_like, optional
            The seed, of this Value's shape. Default: 1, for a result of one element.
        create_graph : bool
            Record the gradients themselves, so that they can be differentiated again; the leaves'
            `grad` are Values then.
        leaves_only : bool
            Drop the gradients of intermediate results early, which saves memory.
        """
        backward(self, grad, create_graph=create_graph, leaves_only=leaves_only)

    def explain(
        self, x: Value, *, grad: Any = None, index: Any = None, limit: int = 10
    ) -> Explanation:
        """Return how the gradient of this Value with respect to `x` comes about, path by path.

        See `autograd_lite.explain.explain`, which does the work.

        Parameters
        ----------
        x : Value
            With respect to what: a leaf or an intermediate result.
        grad : array_like, optional
            The seed, of this Value's shape. Default: 1, for a result of one element.
        index : int, tuple or slice, optional
            An index into `x`: sort paths by what they add to these elements.
        limit : int
            How many paths to return: the largest.

        Returns
        -------
        Explanation
            Its text is a table. It has the gradient (`total`), the largest `paths` with their
            Values, factors and contributions, how many there are (`path_count`) and what those
            that are not returned add up to (`rest`).

        Raises
        ------
        GraphError
            If there is no path from `x`, with the reason; if several elements need a seed.

        Examples
        --------
        >>> import autograd_lite as al
        >>> x, w = al.Value(2.0, name="x"), al.Value(-3.0, name="w")
        >>> h = (w * x).relu()
        >>> y = h + x * x
        >>> h.name, y.name = "h", "y"
        >>> print(y.explain(x))
        gradient of y with respect to x: 4, by 3 paths
          adds  along
             2  x → multiply v3 by operand 1 (× 2) → add y
             2  x → multiply v3 by operand 0 (× 2) → add y
             0  x → multiply v1 (× -3) → relu h (× 0) → add y
                why 0: relu h: the unit is off: input -6
        """
        from autograd_lite.explain import explain  # a tenth of the package, seldom used

        return explain(self, x, grad=grad, index=index, limit=limit)

    # Python's protocols

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        digits = np.array2string(np.asarray(self._data), precision=6, threshold=20, separator=", ")
        parts = [digits]
        if self._data.dtype != np.float64:
            parts.append(f"dtype={self._data.dtype}")
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.operation is not None:
            parts.append(f"operation={self.operation.name}")
        elif not self._requires_grad:
            parts.append("requires_grad=False")
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        return format(self._data.item(), spec) if spec else str(self)

    def __bool__(self) -> bool:
        return bool(self._read("bool(x), as in `if` and `while`,"))

    def __float__(self) -> float:
        data = self._read("float(x)")
        self._refuse_to_become("float", "math.sin")
        return float(data)

    def __complex__(self) -> complex:
        data = self._read("complex(x)")
        self._refuse_to_become("complex", "cmath.sin")
        return complex(data)

    def _refuse_to_become(self, kind: str, example: str) -> None:
        if self._requires_grad and is_transforming.get():
            raise ConversionError(
                f"a Value was about to become a plain {kind} inside a function that is being "
                "differentiated, which would cut the graph silently; use numpy's functions "
                f"(np.sin, not {example}), or x.item() for a number to look at"
            )

    def __int__(self) -> int:
        return int(self._read("int(x)"))

    def __index__(self) -> int:
        return index(self._read("a Value as a whole number"))

    # Whole numbers do not move with the Value, so that as constants they cut nothing off

    def __round__(self, digits: int | None = None) -> Any:
        return round(self.item()) if digits is None else ops.round(self, decimals=digits)

    def __trunc__(self) -> Any:
        return math.trunc(self.item())

    def __floor__(self) -> Any:
        return math.floor(self.item())

    def __ceil__(self) -> Any:
        return math.ceil(self.item())

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __divmod__(self, other: object) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> tuple[Value, Value]:
        return other // self, other % self

    def __getitem__(self, key: Any) -> Value:
        return ops.getitem(self, index=ops.plain_index(key))

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise NoGradientRuleError(
            "a Value cannot be assigned to (x[...] = value): what was recorded with it would no "
            "longer hold; write x = np.where(mask, value, x), or join parts with al.stack, "
            "al.array or np.concatenate"
        )

    def __reduce__(self) -> tuple[Callable[..., Value], tuple[Any, ...]]:
        """Copy and pickle leaves; the graph behind a result is never copied along."""
        if self.operation is not None:
            raise GraphError(
                f"a result of {self.operation.name} cannot be copied or pickled: its graph would "
                "come along; use value.detach() or value.data"
            )
        return restore_leaf, (self._data, self._requires_grad, self.name, self.grad)

    # numpy's protocols

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self._requires_grad:
            raise ConversionError(
                "a Value that requires a gradient was about to become a plain array, which would "
                "cut the graph silently; use al.stack, al.array or np.concatenate to join Values, "
                "np.broadcast_to(value, shape) in place of np.full, value.data for the numbers, or "
                "value.detach() for a constant; in place of scipy.special.logsumexp, softmax and "
                "log_softmax, those of al.nn.functional; al.primitive declares what another "
                "package computes"
            )
        return np.array(self._read("np.asarray(x)"), dtype=dtype, copy=copy)

    @property
    def _mask(self) -> Any:
        """What `numpy.ma` asks for; it takes `_data` where there is one, past `__array__`."""
        if self._requires_grad:
            raise ConversionError(
                "numpy.ma got a Value that requires a gradient and would take its numbers alone, "
                "which would cut the graph silently; use np.where(mask, 0.0, value), the where= of "
                "reductions, or value.data for the numbers"
            )
        raise AttributeError("_mask")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            return function_for_values(ufunc)(*inputs)
        return ops.call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return function_for_values(function)(*args, **kwargs)

    # Operators: `install_operators` puts them here, one for each row of its table

    if TYPE_CHECKING:

        def __add__(self, other: object) -> Value: ...
        def __radd__(self, other: object) -> Value: ...
        def __sub__(self, other: object) -> Value: ...
        def __rsub__(self, other: object) -> Value: ...
        def __mul__(self, other: object) -> Value: ...
        def __rmul__(self, other: object) -> Value: ...
        def __truediv__(self, other: object) -> Value: ...
        def __rtruediv__(self, other: object) -> Value: ...
        def __floordiv__(self, other: object) -> Value: ...
        def __rfloordiv__(self, other: object) -> Value: ...
        def __mod__(self, other: object) -> Value: ...
        def __rmod__(self, other: object) -> Value: ...
        def __pow__(self, other: object) -> Value: ...
        def __rpow__(self, other: object) -> Value: ...
        def __matmul__(self, other: object) -> Value: ...
        def __rmatmul__(self, other: object) -> Value: ...
        def __and__(self, other: object) -> Value: ...
        def __rand__(self, other: object) -> Value: ...
        def __or__(self, other: object) -> Value: ...
        def __ror__(self, other: object) -> Value: ...
        def __xor__(self, other: object) -> Value: ...
        def __rxor__(self, other: object) -> Value: ...
        def __lt__(self, other: object) -> Value: ...
        def __le__(self, other: object) -> Value: ...
        def __gt__(self, other: object) -> Value: ...
        def __ge__(self, other: object) -> Value: ...
        def __eq__(self, other: object) -> Value: ...  # type: ignore[override]
        def __ne__(self, other: object) -> Value: ...  # type: ignore[override]
        def __neg__(self) -> Value: ...
        def __pos__(self) -> Value: ...
        def __abs__(self) -> Value: ...
        def __invert__(self) -> Value: ...


# Making Values


def as_data(data: Any, requires_grad: bool, *, copy: bool) -> Any:
    """Return `data` as an array or numpy scalar that a Value may hold."""
    array = np.array(data, copy=True) if copy else np.asarray(data)
    has_dtype = isinstance(data, np.ndarray | np.generic)
    if array.dtype.kind == "i" and not has_dtype:
        array = array.astype(float)  # Python integers, alone or in lists
    if requires_grad and array.dtype.kind not in "fc":
        raise DtypeError(
            f"a variable holds floats or complex numbers, got {describe(array)}; use "
            "x.astype(float), or Value(x, requires_grad=False) for a constant"
        )
    if array.dtype.kind not in "fiubc":
        raise DtypeError(f"a Value holds numbers, got {describe(array)}")
    return array[()]


def describe(array: Any) -> str:
    """Return a phrase for messages: dtype and shape."""
    return f"an array of dtype {array.dtype} and shape {array.shape}"


def constant(data: Any) -> Value:
    """Return an untracked Value that holds `data` itself."""
    value = Value.__new__(Value)
    value._data = data
    value._requires_grad = False
    value.name = None
    value.grad = None
    value.operation = None
    value.operands = ()
    value.params = NO_PARAMS
    value._arrays = ()
    value.number = next_number()
    return value


def node(
    operation: Primitive,
    operands: tuple[Any, ...],
    arrays: tuple[Any, ...],
    params: dict[str, Any],
) -> Value:
    """Return the tracked result of an operation; `arrays` is ``(out, *operand arrays)``."""
    value = Value.__new__(Value)
    value._data = arrays[0]
    value._requires_grad = True
    value.name = None
    value.grad = None
    value.operation = operation
    value.operands = operands
    value.params = params
    value._arrays = arrays
    value.number = next_number()
    return value


def data_of(operand: Any) -> Any:
    """Return the data of a Value, for its shape and dtype; anything else as it is."""
    return operand._data if type(operand) is Value else operand


def content_of(operand: Any) -> Any:
    """Return the numbers of a Value, to decide by; a program that is compiled cannot do that."""
    return operand._read("the content of an argument") if type(operand) is Value else operand


def check_content(check: Callable[..., None], *operands: Any) -> None:
    """Run a check of numbers, which raises; in a program that is compiled, at each of its runs."""
    tracer = get_tracer()
    if tracer is None:
        check(*map(data_of, operands))
    else:
        tracer.check(check, operands)


def detached(operand: Any) -> Any:
    """Return a Value as a constant, anything else as it is."""
    return operand.detach() if type(operand) is Value else operand


def restore_leaf(data: Any, requires_grad: bool, name: str | None, grad: Any) -> Value:
    """Return a copy of a leaf: the other half of pickling."""
    value = Value(data, requires_grad=requires_grad, name=name)
    value.grad = np.copy(grad)[()] if isinstance(grad, np.ndarray) else grad
    return value


def function_for_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what stands for a numpy function on Values, or raise."""
    if function not in numpy_functions and is_of_scipy_special(function):
        import_module("autograd_lite.ops.special")
    try:
        return numpy_functions[function]
    except KeyError:
        raise NoGradientRuleError(missing_rule(function)) from None


def is_of_scipy_special(function: Callable[..., Any]) -> bool:
    """Return whether scipy.special, if somebody has imported it, holds the function."""
    module = sys.modules.get("scipy.special")
    return module is not None and getattr(module, function.__name__, None) is function


def missing_rule(function: Callable[..., Any]) -> str:
    """Return the message for a numpy function without a rule."""
    name = full_name(function)
    if function in refusals:
        return f"{name} has no derivative: {refusals[function]}; use x.data for a constant"
    return (
        f"{name} has no gradient rule for Value operands; use x.data for a constant, or declare "
        f"primitive({name}, ...)"
    )


def full_name(function: Callable[..., Any]) -> str:
    """Return what messages call a function: "np.linalg.inv"."""
    name = function.__name__
    if is_of_scipy_special(function):
        return f"scipy.special.{name}"
    module = getattr(function, "__module__", None)  # ufuncs have none, or had none
    if module is None:
        module = "numpy" if getattr(np, name, None) is function else ""
    return f"{module}.{name}".replace("numpy", "np", 1).lstrip(".")


# Values and the operations on them need each other: the operations come last.
from autograd_lite import ops  # noqa: E402
from autograd_lite.backward import backward  # noqa: E402
from autograd_lite.operators import install_operators  # noqa: E402
from autograd_lite.primitive import numpy_functions, refusals  # noqa: E402

install_operators()
