"""The table of operations, by kind. Each acts on arrays and on Values.

A name that numpy has takes numpy's arguments: most are a `Primitive`, some a function over one.
`special`, which needs scipy, has what is not of numpy.
"""

import importlib
import types
import typing

from autograd_lite.ops.applying import *
from autograd_lite.ops.arranging import *
from autograd_lite.ops.bessel import *
from autograd_lite.ops.choices import *
from autograd_lite.ops.complex import *
from autograd_lite.ops.contractions import *
from autograd_lite.ops.convolution import *
from autograd_lite.ops.counting import *
from autograd_lite.ops.cumulative import *
from autograd_lite.ops.decompositions import *
from autograd_lite.ops.diagonals import *
from autograd_lite.ops.editing import *
from autograd_lite.ops.elementwise import *
from autograd_lite.ops.fourier import *
from autograd_lite.ops.index import *
from autograd_lite.ops.joining import *
from autograd_lite.ops.linalg import *
from autograd_lite.ops.logic import *
from autograd_lite.ops.masking import *
from autograd_lite.ops.matrix_functions import *
from autograd_lite.ops.moments import *
from autograd_lite.ops.nan_reductions import *
from autograd_lite.ops.neural import *
from autograd_lite.ops.norms import *
from autograd_lite.ops.padding import *
from autograd_lite.ops.polynomials import *
from autograd_lite.ops.products import *
from autograd_lite.ops.quantiles import *
from autograd_lite.ops.ranges import *
from autograd_lite.ops.reduce import *
from autograd_lite.ops.sampled import *
from autograd_lite.ops.selecting import *
from autograd_lite.ops.shape import *
from autograd_lite.ops.sorting import *
from autograd_lite.ops.splitting import *
from autograd_lite.ops.statistics import *
from autograd_lite.ops.steps import *
from autograd_lite.ops.trigonometric import *
from autograd_lite.ops.ufuncs import *

if typing.TYPE_CHECKING:
    from autograd_lite.ops import special as special
else:

    def __getattr__(name: str) -> types.ModuleType:
        """Import the functions of scipy.special when they are asked for."""
        if name == "special":
            return importlib.import_module("autograd_lite.ops.special")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
