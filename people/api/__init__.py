"""REST views of people, photos, watchlists, imports and recognition."""
