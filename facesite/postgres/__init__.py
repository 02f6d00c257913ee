"""Django's Postgres backend for a server of one's own, with the limit that web requests set for their statements."""
