"""The worker's side of an erasure: one step after another, each of which can be repeated, and the certificate last."""

from __future__ import annotations

import logging

from people.audit.acting import Actor, acting
from people.audit.chaining import chain_all
from people.audit.forgetting import erase_details
from people.base.sweeping import StopFlag
from people.errors import WrongState
from streams.erasing.certifying import certify
from streams.erasing.erasure import Erasure
from streams.erasing.faces import erase_sightings, erase_strangers
from streams.erasing.handed_over import erase_access_requests, erase_cases, erase_videos, sightings_of
from streams.erasing.history import forget_history, forget_own_history
from streams.erasing.mentions import (
    forget_answers,
    forget_imports,
    forget_links,
    forget_mentions,
    forget_names_in_audit,
    forget_searches,
)
from streams.erasing.names import names_of
from streams.erasing.record import erase_record, leave_gallery
from streams.erasing.work import ErasureInterrupted, ErasureWork
from streams.jobs.claims import JobClaim
from streams.jobs.working import JobLoop

logger = logging.getLogger(__name__)


def erasure_loop() -> JobLoop:
    return JobLoop(Erasure, erase)


def erase(claim: JobClaim, stop: StopFlag, *, cameras_run: bool = True) -> None:
    """Erases one person. It goes on where it was: what is gone already costs each step one question.

    `cameras_run`: whether cameras may see the person now, which must have dropped them before anything is deleted.

    It is tried again later while the person is being merged. Raises ClaimLost, and any error of database and storage.
    """
    erasure: Erasure = claim.row
    work = ErasureWork(erasure, lambda: claim.hold(done=erasure.done), stop)
    try:
        with acting(lambda: Actor.of(erasure.created_by) if erasure.created_by else Actor.program()):
            _erase_all(work, cameras_run)
            certify(claim)
    except ErasureInterrupted:
        claim.release()
    except WrongState as error:  # they are being merged
        claim.try_again(str(error))


def _erase_all(work: ErasureWork, cameras_run: bool) -> None:
    leave_gallery(work, wait=cameras_run)
    chain_all()
    names = names_of(work.ids)
    work.delete_objects()  # those that an earlier try had come to
    while True:
        forget_searches(work)
        theirs = sightings_of(work)
        erase_cases(work, names, theirs)
        erase_videos(work, names)
        erase_access_requests(work)
        erase_sightings(work)
        erase_strangers(work)
        erase_cases(work, names, theirs)
        forget_mentions(work)
        for name in names:
            forget_imports(work, name)
            forget_answers(work, name)
        if names:
            forget_history(work, names)
        for name in names:
            forget_links(work, name)
            forget_names_in_audit(work, name)
        if erase_record(work):
            break
    forget_whom(work)


def forget_whom(work: ErasureWork) -> None:
    """Takes the person out of what says that they were deleted: the last step."""
    forget_own_history(work)
    erase_details(*(f"person:{key}" for key in work.erasure.ids))
    work.go_on()
