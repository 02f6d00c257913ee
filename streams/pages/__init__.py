"""The live dashboard and the pages of sightings."""
