"""The package as a whole: its public names, what importing it costs, its errors."""

from __future__ import annotations

import importlib.resources
import subprocess
import sys
from types import ModuleType

import pytest

import autograd_lite as al

FIXED_NAMES = [
    *("Value", "no_grad", "debug", "primitive"),
    *("grad", "value_and_grad", "jacobian", "hessian", "hvp", "vjp", "jvp", "elementwise_grad"),
    "checkpoint",
]


def test_all_lists_the_public_names_and_they_exist() -> None:
    assert all(hasattr(al, name) for name in al.__all__)  # which loads them
    modules = {name for name, thing in vars(al).items() if isinstance(thing, type(sys))}
    public = {name for name in dir(al) if not name.startswith("_")} - modules
    assert public == {name for name in al.__all__ if not name.startswith("_")} - modules
    assert len(set(al.__all__)) == len(al.__all__)
    assert set(FIXED_NAMES) <= set(al.__all__)


def run(code: str) -> tuple[str, str]:
    """Return what a new process prints to its output and to its errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip(), done.stderr


def test_what_few_programs_use_is_loaded_when_it_is_used() -> None:
    late = [
        "data",
        "debugging",
        "explain",
        "metrics",
        "serialization",
        "testing",
        "training",
        "viz",
    ]
    loaded = f"[m for m in {late} if f'autograd_lite.{{m}}' in sys.modules]"
    use = "al.viz, al.testing, al.fit, al.save, al.metrics, al.optim.minimize"
    out, errors = run(
        f"import sys, autograd_lite as al; print({loaded})\n"
        "print(set(al.__all__) - set(dir(al)), set(al.optim.__all__) - set(dir(al.optim)))\n"
        f"{use}; al.debug().__enter__(); al.Value.explain; print({loaded})"
    )
    late.remove("explain")
    assert (out.splitlines(), errors) == (["[]", "set() set()", str(late)], "")


@pytest.mark.parametrize("package", [al, al.optim])
def test_names_that_are_not_there_are_missing(package: ModuleType) -> None:
    assert not hasattr(package, "no_such_name")
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'none"):
        package.none  # noqa: B018  (asking for it is the test)


@pytest.mark.parametrize("name", ["debug", "data", "testing", "viz", "metrics"])
def test_a_module_that_is_imported_first_hides_no_public_name(name: str) -> None:
    code = f"import autograd_lite.{name}, autograd_lite as al; print(callable(al.{name}))"
    assert run(code) == (str(name == "debug"), "")


def test_each_file_of_operations_lists_the_names_that_the_table_has() -> None:
    files = [
        thing
        for name, thing in vars(al.ops).items()
        if getattr(thing, "__name__", "") == f"autograd_lite.ops.{name}" and name != "special"
    ]  # scipy's special functions are no part of the table
    listed = [name for file in files for name in file.__all__]
    public = {
        name
        for name, thing in vars(al.ops).items()
        if not name.startswith("_") and not isinstance(thing, type(sys))
    }
    assert len(files) >= 8
    assert len(set(listed)) == len(listed), "one name for two operations"
    assert public == set(listed)


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from autograd_lite import *", names)
    assert set(al.__all__) <= set(names)


def test_importing_loads_numpy_and_nothing_else_heavy() -> None:
    heavy = "graphviz matplotlib hypothesis scipy sklearn tqdm numba torch safetensors pytest"
    heavy += " numpy.random json subprocess"
    code = f"import sys, autograd_lite; print([m for m in {heavy.split()} if m in sys.modules])"
    assert run(code) == ("[]", "")


@pytest.mark.parametrize(
    "module", ["backward", "errors", "ops", "primitive", "recording", "transforms", "value"]
)
def test_each_module_can_be_imported_first(module: str) -> None:
    code = f"import autograd_lite.{module}, autograd_lite as al; al.Value(1.0).backward()"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert out.stderr == ""


def test_the_package_is_typed() -> None:
    assert importlib.resources.files("autograd_lite").joinpath("py.typed").is_file()


def test_the_version_is_a_version() -> None:
    assert al.__version__.split(".")[0].isdigit()


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("GraphError", RuntimeError),
        ("ShapeError", ValueError),
        ("DtypeError", TypeError),
        ("ArgumentError", ValueError),
        ("NonFiniteError", FloatingPointError),
        ("ConversionError", TypeError),
        ("NoGradientRuleError", TypeError),
        ("StateDictError", ValueError),
        ("FileFormatError", ValueError),
        ("MissingDependencyError", ImportError),
        ("RenderError", RuntimeError),
        ("GradientCheckError", AssertionError),
        ("CovarianceError", ArithmeticError),
    ],
)
def test_errors_are_one_family_and_builtin_errors(name: str, builtin: type) -> None:
    error = getattr(al.errors, name)
    assert issubclass(error, al.errors.AutogradError)
    assert issubclass(error, builtin)
    assert error.__doc__
    assert name in (al.errors.__doc__ or "")
    assert name in al.errors.__all__


def test_every_error_class_is_in_the_table_above() -> None:
    classes = {
        name
        for name, thing in vars(al.errors).items()
        if isinstance(thing, type) and issubclass(thing, Exception)
    }
    assert classes == set(al.errors.__all__)
    assert len(al.errors.__all__) >= 14


def test_everything_public_has_a_docstring() -> None:
    for name in al.__all__:
        if not name.startswith("_"):
            assert getattr(al, name).__doc__, name
