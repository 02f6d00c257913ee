"""REST views of cameras, sightings, detections and the live state."""
