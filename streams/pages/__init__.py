"""The pages for users: the live dashboard, a camera, and the sightings."""
