"""The pure core of a camera, without Django or settings: it reads frames, follows faces and reports sightings."""
