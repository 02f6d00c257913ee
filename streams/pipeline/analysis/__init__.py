"""One camera's thinking: where to look, whom it sees, and what there is to tell."""
