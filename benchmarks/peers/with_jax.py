"""JAX: one jitted function for the whole step, Adam included, with its state donated.

`make` has the parameters in a list, as a model and optax would; `make_flat` has them in one vector,
which is the fastest form for small networks, where each array of a call costs. Dispatch is
synchronous, so that there is one thread; for small networks that is also the faster way.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from benchmarks.networks import BETA1, BETA2, EPS, LEARNING_RATE, Problem, Work
from benchmarks.peers.trainer import Trainer

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)  # float32 arrays stay float32
jax.config.update("jax_cpu_enable_async_dispatch", False)


def binary_cross_entropy(z: Any, y: Any) -> Any:
    """Return the mean loss of logits."""
    return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))


def cross_entropy(z: Any, labels: Any) -> Any:
    """Return the mean loss of logits ``(batch, classes)``."""
    return -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(len(labels)), labels])


def adam(state: Any, g: Any) -> Any:
    """Return p, m, v and t after one step; p, m, v and g are arrays, or lists of them."""
    p, m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
    rate, root = LEARNING_RATE / (1 - BETA1**t), jnp.sqrt(1 - BETA2**t)
    p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + EPS), p, m, v)
    return p, m, v, t


def make_with(work: Work, problem: Problem, *, flat: bool) -> Trainer:
    """Return the jitted step, with the parameters as a list or as one vector."""
    arrays = [jnp.array(p) for p in problem.parameters]
    start, as_list = ravel_pytree(arrays) if flat else (arrays, list)
    loss_function = binary_cross_entropy if work.binary else cross_entropy
    X, y = jnp.array(problem.X), jnp.array(problem.y)

    def loss_of(parameters: Any, X: Any, y: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = as_list(parameters)
        h1 = jax.nn.relu(X @ W1.T + b1)
        h2 = jax.nn.relu(h1 @ W2.T + b2)
        return loss_function(h2 @ W3.T + b3, y)

    def update(state: Any, X: Any, y: Any) -> Any:
        loss, g = jax.value_and_grad(loss_of)(state[0], X, y)
        return adam(state, g), loss

    jitted = jax.jit(update, donate_argnums=0)
    m, v = (jax.tree.map(jnp.zeros_like, start) for _ in range(2))
    state = (start, m, v, jnp.zeros((), work.dtype))

    def step() -> Any:
        nonlocal state
        state, loss = jitted(state, X, y)
        return loss

    return Trainer(step, lambda: [np.asarray(p) for p in as_list(state[0])])


make = partial(make_with, flat=False)
make_flat = partial(make_with, flat=True)
