"""Benchmarks, the demo and the cluster on one machine: not in the container image."""
