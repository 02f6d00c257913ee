"""Template filters and tags that every page has without loading them."""
