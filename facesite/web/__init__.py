"""What stands around every request: limits, headers, error pages, static files."""
