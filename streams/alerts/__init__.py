"""Alerts and rules as people use them: their pages, forms and API."""
