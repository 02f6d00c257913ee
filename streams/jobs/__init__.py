"""Rows that are jobs of the worker: their columns, the claims on them, and the loop that works through them."""
