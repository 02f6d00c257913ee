"""Turns a photo into an encoding: takes it in, has a child process read it, judges it, and records the result."""
