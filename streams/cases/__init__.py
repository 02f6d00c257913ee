"""Cases: sightings that are handed to somebody outside, with pictures, a signed list of files and a reason."""
