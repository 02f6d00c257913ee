"""Joins sightings of unknown faces into strangers, and measures how well that was done."""
