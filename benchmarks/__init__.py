"""Measurements: each module is run by itself, e.g. `python -m benchmarks.scalar_graph`."""
