"""Looks at pictures while somebody waits, in child processes."""
