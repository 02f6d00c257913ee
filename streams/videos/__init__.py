"""Videos as evidence: a file is analysed once, apart from everything live, and becomes a line of time."""
