"""Erasures: everything about one person is deleted for good, and a signed certificate says so."""
