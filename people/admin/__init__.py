"""The admin of people, photos, imports, watchlists, groups, users, roles, API keys, thresholds and engines."""

from people.admin.api_key import ApiKeyAdmin
from people.admin.engine import EngineChoiceAdmin
from people.admin.group import PersonGroupAdmin
from people.admin.import_job import ImportJobAdmin
from people.admin.log_entries import LogEntryAdmin
from people.admin.person import PersonAdmin
from people.admin.photo import PhotoAdmin
from people.admin.thresholds import DecisionThresholdsAdmin
from people.admin.user import UserAdmin
from people.admin.user_group import UserGroupAdmin
from people.admin.watchlist import WatchlistAdmin

__all__ = [
    "ApiKeyAdmin",
    "DecisionThresholdsAdmin",
    "EngineChoiceAdmin",
    "ImportJobAdmin",
    "LogEntryAdmin",
    "PersonAdmin",
    "PersonGroupAdmin",
    "PhotoAdmin",
    "UserAdmin",
    "UserGroupAdmin",
    "WatchlistAdmin",
]
