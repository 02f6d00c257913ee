"""Moves people and their pictures here from a running CompreFace."""
