"""The site: it puts people and streams together."""
