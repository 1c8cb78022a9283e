"""Neural networks: modules, layers, losses, initial weights."""

import typing

from autograd_lite import late
from autograd_lite.nn import functional, init
from autograd_lite.nn.activations import (
    GELU,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from autograd_lite.nn.layers import MLP, Dropout, Flatten, Linear, Sequential
from autograd_lite.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
)
from autograd_lite.nn.module import IncompatibleKeys, Module

if typing.TYPE_CHECKING:
    from autograd_lite.nn.summary import LayerRow, Summary
else:
    __getattr__, __dir__ = late.late_names(__name__, {"LayerRow": "summary", "Summary": "summary"})

__all__ = [
    "GELU",
    "MLP",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Identity",
    "IncompatibleKeys",
    "L1Loss",
    "LayerRow",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "NLLLoss",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Summary",
    "Tanh",
    "functional",
    "init",
]
