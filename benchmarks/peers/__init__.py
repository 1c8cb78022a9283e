"""The peers by name. Each is loaded when it is used, and skipped where it is not installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from benchmarks.networks import Problem, Work
from benchmarks.peers.trainer import Trainer

__all__ = ["HAND", "KEPT", "PEERS", "Peer", "Trainer"]

HAND, KEPT = "numpy by hand", "numpy by hand, arrays kept"


class Peer(NamedTuple):
    """Where a peer's training step is made, and which packages it needs."""

    name: str
    place: str
    needs: tuple[str, ...] = ()
    compiled: bool = False

    def why_not(self) -> str | None:
        """Return why the peer cannot take part, or None."""
        missing = [package for package in self.needs if find_spec(package) is None]
        if missing:
            return f"{' and '.join(missing)} not installed"
        return None

    def make(self, work: Work, problem: Problem) -> Trainer:
        """Return the peer's network in training."""
        module, function = self.place.split(":")
        trainer: Trainer = getattr(import_module(f"benchmarks.peers.{module}"), function)(
            work, problem
        )
        return trainer


PEERS = (
    Peer(HAND, "hand:make"),
    Peer(KEPT, "hand:make_kept"),
    Peer("autograd_lite", "ours:make"),
    Peer("autograd_lite, compiled", "ours:make_numpy", compiled=True),
    Peer("autograd_lite, numba", "ours:make_numba", ("numba", "scipy"), compiled=True),
    Peer("jax.jit", "with_jax:make", ("jax",)),
    Peer("jax.jit, flat state", "with_jax:make_flat", ("jax",)),
    Peer("PyTorch", "with_torch:make", ("torch",)),
    Peer("PyTorch, fused Adam", "with_torch:make_fused", ("torch",)),
    Peer("autograd", "with_autograd:make", ("autograd",)),
    Peer("mygrad", "with_mygrad:make", ("mygrad",)),
)
