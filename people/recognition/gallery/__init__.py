"""Searches among templates, and tells what the distances in a gallery say about thresholds."""
