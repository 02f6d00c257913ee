"""What every REST view of the site stands on: rights, limits of calls, pages, safe edits, filters."""
