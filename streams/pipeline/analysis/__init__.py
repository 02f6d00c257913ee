"""The analysis of one camera's frames: where to look for faces, whose they are, and what to report."""
