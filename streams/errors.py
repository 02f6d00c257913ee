"""What can go wrong between a camera child and the database."""

from __future__ import annotations

from typing import Any

from people.errors import PeopleError, WantsTwo, WrongState
from streams.pipeline.reasons import Reason, Sentence


class StreamsError(Exception):
    """Any failure of the camera side."""


class CameraIsGone(StreamsError):
    """The camera was deleted: what its child still says cannot be written."""


class BadSource(StreamsError):
    """A camera's source cannot be opened by a worker as it is written."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class SealBroken(StreamsError):
    """A sealed password was made with a key that this site does not have."""

    said = Reason.SEAL_BROKEN.said()

    def __init__(self) -> None:
        super().__init__(self.said)


class TooManyTrials(StreamsError):
    """Sources are tested, or networks searched, faster than a person would."""


class NotNow(StreamsError):
    """Cannot be done just now; the same may work after `retry_after_s` seconds. `str()` of it may be shown."""

    code = "not_now"

    def __init__(self, reason: str, *, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class NoPictureNow(NotNow):
    """A camera has no picture to show at this moment."""

    code = "no_picture"


class NoWorkerCame(NotNow):
    """No worker took up what it was asked for."""

    code = "no_worker"


class KeepingRefused(StreamsError):
    """The schedule of keeping cannot be kept for one kind of data. `str()` of it may be shown."""


class BadSchedule(PeopleError):
    """A change of the schedule of keeping is refused."""

    code = "bad_schedule"


class BadMessage(StreamsError):
    """The text is none of the messages that streams/wire/shapes.py describes."""


class NothingToSearchBy(WrongState):
    """The sighting has no encoding, or no longer has one, or somebody said that it shows no face."""

    code = "no_encoding"

    def __init__(self) -> None:
        super().__init__(
            "You cannot search by this sighting: it shows no face, its encoding is not kept any more, or its pictures "
            "were too poor."
        )


class HasSightings(WrongState):
    """A camera was to be deleted and has sightings."""

    code = "in_use"


class TooSlow(PeopleError):
    """The database took longer than TIMEOUT_S."""

    code = "too_slow"

    def __init__(self) -> None:
        super().__init__("There is too much to search: ask for a shorter time, or for one camera.")


class CannotBeDone(PeopleError):
    """A job cannot be done, and trying again would not change that; `str()` of it may be shown."""

    code = "cannot_be_done"


class NoLongerAllowed(CannotBeDone):
    """Whoever asked for a job has lost the right to it meanwhile."""

    code = "no_longer_allowed"


class TooMuch(PeopleError):
    """More was asked for than one case, or one site, takes; `str()` of it says how much that is."""

    code = "too_much"


class NothingThere(PeopleError):
    """Nothing that may be handed over fits what was asked for."""

    code = "nothing_there"


class Withdrawn(WrongState):
    """What a case shows may not be seen by whoever wants it, or not any more by anybody."""

    code = "withdrawn"


class BadVideo(PeopleError):
    """A video is refused before anything of it is stored; `str()` of it may be shown."""

    code = "bad_video"


class NotAnalysed(WrongState):
    """A video has not been analysed yet, or could not be."""

    code = "not_analysed"

    def __init__(self, problem: str) -> None:
        super().__init__(f"It was not analysed: {problem}" if problem else "It is not analysed yet: come back later.")


class NoSuchPerson(PeopleError):
    """Nobody whom the caller may see has the id that a correction names."""

    code = "does_not_exist"

    def __init__(self) -> None:
        super().__init__("There is no such person: they may have been deleted. Nothing was changed.")


class PersonIsNeverMatched(WrongState):
    """A sighting was to be given to somebody who is never to be recognised."""

    code = "never_match"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is never to be recognised, so no sighting can be theirs. Nothing was changed.")


class PersonIsRetired(WrongState):
    """A sighting was to be corrected to somebody who is retired."""

    code = "retired"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is retired and is not recognised any more. Restore them first. Nothing was changed.")


class NotSaid(WrongState):
    """Somebody was to be rejected whom the sighting does not name or suggest."""

    code = "not_said"

    def __init__(self) -> None:
        super().__init__("This sighting does not say that it is this person any more. Look at it again.")


class SightingIsGone(WrongState):
    """The sighting was deleted meanwhile, or is now of somebody whom the caller may not see."""

    code = "sighting_gone"

    def __init__(self) -> None:
        super().__init__("This sighting is not there any more. Nothing was changed.")


class EditedMeanwhile(WrongState):
    """Somebody, or the camera, has said something else since the caller looked."""

    code = "edited_meanwhile"

    def __init__(self, what: str) -> None:
        """`what`: "corrected by Ann: Grace"."""
        super().__init__(f"This has changed since you looked: {what}. Nothing was changed; look again, then decide.")


class CannotUndo(WrongState):
    """An edit cannot be undone; the text says why."""

    code = "cannot_undo"


class StrangerIsGone(WrongState):
    """The stranger was forgotten meanwhile, or nothing is left of them that the caller may see."""

    code = "stranger_gone"

    def __init__(self) -> None:
        super().__init__("This stranger is not there any more: their sightings were forgotten. Nothing was changed.")


class StrangerHasChanged(WrongState):
    """Somebody has named the stranger, or joined them with another, since the caller looked."""

    code = "stranger_changed"

    def __init__(self, what: str) -> None:
        """`what`: "Stranger 12 is Ann now"."""
        super().__init__(f"{what}. Nothing was changed; look again, then decide.")


class SameStranger(PeopleError):
    """A stranger was to be compared or joined with themselves."""

    code = "same_stranger"

    def __init__(self) -> None:
        super().__init__("This is the very same stranger; choose another one.")


class NotTheirSightings(PeopleError):
    """Sightings or pictures were chosen that are not the stranger's, or not any more."""

    code = "not_theirs"

    def __init__(self, what: str) -> None:
        """`what`: "sightings" or "pictures"."""
        super().__init__(f"Some of these {what} are not of this stranger, or not any more. Nothing was changed.")


class NothingToSplit(PeopleError):
    """A split would leave one of the two strangers without a sighting."""

    code = "nothing_to_split"

    def __init__(self) -> None:
        super().__init__("Choose some sightings, and not all of them: both strangers need one. Nothing was changed.")


class NotDelivered(StreamsError):
    """A delivery did not arrive this time; `said` tells why, for people and without secrets."""

    def __init__(self, said: Sentence, *, receiver_is_down: bool = True, retry_after_s: float = 0) -> None:
        """`receiver_is_down`: whether any other delivery would fail as well; False: the receiver refused this one."""
        super().__init__(said)
        self.said = said
        self.receiver_is_down = receiver_is_down
        self.retry_after_s = retry_after_s


class NotToAll(StreamsError):
    """A delivery arrived, but not with everybody; `said` tells with whom not. It is not sent again: some have it."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class BadChannel(StreamsError):
    """What a person entered for a channel cannot be used; `field` names where, `said` tells why."""

    def __init__(self, said: Sentence, field: str) -> None:
        super().__init__(said)
        self.said = said
        self.field = field


class AlertWasDecided(WrongState):
    """Somebody else has closed or acknowledged the alert since the caller looked; the text names who."""

    code = "decided_meanwhile"


class WantsAnother(WrongState):
    """The alert wants a second person, and the first tried to be both."""

    code = "wants_another"

    def __init__(self) -> None:
        super().__init__("You have said already what it was. Its rule asks for two people: another one must decide.")


class BadRule(PeopleError):
    """A rule cannot be saved as it is; `str()` of it may be shown."""

    code = "bad_rule"


class RuleWantsTwo(WantsTwo):
    """A rule for a watchlist that asks for two people was to be less sure."""

    def __init__(self, watchlist: Any) -> None:
        WrongState.__init__(
            self,
            f"The watchlist “{watchlist}” asks for two people: one alone cannot make a rule for it less sure "
            "than it is, nor begin one that is less sure than certain at three looks. Propose it, and another user "
            "confirms.",
        )


class NamesThePerson(PeopleError):
    """What an erasure is asked for on names the person: the certificate says it, and must have no name."""

    code = "names_the_person"

    def __init__(self) -> None:
        super().__init__(
            "Leave the name out: the certificate says on what request somebody was erased, and must not say who. Write "
            "the date of the letter, or its number. Nothing was changed."
        )


class SeesOnlySome(PeopleError):
    """Whoever is limited to some groups asked for something that concerns every camera and everybody."""

    code = "sees_only_some"

    def __init__(self) -> None:
        super().__init__(
            "This concerns all cameras and everybody, and you may see only some: ask somebody who is not limited."
        )
