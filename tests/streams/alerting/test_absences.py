"""What no sighting shows: a camera that gives no pictures, and somebody who did not come by a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.records.basis import Basis
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerting.absences import _raise_outages, look_for_absences
from streams.alerting.rule_services import save_rule, switch_rule
from streams.records.alert import Alert
from streams.records.camera import Camera, CameraStatus
from streams.records.camera_outage import CameraOutage
from streams.records.rule import Rule
from tests.streams.alerting_rows import a_rule
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)  # Monday, 09:15 in Berlin


@pytest.fixture(autouse=True)
def in_berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def look(now: datetime) -> None:
    """As a worker looks at this moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streams.alerting.absences.timezone.now", lambda: now)
        look_for_absences()


def said() -> list[str]:
    rows = Alert.objects.order_by("captured_at", "raised_at").select_related("person", "stranger")
    return [alert.said for alert in rows]


class TestCameraDown:
    @pytest.fixture(autouse=True)
    def live(self, hall: Camera) -> CameraStatus:
        in_future = timezone.now() + timedelta(days=400)
        return CameraStatus.objects.create(
            camera=hall, state="live", heartbeat_at=in_future, lease_expires_at=in_future, lease_holder="worker"
        )

    def test_a_camera_that_is_down_for_long_enough_raises_one_alert(self) -> None:
        a_rule(kind="camera_down", minutes=5)
        look(NOW)
        CameraStatus.objects.update(state="down")
        for minutes in (1, 5, 6, 7, 60):
            look(NOW + timedelta(minutes=minutes))
        (alert,) = Alert.objects.all()
        assert (alert.said, alert.count) == ("Hall has given no pictures for 5 min", 5)
        assert alert.captured_at == NOW + timedelta(minutes=1)

    def test_the_next_outage_raises_the_next_alert(self) -> None:
        a_rule(kind="camera_down", minutes=5)
        for minutes, state in ((0, "down"), (6, "down"), (7, "live"), (8, "stalled"), (12, "down"), (14, "down")):
            CameraStatus.objects.update(state=state)
            look(NOW + timedelta(minutes=minutes))
        assert Alert.objects.count() == 2

    @pytest.mark.parametrize("off", [{"enabled": False}, {"hours": "Sun 00:00-01:00"}])
    def test_a_camera_that_nobody_expects_anything_of_is_not_down(self, off: dict[str, Any]) -> None:
        a_rule(kind="camera_down", minutes=1)
        Camera.objects.update(**off)
        CameraStatus.objects.update(state="down")
        look(NOW), look(NOW + timedelta(hours=1))
        assert (Alert.objects.count(), CameraOutage.objects.count()) == (0, 0)

    def test_an_outage_of_which_no_rule_waited_to_hear_is_not_added_to_the_next(self) -> None:
        rule = a_rule(kind="camera_down", minutes=5)
        CameraStatus.objects.update(state="down")
        look(NOW)
        Rule.objects.update(is_on=False)
        look(NOW + timedelta(minutes=1))
        CameraStatus.objects.update(state="live")
        look(NOW + timedelta(days=1))
        CameraStatus.objects.update(state="down")
        Rule.objects.filter(pk=rule.pk).update(is_on=True)
        look(NOW + timedelta(days=4))
        assert said() == []
        look(NOW + timedelta(days=4, minutes=6))
        assert said() == ["Hall has given no pictures for 6 min"]

    def test_a_camera_that_was_deleted_meanwhile_raises_nothing(self, hall: Camera) -> None:
        rule = a_rule(kind="camera_down", minutes=1)
        outage = CameraOutage.objects.create(camera=hall, since=NOW)
        Camera.objects.get().delete()
        _raise_outages(rule, [outage], NOW + timedelta(minutes=2))
        assert said() == []

    def test_a_rule_looks_at_its_own_cameras_in_its_own_hours(self, camera: Camera) -> None:
        a_rule("other camera", kind="camera_down", minutes=1, everywhere=False).cameras.add(camera)
        a_rule("at night", kind="camera_down", minutes=1, hours="Mon-Sun 22:00-23:00")
        CameraStatus.objects.filter(camera__name="Hall").update(state="down")
        CameraStatus.objects.filter(camera=camera).update(
            state="live", heartbeat_at=timezone.now() + timedelta(days=400)
        )
        look(NOW), look(NOW + timedelta(minutes=2))
        assert said() == []

    def test_an_outage_that_was_noted_by_a_clock_that_was_ahead_counts_from_when_it_was_set_back(self) -> None:
        a_rule(kind="camera_down", minutes=5)
        CameraStatus.objects.update(state="down")
        look(NOW + timedelta(hours=2))
        for minutes in (0, 1, 5, 6):
            look(NOW + timedelta(minutes=minutes))
        (alert,) = Alert.objects.all()
        assert (alert.captured_at, alert.count) == (NOW, 5)


class TestNobodyCame:
    @pytest.fixture
    def ada(self) -> Person:
        return Person.objects.create(name="Ada")

    @pytest.fixture
    def rule(self, ada: Person) -> Rule:
        looked = {"looked_until": NOW - timedelta(hours=3)}
        return a_rule(kind="nobody_came", person=ada, hours="Mon-Fri 07:00-09:15", **looked)

    def test_whoever_did_not_come_raises_one_alert_when_the_hours_end(self, rule: Rule) -> None:
        look(NOW - timedelta(seconds=1))
        assert said() == []
        for minutes in (0, 1, 60):
            look(NOW + timedelta(minutes=minutes))
        assert said() == ["Not seen until 09:15:00 CET: Ada"]

    @pytest.mark.parametrize("column", ["looked_until", "created_at"])
    def test_a_clock_that_was_ahead_and_is_set_back_hides_no_hours_that_end_then(self, rule: Rule, column: str) -> None:
        Rule.objects.update(**{"looked_until": None, column: NOW + timedelta(hours=2)})
        look(NOW - timedelta(minutes=1))
        look(NOW)
        assert said() == ["Not seen until 09:15:00 CET: Ada"]

    def test_whoever_came_raises_none(self, rule: Rule, ada: Person, hall: Camera) -> None:
        seen(hall, ada, NOW - timedelta(hours=1), votes=3)
        look(NOW)
        assert said() == []

    @pytest.mark.parametrize(
        ("at", "verdict", "looks"),
        [(timedelta(hours=3), "match", 3), (timedelta(hours=1), "review", 3), (timedelta(hours=1), "match", 0)],
    )
    def test_a_sighting_too_early_or_too_unsure_does_not_count(
        self, rule: Rule, ada: Person, hall: Camera, at: timedelta, verdict: str, looks: int
    ) -> None:
        seen(hall, ada, NOW - at, verdict=verdict, votes=looks)
        look(NOW)
        assert said() == ["Not seen until 09:15:00 CET: Ada"]

    @pytest.mark.parametrize("lost", ["retired", "withdrawn"])
    def test_nobody_is_missed_whom_cameras_may_not_recognise(self, rule: Rule, ada: Person, lost: str) -> None:
        if lost == "retired":
            Person.objects.update(retired_at=NOW)
        else:
            Basis.objects.create(
                person=ada, kind="consent", purpose="Access", valid_from=NOW - timedelta(days=9),
                withdrawn_at=NOW - timedelta(days=1), withdrawn_who="Ada",
            )  # fmt: skip
        look(NOW)
        assert said() == []
        rule.refresh_from_db()
        assert rule.looked_until == NOW

    @pytest.mark.parametrize("by_form", [True, False])
    def test_a_rule_that_is_switched_on_does_not_tell_of_hours_that_are_over(self, rule: Rule, by_form: bool) -> None:
        Rule.objects.update(is_on=False, looked_until=NOW - timedelta(days=30))
        rule.refresh_from_db()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("streams.alerting.rule_services.timezone.now", lambda: NOW + timedelta(hours=1))
            if by_form:
                rule.is_on = True
                save_rule(rule=rule, cameras=(), camera_groups=(), channels=(), by=None)
            else:
                switch_rule(rule=rule, on=True, by=None)
        look(NOW + timedelta(hours=2))
        assert said() == []
        look(NOW + timedelta(days=1))
        assert len(said()) == 1

    def test_a_rule_that_waits_for_somebody_else_tells_of_nothing_that_was_over(self, rule: Rule) -> None:
        rule.person = Person.objects.create(name="Grace")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("streams.alerting.rule_services.timezone.now", lambda: NOW + timedelta(hours=1))
            save_rule(rule=rule, cameras=(), camera_groups=(), channels=(), by=None)
        look(NOW + timedelta(hours=2))
        assert said() == []

    def test_a_rule_that_only_gets_another_name_still_tells(self, rule: Rule) -> None:
        rule.name = "Late"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("streams.alerting.rule_services.timezone.now", lambda: NOW + timedelta(hours=1))
            save_rule(rule=rule, cameras=(), camera_groups=(), channels=(), by=None)
        look(NOW + timedelta(hours=2))
        assert len(said()) == 1

    def test_somebody_on_the_list_is_enough(self, ada: Person, hall: Camera) -> None:
        cleaners = Watchlist.objects.create(name="Cleaners")
        a_rule(
            kind="nobody_came", watchlist=cleaners, hours="Mon-Fri 07:00-09:15", looked_until=NOW - timedelta(hours=3)
        )
        seen(hall, ada, NOW - timedelta(hours=1), votes=3)
        look(NOW)
        assert said() == ["Not seen until 09:15:00 CET: Cleaners"]
        cleaners.people.add(ada)
        seen(hall, ada, NOW + timedelta(hours=23), votes=3)
        look(NOW + timedelta(days=1))
        assert len(said()) == 1

    def test_a_site_that_was_off_over_night_still_tells_and_after_a_week_it_does_not(self, rule: Rule) -> None:
        look(NOW + timedelta(hours=5))
        assert len(said()) == 1
        look(NOW + timedelta(days=8))
        assert len(said()) == 2

    @pytest.mark.parametrize(
        ("sunday", "ends_utc"),
        [("2026-03-29", "07:15"), ("2026-10-25", "08:15")],  # clocks were put forward, and back, in the night
    )
    def test_by_when_is_said_by_the_clock_on_the_wall_also_when_clocks_change(
        self, ada: Person, sunday: str, ends_utc: str
    ) -> None:
        end = datetime.fromisoformat(f"{sunday}T{ends_utc}:00Z")
        a_rule(kind="nobody_came", person=ada, hours="Mon-Sun 07:00-09:15", looked_until=end - timedelta(hours=12))
        look(end - timedelta(seconds=1))
        assert said() == []
        for hours in (0, 1, 2):
            look(end + timedelta(hours=hours))
        (alert,) = said()
        assert alert.startswith("Not seen until 09:15:00 CE")

    def test_a_worker_looks_at_what_no_other_has_looked_at(self, rule: Rule) -> None:
        look(NOW)
        rule.refresh_from_db()
        assert rule.looked_until == NOW
