"""Whoever looks at biometric data is written down, whatever the address; and nothing is answered that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from facesite.web import audited
from facesite.web.addresses import OPEN, PICTURES, POSTED, look_at
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.audit.acting import Actor
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry, PendingEntry
from people.audit.keeping import KEPT, Keeper, KeptEntries, work_off
from people.audit.storing import MOST_ABOUT, NewEntry
from people.audit.words import Action
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.auditors.filters import KINDS
from tests.attacks.addresses import addresses_of
from tests.attacks.attackers import Attacker
from tests.attacks.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> KeptEntries:
    """What this test alone keeps."""
    fresh = KeptEntries()
    monkeypatch.setattr(audited, "KEPT", fresh)
    return fresh


@pytest.fixture
def world(db: None, media: Any) -> World:
    return make_world()


def written(kept: KeptEntries) -> list[AuditEntry]:
    """Returns all entries of reads, stored and chained."""
    while kept.store():
        pass
    chain_all()
    return list(AuditEntry.objects.exclude(action__in=("added", "changed", "deleted")).order_by("number"))


NAMES_ALONE = (
    # Configuration in which somebody is named: who changes it is written down, who reads it is not.
    "/rules/", "/api/v1/rules/", "/admin/streams/cameragroup/", "/admin/people/importjob/", "/api/v1/imports/",
    "/api/docs/", "/api/schema/",  # Ada Lovelace is their example
)  # fmt: skip


def test_whatever_names_somebody_or_shows_a_picture_is_written_down(world: World, kept: KeptEntries) -> None:
    root = Attacker("root", world.root)
    silent = []
    for address in addresses_of(world):
        for client in (root.pages, root.api):
            before = len(kept)
            answer = client.get(address)
            body = b"".join(answer).decode(errors="replace")
            shows = world.inside.name in body or answer.get("Content-Type", "").startswith("image/")
            if answer.status_code == 200 and shows and len(kept) == before and not address.startswith(NAMES_ALONE):
                silent.append(address)
    assert sorted(set(silent)) == []
    assert len(kept) > 50


def _names(patterns: Any, space: str = "", *, only_reads: bool = False) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _names(
                each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space, only_reads=only_reads
            )
        else:
            assert isinstance(each, URLPattern)
            view: Any = each.callback
            made_of = getattr(view, "view_class", getattr(view, "cls", view))
            plain, actions = made_of.__name__, getattr(view, "actions", None)
            reads = "get" in actions if actions else hasattr(made_of, "get") or made_of is view
            if only_reads and not reads:
                continue
            yield f"{space}{each.name}" if each.name else plain


def test_every_address_is_open_or_a_look_at_something_with_a_name() -> None:
    names = set(_names(get_resolver().url_patterns))
    reads = set(_names(get_resolver().url_patterns, only_reads=True))
    looks = [(name, look_at(name, method)) for method in ("GET", "POST", "PUT", "PATCH") for name in names]
    strange = {
        name: look.kind for name, look in looks if look and look.kind not in KINDS and name in reads - set(POSTED)
    }
    assert strange == {}, "name it in facesite/web/addresses.py: as open, or by its word in WORDS"


def test_the_tables_name_views_that_there_are() -> None:
    there = set(_names(get_resolver().url_patterns))
    assert (OPEN | set(PICTURES) | set(POSTED)) - there == set()


def test_an_entry_says_who_looked_at_whom(world: World, kept: KeptEntries, client: Client) -> None:
    client.force_login(world.root)
    client.get(f"/people/{world.inside.pk}/", HTTP_X_REQUEST_ID="request-1")
    (entry,) = written(kept)
    assert (entry.who, entry.user, entry.action, entry.kind) == ("root", world.root.pk, Action.LOOKED, "person")
    assert entry.about == [f"person:{world.inside.pk}"]
    assert (entry.address, entry.request_id) == ("127.0.0.1", "request-1")


def test_who_looks_at_a_sighting_looks_at_its_person_too(world: World, kept: KeptEntries, client: Client) -> None:
    client.force_login(world.root)
    sighting = world.hall.sightings.get()
    client.get(f"/sightings/{sighting.pk}/")
    key = make_key(name="door", scopes=[Scope.READ_SIGHTINGS], by=world.root)[1]
    Client().get(f"/api/v1/sightings/{sighting.pk}/", HTTP_X_API_KEY=key)
    page, call = written(kept)
    for entry in (page, call):
        assert {f"sighting:{sighting.pk}", f"person:{world.inside.pk}", f"camera:{world.hall.pk}"} <= set(entry.about)
    assert (page.key_name, call.key_name, call.who) == ("", "door", "root")


def test_a_list_says_what_it_was_narrowed_to(world: World, kept: KeptEntries, client: Client) -> None:
    client.force_login(world.root)
    client.get("/sightings/", {"person": str(world.inside.pk), "verdict": "match"})
    (entry,) = written(kept)
    assert (entry.action, entry.about) == (Action.LISTED, [f"person:{world.inside.pk}"])
    assert "verdict=match" in entry.detail["asked"]


def test_a_file_is_a_copy(world: World, kept: KeptEntries, client: Client) -> None:
    client.force_login(world.root)
    b"".join(client.get("/sightings/csv/"))
    assert [entry.action for entry in written(kept)] == [Action.EXPORTED]


def test_who_is_refused_has_not_looked(world: World, kept: KeptEntries, client: Client, stranger: User) -> None:
    client.get(f"/people/{world.inside.pk}/")
    client.force_login(stranger)
    assert client.get(f"/people/{world.inside.pk}/").status_code == 403
    assert len(kept) == 0


def test_an_answer_to_a_write_shows_what_stands_there(world: World, kept: KeptEntries) -> None:
    root, person = Attacker("root", world.root), world.inside
    answer = root.api.patch(f"/api/v1/people/{person.pk}/", {}, format="json")
    assert answer.status_code == 200, "it changes nothing, so no trigger writes"
    assert person.name in answer.content.decode()
    (entry,) = written(kept)
    assert (entry.action, entry.kind, entry.about) == (Action.LOOKED, "person", [f"person:{person.pk}"])
    root.api.post("/api/v1/people/", {"name": "Eve"}, format="json")
    root.api.patch(f"/api/v1/people/{person.pk}/", {"name": ""}, format="json")
    assert len(kept) == 0, "who adds somebody, or is refused, sees nobody"


def _forms(world: World) -> dict[str, tuple[str, dict[str, str]]]:
    person, sighting = world.inside, world.hall.sightings.get()
    assert sighting.stranger
    return {
        "admin": (f"/admin/people/person/{person.pk}/change/", {"name": ""}),
        "erasure": (f"/people/{person.pk}/erase/", {}),
        "access request": (f"/people/{person.pk}/access/", {}),
        "correction": (f"/sightings/{sighting.pk}/correct/", {}),
        "stranger": (f"/strangers/{sighting.stranger.number}/name/", {}),
        "proposal": (f"/proposals/new/?name={person.name}", {"kind": "entry"}),
    }


@pytest.mark.parametrize("form", ["admin", "erasure", "access request", "correction", "stranger", "proposal"])
def test_a_form_that_is_refused_shows_its_page(form: str, world: World, kept: KeptEntries, client: Client) -> None:
    Watchlist.objects.create(name="Of two", two_people=True)
    client.force_login(world.root)
    address, filled_in = _forms(world)[form]
    answer = client.post(address, filled_in)
    assert world.inside.name in answer.content.decode(), answer.status_code
    (entry,) = written(kept)
    assert (entry.action, bool(entry.about)) == (Action.LOOKED, True)


def test_a_form_that_is_sent_by_nobody_who_may_shows_nothing(
    world: World, kept: KeptEntries, client: Client, stranger: User
) -> None:
    client.force_login(stranger)
    assert client.post(f"/people/{world.inside.pk}/erase/").status_code == 403
    assert len(kept) == 0


@pytest.mark.parametrize("rule", ["page", "api"])
def test_what_a_rule_would_have_raised_says_who_was_where(rule: str, world: World, kept: KeptEntries) -> None:
    sighting, root = world.hall.sightings.get(), Attacker("root", world.root)
    now = timezone.now()
    type(sighting).objects.filter(pk=sighting.pk).update(first_seen_at=now, last_seen_at=now, ended_at=now, votes=3)
    asked = {"name": "Ada", "kind": "person", "person": str(world.inside.pk), "severity": "alarm", "everywhere": True}
    if rule == "page":
        more = {"certainty": "certain", "looks": 1, "minutes": 5, "times": 3, "hours": "", "quiet_minutes": 5}
        answer = root.pages.post("/rules/new/", {**asked, **more, "preview": "1"})
    else:
        answer = root.api.post("/api/v1/rules/preview/", {**asked, "looks": 1}, format="json")
    body = answer.content.decode()
    assert str(sighting.pk) in body, body
    (entry,) = written(kept)
    assert (entry.action, entry.kind) == (Action.LOOKED, "sighting")
    assert {f"sighting:{sighting.pk}", f"person:{world.inside.pk}"} <= set(entry.about)


@pytest.mark.parametrize("kind", ["watchlists", "deliveries"])
def test_lists_that_name_people_are_looks(kind: str, world: World, kept: KeptEntries) -> None:
    assert Attacker("root", world.root).api.get(f"/api/v1/{kind}/").status_code == 200
    assert [entry.action for entry in written(kept)] == [Action.LISTED]


@pytest.mark.parametrize("written_as", [str.upper, lambda pk: pk.replace("-", "")], ids=["capitals", "without hyphens"])
def test_whoever_is_looked_at_is_found_however_their_id_was_written(
    world: World, kept: KeptEntries, client: Client, written_as: Any
) -> None:
    """An auditor asks for the id as it is; another spelling led to the same page and hid who had looked at it."""
    client.force_login(world.root)
    pk = written_as(str(world.inside.pk))
    asked = [f"/admin/people/person/{pk}/change/", f"/admin/people/person/{pk}/history/"]
    asked += [f"/sightings/?{'person=' + 'x&person=' * 6 + pk}", f"/api/v1/sightings/?person={pk}"]
    for url in asked:
        assert client.get(url).status_code == 200, url
    entries = written(kept)
    assert len(entries) == len(asked)
    for entry in entries:
        assert entry.about == [f"person:{world.inside.pk}"], entry


@pytest.mark.parametrize("before", ["00", "_2B"], ids=["zeros", "the admin's plus"])
def test_a_number_is_the_same_list_however_it_was_written(
    world: World, kept: KeptEntries, client: Client, before: str
) -> None:
    client.force_login(world.root)
    pk = world.watchlist.pk
    assert client.get(f"/admin/people/watchlist/{before}{pk}/change/").status_code == 200
    assert f"watchlist:{pk}" in written(kept)[0].about


def test_a_name_in_an_address_is_not_taken_for_an_id(world: World, kept: KeptEntries, client: Client) -> None:
    """No erasure could take it out of the entry again."""
    client.force_login(world.root)
    assert client.get("/presence/", {"person": "Ada Lovelace", "camera": "Ada L."}).status_code == 200
    assert not any("Ada" in each for entry in written(kept) for each in entry.about)


def test_how_many_sightings_a_case_would_have_is_a_look(world: World, kept: KeptEntries, client: Client) -> None:
    client.force_login(world.root)
    assert client.get("/cases/new/", {"person": str(world.inside.pk)}).status_code == 200
    (entry,) = written(kept)
    assert (entry.kind, entry.about) == ("sighting", [f"person:{world.inside.pk}"])


def test_a_write_in_a_request_is_by_whoever_sent_it(world: World, client: Client) -> None:
    key = make_key(name="door", scopes=[Scope.WRITE_PEOPLE], by=world.root)[1]
    answer = Client().post("/api/v1/people/", {"name": "Eve"}, HTTP_X_API_KEY=key, HTTP_X_REQUEST_ID="request-2")
    assert answer.status_code == 201
    chain_all()
    entry = AuditEntry.objects.get(about__contains=[f"person:{answer.json()['id']}"], action=Action.ADDED)
    assert (entry.who, entry.key_name, entry.request_id, entry.address) == ("root", "door", "request-2", "127.0.0.1")


def test_addresses_are_left_out_if_the_site_says_so(
    world: World, kept: KeptEntries, client: Client, settings: Any
) -> None:
    settings.AUDIT_ADDRESSES = False
    client.force_login(world.root)
    client.get(f"/people/{world.inside.pk}/")
    assert written(kept)[0].address == ""


def test_a_strict_site_stores_the_entry_before_it_answers(world: World, client: Client, settings: Any) -> None:
    settings.AUDIT_STRICT = True
    client.force_login(world.root)
    assert client.get(f"/people/{world.inside.pk}/").status_code == 200
    assert PendingEntry.objects.filter(kind="person", action=Action.LOOKED).exists()


def test_a_strict_site_answers_nothing_that_it_cannot_write_down(
    world: World, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(entries: object) -> None:
        raise DatabaseError("away")

    settings.AUDIT_STRICT = True
    monkeypatch.setattr(audited, "store", away)
    client.force_login(world.root)
    page = client.get(f"/people/{world.inside.pk}/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert world.inside.name not in page.content.decode()
    call = client.get("/api/v1/people/")
    assert (call.status_code, call.json()["error"]["code"]) == (503, "not_written_down")


def test_what_cannot_be_kept_is_counted_and_said(kept: KeptEntries) -> None:
    few = KeptEntries(most=2)
    entry = NewEntry(Actor("ann", 7), Action.LOOKED, "person")
    assert [few.keep(entry) for _ in range(5)] == [True, True, False, False, False]
    assert few.lost == 3
    said = written(few)[-1]
    assert (said.action, said.detail["count"]) == (Action.LOST, 3)
    assert not few._unsaid


def test_pictures_that_one_client_fetched_at_once_are_one_entry(kept: KeptEntries) -> None:
    for number in range(3):
        kept.keep(NewEntry(Actor("ann", 7), Action.SAW_PICTURES, "photo", (f"photo:{number}", "person:p")))
    kept.keep(NewEntry(Actor("bob", 8), Action.SAW_PICTURES, "photo", ("photo:9",)))
    ann, bob = written(kept)
    assert (ann.about, ann.detail) == (["photo:0", "person:p", "photo:1", "photo:2"], {"times": 3})
    assert (bob.about, bob.detail) == (["photo:9"], None)


def test_nobody_is_left_out_of_an_entry_that_shows_many(kept: KeptEntries) -> None:
    shown = [(f"photo:{number}", f"person:{number}") for number in range(150)]
    for about in shown:
        kept.keep(NewEntry(Actor("ann", 7), Action.SAW_PICTURES, "photo", about))
    entries = written(kept)
    assert {each for entry in entries for each in entry.about} == {each for about in shown for each in about}
    assert max(len(entry.about) for entry in entries) <= MOST_ABOUT


def test_text_that_no_database_takes_does_not_stop_the_others(kept: KeptEntries) -> None:
    kept.keep(NewEntry(Actor("ann\0", 7), Action.LISTED, "person", detail={"asked": "q=\0\ud800"}))
    kept.keep(NewEntry(Actor("bob", 8), Action.LISTED, "person"))
    assert [entry.who[:3] for entry in written(kept)] == ["ann", "bob"]


@pytest.mark.django_db(transaction=True)
def test_no_fault_ends_the_storing(kept: KeptEntries, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.keep(NewEntry(Actor("ann", 7), Action.LISTED, "person"))
    with monkeypatch.context() as broken:
        broken.setattr("people.audit.keeping.store", lambda entries: 1 / 0)
        assert not work_off(kept)
    assert work_off(kept)
    assert AuditEntry.objects.get().who == "ann"


def test_what_is_lost_at_the_end_is_said(kept: KeptEntries, caplog: pytest.LogCaptureFixture) -> None:
    kept.keep(NewEntry(Actor("ann", 7), Action.LISTED, "person"))
    keeper = Keeper(kept)
    keeper.join = lambda timeout=None: None  # type: ignore[method-assign] # the database does not answer in time
    keeper.close()
    assert "1 entries of the audit are lost" in caplog.text


def test_the_process_has_one_buffer() -> None:
    assert isinstance(KEPT, KeptEntries)


def test_keeping_an_entry_asks_the_database_nothing(
    world: World, kept: KeptEntries, django_assert_num_queries: Any
) -> None:
    person = Person.objects.get(pk=world.inside.pk)
    with django_assert_num_queries(0):
        kept.keep(NewEntry(Actor.of(world.root), Action.LOOKED, "person", (f"person:{person.pk}",)))
