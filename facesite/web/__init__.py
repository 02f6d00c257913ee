"""The layers around every request: limits, headers, origins, error pages and static files."""
