"""The errors of autograd_lite: one family, each also the built-in error that a caller expects.

Every message says what happened, what was received and what to do::

    AutogradError
    ├── GraphError             (RuntimeError)        backward with nothing to differentiate,
    │                                                or a graph whose operands were rebound
    ├── ShapeError             (ValueError)          shapes that do not fit together
    ├── DtypeError             (TypeError)           integers or booleans as variables, complex
    │                                                numbers where only real ones will do
    ├── ArgumentError          (ValueError)          an argument outside its range or choices
    ├── NonFiniteError         (FloatingPointError)  a NaN or infinity was born under al.debug()
    ├── ConversionError        (TypeError)           a Value about to become a plain array
    ├── NoGradientRuleError    (TypeError)           a function, or an argument, without a rule
    ├── StateDictError         (ValueError)          missing, unexpected or mis-shaped entries
    ├── FileFormatError        (ValueError)          a file that is cut short or has foreign content
    ├── MissingDependencyError (ImportError)         an optional package is not installed
    ├── RenderError            (RuntimeError)        a diagram could not be laid out or drawn
    ├── GradientCheckError     (AssertionError)      a gradient that differences do not confirm
    ├── CovarianceError        (ArithmeticError)     a Hessian that tells no uncertainties
    └── CompileError           (RuntimeError)        a function that is no fixed program
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd_lite.primitive import Primitive

__all__ = [
    "ArgumentError",
    "AutogradError",
    "CompileError",
    "ConversionError",
    "CovarianceError",
    "DtypeError",
    "FileFormatError",
    "GradientCheckError",
    "GraphError",
    "MissingDependencyError",
    "NoGradientRuleError",
    "NonFiniteError",
    "RenderError",
    "ShapeError",
    "StateDictError",
]


class AutogradError(Exception):
    """The base of every error that autograd_lite raises on purpose."""


class GraphError(AutogradError, RuntimeError):
    """There is nothing to differentiate, or the graph no longer fits its Values."""


class ShapeError(AutogradError, ValueError):
    """Shapes do not fit together."""


class DtypeError(AutogradError, TypeError):
    """A dtype cannot be differentiated."""


class ArgumentError(AutogradError, ValueError):
    """An argument is outside its range or its choices."""


class ConversionError(AutogradError, TypeError):
    """A Value would be turned into an array, which would cut the graph silently."""


class NoGradientRuleError(AutogradError, TypeError):
    """A function, or an argument of a function, has no gradient rule."""


class NonFiniteError(AutogradError, FloatingPointError):
    """An operation, or a rule of it, made a NaN or infinity out of finite numbers.

    Attributes
    ----------
    operation : Primitive or None
        What made it.
    operands : tuple
        What went into the operation: Values, with the graph that was built so far, and arrays.
    value : Value or array
        The result of the operation: in a failing forward pass the last node of the graph, which
        holds the NaN or infinity; in a failing backward pass the node whose rule made it.
    position : int or None
        Which operand's gradient it is; None in a forward pass.
    gradient : array or None
        That gradient, which holds the NaN or infinity.
    index : tuple of int
        Where it is, the first of them.
    count : int
        How many of them were born there.
    hint : str or None
        What to do, where the cause is a known one.
    """

    operation: Primitive | None = None
    operands: tuple[Any, ...] = ()
    value: Any = None
    position: int | None = None
    gradient: Any = None
    index: tuple[int, ...] = ()
    count: int = 0
    hint: str | None = None


class StateDictError(AutogradError, ValueError):
    """A state_dict has missing, unexpected or mis-shaped entries."""


class FileFormatError(AutogradError, ValueError):
    """A file is cut short or is not of the expected format."""


class MissingDependencyError(AutogradError, ImportError):
    """An optional package is needed and is not installed."""


class RenderError(AutogradError, RuntimeError):
    """A diagram could not be laid out or drawn."""


class GradientCheckError(AutogradError, AssertionError):
    """A gradient is wrong, or differences cannot tell.

    Attributes
    ----------
    report : GradientReport or None
        The verdicts on all operands.
    """

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class CovarianceError(AutogradError, ArithmeticError):
    """A Hessian tells no uncertainties: no minimum, parameters at bounds, loose directions."""


class CompileError(AutogradError, RuntimeError):
    """A function cannot be compiled: what it does depends on more than shapes and dtypes."""
