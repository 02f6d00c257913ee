"""The tables of cameras and sightings, with their querysets."""
