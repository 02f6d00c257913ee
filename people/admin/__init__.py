"""The admin of people, photos and watchlists."""

from people.admin.person import PersonAdmin
from people.admin.photo import PhotoAdmin
from people.admin.watchlist import WatchlistAdmin

__all__ = ["PersonAdmin", "PhotoAdmin", "WatchlistAdmin"]
