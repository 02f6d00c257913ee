"""Every table of people, for Django to find. Each one stands in its own module: import it from there."""

from people.accounts.api_key import ApiKey as ApiKey
from people.accounts.api_key import KeyUser as KeyUser
from people.accounts.roles import BuiltInRole as BuiltInRole
from people.base.kept_answers import KeptAnswer as KeptAnswer
from people.gallery.engine_choice import EngineChoice as EngineChoice
from people.gallery.thresholds import DecisionThresholds as DecisionThresholds
from people.imports.jobs import ImportEntry as ImportEntry
from people.imports.jobs import ImportJob as ImportJob
from people.records.counter_example import CounterExample as CounterExample
from people.records.encoding import Encoding as Encoding
from people.records.gallery_change import GalleryChange as GalleryChange
from people.records.gallery_version import GalleryVersion as GalleryVersion
from people.records.groups import PersonGroup as PersonGroup
from people.records.groups import PersonLimit as PersonLimit
from people.records.merged import MergedPerson as MergedPerson
from people.records.person import Person as Person
from people.records.person_merge import MovedRows as MovedRows
from people.records.person_merge import PersonMerge as PersonMerge
from people.records.photo import Photo as Photo
from people.records.set_aside import SetAsideCounterExample as SetAsideCounterExample
from people.records.watchlist import Watchlist as Watchlist
