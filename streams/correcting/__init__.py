"""Edits of who a sighting is: corrections, the ledger of all identity edits, and undo."""
