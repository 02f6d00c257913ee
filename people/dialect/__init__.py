"""CompreFace's REST API spoken over our people and photos, for its existing clients (docs/compreface.md)."""
