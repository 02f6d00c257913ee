"""How accurate the engine is: pairs of photos, an open set, folders of people."""
