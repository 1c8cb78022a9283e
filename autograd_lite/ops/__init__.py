"""The table of operations, by kind. Each is a `Primitive`, callable on arrays and on Values."""

from autograd_lite.ops.applying import *
from autograd_lite.ops.complex import *
from autograd_lite.ops.composite import *
from autograd_lite.ops.contractions import *
from autograd_lite.ops.counting import *
from autograd_lite.ops.elementwise import *
from autograd_lite.ops.index import *
from autograd_lite.ops.logic import *
from autograd_lite.ops.neural import *
from autograd_lite.ops.products import *
from autograd_lite.ops.ranges import *
from autograd_lite.ops.reduce import *
from autograd_lite.ops.shape import *
