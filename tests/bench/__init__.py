"""Benchmarks: `make bench`. Ratios side by side in one run, medians of repeated measurements."""
