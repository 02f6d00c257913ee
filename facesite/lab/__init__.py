"""Benchmarks, the demo and the cluster on one machine, which the container image leaves out."""
