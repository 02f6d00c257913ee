"""Moving here from CompreFace: its people and their pictures are read from it while it runs."""
