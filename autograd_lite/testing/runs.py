"""What the checks of one pytest session share: profile, seed, and the counts of verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from autograd_lite.errors import GradientCheckError
from autograd_lite.testing.check_grads import check_grads
from autograd_lite.testing.verdicts import GradientReport, Verdict

if TYPE_CHECKING:
    import pytest

__all__ = ["PROFILES", "Checker", "Profile", "Run", "load_hypothesis_profile", "run_of"]


@dataclass(frozen=True)
class Profile:
    """How much is tried.

    Attributes
    ----------
    repeats : int
        How many seeds operands, directions and weights are drawn with.
    every_element : bool
        Whether `check_grads` looks at each element by itself.
    examples : int
        How many examples hypothesis tries.
    """

    repeats: int
    every_element: bool
    examples: int


PROFILES: Final = {
    "dev": Profile(repeats=1, every_element=False, examples=25),
    "ci": Profile(repeats=3, every_element=False, examples=100),
    "thorough": Profile(repeats=100, every_element=True, examples=1000),
}


class Run:
    """A session: what it was asked to try, and what came out.

    Attributes
    ----------
    verdicts, laws : Counter
        Those of `check_grads`, and those of laws, None where a law does not apply.
    """

    def __init__(self, profile: str = "dev", seed: int = 0) -> None:
        self.name = profile
        self.profile = PROFILES[profile]
        self.seed = seed
        self.verdicts: Counter[Verdict] = Counter()
        self.laws: Counter[Verdict | None] = Counter()

    def seeds(self) -> range:
        """Return the seeds to try, so that any of them can be the only one in another run."""
        return range(self.seed, self.seed + self.profile.repeats)

    @contextmanager
    def counting(self, note: str) -> Iterator[list[Verdict | None]]:
        """Count the verdicts of laws that are put into the list, and the one of an error.

        An error gets a note that says how to see it again.
        """
        verdicts: list[Verdict | None] = []
        try:
            yield verdicts
        except Exception as error:
            report = getattr(error, "report", None)
            verdicts.append(getattr(report, "verdict", Verdict.WRONG))
            error.add_note(f"found by {note}")
            raise
        finally:
            self.laws.update(verdicts)

    def lines(self) -> list[str]:
        """Return the counts, a line for each kind of check that there was."""
        lines = []
        if self.verdicts:
            counts = ", ".join(f"{self.verdicts[verdict]} {verdict}" for verdict in Verdict)
            lines.append(f"check_grads: {counts}")
        if self.laws:
            held = self.laws[Verdict.RIGHT]
            lines.append(
                f"laws: {held} hold, {self.laws[Verdict.NOT_DIFFERENTIABLE]} at a kink, "
                f"{self.laws[None]} do not apply, {self.laws[Verdict.INCONCLUSIVE]} inconclusive, "
                f"{self.laws[Verdict.WRONG]} broken"
            )
        if lines:
            lines.append(f"profile {self.name}, --gradcheck-seed={self.seed}")
        return lines


class Checker:
    """`check_grads` with the seeds of a session, which counts the verdicts.

    It takes what `autograd_lite.testing.check_grads` takes, and returns its report, that of the
    last seed. With an `rng`, it runs once.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    def __call__(self, fun: Callable[..., Any], args: Any, **options: Any) -> GradientReport:
        """Check the gradients of a function, once for each seed."""
        options.setdefault("every_element", self.run.profile.every_element)
        seeds = [options.pop("rng")] if "rng" in options else self.run.seeds()
        for seed in seeds:
            try:
                report = check_grads(fun, args, rng=seed, **options)
            except GradientCheckError as error:
                self.run.verdicts[getattr(error.report, "verdict", Verdict.WRONG)] += 1
                error.add_note(f"found with --gradcheck-seed={seed}")
                raise
            self.run.verdicts[report.verdict] += 1
        return report


def run_of(config: pytest.Config) -> Run:
    """Return what the checks of a pytest session share; made when the first one asks."""
    from pytest_autograd_lite import RUN

    if RUN not in config.stash:
        profile = config.getoption("--gradcheck-profile", None) or "dev"
        config.stash[RUN] = Run(profile, config.getoption("--gradcheck-seed", 0))
    return config.stash[RUN]


def load_hypothesis_profile(name: str) -> None:
    """Make hypothesis, where it is installed, try as many examples as a profile says."""
    if find_spec("hypothesis") is None:
        return
    from hypothesis import settings

    # A graph's first use in a process imports and compiles things: no deadline per example.
    settings.register_profile(
        f"gradcheck-{name}",
        deadline=None,
        max_examples=PROFILES[name].examples,
        derandomize=name == "ci",
    )
    settings.load_profile(f"gradcheck-{name}")
