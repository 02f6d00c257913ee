"""The pure core: pictures, faces, encodings and distances, without Django and settings."""
