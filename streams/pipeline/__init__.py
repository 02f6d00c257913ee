"""The pure core of a camera: frames, faces followed, sightings reported. No Django, no settings."""
