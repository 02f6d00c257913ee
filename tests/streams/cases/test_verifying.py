"""`manage.py verify_case`: every way in which a case can be wrong has its words."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command

from people.base.signing_key import SigningKey, site_key
from streams.cases import verifying
from streams.cases.case import Case
from streams.cases.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, manifest_of, read_manifest
from streams.cases.verifying import BadCase, verify

pytestmark = pytest.mark.django_db
Files = dict[str, bytes]
Change = Callable[[Files], object]


@pytest.fixture
def case_zip(made: Case) -> bytes:
    with made.file.open("rb") as file:
        content: bytes = file.read()
    return content


def files_of(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def said_of(content: bytes, tmp_path: Path, *options: str) -> str:
    """What the command says of a ZIP with this content, whether it is right or wrong."""
    file, out = tmp_path / "case.zip", io.StringIO()
    file.write_bytes(content)
    try:
        call_command("verify_case", str(file), *options, stdout=out)
    except CommandError as error:
        return str(error)
    return out.getvalue()


def test_a_case_is_as_it_was_handed_over(case_zip: bytes, made: Case, tmp_path: Path) -> None:
    assert said_of(case_zip, tmp_path).startswith("All 5 files are as they were handed over")
    assert made.fingerprint in said_of(case_zip, tmp_path)


def test_it_is_checked_against_a_published_key_without_a_database(case_zip: bytes, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text(SigningKey.objects.get().pem)
    SigningKey.objects.all().delete()
    assert said_of(case_zip, tmp_path, "--key", str(key)).startswith("All 5 files")
    assert "none of this site's" in said_of(case_zip, tmp_path)


def _swap(files: Files) -> None:
    files["sightings.csv"] += b"one more line\r\n"


def _forged(files: Files) -> None:
    """Somebody changes a file and signs everything anew, with a key of their own."""
    key = Ed25519PrivateKey.generate()
    files["sightings.csv"] = b"forged"
    files[PUBLIC_KEY] = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    listed = {name: content for name, content in files.items() if name not in (MANIFEST, SIGNATURE)}
    files[MANIFEST] = manifest_of({name: sha256(content).hexdigest() for name, content in listed.items()})
    files[SIGNATURE] = key.sign(files[MANIFEST])


UNKNOWN_KEY = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDKgQQAyEA" + b"A" * 43 + b"=\n-----END PUBLIC KEY-----\n"
"""A key with the number of an algorithm that does not exist."""
CHANGES: dict[str, tuple[Change, str]] = {
    "a changed file": (_swap, "sightings.csv was changed."),
    "a missing file": (lambda files: files.pop("case.pdf"), "case.pdf is missing."),
    "an added file": (lambda files: files.update({"more.txt": b"x"}), "more.txt was added"),
    "a changed manifest": (lambda files: files.update({MANIFEST: files[MANIFEST] + b"x"}), "does not fit the manifest"),
    "a key of another kind": (
        lambda files: files.update({PUBLIC_KEY: UNKNOWN_KEY, SIGNATURE: bytes(64)}),
        "does not fit",
    ),
    "a changed signature": (lambda files: files.update({SIGNATURE: bytes(64)}), "does not fit the manifest"),
    "no manifest": (lambda files: files.pop(MANIFEST), "this is no case"),
    "no signature": (lambda files: files.pop(SIGNATURE), f"It has no {SIGNATURE}"),
    "another key": (_forged, "none of this site's"),
    "a name that leads out": (lambda files: files.update({"../../etc/passwd": b"x"}), "leads out of the folder"),
    "an absolute name": (lambda files: files.update({"/etc/passwd": b"x"}), "leads out of the folder"),
    "a name of Windows": (lambda files: files.update({"C:\\boot.ini": b"x"}), "leads out of the folder"),
    "a huge manifest": (lambda files: files.update({MANIFEST: b"0" * 5_000_000}), "far too large"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_said(case_zip: bytes, tmp_path: Path, name: str) -> None:
    change, words = CHANGES[name]
    files = files_of(case_zip)
    change(files)
    said = said_of(zipped(files), tmp_path)
    assert said.startswith("This case is NOT as it was handed over:")
    assert words in said


def test_a_file_that_was_cut_off_is_said(case_zip: bytes, tmp_path: Path) -> None:
    for part in (case_zip[: len(case_zip) // 2], case_zip[:-10], b"", b"no ZIP at all"):
        assert "cut off" in said_of(part, tmp_path)


@pytest.mark.parametrize("where", ["before", "between", "behind", "as a comment"])
def test_bytes_that_belong_to_no_file_are_said(case_zip: bytes, tmp_path: Path, where: str) -> None:
    """Another program may take them for the case: one that reads a ZIP from its beginning finds a first one there."""
    foreign, end = zipped({"case.pdf": b"other"}), case_zip.rfind(b"PK\5\6")
    start = int.from_bytes(case_zip[end + 16 : end + 20], "little")
    moved = (start + len(foreign)).to_bytes(4, "little")
    changed = {
        "before": foreign + case_zip,
        "between": case_zip[:start] + foreign + case_zip[start : end + 16] + moved + case_zip[end + 20 :],
        "behind": case_zip + b"\0" * len(foreign),
        "as a comment": case_zip[:-2] + len(foreign).to_bytes(2, "little") + foreign.replace(b"PK", b"QK"),
    }
    assert f"It holds {len(foreign)} bytes that belong to none of its files." in said_of(changed[where], tmp_path)


def test_packed_anew_it_is_the_same_case(case_zip: bytes, tmp_path: Path) -> None:
    assert said_of(zipped(files_of(case_zip)), tmp_path).startswith("All 5 files")


def test_flipped_bytes_in_a_packed_file_are_said(case_zip: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(case_zip)) as archive:
        entry = archive.getinfo("case.pdf")
    at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    broken = case_zip[:at] + bytes([case_zip[at] ^ 0xFF]) + case_zip[at + 1 :]
    assert "case.pdf was changed." in said_of(broken, tmp_path)


def test_bytes_that_are_changed_anywhere_end_in_a_sentence(case_zip: bytes) -> None:
    """Most of them in the list of contents at the end, where the sizes and places of the files stand."""
    key = SigningKey.objects.get()
    with zipfile.ZipFile(io.BytesIO(case_zip)) as archive:
        listed, contents = archive.start_dir, {name: archive.read(name) for name in archive.namelist()}
    chance, whole = random.Random(1), len(case_zip)
    for number in range(1_500):
        broken = bytearray(case_zip)
        for _ in range(chance.choice((1, 1, 2, 5))):
            broken[chance.randrange(0 if number % 4 == 0 else listed, whole)] = chance.randrange(256)
        try:
            verify(io.BytesIO(broken), {key.fingerprint: key.public_key})
        except BadCase:
            continue
        assert files_of(bytes(broken)) == contents


def test_a_bomb_is_refused_before_it_is_unpacked(
    case_zip: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST_BYTES", 1_000_000)
    files = files_of(case_zip) | {"bomb": bytes(2_000_000)}
    assert "no case has more than 1 MB" in said_of(zipped(files), tmp_path)
    monkeypatch.setattr(verifying, "MOST_FILES", 3)
    assert "no case has more than 3" in said_of(zipped(files), tmp_path)


def test_the_same_name_twice_is_said(case_zip: bytes, tmp_path: Path) -> None:
    out = io.BytesIO(case_zip)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("case.pdf", b"another")
    assert "case.pdf is in it twice." in said_of(out.getvalue(), tmp_path)


def test_no_file_and_a_bad_key_are_said(case_zip: bytes, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_case", str(tmp_path / "nothing.zip"))
    key = tmp_path / "key.pem"
    key.write_text("no key")
    assert "expected an Ed25519 public key" in said_of(case_zip, tmp_path, "--key", str(key))


def test_a_manifest_names_each_file_once() -> None:
    line = manifest_of({"a": "0" * 64}).decode()
    assert read_manifest(line.encode()) == {"a": "0" * 64}
    for bad in (line * 2, "nonsense\n", line.replace("  ", " ")):
        with pytest.raises(ValueError, match="none of a manifest"):
            read_manifest(bad.encode())


def test_a_key_that_no_longer_opens_is_replaced_and_stays_published(settings: object) -> None:
    first = site_key()
    assert site_key() == first
    settings.SECRET_KEY = "another secret key of more than thirty-two letters"  # type: ignore[attr-defined]
    second = site_key()
    assert second != first
    assert SigningKey.objects.count() == 2
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert site_key() == second


def test_a_stored_key_does_not_show_its_secret() -> None:
    key = site_key()
    assert key.sealed.startswith("gAAAA")
    assert key.public not in key.sealed
