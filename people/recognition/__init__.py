"""The pure core: pictures, faces, encodings and distances. No Django, no settings."""
