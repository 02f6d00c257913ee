"""The tables of cameras and sightings, with what is read of them."""
