"""The site, which puts people and streams together."""
