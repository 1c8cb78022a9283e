"""al.compile(backend="numba"): the same results to rounding, whatever numba does not take."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.trees import flatten

pytest.importorskip("numba")

RTOL = {np.dtype(np.float64): 1e-13, np.dtype(np.float32): 1e-5}

F = al.nn.functional


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep machine code in a folder of its own, for all tests here."""
    folder = tmp_path_factory.mktemp("machine_code")
    before = os.environ.get("AUTOGRAD_LITE_CACHE")
    os.environ["AUTOGRAD_LITE_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["AUTOGRAD_LITE_CACHE"]
    else:
        os.environ["AUTOGRAD_LITE_CACHE"] = before


def check(function: Any, *args: Any, backend: str = "numba") -> al.compiler.Compiled:
    """Compile a function, and compare what it returns with what the function returns."""
    compiled = al.compile(function, backend="numba")
    for _ in range(2):
        got, want = flatten(compiled(*args)), flatten(function(*args))
        assert got.keys() == want.keys()
        for path in want:
            x, y = got[path], want[path]
            assert type(x) is type(y)
            assert (x.dtype, x.shape) == (y.dtype, y.shape)
            rtol = RTOL.get(y.dtype, 0)
            np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol, err_msg=str(path))
    assert compiled.backend == backend
    return compiled


def arrays(dtype: Any = float, *shapes: tuple[int, ...]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.uniform(0.1, 0.9, size=shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_element_wise_functions(dtype: Any) -> None:
    names = [
        *("arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "ceil", "cos", "cosh"),
        *("deg2rad", "exp", "exp2", "expm1", "fabs", "floor", "isfinite", "isinf", "isnan"),
        *("log", "log10", "log1p", "log2", "negative", "rad2deg", "reciprocal", "rint", "sign"),
        *("signbit", "sin", "sinh", "sqrt", "square", "tan", "tanh", "trunc", "absolute"),
    ]
    pairs = "add subtract multiply divide power maximum minimum fmax fmin hypot arctan2 copysign"
    pairs += " less less_equal greater greater_equal equal not_equal logaddexp"

    def everything(x: Any, y: Any) -> Any:
        some = {n: getattr(np, n)(2 - x if n == "arccosh" else x) for n in names}
        both = {n: getattr(np, n)(x, y) for n in pairs.split()}
        mixed = {
            "where": np.where(x > y, x, 0.0),
            "and": np.logical_and(x > 0.5, np.logical_not(y > 0.5)),
            "cast": (x > y).astype(x.dtype) * 2 + 1,
            "power": x**3 - x**-2 + 2**x,
            "numbers": 1 / (1 + x) - 3 * y,
        }
        return some | both | mixed

    x, y = arrays(dtype, (3, 4), (4,))
    x[0, :] = y
    check(everything, x, y)


def test_nan_and_infinity_and_signed_zero() -> None:
    def f(x: Any) -> Any:
        return np.maximum(x, 0.0), np.where(x == 0, -0.0, x), np.abs(x), np.fmax(x, 1.0), x * np.inf

    with np.errstate(all="ignore"):
        check(f, np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 2.0]))


def test_reductions_over_any_axes() -> None:
    def f(x: Any, v: Any) -> Any:
        return (
            np.sum(x), np.sum(x, axis=0), np.sum(x, axis=-1, keepdims=True), np.sum(v),
            np.max(x, axis=(0, 2)), np.max(v), np.min(x, axis=1), np.prod(x, axis=2),
            np.mean(x, axis=(0, 1, 2), keepdims=True), np.sum(np.zeros((0, 2)) * v[0], axis=0),
        )  # fmt: skip

    check(f, *arrays(float, (2, 3, 4), (1000,)))


def test_sums_of_many_numbers_are_exact_to_rounding() -> None:
    x = np.full(10**6, 0.1)
    total = al.compile(lambda x: np.sum(x * 1.0) + 0.0 * x[0], backend="numba")(x)
    assert abs(total - 1e5) < 1e-7


def test_shapes_indices_and_products() -> None:
    def f(x: Any, y: Any, v: Any) -> Any:
        t = x.T
        return (
            x @ y, x @ v, v @ v, t.T @ y, x[::2] @ y,
            np.reshape(t, (12,)), np.reshape(x, (2, 6)) * 1.0, np.expand_dims(v, 0) + x,
            np.squeeze(x[:1]), x[1, 2] * v, x[..., 1:3], x[:, None, 1], x[-1], x[0, 0],
            np.concatenate([v, np.ravel(x)]), np.concatenate([x, x * 2], axis=1),
            np.swapaxes(x, 0, 1) + 0.0, np.moveaxis(np.reshape(x, (3, 2, 2)), 0, -1) * 2.0,
            np.broadcast_to(v, (3, 4)) * x, np.transpose(np.reshape(x, (3, 2, 2)), (1, 2, 0)),
        )  # fmt: skip

    check(f, *arrays(float, (3, 4), (4, 2), (4,)))


def test_gradients_through_all_of_that() -> None:
    def f(x: Any, y: Any) -> Any:
        h = np.tanh(x @ y)[1:, ::-1]
        parts = np.concatenate([h, h * h], axis=1)
        return np.sum(np.max(parts, axis=0)) + np.mean(np.exp(parts[0]) * parts[:, :1])

    check(al.value_and_grad(f, (0, 1)), *arrays(float, (3, 4), (4, 2)))
    check(al.hessian(lambda x: np.sum(np.sin(x) ** 3 * x[0])), arrays(float, (3,))[0])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_networks_and_their_losses(dtype: Any) -> None:
    model = al.nn.MLP([3, 8, 4], activation="relu", rng=0, dtype=dtype)
    X, targets = arrays(dtype, (6, 3), (6, 4))
    labels = np.array([0, 3, 1, 1, 2, 0])
    for loss in (
        lambda X, y, c: F.binary_cross_entropy_with_logits(model(X), y),
        lambda X, y, c: F.mse_loss(np.tanh(model(X)), y),
        lambda X, y, c: F.cross_entropy(model(X), c),
    ):
        compiled = al.compile(loss, backend="numba")
        got, want = compiled(X, targets, labels), loss(X, targets, labels)
        assert got.dtype == dtype
        np.testing.assert_allclose(got.data, want.data, rtol=RTOL[np.dtype(dtype)])
        model.zero_grad()
        want.backward()
        expected = [p.grad for p in model.parameters()]
        model.zero_grad()
        got.backward()
        for p, g in zip(model.parameters(), expected, strict=True):
            assert p.grad.dtype == dtype
            np.testing.assert_allclose(p.grad, g, rtol=RTOL[np.dtype(dtype)], atol=1e-7)
        assert compiled.backend == "numba"


def test_what_numba_does_not_take_stays_with_numpy() -> None:
    def f(x: Any) -> Any:
        s = np.sort(np.exp(x) * 2.0, axis=-1)
        return np.cumsum(np.tanh(s) + 1.0, axis=0) / 3.0 - 1.0

    compiled = check(f, arrays(float, (3, 4))[0])
    assert "sort" not in compiled.loops
    assert "np.sort" in compiled.source


def test_a_function_of_which_numba_takes_nothing_warns_once() -> None:
    compiled = al.compile(lambda x: np.sort(x), backend="numba")
    with pytest.warns(RuntimeWarning, match="numba takes nothing of compiled: sort"):
        compiled(np.array([2.0, 1.0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compiled(np.array([2.0, 1.0])).tolist() == [1.0, 2.0]
    assert compiled.backend == "numpy"


def test_complex_numbers_stay_with_numpy() -> None:
    compiled = al.compile(lambda z: z * z.conj() + 1.0, backend="numba")
    with pytest.warns(RuntimeWarning, match="runs on numpy"):
        assert compiled(np.array([1j, 2.0])).tolist() == [2.0, 5.0]


def test_arrays_that_do_not_lie_in_one_piece_and_may_not_be_written() -> None:
    compiled = al.compile(lambda x: np.sum(np.exp(x) * x, axis=0), backend="numba")
    base = arrays(float, (4, 6))[0]
    frozen = base[:2, :3].copy()
    frozen.flags.writeable = False
    for x in (base[:2, :3], base[::2, ::2], np.asfortranarray(base[:2, :3]), frozen):
        np.testing.assert_allclose(compiled(x), np.sum(np.exp(x) * x, axis=0), rtol=1e-14)


def test_results_belong_to_the_caller() -> None:
    compiled = al.compile(lambda x: (x * 2.0, x + 1.0), backend="numba")
    first = compiled(np.ones(3))
    compiled(np.zeros(3))
    assert [x.tolist() for x in first] == [[2.0] * 3, [2.0] * 3]


def test_the_next_process_finds_the_machine_code(cache: Path) -> None:
    script = (
        "import numpy as np, autograd_lite as al\n"
        "c = al.compile(lambda x: np.sum(np.tanh(x) * x), backend='numba')\n"
        "print(c(np.arange(3.0)))\n"
        "import sys\n"
        "name, = [n for n in sys.modules if n.startswith('autograd_lite_')]\n"
        "kernel = sys.modules[name].compiled\n"
        "print(sum(kernel.stats.cache_hits.values()))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert runs[0][0] == runs[1][0]
    assert [run[1] for run in runs] == ["0", "1"]


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "a_file"
    file.write_text("")
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(file / "inside"))
    compiled = al.compile(lambda x: np.cos(x) * 0.5 - x, backend="numba")
    np.testing.assert_allclose(compiled(np.ones(2)), np.cos(np.ones(2)) * 0.5 - 1, rtol=1e-15)


def test_without_numba_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(al.errors.MissingDependencyError, match=r"autograd_lite\[jit\]"):
        al.compile(lambda x: np.sin(x) * 0.25 + x, backend="numba")(np.ones(2))
