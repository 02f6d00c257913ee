"""The tables of people and photos, with what is read of them."""
