"""Who was seen on which day."""
