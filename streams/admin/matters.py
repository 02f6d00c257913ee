"""What needs doing about cameras and alerts, for the admin's first page: each is asked in one or two short queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from people.admin.matter import MOST_COUNTED, MOST_NAMED, Matter, Named, Tone, and_more, counted, list_url, words
from people.base.site_time import time_words
from people.records.suspension import Suspension
from streams.alerting.working_off import RIGHTS as WORK_OFF
from streams.cameras.trouble import cameras_without_pictures
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.rule import Rule
from streams.watching.proposal_cards import proposals_for

MEND_CAMERAS = ("streams.view_camera", "streams.change_camera")
MEND_CHANNELS = ("streams.view_channel", "streams.change_channel")
DECIDE = ("people.view_proposal", "people.view_watchlist", "people.decide_proposal")
REVIVE = ("people.view_watchlist", "people.view_person", "people.change_watchlist")
MEND_RULES = ("streams.view_rule", "streams.view_alert", "streams.change_rule")


def camera_matters(user: Any) -> Iterator[Matter]:
    """Yields what `user` may see and do something about, what is urgent first."""
    asked: tuple[tuple[tuple[str, ...], Callable[[Any], Iterator[Matter]]], ...] = (
        (MEND_CAMERAS, _cameras),
        (MEND_CHANNELS, _channels),
        (MEND_RULES, _rules),
        (WORK_OFF, _alerts),
        (DECIDE, _proposals),
        (REVIVE, _suspensions),
    )
    for rights, matters in asked:
        if user.has_perms(rights):
            yield from matters(user)


def _cameras(user: Any) -> Iterator[Matter]:
    if found := cameras_without_pictures(Camera.objects.visible_to(user), timezone.now()):
        named = tuple(
            Named(camera.name, reason or "It waits for a worker.", _page("camera", camera.pk))
            for camera, reason in found[:MOST_NAMED]
        )
        said = words(len(found), "camera gives no pictures", "cameras give no pictures")
        where = list_url("streams_camera", pictures="none")
        yield Matter(Tone.BROKEN, said, where, "Look at them", named, and_more(len(found), named))


def _channels(user: Any) -> Iterator[Matter]:
    found = list(Channel.objects.visible_to(user).failing().order_by("name")[: MOST_COUNTED + 1])
    if found:
        named = tuple(
            Named(each.name, f"{each.last_problem} Since {_since(each)}.", _page("channel", each.pk))
            for each in found[:MOST_NAMED]
        )
        said = words(len(found), "channel fails: nobody is told by it", "channels fail: nobody is told by them")
        where = list_url("streams_channel", works="no")
        yield Matter(Tone.BROKEN, said, where, "Look at them", named, and_more(len(found), named))


def _rules(user: Any) -> Iterator[Matter]:
    found = list(Rule.objects.visible_to(user).switched_off_by_itself().order_by("name")[: MOST_COUNTED + 1])
    if found:
        named = tuple(
            Named(rule.name, f"It is off, because {rule.get_off_because_display()}.", reverse("rule", args=[rule.pk]))
            for rule in found[:MOST_NAMED]
        )
        said = words(len(found), "rule was switched off by itself", "rules were switched off by themselves")
        where = f"{reverse('rules')}?off=by_itself"
        yield Matter(Tone.BROKEN, said, where, "Mend or delete them", named, and_more(len(found), named))


def _alerts(user: Any) -> Iterator[Matter]:
    if number := counted(Alert.objects.visible_to(user).open()):
        said = words(number, "alert is open", "alerts are open")
        yield Matter(Tone.TO_DECIDE, said, reverse("alerts"), "Work them off")


def _proposals(user: Any) -> Iterator[Matter]:
    """Tells of what others have proposed; one's own wait for somebody else."""
    if number := counted(proposals_for(user).open().exclude(proposer=user.pk)):
        said = words(number, "proposal waits for a second person", "proposals wait for a second person")
        yield Matter(Tone.TO_DECIDE, said, reverse("proposals"), "Decide")


def _suspensions(user: Any) -> Iterator[Matter]:
    """Tells which entries raise no alerts any more, the newest first."""
    rows = Suspension.objects.within_limits_of(user).holding().select_related("person", "watchlist")
    if found := list(rows[: MOST_COUNTED + 1]):
        named = tuple(
            Named(
                str(each.person),
                f"“{each.watchlist}”: {each.false} of {each.closed} alerts were false.",
                reverse("watchlist", args=[each.watchlist_id]),
            )
            for each in found[:MOST_NAMED]
        )
        said = words(len(found), "entry raises no alerts any more", "entries raise no alerts any more")
        yield Matter(
            Tone.TO_DECIDE, said, list_url("people_watchlist"), "Look at them", named, and_more(len(found), named)
        )


def _page(model: str, pk: object) -> str:
    return reverse(f"admin:streams_{model}_change", args=[pk])


def _since(channel: Channel) -> str:
    assert channel.failing_since is not None
    return time_words(channel.failing_since)
