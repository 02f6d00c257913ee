"""A file put through the analysis as fast as it goes, and what it got right."""
