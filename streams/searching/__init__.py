"""Searching past sightings by a face."""
