"""CompreFace's REST API on top of our people and photos, for its existing clients (docs/compreface.md)."""
