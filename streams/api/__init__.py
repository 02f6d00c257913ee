"""Cameras and sightings over REST."""
