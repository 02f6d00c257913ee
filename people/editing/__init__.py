"""Services that change people, photos and watchlists: each public function is one transaction."""
