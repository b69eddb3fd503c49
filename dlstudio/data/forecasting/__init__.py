"""Time series: one regular step for all, windows of it, parts that never overlap in time."""
