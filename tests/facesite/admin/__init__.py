"""Tests of what the pages of the admin have in common."""
