"""Configuring a camera: its source, its password, the test of a source, and every write of its row."""
