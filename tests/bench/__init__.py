"""Benchmarks: `make bench`. Everything is measured side by side in one run, repeated, with its ratios."""
