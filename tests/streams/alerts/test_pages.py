"""The pages of alerts and rules: what they show, to whom, and what their buttons do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerts.rule_forms import MOST_OFFERED
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.groups import CameraGroup
from streams.records.rule import Rule
from tests.streams.alerting_rows import a_channel, a_rule, an_alert
from tests.streams.limited import World
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


class TestAlerts:
    @pytest.mark.parametrize("number", ["9" * 5_000, "-1", "²", "x"])
    def test_a_page_of_no_number_is_one_of_them(self, page: Client, number: str) -> None:
        assert page.get("/alerts/", {"page": number}).status_code == 200

    def test_the_open_ones_come_first_and_the_closed_ones_when_asked_for(self, page: Client, hall: Camera) -> None:
        rule = a_rule()
        an_alert(rule, hall, text="still open")
        done = {"state": "closed", "outcome": "false", "decided": "false", "decided_at": timezone.now()}
        an_alert(rule, hall, text="long done", decided_who="ann", **done)
        shown = text(page.get("/alerts/"))
        assert "Still open" in shown
        assert "Long done" not in shown
        closed = text(page.get("/alerts/?which=closed"))
        assert ("Long done" in closed, "false alarm" in closed, "Still open" in closed) == (True, True, False)
        assert (
            text(page.get(f"/alerts/?which=all&rule={rule.pk}&camera=hall&severity=warning")).count("data-alert") >= 2
        )
        assert page.get("/alerts/?camera=nowhere").status_code == 400

    def test_it_shows_the_picture_and_what_holds_by_now(self, page: Client, hall: Camera) -> None:
        ada = Person.objects.create(name="Ada")
        sighting = seen(hall, ada)
        alert = an_alert(camera=hall, kind="person", person=ada, sighting=sighting, verdict="match")
        shown = text(page.get(f"/alerts/{alert.pk}/"))
        assert "Ada at Hall" in shown
        assert reverse("detection_snapshot", args=[sighting.detections.get().pk]) in shown
        assert "By now" not in shown
        type(sighting).objects.update(person=None, verdict="unknown")
        assert "By now: an unknown person" in text(page.get(f"/alerts/{alert.pk}/"))

    def test_a_list_takes_as_many_queries_as_one_alert(self, page: Client, hall: Camera) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as taken:
                page.get("/alerts/")
            return len(taken)

        ada = Person.objects.create(name="Ada")
        an_alert(camera=hall, kind="person", person=ada, sighting=seen(hall, ada))
        page.get("/alerts/")
        few = queries()
        for _ in range(5):
            an_alert(camera=hall, kind="person", person=ada, sighting=seen(hall, ada))
        assert queries() == few

    def test_its_buttons_acknowledge_and_close_it(self, page: Client, hall: Camera) -> None:
        alert = an_alert(camera=hall)
        answer = page.post(f"/alerts/{alert.pk}/acknowledge/", {"next": "/alerts/"})
        assert (answer.status_code, answer["Location"]) == (302, "/alerts/")
        page.post(f"/alerts/{alert.pk}/note/", {"text": "The <b>postman</b>"})
        page.post(f"/alerts/{alert.pk}/close/", {"outcome": "false", "seen": "acknowledged"})
        alert.refresh_from_db()
        assert (alert.state, alert.outcome, alert.acknowledged_who) == ("closed", "false", "operator")
        shown = text(page.get(f"/alerts/{alert.pk}/"))
        assert "The &lt;b&gt;postman&lt;/b&gt;" in shown
        assert "this rule" not in shown
        assert "Hall 1 of 1" in shown

    def test_the_second_of_two_learns_who_was_first(self, page: Client, hall: Camera) -> None:
        alert = an_alert(camera=hall)
        other = User.objects.create_superuser("ben")
        logged_in(other).post(f"/alerts/{alert.pk}/close/", {"outcome": "true"})
        answer = page.post(f"/alerts/{alert.pk}/close/", {"outcome": "false", "seen": "new"})
        assert answer.status_code == 409
        assert "ben has closed it (true)" in text(answer)
        said = page.post(f"/alerts/{alert.pk}/close/", {"outcome": "false"}, headers={"accept": "application/json"})
        assert (said.status_code, "ben has closed it" in said.json()["error"]) == (409, True)

    @pytest.mark.parametrize(("what", "said"), [("close", {}), ("close", {"outcome": "maybe"}), ("note", {"text": ""})])
    def test_a_form_that_says_nothing_is_a_400(
        self, page: Client, hall: Camera, what: str, said: dict[str, str]
    ) -> None:
        alert = an_alert(camera=hall)
        assert page.post(f"/alerts/{alert.pk}/{what}/", said).status_code == 400
        assert Alert.objects.get().state == "new"

    def test_who_may_only_look_has_no_buttons(self, viewer: User, hall: Camera) -> None:
        alert = an_alert(camera=hall)
        client = logged_in(viewer)
        assert "data-key" not in text(client.get("/alerts/"))
        assert client.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 403

    def test_nobody_without_the_right_gets_in(self, stranger: User, hall: Camera) -> None:
        alert = an_alert(camera=hall)
        client = logged_in(stranger)
        assert {client.get(url).status_code for url in ("/alerts/", f"/alerts/{alert.pk}/", "/rules/")} == {403}

    def test_a_limited_user_sees_alerts_within_the_limits(self, viewer: User) -> None:
        world = World.made()
        world.limit_cameras(user=viewer)
        world.limit_people(user=viewer)
        hidden = [
            an_alert(camera=world.vault, text="in the vault"),
            an_alert(camera=world.hall, kind="person", person=world.bob, text="of bob"),
        ]
        shown = an_alert(camera=world.hall, kind="person", person=world.ada, text="of ada")
        client = logged_in(viewer)
        assert [client.get(f"/alerts/{alert.pk}/").status_code for alert in (*hidden, shown)] == [404, 404, 200]
        listed = text(client.get("/alerts/"))
        assert ("Of ada" in listed, "Of bob" in listed, "In the vault" in listed) == (True, False, False)


def said(**fields: Any) -> dict[str, Any]:
    """What the form sends for an unknown person anywhere."""
    usual = {
        "name": "After hours", "is_on": "on", "kind": "unknown", "times": 3, "minutes": 5, "everywhere": "on",
        "hours": "", "exceptions": "", "certainty": "certain", "looks": 1, "severity": "alarm", "text": "",
        "quiet_minutes": 5,
    }  # fmt: skip
    return {**usual, **fields}


class TestRules:
    def test_a_rule_is_made_and_read_back_as_a_sentence(self, page: Client, hall: Camera) -> None:
        phone = a_channel()
        asked = said(everywhere="", cameras=[hall.pk], hours="Mon-Fri 08:00-18:00", outside_hours="on",
                     channels=[str(phone.pk)], quiet_minutes=0.5)  # fmt: skip
        answer = page.post("/rules/new/", asked)
        assert (answer.status_code, answer["Location"]) == (302, "/rules/")
        rule = Rule.objects.get()
        assert (list(rule.cameras.all()), list(rule.channels.all()), rule.cool_down_s) == ([hall], [phone], 30)
        assert rule.made_by and rule.made_by.username == "operator"
        sentence = (
            "An alarm when an unknown person is seen at Hall, outside of Mon-Fri 08:00-18:00. Told by Door phone."
        )
        assert sentence in text(page.get("/rules/"))
        assert page.get(f"/rules/{rule.pk}/").status_code == 200

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"kind": "person"}, "Choose the person"),
            ({"kind": "watchlist"}, "Choose the watchlist"),
            ({"kind": "nobody_came"}, "Choose either the person or the watchlist"),
            ({"everywhere": ""}, "Choose where it looks"),
            ({"hours": "Mon 25:00-26:00"}, "no time of day"),
            ({"exceptions": "soon never"}, "cannot be read"),
            ({"text": "{whom} is here"}, "Nothing fills in"),
            ({"looks": 99}, "less than or equal to 12"),
            ({"quiet_minutes": -1}, "greater than or equal to 0"),
            ({"kind": "anything"}, "Select a valid choice"),
            ({"name": ""}, "This field is required"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_saved(self, page: Client, wrong: dict[str, Any], says: str) -> None:
        answer = page.post("/rules/new/", said(**wrong))
        assert answer.status_code == 400
        assert says in text(answer)
        assert not Rule.objects.exists()

    @pytest.mark.parametrize("since", ["retired_at", "never_match_at"])
    def test_a_rule_whose_person_is_retired_is_changed_and_keeps_them(self, page: Client, since: str) -> None:
        ada, bob = (Person.objects.create(name=name, **{since: timezone.now()}) for name in ("Ada", "Bob"))
        rule = a_rule("Ada comes", kind="person", person=ada)
        assert f'value="{ada.pk}" selected' in page.get(f"/rules/{rule.pk}/").content.decode()
        asked = said(name="Ada is back", kind="person", person=str(ada.pk))
        assert page.post(f"/rules/{rule.pk}/", asked).status_code == 302
        rule.refresh_from_db()
        assert (rule.name, rule.person) == ("Ada is back", ada)
        for url, other in ((f"/rules/{rule.pk}/", bob), ("/rules/new/", ada)):
            refused = page.post(url, {**asked, "name": "Other", "person": str(other.pk)})
            assert refused.status_code == 400 and "Select a valid choice" in text(refused)

    @pytest.mark.parametrize("kind", ["person", "watchlist"])
    def test_whoever_may_not_see_what_a_rule_names_changes_the_rest_and_loses_nothing(
        self, hall: Camera, kind: str
    ) -> None:
        editor = User.objects.create_user("editor")
        rights = ("view_rule", "view_alert", "change_rule")
        editor.user_permissions.set(Permission.objects.filter(codename__in=rights))
        whom = {"person": Person, "watchlist": Watchlist}[kind].objects.create(name="Secret")
        ground = CameraGroup.objects.create(name="Ground")
        rule = a_rule(kind=kind, everywhere=False, **{kind: whom})
        rule.cameras.set([hall])
        rule.camera_groups.set([ground])
        asked = said(name="Renamed", kind=kind, everywhere="", camera_groups=[ground.pk])
        client = logged_in(editor)
        if kind == "watchlist":
            assert "Secret" not in client.get(f"/rules/{rule.pk}/").content.decode()
        answer = client.post(f"/rules/{rule.pk}/", asked)
        assert answer.status_code == 302, text(answer)
        rule.refresh_from_db()
        assert (rule.name, getattr(rule, kind), list(rule.cameras.all())) == ("Renamed", whom, [hall])

    def test_among_many_people_somebody_is_chosen_by_name(self, page: Client) -> None:
        many = [Person(name=f"Visitor {number}") for number in range(MOST_OFFERED)]
        Person.objects.bulk_create(many)
        one, *twins = (Person.objects.create(name=name) for name in ("Ada Lovelace", "Bob Ray", "Bob Ray"))
        shown = page.get("/rules/new/").content.decode()
        assert "Visitor" not in shown and 'name="who"' in shown
        asked = said(kind="person", person="")
        for who, says in (("Carl", "Nobody enrolled"), ("Bob Ray", "Which of these is it?"), ("", "Choose the person")):
            refused = page.post("/rules/new/", {**asked, "who": who})
            assert refused.status_code == 400 and says in text(refused), who
        twin = page.post("/rules/new/", {**asked, "who": "Bob Ray"}).content.decode()
        assert all(f'value="{each.pk}"' in twin for each in twins) and "Visitor" not in twin
        assert page.post("/rules/new/", {**asked, "who": "ada lovelace"}).status_code == 302
        rule = Rule.objects.get()
        assert rule.person == one and f'value="{one.pk}" selected' in page.get(f"/rules/{rule.pk}/").content.decode()
        for who, chosen, person in (("Bob", twins[1], twins[1]), ("", twins[1], twins[1]), ("Ada Lovelace", "", one)):
            chosen_pk = getattr(chosen, "pk", chosen)
            assert page.post(f"/rules/{rule.pk}/", {**asked, "person": chosen_pk, "who": who}).status_code == 302
            rule.refresh_from_db()
            assert rule.person == person
        assert page.post("/rules/new/", {**asked, "name": "Odd", "person": "x"}).status_code == 400

    def test_a_name_is_given_once(self, page: Client) -> None:
        a_rule()
        assert "already exists" in text(page.post("/rules/new/", said()))

    def test_it_says_what_it_would_have_raised_before_it_is_saved(self, page: Client, hall: Camera) -> None:
        now = timezone.now()
        for minutes in (1, 2, 30, 20_000):  # the second is within the quiet of the first, the last too long ago
            seen(hall, None, now - timedelta(minutes=minutes), votes=3)
        answer = page.post("/rules/new/", said(preview="1"))
        assert answer.status_code == 200
        assert "2 alerts in the last 7 days" in text(answer)
        assert not Rule.objects.exists()
        assert 'value="After hours"' in text(answer)

    def test_a_rule_that_lost_its_person_says_so_and_cannot_be_switched_on(self, page: Client) -> None:
        ada = Person.objects.create(name="Ada")
        rule = a_rule(kind="person", person=ada)
        ada.delete()
        assert "switched off by itself: its person was deleted" in text(page.get("/rules/"))
        answer = page.post(f"/rules/{rule.pk}/switch/", {"on": "1"}, follow=True)
        assert "stays off. Choose the person" in text(answer)
        rule.refresh_from_db()
        assert (rule.is_on, rule.off_because) == (False, "person")

    def test_it_is_switched_off_and_on_and_deleted(self, page: Client, hall: Camera) -> None:
        rule = a_rule()
        alert = an_alert(rule, hall)
        page.post(f"/rules/{rule.pk}/switch/", {"on": "0"})
        assert not Rule.objects.get().is_on
        page.post(f"/rules/{rule.pk}/switch/", {"on": "1"})
        assert Rule.objects.get().is_on
        page.post(f"/rules/{rule.pk}/delete/")
        assert not Rule.objects.exists()
        assert Alert.objects.get() == alert

    def test_a_limited_administrator_makes_rules_within_the_limits(self) -> None:
        world = World.made()
        user = User.objects.create_user("night shift")
        rights = ["view_rule", "view_alert", "add_rule", "change_rule", "view_camera", "view_person", "view_sighting"]
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        world.limit_cameras(user=user)
        client = logged_in(user)
        assert client.post("/rules/new/", said()).status_code == 400  # everywhere
        assert client.post("/rules/new/", said(everywhere="", cameras=[world.vault.pk])).status_code == 400
        assert client.post("/rules/new/", said(everywhere="", cameras=[world.hall.pk])).status_code == 302
        assert not Rule.objects.get().everywhere

    def test_whoever_may_only_look_changes_no_rule(self, viewer: User) -> None:
        rule = a_rule()
        client = logged_in(viewer)
        assert "After hours" in text(client.get("/rules/"))
        posts = ["/rules/new/", *(f"/rules/{rule.pk}/{what}" for what in ("", "switch/", "delete/"))]
        assert {client.post(url, said()).status_code for url in posts} == {403}
