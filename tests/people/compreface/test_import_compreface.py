"""Moving from CompreFace: against a small fake of it, and against a whole site of ours that speaks its dialect."""

from __future__ import annotations

import csv
import io
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from people.compreface import connection as connection_module
from people.compreface.connection import Connection
from people.compreface.errors import CompreFaceRefused, Unreachable
from people.editing import services
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.end_to_end.site import ROOT, Site
from tests.people.compreface.fake import KEY, FakeCompreFace, ScriptedServer
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCompreFace]:
    monkeypatch.setattr(connection_module, "FIRST_PAUSE_S", 0.005)
    with FakeCompreFace() as fake:
        yield fake


@pytest.fixture
def run(fake: FakeCompreFace, media: Path) -> Run:
    """The command: its exit code and what it says."""

    def command(*arguments: str, key: str = KEY) -> tuple[int, str]:
        out = io.StringIO()
        try:
            call_command("import_compreface", fake.address, key, *arguments, stdout=out)
        except SystemExit as leaving:
            return int(leaving.code or 0), out.getvalue()
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
        return 0, out.getvalue()

    return command


def lines_of(report: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report.read_text())))


def photos_of() -> dict[str, int]:
    return {person.name: person.photos.count() for person in Person.objects.all()}


def test_subjects_become_people_and_faces_photos(fake: FakeCompreFace, run: Run) -> None:
    fake.add("Ada Lovelace", *(picture(seed) for seed in range(5)))
    fake.add("Grace / Hopper", picture(9))
    fake.add("Nobody yet")
    code, said = run()
    assert code == 0 and "3 subjects, 6 saved faces." in said
    assert "6 added, 0 known already, 0 failed, 1 people without a face." in said
    assert photos_of() == {"Ada Lovelace": 5, "Grace / Hopper": 1, "Nobody yet": 0}


def test_spaces_and_joiners_within_a_subject_s_name_stay(fake: FakeCompreFace, run: Run) -> None:
    for seed, name in enumerate(("山田\u3000太郎", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "Ada\u00a0Lovelace")):
        fake.add(name, picture(seed))
    run()
    assert set(photos_of()) == {"山田\u3000太郎", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "Ada Lovelace"}


def test_a_second_run_fetches_and_adds_nothing(fake: FakeCompreFace, run: Run) -> None:
    fake.add("Ada", *(picture(seed) for seed in range(4)))
    fake.add("Nobody yet")
    run()
    fake.asked.clear()
    code, said = run()
    assert code == 0 and "0 added, 4 known already" in said
    assert not [path for path in fake.asked if path.endswith("/img")]
    assert photos_of() == {"Ada": 4, "Nobody yet": 0}


def test_a_run_goes_on_where_the_last_one_ended(fake: FakeCompreFace, run: Run, tmp_path: Path) -> None:
    fake.add("Ada", *(picture(seed) for seed in range(5)))
    report = tmp_path / "report.csv"
    _, said = run("--limit", "2", "--out", str(report))
    assert "3 faces are left for another time." in said and photos_of() == {"Ada": 2}
    code, said = run("--out", str(report))
    assert code == 2 and "is there already" in said and photos_of() == {"Ada": 2}
    assert run("--out", str(report), "--resume")[0] == 0
    lines = lines_of(report)
    assert [line["result"] for line in lines] == ["added"] * 2 + ["known"] * 2 + ["added"] * 3
    assert {line["subject"] for line in lines} == {"Ada"} and all(line["photo_id"] for line in lines)


def test_pictures_that_compreface_did_not_keep_are_said_and_their_people_made(fake: FakeCompreFace, run: Run) -> None:
    fake.add("Ada", b"", b"")
    code, said = run()
    assert code == 1 and "0 added, 0 known already, 2 failed" in said
    assert "2 × no_picture" in said and "save_images_to_db=false" in said
    assert photos_of() == {"Ada": 0}


def test_a_face_that_fails_stops_nothing_and_is_tried_again_next_time(
    fake: FakeCompreFace, run: Run, tmp_path: Path
) -> None:
    fake.add("Ada", picture(1), b"no picture at all", picture(3))
    (broken,) = fake.add("Grace", picture(4))
    fake.broken.add(broken)
    report = tmp_path / "report.csv"
    code, said = run("--out", str(report))
    assert code == 1 and "2 added, 0 known already, 2 failed" in said
    failed = {line["code"]: line["message"] for line in lines_of(report) if line["result"] == "failed"}
    assert set(failed) == {"not_an_image", "compreface_unreachable"} and "500" in failed["compreface_unreachable"]
    fake.broken.clear()
    assert "1 added, 2 known already, 1 failed" in run()[1]


def test_a_busy_compreface_is_asked_again_and_never_by_more_than_four_at_once(fake: FakeCompreFace, run: Run) -> None:
    fake.fetching_s = 0.03
    fake.add("Ada", *(picture(seed) for seed in range(12)))
    fake.faults = [(503, {}), (429, {"Retry-After": "0"}), (502, {})]
    assert run()[0] == 0 and photos_of() == {"Ada": 12}
    assert 2 <= fake.most_at_once <= 4


def test_a_compreface_that_goes_away_ends_the_run_and_the_next_one_goes_on(fake: FakeCompreFace, run: Run) -> None:
    ids = fake.add("Ada", *(picture(seed) for seed in range(9)))
    fake.broken = set(sorted(ids)[2:])
    code, said = run()
    assert code == 2 and "cannot be read: it answers 500" in said
    assert photos_of() == {"Ada": 2}
    fake.broken.clear()
    assert run()[0] == 0 and photos_of() == {"Ada": 9}


@pytest.mark.parametrize("key", ["00000000-0000-0000-0000-00000000dead"])
def test_an_unknown_key_is_said_and_is_not_shown(run: Run, key: str) -> None:
    code, said = run(key=key)
    assert code == 2 and "Face service with this API key not found" in said and key not in said


def test_the_key_comes_from_the_environment_or_standard_input(
    fake: FakeCompreFace, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add("Ada", picture(1))
    monkeypatch.setenv("COMPREFACE_KEY", KEY)
    call_command("import_compreface", fake.address, stdout=io.StringIO())
    monkeypatch.setenv("COMPREFACE_KEY", "wrong")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    call_command("import_compreface", fake.address, "-", stdout=io.StringIO())
    assert photos_of() == {"Ada": 1}


@pytest.mark.parametrize("key", ["", "with\nnewline", "ключ", "two words"])
def test_a_key_that_is_none_is_never_sent(fake: FakeCompreFace, key: str) -> None:
    with pytest.raises(CompreFaceRefused, match="API key"):
        Connection(fake.address, key)


def test_the_key_follows_no_redirect(fake: FakeCompreFace, run: Run) -> None:
    with FakeCompreFace() as other:
        fake.faults = [(302, {"Location": f"{other.address}/api/v1/recognition/subjects"})]
        code, said = run()
        assert code == 2 and "Redirects are not followed" in said
        assert other.asked == []


@pytest.mark.parametrize(
    "address", ["ftp://compreface", "http://", "http://user:secret@host", "http://host/?x=1", "http://host:99999"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(CompreFaceRefused):
        Connection(address, KEY)


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        silent = Connection(f"http://127.0.0.1:{port}", KEY, timeout_s=0.05, pause=pauses.append)
        with silent, pytest.raises(Unreachable, match="timed out"):
            silent.get("/", max_bytes=10)
    assert pauses == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbroken", r".*3 more expected"),
        (b"", "Remote end closed connection without response"),
        (b"no HTTP\r\n\r\n", "no HTTP"),
    ],
)
def test_an_answer_that_breaks_off_is_asked_for_again(said: bytes, why: str) -> None:
    pauses: list[float] = []
    with ScriptedServer(said) as server:
        connection = Connection(server.address, KEY, pause=pauses.append)
        with connection, pytest.raises(Unreachable, match=f"cannot be read: {why}"):
            connection.get("/", max_bytes=100)
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_an_answer_that_trickles_has_four_times_as_long_as_a_silence() -> None:
    begun = time.monotonic()
    trickle = (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000)
    with ScriptedServer(*trickle, pause_s=0.01) as server:
        # A pause of 0.01 s on a busy machine is below 0.2 s still. All five attempts in full would take 50 s.
        connection = Connection(server.address, KEY, timeout_s=0.2, pause=lambda _: None)
        with connection, pytest.raises(Unreachable, match="takes too long"):
            connection.get("/", max_bytes=10_000)
    assert time.monotonic() - begun < 25


def test_nobody_listening_is_said_in_the_words_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nobody = Connection(f"127.0.0.1:{port}", KEY, pause=lambda _: None)
    with nobody, pytest.raises(Unreachable) as refused:
        nobody.get("/", max_bytes=10)
    assert str(refused.value) == f"127.0.0.1:{port} cannot be read: [Errno 111] Connection refused."


def test_connections_are_kept_open_and_the_key_is_in_every_request(fake: FakeCompreFace) -> None:
    with Connection(fake.address, KEY) as connection:
        for _ in range(5):
            connection.get("/api/v1/recognition/subjects", max_bytes=1000)
    assert fake.connections == 1


def test_a_busy_server_says_how_long_to_wait_and_is_believed_up_to_a_minute(fake: FakeCompreFace) -> None:
    pauses: list[float] = []
    fake.faults = [(429, {"Retry-After": "7"}), (503, {"Retry-After": "9999"}), (503, {"Retry-After": "soon"})]
    with Connection(fake.address, KEY, pause=pauses.append) as connection:
        assert b"subjects" in connection.get("/api/v1/recognition/subjects", max_bytes=1000)
    assert pauses == [7.0, 60.0, 0.02]  # the third usual pause of these tests, 0.005 s doubled twice


def test_what_is_no_compreface_is_said(fake: FakeCompreFace, run: Run) -> None:
    fake.faults = [(200, {})]
    code, said = run()
    assert code == 2 and "is not CompreFace" in said


def test_an_answer_beyond_the_limit_is_cut_off(fake: FakeCompreFace, run: Run, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 500
    fake.add("Ada", picture(1) + bytes(2000))
    code, said = run()
    assert code == 1 and "1 × compreface_refused" in said


def test_retired_people_and_bad_names_are_left_alone(fake: FakeCompreFace, run: Run, ada: Person) -> None:
    services.retire_person(person=ada, by=None)
    fake.add(ada.name, picture(1))
    fake.add("x" * 201, picture(2))
    code, said = run()
    assert code == 1 and "1 × person_retired" in said and "1 × bad_name" in said
    assert not Photo.objects.exists() and Person.objects.count() == 1


def test_the_owner_stands_in_the_history_and_their_limits_hold(
    fake: FakeCompreFace, run: Run, ada: Person, stranger: User
) -> None:
    group = PersonGroup.objects.create(name="Staff")
    PersonLimit.objects.create(group=group, user=stranger)
    fake.add(ada.name, picture(1))
    assert run("--owner", "stranger")[0] == 0
    assert not ada.photos.exists() and [person.name for person in group.people.all()] == [ada.name]
    code, said = run("--owner", "nobody")
    assert code == 2 and "no active user nobody" in said


def test_a_subject_cannot_run_anything_in_a_spreadsheet(fake: FakeCompreFace, run: Run, tmp_path: Path) -> None:
    fake.add("=cmd()", picture(1))
    run("--out", str(tmp_path / "report.csv"))
    assert ",'=cmd()," in (tmp_path / "report.csv").read_text()


MAKE_KEY = """
from django.contrib.auth.models import User
from people.accounts.making_keys import make_key
print("KEY", make_key(name="move", scopes=["read_people"], by=User.objects.get(username="demo"))[1])
"""


@pytest.mark.integration
@pytest.mark.timeout(240)
def test_a_whole_site_is_moved_by_its_dialect(
    migrated_site: Callable[[Path], Path], tmp_path: Path, media: Path
) -> None:
    """Another site with a database of its own, as `make run` starts it, is the CompreFace."""
    with Site(migrated_site(tmp_path)) as site:
        environment = {"PATH": "/usr/bin:/bin", "VAR": str(site.var), "DJANGO_SETTINGS_MODULE": "facesite.settings"}
        made = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_KEY],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        key = made.stdout.split("KEY ")[1].strip()
        faces = _all_enrolled(site, key)
        report = tmp_path / "report.csv"
        call_command("import_compreface", site.address, key, "--out", str(report), stdout=io.StringIO())
        out = io.StringIO()
        call_command("import_compreface", site.address, key, stdout=out)
    assert f"0 added, {len(faces)} known already, 0 failed" in out.getvalue()
    there = sorted((face["subject"], f"compreface-{face['image_id']}") for face in faces)
    assert sorted(Photo.objects.values_list("person__name", "original_name")) == there
    assert len(lines_of(report)) == len(faces)
    assert all(photo.image.size > 1000 for photo in Photo.objects.all())


def _all_enrolled(site: Site, key: str) -> list[dict[str, str]]:
    """Its saved faces, once its worker has read the demo's photos."""
    end, found, before = time.monotonic() + 60, [], -1
    while time.monotonic() < end and (len(found) < 2 or len(found) != before):
        before = len(found)
        time.sleep(2)
        found = httpx.get(f"{site.address}/api/v1/recognition/faces", headers={"x-api-key": key}).json()["faces"]
    assert len(found) >= 2
    return list(found)
