"""People and photos over REST."""
