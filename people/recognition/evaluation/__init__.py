"""Measures how accurate the engine is: on pairs of photos, on an open set, and on folders of people."""
