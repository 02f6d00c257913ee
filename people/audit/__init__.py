"""Who looked and who changed what: an append-only, chained record, and what proves that nobody has changed it."""
