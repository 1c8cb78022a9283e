"""What all tests share: the hypothesis profiles."""

import os

from hypothesis import settings

pytest_plugins = ["pytest_autograd_lite"]  # by name, so that a checkout needs no installation
collect_ignore = ["outside"]  # a package of its own, which test_plugin.py runs

# A graph's first use in a process imports and compiles things: no deadline per example.
settings.register_profile("dev", deadline=None, max_examples=25)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
