"""The search of past sightings by a face."""
