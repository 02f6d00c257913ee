"""Reads picture files: tells their format, decodes them upright, and takes out their metadata."""
