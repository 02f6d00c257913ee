"""The attendance report: who was seen on which day."""
