"""Which engine makes the gallery: chosen, taken back, never by accident."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from people.errors import NotCovered, UnknownEngine
from people.gallery.engine_choice import EngineChoice
from people.gallery.engines import active_engine, adopt_engine, choose_engine, coverage_of, known_engines
from people.gallery.stored import current_version
from people.recognition.engine.kinds import engine_key
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db
Enrol = Callable[..., Photo]


@pytest.fixture
def enrol(ada: Person) -> Enrol:
    def enrol_photo(*engines: str, state: str = "enrolled") -> Photo:
        reason = "" if state == "enrolled" else "refused"
        photo = Photo.objects.create(person=ada, image="x", sha256=uuid4().hex, state=state, reason=reason)
        for engine in engines:
            Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(1), quality=0.9)
        return photo

    return enrol_photo


def switch(*arguments: str) -> str:
    said = StringIO()
    call_command("switch_engine", *arguments, stdout=said)
    return said.getvalue()


def test_before_any_choice_the_running_engine_is_in_use() -> None:
    assert active_engine() == engine_key()


def test_the_first_encoding_settles_it_so_that_a_new_release_empties_no_gallery() -> None:
    adopt_engine("first")
    adopt_engine("second")
    assert active_engine() == "first"
    assert EngineChoice.objects.count() == 1


def test_an_engine_that_has_encoded_everything_is_chosen_and_taken_back(enrol: Enrol, operator: User) -> None:
    enrol("old", "new")
    adopt_engine("old")
    choose_engine(engine="new", by=operator)
    assert active_engine() == "new"
    choose_engine(engine="old", by=operator)
    assert active_engine() == "old"
    assert [(row.previous, row.engine, row.chosen_by) for row in EngineChoice.objects.all()] == [
        ("new", "old", operator),
        ("old", "new", operator),
        ("", "old", None),
    ]


def test_an_engine_with_missing_photos_is_refused_unless_that_is_accepted(enrol: Enrol) -> None:
    enrol("old", "new")
    enrol("old")
    adopt_engine("old")
    with pytest.raises(NotCovered, match="1 enrolled photo has no encoding"):
        choose_engine(engine="new", by=None)
    assert active_engine() == "old"
    choice = choose_engine(engine="new", by=None, allow_missing=True)
    assert choice is not None
    assert choice.missing_photos == 1


def test_rejected_photos_need_no_encoding(enrol: Enrol) -> None:
    enrol("old", "new")
    enrol(state="rejected")
    assert coverage_of("new").missing == 0


def test_a_key_that_nothing_was_encoded_with_is_refused(enrol: Enrol) -> None:
    enrol("old")
    with pytest.raises(UnknownEngine):
        choose_engine(engine="a slip of the pen", by=None, allow_missing=True)


def test_choosing_the_engine_in_use_changes_nothing(enrol: Enrol) -> None:
    enrol("old")
    adopt_engine("old")
    assert choose_engine(engine="old", by=None) is None
    assert EngineChoice.objects.count() == 1


def test_a_choice_raises_the_gallerys_version() -> None:
    before = current_version()
    adopt_engine("first")
    assert current_version() == before + 1


@pytest.mark.parametrize("row", [{"engine": ""}, {"engine": "a", "previous": "a"}])
def test_a_choice_names_an_engine_and_changes_it(row: dict[str, str]) -> None:
    with pytest.raises(IntegrityError):
        EngineChoice.objects.create(**row)


def test_the_command_lists_switches_and_says_the_way_back(enrol: Enrol) -> None:
    enrol("old", "new")
    adopt_engine("old")
    assert "old  1 encoded, 0 missing  of another release, in use" in switch()
    assert "manage.py switch_engine old" in switch("new")
    assert "in use already" in switch("new")
    assert known_engines()[0].engine == "new"


def test_the_command_says_which_counter_examples_decide_nothing_now(ada: Person, enrol: Enrol) -> None:
    enrol("old", "new")
    adopt_engine("old")
    for number, engine in enumerate(("old", "old", "new")):
        CounterExample.objects.create(
            person=ada, engine=engine, vector=unit_vector(number), sighting_id=UUID(int=number)
        )
    assert "2 counter-examples (“not this person”) were made with another engine" in switch("new")
    CounterExample.objects.update(engine="old")
    assert "counter-examples" not in switch("old")


def test_the_command_refuses_what_is_not_covered(enrol: Enrol) -> None:
    enrol("old")
    enrol("new")
    adopt_engine("old")
    with pytest.raises(CommandError, match="--allow-missing"):
        switch("new")
    switch("new", "--allow-missing")
    assert active_engine() == "new"
