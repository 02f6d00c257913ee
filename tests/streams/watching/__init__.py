"""Tests of watchlists and proposals as operators see them."""
