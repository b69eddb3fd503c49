"""Measurements against the limits that the studio promises: `python -m benchmarks`."""
