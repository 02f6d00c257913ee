"""Cameras, what they see, and the pages that show it."""
