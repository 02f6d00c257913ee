"""Access requests: everything that the site has about one person, in one ZIP that they can read."""
