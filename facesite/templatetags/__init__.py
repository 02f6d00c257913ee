"""Template tags of the admin's own pages: the menu and the first page."""
