"""Runs a file through the analysis as fast as it can, and scores how much the analysis got right."""
