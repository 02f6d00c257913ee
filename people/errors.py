"""What can go wrong with people and photos; every error carries a stable code and a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any


class PeopleError(Exception):
    """Any refusal of this package; `str()` of it may be shown to a user."""

    code = "refused"


class BadUpload(PeopleError):
    """A file is refused before anything of it is stored."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AlreadyThere(PeopleError):
    """The person already has this very file."""

    code = "already_there"

    def __init__(self, photo: Any) -> None:
        """`photo`: the person's Photo with this content, which `photo` of the error is from then on."""
        super().__init__(f"This file is already among the photos of {photo.person} ({photo.get_state_display()}).")
        self.photo = photo


class WrongState(PeopleError):
    """What was asked does not fit the state that the photo or person is in."""

    code = "wrong_state"


class SamePerson(PeopleError):
    """Somebody was to be merged with themselves."""

    code = "same_person"

    def __init__(self) -> None:
        super().__init__("This is the very same person; choose another one to merge.")


class MayNotRetire(PeopleError):
    """A retired and an active person were to be merged by somebody who may not retire and restore people."""

    code = "may_not_retire"

    def __init__(self) -> None:
        super().__init__(
            "One of these people is retired and the other is not. Merging them decides who is recognised, "
            "so you need the right to retire people."
        )


class BadBasis(PeopleError):
    """A basis cannot be recorded like this."""

    code = "bad_basis"

    def __init__(self, field: str, message: str) -> None:
        """`field`: which of the given values is wrong."""
        super().__init__(message)
        self.field = field
        self.details = [{"field": field, "code": "invalid", "message": message}]


class NoConsentText(PeopleError):
    """People were to enrol themselves while the site has no text for them to agree to."""

    code = "no_consent_text"

    def __init__(self) -> None:
        super().__init__(
            "This site has no text yet that says what is done with the pictures. An administrator writes it under "
            "“Consent texts” first."
        )


class LinkIsOver(WrongState):
    """An enrolment link was used after it had expired, or been used or revoked."""

    code = "link_is_over"

    def __init__(self) -> None:
        super().__init__("This link takes no pictures any more. Ask whoever sent it for a new one.")


class KioskIsFull(WrongState):
    """Somebody came to a kiosk whose links wait for approval in great number."""

    code = "kiosk_is_full"

    def __init__(self) -> None:
        super().__init__("Too many people wait to be approved here. Tell whoever runs this place.")


class NeverMatched(WrongState):
    """An encoding was asked for of somebody who is never to be recognised."""

    code = "never_match"


class OneIsNeverMatched(NeverMatched):
    """Two people were to be merged of whom one alone is never to be recognised."""

    def __init__(self) -> None:
        super().__init__(
            "One of these people is never to be recognised and the other may be. Say of both the same first: "
            "merging them decides it for both."
        )


class MayNotGovern(PeopleError):
    """A user or a group may not be changed like this by whoever asked for it."""

    code = "may_not_govern"


class StandsAbove(MayNotGovern):
    """Somebody was to be changed by a user who may do less, or see less."""

    code = "stands_above"

    def __init__(self, whom: str, more: str) -> None:
        """`whom`: "Ann" or "the group night shift"; `more`: what they may and the asker may not ("see cameras")."""
        super().__init__(f"You cannot change {whom}, who may {more}. Ask somebody who may do that too.")


class NotYoursToGive(MayNotGovern):
    """Somebody was to be given more than the giver has."""

    code = "not_yours_to_give"

    def __init__(self, whom: str, more: str) -> None:
        super().__init__(
            f"You cannot let {whom} {more}, because you may not do that yourself. Nothing was saved. "
            "Ask somebody who may do it."
        )


class OnlyByOthers(MayNotGovern):
    """Users were to change what they may do themselves."""

    code = "only_by_others"

    def __init__(self) -> None:
        super().__init__(
            "You cannot change what you may do or see yourself, nor shut yourself out. Nothing was saved. "
            "Ask another administrator to do it."
        )


class LastSuperuser(MayNotGovern):
    """The only superuser who can log in was to be taken away."""

    code = "last_superuser"

    def __init__(self) -> None:
        super().__init__(
            "This is the last superuser who can log in. Make another user a superuser first; nothing was saved."
        )


class BuiltInRoleStays(MayNotGovern):
    """A built-in role was to be changed or deleted."""

    code = "built_in_role"

    def __init__(self, name: str) -> None:
        super().__init__(f"The role {name} is built in and stays as it is. Make a group of your own instead.")


class NoSuchFace(PeopleError):
    """A face was chosen that the photo does not have."""

    code = "no_such_face"


class BadArchive(PeopleError):
    """A ZIP file or folder cannot be imported at all."""

    code = "bad_archive"


class LayoutInDoubt(PeopleError):
    """The names of folders and files leave open who the people are; somebody has to say it."""

    code = "layout_in_doubt"

    def __init__(self, why: str, answers: Sequence[tuple[str, str]]) -> None:
        """`answers`: each layout that can be chosen, with a sentence that says what it makes."""
        super().__init__(f"Who are the people? {why} Choose a layout, and send it again.")
        self.details = [{"field": "layout", "code": layout, "message": words} for layout, words in answers]


class NameTaken(PeopleError):
    """Somebody of this name exists already."""

    code = "name_taken"

    def __init__(self, namesake: Any) -> None:
        """`namesake`: a Person whom the asker may see."""
        super().__init__(
            f"There is already a person called {namesake.name}. Add photos to that person, or say that this is another "
            "person of the same name."
        )
        self.namesake = namesake
        self.details = [{"field": "name", "code": "namesake", "message": str(namesake.pk)}]


class MayNotImport(PeopleError):
    """Whoever uploaded an import has lost the right to it meanwhile."""

    code = "may_not_import"


class TooManyImports(WrongState):
    """More imports wait than may."""

    code = "too_many_imports"


class ClaimLost(PeopleError):
    """The claim on a photo or an import ended, or it is gone: what was made of it must not be recorded."""

    code = "claim_lost"


class OtherEngine(ClaimLost):
    """A photo was read while another engine came into use: without an encoding of that it would recognise nobody."""

    code = "other_engine"


class ReaderDied(PeopleError):
    """The child process that reads photos crashed, was killed, or took too long."""

    code = "worker_failed"


class UnknownEngine(PeopleError):
    """An engine was chosen that nothing was ever encoded with."""

    code = "unknown_engine"


class NotCovered(PeopleError):
    """An engine was chosen that has not encoded every enrolled photo yet."""

    code = "not_covered"

    def __init__(self, missing: int) -> None:
        photos = "1 enrolled photo has" if missing == 1 else f"{missing} enrolled photos have"
        super().__init__(f"{photos} no encoding of this engine yet. Run `manage.py reencode` first.")
        self.missing = missing


class HiddenMembers(WrongState):
    """A watchlist was to be deleted on which people are whom the deleter may not see."""

    code = "hidden_members"

    def __init__(self) -> None:
        super().__init__(
            "There are people on this watchlist whom you may not see, so you cannot delete it. "
            "Take the people whom you see off it instead."
        )


class BadThresholds(PeopleError):
    """Thresholds that cannot be put into force."""

    code = "bad_thresholds"


class NothingEnrolled(WrongState):
    """The person has no enrolled photo to compare with."""

    def __init__(self) -> None:
        super().__init__("No photo of this person is enrolled yet.")


class TookTooLong(PeopleError):
    """The error that callers receive when a statement exceeded its limit."""

    code = "took_too_long"
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__(
            "The database did not answer in time, and your request was stopped: ask for less, or try again in a minute."
        )


class TooManyTries(PeopleError):
    """Passwords or codes were tried too often: the next try is looked at in `retry_after_s` seconds."""

    code = "throttled"

    def __init__(self, wait_s: float) -> None:
        self.retry_after_s = max(1, ceil(wait_s))
        minutes = ceil(self.retry_after_s / 60)
        super().__init__(
            f"There were too many wrong tries. Wait {minutes} minute{'s' * (minutes > 1)}, then try again."
        )


class Unusable(PeopleError):
    """A picture cannot enrol anybody; `code` is one of people/records/reasons.py, and nothing of it was kept."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Busy(PeopleError):
    """Every recogniser has enough to do: come back in `retry_after_s` seconds."""

    code = "busy"

    def __init__(self, retry_after_s: int = 2) -> None:
        super().__init__("The site cannot look at pictures just now; try again in some seconds.")
        self.retry_after_s = retry_after_s


class NotAvailable(Busy):
    """No recogniser comes up: somebody must look at the log."""

    code = "not_available"

    def __init__(self) -> None:
        super().__init__(retry_after_s=30)


class BadPicture(PeopleError):
    """An uploaded picture cannot be looked at; `code` is one of people/records/reasons.py."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TooManyRows(PeopleError):
    """A file would have more than `most` lines."""

    code = "too_many_rows"

    def __init__(self, most: int) -> None:
        super().__init__(f"The file would have more than {most} lines: ask for a shorter time, or for fewer.")


class WantsTwo(WrongState):
    """Something was to be done by one person that a watchlist asks two for."""

    code = "wants_two"

    def __init__(self, watchlist: Any) -> None:
        super().__init__(
            f"The watchlist “{watchlist}” asks for two people: propose it, and another user decides. "
            "Nothing was changed."
        )


class OnOneListOfTwo(WantsTwo):
    """Two people were to be merged of whom one alone is on a watchlist that asks for two people."""

    def __init__(self, on_it: Any, other: Any, watchlist: Any) -> None:
        WrongState.__init__(
            self,
            f"{on_it} is on the watchlist “{watchlist}”, which asks for two people, and {other} is not. Propose to put "
            f"{other} on it, or take {on_it} off it first.",
        )


class ProposedByYourself(WrongState):
    """Somebody tried to decide on what they had proposed."""

    code = "wants_another"

    def __init__(self) -> None:
        super().__init__("You have proposed this yourself: another user must decide. You can withdraw it.")


class ProposalIsOver(WrongState):
    """A proposal was to be decided on that is decided, withdrawn or expired, or that cannot be done any more."""

    code = "proposal_over"


class AlreadyProposed(WrongState):
    """The same waits for a second person already."""

    code = "already_proposed"

    def __init__(self) -> None:
        super().__init__("The same is proposed already and waits for a second person.")


class BadProposal(PeopleError):
    """A proposal that would change nothing, or names nothing that can be done."""

    code = "bad_proposal"


class NotSuspended(WrongState):
    """An entry was to be revived that is not suspended."""

    code = "not_suspended"

    def __init__(self) -> None:
        super().__init__("This entry is not suspended, or not any more.")
