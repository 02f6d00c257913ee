"""Backup and restore: one file with the database, the pictures that it names, and the keys."""
