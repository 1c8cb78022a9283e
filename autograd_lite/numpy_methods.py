"""The methods that Values have in common with numpy's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al  # the operations are looked up when they are called: they need Values

if TYPE_CHECKING:
    from autograd_lite.value import Value

__all__ = ["NumpyMethods"]

Axis = int | tuple[int, ...] | None


class NumpyMethods:
    """What Value inherits: each method is the numpy function of its name."""

    __slots__ = ()

    def sum(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Value:
        """Return the sum over `axis`, or over all elements."""
        total: Value = al.ops.sum(self, axis, dtype, out, keepdims, **options)
        return total

    def mean(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Value:
        """Return the mean over `axis`, or over all elements."""
        average: Value = al.ops.mean(self, axis, dtype, out, keepdims, **options)
        return average

    def var(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: Any = None,
        ddof: float = 0,
        keepdims: bool = False,
        **options: Any,
    ) -> Value:
        """Return the variance over `axis`, with ``n - ddof`` in the denominator."""
        variance: Value = al.ops.var(self, axis, dtype, out, ddof, keepdims, **options)
        return variance

    def std(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: Any = None,
        ddof: float = 0,
        keepdims: bool = False,
        **options: Any,
    ) -> Value:
        """Return the standard deviation; its gradient is 0 where it is 0."""
        deviation: Value = al.ops.std(self, axis, dtype, out, ddof, keepdims, **options)
        return deviation

    def max(
        self, axis: Axis = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Value:
        """Return the maximum; ties share the gradient evenly."""
        maximum: Value = al.ops.max(self, axis, out, keepdims, **options)
        return maximum

    def min(
        self, axis: Axis = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Value:
        """Return the minimum; ties share the gradient evenly."""
        minimum: Value = al.ops.min(self, axis, out, keepdims, **options)
        return minimum

    def prod(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Value:
        """Return the product; its gradient is exact at zeros."""
        product: Value = al.ops.prod(self, axis, dtype, out, keepdims, **options)
        return product

    def cumsum(self, axis: int | None = None, dtype: Any = None, out: Any = None) -> Value:
        """Return the running sum along `axis`, or over the elements in order."""
        sums: Value = al.ops.cumsum(self, axis, dtype, out)
        return sums

    def cumprod(self, axis: int | None = None, dtype: Any = None, out: Any = None) -> Value:
        """Return the running product along `axis`, or over the elements in order."""
        products: Value = al.ops.cumprod(self, axis, dtype, out)
        return products

    def any(self, axis: Axis = None, out: Any = None, keepdims: bool = False) -> Value:
        """Return whether an element is not zero, a constant."""
        return al.ops.any(self, axis=axis, out=out, keepdims=keepdims)

    def all(self, axis: Axis = None, out: Any = None, keepdims: bool = False) -> Value:
        """Return whether no element is zero, a constant."""
        return al.ops.all(self, axis=axis, out=out, keepdims=keepdims)

    def argmax(self, axis: int | None = None, out: Any = None) -> Value:
        """Return the position of the maximum, a constant."""
        return al.ops.argmax(self, axis=axis, out=out)

    def argmin(self, axis: int | None = None, out: Any = None) -> Value:
        """Return the position of the minimum, a constant."""
        return al.ops.argmin(self, axis=axis, out=out)

    def argsort(self, axis: int | None = -1) -> Value:
        """Return the positions of the elements in order, a constant."""
        return al.ops.argsort(self, axis=axis)

    def round(self, decimals: int = 0) -> Value:
        """Return the elements rounded to `decimals` places; the gradient is 0."""
        return al.ops.round(self, decimals=decimals)

    def reshape(self, *shape: Any, order: str = "C") -> Value:
        """Return the same elements in another shape: ``reshape(2, 3)`` or ``reshape((2, 3))``."""
        reshaped: Value = al.ops.reshape(self, shape[0] if len(shape) == 1 else shape, order)
        return reshaped

    def transpose(self, *axes: Any) -> Value:
        """Return the axes in the order given, or reversed."""
        if len(axes) == 1 and not isinstance(axes[0], int):
            axes = axes[0]
        return al.ops.transpose(self, axes=axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Value:
        """Return the array with two axes exchanged."""
        return al.ops.swapaxes(self, axis1=axis1, axis2=axis2)

    def squeeze(self, axis: Axis = None) -> Value:
        """Return the array without its axes of length one, or without those named."""
        return al.ops.squeeze(self, axis=axis)

    def ravel(self, order: str = "C") -> Value:
        """Return the elements along one axis."""
        flat: Value = al.ops.ravel(self, order)
        return flat

    flatten = ravel

    def repeat(self, repeats: Any, axis: int | None = None) -> Value:
        """Return each element several times, one after the other."""
        repeated: Value = al.ops.repeat(self, repeats, axis)
        return repeated

    def take(self, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Value:
        """Return the elements at `indices` along an axis, or of the elements in order."""
        taken: Value = al.ops.take(self, indices, axis, mode=mode)
        return taken

    def compress(self, condition: Any, axis: int | None = None) -> Value:
        """Return the elements along an axis, or of all in order, at which a condition holds."""
        kept: Value = al.ops.compress(condition, self, axis)
        return kept

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """Return the diagonal of two axes as the last axis."""
        elements: Value = al.ops.diagonal(self, offset, axis1, axis2)
        return elements

    def copy(self) -> Value:
        """Return an equal Value with data of its own; the gradient passes through."""
        return al.ops.copy(self)

    def nonzero(self) -> tuple[NDArray[Any], ...]:
        """Return the positions of the elements that are not zero, as arrays."""
        positions: tuple[NDArray[Any], ...] = al.ops.nonzero(self)
        return positions

    def exp(self) -> Value:
        """Return e to the power of each element."""
        return al.ops.exp(self)

    def log(self) -> Value:
        """Return the natural logarithm of each element."""
        return al.ops.log(self)

    def sqrt(self) -> Value:
        """Return the square root of each element; its derivative at 0 is infinite."""
        return al.ops.sqrt(self)

    def sin(self) -> Value:
        """Return the sine of each element (in radians)."""
        return al.ops.sin(self)

    def cos(self) -> Value:
        """Return the cosine of each element (in radians)."""
        return al.ops.cos(self)

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of each element."""
        return al.ops.tanh(self)

    def sigmoid(self) -> Value:
        """Return ``1 / (1 + exp(-x))`` for each element."""
        return al.ops.sigmoid(self)

    def relu(self) -> Value:
        """Return ``max(x, 0)`` for each element; the derivative at 0 is 0."""
        return al.ops.relu(self)

    def conj(self) -> Value:
        """Return the complex conjugate of each element."""
        return al.ops.conjugate(self)

    conjugate = conj

    def clip(self, min: Any = None, max: Any = None) -> Value:
        """Return each element limited to ``[min, max]``; the gradient passes at the bounds."""
        clipped: Value = al.ops.clip(self, min, max)
        return clipped

    def dot(self, other: Any) -> Value:
        """Return the dot product, as `numpy.dot`."""
        product: Value = al.ops.dot(self, other)
        return product

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        """Return the sum along a diagonal."""
        total: Value = al.ops.trace(self, offset, axis1, axis2)
        return total

    def astype(self, dtype: Any) -> Value:
        """Return the array in another float or complex dtype; its gradient comes back in this."""
        return al.ops.astype(self, dtype=np.dtype(dtype))
