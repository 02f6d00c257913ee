"""What becomes of deliveries: how often they are tried, when they are given up, and what a storm makes of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from streams.channels import claiming
from streams.channels.brokers import hold_channels
from streams.channels.claiming import KEEP_TRYING, claim_due, record_failed, record_sent
from streams.channels.reasons import ChannelReason
from streams.channels.retention import forget_deliveries
from streams.channels.storms import MOST_A_MINUTE, hold_storm
from streams.channels.telling import message_of
from streams.errors import NotDelivered
from streams.records.alert import Alert
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import DeliveryState
from tests.streams.alerting_rows import a_channel, a_rule, an_alert
from tests.streams.seen import NOON

pytestmark = pytest.mark.django_db
BROKER = {"host": "127.0.0.1", "port": 1883, "encrypted": False, "base_topic": "a", "discovery_prefix": "b"}
DOWN = NotDelivered(ChannelReason.ANSWERED.said(status=500))
REFUSED = NotDelivered(ChannelReason.ANSWERED.said(status=422), receiver_is_down=False)


def deliveries(channel: Channel, count: int = 1, **fields: Any) -> list[Delivery]:
    rows = [Delivery(channel=channel, alert=an_alert(**fields)) for _ in range(count)]
    made = Delivery.objects.bulk_create(rows)
    return list(Delivery.objects.filter(pk__in=[row.pk for row in made]))


def claimed(channel: Channel | None = None) -> Delivery | None:
    return next((row for row in claim_due("worker", (), ()) if channel in (None, row.channel)), None)


def made_due() -> None:
    Delivery.objects.filter(state=DeliveryState.WAITING).update(next_at=timezone.now() - timedelta(seconds=1))


def test_one_delivery_a_channel_is_claimed_and_none_twice() -> None:
    one, other = a_channel("One"), a_channel("Other")
    deliveries(one, 2)
    deliveries(other, 2)
    assert {row.channel for row in claim_due("worker", (), ())} == {one, other}
    assert [row.channel for row in claim_due("worker", {other.pk}, ())] == [one]
    assert [row.channel for row in claim_due("worker", (), ())] == [other]
    assert claim_due("worker", (), ()) == []


def test_a_broker_is_sent_to_by_the_worker_alone_that_has_the_connection() -> None:
    channel = a_channel(kind="mqtt")
    deliveries(channel)
    assert claim_due("worker", (), ()) == [] and len(claim_due("worker", (), {channel.pk})) == 1


def test_the_waits_grow_from_ten_seconds_to_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming.random, "uniform", lambda low, high: 1.0)
    assert [claiming._wait_s(n) for n in (1, 2, 3, 9, 10, 200)] == [10, 20, 40, 2560, 3600, 3600]


def test_after_a_day_it_is_given_up_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    channel = a_channel()
    [delivery] = deliveries(channel)
    Delivery.objects.update(made_at=timezone.now() - KEEP_TRYING)
    record_failed(claimed(), DOWN)  # type: ignore[arg-type]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_reason) == ("gave_up", DOWN.said)
    assert f"{delivery.pk}" in caplog.text and "given up" in caplog.text
    made_due()
    assert claimed() is None


def test_a_receiver_that_answers_500_for_a_day_is_asked_some_thirty_times_and_works_again_afterwards() -> None:
    channel = a_channel()
    [delivery] = deliveries(channel)
    began = delivery.made_at
    while row := claimed():
        record_failed(row, DOWN)
        row.refresh_from_db()
        if row.state == DeliveryState.WAITING:
            time_passes(row.next_at - timezone.now())
    delivery.refresh_from_db()
    channel.refresh_from_db()
    assert delivery.state == "gave_up" and 25 <= delivery.attempts <= 40
    assert 22 < (began - delivery.made_at).total_seconds() / 3600 <= 24
    assert channel.failing_since and channel.is_on
    deliveries(channel)
    later = claimed()
    assert later
    record_sent(later)
    channel.refresh_from_db()
    assert channel.failing_since is None and Delivery.objects.get(pk=later.pk).state == "sent"


def test_what_was_put_off_by_a_clock_that_was_ahead_is_sent_when_it_is_set_back() -> None:
    """No wait is longer than an hour, and a tenth of one."""
    deliveries(a_channel())
    Delivery.objects.update(next_at=timezone.now() + timedelta(minutes=66))
    assert claimed() is None
    Delivery.objects.update(next_at=timezone.now() + timedelta(hours=14))
    assert claimed() and claimed() is None


def test_a_broker_that_another_worker_held_by_a_clock_that_was_ahead_is_taken() -> None:
    for ahead, holder in ((timedelta(seconds=14), "other"), (timedelta(hours=2), "worker")):
        Channel.objects.all().delete()
        a_channel(kind="mqtt", address=BROKER, held_by="other", held_until=timezone.now() + ahead)
        hold_channels("worker")
        assert Channel.objects.get().held_by == holder


def test_what_a_broker_is_to_hear_whose_secrets_no_key_opens_says_so_and_is_given_up_after_a_day() -> None:
    channel = a_channel(kind="mqtt", address=BROKER, sealed_secret="broken")
    deliveries(channel, 2)
    for _ in range(3):
        hold_channels("worker")
    tried = Delivery.objects.get(attempts=1)
    assert "cannot be opened with the keys" in tried.last_reason and tried.state == "waiting"
    assert Delivery.objects.due().count() == 0
    time_passes(KEEP_TRYING)
    for _ in range(3):
        hold_channels("worker")
        made_due()
    assert [row.state for row in Delivery.objects.all()] == ["gave_up"] * 2


def time_passes(by: timedelta) -> None:
    """Everything that was written is so much older."""
    for column in ("made_at", "next_at", "sent_at"):
        Delivery.objects.filter(**{f"{column}__isnull": False}).update(**{column: F(column) - by})


def test_while_a_receiver_is_down_what_waits_for_it_waits_as_long() -> None:
    channel, other = a_channel("Down"), a_channel("Fine")
    deliveries(channel, 3)
    deliveries(other, 3)
    record_failed(claimed(channel), DOWN)  # type: ignore[arg-type]
    assert claimed(channel) is None and claimed(other)


def test_one_that_a_receiver_refuses_keeps_no_other_from_it() -> None:
    channel = a_channel()
    deliveries(channel, 2)
    record_failed(claimed(), REFUSED)  # type: ignore[arg-type]
    channel.refresh_from_db()
    assert claimed() and channel.failing_since is None and channel.last_problem == REFUSED.said


def test_a_receiver_that_asks_for_patience_gets_it() -> None:
    deliveries(a_channel())
    record_failed(claimed(), NotDelivered(DOWN.said, retry_after_s=1800))  # type: ignore[arg-type]
    assert (Delivery.objects.get().next_at - timezone.now()).total_seconds() > 1700


def test_whoever_lost_the_claim_writes_nothing() -> None:
    deliveries(a_channel())
    late = claimed()
    assert late
    made_due()
    assert claimed()  # another worker has it now
    record_sent(late)
    record_failed(late, DOWN)
    row = Delivery.objects.get()
    assert (row.state, row.last_reason) == ("waiting", "") and row.claimed_by != late.claimed_by


def told(channel: Channel, count: int) -> None:
    """So many were sent in the last minute."""
    for row in deliveries(channel, count):
        Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, sent_at=timezone.now())


def test_a_storm_becomes_a_summary_and_no_row_is_lost(django_assert_max_num_queries: Any) -> None:
    channel, rule = a_channel(kind="email"), a_rule("After hours")
    told(channel, MOST_A_MINUTE["email"])
    deliveries(channel, 30, rule=rule, severity="alarm")
    with django_assert_max_num_queries(12):
        assert claimed() is None
    deliveries(channel, 5)
    assert claimed() is None
    summary = Delivery.objects.get(kind="summary")
    assert Delivery.objects.filter(state=DeliveryState.HELD, summary=summary).count() == 35
    assert 50 < (summary.next_at - timezone.now()).total_seconds() < 61

    Delivery.objects.filter(state=DeliveryState.SENT).update(sent_at=timezone.now() - timedelta(seconds=61))
    made_due()
    row = claimed()
    assert row == summary
    message = message_of(row, timezone.now())  # type: ignore[arg-type]
    assert message.title == "35 more alerts" and message.fields["count"] == 35
    assert message.fields["severity"] == "alarm" and "35 × After hours" in message.text


def test_a_summary_of_a_day_counts_all_that_it_tells() -> None:
    channel, rule = a_channel(), a_rule("Door")
    summary = Delivery.objects.create(channel=channel, kind="summary")
    fields = {"kind": "unknown", "subject": "unknown", "captured_at": NOON, "severity": "info", "rule_name": "Door"}
    alerts = Alert.objects.bulk_create([Alert(rule=rule, **fields) for _ in range(10_001)])
    Alert.objects.filter(pk=alerts[-1].pk).update(raised_at=NOON, severity="alarm", rule_name="Gate")
    held = {"channel": channel, "state": DeliveryState.HELD, "summary": summary}
    Delivery.objects.bulk_create([Delivery(alert=alert, **held) for alert in alerts])
    message = message_of(summary, timezone.now())
    assert message.title == "10001 more alerts" and message.fields["count"] == 10_001
    assert message.fields["rules"] == [{"rule": "Door", "count": 10_000}, {"rule": "Gate", "count": 1}]
    assert message.fields["first_at"] == NOON.isoformat() and message.fields["severity"] == "alarm"


def test_what_comes_after_a_summary_was_begun_stands_in_the_next() -> None:
    channel = a_channel(kind="email")
    told(channel, MOST_A_MINUTE["email"])
    deliveries(channel)
    claimed()
    Delivery.objects.filter(kind="summary").update(attempts=1)
    deliveries(channel)
    claimed()
    assert [row.told.count() for row in Delivery.objects.filter(kind="summary")] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_summary_that_another_worker_claims_at_this_moment_misses_nothing() -> None:
    channel = a_channel(kind="email")
    told(channel, MOST_A_MINUTE["email"])
    deliveries(channel)
    claimed()
    summary = Delivery.objects.get(kind="summary")
    deliveries(channel)
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        Delivery.objects.filter(pk=summary.pk).update(attempts=1)  # claimed, not committed yet
        held = other.submit(_in_thread, channel)
        with pytest.raises(TimeoutError):
            held.result(1)
        transaction.on_commit(lambda: held.result(10))
    assert sorted(row.told.count() for row in Delivery.objects.filter(kind="summary")) == [1, 1]


def _in_thread(channel: Channel) -> None:
    hold_storm(channel)
    connection.close()


def test_after_the_clock_was_set_back_a_channel_is_told_as_before() -> None:
    channel = a_channel(kind="email")
    told(channel, MOST_A_MINUTE["email"])
    Delivery.objects.update(sent_at=timezone.now() + timedelta(hours=1))
    deliveries(channel)
    assert claimed()


def test_what_waited_for_a_receiver_goes_out_in_the_order_in_which_it_came() -> None:
    channel = a_channel()
    rows = deliveries(channel, 8)
    for at, row in enumerate(rows):
        Delivery.objects.filter(pk=row.pk).update(made_at=timezone.now() - timedelta(minutes=10 - at))
    record_failed(claimed(), DOWN)  # type: ignore[arg-type]
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    gone = []
    while row := claimed():
        gone.append(row.pk)
        record_sent(row)
    assert gone == [row.pk for row in rows]


def test_below_its_share_a_channel_is_told_each_alert() -> None:
    channel = a_channel(kind="email")
    told(channel, MOST_A_MINUTE["email"] - 1)
    deliveries(channel)
    assert claimed() and not Delivery.objects.filter(kind="summary").exists()


def test_old_tests_and_summaries_are_forgotten_and_what_an_alert_told_goes_with_it() -> None:
    channel = a_channel()
    [of_alert] = deliveries(channel)
    _old, new = Delivery.objects.bulk_create([Delivery(channel=channel, kind="test") for _ in range(2)])
    Delivery.objects.exclude(pk=new.pk).update(made_at=timezone.now() - timedelta(days=8))
    assert forget_deliveries(made_before=timezone.now() - timedelta(days=7)) == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) == {of_alert.pk, new.pk}
