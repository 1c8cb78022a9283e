"""The pytest plugin of autograd_lite: options, the `check_grads` fixture, counts of verdicts.

pytest imports this file in every session, wherever autograd_lite is installed. So it imports
pytest alone, and the rest when a test or an option asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograd_lite.testing.runs import Checker, Run

RUN: pytest.StashKey[Run] = pytest.StashKey()
"""Where the session keeps what its checks share."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of gradient checks."""
    group = parser.getgroup("gradcheck", "gradient checks of autograd_lite")
    group.addoption(
        "--gradcheck-seed",
        type=int,
        default=0,
        metavar="N",
        help="the seed of operands and directions in gradient checks (default: 0)",
    )
    group.addoption(
        "--gradcheck-profile",
        choices=["dev", "ci", "thorough"],
        help="how much gradient checks, and hypothesis, try (default: dev)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the hypothesis profile of that name, if one was asked for."""
    profile = config.getoption("--gradcheck-profile")
    if profile is not None and not config.getoption("--hypothesis-profile", None):
        from autograd_lite.testing.runs import load_hypothesis_profile

        load_hypothesis_profile(profile)


@pytest.fixture
def check_grads(request: pytest.FixtureRequest) -> Checker:
    """Check gradients as `autograd_lite.testing.check_grads` does, with this session's seeds."""
    from autograd_lite.testing.runs import Checker, run_of

    return Checker(run_of(request.config))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the counts of verdicts, if there are any."""
    lines = config.stash[RUN].lines() if RUN in config.stash else []
    if lines:
        terminalreporter.section("gradient checks")
        for line in lines:
            terminalreporter.write_line(line)
