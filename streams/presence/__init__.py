"""Who is here now: from sightings since the day began, and what each camera's role says of whoever it sees."""
