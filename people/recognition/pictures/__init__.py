"""Picture files: which format, decoded upright, and what they say beside their pixels."""
