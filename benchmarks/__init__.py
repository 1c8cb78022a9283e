"""Measurements beside whichever peers are installed: `python -m benchmarks`, or `make bench`."""
