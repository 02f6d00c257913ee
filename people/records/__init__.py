"""The tables of people and photos, with their querysets."""
