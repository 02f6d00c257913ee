"""The states of cameras and the verdicts of sightings, as the database stores them and as users read them."""

from django.db.models import IntegerChoices, TextChoices

from people.recognition.types import Verdict
from streams.pipeline.sources.transport import Transport
from streams.pipeline.states import ChildState


class CameraStateName(TextChoices):
    """The live state of a camera."""

    OFF = "off", "off"
    ASLEEP = "asleep", "asleep"
    """Outside of its hours."""
    WAITING = "waiting", "waiting for a worker"
    CONNECTING = ChildState.CONNECTING.value, "connecting"
    LIVE = ChildState.LIVE.value, "live"
    STALLED = ChildState.STALLED.value, "stalled"
    DOWN = ChildState.DOWN.value, "down"
    ENDED = ChildState.ENDED.value, "ended"


IDLE = (CameraStateName.OFF, CameraStateName.ASLEEP, CameraStateName.WAITING, CameraStateName.ENDED)
"""States of cameras that no worker runs."""


class Turn(IntegerChoices):
    """Degrees by which a camera's picture is turned clockwise."""

    NONE = 0, "not at all"
    RIGHT = 90, "a quarter to the right"
    HALF = 180, "upside down"
    LEFT = 270, "a quarter to the left"


class WhatIsDecoded(TextChoices):
    """Which pictures of a live stream are decoded."""

    ON_MOTION = "on_motion", "only key frames while nothing moves"
    ALWAYS = "always", "always all"


class HowVideoTravels(TextChoices):
    """streams.pipeline.sources.transport.Transport as a database column, with words for users."""

    AUTOMATIC = Transport.AUTOMATIC.value, "automatic: TCP, else UDP"
    TCP = Transport.TCP.value, "TCP alone"
    UDP = Transport.UDP.value, "UDP alone"


class CameraRole(TextChoices):
    """What a sighting by a camera says about where somebody is."""

    NONE = "none", "nothing in particular"
    ENTRANCE = "entrance", "entrance: whoever is seen comes in"
    EXIT = "exit", "exit: whoever is seen leaves"
    INSIDE = "inside", "inside: whoever is seen is here"


class TileSize(TextChoices):
    """How large the pictures of the live page are."""

    AUTOMATIC = "automatic", "as many as fit"
    SMALL = "small", "small"
    MEDIUM = "medium", "medium"
    LARGE = "large", "large"


class StrangersKept(TextChoices):
    """What is stored of faces that get no name."""

    PICTURES = "pictures", "times and pictures"
    NUMBERS = "numbers", "times alone, no picture and nothing to recognise them by"
    NOTHING = "nothing", "nothing; who is likely somebody is kept until somebody looks"
    DISCARDED = "discarded", "discarded at once: only who is certain is ever written down"


KEPT_OF_NO_STRANGER = (StrangersKept.NOTHING, StrangersKept.DISCARDED)
"""There is no sighting of an unknown face, so no alert can be about one."""


class ClipLength(IntegerChoices):
    """Seconds around the look that decided a sighting, which are kept as a film."""

    NONE = 0, "none"
    SHORT = 4, "4 seconds"
    USUAL = 6, "6 seconds"
    LONG = 10, "10 seconds"


class StoredVerdict(TextChoices):
    """people.recognition.types.Verdict as a database column, with words for users."""

    MATCH = Verdict.MATCH.value, "certain"
    REVIEW = Verdict.REVIEW.value, "likely"
    UNKNOWN = Verdict.UNKNOWN.value, "unknown"


class StrangerState(TextChoices):
    """What has become of a stranger. Forgetting deletes the row."""

    OPEN = "open", "open"
    IGNORED = "ignored", "ignored"
    """Still recognised as the same stranger; folded away, and no alert."""
    NAMED = "named", "named"
    JOINED = "joined", "joined with another"


class EditKind(TextChoices):
    """What somebody said about who it is."""

    IS = "is", "corrected who it is"
    IS_NOT = "is_not", "said who it is not"
    NO_FACE = "no_face", "said that it is no face"
    CONFIRM = "confirm", "confirmed who it is"
    NAME = "name", "named a stranger"
    IS_SOMEBODY = "is_somebody", "said which person a stranger is"
    JOIN = "join", "joined two strangers"
    DIFFERENT = "different", "said that two strangers are different people"
    SPLIT = "split", "split a stranger"
    IGNORE = "ignore", "ignored a stranger"
    UNIGNORE = "unignore", "stopped ignoring a stranger"
    FORGET = "forget", "forgot a stranger"
    MERGE_PEOPLE = "merge_people", "merged two people"
    UNDO = "undo", "undid an edit"


CONFIRMING = (EditKind.IS, EditKind.CONFIRM, EditKind.NAME, EditKind.IS_SOMEBODY)
"""Edits by which somebody says of a sighting who it is."""


class EditState(TextChoices):
    """How far an edit of many sightings is."""

    WORKING = "working", "being worked on"
    DONE = "done", "done"


class RuleKind(TextChoices):
    """What a rule waits for."""

    PERSON = "person", "a certain person"
    WATCHLIST = "watchlist", "somebody on a watchlist"
    ENROLLED = "enrolled", "anybody enrolled"
    UNKNOWN = "unknown", "an unknown person"
    TO_REVIEW = "to_review", "somebody who is only likely"
    STRANGER_SEEN = "stranger_seen", "a stranger who comes again"
    CAMERA_DOWN = "camera_down", "a camera that gives no pictures"
    NOBODY_CAME = "nobody_came", "somebody who did not come"


SUSPENDED_ENTRY = "suspended"
ALERT_KINDS = [*RuleKind.choices, (SUSPENDED_ENTRY, "somebody who raises no alerts any more")]
"""What an alert may be about: what its rule waits for, or an entry of its watchlist that was suspended."""


class Certainty(TextChoices):
    """How sure a camera must be of a name for a rule to count it."""

    CERTAIN = "certain", "certain"
    LIKELY = "likely", "certain or likely"


class OffBecause(TextChoices):
    """Why a rule was switched off by itself: nothing is left of what it named, and it must not become wider."""

    PERSON = "person", "its person was deleted"
    WATCHLIST = "watchlist", "its watchlist was deleted"
    CAMERAS = "cameras", "its cameras were deleted"
    CHANNELS = "channels", "its channels were deleted"


class Severity(TextChoices):
    INFO = "info", "information"
    WARNING = "warning", "warning"
    ALARM = "alarm", "alarm"


class AlertState(TextChoices):
    """How far an alert was worked off."""

    NEW = "new", "new"
    ACKNOWLEDGED = "acknowledged", "acknowledged"
    """Somebody looks after it."""
    SECOND = "second", "waits for a second person"
    """One person has said what it was, and its rule asks for two."""
    CLOSED = "closed", "closed"


class AlertOutcome(TextChoices):
    """What an alert turned out to be."""

    TRUE = "true", "true"
    FALSE = "false", "false alarm"
    UNSURE = "unsure", "unsure"


class ChannelKind(TextChoices):
    """Where alerts go besides the site's own pages."""

    WEBHOOK = "webhook", "webhook"
    EMAIL = "email", "e-mail"
    MQTT = "mqtt", "MQTT"
    APPRISE = "apprise", "Apprise"


class DeliveryKind(TextChoices):
    """What a delivery tells."""

    ALERT = "alert", "an alert"
    TEST = "test", "a test"
    SUMMARY = "summary", "a summary of many alerts"
    STATE = "state", "the state of a camera"


class DeliveryState(TextChoices):
    WAITING = "waiting", "waiting"
    """To be sent, for the first time or again: the row is the job."""
    SENT = "sent", "sent"
    GAVE_UP = "gave_up", "given up"
    HELD = "held", "told in a summary"
