"""The base of every REST view of the site: rights, throttles, pages, safe edits and filters."""
