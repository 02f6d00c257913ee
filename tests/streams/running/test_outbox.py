"""Visits that wait to be written: joined, in order, with their best evidence."""

from dataclasses import replace
from datetime import timedelta

from streams.running.outbox import MOST_EVIDENCE, CloseOpen, Outbox, Visit
from tests.streams.said import NOON, encoding, evidence, visit


async def taken(outbox: Outbox) -> list[Visit | CloseOpen]:
    return [await outbox.take() for _ in range(len(outbox))]


def changes(entries: list[Visit | CloseOpen]) -> list[object]:
    return [entry.change if isinstance(entry, Visit) else entry for entry in entries]


async def test_visits_come_out_in_the_order_they_began() -> None:
    outbox = Outbox()
    first, second = visit(), visit()
    for change in (first, second, replace(first, votes=9)):
        outbox.put(1, change)
    assert changes(await taken(outbox)) == [replace(first, votes=9), second]


async def test_the_evidence_of_changes_that_were_joined_is_kept() -> None:
    outbox = Outbox()
    change = visit(evidence=(evidence(quality=0.3, captured_at=NOON),))
    outbox.put(1, change)
    later = evidence(quality=0.9, captured_at=NOON + timedelta(seconds=1))
    outbox.put(1, replace(change, evidence=(later,)))
    (entry,) = await taken(outbox)
    assert isinstance(entry, Visit)
    assert [item.quality for item in entry.change.evidence] == [0.3, 0.9]


async def test_what_a_visit_is_found_by_is_not_lost_when_a_later_change_says_nothing_of_it() -> None:
    outbox = Outbox()
    change = visit(encoding=encoding())
    outbox.put(1, change)
    outbox.put(1, replace(change, encoding=None, votes=9))
    assert changes(await taken(outbox)) == [replace(change, votes=9)]


async def test_of_much_evidence_the_best_is_kept() -> None:
    outbox = Outbox()
    change = visit()
    for step in range(20):
        outbox.put(1, replace(change, evidence=(evidence(quality=step / 20),)))
    (entry,) = await taken(outbox)
    assert isinstance(entry, Visit)
    assert len(entry.change.evidence) == MOST_EVIDENCE
    assert min(item.quality for item in entry.change.evidence) == 14 / 20


async def test_a_visit_that_ended_stays_ended() -> None:
    outbox = Outbox()
    change = visit(ended=True)
    outbox.put(1, change)
    outbox.put(1, replace(change, ended=False))
    (entry,) = await taken(outbox)
    assert isinstance(entry, Visit)
    assert entry.change.ended


async def test_closing_ends_what_waits_and_precedes_what_comes_after() -> None:
    outbox = Outbox()
    before, elsewhere, after = visit(), visit(), visit()
    outbox.put(1, before)
    outbox.put(2, elsewhere)
    outbox.close_open(1)
    outbox.put(1, after)
    assert changes(await taken(outbox)) == [replace(before, ended=True), elsewhere, CloseOpen(1), after]


async def test_memory_is_bounded_and_pictures_go_before_facts() -> None:
    outbox = Outbox(most_visits=5, most_snapshot_bytes=2_500)
    for _ in range(8):
        outbox.put(1, visit(evidence=(evidence(snapshot=bytes(1_000)),)))
    entries = await taken(outbox)
    sizes = [len(entry.change.evidence[0].snapshot) for entry in entries if isinstance(entry, Visit)]
    assert sizes == [0, 0, 0, 1_000, 1_000]
    assert outbox.visits_dropped == 3
