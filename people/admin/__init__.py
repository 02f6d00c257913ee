"""The admin of people, photos, bases, links, imports, watchlists, groups, users, API keys, thresholds and engines."""

from people.admin.api_key import ApiKeyAdmin
from people.admin.basis import BasisAdmin
from people.admin.consent_text import ConsentTextAdmin
from people.admin.engine import EngineChoiceAdmin
from people.admin.enrolment_link import EnrolmentLinkAdmin
from people.admin.group import PersonGroupAdmin
from people.admin.import_job import ImportJobAdmin
from people.admin.kiosk import KioskAdmin
from people.admin.log_entries import LogEntryAdmin
from people.admin.person import PersonAdmin
from people.admin.photo import PhotoAdmin
from people.admin.site_policy import SitePolicyAdmin
from people.admin.thresholds import DecisionThresholdsAdmin
from people.admin.user import UserAdmin
from people.admin.user_group import UserGroupAdmin
from people.admin.watchlist import WatchlistAdmin

__all__ = [
    "ApiKeyAdmin",
    "BasisAdmin",
    "ConsentTextAdmin",
    "DecisionThresholdsAdmin",
    "EngineChoiceAdmin",
    "EnrolmentLinkAdmin",
    "ImportJobAdmin",
    "KioskAdmin",
    "LogEntryAdmin",
    "PersonAdmin",
    "PersonGroupAdmin",
    "PhotoAdmin",
    "SitePolicyAdmin",
    "UserAdmin",
    "UserGroupAdmin",
    "WatchlistAdmin",
]
