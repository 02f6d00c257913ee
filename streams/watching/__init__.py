"""Watchlists as operators see them: entries with their false alarms, suspensions, and proposals."""
