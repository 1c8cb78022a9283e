"""Where to test an operation: operands on which it is smooth, shapes and parameters to try.

`DOMAINS` has those of the primitives of this package, by name. For operations of one's own:

>>> import numpy as np
>>> from autograd_lite.testing import domains
>>> domain = domains.of_two(domains.interval(-1.0, 1.0), domains.POSITIVE)
>>> x, y = domain.operands([(2, 3), (3,)], np.random.default_rng(0))
>>> x.shape, y.shape, bool(np.all(np.abs(x) < 1)), bool(np.all(y > 0))
((2, 3), (3,), True, True)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.testing.domains.build import (
    POSITIVE,
    REAL,
    Call,
    Domain,
    between_steps,
    booleans,
    both_signs,
    integers,
    interval,
    of_one,
    of_three,
    of_two,
    reduction,
)

if TYPE_CHECKING:
    from autograd_lite.testing.domains.table import DOMAINS

__all__ = [
    "DOMAINS",
    "POSITIVE",
    "REAL",
    "Call",
    "Domain",
    "between_steps",
    "booleans",
    "both_signs",
    "integers",
    "interval",
    "of_one",
    "of_three",
    "of_two",
    "reduction",
]


def __getattr__(name: str) -> Any:
    """Collect the domains of all primitives when they are asked for: scipy's are among them."""
    if name == "DOMAINS":
        return import_module("autograd_lite.testing.domains.table").DOMAINS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
