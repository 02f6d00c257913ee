"""What people do to people, photos and watchlists: each function is one transaction."""
