"""Judges one picture: which faces it shows, and their encodings."""
