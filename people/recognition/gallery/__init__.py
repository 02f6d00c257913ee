"""Search among templates, and what the distances in a gallery say."""
