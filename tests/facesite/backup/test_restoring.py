"""A backup restored into an empty site: it is the same site; and what is refused leaves the site empty."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.services import postgres
from tests.facesite.backup.conftest import Kept, manage, pictures_in, rows_in
from tests.folders import copied
from tests.upgrade.conftest import DUMPS, ROOT, make_folder, python, restored

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
NAMES = """
import sys
from pathlib import Path
import django
django.setup()
from people.recognising.recognisers import recognisers
from people.recognising.uploaded import recognise
try:
    found = recognise(Path(sys.argv[1]).read_bytes(), within=())
    print([(str(face.verdict), face.candidates[0].person.name) for face in found.faces])
finally:
    recognisers().close()
"""
WRITE = """
import sys, threading
import django
django.setup()
from people.editing.services import add_photo
from people.records.person import Person
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
number = 0
while not over.is_set():
    person = Person.objects.create(name=f"Writer {number}")
    add_photo(person=person, file=b"\\xff\\xd8\\xff" + str(number).encode(), original_name="a.jpg", by=None)
    if number % 3 == 0:
        person.delete()
    number += 1
    if number == 20:
        print("writing", flush=True)
print(number)
"""
KILLED = """
import os, sys
import django
django.setup()
from django.core.management import call_command
from facesite.management.commands import restore
restore.Command._erase_again = lambda *_: os._exit(9)
call_command("restore", sys.argv[1])
"""
MAY_START = """
import django
django.setup()
from django.test import Client
from streams.erasing import brought_back
print(brought_back.is_noted(), Client().get("/readyz").status_code)
"""
HOLD = """
import sys
import django
django.setup()
from django.db import connection
connection.ensure_connection()
print("connected", flush=True)
sys.stdin.read()
"""


@contextmanager
def beside(var: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the site that works until the block ends, from its first line on."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "facesite.settings", "VAR": str(var)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline()
        yield process
        process.communicate("", timeout=60)


def test_rows_pictures_and_keys_are_those_of_the_site(kept: Kept, restored_site: Path) -> None:
    assert rows_in(restored_site) == kept.rows
    assert pictures_in(restored_site) == kept.pictures
    assert (restored_site / "secret-key").read_text() == (kept.var / "secret-key").read_text()
    assert len(kept.pictures) > 15 and kept.rows["people_encoding"]


def test_what_was_sealed_opens_and_whoever_was_enrolled_is_named(restored_site: Path, portraits: Path) -> None:
    opened = python(restored_site, "manage.py", "reseal_cameras")
    assert opened.startswith("1 passwords")
    told = python(restored_site, "-c", NAMES, str(portraits / "obama3.jpg"))
    assert told.strip() == "[('match', 'Barack Obama')]"


def test_the_database_is_built_as_before(kept: Kept, restored_site: Path) -> None:
    """Indexes, foreign keys and triggers were away while the rows came."""
    assert "No changes detected" in python(restored_site, "manage.py", "makemigrations", "--check", "--dry-run")
    assert built(restored_site) == built(kept.var)


BUILT = r"""
import re
import django
django.setup()
from django.db import connection
QUERIES = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 3",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT sequencename, last_value FROM pg_sequences"
    " WHERE sequencename !~ 'migrations|pendingentry|backuptaken' ORDER BY 1",
)
with connection.cursor() as cursor:
    for query in QUERIES:
        cursor.execute(query)
        for row in cursor.fetchall():
            print(re.sub(r"::[a-z ]+|[()\[\]]", "", str(row)))
"""


def built(var: Path) -> str:
    """Constraints, indexes, triggers and functions, and the next number of each sequence but the audit's, which notes
    what `migrate` writes, and that of backups, which notes this one once it is made.

    Without casts: Postgres writes those of an index that it reads in another place, as after `pg_dump`.
    """
    return python(var, "-c", BUILT)


def test_a_restore_that_is_killed_before_it_erases_again_starts_no_site(kept: Kept, empty_site: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(kept.file)], cwd=ROOT, capture_output=True, text=True, timeout=100,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "facesite.settings", "VAR": str(empty_site)},
    )  # fmt: skip
    assert killed.returncode == 9, killed.stdout + killed.stderr
    for command in (("runworker",), ("run", "--no-demo", "--port", "0")):
        refused = manage(empty_site, *command)
        assert refused.returncode == 1 and "erase_again" in refused.stderr, refused.stdout + refused.stderr
    again = manage(empty_site, "erase_again")
    assert again.returncode == 0, again.stdout + again.stderr
    assert python(empty_site, "-c", MAY_START).split() == ["False", "200"]


def test_a_backup_of_a_site_that_writes_is_of_one_moment(
    empty_site: Path, migrated_site: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Each photo has its person, and each picture that is not missing is whole."""
    file, var = tmp_path / "site.backup", migrated_site(tmp_path / "restored")
    with beside(empty_site, WRITE):
        done = manage(empty_site, "backup", str(file))
    assert done.returncode == 0, done.stderr
    back = manage(var, "restore", str(file))
    assert back.returncode == 0, back.stdout + back.stderr
    rows, pictures = rows_in(var), pictures_in(var)
    people = {person["id"] for person in rows["people_person"]}
    photos = [photo for photo in rows["people_photo"] if photo["image"] in pictures]
    assert 10 < len(people) < len(rows_in(empty_site)["people_person"])
    assert {photo["person_id"] for photo in rows["people_photo"]} <= people
    assert len(photos) == len(pictures) >= len(rows["people_photo"]) - 1  # one may have been deleted at that moment
    assert all(pictures[photo["image"]].startswith(b"\xff\xd8\xff") for photo in photos)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_backup_of_an_earlier_release_is_brought_up_to_this_one(kept: Kept, dump: Path, tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "site.backup"
    make_folder(old, dump)
    with restored(dump, old / "postgres"):
        assert manage(old, "backup", str(file)).returncode == 0
        python(old, "manage.py", "migrate", "--verbosity", "0")
        wanted = rows_in(old)
    done = manage(new, "restore", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert without_times(rows_in(new)) == without_times(wanted)
    assert pictures_in(new) == pictures_in(old)


def without_times(rows: dict[str, list[dict[str, object]]]) -> dict[str, list[object]]:
    """Without tables whose rows the migrations themselves make, at another moment and with other numbers."""
    made = {
        "django_content_type", "auth_permission", "auth_group_permissions", "people_galleryversion", "people_audithead",
        "people_sitepolicy",
    }  # fmt: skip
    return {table: found for table, found in rows.items() if table not in made}


def test_damage_leaves_the_site_empty_and_a_second_try_succeeds(kept: Kept, empty_site: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.backup"
    content = kept.file.read_bytes()
    for member in (b"media/photos/", b"tables/people_person/"):
        at = content.rindex(member) + 550  # behind the header, which has 512 bytes
        damaged.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        done = manage(empty_site, "restore", str(damaged))
        assert done.returncode == 1 and "damaged" in done.stderr and "Traceback" not in done.stderr
    damaged.write_bytes(content[: len(content) * 9 // 10])
    assert manage(empty_site, "restore", str(damaged)).returncode == 1
    assert pictures_in(empty_site) == {} and rows_in(empty_site)["people_person"] == []
    done = manage(empty_site, "restore", str(kept.file))
    assert done.returncode == 0, done.stderr
    assert pictures_in(empty_site) == kept.pictures


def test_a_site_with_anything_in_it_is_left_alone(kept: Kept, restored_site: Path) -> None:
    before = rows_in(restored_site)
    done = manage(restored_site, "restore", str(kept.file))
    assert done.returncode == 1 and "This site is not empty" in done.stderr
    assert rows_in(restored_site) == before


def test_a_running_site_is_left_alone(kept: Kept, empty_site: Path) -> None:
    with beside(empty_site, HOLD):
        done = manage(empty_site, "restore", str(kept.file))
    assert done.returncode == 1 and "This site is running" in done.stderr


def test_what_is_no_backup_is_said_in_a_sentence(empty_site: Path, tmp_path: Path) -> None:
    other = tmp_path / "holiday.zip"
    other.write_bytes(b"PK\x03\x04" * 1000)
    for file, words in ((other, "no backup of a site"), (tmp_path / "never", "No such file")):
        done = manage(empty_site, "restore", str(file))
        assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr


def test_a_server_where_the_site_is_no_superuser_takes_it_and_asks_for_its_keys(kept: Kept, tmp_path: Path) -> None:
    """As Cloud SQL: web and worker own their database and nothing else."""
    with postgres() as server:
        owned = server.replace("facesite@", "site@").rpartition("/")[0] + "/faces"
        for statement in ("CREATE ROLE site LOGIN", "CREATE DATABASE faces OWNER site"):
            _run(server, statement)
        _run(server.rpartition("/")[0] + "/faces", "CREATE EXTENSION vector")
        settings = {"DATABASE_URL": owned, "REDIS_URL": "redis://127.0.0.1:1/0", "HTTPS": "false"}
        settings["SECRET_KEY"] = "another-key-of-this-test-" * 3
        refused = manage(tmp_path, "restore", str(kept.file), **settings)
        assert refused.returncode == 1 and "other keys (SECRET_KEY)" in refused.stderr
        assert manage(tmp_path, "restore", str(kept.file), "--keys-to", str(tmp_path / "k"), **settings).returncode == 0
        settings |= {"SECRET_KEY_FILE": str(tmp_path / "k" / "SECRET_KEY"), "CAMERA_KEYS": "one-of-this-test-" * 3}
        done = manage(tmp_path, "restore", str(kept.file), **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 passwords" in manage(tmp_path, "reseal_cameras", **settings).stdout
        assert pictures_in(tmp_path) == kept.pictures


def _run(server: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


ERASE = """
import threading
import django
django.setup()
from people.records.person import Person
from streams.erasing import record
from streams.erasing.erasing import erasure_loop
from streams.erasing.services import erase_person
record.UNTIL_CAMERAS_FOLLOW_S = 0
person = Person.objects.get(name="Barack Obama")
erase_person(person=person, by=None, request="letter")
erasure_loop().work_on_one(threading.Event())
"""


def test_whoever_was_erased_since_the_backup_is_erased_again(
    kept: Kept, restored_site: Path, migrated_site: Callable[[Path], Path], tmp_path: Path
) -> None:
    """The certificate is given in a folder: the new site's storage has none."""
    erased = copied(restored_site, tmp_path)
    python(erased, "-c", ERASE)
    (certificate,) = (erased / "media" / "erasures").iterdir()
    var = migrated_site(tmp_path / "again")
    back = manage(var, "restore", str(kept.file), "--certificates", str(certificate.parent))
    assert back.returncode == 0, back.stdout + back.stderr
    assert "1 people and 0 further rows" in back.stdout
    names = {person["name"] for person in rows_in(var)["people_person"]}
    assert names == {person["name"] for person in kept.rows["people_person"]} - {"Barack Obama"}
    assert len(pictures_in(var)) < len(kept.pictures)
    done = manage(var, "verify_erasure", str(certificate))
    assert done.returncode == 0, done.stderr
