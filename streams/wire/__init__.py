"""The messages between web, worker and browsers, and the caches and groups that carry them."""
