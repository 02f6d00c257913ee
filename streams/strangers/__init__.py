"""Strangers: joins sightings of unknown faces, and everything that people do with a stranger."""
