"""The operations of random programs in PyTorch and JAX: what they share with numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Functions = dict[str, Callable[..., Any]]

SAME_IN_TORCH = (
    *("add", "multiply", "subtract", "divide", "negative", "positive", "absolute", "square"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("arcsinh", "arccosh", "arctanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p"),
    *("sqrt", "reciprocal", "sinc", "deg2rad", "rad2deg", "hypot", "arctan2", "logaddexp"),
    *("logaddexp2", "copysign", "remainder", "fmod", "maximum", "minimum", "fmax", "fmin"),
    *("sigmoid", "relu", "float_power", "ravel", "moveaxis", "squeeze"),
    *("tril", "triu", "matmul", "inner"),
)
"""Functions of PyTorch that have numpy's name, or that of our operation, and its arguments."""

SAME_IN_JAX = (
    *(name for name in SAME_IN_TORCH if name not in ("sigmoid", "relu")),
    *("power", "cbrt", "fabs", "sum", "mean", "prod", "max", "min", "median", "ptp", "var", "std"),
    *("cumsum", "cumprod", "sort", "diff", "trapezoid", "transpose", "expand_dims", "flip"),
    *("kron", "roll", "swapaxes", "diagonal", "trace", "outer", "dot", "tensordot", "cross"),
    *("linalg.inv", "linalg.det", "linalg.cholesky"),
)


def torch_functions(torch: Any) -> Functions:
    """Return PyTorch's functions with numpy's keywords."""

    def constant(x: Any) -> Any:
        return torch.as_tensor(x) if isinstance(x, np.ndarray) else x

    def axes_of(x: Any, axis: Any) -> tuple[int, ...]:
        if axis is None:
            return tuple(range(x.ndim))
        return axis if isinstance(axis, tuple) else (axis,)

    def reduced(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: Any, axis: Any = None, keepdims: bool = False, **params: Any) -> Any:
            axes = axes_of(x, axis)
            if not axes:  # torch takes () for all of them
                return function(x[None], (0,), keepdim=False, **params)
            return function(x, axes, keepdim=keepdims, **params)

        return call

    def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        axes = sorted((a % x.ndim for a in axes_of(x, axis)), reverse=True)
        for a in axes:
            x = torch.prod(x, a, keepdim=keepdims)
        return x

    def spread(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: Any, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Any:
            return reduced(function)(x, axis, keepdims, correction=ddof)

        return call

    def along(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: Any, axis: Any = None) -> Any:
            return function(x.reshape(-1), 0) if axis is None else function(x, axis)

        return call

    def flip(x: Any, axis: Any = None) -> Any:
        return torch.flip(x, axes_of(x, axis))

    def getitem(x: Any, index: Any) -> Any:
        shape = tuple(x.shape)
        places = np.arange(x.numel()).reshape(shape)[index]  # torch has no negative steps
        return x.reshape(-1)[torch.as_tensor(np.array(places))]

    def take(x: Any, places: Any, axis: Any = None) -> Any:
        index = torch.as_tensor(places)
        if axis is None:
            return x.reshape(-1)[index % x.numel()]
        return torch.index_select(x, axis, index % x.shape[axis])

    def broadcast_to(x: Any, shape: Any) -> Any:
        return torch.broadcast_to(x, shape)

    def transpose(x: Any, axes: Any = None) -> Any:
        return torch.permute(x, axes or tuple(reversed(range(x.ndim))))

    def norm(x: Any, axis: Any = None) -> Any:
        return torch.linalg.vector_norm(x, dim=axis)

    def kron(x: Any, y: Any) -> Any:
        ndim = max(x.ndim, y.ndim)  # torch.kron takes no views of some strides
        left, right = (z.reshape((1,) * (ndim - z.ndim) + tuple(z.shape)) for z in (x, y))
        for axis in range(ndim):
            left = left.repeat_interleave(right.shape[axis], axis)
        times = [n // m if m else 1 for n, m in zip(left.shape, right.shape, strict=True)]
        return left * right.repeat(times)

    functions: Functions = {name: getattr(torch, name) for name in SAME_IN_TORCH}
    binary = ("add", "multiply", "subtract", "divide", "float_power", "power", "hypot", "arctan2")
    binary += ("logaddexp", "logaddexp2", "copysign", "remainder", "fmod")
    binary += ("maximum", "minimum", "fmax", "fmin")

    def of_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(x: Any, y: Any) -> Any:
            return function(x, torch.as_tensor(y, dtype=torch.float64))

        return call

    functions |= {
        "power": torch.pow,
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        "where": lambda x, y, condition: torch.where(constant(condition), x, y),
        "clip": lambda x, low, high: torch.clip(x, low, high),
        "sum": reduced(torch.sum),
        "mean": reduced(torch.mean),
        "max": reduced(torch.amax),
        "min": reduced(torch.amin),
        "var": spread(torch.var),
        "std": spread(torch.std),
        "logsumexp": reduced(torch.logsumexp),
        "prod": prod,
        "softmax": lambda x, axis=-1: torch.softmax(x, axis),
        "log_softmax": lambda x, axis=-1: torch.log_softmax(x, axis),
        "cumsum": along(torch.cumsum),
        "cumprod": along(torch.cumprod),
        "sort": lambda x, axis=-1: torch.sort(x, axis).values,
        "diff": lambda x, axis=-1: torch.diff(x, dim=axis),
        "trapezoid": lambda x, axis=-1: torch.trapezoid(x, dim=axis),
        "linalg.norm": norm,
        "reshape": lambda x, shape: torch.reshape(x, shape),
        "transpose": transpose,
        "swapaxes": lambda x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
        "diagonal": torch.diagonal,
        "trace": lambda x: torch.sum(torch.diagonal(x), dim=-1),
        "outer": lambda x, y: torch.outer(torch.ravel(x), torch.ravel(y)),
        "expand_dims": lambda x, axis: torch.unsqueeze(x, axis),
        "broadcast_to": broadcast_to,
        "flip": flip,
        "roll": lambda x, shift, axis=None: torch.roll(x, shift, axis),
        "tile": lambda x, reps: torch.tile(x, reps if isinstance(reps, tuple) else (reps,)),
        "repeat": lambda x, repeats, axis=None: torch.repeat_interleave(x, repeats, axis),
        "getitem": getitem,
        "take": take,
        "concatenate": lambda *parts, axis=0: torch.cat(parts, axis),
        "stack": lambda *parts, axis=0: torch.stack(parts, axis),
        "split": lambda x, sections, part: torch.tensor_split(x, tuple(sections))[part],
        "kron": kron,
        "dot": lambda x, y: torch.matmul(x, y),
        "cross": lambda x, y: torch.linalg.cross(x, y),
        "tensordot": lambda x, y, axes: torch.tensordot(x, y, axes),
        "linalg.inv": torch.linalg.inv,
        "linalg.det": torch.linalg.det,
        "linalg.slogdet": lambda a: torch.linalg.slogdet(a).logabsdet,
        "linalg.cholesky": torch.linalg.cholesky,
        "linalg.eigvalsh": torch.linalg.eigvalsh,
        "linalg.svdvals": torch.linalg.svdvals,
        "linalg.matrix_power": lambda a, n: torch.linalg.matrix_power(a, n),
        "symmetrise": lambda x: (x + x.mT) / 2,
    }
    return functions | {name: of_tensors(functions[name]) for name in binary}


def jax_functions(jax: Any) -> Functions:
    """Return JAX's functions, which take numpy's keywords."""
    jnp = jax.numpy

    def function_of(name: str) -> Callable[..., Any]:
        function: Any = jnp
        for part in name.split("."):
            function = getattr(function, part)
        return function  # type: ignore[no-any-return]

    functions: Functions = {name: function_of(name) for name in SAME_IN_JAX}
    return functions | {
        "sigmoid": jax.nn.sigmoid,
        "relu": jax.nn.relu,
        "softplus": jax.nn.softplus,
        "softmax": lambda x, axis=-1: jax.nn.softmax(x, axis),
        "log_softmax": lambda x, axis=-1: jax.nn.log_softmax(x, axis),
        "logsumexp": jax.scipy.special.logsumexp,
        "where": lambda x, y, condition: jnp.where(condition, x, y),
        "clip": lambda x, low, high: jnp.clip(x, low, high),
        "reshape": lambda x, shape: jnp.reshape(x, shape),
        "broadcast_to": lambda x, shape: jnp.broadcast_to(x, shape),
        "tile": lambda x, reps: jnp.tile(x, reps),
        "repeat": lambda x, repeats, axis=None: jnp.repeat(x, repeats, axis=axis),
        "pad": lambda x, width, mode: jnp.pad(x, width, mode=mode),
        "getitem": lambda x, index: x[index],
        "take": lambda x, places, axis=None: jnp.take(x, places, axis=axis),
        "concatenate": lambda *parts, axis=0: jnp.concatenate(parts, axis=axis),
        "stack": lambda *parts, axis=0: jnp.stack(parts, axis=axis),
        "split": lambda x, sections, part: jnp.split(x, sections)[part],
        "einsum": lambda *operands, subscripts: jnp.einsum(subscripts, *operands),
        "linalg.slogdet": lambda a: jnp.linalg.slogdet(a)[1],
        "linalg.eigvalsh": lambda a: jnp.linalg.eigh(a)[0],
        "linalg.svdvals": lambda a: jnp.linalg.svd(a, full_matrices=False)[1],
        "linalg.matrix_power": lambda a, n: jnp.linalg.matrix_power(a, n),
        "linalg.solve": jnp.linalg.solve,
        "linalg.norm": lambda x, axis=None: jnp.linalg.norm(
            x if axis is not None else x.ravel(), axis=axis
        ),
        "symmetrise": lambda x: (x + jnp.swapaxes(x, -1, -2)) / 2,
    }
