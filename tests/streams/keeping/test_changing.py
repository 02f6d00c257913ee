"""Changes of the schedule: what shortens it is asked for, what cannot be is refused, and all of it is in the audit."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import Client

from people.accounts.roles import bring_up_roles
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.audit.noting import noted
from people.editing.bases import record_basis
from people.records.basis import Basis
from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeepingTerm, KeptKind, days_kept
from people.records.person import Person
from people.records.privacy_notice import privacy_notice
from streams.errors import BadSchedule
from streams.keeping.changing import NotConfirmed, ScheduleChange, change_schedule
from streams.keeping.forms import KeepingForm
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.sighting import Sighting
from tests.keeping import kept_for
from tests.streams.keeping.test_enforcing import a_seen, days_ago

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PAGE = "/admin/people/keepingterm/"
STRANGERS = KeptKind.SIGHTINGS_STRANGERS


def member_of(role: str) -> User:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def filled(**other: Any) -> dict[str, Any]:
    """The form as a browser sends it without a change."""
    form = KeepingForm()
    names = form.fields
    said = {name: form.get_initial_for_field(field, name) for name, field in names.items() if not field.disabled}
    return {name: value for name, value in {**said, **other}.items() if value not in (None, False)}


def change(*, confirmed: bool = False, **of: Any) -> None:
    change_schedule(change=ScheduleChange(**of), is_confirmed=confirmed, by=None)


def test_what_shortens_is_asked_for_with_how_much_it_deletes(hall: Camera) -> None:
    for days in (20, 40, 60):
        a_seen(hall, days)
    with pytest.raises(NotConfirmed) as asked:
        change(days={STRANGERS: 30})
    assert [(effect.kind, effect.due) for effect in asked.value.effects] == [(STRANGERS, 2)]
    assert days_kept(STRANGERS) is None
    change(days={STRANGERS: 30}, confirmed=True)
    assert days_kept(STRANGERS) == 30
    assert Sighting.objects.count() == 3  # only the next run deletes


def test_what_keeps_longer_is_not_asked_for() -> None:
    kept_for(30)
    change(days={STRANGERS: 90})
    change(days={STRANGERS: None})
    assert days_kept(STRANGERS) is None


def test_a_camera_that_keeps_less_is_asked_for_and_one_that_keeps_more_is_not(hall: Camera) -> None:
    kept_for(30)
    a_seen(hall, 20)
    with pytest.raises(NotConfirmed, match="Sightings of strangers: 1"):
        change(cameras={hall.pk: {STRANGERS: 10}})
    change(cameras={hall.pk: {STRANGERS: 60}})
    with pytest.raises(NotConfirmed):
        change(cameras={hall.pk: {}})  # as all others again: that is shorter
    change(cameras={hall.pk: {}}, confirmed=True)
    assert not CameraKeeping.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": {KeptKind.ENCODINGS: None}}, "cannot be kept for ever"),
        ({"days": {KeptKind.CASES: None}}, "cannot be kept for ever"),
        ({"days": {STRANGERS: 0}}, "expected 1 to"),
        ({"days": {STRANGERS: -1}}, "expected 1 to"),
        ({"days": {STRANGERS: 10**9}}, "expected 1 to"),
        ({"days": {"cats": 1}}, "no kind of data"),
        ({"purposes": {STRANGERS: "  "}}, "Say what"),
        ({"purposes": {STRANGERS: "x" * 301}}, "Say what"),
        ({"days": {KeptKind.AUDIT: 89}}, "answered within three months"),
        ({"days": {KeptKind.LINKS: None}}, "cannot be kept for ever"),
        ({"cameras": {1: {STRANGERS: 0}}}, "expected 1 to"),
        ({"cameras": {1: {KeptKind.AUDIT: 5}}}, "A camera has days"),
    ],
)
def test_what_the_schedule_cannot_say_is_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSchedule, match=words):
        change(confirmed=True, **wrong)


def test_what_the_deployment_fixes_is_changed_there_alone(settings: Any, operator: User, client: Client) -> None:
    settings.FIXED_DAYS = {STRANGERS: 30}
    with pytest.raises(BadSchedule, match="fixed by the deployment"):
        change(days={STRANGERS: 60})
    client.force_login(operator)
    page = client.get(PAGE).content.decode()
    assert "fixed by the deployment of this site" in page
    assert client.post(PAGE, filled(**{f"days_{STRANGERS}": 90})).status_code == 302
    assert days_kept(STRANGERS) == 30


def test_a_change_is_in_the_audit_and_in_the_history(operator: User, hall: Camera) -> None:
    change_schedule(
        change=ScheduleChange(
            days={STRANGERS: 30}, cameras={hall.pk: {STRANGERS: 7}}, notice={"contact": "Ann", "names_cameras": True}
        ),
        is_confirmed=True,
        by=operator,
    )
    chain_all()
    kinds = set(AuditEntry.objects.values_list("kind", flat=True))
    assert {"schedule of keeping", "keeping of a camera", "public page about keeping"} <= kinds
    told = AuditEntry.objects.get(kind="schedule of keeping").detail
    assert told is not None and (told["before"]["days"], told["after"]["days"]) == (None, 30)
    words = {entry.get_change_message() for entry in LogEntry.objects.all()}
    assert words == {
        "Kept: 30 days, before: for ever.",
        "Kept: Sightings of strangers 7 days.",
        "Changed whom to ask and name the cameras that differ.",
    }
    change_schedule(change=ScheduleChange(days={STRANGERS: 30}), is_confirmed=True, by=operator)
    assert LogEntry.objects.count() == 3  # nothing was different


def test_the_page_shows_every_kind_and_saves_nothing_by_being_looked_at(operator: User, client: Client) -> None:
    client.force_login(operator)
    KeepingRun.objects.create(kind=STRANGERS, began_at=days_ago(1), ended_at=days_ago(1), deleted=17)
    KeepingRun.objects.create(kind=KeptKind.AUDIT, began_at=days_ago(1), ended_at=days_ago(1), fault="The chain broke.")
    page = client.get(PAGE).content.decode()
    for kind in KeptKind:
        assert kind.label in page
    assert "17 deleted" in page and "The chain broke." in page


def test_the_page_asks_before_it_shortens(operator: User, client: Client, hall: Camera) -> None:
    client.force_login(operator)
    a_seen(hall, 40)
    asked = client.post(PAGE, filled(**{f"days_{STRANGERS}": 30}))
    assert asked.status_code == 200 and "Do you mean it?" in asked.content.decode()
    assert days_kept(STRANGERS) is None
    saved = client.post(PAGE, filled(confirmed="1", **{f"days_{STRANGERS}": 30}))
    assert (saved.status_code, days_kept(STRANGERS)) == (302, 30)


def test_the_page_says_what_would_go_without_saving(operator: User, client: Client, hall: Camera) -> None:
    client.force_login(operator)
    a_seen(hall, 40)
    shown = client.post(PAGE, filled(preview="1", **{f"days_{STRANGERS}": 30})).content.decode()
    assert "What would go" in shown and "Sightings of strangers: <strong>1</strong>" in shown
    assert days_kept(STRANGERS) is None


def test_a_camera_is_added_and_taken_out_on_the_page(operator: User, client: Client, hall: Camera) -> None:
    client.force_login(operator)
    kept_for(30)
    said = filled(confirmed="1", new=hall.pk, new_strangers_days=3, place="Library", contact="Ann", names_cameras="on")
    assert client.post(PAGE, said).status_code == 302
    assert CameraKeeping.objects.get().days() == {STRANGERS: 3}
    assert (privacy_notice().place, privacy_notice().names_cameras) == ("Library", True)
    said = {name: value for name, value in filled().items() if not name.startswith("camera_")}
    assert client.post(PAGE, said).status_code == 302
    assert not CameraKeeping.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{f"days_{STRANGERS}": "0"}, {"days_cases": ""}, {f"purpose_{STRANGERS}": ""}, {"new_named_days": "4"}]
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_saved(
    operator: User, client: Client, wrong: dict[str, str]
) -> None:
    client.force_login(operator)
    answer = client.post(PAGE, {**filled(), **wrong})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize("page", ["", "due/", "sign/"])
def test_only_auditors_and_administrators_see_it(client: Client, page: str) -> None:
    bring_up_roles()
    for role, status in (
        ("viewer", 403),
        ("operator", 403),
        ("enroller", 403),
        ("auditor", 200),
        ("administrator", 200),
    ):
        client.force_login(member_of(role))
        assert client.get(PAGE + page).status_code == status, role


def test_only_administrators_change_it(client: Client) -> None:
    bring_up_roles()
    for role in ("operator", "auditor"):
        client.force_login(member_of(role))
        assert client.post(PAGE, filled(confirmed="1", **{f"days_{STRANGERS}": 1})).status_code == 403
    assert days_kept(STRANGERS) is None
    client.force_login(member_of("administrator"))
    assert client.post(PAGE, filled(confirmed="1", **{f"days_{STRANGERS}": 1})).status_code == 302
    assert days_kept(STRANGERS) == 1


def test_an_administrator_of_some_groups_alone_does_not_see_it(client: Client) -> None:
    bring_up_roles()
    limited = member_of("administrator")
    CameraLimit.objects.create(user=limited, group=CameraGroup.objects.create(name="Yard"))
    client.force_login(limited)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, filled(confirmed="1", **{f"days_{STRANGERS}": 1})).status_code == 403


def test_who_is_due_is_shown_before_anybody_goes(operator: User, client: Client) -> None:
    client.force_login(operator)
    assert "erases nobody" in client.get(f"{PAGE}due/").content.decode()
    kept_for(60, KeptKind.PEOPLE_ENDED)
    for name, ended in (("Ada", 50), ("Grace", 10)):
        basis = record_basis(person=Person.objects.create(name=name), purpose="the door", by=None)
        Basis.objects.filter(pk=basis.pk).update(valid_from=days_ago(400), valid_until=days_ago(ended))
    answer = client.get(f"{PAGE}due/")
    page = answer.content.decode()
    assert "Ada" in page and "Grace" not in page
    ada = Person.objects.get(name="Ada").pk
    assert f"person:{ada}" in noted(answer.wsgi_request)


def test_the_sign_leads_to_the_public_page(operator: User, client: Client, settings: Any) -> None:
    client.force_login(operator)
    change(notice={"place": "Town library", "contact": "Ann, 0123"})
    page = client.get(f"{PAGE}sign/").content.decode()
    assert "http://testserver/privacy/" in page and "Town library" in page and "data:image/svg+xml" in page
    settings.SITE_URL = "https://faces.example"
    assert "https://faces.example/privacy/" in client.get(f"{PAGE}sign/?size=A5").content.decode()


def test_the_database_keeps_the_audit_for_three_months_at_least() -> None:
    with pytest.raises(IntegrityError, match="keeping_term_days_are_allowed"), transaction.atomic():
        KeepingTerm.objects.filter(pk=KeptKind.AUDIT).update(days=89)
    KeepingTerm.objects.filter(pk=KeptKind.AUDIT).update(days=90)


def test_the_page_says_why_the_audit_is_kept_for_a_while(operator: User, client: Client) -> None:
    client.force_login(operator)
    page = client.post(PAGE, filled(days_audit=1)).content.decode()
    assert "Give at least 90 days: whoever asks who looked at them must be answered within three months." in page
    assert days_kept(KeptKind.AUDIT) == 730
