"""Optimisers, schedules and gradient clipping, with the semantics of torch.optim; `minimize`.

>>> import autograd_lite as al
>>> w = al.Value([1.0, -2.0])
>>> optimizer = al.optim.Adam([w], lr=0.1)
>>> for _ in range(200):
...     optimizer.zero_grad()
...     loss = ((w - [3.0, 0.5]) ** 2).sum()
...     loss.backward()
...     optimizer.step()
>>> w.data.round(2).tolist()
[3.0, 0.5]
"""

import typing

from autograd_lite import late
from autograd_lite.optim import lr_scheduler
from autograd_lite.optim.adagrad import Adagrad
from autograd_lite.optim.adam import Adam, AdamW
from autograd_lite.optim.averaging import WeightAverage
from autograd_lite.optim.clip import clip_grad_norm, clip_grad_value
from autograd_lite.optim.optimizer import Optimizer
from autograd_lite.optim.rmsprop import RMSprop
from autograd_lite.optim.sgd import SGD

if typing.TYPE_CHECKING:
    from autograd_lite.optim.minimization import Minimum, minimize
else:
    __getattr__, __dir__ = late.late_names(
        __name__, {"Minimum": "minimization", "minimize": "minimization"}
    )

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Minimum",
    "Optimizer",
    "RMSprop",
    "WeightAverage",
    "clip_grad_norm",
    "clip_grad_value",
    "lr_scheduler",
    "minimize",
]
